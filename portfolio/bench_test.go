package portfolio

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// benchSizes are the portfolios that figures are given for.
var benchSizes = []struct{ projects, milestones int }{{1_000, 10_000}, {10_000, 100_000}}

func eachSize(b *testing.B, run func(b *testing.B, projects, milestones int)) {
	for _, size := range benchSizes {
		b.Run(fmt.Sprintf("%dx%d", size.projects, size.milestones), func(b *testing.B) {
			run(b, size.projects, size.milestones)
		})
	}
}

// benchToday is the day of the benchmarks' portfolio.
var benchToday = NewDate(2026, time.November, 21)

// benchState is a portfolio as a store loads it: every string is an
// allocation of its own, as decoders make them.
func benchState(projects, milestones int) State {
	own := strings.Clone
	docs := []Document{benchSettings(), &Clock{Today: benchToday}}
	for i := range projects {
		id := strconv.Itoa(10_000 + i)
		docs = append(docs, &ProjectFact{
			Source: Source{
				Connection: own("eng"), Kind: own("project"), ID: own(id), Key: own("P" + id),
				URL: own("https://example.atlassian.net/browse/P" + id), Scope: own("projects"),
				UpdatedAt: benchToday.Time(),
			},
			Record: Record{FirstSeen: benchToday.AddDays(-200), SyncedAt: benchToday.Time()},
			Name:   own("Project number " + id), Category: own([]string{"Digital health", "Hospitals", "Retail", "Finance"}[i%4]),
			Lead: own("eng/user/" + strconv.Itoa(i%500)), Start: benchToday.AddDays(-300 + i%100),
		})
	}
	for i := range 500 {
		id := strconv.Itoa(i)
		docs = append(docs, &PersonFact{Source: Source{Connection: own("eng"), Kind: own("user"), ID: own(id)}, Name: own("Person " + id)})
	}
	for i := range milestones {
		docs = append(docs, benchMilestone(i, projects, 0))
	}
	for i := range milestones / 50 {
		docs = append(docs, &DependencyFact{
			Source: Source{Connection: own("eng"), Kind: own("link"), ID: strconv.Itoa(i)}, Type: own("Blocks"),
			Predecessor: LinkEnd{Ref: own(benchID(i * 7 % milestones))}, Successor: LinkEnd{Ref: own(benchID(i * 31 % milestones))},
		})
	}
	s := State{Position: Position{Revision: 1}, Data: Position{Revision: 1}, At: benchToday.Time()}
	for _, d := range docs {
		s.Docs = append(s.Docs, Versioned{1, d})
	}
	return s
}

func benchID(i int) string { return DocID("eng", "version", strconv.Itoa(20_000+i)) }

// benchMilestone is the i-th milestone; edit makes it differ from itself.
func benchMilestone(i, projects, edit int) *MilestoneFact {
	own := strings.Clone
	id := strconv.Itoa(20_000 + i)
	project := strconv.Itoa(10_000 + i%projects)
	due := benchToday.AddDays(i%700 - 300 + edit)
	first := due
	moves := []DueMove(nil)
	if i%4 == 0 { // a quarter of them has moved once
		first = due.AddDays(-(i % 40))
		moves = []DueMove{{On: due.AddDays(-60), From: first, To: due}}
	}
	m := &MilestoneFact{
		Source: Source{
			Connection: own("eng"), Kind: own("version"), ID: own(id),
			URL:   own("https://example.atlassian.net/projects/P" + project + "/versions/" + id),
			Scope: own("versions/" + project),
		},
		Record: Record{FirstSeen: benchToday.AddDays(-200), SyncedAt: benchToday.Time()},
		Name:   own(fmt.Sprintf("Release %d.%d of product %s", i%7, i%13, project)), Type: own("Version"),
		Project: own(DocID("eng", "project", project)), Owner: own("eng/user/" + strconv.Itoa(i%500)),
		Status: own("unreleased"), StatusCategory: StatusCategory(own("IN_PROGRESS")),
		Start: due.AddDays(-90), Due: due,
		History: DueHistory{First: first, LaterMoves: len(moves), Moves: moves},
	}
	if i%10 == 0 {
		m.Name = own("Go-live of product " + project)
	}
	if due.Before(benchToday) {
		m.Status, m.StatusCategory, m.Finished = own("released"), StatusCategory(own("DONE")), due
	}
	return m
}

func benchSettings() *Settings {
	return &Settings{
		TimeZone:    "Europe/Berlin",
		Connections: []ConnectionSettings{{ID: "eng", Name: "Engineering", Type: "jira", Fields: []FieldMapping{{To: "department", Field: "category"}}}},
		Rules: []Rule{
			{When: `milestone.name matches "(?i)go.?live|launch"`, Set: Assignment{Kind: MilestoneGoLive}},
			{When: `milestone.type == "Epic" and "key" in milestone.labels`, Set: Assignment{Kind: MilestoneKey}},
			{When: `project.category == "Finance" and milestone.due > "2027-06-01"`, Set: Assignment{Kind: MilestoneKey}},
		},
		Joins: []JoinRule{{By: "pmoId"}},
	}
}

func benchSnapshot(b testing.TB, projects, milestones int) *Snapshot {
	s, err := NewSnapshot(benchState(projects, milestones))
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func BenchmarkLoad(b *testing.B) {
	eachSize(b, func(b *testing.B, projects, milestones int) {
		state := benchState(projects, milestones)
		b.ResetTimer()
		for b.Loop() {
			if _, err := NewSnapshot(state); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// benchCommits are commits of the same n milestones, each time with other
// dates: all milestones of some projects, as a page of a sync brings them, or
// each of another project.
func benchCommits(n, projects, milestones int, scattered bool) []Commit {
	commits := make([]Commit, 4)
	for k := range commits {
		c := &commits[k]
		c.Revision = int64(k + 2)
		for i := range n {
			which := i/10*7919%projects + i%10*projects
			if scattered {
				which = i * 7919 % milestones
			}
			c.Put = append(c.Put, benchMilestone(which, projects, k+1))
		}
	}
	return commits
}

func BenchmarkApply(b *testing.B) {
	eachSize(b, func(b *testing.B, projects, milestones int) {
		s := benchSnapshot(b, projects, milestones)
		for _, c := range []struct {
			documents int
			scattered bool
			name      string
		}{{10, false, "10documents"}, {1_000, false, "1000documents"}, {1_000, true, "1000scattered"}} {
			b.Run(c.name, func(b *testing.B) {
				commits := benchCommits(c.documents, projects, milestones, c.scattered)
				runtime.GC()
				var diff Diff
				var fastest time.Duration
				i := 0
				for b.Loop() {
					start := time.Now()
					s, diff = s.Apply(commits[i%len(commits)])
					if took := time.Since(start); i == 0 || took < fastest {
						fastest = took
					}
					i++
				}
				// The fastest round tells the work; the mean, also what else
				// the machine does and collecting what the rounds leave behind.
				b.ReportMetric(float64(fastest.Microseconds())/1000, "ms-fastest")
				reportDiff(b, diff)
			})
		}
	})
}

func reportDiff(b *testing.B, diff Diff) {
	b.ReportMetric(float64(diff.Recomputed), "rows-recomputed")
	b.ReportMetric(float64(diff.Replaced), "rows-copied")
	b.ReportMetric(float64(len(diff.Changes)), "rows-in-diff")
}

// BenchmarkDay applies the next day's commit, on which 1 % of the milestones
// are due to change by themselves.
func BenchmarkDay(b *testing.B) {
	eachSize(b, func(b *testing.B, projects, milestones int) {
		state := benchState(projects, milestones)
		for i := range milestones / 100 {
			f := benchMilestone(i*100, projects, 0)
			f.FirstSeen = benchToday.AddDays(-13) // its baseline counts from tomorrow on
			for k, v := range state.Docs {
				if v.Doc.Key() == f.Key() {
					state.Docs[k].Doc = f
					break
				}
			}
		}
		s, err := NewSnapshot(state)
		if err != nil {
			b.Fatal(err)
		}
		tomorrow := Commit{Position: Position{Revision: 2}, Put: []Document{&Clock{Today: benchToday.AddDays(1)}}}
		runtime.GC()
		var diff Diff
		for b.Loop() {
			_, diff = s.Apply(tomorrow)
		}
		reportDiff(b, diff)
	})
}

// BenchmarkRule applies a changed rule.
func BenchmarkRule(b *testing.B) {
	eachSize(b, func(b *testing.B, projects, milestones int) {
		s := benchSnapshot(b, projects, milestones)
		settings := benchSettings()
		settings.Rules[1].When = `milestone.type == "Version" and milestone.name startsWith "Release 6.1"`
		changed := Commit{Position: Position{Revision: 2}, Put: []Document{settings}}
		runtime.GC()
		var diff Diff
		for b.Loop() {
			_, diff = s.Apply(changed)
		}
		reportDiff(b, diff)
	})
}

// BenchmarkMemory reports what a milestone costs all told: its fact, its row,
// its part of every index, and its share of projects, people and dependencies.
func BenchmarkMemory(b *testing.B) {
	eachSize(b, func(b *testing.B, projects, milestones int) {
		for b.Loop() {
			b.ReportMetric(float64(heapOf(b, projects, milestones))/float64(milestones), "B/milestone-with-share-of-the-rest")
			b.ReportMetric(float64(heapOf(b, projects, milestones)-heapOf(b, projects, 0))/float64(milestones), "B/milestone")
		}
	})
}

func heapOf(b testing.TB, projects, milestones int) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := benchSnapshot(b, projects, milestones)
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(s)
	return after.HeapAlloc - before.HeapAlloc
}
