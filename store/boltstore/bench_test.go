package boltstore_test

import (
	"path/filepath"
	"testing"

	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/boltstore"
	"plumbline/store/storetest"
)

// The portfolio that the figures are about.
const (
	benchProjects   = 10_000
	benchMilestones = 100_000
)

// largeFile returns a file with a large portfolio in it.
func largeFile(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "plumbline.db")
	log := openFile(b, path)
	defer func() { _ = log.Close() }()
	var change store.Change
	flush := func() {
		if _, err := log.Commit(b.Context(), change); err != nil {
			b.Fatal(err)
		}
		change.Put = nil
	}
	add := func(doc portfolio.Document) {
		if change.Put = append(change.Put, doc); len(change.Put) == 5_000 {
			flush()
		}
	}
	for n := range benchProjects {
		add(storetest.Project(n))
	}
	for n := range benchMilestones {
		add(storetest.Milestone(n))
	}
	return path
}

func openFile(b *testing.B, path string) *boltstore.Store {
	b.Helper()
	log, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return log
}

func BenchmarkOpen(b *testing.B) {
	path := largeFile(b)
	for b.Loop() {
		if err := openFile(b, path).Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad110000Documents(b *testing.B) {
	log := openFile(b, largeFile(b))
	defer func() { _ = log.Close() }()
	b.ReportAllocs()
	for b.Loop() {
		state, err := log.Load(b.Context())
		if err != nil || len(state.Docs) != benchProjects+benchMilestones {
			b.Fatalf("%d documents, %v", len(state.Docs), err)
		}
	}
}

func BenchmarkCommit(b *testing.B) {
	for name, size := range map[string]int{"1 document": 1, "1000 documents": 1000} {
		b.Run(name, func(b *testing.B) {
			log := openFile(b, largeFile(b))
			defer func() { _ = log.Close() }()
			n := 0
			for b.Loop() {
				var change store.Change
				for range size {
					// Other documents each time, all over the file.
					m := storetest.Milestone(n * 7919 % benchMilestones)
					m.Name += "!"
					change.Put = append(change.Put, m)
					n++
				}
				if _, err := log.Commit(b.Context(), change); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
