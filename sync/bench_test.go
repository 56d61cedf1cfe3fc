package sync

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"testing"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// prepared is a connector whose pages are made before the clock runs.
type prepared []connectors.Page

// Pull implements connectors.Connector.
func (p prepared) Pull(context.Context, connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		for _, page := range p {
			if !yield(page, nil) {
				return
			}
		}
	}
}

const benchRecords, benchPage = 20_000, 500

func preparedPages() (pages prepared) {
	for begin := 0; begin < benchRecords; begin += benchPage {
		page := connectors.Page{Next: connectors.Cursor{"issues": {Position: fmt.Sprint(begin)}}}
		for i := begin; i < begin+benchPage; i++ {
			page.Facts = append(page.Facts, &portfolio.MilestoneFact{
				Source: portfolio.Source{
					Connection: "eng", Kind: "issue", ID: fmt.Sprint(10_000 + i), Key: fmt.Sprint("PAY-", i),
					URL: "https://example.com/browse/PAY-1", Scope: "project/10001", UpdatedAt: epoch,
				},
				Name: fmt.Sprint("Milestone ", i), Type: "Epic", Project: "eng/project/10001", Owner: "eng/user/7",
				Status: "In Progress", StatusCategory: portfolio.StatusInProgress,
				Due: portfolio.NewDate(2026, 3, 1), Labels: []string{"go-live", "retail"},
				Fields: []portfolio.Field{
					{ID: "customfield_10101", Name: "Budget", Type: portfolio.FieldNumber, Number: "125000"},
					{ID: "customfield_10102", Name: "Department", Type: portfolio.FieldText, Text: "Digital Health"},
					{ID: "customfield_10103", Name: "Go-live", Type: portfolio.FieldDate, Date: portfolio.NewDate(2026, 4, 1)},
				},
			})
		}
		pages = append(pages, page)
	}
	return pages
}

func benchmark(b *testing.B, open func(b *testing.B) (Log, Replica)) {
	pages := preparedPages()
	b.ReportAllocs()
	for b.Loop() {
		log, replica := open(b)
		engine := New(Config{Log: log, Replica: replica, Holder: "a", Connections: []Connection{{ID: "eng", Connector: pages}}})
		syncOnce(b, engine, benchRecords)
	}
	b.ReportMetric(float64(benchRecords*b.N)/b.Elapsed().Seconds(), "records/s")
}

func syncOnce(b *testing.B, engine *Engine, fresh int) {
	b.Helper()
	report, err := engine.Sync(b.Context(), Request{})
	if err != nil || report.Failed() != 0 || report.Rows[0].Tally.New != fresh {
		b.Fatalf("report %+v, %v", report, err)
	}
}

// BenchmarkFirstSync measures the engine alone: 20,000 records of a tool that
// answers at once, into a log in memory.
func BenchmarkFirstSync(b *testing.B) {
	benchmark(b, func(b *testing.B) (Log, Replica) {
		log := newMemLog()
		return log, log
	})
}

// BenchmarkFirstSyncIntoBolt measures the same into a file.
func BenchmarkFirstSyncIntoBolt(b *testing.B) {
	benchmark(b, func(b *testing.B) (Log, Replica) {
		log, err := openShelf(b.Context(), filepath.Join(b.TempDir(), "bench.db"))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() {
			if err := log.Close(); err != nil {
				b.Error(err)
			}
		})
		return log, log
	})
}

// BenchmarkUnchangedSync measures reading 20,000 records that are all stored
// already: comparing, and nothing else.
func BenchmarkUnchangedSync(b *testing.B) {
	log := newMemLog()
	engine := New(Config{Log: log, Replica: log, Holder: "a", Connections: []Connection{{ID: "eng", Connector: preparedPages()}}})
	syncOnce(b, engine, benchRecords)
	b.ReportAllocs()
	for b.Loop() {
		syncOnce(b, engine, 0)
	}
	b.ReportMetric(float64(benchRecords*b.N)/b.Elapsed().Seconds(), "records/s")
}
