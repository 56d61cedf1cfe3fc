package folder_test

import (
	"log/slog"
	"path/filepath"
	"sync"
	"testing"

	"plumbline/edit"
	"plumbline/edit/folder"
	"plumbline/portfolio"
	"plumbline/store/boltstore"
	"plumbline/store/replica"
)

// TestOfManyReplicasOneCommits starts replicas with the same new folder at the
// same time over one log.
func TestOfManyReplicasOneCommits(t *testing.T) {
	log, err := boltstore.Open(filepath.Join(t.TempDir(), "log.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	files := []folder.File{{Name: "departments.yaml", Data: []byte("departments:\n  - {key: clinics, name: Clinics}\n")}}

	var all sync.WaitGroup
	reports := make([]folder.Report, 5)
	for i := range reports {
		own, err := replica.Open(t.Context(), log, replica.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(own.Close)
		editor := edit.New(log, own, slog.New(slog.DiscardHandler))
		all.Go(func() {
			var err error
			if reports[i], err = folder.Apply(t.Context(), files, editor, own, false); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	commits := 0
	for i, r := range reports {
		if r.State != folder.StateInForce || len(r.Problems) > 0 {
			t.Errorf("replica %d: %+v, want the folder in force", i, r)
		}
		if r.Revision > 0 {
			commits++
		}
	}
	if commits != 1 {
		t.Errorf("%d commits, want 1", commits)
	}
	state, err := log.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range state.Docs {
		if f, ok := v.Doc.(*portfolio.FolderFact); ok && len(f.Hashes) != 1 {
			t.Errorf("the log remembers the states %q, want one", f.Hashes)
		}
	}
}
