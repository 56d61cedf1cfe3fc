package jira

import (
	"testing"

	"plumbline/connectors/connectortest"
	"plumbline/connectors/jira/jiratest"
)

// BenchmarkPull reads 10,000 milestones in 500 projects from the fake.
func BenchmarkPull(b *testing.B) {
	site := newSite(b, jiratest.Options{})
	site.Fill("P", 500, 5000, 5000, "Epic") // half of them versions, half issues
	b.ReportAllocs()
	records, requests := 0, 0
	for b.Loop() {
		c, l := open(b, site, nil, nil), connectortest.NewLedger()
		if err := l.Pull(b.Context(), c, nil); err != nil {
			b.Fatal(err)
		}
		records += len(l.Facts)
		requests += c.Usage().Requests
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(requests)/float64(b.N), "requests")
}
