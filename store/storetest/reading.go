package storetest

import (
	"context"
	"testing"
	"time"

	"plumbline/portfolio"
	"plumbline/store"
)

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

func commit(t testing.TB, log store.Log, change store.Change) portfolio.Commit {
	t.Helper()
	c, err := log.Commit(t.Context(), change)
	if err != nil {
		t.Fatalf("Commit: %v", err)
	}
	return c
}

func load(t testing.TB, log store.Log) portfolio.State {
	t.Helper()
	state, err := log.Load(t.Context())
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return state
}

func asOf(t testing.TB, log store.Log, revision int64) portfolio.State {
	t.Helper()
	state, err := log.AsOf(t.Context(), revision, nil)
	if err != nil {
		t.Fatalf("AsOf(%d): %v", revision, err)
	}
	return state
}

func shut(t testing.TB, log store.Log) {
	t.Helper()
	if err := log.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

// followOne returns the first commit after a position.
func followOne(t testing.TB, log store.Log, after portfolio.Position) portfolio.Commit {
	t.Helper()
	return followAll(t, log, after, after.Revision+1)[0]
}

// followAll returns the commits after a position up to a revision, and fails
// the test for a gap.
func followAll(t testing.TB, log store.Log, after portfolio.Position, until int64) []portfolio.Commit {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var commits []portfolio.Commit
	for c, err := range log.Follow(ctx, after) {
		if err != nil {
			t.Fatalf("Follow: %v", err)
		}
		if want := after.Revision + int64(len(commits)) + 1; c.Revision != want {
			t.Fatalf("Follow yields revision %d, want %d", c.Revision, want)
		}
		commits = append(commits, c)
		if c.Revision >= until {
			break
		}
	}
	return commits
}

func docs(state portfolio.State) []portfolio.Document {
	var all []portfolio.Document
	for _, v := range state.Docs {
		all = append(all, v.Doc)
	}
	return all
}

func byKey(docs []portfolio.Document) map[portfolio.Key]portfolio.Document {
	m := make(map[portfolio.Key]portfolio.Document, len(docs))
	for _, doc := range docs {
		m[doc.Key()] = doc
	}
	return m
}

func revisions(state portfolio.State) map[portfolio.Key]int64 {
	m := make(map[portfolio.Key]int64, len(state.Docs))
	for _, v := range state.Docs {
		m[v.Doc.Key()] = v.Rev
	}
	return m
}

func renamed(p *portfolio.ProjectFact, name string) *portfolio.ProjectFact {
	p.Name = name
	return p
}
