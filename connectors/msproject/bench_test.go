package msproject

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/msproject/msprojecttest"
	"plumbline/internal/filesource"
)

// BenchmarkPull reads 500 plans of 20 milestones each from a folder.
func BenchmarkPull(b *testing.B) {
	dir := b.TempDir()
	for i := range 500 {
		p := &msprojecttest.Plan{GUID: fmt.Sprintf("5F1B3C1A-0000-4B11-9C55-%012X", i+1), Title: fmt.Sprint("Plan ", i)}
		for n := range 20 {
			p.Tasks = append(p.Tasks, msprojecttest.Task{UID: n + 1, Level: 1, Name: fmt.Sprint("Gate ", n), Milestone: true, Finish: on(time.Month(1+n%12), 1)})
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%03d.xml", i)), p.XML(), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	s := Settings{Settings: filesource.Settings{Folder: dir}}
	c, err := s.Open(connectors.Env{Connection: "plans"})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	records := 0
	for b.Loop() {
		for page, err := range c.Pull(b.Context(), nil) {
			if err != nil {
				b.Fatal(err)
			}
			records += len(page.Facts)
		}
	}
	if records < 10_500*b.N {
		b.Fatalf("%d records, want 10,500 a run", records/b.N)
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(c.(connectors.Metered).Usage().Requests), "requests")
}

// large writes a plan of at least so many bytes and returns how many tasks it
// has. Every tenth is a milestone that depends on the one before.
func large(tb testing.TB, path string, bytes int64) int {
	tb.Helper()
	file, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	w := bufio.NewWriterSize(file, 1<<20)
	filler := strings.Repeat("<FreeSlack>0</FreeSlack><LevelAssignments>1</LevelAssignments><OvertimeWork>PT0H0M0S</OvertimeWork>", 25)
	fmt.Fprint(w, head, "<GUID>", planGUID, "</GUID><Tasks>")
	tasks, written := 0, int64(0)
	for written < bytes {
		tasks++
		link, milestone := "", 0
		if tasks%10 == 0 {
			milestone = 1
			link = fmt.Sprintf("<PredecessorLink><PredecessorUID>%d</PredecessorUID><Type>1</Type></PredecessorLink>", tasks-10)
		}
		n, err := fmt.Fprintf(w, "<Task><UID>%d</UID><Name>Task %d</Name><OutlineLevel>1</OutlineLevel><Milestone>%d</Milestone><Start>2026-01-05T08:00:00</Start><Finish>2026-05-01T17:00:00</Finish>%s%s</Task>\n",
			tasks, tasks, milestone, filler, link)
		if err != nil {
			tb.Fatal(err)
		}
		written += int64(n)
	}
	fmt.Fprint(w, "</Tasks></Project>")
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	return tasks
}

// BenchmarkLargePlan reads one plan of 200 MB and holds that memory does not
// grow with it but for the outline.
func BenchmarkLargePlan(b *testing.B) {
	path := filepath.Join(b.TempDir(), "large.xml")
	tasks := large(b, path, 200_000_000)
	s := Settings{Settings: filesource.Settings{File: path}}
	c, err := s.Open(connectors.Env{Connection: "plans"})
	if err != nil {
		b.Fatal(err)
	}
	var most uint64
	for b.Loop() {
		for page, err := range c.Pull(b.Context(), nil) {
			if err != nil {
				b.Fatal(err)
			}
			if page.Done > 0 {
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}
	}
	if most > 100<<20 {
		b.Errorf("%d MB are held, want at most 100", most>>20)
	}
	b.ReportMetric(float64(tasks*b.N)/b.Elapsed().Seconds(), "tasks/s")
	b.ReportMetric(float64(most)/1e6, "MB-held")
}

// A plan of 20 MB in a test holds the same, for whoever runs no benchmarks.
func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 20 MB")
	}
	path := filepath.Join(t.TempDir(), "large.xml")
	tasks := large(t, path, 20_000_000)
	s := Settings{Settings: filesource.Settings{File: path}}
	c, err := s.Open(connectors.Env{Connection: "plans"})
	if err != nil {
		t.Fatal(err)
	}
	held := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, most, milestones := held(), uint64(0), 0
	for page, err := range c.Pull(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, held())
		milestones += len(page.Facts)
	}
	if milestones < tasks/5 { // each with its dependency, and the project
		t.Errorf("%d facts of %d tasks", milestones, tasks)
	}
	if grown := int64(most) - int64(before); grown > 12<<20 {
		t.Errorf("%d MB more are held while reading 20 MB", grown>>20)
	}
}
