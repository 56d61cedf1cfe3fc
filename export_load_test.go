package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"plumbline/doors/export"
	"plumbline/graph"
	"plumbline/graph/limit"
	"plumbline/portfolio"
)

// manyMilestones is a portfolio of so many, 100 to a project.
func manyMilestones(t testing.TB, n int) *portfolio.Snapshot {
	t.Helper()
	day := portfolio.NewDate(2026, 3, 1)
	put := []portfolio.Document{&portfolio.Clock{Today: day}}
	for i := range n {
		project := fmt.Sprint(i / 100)
		if i%100 == 0 {
			put = append(put, &portfolio.ProjectFact{
				Source: portfolio.Source{Connection: "eng", Kind: "project", ID: project, Key: "P" + project, URL: "https://eng.example/P" + project},
				Name:   "Project " + project, Start: day,
			})
		}
		id := fmt.Sprint(i)
		put = append(put, &portfolio.MilestoneFact{
			Source: portfolio.Source{Connection: "eng", Kind: "version", ID: id, URL: "https://eng.example/versions/" + id},
			Name:   "Release " + id, Project: "eng/project/" + project, Due: day.AddDays(i % 900), Status: "Open", Labels: []string{"till", "web"},
			Fields: []portfolio.Field{{ID: "cf-1", Name: "Team", Type: portfolio.FieldText, Text: "Payments"}},
		})
	}
	s, err := portfolio.NewSnapshot(portfolio.State{})
	if err != nil {
		t.Fatal(err)
	}
	commit := portfolio.Commit{Put: put}
	commit.Revision = 1
	commit.Data = commit.Position
	s, _ = s.Apply(commit)
	return s
}

// exportsOver serves tables of a snapshot over HTTP.
func exportsOver(t testing.TB, s *portfolio.Snapshot) string {
	t.Helper()
	api := graph.New(graph.Config{Reader: still{s}, Limits: limit.Limits{ExportMinuteCost: 1 << 40}})
	mux := http.NewServeMux()
	mux.Handle(export.Pattern, export.New(export.Config{Tables: tables{api}}))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r.WithContext(portfolio.WithCaller(r.Context(), portfolio.Local)))
	}))
	t.Cleanup(server.Close)
	return server.URL + export.Path
}

// download reads a table and returns its size.
func download(t testing.TB, address string) int64 {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "identity")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	size, err := io.Copy(io.Discard, answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("answered with %d after %d bytes: %v", answer.StatusCode, size, err)
	}
	return size
}

// collectAt is by how much the heap grows before garbage is collected, in
// percent.
const collectAt = 10

// exportMemory is by how much the heap may grow while a table is sent, in
// bytes, however long the table is.
const exportMemory = 96 << 20

func TestATableIsSentInLittleMemory(t *testing.T) {
	rows := 5_000
	if os.Getenv("PLUMBLINE_LONG") != "" {
		rows = 100_000
	}
	address := exportsOver(t, manyMilestones(t, rows))
	// The collector is to run often, so that the heap is what is in use.
	t.Cleanup(func(percent int) func() { return func() { debug.SetGCPercent(percent) } }(debug.SetGCPercent(collectAt)))
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	done := make(chan struct{})
	peak := make(chan uint64)
	go func() {
		var most uint64
		for {
			select {
			case <-done:
				peak <- most
				return
			case <-time.After(10 * time.Millisecond):
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapAlloc)
			}
		}
	}()
	began := time.Now()
	size := download(t, address+"milestones.csv")
	took := time.Since(began)
	close(done)
	grown := int64(<-peak) - int64(before.HeapAlloc)
	t.Logf("%d rows, %d bytes in %v (%.0f rows/s), the heap grew by at most %.1f MB", rows, size, took.Round(time.Millisecond), float64(rows)/took.Seconds(), float64(grown)/(1<<20))
	if grown > exportMemory {
		t.Errorf("the heap grew by %d bytes, want at most %d", grown, exportMemory)
	}
}

// BenchmarkExport sends a table of 100,000 milestones over HTTP.
func BenchmarkExport(b *testing.B) {
	const rows = 100_000
	address := exportsOver(b, manyMilestones(b, rows))
	for name := range map[string]bool{"csv": true, "json": true} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.SetBytes(download(b, address+"milestones."+name))
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
