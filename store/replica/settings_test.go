package replica_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/replica"
)

func settings(zone string) portfolio.Settings { return portfolio.Settings{TimeZone: zone} }

func apply(t *testing.T, r *replica.Replica, s portfolio.Settings, file string, force bool) replica.Outcome {
	t.Helper()
	outcome, err := r.ApplySettings(t.Context(), s, file, force)
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

// settingsCommits lists the files of every commit of settings in the log.
func settingsCommits(t *testing.T, log store.Log, r *replica.Replica) []string {
	t.Helper()
	var files []string
	head := r.Snapshot().Position().Revision
	if head == 0 {
		return nil
	}
	for c, err := range log.Follow(t.Context(), portfolio.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range c.Put {
			if s, ok := doc.(*portfolio.Settings); ok {
				files = append(files, strings.Join(s.Files, " "))
			}
		}
		if c.Revision == head {
			break
		}
	}
	return files
}

func TestTwoReplicasWithDifferentFilesDoNotUndoEachOther(t *testing.T) {
	log := newLog(t)
	var logged bytes.Buffer
	options := replica.Options{Logger: slog.New(slog.NewTextHandler(&logged, nil))}
	for round := range 10 {
		for _, mine := range []string{"file-a", "file-b"} {
			r := open(t, log, options)
			outcome := apply(t, r, settings(mine), mine, false)
			if round > 0 && (outcome.InForce != "file-b" || outcome.Settings.TimeZone != "file-b" || outcome.Older != (mine == "file-a")) {
				t.Errorf("round %d: %s is in force for the replica with %s, older %v", round, outcome.InForce, mine, outcome.Older)
			}
			r.Close()
		}
	}
	r := open(t, log, options)
	if diff := cmp.Diff([]string{"file-a", "file-a file-b"}, settingsCommits(t, log, r)); diff != "" {
		t.Errorf("commits of settings (-want +got):\n%s", diff)
	}
	r.Close() // it logs too
	if !strings.Contains(logged.String(), "file=file-a") || !strings.Contains(logged.String(), "in_force=file-b") {
		t.Errorf("no warning names both files:\n%s", logged.String())
	}
}

func TestGoingBackToAnOlderFileIsDoneOnPurpose(t *testing.T) {
	log := newLog(t)
	r := open(t, log, replica.Options{})
	apply(t, r, settings("a"), "file-a", false)
	apply(t, r, settings("b"), "file-b", false)
	if got := apply(t, r, settings("a"), "file-a", true); !got.Applied || got.Older {
		t.Errorf("forced: %+v, want it applied", got)
	}
	if got := apply(t, r, settings("a"), "file-a", true); got.Applied {
		t.Error("forced again, it is committed once more though nothing differs")
	}
	if got := apply(t, r, settings("b"), "file-b", false); !got.Older || got.Settings.TimeZone != "a" {
		t.Errorf("the file that was left behind: %+v, want it older and a in force", got)
	}
	if diff := cmp.Diff([]string{"file-a", "file-a file-b", "file-b file-a"}, settingsCommits(t, log, r)); diff != "" {
		t.Errorf("commits of settings (-want +got):\n%s", diff)
	}
}

func TestReplicasThatStartTogetherCommitOnce(t *testing.T) {
	log := newLog(t)
	var all sync.WaitGroup
	replicas := make([]*replica.Replica, 4)
	for i := range replicas {
		replicas[i] = open(t, log, replica.Options{})
	}
	for i, r := range replicas {
		all.Go(func() {
			if _, err := r.ApplySettings(t.Context(), settings("same"), "one-file", false); err != nil {
				t.Error(fmt.Errorf("replica %d: %w", i, err))
			}
		})
	}
	all.Wait()
	if diff := cmp.Diff([]string{"one-file"}, settingsCommits(t, log, replicas[0])); diff != "" {
		t.Errorf("commits of settings (-want +got):\n%s", diff)
	}
}
