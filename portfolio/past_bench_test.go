package portfolio

import (
	"testing"
)

// benchMonth is a portfolio and the one it was a month before: since then a
// twentieth of the milestones moved and the settings stayed.
func benchMonth(b *testing.B, projects, milestones int) (now *Snapshot, then State) {
	b.Helper()
	then = benchState(projects, milestones)
	then.Docs[1].Doc = &Clock{Today: benchToday.AddDays(-30)}
	now, err := NewSnapshot(then)
	if err != nil {
		b.Fatal(err)
	}
	for day := range 30 {
		c := Commit{Position: Position{Revision: int64(day + 2)}, Put: []Document{&Clock{Today: benchToday.AddDays(day - 29)}}}
		for i := day; i < milestones/20; i += 30 {
			c.Put = append(c.Put, benchMilestone(i*20%milestones, projects, 1+day))
		}
		now, _ = now.Apply(c)
	}
	return now, then
}

// What computing a past day takes once its documents are read.
func BenchmarkRewindAMonth(b *testing.B) {
	eachSize(b, func(b *testing.B, projects, milestones int) {
		now, then := benchMonth(b, projects, milestones)
		var past *Snapshot
		for b.Loop() {
			past = now.Rewind(then)
		}
		b.ReportMetric(float64(past.Copied()-now.Copied())/(1<<20), "MiB")
	})
}

func BenchmarkCompareAMonth(b *testing.B) {
	eachSize(b, func(b *testing.B, projects, milestones int) {
		now, then := benchMonth(b, projects, milestones)
		past := now.Rewind(then)
		var d Diff
		for b.Loop() {
			d = Compare(past, now)
		}
		b.ReportMetric(float64(len(d.Changes)), "changes")
	})
}
