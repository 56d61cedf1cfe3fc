package portfolio

import (
	"fmt"
	"math"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// The sizes that figures of alignment are given for.
const (
	benchProjects      = 10_000
	benchContributions = 25_000
	benchObjectives    = 60 // twelve of them above the others
)

// benchStrategy is a portfolio with a strategy of two levels, to whose leaves
// every project contributes twice or three times.
func benchStrategy(b testing.TB) *Snapshot {
	state := benchState(benchProjects, benchProjects)
	for i := range state.Docs {
		if p, ok := state.Docs[i].Doc.(*ProjectFact); ok {
			n, _ := strconv.Atoi(p.ID)
			p.Fields = []Field{{ID: "budget", Name: "Budget", Type: FieldNumber, Number: strconv.Itoa(10_000 + n*7919%900_000)}}
		}
	}
	settings := benchSettings()
	settings.Connections[0].Fields = append(settings.Connections[0].Fields, FieldMapping{To: "budget", Field: "budget", Currency: "EUR"})
	state.Docs[0].Doc = settings
	add := func(d Document) { state.Docs = append(state.Docs, Versioned{1, d}) }
	add(&StrategyFact{Slug: "s", Name: "Strategy", Leading: true})
	add(benchVersion(1))
	for i := range benchObjectives {
		add(benchObjective(i))
	}
	for i := range benchContributions {
		add(benchContribution(i, 0))
	}
	s, err := NewSnapshot(state)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func benchObjective(i int) *ObjectiveFact {
	f := &ObjectiveFact{Slug: fmt.Sprintf("o%02d", i), Strategy: "s", Name: "Objective " + strconv.Itoa(i)}
	if i >= 12 {
		f.Parent = fmt.Sprintf("o%02d", i%12)
	}
	return f
}

// benchVersion weighs every objective by its number, and the first by weight.
func benchVersion(weight int64) *StrategyVersionFact {
	f := &StrategyVersionFact{Strategy: "s", Version: "1", Method: WeightManual}
	for i := range benchObjectives {
		f.Weights = append(f.Weights, ObjectiveWeight{fmt.Sprintf("o%02d", i), decimal.NewFromInt(int64(i%5 + 1))})
	}
	f.Weights[0].Weight = decimal.NewFromInt(weight)
	return f
}

func benchContribution(i, edit int) *ContributionFact {
	return &ContributionFact{
		Project:   DocID("eng", "project", strconv.Itoa(10_000+i%benchProjects)),
		Objective: fmt.Sprintf("o%02d", 12+(i*31+i/benchProjects)%(benchObjectives-12)),
		Strength:  decimal.New(int64((i+edit)%10+1), -1),
		Rationale: "Because of reason " + strconv.Itoa(i),
	}
}

func benchCommit(s *Snapshot, d Document) Commit {
	p := Position{Revision: s.Position().Revision + 1}
	return Commit{Position: p, Data: p, At: benchToday.Time(), Put: []Document{d}}
}

// BenchmarkOneWeight changes one weight, which changes the score of every
// project, and looks at the ranks.
func BenchmarkOneWeight(b *testing.B) {
	s := benchStrategy(b)
	s.standing()
	runtime.GC()
	i := int64(1)
	timed(b, func() {
		i++
		s, _ = s.Apply(benchCommit(s, benchVersion(1+i%7)))
		if s.standing().ranked != benchProjects {
			b.Fatal("not all projects are ranked")
		}
	})
}

// timed runs a round of a benchmark again and again and tells of the fastest
// one too: what else the machine does is not in it.
func timed(b *testing.B, round func()) {
	fastest := time.Duration(math.MaxInt64)
	for b.Loop() {
		start := time.Now()
		round()
		fastest = min(fastest, time.Since(start))
	}
	b.ReportMetric(float64(fastest.Microseconds())/1000, "ms-fastest")
}

// BenchmarkOneContribution changes one contribution, without and with the
// ranks that follow.
func BenchmarkOneContribution(b *testing.B) {
	for _, ranks := range []bool{false, true} {
		b.Run(fmt.Sprintf("ranks=%t", ranks), func(b *testing.B) {
			s := benchStrategy(b)
			s.standing()
			runtime.GC()
			i := 0
			timed(b, func() {
				i++
				s, _ = s.Apply(benchCommit(s, benchContribution(i*7919%benchContributions, i)))
				if ranks {
					s.standing()
				}
			})
		})
	}
}

// BenchmarkMisalignment computes the whole report on a snapshot of which nobody
// asked it before.
func BenchmarkMisalignment(b *testing.B) {
	s := benchStrategy(b)
	runtime.GC()
	first := 50
	timed(b, func() {
		s.standings, s.risk = new(lazy[standings]), new(lazy[exposure])
		m := s.View(Local).Misalignment(nil)
		for _, gap := range m.Gaps(nil) {
			gap.Gap()
			gap.AtRiskShare()
		}
		if m.PortfolioAlignment().Value == nil || m.FundingTau().Value == nil {
			b.Fatal("the report has no figures")
		}
		if page, err := m.Inversions(&first, nil, nil, nil); err != nil || page.TotalCount() == 0 {
			b.Fatal("the report has no inversions", err)
		}
		if _, err := m.Orphans(nil, nil, &first, nil, nil, nil); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkSimulation tries another weight out.
func BenchmarkSimulation(b *testing.B) {
	s := benchStrategy(b)
	v := s.View(Local)
	timed(b, func() {
		c, err := v.SimulateStrategy(StrategyTrial{Weights: []*TrialWeight{{"o00", decimal.NewFromInt(1)}}})
		if err != nil || c.Moved() == nil {
			b.Fatal(err)
		}
	})
}

// What follows from the whole list is shared until something changes it.
func TestStandingsAreSharedWhileNothingChangesThem(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	p := &ProjectFact{Source: source("eng", "project", "PAY"), Name: "Payments"}
	l.put(p, &StrategyFact{Slug: "s"}, &StrategyVersionFact{Strategy: "s", Version: "1", Method: WeightEqual}, &ObjectiveFact{Slug: "a", Strategy: "s"})
	before := l.now.standing()
	renamed := *p
	renamed.Name = "Payment"
	if l.put(&renamed).standing() != before {
		t.Error("another name makes other standings")
	}
	l.put(&MilestoneFact{Source: source("eng", "version", "1"), Project: p.DocID()})
	if l.now.standing() != before {
		t.Error("a milestone makes other standings")
	}
	if l.put(&ContributionFact{Project: "eng:PAY", Objective: "a", Strength: decimal.NewFromInt(1)}).standing() == before {
		t.Error("a contribution leaves the standings as they were")
	}
}
