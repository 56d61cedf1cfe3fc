package folder

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
)

// A stand is a folder that is watched, and what came of it.
type stand struct {
	t      *testing.T
	dir    string
	ledger *ledger
	log    bytes.Buffer
	*Watcher
}

func newStand(t *testing.T) *stand {
	s := &stand{t: t, dir: t.TempDir(), ledger: newLedger(t)}
	s.Watcher = &Watcher{Dir: s.dir, Editor: s.ledger, Reader: s.ledger, Log: slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))}
	return s
}

func (s *stand) write(name, text string) {
	s.t.Helper()
	name = filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stand) remove(name string) {
	s.t.Helper()
	if err := os.RemoveAll(filepath.Join(s.dir, name)); err != nil {
		s.t.Fatal(err)
	}
}

// files are those of the folder.
func (s *stand) files() []File {
	s.t.Helper()
	files, _, err := Load(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	return files
}

// holds are the documents and their authors, the folder's own left out.
func (s *stand) holds() (all []string) {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	for key, v := range s.ledger.documents {
		if f, ok := v.Doc.(portfolio.RecordedFact); ok && key.Kind != portfolio.KindFolder {
			all = append(all, key.String()+" "+f.Authorship().Author)
		}
	}
	slices.Sort(all)
	return all
}

func (s *stand) want(documents ...string) {
	s.t.Helper()
	if diff := cmp.Diff(documents, s.holds()); diff != "" {
		s.t.Errorf("the log holds (-want +got):\n%s\n%s", diff, &s.log)
	}
}

// logged counts the lines of the log that contain the text.
func (s *stand) logged(text string) int { return strings.Count(s.log.String(), text) }

const (
	aStrategy  = "strategies:\n  - {key: care, name: Care}\n"
	objectives = "objectives:\n  - {key: close, strategy: care, name: Close to home}\n"
)

func TestAFolderIsKeptInTheLog(t *testing.T) {
	s := newStand(t)
	s.write("strategy.yaml", aStrategy)
	s.write("deep/objectives.yml", objectives)
	s.write("README.md", "# not read")
	s.write(".git/x.yaml", "nor: this")
	s.Start(t.Context())
	s.want("objective:close file:deep/objectives.yml", "strategy:care file:strategy.yaml")

	// What is gone from the files is deleted, what moved belongs to its new file.
	s.remove("deep")
	s.write("strategy.yaml", aStrategy+objectives)
	s.Start(t.Context())
	s.want("objective:close file:strategy.yaml", "strategy:care file:strategy.yaml")
	s.write("strategy.yaml", aStrategy)
	s.Start(t.Context())
	s.want("strategy:care file:strategy.yaml")
	if s.ledger.commits != 3 {
		t.Errorf("%d commits, want 3", s.ledger.commits)
	}
}

func TestWhatAPersonRecordedIsNotDeletedWithTheFiles(t *testing.T) {
	s := newStand(t)
	s.write("strategy.yaml", aStrategy)
	s.Start(t.Context())
	if _, err := Import(t.Context(), s.ledger, []File{{"mine.yaml", []byte(objectives)}}, "key:pmo", false); err != nil {
		t.Fatal(err)
	}
	s.write("strategy.yaml", aStrategy+"kpis: []\n")
	s.Start(t.Context())
	s.want("objective:close key:pmo", "strategy:care file:strategy.yaml")
	if n := s.logged("created=0 updated=0 deleted=0"); n != 1 {
		t.Errorf("%d commits without a change, want 1:\n%s", n, &s.log)
	}
}

func TestAFolderIsAppliedWholeOrNotAtAll(t *testing.T) {
	s := newStand(t)
	s.write("strategy.yaml", aStrategy)
	s.Start(t.Context())
	for name, text := range map[string]string{
		"half a file":            "objectives:\n  - {key: close, stra",
		"a value that is wrong":  objectives + "kpiLinks:\n  - {project: x, kpi: y, expectedChange: much}\n",
		"a strategy that is not": strings.ReplaceAll(objectives, "care", "cure"),
	} {
		s.write("more.yaml", text)
		s.Start(t.Context())
		if diff := cmp.Diff([]string{"strategy:care file:strategy.yaml"}, s.holds()); diff != "" {
			t.Errorf("%s: the log holds (-want +got):\n%s", name, diff)
		}
	}
	// A document that is needed elsewhere does not go either.
	s.write("more.yaml", objectives)
	s.Start(t.Context())
	s.remove("strategy.yaml")
	s.Start(t.Context())
	s.want("objective:close file:more.yaml", "strategy:care file:strategy.yaml")
	if s.logged(`problem="strategy.yaml: strategy:care is no longer here: It is in use."`) != 1 {
		t.Errorf("the log does not say what is in use:\n%s", &s.log)
	}
}

func TestAnEmptyOrMissingFolderDeletesNothing(t *testing.T) {
	for name, empty := range map[string]func(*stand){
		"no files":   func(s *stand) { s.remove("strategy.yaml") },
		"no entries": func(s *stand) { s.write("strategy.yaml", "# nothing yet\nstrategies: []\n") },
		"no folder":  func(s *stand) { s.remove("") },
		"unreadable": func(s *stand) {
			s.remove("strategy.yaml")
			if err := os.Mkdir(filepath.Join(s.dir, "folder"), 0o700); err != nil {
				s.t.Fatal(err)
			}
			if err := os.Symlink(filepath.Join(s.dir, "nowhere"), filepath.Join(s.dir, "folder", "strategy.yaml")); err != nil {
				s.t.Fatal(err)
			}
		},
	} {
		s := newStand(t)
		s.write("strategy.yaml", aStrategy)
		s.Start(t.Context())
		empty(s)
		s.Start(t.Context())
		s.Start(t.Context())
		if diff := cmp.Diff([]string{"strategy:care file:strategy.yaml"}, s.holds()); diff != "" {
			t.Errorf("%s: the log holds (-want +got):\n%s", name, diff)
		}
		if n := s.logged("cannot be applied"); n != 1 {
			t.Errorf("%s: told %d times, want once:\n%s", name, n, &s.log)
		}
	}
}

func TestAnOlderFolderChangesNothingUntilItIsMeant(t *testing.T) {
	s := newStand(t)
	s.write("strategy.yaml", aStrategy)
	s.Start(t.Context())
	first, _ := s.ledger.documents[portfolio.Key{Kind: portfolio.KindFolder, ID: Name}].Doc.(*portfolio.FolderFact)
	s.write("strategy.yaml", aStrategy+objectives)
	s.Start(t.Context())
	s.write("strategy.yaml", aStrategy)
	s.Start(t.Context())
	s.Start(t.Context())
	s.want("objective:close file:strategy.yaml", "strategy:care file:strategy.yaml")
	if s.logged("older than the one in force") != 1 || s.logged("hash="+first.Hashes[0]+" in_force=") != 1 {
		t.Errorf("the warning does not name both, once:\n%s", &s.log)
	}
	report, err := Apply(t.Context(), s.files(), s.ledger, s.ledger, true)
	if err != nil || report.State != StateInForce {
		t.Fatalf("Apply = %+v, %v", report, err)
	}
	s.want("strategy:care file:strategy.yaml")
}

func TestReplicasMakeOneCommit(t *testing.T) {
	s := newStand(t)
	s.write("strategy.yaml", aStrategy)
	behind := s.ledger.Snapshot()
	s.Start(t.Context())
	s.ledger.stale = behind // the other replica has not seen it yet
	report, err := Apply(t.Context(), s.files(), s.ledger, s.ledger, false)
	if err != nil || report.State != StateInForce || report.Revision != 0 || s.ledger.commits != 1 {
		t.Errorf("the second replica: %+v, %v, %d commits; want it to find the folder in force", report, err, s.ledger.commits)
	}
}

func TestTheLogRemembersSoManyStates(t *testing.T) {
	fact := states{&portfolio.FolderFact{Folder: Name}}
	for i := range MaxHashes + 5 {
		fact = states{fact.with(string(rune('a' + i)))}
	}
	if n := len(fact.Hashes); n != MaxHashes {
		t.Errorf("%d states are kept, want %d", n, MaxHashes)
	}
	if _, inForce := fact.judge("x"); inForce != string(rune('a'+MaxHashes+4)) {
		t.Errorf("in force is %q, want the last", inForce)
	}
}

// watched runs the watcher in virtual time.
func watched(t *testing.T, do func(*stand)) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		s.write("strategy.yaml", aStrategy)
		s.Start(t.Context())
		ctx, stop := context.WithCancel(t.Context())
		go s.Run(ctx)
		do(s)
		stop()
		synctest.Wait()
	})
}

func TestAChangeIsSeenWithinSeconds(t *testing.T) {
	watched(t, func(s *stand) {
		s.write("objectives.yaml", objectives)
		time.Sleep(DefaultEvery + DefaultSettle + time.Millisecond)
		synctest.Wait()
		s.want("objective:close file:objectives.yaml", "strategy:care file:strategy.yaml")
	})
}

func TestAFolderThatIsBeingWrittenIsLeftAlone(t *testing.T) {
	watched(t, func(s *stand) {
		time.Sleep(DefaultEvery - DefaultSettle/2)
		for n := range 20 { // a long copy, whose every part could be read
			s.write("objectives.yaml", strings.Repeat("#", n)+"\n"+objectives)
			time.Sleep(DefaultSettle)
			synctest.Wait()
			s.want("strategy:care file:strategy.yaml")
		}
		time.Sleep(2 * DefaultSettle)
		synctest.Wait()
		s.want("objective:close file:objectives.yaml", "strategy:care file:strategy.yaml")
	})
}

func TestAProblemIsToldOnceAndTriedAgain(t *testing.T) {
	watched(t, func(s *stand) {
		s.ledger.mu.Lock()
		s.ledger.fails = errors.New("the store is away")
		s.ledger.mu.Unlock()
		s.write("objectives.yaml", objectives)
		time.Sleep(2 * DefaultRetry)
		synctest.Wait()
		if n := s.logged("the store is away"); n != 1 {
			s.t.Errorf("told %d times, want once:\n%s", n, &s.log)
		}
		s.ledger.mu.Lock()
		s.ledger.fails = nil
		s.ledger.mu.Unlock()
		time.Sleep(DefaultRetry + DefaultEvery)
		synctest.Wait()
		s.want("objective:close file:objectives.yaml", "strategy:care file:strategy.yaml")
	})
}
