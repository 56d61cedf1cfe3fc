package portfolio

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// BenefitStatus says how a benefit stands against what was planned.
type BenefitStatus string

// The values of BenefitStatus.
const (
	BenefitNotDue   BenefitStatus = "NOT_DUE"
	BenefitShort    BenefitStatus = "SHORT"
	BenefitRealised BenefitStatus = "REALISED"
)

var benefitStatuses = []BenefitStatus{BenefitNotDue, BenefitShort, BenefitRealised}

// A Benefit is what a project is done for, as one caller sees it.
type Benefit struct {
	*BenefitFact
	view *View
}

func (v *View) benefit(key string) *Benefit {
	if f := recordOf[BenefitFact](v, KindBenefit, key); f != nil {
		return v.benefitOf(f)
	}
	return nil
}

func (v *View) benefitOf(f *BenefitFact) *Benefit { return &Benefit{f, v} }

// IsNode marks a type of the interface Node.
func (*Benefit) IsNode() {}

// ID is the global id.
func (b *Benefit) ID() string { return NodeID(KindBenefit, b.Slug) }

// Key is what people call it, unique among benefits.
func (b *Benefit) Key() string { return b.Slug }

// Project is what brings it; nil when its reference leads to none that the
// caller may see.
func (b *Benefit) Project() *Project { return b.view.projectNamed(b.BenefitFact.Project) }

// Department is that of the project.
func (b *Benefit) Department() *Department { return b.view.departmentOfRecord(b.BenefitFact) }

// Objective is what it serves.
func (b *Benefit) Objective() *Objective { return b.view.objective(b.BenefitFact.Objective) }

// KPI shows it; nil when the caller may not see it.
func (b *Benefit) KPI() *KPI { return b.view.kpi(b.BenefitFact.KPI) }

// Owner answers for it.
func (b *Benefit) Owner() *Person { return b.view.personNamed(b.BenefitFact.Owner) }

// Realised is what has come up to today.
func (b *Benefit) Realised() decimal.Decimal { return b.realised(b.view.snap.today) }

// Entries are what it has come in, oldest first, those of days to come
// included.
func (b *Benefit) Entries() []*RealisedBenefit { return pointers(b.BenefitFact.Realised) }

// Realisation is realised by planned once it is due.
func (b *Benefit) Realisation() *float64 { return b.realisation(b.view.snap.today) }

// RealisationReason says why there is none.
func (b *Benefit) RealisationReason() *Reason {
	if !b.isDue(b.view.snap.today) {
		return reasonOf(nil, codeBenefitNotDue)
	}
	return reasonOf(b.Realisation(), codeNothingPlanned)
}

// Status says how it stands against what was planned.
func (b *Benefit) Status() BenefitStatus { return b.status(b.view.snap.today) }

// StatusReason says what the status follows from.
func (b *Benefit) StatusReason() *Reason {
	came := fmt.Sprintf("Of the planned %s %s, due on %s, %s came up to today.", b.Planned, b.Unit, b.Due, b.Realised())
	return &Reason{Code: string(b.Status()), Message: came}
}

// Recorded says who recorded it and when.
func (b *Benefit) Recorded() *Recorded { return b.view.recorded(b.BenefitFact.Key()) }

// realised is what has come up to a day, that day included.
func (f *BenefitFact) realised(today Date) decimal.Decimal {
	sum := decimal.Zero
	for i := range f.Realised {
		if !f.Realised[i].On.After(today) {
			sum = sum.Add(f.Realised[i].Amount)
		}
	}
	return sum
}

// isDue reports whether all of it is to have come by a day.
func (f *BenefitFact) isDue(today Date) bool { return !f.Due.IsZero() && !f.Due.After(today) }

// realisation is realised by planned; nil before it is due.
func (f *BenefitFact) realisation(today Date) *float64 {
	if !f.isDue(today) || !f.Planned.IsPositive() {
		return nil
	}
	return ratio(f.realised(today), f.Planned)
}

// status is REALISED as soon as all has come, due or not.
func (f *BenefitFact) status(today Date) BenefitStatus {
	switch {
	case !f.realised(today).LessThan(f.Planned):
		return BenefitRealised
	case f.isDue(today):
		return BenefitShort
	}
	return BenefitNotDue
}

// ratio divides decimals; nil by 0.
func ratio(part, whole decimal.Decimal) *float64 {
	if whole.IsZero() {
		return nil
	}
	return finite(part.Div(whole).InexactFloat64())
}
