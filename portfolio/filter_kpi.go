package portfolio

import "github.com/shopspring/decimal"

type (
	// KPIDirectionComparator is a condition on which values are good.
	KPIDirectionComparator = EnumComparator[KPIDirection]
	// IndicatorTypeComparator is a condition on what comes first.
	IndicatorTypeComparator = EnumComparator[IndicatorType]
	// KPIPerspectiveComparator is a condition on a perspective.
	KPIPerspectiveComparator = EnumComparator[KPIPerspective]
	// PeriodComparator is a condition on the length of a period.
	PeriodComparator = EnumComparator[Period]
	// KPIBasisComparator is a condition on where values come from.
	KPIBasisComparator = EnumComparator[KPIBasis]
)

// A KPIFilter says which KPIs are meant. Every member that is given must hold.
type KPIFilter struct {
	And []*KPIFilter
	Or  []*KPIFilter
	Not *KPIFilter

	ID          *IDComparator
	Key         *StringComparator
	Name        *StringComparator
	Description *StringComparator
	Department  *StringComparator
	// DepartmentBelow is the key of a department: it and all below it.
	DepartmentBelow *string
	Owner           *PersonFilter
	Direction       *KPIDirectionComparator
	Indicator       *IndicatorTypeComparator
	Perspective     *KPIPerspectiveComparator
	Unit            *StringComparator
	Period          *PeriodComparator
	Health          *HealthComparator
	Attainment      *DecimalComparator
	// Actual is the current actual value.
	Actual      *DecimalComparator
	MeasuredTo  *DateComparator
	ActualDue   *DateComparator
	BelowTarget *bool
	Stale       *bool
	// Project is a condition on a project that is linked to it.
	Project *ProjectFilter
}

func (f *KPIFilter) joined() (and, or, not []nounFilter[KPIRow]) {
	return joins[KPIRow](f.And, f.Or, f.Not)
}

func (f *KPIFilter) conditions(c *compiler, all *conditions[KPIRow]) {
	holds(all, c.ids(f.ID, KindKPI), func(k *KPIRow) string { return k.ID })
	holds(all, f.Key.compile(), func(k *KPIRow) string { return k.ID })
	holds(all, f.Name.compile(), func(k *KPIRow) string { return k.Name })
	holds(all, f.Description.compile(), func(k *KPIRow) string { return k.Description })
	holds(all, c.department(f.Department), func(k *KPIRow) string { return k.DepartmentID })
	holds(all, c.departmentBelow(f.DepartmentBelow), func(k *KPIRow) string { return k.DepartmentID })
	c.personCondition(f.Owner, func(t test[string]) {
		holds(all, t, func(k *KPIRow) string { return k.OwnerID })
	})
	holds(all, f.Direction.compile(), func(k *KPIRow) KPIDirection { return k.Direction })
	holds(all, f.Indicator.compile(), func(k *KPIRow) IndicatorType { return k.Indicator })
	holds(all, f.Perspective.compile(), func(k *KPIRow) KPIPerspective { return k.Perspective })
	holds(all, f.Unit.compile(), func(k *KPIRow) string { return k.Unit })
	holds(all, f.Period.compile(), func(k *KPIRow) Period { return k.Period })
	holds(all, f.Health.compile(), func(k *KPIRow) Health { return k.Health })
	holds(all, f.Attainment.compile(), func(k *KPIRow) *decimal.Decimal { return exact(k.attainment()) })
	holds(all, f.Actual.compile(), func(k *KPIRow) *decimal.Decimal { return exact(k.actual()) })
	holds(all, f.MeasuredTo.compile(c.today), (*KPIRow).measuredTo)
	holds(all, f.ActualDue.compile(c.today), func(k *KPIRow) Date { return k.ActualDue })
	holdsAs(all, f.BelowTarget, (*KPIRow).belowTarget)
	holdsAs(all, f.Stale, (*KPIRow).stale)
	if f.Project != nil {
		c.related(func() { c.linkedProject(f.Project, all) })
	}
}

// departmentBelow compiles a condition on a department or those above it.
func (c *compiler) departmentBelow(slug *string) test[string] {
	if slug == nil {
		return nil
	}
	if c.view.department(*slug) == nil {
		return func(string) bool { return false }
	}
	under := c.view.snap.divisionsUnder([]string{*slug})
	return func(department string) bool { return under[department] }
}

// holdsAs adds a condition on a yes or no; nil is none.
func holdsAs[R any](c *conditions[R], want *bool, of func(*R) bool) {
	if want != nil {
		is := *want
		c.tests = append(c.tests, func(r *R) bool { return of(r) == is })
	}
}

// linkedProject compiles a condition on some project that is linked to a KPI.
func (c *compiler) linkedProject(f *ProjectFilter, all *conditions[KPIRow]) {
	t := orTrue(compile(c, f))
	all.costly = append(all.costly, func(k *KPIRow) bool {
		for _, l := range c.view.snap.linksOfKPI(k.ID) {
			if p, ok := c.view.snap.Project(l.ProjectID); ok && c.view.sees(p) && t(p) {
				return true
			}
		}
		return false
	})
}

// exact is a computed figure as comparators take it: the decimal that is shown.
func exact(f *float64) *decimal.Decimal {
	if f == nil {
		return nil
	}
	d := decimal.NewFromFloat(*f)
	return &d
}

// actual is that of the current period.
func (k *KPIRow) actual() *float64 {
	if k.Current == nil {
		return nil
	}
	return k.Current.Actual
}

// measuredTo is the last day of the current period.
func (k *KPIRow) measuredTo() Date {
	if k.Current == nil {
		return Date{}
	}
	return k.Current.Last
}

// A MeasurementFilter says which values of KPIs are meant. Every member that
// is given must hold.
type MeasurementFilter struct {
	And []*MeasurementFilter
	Or  []*MeasurementFilter
	Not *MeasurementFilter

	KPI *KPIFilter
	// Segment compares the name of a part; the whole has none.
	Segment     *StringComparator
	PeriodStart *DateComparator
	PeriodEnd   *DateComparator
	Basis       *KPIBasisComparator
	Health      *HealthComparator
	Actual      *DecimalComparator
	Attainment  *DecimalComparator
	BelowTarget *bool
	Closed      *bool
}

func (f *MeasurementFilter) joined() (and, or, not []nounFilter[KPIPointRow]) {
	return joins[KPIPointRow](f.And, f.Or, f.Not)
}

func (f *MeasurementFilter) conditions(c *compiler, all *conditions[KPIPointRow]) {
	holds(all, f.Segment.compile(), func(p *KPIPointRow) string { return p.Segment })
	holds(all, f.PeriodStart.compile(c.today), func(p *KPIPointRow) Date { return p.First })
	holds(all, f.PeriodEnd.compile(c.today), func(p *KPIPointRow) Date { return p.Last })
	holds(all, f.Basis.compile(), func(p *KPIPointRow) KPIBasis { return p.Basis })
	holds(all, f.Health.compile(), func(p *KPIPointRow) Health { return p.Health })
	holds(all, f.Actual.compile(), func(p *KPIPointRow) *decimal.Decimal { return exact(p.Actual) })
	holds(all, f.Attainment.compile(), func(p *KPIPointRow) *decimal.Decimal { return exact(p.Attainment) })
	holdsAs(all, f.BelowTarget, func(p *KPIPointRow) bool { return missed(p.Attainment) })
	holdsAs(all, f.Closed, func(p *KPIPointRow) bool { return p.Closed })
	if f.KPI != nil {
		c.related(func() {
			t := orTrue(compile(c, f.KPI))
			all.costly = append(all.costly, func(p *KPIPointRow) bool {
				k, ok := c.view.snap.KPI(p.KPIID)
				return ok && c.view.seesKPI(k) && t(k)
			})
		})
	}
}

// A KPILinkFilter says which links of projects and KPIs are meant. Every
// member that is given must hold.
type KPILinkFilter struct {
	And []*KPILinkFilter
	Or  []*KPILinkFilter
	Not *KPILinkFilter

	Project        *ProjectFilter
	KPI            *KPIFilter
	ExpectedChange *DecimalComparator
	RealisedChange *DecimalComparator
	GoLive         *DateComparator
	// Resolved is whether there are both such a project and such a KPI.
	Resolved *bool
}

func (f *KPILinkFilter) joined() (and, or, not []nounFilter[KPILinkRow]) {
	return joins[KPILinkRow](f.And, f.Or, f.Not)
}

func (f *KPILinkFilter) conditions(c *compiler, all *conditions[KPILinkRow]) {
	holds(all, f.ExpectedChange.compile(), func(l *KPILinkRow) *decimal.Decimal { return exact(l.ExpectedChange) })
	holds(all, f.RealisedChange.compile(), func(l *KPILinkRow) *decimal.Decimal { return exact(l.RealisedChange) })
	holds(all, f.GoLive.compile(c.today), func(l *KPILinkRow) Date { return l.GoLive })
	holdsAs(all, f.Resolved, (*KPILinkRow).resolved)
	if f.Project != nil {
		c.related(func() {
			t := orTrue(compile(c, f.Project))
			all.costly = append(all.costly, func(l *KPILinkRow) bool {
				p, ok := c.view.snap.Project(l.ProjectID)
				return ok && c.view.sees(p) && t(p)
			})
		})
	}
	if f.KPI != nil {
		c.related(func() {
			t := orTrue(compile(c, f.KPI))
			all.costly = append(all.costly, func(l *KPILinkRow) bool {
				k, ok := c.view.snap.KPI(l.KPIID)
				return ok && c.view.seesKPI(k) && t(k)
			})
		})
	}
}

// resolved reports whether there are both such a project and such a KPI.
func (l *KPILinkRow) resolved() bool { return l.Known && l.ProjectID != "" }
