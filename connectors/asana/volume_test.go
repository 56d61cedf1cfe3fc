package asana

import (
	"testing"

	"plumbline/connectors"
	"plumbline/connectors/asana/asanatest"
	"plumbline/connectors/connectortest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

const (
	manyProjects   = 500
	manyMilestones = 10_000
)

// TestVolume holds how many requests a workspace of 500 projects and 10,000
// milestones costs: all of it, a quick run, and a sweep.
func TestVolume(t *testing.T) {
	site, _ := newSite(t, asanatest.Options{})
	site.Fill(manyProjects, manyMilestones, 0)
	c, l := open(t, site, nil, nil), connectortest.NewLedger()
	step := func(name string, want int, run func() error) {
		t.Helper()
		site.ResetCounts()
		if err := run(); err != nil {
			t.Fatal(err)
		}
		n := site.Counts()
		t.Logf("%s: %d requests, at most %d at once", name, n.Requests, n.Concurrent)
		if n.Requests != want || n.Concurrent > 8 {
			t.Errorf("%s: %d requests, %d at once; want %d, 8 at once: %v", name, n.Requests, n.Concurrent, want, n.ByPath)
		}
	}
	pull := func() error { return l.Pull(t.Context(), c, nil) }
	const who, people, projects, archived = 1, 1, 5, 1
	step("full run", who+people+projects+archived+3*manyProjects, pull)
	count := map[portfolio.Kind]int{}
	for key := range l.Facts {
		count[key.Kind]++
	}
	check(t, "facts", count, map[portfolio.Kind]int{
		portfolio.KindProject: manyProjects, portfolio.KindMilestone: manyMilestones, portfolio.KindDependency: manyMilestones - manyProjects,
		portfolio.KindStatusReport: manyProjects, portfolio.KindPerson: 20,
	})
	writes := l.Writes
	step("quick run", who+projects+manyProjects, pull)
	step("sweep", who+people+projects+archived+2*manyProjects, func() error { return l.Sweep(t.Context(), c, nil) })
	check(t, "facts written by an unchanged site", l.Writes-writes, 0)
}

// BenchmarkPull reads everything from the fake, in process.
func BenchmarkPull(b *testing.B) {
	site := asanatest.New(asanatest.Options{})
	me := site.AddUser(asanatest.User{Name: "Pia Moser"})
	site.AddAccount(asanatest.Account{Token: "benchmark", User: me})
	site.Fill(manyProjects, manyMilestones, 0)
	s := Settings{Auth: Auth{Token: secret.New("benchmark")}}
	records, requests := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		c, err := s.Open(connectors.Env{Connection: "work", Transport: site.Transport()})
		if err != nil {
			b.Fatal(err)
		}
		for page, err := range c.Pull(b.Context(), nil) {
			if err != nil {
				b.Fatal(err)
			}
			records += len(page.Facts)
		}
		requests += c.(connectors.Metered).Usage().Requests
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(requests)/float64(b.N), "requests")
}
