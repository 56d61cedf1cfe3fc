package portfolio

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCanonicalLeavesOutHowItCameToBe(t *testing.T) {
	fact := func(syncedOn string, status string) *ProjectFact {
		return &ProjectFact{Source: source("eng", "project", "PAY"), Name: "Payments", Status: status,
			Record: Record{FirstSeen: day(t, syncedOn), SyncedAt: day(t, syncedOn).Time()}}
	}
	one := State{Position: Position{Revision: 4}, Docs: []Versioned{
		{1, fact("2026-03-01", "Open")}, {2, &Site{Connection: "eng", Instance: "x"}}, {3, &Run{Connection: "eng", Number: 1}},
		{4, &Clock{Today: day(t, "2026-03-01")}}, {4, &Quarantine{Source: source("eng", "version", "1"), Of: KindMilestone, Since: time.Unix(1, 0)}}}}
	other := State{Position: Position{Revision: 9}, Docs: []Versioned{
		{9, &Quarantine{Source: source("eng", "version", "1"), Of: KindMilestone, Since: time.Unix(2, 0)}}, {8, &Clock{Today: day(t, "2026-04-01")}},
		{7, &Site{Connection: "eng", Instance: "x"}}, {6, fact("2026-04-01", "Open")}, {5, &SyncCursor{Connection: "eng"}}}}
	first, second := canonical(t, one), canonical(t, other)
	if first != second {
		t.Errorf("the exports of two ways to one portfolio differ:\n%s\n%s", first, second)
	}
	if !strings.HasPrefix(first, "project:eng/project/PAY {") || strings.Contains(first, "run:") || strings.Contains(first, "2026-03-01") {
		t.Errorf("export = %s, want facts by key without runs and times", first)
	}
	if changed := canonical(t, State{Docs: []Versioned{{1, fact("2026-03-01", "Closed")}}}); strings.Contains(first, strings.TrimSpace(changed)) {
		t.Error("a changed status does not show in the export")
	}
	a, err := CanonicalHash(one)
	if err != nil || len(a) != 64 {
		t.Errorf("hash = %q, %v; want 64 hexadecimal digits", a, err)
	}
	if b, _ := CanonicalHash(other); a != b {
		t.Error("the hashes of one export differ")
	}
}

func canonical(t *testing.T, s State) string {
	t.Helper()
	export, err := Canonical(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(export)
}

func TestSnapshotKeepsDocumentsAsTheyAre(t *testing.T) {
	state := benchState(3, 30)
	s, err := NewSnapshot(state)
	if err != nil {
		t.Fatal(err)
	}
	var kept State
	for _, kind := range Kinds() {
		kept.Docs = append(kept.Docs, slices.Collect(s.Documents(kind))...)
	}
	if canonical(t, kept) != canonical(t, state) {
		t.Error("the documents that the snapshot keeps say something else than those it was made from")
	}
}
