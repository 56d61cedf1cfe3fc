package portfolio

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

// ProjectOrderField is a value that projects can be sorted by.
type ProjectOrderField string

// The values of ProjectOrderField.
const (
	ProjectByName           ProjectOrderField = "NAME"
	ProjectByKey            ProjectOrderField = "KEY"
	ProjectByCategory       ProjectOrderField = "CATEGORY"
	ProjectByPhase          ProjectOrderField = "PHASE"
	ProjectBySourceStatus   ProjectOrderField = "SOURCE_STATUS"
	ProjectByHealth         ProjectOrderField = "HEALTH"
	ProjectByReportedHealth ProjectOrderField = "REPORTED_HEALTH"
	ProjectByComputedHealth ProjectOrderField = "COMPUTED_HEALTH"
	ProjectByDisagreement   ProjectOrderField = "DISAGREEMENT"
	ProjectByReportedAt     ProjectOrderField = "REPORTED_AT"
	ProjectByDepartment     ProjectOrderField = "DEPARTMENT"
	ProjectByManager        ProjectOrderField = "MANAGER"
	ProjectBySponsor        ProjectOrderField = "SPONSOR"
	ProjectByStartDate      ProjectOrderField = "START_DATE"
	ProjectByTargetDate     ProjectOrderField = "TARGET_DATE"
	ProjectByBaselineDate   ProjectOrderField = "BASELINE_DATE"
	ProjectByForecastDate   ProjectOrderField = "FORECAST_DATE"
	ProjectByFinishedDate   ProjectOrderField = "FINISHED_DATE"
	ProjectByGoneSince      ProjectOrderField = "GONE_SINCE"
	ProjectBySlipDays       ProjectOrderField = "SLIP_DAYS"
	ProjectByPriority       ProjectOrderField = "PRIORITY"
	ProjectByPmoID          ProjectOrderField = "PMO_ID"
	ProjectByBudget         ProjectOrderField = "BUDGET"
	ProjectByMilestoneCount ProjectOrderField = "MILESTONE_COUNT"
	ProjectByCreatedAt      ProjectOrderField = "CREATED_AT"
	ProjectByUpdatedAt      ProjectOrderField = "UPDATED_AT"
	ProjectByAlignment      ProjectOrderField = "ALIGNMENT"
	ProjectByAlignmentRank  ProjectOrderField = "ALIGNMENT_RANK"
	ProjectByFundingRank    ProjectOrderField = "FUNDING_RANK"
	ProjectByWSJF           ProjectOrderField = "WSJF"
	ProjectByCustomField    ProjectOrderField = "CUSTOM_FIELD"
)

// ProjectOrder is one term of an order of projects.
type ProjectOrder struct {
	Field       ProjectOrderField
	CustomField *string // the name of the custom field, with CUSTOM_FIELD
	Direction   *OrderDirection
	Nulls       *NullsOrder
}

// MilestoneOrderField is a value that milestones can be sorted by.
type MilestoneOrderField string

// The values of MilestoneOrderField.
const (
	MilestoneByName           MilestoneOrderField = "NAME"
	MilestoneByKey            MilestoneOrderField = "KEY"
	MilestoneByType           MilestoneOrderField = "TYPE"
	MilestoneByKind           MilestoneOrderField = "KIND"
	MilestoneByProject        MilestoneOrderField = "PROJECT"
	MilestoneByOwner          MilestoneOrderField = "OWNER"
	MilestoneBySourceStatus   MilestoneOrderField = "SOURCE_STATUS"
	MilestoneByHealth         MilestoneOrderField = "HEALTH"
	MilestoneByReportedHealth MilestoneOrderField = "REPORTED_HEALTH"
	MilestoneByComputedHealth MilestoneOrderField = "COMPUTED_HEALTH"
	MilestoneByStartDate      MilestoneOrderField = "START_DATE"
	MilestoneByTargetDate     MilestoneOrderField = "TARGET_DATE"
	MilestoneByBaselineDate   MilestoneOrderField = "BASELINE_DATE"
	MilestoneByForecastDate   MilestoneOrderField = "FORECAST_DATE"
	MilestoneByFinishedDate   MilestoneOrderField = "FINISHED_DATE"
	MilestoneByGoneSince      MilestoneOrderField = "GONE_SINCE"
	MilestoneBySlipDays       MilestoneOrderField = "SLIP_DAYS"
	MilestoneBySlipCount      MilestoneOrderField = "SLIP_COUNT"
	MilestoneByCreatedAt      MilestoneOrderField = "CREATED_AT"
	MilestoneByUpdatedAt      MilestoneOrderField = "UPDATED_AT"
	MilestoneByCustomField    MilestoneOrderField = "CUSTOM_FIELD"
)

// MilestoneOrder is one term of an order of milestones.
type MilestoneOrder struct {
	Field       MilestoneOrderField
	CustomField *string // the name of the custom field, with CUSTOM_FIELD
	Direction   *OrderDirection
	Nulls       *NullsOrder
}

// maxTerms is how many terms an order may have.
const maxTerms = 8

// healthValue sorts from good to bad; what is not known has no value.
func healthValue(h Health) sortValue {
	switch h {
	case HealthGreen:
		return numberValue(0)
	case HealthYellow:
		return numberValue(1)
	case HealthRed:
		return numberValue(2)
	}
	return nothing
}

// phaseValue sorts along a project's life.
func phaseValue(p Phase) sortValue {
	return numberValue(slices.Index(phases, p))
}

// kindValue sorts by how much a milestone matters.
func kindValue(k MilestoneKind) sortValue {
	return numberValue(slices.Index(mkinds, k))
}

func (v *View) personName(id string) sortValue {
	if p := v.person(id); p != nil {
		return textValue(p.Name())
	}
	return nothing
}

// projectName is the name of a project that the caller may see, as of one
// whose milestones and risks they sort.
func (v *View) projectName(id string) sortValue {
	if p, ok := v.snap.Project(id); ok {
		return textValue(p.Name)
	}
	return nothing
}

// seenProjectName is the name of a project if the caller may see it: records
// are seen for their department too.
func (v *View) seenProjectName(id string) sortValue {
	if p := v.project(id); p != nil {
		return textValue(p.Name())
	}
	return nothing
}

func (v *View) departmentName(slug string) sortValue {
	if d := v.department(slug); d != nil {
		return textValue(d.Name())
	}
	return nothing
}

// projectSort says by what projects are sorted for each field.
func (v *View) projectSort(field ProjectOrderField) func(*ProjectRow) sortValue {
	switch field {
	case ProjectByName:
		return func(p *ProjectRow) sortValue { return textValue(p.Name) }
	case ProjectByKey:
		return func(p *ProjectRow) sortValue { return textValue(p.Key) }
	case ProjectByCategory:
		return func(p *ProjectRow) sortValue { return textValue(p.Category) }
	case ProjectByPhase:
		return func(p *ProjectRow) sortValue { return phaseValue(p.Phase) }
	case ProjectBySourceStatus:
		return func(p *ProjectRow) sortValue { return textValue(p.SourceStatus) }
	case ProjectByHealth:
		return func(p *ProjectRow) sortValue { return healthValue(p.Health.Overall) }
	case ProjectByReportedHealth:
		return func(p *ProjectRow) sortValue { return healthValue(p.Health.Reported) }
	case ProjectByComputedHealth:
		return func(p *ProjectRow) sortValue { return healthValue(p.Health.Computed) }
	case ProjectByDisagreement:
		return func(p *ProjectRow) sortValue { return boolValue(p.Health.Disagreement) }
	case ProjectByReportedAt:
		return func(p *ProjectRow) sortValue { return dateValue(p.Health.ReportedAt) }
	case ProjectByDepartment:
		return func(p *ProjectRow) sortValue { return textValue(p.DepartmentID) }
	case ProjectByManager:
		return func(p *ProjectRow) sortValue { return v.personName(p.ManagerID) }
	case ProjectBySponsor:
		return func(p *ProjectRow) sortValue { return v.personName(p.SponsorID) }
	case ProjectByStartDate:
		return func(p *ProjectRow) sortValue { return dateValue(p.StartDate) }
	case ProjectByTargetDate:
		return func(p *ProjectRow) sortValue { return dateValue(p.TargetDate) }
	case ProjectByBaselineDate:
		return func(p *ProjectRow) sortValue { return dateValue(p.BaselineDate) }
	case ProjectByForecastDate:
		return func(p *ProjectRow) sortValue { return dateValue(p.ForecastDate) }
	case ProjectByFinishedDate:
		return func(p *ProjectRow) sortValue { return dateValue(p.FinishedDate) }
	case ProjectByGoneSince:
		return func(p *ProjectRow) sortValue { return dateValue(p.GoneSince) }
	case ProjectBySlipDays:
		return func(p *ProjectRow) sortValue { return optionalNumber(p.SlipDays) }
	case ProjectByPriority:
		return func(p *ProjectRow) sortValue { return textValue(p.Priority) }
	case ProjectByPmoID:
		return func(p *ProjectRow) sortValue { return textValue(p.PMOID) }
	case ProjectByBudget:
		return budgetValue
	case ProjectByMilestoneCount:
		return func(p *ProjectRow) sortValue { return numberValue(p.milestoneCount) }
	case ProjectByCreatedAt:
		return func(p *ProjectRow) sortValue { return timeValue(p.CreatedAt) }
	case ProjectByUpdatedAt:
		return func(p *ProjectRow) sortValue { return timeValue(p.UpdatedAt) }
	}
	return v.alignmentSort(field)
}

// budgetValue sorts by currency first: amounts of two currencies do not
// compare.
func budgetValue(p *ProjectRow) sortValue { return moneyValue(p.budget) }

func moneyValue(m *Money) sortValue {
	if m == nil {
		return nothing
	}
	return sortValue{text: m.Currency, dec: &m.Amount}
}

func decimalValue(d *decimal.Decimal) sortValue {
	if d == nil {
		return nothing
	}
	return sortValue{dec: d}
}

func (v *View) projectOrder(orderBy []*ProjectOrder) (ordering[ProjectRow], error) {
	o := ordering[ProjectRow]{id: (*ProjectRow).id}
	for _, by := range orderBy {
		t := newTerm(v.projectSort(by.Field), by.Direction, by.Nulls)
		switch {
		case by.Field == ProjectByBudget && !v.caller.Reads(GroupCost):
			return o, forbiddenGroup("budgets", GroupCost)
		case by.Field == ProjectByFundingRank && !v.caller.Reads(GroupCost):
			return o, forbiddenGroup("ranks by money", GroupCost)
		case by.Field == ProjectByCustomField:
			key, err := customKey(by.CustomField)
			if err != nil {
				return o, err
			}
			t.value, t.mixed = func(p *ProjectRow) sortValue { return v.customValue(p.Custom, key) }, true
		}
		o.terms = append(o.terms, t)
	}
	return o, o.check()
}

func customKey(key *string) (string, error) {
	if key == nil || *key == "" {
		return "", fmt.Errorf("%w: CUSTOM_FIELD needs customField, the name of the field", ErrInvalid)
	}
	return *key, nil
}

func (o *ordering[R]) check() error {
	if len(o.terms) > maxTerms {
		return fmt.Errorf("%w: an order of %d terms; at most %d are sorted by", ErrInvalid, len(o.terms), maxTerms)
	}
	for i := range o.terms {
		if o.terms[i].value == nil {
			return fmt.Errorf("%w: term %d of the order names no field that is known", ErrInvalid, i+1)
		}
	}
	return nil
}

// milestoneSort says by what milestones are sorted for each field.
func (v *View) milestoneSort(field MilestoneOrderField) func(*MilestoneRow) sortValue {
	switch field {
	case MilestoneByName:
		return func(m *MilestoneRow) sortValue { return textValue(m.Name) }
	case MilestoneByKey:
		return func(m *MilestoneRow) sortValue { return textValue(m.Key) }
	case MilestoneByType:
		return func(m *MilestoneRow) sortValue { return textValue(m.Type) }
	case MilestoneByKind:
		return func(m *MilestoneRow) sortValue { return kindValue(m.Kind) }
	case MilestoneByProject:
		return func(m *MilestoneRow) sortValue { return v.projectName(m.ProjectID) }
	case MilestoneByOwner:
		return func(m *MilestoneRow) sortValue { return v.personName(m.OwnerID) }
	case MilestoneBySourceStatus:
		return func(m *MilestoneRow) sortValue { return textValue(m.SourceStatus) }
	case MilestoneByHealth:
		return func(m *MilestoneRow) sortValue { return healthValue(m.Health.Overall) }
	case MilestoneByReportedHealth:
		return func(m *MilestoneRow) sortValue { return healthValue(m.Health.Reported) }
	case MilestoneByComputedHealth:
		return func(m *MilestoneRow) sortValue { return healthValue(m.Health.Computed) }
	case MilestoneByStartDate:
		return func(m *MilestoneRow) sortValue { return dateValue(m.StartDate) }
	case MilestoneByTargetDate:
		return func(m *MilestoneRow) sortValue { return dateValue(m.TargetDate) }
	case MilestoneByBaselineDate:
		return func(m *MilestoneRow) sortValue { return dateValue(m.BaselineDate) }
	case MilestoneByForecastDate:
		return func(m *MilestoneRow) sortValue { return dateValue(m.ForecastDate) }
	case MilestoneByFinishedDate:
		return func(m *MilestoneRow) sortValue { return dateValue(m.FinishedDate) }
	case MilestoneByGoneSince:
		return func(m *MilestoneRow) sortValue { return dateValue(m.GoneSince) }
	case MilestoneBySlipDays:
		return func(m *MilestoneRow) sortValue { return optionalNumber(m.SlipDays) }
	case MilestoneBySlipCount:
		return func(m *MilestoneRow) sortValue { return numberValue(m.SlipCount) }
	case MilestoneByCreatedAt:
		return func(m *MilestoneRow) sortValue { return timeValue(m.CreatedAt) }
	case MilestoneByUpdatedAt:
		return func(m *MilestoneRow) sortValue { return timeValue(m.UpdatedAt) }
	}
	return nil
}

func (v *View) milestoneOrder(orderBy []*MilestoneOrder) (ordering[MilestoneRow], error) {
	o := ordering[MilestoneRow]{id: (*MilestoneRow).id}
	for _, by := range orderBy {
		t := newTerm(v.milestoneSort(by.Field), by.Direction, by.Nulls)
		if by.Field == MilestoneByCustomField {
			key, err := customKey(by.CustomField)
			if err != nil {
				return o, err
			}
			t.value, t.mixed = func(m *MilestoneRow) sortValue { return v.customValue(m.Custom, key) }, true
		}
		o.terms = append(o.terms, t)
	}
	return o, o.check()
}
