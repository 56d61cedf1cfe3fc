package graph

import (
	"fmt"
	"testing"
	"time"

	"plumbline/portfolio"
)

func TestKeptRevisionsAreBoundedByBytes(t *testing.T) {
	now, err := portfolio.NewSnapshot(portfolio.State{})
	if err != nil {
		t.Fatal(err)
	}
	r := newRevisions(func() time.Time { return time.Unix(0, 0) })
	r.most = 64 << 10
	var positions []portfolio.Position
	for n := range int64(200) {
		commit := portfolio.Commit{Position: portfolio.Position{Revision: n + 1}}
		commit.Data = commit.Position
		commit.Put = []portfolio.Document{&portfolio.ProjectFact{
			Source: portfolio.Source{Connection: "eng", Kind: "project", ID: fmt.Sprint(n)}, Name: "project",
		}}
		now, _ = now.Apply(commit)
		positions = append(positions, now.Data())
		r.keep(now, now)
	}
	kept := 0
	for i, p := range positions {
		s := r.find(p.Revision, [8]byte{})
		if s == nil && kept > 0 {
			t.Fatalf("revision %d is gone and an older one is not", p.Revision)
		}
		if s != nil {
			kept++
			if held := now.Copied() - s.Copied(); held > r.most {
				t.Errorf("revision %d is kept and holds back %d bytes, at most %d may be", i+1, held, r.most)
			}
		}
	}
	if kept == 0 || kept == len(positions) {
		t.Errorf("%d of %d revisions are kept, want some", kept, len(positions))
	}
}

// After a restore the log is loaded again. What was kept of the old one would
// hold all its memory beside the new one's, and no cursor leads back to it.
func TestRevisionsOfAnEarlierLoadAreDropped(t *testing.T) {
	load := func(at byte) *portfolio.Snapshot {
		position := portfolio.Position{Revision: int64(at)}
		position.Hash[0] = at
		s, err := portfolio.NewSnapshot(portfolio.State{Position: position, Data: position})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	before, after := load(1), load(2)
	r := newRevisions(func() time.Time { return time.Unix(0, 0) })
	r.keep(before, before)
	if r.find(1, [8]byte{1}) != before {
		t.Fatal("the revision is not kept before the restore")
	}
	r.keep(after, after)
	if r.find(1, [8]byte{1}) != nil {
		t.Error("the revision of the earlier load is still kept")
	}
	if r.find(2, [8]byte{2}) != after {
		t.Error("the current revision is not kept")
	}
}
