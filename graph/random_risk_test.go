package graph_test

import (
	"strconv"

	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// recordKey is the key of one of a few records of a kind.
func (o *oddity) recordKey(kind string) string {
	key := kind + strconv.Itoa(o.IntN(12))
	if o.hidden {
		key += unseen
	}
	return key
}

// bearing is a project, a department or both that a record is of.
func (o *oddity) bearing() (project, department string) {
	department = []string{"open", "open-below", ""}[o.IntN(3)]
	if o.hidden {
		department = []string{"shut", "", "nobody knows " + unseen}[o.IntN(3)]
	}
	return o.maybe(o.ref("project", oddProjects)), department
}

func (o *oddity) recordedRisk() portfolio.Document {
	o.hidden = o.one(2)
	f := &portfolio.RecordedRiskFact{
		Slug: o.recordKey("risk"), Title: o.text(), Description: o.maybe(o.text()), Milestone: o.maybe(o.ref("issue", oddMilestones)),
		Category: o.maybe(o.text()), Owner: o.maybe("who@size"), Plan: o.maybe(o.text()), Raised: o.date(), Due: o.date(), Closed: o.date(), Authored: o.authored(),
		Response: append([]portfolio.RiskResponse{"", portfolio.ResponsePrevented}, portfolio.Responses...)[o.IntN(9)],
		Currency: []string{"EUR", "USD", ""}[o.IntN(3)],
	}
	f.Project, f.Department = o.bearing()
	share := func() *decimal.Decimal {
		d := decimal.New(int64(o.IntN(101)), -2)
		return &d
	}
	amount := func() *decimal.Decimal {
		d := decimal.RequireFromString("7" + unpaid)
		return &d
	}
	if !o.one(4) {
		f.Probability, f.Impact = share(), amount()
	}
	if o.one(2) {
		f.ResidualProbability, f.ResidualImpact = share(), amount()
	}
	return f
}

func (o *oddity) issue() portfolio.Document {
	o.hidden = o.one(2)
	f := &portfolio.IssueFact{
		Slug: o.recordKey("issue"), Title: o.text(), Description: o.maybe(o.text()), Owner: o.maybe("who@size"), Resolution: o.maybe(o.text()),
		Severity: append([]portfolio.IssueSeverity{""}, portfolio.Severities...)[o.IntN(5)],
		Raised:   oddDates[1+o.IntN(len(oddDates)-1)], Due: o.date(), Authored: o.authored(),
	}
	f.Project, f.Department = o.bearing()
	if o.one(2) {
		f.Resolved = o.date()
	}
	f.Risk = []string{"risk1", "risk1" + unseen, "", "nothing"}[o.IntN(4)]
	return f
}

func (o *oddity) assumption() portfolio.Document {
	o.hidden = o.one(2)
	f := &portfolio.AssumptionFact{
		Slug: o.recordKey("assumption"), Title: o.text(), Owner: o.maybe("who@size"), Note: o.maybe(o.text()),
		State:  append([]portfolio.AssumptionState{""}, portfolio.AssumptionStates...)[o.IntN(4)],
		Raised: o.date(), Due: o.date(), Validated: o.date(), Authored: o.authored(),
	}
	f.Project, f.Department = o.bearing()
	return f
}

// slipping are two projects with milestones ahead that wait for each other in
// a circle, of which one is to be seen by callers of the department open, and a
// risk that was prevented; what is drawn hardly ever slips.
func slipping() []portfolio.Document {
	var docs []portfolio.Document
	for i, connection := range []string{"eng", "vault"} {
		department, name, other := "open", "Slipping", "vault"
		if connection == "vault" {
			department, name, other = "shut", "Slipping "+unseen, "eng"
		}
		source := func(kind, id string) portfolio.Source {
			return portfolio.Source{Connection: connection, Kind: kind, ID: id}
		}
		project := portfolio.DocID(connection, "project", "slips")
		docs = append(docs,
			&portfolio.ProjectFact{Source: source("project", "slips"), Name: name, Fields: []portfolio.Field{{ID: "dept", Name: "dept", Type: portfolio.FieldText, Text: department}}},
			&portfolio.MilestoneFact{Source: source("issue", "slips"), Name: "Go-live", Project: project, Due: portfolio.NewDate(2026, 5, 1+i)},
			&portfolio.DependencyFact{
				Source:      source("link", "slips"),
				Predecessor: portfolio.LinkEnd{Ref: portfolio.DocID(connection, "issue", "slips")},
				Successor:   portfolio.LinkEnd{Ref: portfolio.DocID(other, "issue", "slips")},
			})
	}
	half, amount, none := decimal.New(5, -1), decimal.RequireFromString("7"+unpaid), decimal.Zero
	return append(docs, &portfolio.RecordedRiskFact{
		Slug: "prevented", Title: "Prevented", Project: "eng/project/slips", Milestone: "eng/issue/slips", Response: portfolio.ResponsePrevented,
		Probability: &half, Impact: &amount, ResidualProbability: &none, Currency: "EUR",
	})
}
