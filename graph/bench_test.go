package graph_test

import (
	"fmt"
	"testing"

	"plumbline/portfolio"
)

// BenchmarkPage answers a page of 50 projects with 5 milestones each, as a
// table of a BI tool asks for it.
func BenchmarkPage(b *testing.B) {
	w := newWorld(b)
	var docs []portfolio.Document
	for p := range 1000 {
		id := fmt.Sprint(p)
		docs = append(docs, &portfolio.ProjectFact{
			Source: portfolio.Source{Connection: "eng", Kind: "project", ID: id, Key: "P" + id}, Name: "Project " + id,
			Start: portfolio.NewDate(2026, 1, 1),
		})
		for m := range 10 {
			docs = append(docs, &portfolio.MilestoneFact{
				Source: portfolio.Source{Connection: "eng", Kind: "version", ID: fmt.Sprint(p*10 + m)}, Name: fmt.Sprint("Release ", m),
				Project: "eng/project/" + id, Due: portfolio.NewDate(2026, 2, 1).AddDays(30 * m),
			})
		}
	}
	docs = append(docs, &portfolio.Clock{Today: portfolio.NewDate(2026, 3, 1)})
	w.put(docs...)
	const query = `{
		projects(first: 50, orderBy: [{field: NAME}]) {
			nodes {
				id key name phase targetDate slipDays health { overall reported computed } department { name } manager { name }
				milestones(first: 5) { nodes { id name kind targetDate forecastDate slipDays health { overall } } }
			}
			pageInfo { hasNextPage endCursor }
			totalCount
		}
	}`
	b.ReportAllocs()
	size := 0
	for b.Loop() {
		size = len(w.ask(portfolio.Local, query, nil))
	}
	b.ReportMetric(float64(size), "bytes/answer")
}
