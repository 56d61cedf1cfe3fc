package portfolio

import (
	"cmp"

	"github.com/shopspring/decimal"
)

// A Risk is a risk as one caller sees it.
type Risk struct {
	*RiskRow
	view *View
}

func (v *View) risk(id string) *Risk {
	if row, ok := v.snap.Risk(id); ok && v.seesRisk(row) {
		return v.riskOf(row)
	}
	return nil
}

func (v *View) riskOf(row *RiskRow) *Risk { return &Risk{row, v} }

// IsNode marks a type of the interface Node.
func (*Risk) IsNode() {}

// ID is the global id.
func (r *Risk) ID() string {
	if r.recorded() {
		return NodeID(KindRecordedRisk, r.RiskRow.ID)
	}
	return NodeID(KindRisk, r.RiskRow.ID)
}

// Title is what the risk is called, or its key or id when the tool says
// nothing.
func (r *Risk) Title() string { return cmp.Or(r.RiskRow.Title, r.Key, r.RiskRow.ID) }

// Project is the project it bears on; nil when that is not synced.
func (r *Risk) Project() *Project { return r.view.project(r.ProjectID) }

// Department is the one that was said, else that of its project.
func (r *Risk) Department() *Department { return r.view.department(r.view.divisionOf(r.RiskRow)) }

// divisionOf is the slug of the department of a risk.
func (v *View) divisionOf(r *RiskRow) string {
	if r.division != "" {
		return r.division
	}
	if p, ok := v.snap.Project(r.ProjectID); ok {
		return p.DepartmentID
	}
	return ""
}

// Milestone is the milestone that it threatens.
func (r *Risk) Milestone() *Milestone {
	if m, ok := r.view.snap.MilestoneByReference(r.milestone); ok {
		return r.view.milestone(m.ID)
	}
	return nil
}

// Owner answers for it.
func (r *Risk) Owner() *Person { return r.view.person(r.OwnerID) }

// Closed reports whether nothing has to be done about it any more.
func (r *Risk) Closed() bool { return r.closed() }

// DaysToDue counts the days from today to the due date.
func (r *Risk) DaysToDue() *int { return r.view.daysTo(r.DueDate) }

// Overdue reports whether the due date is past and it is not closed.
func (r *Risk) Overdue() bool { return !r.closed() && r.view.past(r.DueDate) }

// CustomFields are the custom fields with these names or ids, or all.
func (r *Risk) CustomFields(keys []string) []*CustomField {
	return r.view.customFields(r.Custom, keys)
}

// Sources says where the fact behind the risk comes from.
func (r *Risk) Sources() []*Provenance { return provenances(r.view.snap, KindRisk, r.RiskRow.ID) }

// Recorded says who recorded it; nil of a tool's.
func (r *Risk) Recorded() *Recorded {
	if !r.recorded() {
		return nil
	}
	return r.view.recorded(Key{KindRecordedRisk, r.RiskRow.ID})
}

// Probability is from 0 to 1, before anything was done about it.
func (r *Risk) Probability() *decimal.Decimal { return r.figures.probability }

// ResidualProbability is the one with what was done.
func (r *Risk) ResidualProbability() *decimal.Decimal { return r.figures.residualProbability }

// Impact is what it costs if it occurs.
func (r *Risk) Impact() *Money { return r.view.paid(r.figures.impact) }

// ResidualImpact is what it costs with what was done.
func (r *Risk) ResidualImpact() *Money { return r.view.paid(r.figures.residualImpact) }

// InherentExposure is probability times impact.
func (r *Risk) InherentExposure() *Money { return r.view.paid(r.figures.inherent) }

// InherentExposureReason says why InherentExposure is nil.
func (r *Risk) InherentExposureReason() *Reason { return r.view.unpaid(r.figures.inherentCode) }

// ResidualExposure is the exposure with what was done.
func (r *Risk) ResidualExposure() *Money { return r.view.paid(r.figures.residual) }

// ResidualExposureReason says why ResidualExposure is nil.
func (r *Risk) ResidualExposureReason() *Reason { return r.view.unpaid(r.figures.residualCode) }

// PreventedExposure is by how much less the exposure is, of a risk that is
// PREVENTED.
func (r *Risk) PreventedExposure() *Money { return r.view.paid(r.figures.prevented) }

// PreventedExposureReason says why PreventedExposure is nil.
func (r *Risk) PreventedExposureReason() *Reason { return r.view.unpaid(r.figures.preventedCode) }

// paid is an amount for callers who may read amounts. One without a currency
// is none.
func (v *View) paid(m *Money) *Money {
	if m == nil || m.Currency == "" || !v.caller.Reads(GroupCost) {
		return nil
	}
	return m
}

// unpaid is why there is no exposure: that the caller may not read it, or a
// code.
func (v *View) unpaid(code string) *Reason {
	if !v.caller.Reads(GroupCost) {
		return reasonFieldGroup
	}
	return riskReason(code)
}
