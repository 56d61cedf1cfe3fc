package portfolio

import "github.com/shopspring/decimal"

// CycleFact is a time of about 90 days with goals of its own.
type CycleFact struct {
	Slug     string      `json:"key"`
	Name     string      `json:"name"`
	Starts   Date        `json:"starts"`
	Ends     Date        `json:"ends"` // the last day
	Goals    []CycleGoal `json:"goals,omitempty"`
	Review   string      `json:"review,omitempty"` // what is said of it at its end
	Authored `json:",inline"`
}

// CycleGoal is what a cycle is to reach.
type CycleGoal struct {
	Title     string `json:"title"`
	Objective string `json:"objective,omitempty"` // key
	KPI       string `json:"kpi,omitempty"`       // key of the KPI whose change is looked at
	Project   string `json:"project,omitempty"`   // reference
	Owner     string `json:"owner,omitempty"`
	// Progress is what people say of it: 0 to 1, 1 being achieved; empty is not
	// said yet.
	Progress *decimal.Decimal `json:"progress"`
}

// QuickWinFact is a success of a cycle that everybody can see.
type QuickWinFact struct {
	Slug        string           `json:"key"`
	Title       string           `json:"title"`
	Description string           `json:"description,omitempty"`
	Project     string           `json:"project,omitempty"`    // reference
	Milestone   string           `json:"milestone,omitempty"`  // reference to the one it comes from
	Department  string           `json:"department,omitempty"` // slug; empty is that of the project
	Achieved    Date             `json:"achieved"`
	Amount      *decimal.Decimal `json:"amount"`
	Unit        string           `json:"unit,omitempty"`      // of the amount: hours a week, EUR
	Objective   string           `json:"objective,omitempty"` // key
	Quote       string           `json:"quote,omitempty"`     // key
	Authored    `json:",inline"`
}

// QuoteFact is what somebody said. Without consent nobody ever reads it: see
// Readable.
type QuoteFact struct {
	Slug       string `json:"key"`
	Text       string `json:"text"`
	By         string `json:"by"` // who said it, as it may be shown
	Role       string `json:"role,omitempty"`
	Said       Date   `json:"said,omitempty,omitzero"`
	Project    string `json:"project,omitempty"`    // reference
	Department string `json:"department,omitempty"` // slug; empty is that of the project
	Consent    bool   `json:"consent,omitempty"`    // to share it
	Authored   `json:",inline"`
}

// SurveyFact is the result of a survey among stakeholders.
type SurveyFact struct {
	Slug       string `json:"key"`
	Name       string `json:"name"`
	Question   string `json:"question,omitempty"`
	Project    string `json:"project,omitempty"`    // reference
	Department string `json:"department,omitempty"` // slug; empty is that of the project
	Sent       Date   `json:"sent"`
	Invited    int    `json:"invited"`
	Responses  int    `json:"responses"`
	// Mean is the mean answer, on a scale from ScaleLow to ScaleHigh.
	Mean      *decimal.Decimal `json:"mean"`
	ScaleLow  *decimal.Decimal `json:"scaleLow"`
	ScaleHigh *decimal.Decimal `json:"scaleHigh"`
	// Promoters answered 9 or 10 of 10, detractors 0 to 6.
	Promoters  *int `json:"promoters"`
	Detractors *int `json:"detractors"`
	Authored   `json:",inline"`
}

// BenefitFact is what a project is done for, in a unit of its own.
type BenefitFact struct {
	Slug        string          `json:"key"`
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Project     string          `json:"project"`             // reference
	Objective   string          `json:"objective,omitempty"` // key
	KPI         string          `json:"kpi,omitempty"`       // key
	Owner       string          `json:"owner,omitempty"`
	Unit        string          `json:"unit"` // EUR a year, hours a week
	Planned     decimal.Decimal `json:"planned"`
	Due         Date            `json:"due"` // by when it is to be realised
	// Realised is what of it has come so far, oldest first; the amounts add up.
	Realised []RealisedBenefit `json:"realised,omitempty"`
	Authored `json:",inline"`
}

// RealisedBenefit is a part of a benefit that has come.
type RealisedBenefit struct {
	On     Date            `json:"on"`
	Amount decimal.Decimal `json:"amount"`
	Note   string          `json:"note,omitempty"`
}

// Key identifies the document.
func (f *CycleFact) Key() Key { return Key{KindCycle, f.Slug} }

// Key identifies the document.
func (f *QuickWinFact) Key() Key { return Key{KindQuickWin, f.Slug} }

// Key identifies the document.
func (f *QuoteFact) Key() Key { return Key{KindQuote, f.Slug} }

// Key identifies the document.
func (f *SurveyFact) Key() Key { return Key{KindSurvey, f.Slug} }

// Key identifies the document.
func (f *BenefitFact) Key() Key { return Key{KindBenefit, f.Slug} }

// Bearing is what it is about: cycles are everybody's, and of their goals each
// reads those of what they may see.
func (f *CycleFact) Bearing() Bearing {
	b := Bearing{Common: true}
	for i := range f.Goals {
		g := &f.Goals[i]
		b.Projects = append(b.Projects, g.Project)
		b.Words = append(b.Words, personWord(g.Owner))
		if g.Objective != "" {
			b.Words = append(b.Words, objectiveWord(g.Objective))
		}
	}
	return b
}

// Bearing is what it is about.
func (f *QuickWinFact) Bearing() Bearing {
	b := Bearing{
		Projects: []string{f.Project}, Department: f.Department,
		Words: []string{recordWord(KindQuote, f.Quote), milestoneWord(f.Milestone)},
	}
	if f.Objective != "" {
		b.Words = append(b.Words, objectiveWord(f.Objective))
	}
	return b
}

// Bearing is what it is about.
func (f *QuoteFact) Bearing() Bearing {
	return Bearing{Projects: []string{f.Project}, Department: f.Department}
}

// Bearing is what it is about.
func (f *SurveyFact) Bearing() Bearing {
	return Bearing{Projects: []string{f.Project}, Department: f.Department}
}

// Bearing is what it is about.
func (f *BenefitFact) Bearing() Bearing {
	b := Bearing{Projects: []string{f.Project}, Words: []string{personWord(f.Owner)}}
	if f.Objective != "" {
		b.Words = append(b.Words, objectiveWord(f.Objective))
	}
	return b
}
