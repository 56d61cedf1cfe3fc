package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/storetest"
)

func record(t *testing.T, prev store.Record, docs ...portfolio.Document) store.Record {
	t.Helper()
	entries, err := store.Prepare(store.Change{Put: docs})
	if err != nil {
		t.Fatal(err)
	}
	return store.NewRecord(store.NewBatchID(), entries, "ada").After(prev, time.Now())
}

func TestAChangedRecordBreaksTheChain(t *testing.T) {
	first := record(t, store.Record{}, storetest.Project(1))
	second := record(t, first, storetest.Project(2))
	if err := second.Follows(first); err != nil {
		t.Fatalf("a record does not follow its own predecessor: %v", err)
	}
	for name, change := range map[string]func(*store.Record){
		"its number":             func(r *store.Record) { r.Number++ },
		"its batch":              func(r *store.Record) { r.Batch = store.NewBatchID() },
		"the documents' digest":  func(r *store.Record) { r.Digest[0]++ },
		"its hash":               func(r *store.Record) { r.Hash[31]++ },
		"the batches it voids":   func(r *store.Record) { r.Void = append(r.Void, store.NewBatchID()) },
		"the log that it is of":  func(r *store.Record) { *r = r.After(record(t, store.Record{}, storetest.Project(1)), r.At) },
		"its place in the order": func(r *store.Record) { *r = first },
	} {
		changed := second
		change(&changed)
		if err := changed.Follows(first); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("with %s changed: %v, want ErrCorrupt", name, err)
		}
	}
}

func TestTheDigestTellsBatchesApart(t *testing.T) {
	key := func(id string) portfolio.Key { return portfolio.Key{Kind: portfolio.KindProject, ID: id} }
	body := []byte("body")
	batches := map[string][]store.Entry{
		"none":            nil,
		"one":             {{Key: key("a"), Body: body}},
		"another key":     {{Key: key("b"), Body: body}},
		"another body":    {{Key: key("a"), Body: []byte("bodi")}},
		"deleted":         {{Key: key("a")}},
		"two":             {{Key: key("a"), Body: body}, {Key: key("b"), Body: body}},
		"two, in turn":    {{Key: key("b"), Body: body}, {Key: key("a"), Body: body}},
		"moved from body": {{Key: key("ab"), Body: []byte("ody")}},
	}
	seen := map[portfolio.Hash]string{}
	for name, entries := range batches {
		digest := store.Digest(entries)
		if other, ok := seen[digest]; ok {
			t.Errorf("%q and %q have one digest", name, other)
		}
		seen[digest] = name
	}
}

func TestRecordsKeepTimeAndData(t *testing.T) {
	now := time.Date(2026, time.March, 1, 12, 0, 0, 123_456_789, time.FixedZone("", 3600))
	entries, err := store.Prepare(store.Change{Put: []portfolio.Document{storetest.Project(1)}})
	if err != nil {
		t.Fatal(err)
	}
	fact := store.NewRecord(store.NewBatchID(), entries, "").After(store.Record{}, now)
	if want := time.Date(2026, time.March, 1, 11, 0, 0, 123_000_000, time.UTC); fact.At != want {
		t.Errorf("At = %v, want %v: UTC and milliseconds, as stored", fact.At, want)
	}
	beat, err := store.Prepare(store.Change{Put: []portfolio.Document{&portfolio.Run{Connection: "eng", Number: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	earlier := store.NewRecord(store.NewBatchID(), beat, "").After(fact, now.Add(-time.Hour))
	if earlier.At != fact.At {
		t.Errorf("At = %v after %v: a clock that is set back must not show", earlier.At, fact.At)
	}
	if earlier.Data() != fact.Position() {
		t.Errorf("Data = %v after bookkeeping, want %v", earlier.Data(), fact.Position())
	}
}

func TestADocumentTooLargeForMongoDBIsRefusedByEveryStore(t *testing.T) {
	p := storetest.Project(1)
	p.Description = strings.Repeat("x", store.MaxDocument)
	if _, err := store.Prepare(store.Change{Put: []portfolio.Document{p}}); !errors.Is(err, portfolio.ErrInvalid) {
		t.Errorf("Prepare = %v, want ErrInvalid", err)
	}
}
