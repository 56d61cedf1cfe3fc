package portfolio

import "cmp"

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
func (r *Risk) ID() string { return NodeID(KindRisk, r.RiskRow.ID) }

// Title is what the risk is called, or its key or id when the tool says
// nothing.
func (r *Risk) Title() string { return cmp.Or(r.RiskRow.Title, r.Key, r.RiskRow.ID) }

// Project is the project it bears on; nil when that is not synced.
func (r *Risk) Project() *Project { return r.view.project(r.ProjectID) }

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
