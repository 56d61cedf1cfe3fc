package portfolio

import (
	"time"

	"github.com/shopspring/decimal"
)

// A RiskFilter says which risks are meant. Every member that is given must
// hold.
type RiskFilter struct {
	And []*RiskFilter
	Or  []*RiskFilter
	Not *RiskFilter

	ID             *IDComparator
	Title          *StringComparator
	Description    *StringComparator
	Key            *StringComparator
	SourceStatus   *StringComparator
	StatusCategory *StatusCategoryComparator
	Presence       *PresenceComparator
	GoneSince      *DateComparator
	Project        *ProjectFilter
	Department     *StringComparator
	// Milestone compares the id of the one that it threatens.
	Milestone *IDComparator
	Category  *StringComparator
	Response  *RiskResponseComparator
	Plan      *StringComparator
	// Recorded is whether people recorded it, not a tool.
	Recorded    *bool
	Probability *DecimalComparator
	Owner       *PersonFilter
	RaisedDate  *DateComparator
	DueDate     *DateComparator
	ClosedDate  *DateComparator
	// Closed is whether nothing has to be done about it any more.
	Closed       *bool
	Connection   *StringComparator
	CreatedAt    *DateTimeComparator
	UpdatedAt    *DateTimeComparator
	CustomFields []*CustomFieldFilter
	// Amounts of money:
	ImpactAmount            *DecimalComparator
	Currency                *StringComparator
	InherentExposureAmount  *DecimalComparator
	ResidualExposureAmount  *DecimalComparator
	PreventedExposureAmount *DecimalComparator
}

// RiskResponseComparator is a condition on what is done about a risk.
type RiskResponseComparator = EnumComparator[RiskResponse]

func riskPresence(r *RiskRow) Presence { return r.Presence }

func (f *RiskFilter) presence() *PresenceComparator { return f.Presence }

func (f *RiskFilter) joined() (and, or, not []nounFilter[RiskRow]) {
	return joins[RiskRow](f.And, f.Or, f.Not)
}

func (f *RiskFilter) conditions(c *compiler, all *conditions[RiskRow]) {
	project := func(r *RiskRow) string { return r.ProjectID }
	holds(all, c.ids(f.ID, KindRisk, KindRecordedRisk), func(r *RiskRow) string { return r.ID })
	holds(all, f.Title.compile(), func(r *RiskRow) string { return r.Title })
	holds(all, f.Key.compile(), func(r *RiskRow) string { return r.Key })
	holds(all, f.SourceStatus.compile(), func(r *RiskRow) string { return r.SourceStatus })
	holds(all, f.StatusCategory.compile(), func(r *RiskRow) StatusCategory { return r.StatusCategory })
	holds(all, f.Presence.compile(), riskPresence)
	holds(all, f.GoneSince.compile(c.today), func(r *RiskRow) Date { return r.GoneSince })
	onProject(c, all, f.Project, project)
	if t := c.department(f.Department); t != nil {
		all.costly = append(all.costly, func(r *RiskRow) bool {
			slug := c.view.divisionOf(r)
			if c.view.department(slug) == nil {
				slug = ""
			}
			return t(slug)
		})
	}
	if t := c.ids(c.continuedIDs(f.Milestone), KindMilestone); t != nil {
		all.costly = append(all.costly, func(r *RiskRow) bool {
			m, ok := c.view.snap.MilestoneByReference(r.milestone)
			if !ok || !c.view.seesMilestone(m) {
				return t("")
			}
			return t(m.ID)
		})
	}
	holds(all, f.Description.compile(), func(r *RiskRow) string { return r.Description })
	holds(all, f.Category.compile(), func(r *RiskRow) string { return r.Category })
	holds(all, f.Response.compile(), func(r *RiskRow) RiskResponse { return r.Response })
	holds(all, f.Plan.compile(), func(r *RiskRow) string { return r.Plan })
	holdsAs(all, f.Recorded, (*RiskRow).recorded)
	holds(all, f.Probability.compile(), func(r *RiskRow) *decimal.Decimal { return r.figures.probability })
	f.costConditions(c, all)
	c.personCondition(f.Owner, func(t test[string]) {
		holds(all, t, func(r *RiskRow) string { return r.OwnerID })
	})
	holds(all, f.RaisedDate.compile(c.today), func(r *RiskRow) Date { return r.RaisedDate })
	holds(all, f.DueDate.compile(c.today), func(r *RiskRow) Date { return r.DueDate })
	holds(all, f.ClosedDate.compile(c.today), func(r *RiskRow) Date { return r.ClosedDate })
	if f.Closed != nil {
		want := *f.Closed
		all.tests = append(all.tests, func(r *RiskRow) bool { return r.closed() == want })
	}
	holds(all, f.Connection.compile(), (*RiskRow).connection)
	holds(all, f.CreatedAt.compile(c.today), func(r *RiskRow) time.Time { return r.CreatedAt })
	holds(all, f.UpdatedAt.compile(c.today), func(r *RiskRow) time.Time { return r.UpdatedAt })
	for _, custom := range f.CustomFields {
		holds(all, custom.compile(c), func(r *RiskRow) []Field { return r.Custom })
	}
}

// connection is the id of the connection it comes from; "" when people
// recorded it.
func (r *RiskRow) connection() string {
	if r.recorded() {
		return ""
	}
	return connectionOf(r.ID)
}

func (f *RiskFilter) costConditions(c *compiler, all *conditions[RiskRow]) {
	if f.ImpactAmount == nil && f.Currency == nil && f.InherentExposureAmount == nil && f.ResidualExposureAmount == nil && f.PreventedExposureAmount == nil {
		return
	}
	if !c.view.caller.Reads(GroupCost) {
		if c.err == nil {
			c.err = forbiddenGroup("impacts and exposures", GroupCost)
		}
		return
	}
	amount := func(t test[*decimal.Decimal], of func(*riskFigures) *Money) {
		holds(all, t, func(r *RiskRow) *decimal.Decimal {
			if m := c.view.paid(of(&r.figures)); m != nil {
				return &m.Amount
			}
			return nil
		})
	}
	amount(f.ImpactAmount.compile(), riskImpactOf)
	amount(f.InherentExposureAmount.compile(), riskInherent)
	amount(f.ResidualExposureAmount.compile(), riskResidual)
	amount(f.PreventedExposureAmount.compile(), riskPrevented)
	holds(all, f.Currency.compile(), func(r *RiskRow) string {
		if r.figures.impact == nil {
			return ""
		}
		return r.figures.impact.Currency
	})
}

func riskImpactOf(f *riskFigures) *Money  { return f.impact }
func riskInherent(f *riskFigures) *Money  { return f.inherent }
func riskResidual(f *riskFigures) *Money  { return f.residual }
func riskPrevented(f *riskFigures) *Money { return f.prevented }
