package azuredevops

import (
	"testing"
	"time"

	"plumbline/connectors/azuredevops/azuredevopstest"
	"plumbline/connectors/connectortest"
)

// TestVolume holds how many requests an organisation of 500 projects, 1,000
// iterations and 10,000 epics costs: all of it, a quick run, and a sweep.
func TestVolume(t *testing.T) {
	site := newSite(t, azuredevopstest.Options{MaxBatch: 1000})
	site.Fill("P", 500, 1000, 10_000, "Epic")
	c := open(t, site, nil, nil)
	l := connectortest.NewLedger()
	step := func(name string, most int, run func() error) {
		t.Helper()
		site.ResetCounts()
		writes, start := l.Writes, time.Now()
		if err := run(); err != nil {
			t.Fatal(err)
		}
		n := site.Counts()
		t.Logf("%s: %d requests, at most %d at once, %d facts written, %v", name, n.Requests, n.Concurrent, l.Writes-writes, time.Since(start).Round(time.Millisecond))
		if n.Requests > most || n.Concurrent > 8 {
			t.Errorf("%s: %d requests, %d at once; want at most %d, 8 at once: %v", name, n.Requests, n.Concurrent, most, n.ByPath)
		}
	}
	pull := func() error { return l.Pull(t.Context(), c, nil) }
	const begin, feeds, past = 8, 3, 10 // who we are, fields, six pages of projects; the ends of the feeds; every revision
	step("full run", begin+feeds+501+500+10+50+past, pull)
	if len(l.Facts) != 501+1000+10_000 {
		t.Errorf("%d facts, want 11,501", len(l.Facts))
	}
	step("quick run", begin+feeds, pull)
	for _, id := range site.Items("Epic")[:40] {
		site.EditItem(id, func(i *item) { i.Title += ", changed" })
	}
	writes := l.Writes
	step("quick run after 40 changes", begin+feeds+1, pull)
	if n := l.Writes - writes; n != 40 {
		t.Errorf("%d facts written, want 40", n)
	}
	writes = l.Writes
	step("sweep", begin+feeds+501+2, func() error { return l.Sweep(t.Context(), c, nil) })
	if l.Writes != writes {
		t.Errorf("an unchanged organisation wrote %d facts", l.Writes-writes)
	}
}

// BenchmarkPull reads 500 projects with 10,000 milestones from the beginning.
func BenchmarkPull(b *testing.B) {
	site := newSite(b, azuredevopstest.Options{MaxBatch: 1000})
	site.Fill("P", 500, 2000, 8000, "Epic")
	b.ReportAllocs()
	site.ResetCounts()
	records := 0
	for b.Loop() {
		c := open(b, site, nil, nil)
		for page, err := range c.Pull(b.Context(), nil) {
			if err != nil {
				b.Fatal(err)
			}
			records += len(page.Facts)
		}
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(site.Counts().Requests)/float64(b.N), "requests")
}
