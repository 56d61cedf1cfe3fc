package portfolio

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"plumbline/portfolio/scoring"
)

// entered is a decimal as somebody enters it; "" is none.
func entered(text string) *decimal.Decimal {
	if text == "" {
		return nil
	}
	d := decimal.RequireFromString(text)
	return &d
}

func measured(kpi, period, actual string) *MeasurementFact {
	return &MeasurementFact{KPI: kpi, Period: period, Actual: entered(actual)}
}

func monthly(key string) *KPIFact {
	return &KPIFact{Slug: key, Name: key, Department: "digital", Direction: HigherIsBetter, Period: PeriodMonth, Target: entered("100")}
}

func kpiNow(t *testing.T, s *Snapshot, key string) *KPI {
	t.Helper()
	k, err := s.View(Local).KPI(key)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestCurrentIsTheLastClosedPeriodWithAnActual(t *testing.T) {
	l := newTestLog(t, "2026-03-15")
	s := l.put(monthly("reach"), measured("reach", "2026-01", "80"), measured("reach", "2026-02", "90"), measured("reach", "2026-03", "40"),
		&MeasurementFact{KPI: "reach", Period: "2026-04", Projection: entered("95")}, &MeasurementFact{KPI: "reach", Period: "2026-05", Projection: entered("96")})
	k := kpiNow(t, s, "reach")
	if k.Current().Period() != "2026-02" || k.Previous().Period() != "2026-01" || k.Projection().Period() != "2026-04" {
		t.Errorf("current %s, previous %s, projection %s; want 2026-02, 2026-01 and 2026-04",
			k.Current().Period(), k.Previous().Period(), k.Projection().Period())
	}
	if a := k.Attainment(); a == nil || *a != 0.9 || k.Health != HealthGreen {
		t.Errorf("attainment %v, health %s; want 0.9, GREEN", a, k.Health)
	}
}

func TestAMissingActualTurnsUnknownOnTheDayAfterTheGrace(t *testing.T) {
	l := newTestLog(t, "2026-03-10")
	l.put(monthly("reach"), measured("reach", "2026-01", "95"))
	k := kpiNow(t, l.now, "reach")
	if k.Health != HealthGreen || k.ActualDue != day(t, "2026-03-10") {
		t.Fatalf("health %s, due %s; want GREEN until 2026-03-10, ten days after February", k.Health, k.ActualDue)
	}
	k = kpiNow(t, l.today("2026-03-11"), "reach")
	if k.Health != HealthUnknown || k.HealthReason().Code != "ACTUAL_LATE" || !k.Stale() {
		t.Errorf("on the day after: health %s because of %v, want UNKNOWN, ACTUAL_LATE", k.Health, k.HealthReason())
	}
	if a := k.Attainment(); a == nil || *a != 0.95 {
		t.Errorf("attainment = %v, want that of January still", a)
	}
	want := []RowChange{{Kind: KindKPI, ID: "reach", What: RowChanged, Fields: []string{"health", "healthReason"}}}
	if diff := cmp.Diff(want, l.last.Changes); diff != "" {
		t.Errorf("what the day changed (-want +got):\n%s", diff)
	}
	k = kpiNow(t, l.put(measured("reach", "2026-02", "85")), "reach")
	if k.Health != HealthYellow || k.Stale() {
		t.Errorf("with the missing value: health %s, want YELLOW", k.Health)
	}
}

func TestOneMeasurementComputesOneKPI(t *testing.T) {
	l := newTestLog(t, "2026-03-15")
	l.put(monthly("reach"), monthly("speed"), measured("reach", "2026-01", "80"), measured("speed", "2026-01", "80"))
	l.put(measured("reach", "2026-02", "90"))
	if l.last.Recomputed != 1 || l.last.Replaced != 1 {
		t.Errorf("%d rows were computed and %d replaced, want one", l.last.Recomputed, l.last.Replaced)
	}
	l.put(measured("reach", "2026-02", "90"))
	if l.last.Replaced != 1 { // the revision is another
		t.Errorf("%d rows were replaced, want one", l.last.Replaced)
	}
	if !l.last.IsEmpty() {
		t.Errorf("the same measurement again changes %v", l.last.Changes)
	}
}

func TestTheWholeIsMadeOfSegmentsWhereNobodySaysIt(t *testing.T) {
	part := func(segment, actual, target string) *MeasurementFact {
		return &MeasurementFact{KPI: "reach", Period: "2026-01", Segment: segment, Actual: entered(actual), Target: entered(target)}
	}
	for _, c := range []struct {
		name     string
		kpi      func(*KPIFact)
		whole    *MeasurementFact
		segments []*MeasurementFact
		actual   string
		target   string
	}{
		{name: "sum", segments: []*MeasurementFact{part("a", "30", "50"), part("b", "40", "60")}, actual: "70", target: "110"},
		{name: "the KPI's target when a segment has none", segments: []*MeasurementFact{part("a", "30", "50"), part("b", "40", "")}, actual: "70", target: "100"},
		{
			name: "the whole's own target, the segments' actual", whole: &MeasurementFact{KPI: "reach", Period: "2026-01", Target: entered("90")},
			segments: []*MeasurementFact{part("a", "30", "50"), part("b", "40", "60")}, actual: "70", target: "90",
		},
		{name: "its own actual", whole: measured("reach", "2026-01", "75"), segments: []*MeasurementFact{part("a", "30", "50")}, actual: "75", target: "50"},
		{name: "stock", kpi: func(f *KPIFact) { f.Aggregation = AggregateLast }, segments: []*MeasurementFact{part("a", "30", ""), part("b", "40", "")}, actual: "70", target: "100"},
		{name: "mean", kpi: func(f *KPIFact) { f.Aggregation = AggregateMean }, segments: []*MeasurementFact{part("a", "30", ""), part("b", "40", "")}, actual: "35", target: "100"},
		{name: "late segment", segments: []*MeasurementFact{part("a", "30", "50"), part("b", "", "60")}, actual: "30", target: "50"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newTestLog(t, "2026-02-05")
			f := monthly("reach")
			if c.kpi != nil {
				c.kpi(f)
			}
			docs := []Document{f}
			if c.whole != nil {
				docs = append(docs, c.whole)
			}
			for _, s := range c.segments {
				docs = append(docs, s)
			}
			p := kpiNow(t, l.put(docs...), "reach").Current()
			if diff := cmp.Diff([]*float64{number(entered(c.actual)), number(entered(c.target))}, []*float64{p.Actual, p.Target}); diff != "" {
				t.Errorf("actual and target (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRatiosAreAddedAndDividedOnce(t *testing.T) {
	part := func(period, segment, n, d string) *MeasurementFact {
		return &MeasurementFact{KPI: "ratio", Period: period, Segment: segment, Numerator: entered(n), Denominator: entered(d)}
	}
	f := monthly("ratio")
	f.Aggregation, f.Target = AggregateRatio, entered("0.9")
	l := newTestLog(t, "2026-04-05")
	s := l.put(f, part("2026-01", "big", "50", "100"), part("2026-01", "small", "1", "1"), part("2026-02", "big", "80", "100"), part("2026-02", "small", "0", "0"),
		part("2026-03", "", "95", "100"))
	k := kpiNow(t, s, "ratio")
	want := map[string]float64{"2026-01": 51.0 / 101, "2026-02": 0.8, "2026-03": 0.95}
	for _, p := range k.whole() {
		if *p.Actual != scoring.Round9(want[p.String()]) {
			t.Errorf("%s = %v, want %v", p.Span, *p.Actual, want[p.String()])
		}
	}
	quarter := PeriodQuarter
	series, err := k.Series(&quarter, nil, nil, nil, nil)
	if err != nil || len(series) != 1 || *series[0].Actual != scoring.Round9(226.0/301) {
		t.Errorf("quarter = %v, %v; want 226 of 301", series, err)
	}
}

func TestAQuarterIsMeasuredByItsMonths(t *testing.T) {
	l := newTestLog(t, "2026-03-15")
	f := monthly("reach")
	f.Baseline, f.Attainment = entered("50"), AttainmentFromBaseline
	s := l.put(f, measured("reach", "2026-01", "80"), measured("reach", "2026-02", "100"))
	quarter := PeriodQuarter
	series, err := kpiNow(t, s, "reach").Series(&quarter, nil, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	// 180 of 200, from twice the baseline of a month.
	if p := series[0]; *p.Actual != 180 || *p.Target != 200 || *p.Attainment != 0.8 || p.Measured != 2 || p.Expected != 3 || p.Closed {
		t.Errorf("the quarter is %+v with attainment %v; want 180 of 200, 0.8 from the baseline, 2 of 3 months", p.KPIPointRow, *p.Attainment)
	}
}

// goneLive is a project whose go-live was on a day.
func goneLive(on Date) []Document {
	return []Document{
		&ProjectFact{Source: source("eng", "project", "PAY"), Name: "Payments"},
		&MilestoneFact{Source: source("eng", "version", "1"), Name: "Go-live", Project: "eng/project/PAY", StatusCategory: StatusDone, Finished: on},
		&Override{Target: "milestone:eng/version/1", Field: "kind", Value: Field{Type: FieldText, Text: "GO_LIVE"}},
		&KPILinkFact{Project: "eng:PAY", KPI: "reach", ExpectedChange: entered("20")},
	}
}

func TestImpactComparesEqualWindowsAroundTheGoLive(t *testing.T) {
	l := newTestLog(t, "2026-03-05")
	docs := append(goneLive(day(t, "2025-10-20")), monthly("reach"))
	for i := range 9 { // 2025-02 to 2025-10, of which the first two are out of the window
		docs = append(docs, measured("reach", SpanOf(PeriodMonth, NewDate(2025, 2, 1).AddMonths(i)).String(), fmt.Sprint(10*i)))
	}
	link := func() *KPILink {
		links, err := kpiNow(t, l.now, "reach").Projects(nil, nil, nil, nil, nil)
		if err != nil || links.TotalCount() != 1 {
			t.Fatal(links, err)
		}
		return links.Nodes()[0]
	}
	l.put(append(docs, measured("reach", "2025-11", "90"), measured("reach", "2025-12", "100"))...)
	if got := link(); got.RealisedChange != nil || got.RealisedReason().Code != "INSUFFICIENT_DATA" || got.GoLive != day(t, "2025-10-20") {
		t.Errorf("after two months: change %v because of %v, want INSUFFICIENT_DATA", got.RealisedChange, got.RealisedReason())
	}
	l.put(measured("reach", "2026-01", "110"), measured("reach", "2026-03", "999")) // March is not over
	got := link()
	if got.RealisedChange == nil || *got.RealisedChange != 40 || got.RealisedReason() != nil {
		t.Fatalf("change = %v because of %v, want 100 - 60", got.RealisedChange, got.RealisedReason())
	}
	if diff := cmp.Diff([][]string{{"2025-07", "2025-08", "2025-09"}, {"2025-11", "2025-12", "2026-01"}},
		[][]string{got.Before().Periods(), got.After().Periods()}); diff != "" {
		t.Errorf("periods (-want +got):\n%s", diff)
	}
	l.remove(Key{KindOverride, "milestone:eng/version/1#kind"})
	if got := link(); got.RealisedChange != nil || got.RealisedReason().Code != "NOT_LIVE" {
		t.Errorf("without a go-live: change %v because of %v, want NOT_LIVE", got.RealisedChange, got.RealisedReason())
	}
}

func TestLeadIsTheLagAtWhichKPIsGoTogether(t *testing.T) {
	l := newTestLog(t, "2026-03-05")
	docs := []Document{monthly("cause"), monthly("effect"), monthly("flat")}
	values := []int{10, 14, 9, 22, 30, 11, 17, 26, 13, 8, 19, 24}
	for i, v := range values {
		period := SpanOf(PeriodMonth, NewDate(2025, 1, 1).AddMonths(i)).String()
		docs = append(docs, measured("cause", period, fmt.Sprint(v)), measured("flat", period, "5"))
		if i >= 2 {
			docs = append(docs, measured("effect", period, fmt.Sprint(100-2*values[i-2])))
		}
	}
	cause := kpiNow(t, l.put(docs...), "cause")
	lead, err := cause.LeadOver("effect", nil)
	if err != nil || lead.Reason() != nil || *lead.Lag != 2 || *lead.Correlation != -1 || lead.Pairs != 10 {
		t.Errorf("lead = %+v, %v; want a lag of 2 months, -1, of 10 pairs", lead, err)
	}
	if lead, err = cause.LeadOver("flat", nil); err != nil || lead.Lag != nil || lead.Reason().Code != "NO_VARIATION" {
		t.Errorf("over what never changes: %+v, %v", lead, err)
	}
}

// A random KPI with its measurements, by its own periods and by longer ones.
func randomPoints(t *rapid.T) (*View, []*KPI, []*KPIPoint) {
	h := newHistory(t)
	docs := map[Key]Document{}
	put := func(d Document) { docs[d.Key()] = d }
	put(&Clock{Today: NewDate(2026, 4, 20)})
	for range 3 {
		put(h.kpi())
	}
	for range rapid.IntRange(0, 25).Draw(t, "measurements") {
		put(h.measurement())
	}
	c := Commit{Position: Position{Revision: 1}}
	for _, d := range docs {
		c.Put = append(c.Put, d)
	}
	s, _ := h.now.Apply(c)
	v := s.View(Local)
	var kpis []*KPI
	var points []*KPIPoint
	for row := range s.kpis.ordered.all() {
		k := v.kpiOf(row)
		kpis = append(kpis, k)
		for _, segment := range append(k.Segments(), "") {
			for _, period := range periods {
				series, err := k.Series(&period, nil, nil, &segment, nil)
				if err != nil {
					t.Fatal(err)
				}
				points = append(points, series...)
			}
		}
	}
	return v, kpis, points
}

func TestANullHasAReasonAndAReasonANull(t *testing.T) {
	checkProperty(t, 400, func(t *rapid.T) {
		_, kpis, points := randomPoints(t)
		for _, k := range kpis {
			if (k.Attainment() == nil) != (k.AttainmentReason() != nil) {
				t.Fatalf("%s: attainment %v because of %v", k.Key(), k.Attainment(), k.AttainmentReason())
			}
			if (k.Health == HealthUnknown) != (k.HealthReason() != nil) {
				t.Fatalf("%s: health %s because of %v", k.Key(), k.Health, k.HealthReason())
			}
			if e := k.ProjectionError(); (e.Absolute == nil || e.Share == nil) != (e.Reason() != nil) {
				t.Fatalf("%s: projection error %v", k.Key(), e)
			}
		}
		for _, p := range points {
			if (p.Attainment == nil) != (p.AttainmentReason() != nil) {
				t.Fatalf("%s: attainment %v because of %v", p.id(), p.Attainment, p.AttainmentReason())
			}
			if r := p.AttainmentReason(); r != nil && r.Message == "" {
				t.Fatalf("%s: %s has no sentence", p.id(), r.Code)
			}
		}
	})
}

func TestRecomputingFromTheExplanationGivesTheAttainment(t *testing.T) {
	checkProperty(t, 400, func(t *rapid.T) {
		_, _, points := randomPoints(t)
		for _, p := range points {
			e := p.Explain()
			in := map[string]*float64{}
			for _, i := range e.Inputs {
				in[i.Symbol] = i.Value
			}
			if !equalNumber(p.Actual, actualFrom(e, in)) {
				t.Fatalf("%s: actual value %v, by %q %v", p.id(), show(p.Actual), e.ActualFormula, show(actualFrom(e, in)))
			}
			if p.Attainment == nil {
				continue
			}
			if got := recompute(t, e.Formula, in); math.Abs(got-*p.Attainment) > 1e-9*max(1, math.Abs(got)) {
				t.Fatalf("%s: attainment %v, by %q %v", p.id(), *p.Attainment, e.Formula, got)
			}
		}
	})
}

func show(f *float64) string {
	if f == nil {
		return "none"
	}
	return fmt.Sprint(*f)
}

// recompute puts the inputs of an explanation into its formula.
func recompute(t *rapid.T, formula string, in map[string]*float64) float64 {
	of := func(symbol string) float64 {
		if in[symbol] == nil {
			t.Fatalf("%q lacks %s", formula, symbol)
		}
		return *in[symbol]
	}
	yes := func(is bool) float64 {
		if is {
			return 1
		}
		return 0
	}
	switch formula {
	case "A / T":
		return of("A") / of("T")
	case "2 - A / T":
		return 2 - of("A")/of("T")
	case "(A - B) / (T - B)":
		return (of("A") - of("B")) / (of("T") - of("B"))
	case "1 if A >= 0, else 0":
		return yes(of("A") >= 0)
	case "1 if A <= 0, else 0":
		return yes(of("A") <= 0)
	case "A / L":
		return of("A") / of("L")
	case "1 - (A - U) / U":
		return 1 - (of("A")-of("U"))/of("U")
	case "1 while L <= A <= U":
		return yes(of("L") <= of("A") && of("A") <= of("U"))
	}
	t.Fatalf("the formula %q is not known", formula)
	return 0
}

// actualFrom makes the actual value of its parts as an explanation says.
func actualFrom(e *KPIExplanation, in map[string]*float64) *float64 {
	parts := slices.DeleteFunc(e.Parts(), func(p *KPIPoint) bool { return p.Actual == nil && (p.Numerator == nil || p.Denominator == nil) })
	sum := func(of func(*KPIPoint) *float64) float64 {
		total := 0.0
		for _, p := range parts {
			total += *of(p)
		}
		return total
	}
	actual := func(p *KPIPoint) *float64 { return p.Actual }
	switch e.ActualFormula {
	case "N / D":
		return finite(*in["N"] / *in["D"])
	case "N / D, where N is the sum of the parts' N and D that of their D":
		return finite(sum(func(p *KPIPoint) *float64 { return p.Numerator }) / sum(func(p *KPIPoint) *float64 { return p.Denominator }))
	case "sum of the parts' A":
		return finite(sum(actual))
	case "mean of the parts' A":
		return finite(sum(actual) / float64(len(parts)))
	case "A of the last part that has one":
		return parts[len(parts)-1].Actual
	}
	return in["A"]
}

func TestPartsAddUpToTheWhole(t *testing.T) {
	checkProperty(t, 300, func(t *rapid.T) {
		_, kpis, _ := randomPoints(t)
		for _, k := range kpis {
			for _, length := range periods {
				if !length.longerThan(k.Period) {
					continue
				}
				measured := 0
				for _, p := range k.by(length, "", NewDate(2026, 4, 20)) {
					measured += p.Measured
					if p.Measured > p.Expected {
						t.Fatalf("%s has %d of %d periods", p.id(), p.Measured, p.Expected)
					}
				}
				own := 0
				for _, p := range k.whole() {
					own += p.Measured
				}
				if own != measured {
					t.Fatalf("%s: %d periods are measured, by %s %d", k.Key(), own, length, measured)
				}
			}
		}
	})
}
