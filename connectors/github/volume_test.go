package github

import (
	"testing"

	"plumbline/connectors/connectortest"
	"plumbline/connectors/github/githubtest"
)

// TestVolume holds how many requests 500 repositories with 10,000 milestones
// cost: all of them, and how little a run over what is known.
func TestVolume(t *testing.T) {
	site := newSite(t, githubtest.Options{})
	site.Fill("acme", 500, 20)
	c := open(t, site, nil, nil)
	l := connectortest.NewLedger()
	for _, step := range []struct {
		name           string
		requests, cost int
		run            func() error
	}{
		{"full run", 510, 510, func() error { return l.Pull(t.Context(), c, nil) }},
		{"quick run", 510, 3, func() error { return l.Pull(t.Context(), c, nil) }},
		{"sweep", 510, 3, func() error { return l.Sweep(t.Context(), c, nil) }},
	} {
		site.ResetCounts()
		if err := step.run(); err != nil {
			t.Fatal(err)
		}
		n := site.Counts()
		t.Logf("%s: %d requests, %d of them count, at most %d at once", step.name, n.Requests, n.Points, n.Concurrent)
		if n.Requests > step.requests || n.Points > step.cost || n.Concurrent > 8 {
			t.Errorf("%s: %d requests, %d of them count, %d at once; want at most %d, %d, 8: %v", step.name, n.Requests, n.Points, n.Concurrent, step.requests, step.cost, n.ByPath)
		}
	}
	if len(l.Facts) != 500+10_000 || l.Writes != len(l.Facts) {
		t.Errorf("%d facts by %d writes, want 10,500 each written once", len(l.Facts), l.Writes)
	}
}

// BenchmarkPull reads 10,000 milestones in 500 repositories from the fake.
func BenchmarkPull(b *testing.B) {
	site := newSite(b, githubtest.Options{})
	site.Fill("acme", 500, 20)
	b.ReportAllocs()
	records, requests := 0, 0
	for b.Loop() {
		c := open(b, site, nil, nil)
		for page, err := range c.Pull(b.Context(), nil) {
			if err != nil {
				b.Fatal(err)
			}
			records += len(page.Facts)
		}
		requests += c.Usage().Requests
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(requests)/float64(b.N), "requests")
}
