package portfolio

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkImpact asks what slips in a portfolio of 10,000 projects and 100,000
// milestones, of which 50,000 depend on others, most of them a little tightly.
func BenchmarkImpact(b *testing.B) {
	const projects, each, dependencies = 10_000, 10, 50_000
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // it must be the same each time
	docs := []Document{&Clock{Today: slipBegin}}
	due := make([]int, projects*each)
	for p := range projects {
		id := fmt.Sprintf("%d", p)
		docs = append(docs, &ProjectFact{Source: Source{Connection: "eng", Kind: "project", ID: id}, Start: slipBegin})
		for m := range each {
			at := p*each + m
			due[at] = 30 + r.IntN(700)
			docs = append(docs, &MilestoneFact{Source: Source{Connection: "eng", Kind: "version", ID: fmt.Sprintf("%d", at)}, Project: DocID("eng", "project", id), Due: slipBegin.AddDays(due[at])})
		}
	}
	version := func(at int) LinkEnd { return LinkEnd{Ref: DocID("eng", "version", fmt.Sprintf("%d", at))} }
	for i := range dependencies {
		from, to := r.IntN(len(due)), r.IntN(len(due))
		for range 20 { // look for one that comes soon after
			if gap := due[to] - due[from]; gap >= 0 && gap < 30 {
				break
			}
			to = r.IntN(len(due))
		}
		docs = append(docs, &DependencyFact{Source: Source{Connection: "eng", Kind: "link", ID: fmt.Sprintf("%d", i)}, Predecessor: version(from), Successor: version(to)})
	}
	s := mustSnapshot(b, docs)
	v := s.View(Local)
	for _, days := range []int{10, 30, 365} {
		b.Run(fmt.Sprintf("%d days", days), func(b *testing.B) {
			affected, at := 0, 0
			for b.Loop() {
				p, err := v.Project(DocID("eng", "project", fmt.Sprintf("%d", at%projects)))
				if err != nil {
					b.Fatal(err)
				}
				at += 37
				i, err := p.Impact(days)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := i.Cycles(nil); err != nil {
					b.Fatal(err)
				}
				affected += i.AffectedCount()
			}
			b.ReportMetric(float64(affected)/float64(b.N), "milestones/op")
		})
	}
	b.Run("circular, first use", func(b *testing.B) {
		for b.Loop() {
			s.circles = new(lazy[map[string]bool])
			s.circular()
		}
	})
}
