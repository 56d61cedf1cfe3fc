package portfolio

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// The KPIs that figures are given for, beside 10,000 projects.
const (
	benchKPIs    = 500
	benchPeriods = 24
)

// benchKPIState is the large portfolio with KPIs of two years; each string is
// an allocation of its own, as decoders make them.
func benchKPIState(projects, milestones int) State {
	s := benchState(projects, milestones)
	for i := range benchKPIs {
		s.Docs = append(s.Docs, Versioned{1, benchKPI(i)}, Versioned{1, &KPILinkFact{Project: fmt.Sprintf("eng:P%d", 10_000+i), KPI: benchKPIKey(i)}})
		for n := range benchPeriods {
			s.Docs = append(s.Docs, Versioned{1, benchMeasurement(i, n, 0)})
		}
	}
	return s
}

func benchKPIKey(i int) string { return fmt.Sprintf("kpi-number-%d", i) }

func benchKPI(i int) *KPIFact {
	own := strings.Clone
	target := decimal.New(1000, 0)
	return &KPIFact{
		Slug: benchKPIKey(i), Name: fmt.Sprintf("KPI number %d", i), Department: own([]string{"digital-health", "hospitals", "retail", "finance"}[i%4]),
		Direction: HigherIsBetter, Perspective: []KPIPerspective{PerspectiveCustomer, PerspectiveEmployee, PerspectiveFinancial, PerspectiveProcess}[i%4],
		Period: PeriodMonth, Target: &target, Authored: Authored{Author: own("file:kpis.yaml"), At: benchToday.Time()},
	}
}

// benchMeasurement is the measurement of the n-th of the last months.
func benchMeasurement(i, n, edit int) *MeasurementFact {
	own := strings.Clone
	actual, projection := decimal.New(int64(600+(i*37+n*11+edit)%600), 0), decimal.New(900, 0)
	return &MeasurementFact{
		KPI: benchKPIKey(i), Period: own(SpanOf(PeriodMonth, benchToday.AddMonths(-n-1)).String()), Actual: &actual, Projection: &projection,
		Authored: Authored{Author: own("key:pmo"), At: benchToday.Time()},
	}
}

func benchKPISnapshot(b *testing.B) *Snapshot {
	s, err := NewSnapshot(benchKPIState(10_000, 100_000))
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	return s
}

// BenchmarkMeasurement applies a commit of one measurement.
func BenchmarkMeasurement(b *testing.B) {
	s := benchKPISnapshot(b)
	var diff Diff
	i := 0
	for b.Loop() {
		i++
		s, diff = s.Apply(Commit{Position: Position{Revision: int64(i + 1)}, Put: []Document{benchMeasurement(i%benchKPIs, 0, i)}})
	}
	reportDiff(b, diff)
}

// BenchmarkMeasurements applies a commit of 10,000 measurements of all KPIs.
func BenchmarkMeasurements(b *testing.B) {
	s := benchKPISnapshot(b)
	c := Commit{Position: Position{Revision: 2}}
	for i := range 10_000 {
		c.Put = append(c.Put, benchMeasurement(i%benchKPIs, i/benchKPIs, 7))
	}
	var diff Diff
	for b.Loop() {
		_, diff = s.Apply(c)
	}
	reportDiff(b, diff)
}

// BenchmarkOneKPI applies a commit of 10,000 measurements of one KPI, a day each.
func BenchmarkOneKPI(b *testing.B) {
	s := benchKPISnapshot(b)
	f := benchKPI(0)
	f.Period = PeriodDay
	c := Commit{Position: Position{Revision: 2}, Put: []Document{f}}
	for i := range 10_000 {
		m := benchMeasurement(0, 0, i)
		m.Period = benchToday.AddDays(-i).String()
		c.Put = append(c.Put, m)
	}
	for b.Loop() {
		s.Apply(c)
	}
}

// BenchmarkKPIList answers a page of KPIs that miss their targets.
func BenchmarkKPIList(b *testing.B) {
	v := benchKPISnapshot(b).View(Local)
	below := decimal.New(9, -1)
	filter := &KPIFilter{Attainment: &DecimalComparator{Lt: &below}}
	for b.Loop() {
		page, err := v.KPIs(filter, []*KPIOrder{{Field: KPIByAttainment}}, PageRequest{})
		if err != nil || page.TotalCount() == 0 || page.Aggregates().Attainment().Mean() == nil {
			b.Fatal(page, err)
		}
	}
}

// BenchmarkMeasurementTable answers a page of all 12,000 measurements.
func BenchmarkMeasurementTable(b *testing.B) {
	v := benchKPISnapshot(b).View(Local)
	for b.Loop() {
		page, err := v.Measurements(nil, []*MeasurementOrder{{Field: MeasurementByPeriodStart}}, PageRequest{})
		if err != nil || page.TotalCount() != benchKPIs*benchPeriods {
			b.Fatal(page, err)
		}
	}
}

// BenchmarkKPIMemory reports what a measurement costs all told: its fact, its
// point, its part of every index.
func BenchmarkKPIMemory(b *testing.B) {
	heap := func(make func(int, int) State) uint64 {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&before)
		s, err := NewSnapshot(make(100, 0))
		if err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(s)
		return after.HeapAlloc - before.HeapAlloc
	}
	for b.Loop() {
		b.ReportMetric(float64(heap(benchKPIState)-heap(benchState))/(benchKPIs*benchPeriods), "B/measurement")
	}
}
