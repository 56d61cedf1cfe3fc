package sync

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/boltstore"
)

// killRounds is how often a syncing process is killed; `make kill` raises it.
const killRounds = 20

// victim names the file that a process started by the kill test syncs into.
const victim = "PLUMBLINE_SYNC_VICTIM"

func TestMain(m *testing.M) {
	if path := os.Getenv(victim); path != "" {
		told := func(page int) error {
			_, err := fmt.Println(page)
			return err
		}
		if _, err := story(context.Background(), path, told); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// shelf is a replica of a log that only its own process writes.
type shelf struct {
	*boltstore.Store
	mu   sync.RWMutex
	rev  int64
	docs map[portfolio.Kind]map[portfolio.Key]portfolio.Versioned
}

func openShelf(ctx context.Context, path string) (*shelf, error) {
	s, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		return nil, err
	}
	state, err := s.Load(ctx)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	shelf := &shelf{Store: s, rev: state.Revision, docs: map[portfolio.Kind]map[portfolio.Key]portfolio.Versioned{}}
	for _, kind := range portfolio.Kinds() {
		shelf.docs[kind] = map[portfolio.Key]portfolio.Versioned{}
	}
	for _, v := range state.Docs {
		shelf.docs[v.Doc.Key().Kind][v.Doc.Key()] = v
	}
	return shelf, nil
}

func (s *shelf) Commit(ctx context.Context, c store.Change) (portfolio.Commit, error) {
	done, err := s.Store.Commit(ctx, c)
	if err != nil {
		return done, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rev = done.Revision
	for _, doc := range c.Put {
		s.docs[doc.Key().Kind][doc.Key()] = portfolio.Versioned{Rev: done.Revision, Doc: doc}
	}
	for _, key := range c.Delete {
		delete(s.docs[key.Kind], key)
	}
	return done, nil
}

func (s *shelf) At(context.Context, int64) (Documents, error) { return s, nil }

func (s *shelf) Position() portfolio.Position {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return portfolio.Position{Revision: s.rev}
}

func (s *shelf) Document(key portfolio.Key) (portfolio.Versioned, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	v, ok := s.docs[key.Kind][key]
	return v, ok
}

func (s *shelf) Documents(kind portfolio.Kind) iter.Seq[portfolio.Versioned] {
	return func(yield func(portfolio.Versioned) bool) {
		s.mu.RLock()
		defer s.mu.RUnlock()
		for _, v := range s.docs[kind] {
			if !yield(v) {
				return
			}
		}
	}
}

// story syncs 5,000 records into a file, then what became of them later. It
// tells each page and returns how many there were.
func story(ctx context.Context, path string, told func(page int) error) (pages int, err error) {
	log, err := openShelf(ctx, path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	tool := newTool(5000)
	tool.pageSize, tool.page = 250, told
	engine := New(Config{
		Log: log, Replica: log, Sole: true, Holder: fmt.Sprint(os.Getpid(), "-", time.Now().UnixNano()),
		Connections: []Connection{{ID: "eng", Connector: fetcher{lister{tool}}}},
	})
	// A tool does not go back in time when the process that reads it dies.
	later := path + ".later"
	if _, err := os.Stat(later); errors.Is(err, os.ErrNotExist) {
		if err := succeed(ctx, engine, Request{}); err != nil {
			return 0, err
		}
		if err := os.WriteFile(later, nil, 0o600); err != nil {
			return 0, err
		}
	}
	for i := 0; i < 5000; i += 10 {
		tool.edit(fmt.Sprint("r", i), func(r *item) { r.due, r.broken = r.due.AddDays(i), i%100 == 0 })
	}
	tool.lose(portfolio.PresenceDeleted, ids(1, 9)...)
	return tool.pages, succeed(ctx, engine, Request{Sweep: true})
}

func succeed(ctx context.Context, engine *Engine, req Request) error {
	report, err := engine.Sync(ctx, req)
	if err == nil && report.Failed() != 0 {
		err = fmt.Errorf("failed: %+v", report)
	}
	return err
}

func TestKilledProcessesLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes")
	}
	t.Parallel()
	rounds := killRounds
	if n, err := strconv.Atoi(os.Getenv("PLUMBLINE_KILL_ROUNDS")); err == nil {
		rounds = n
	}
	undisturbed := filepath.Join(t.TempDir(), "undisturbed.db")
	pages, err := story(t.Context(), undisturbed, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := contents(t, undisturbed)
	if len(want) < 5000 {
		t.Fatalf("the undisturbed story stored %d facts", len(want))
	}
	killed := 0
	for round := range rounds {
		path := filepath.Join(t.TempDir(), fmt.Sprint(round, ".db"))
		for range 1 + round%2 {
			if killAt(t, path, 1+rand.IntN(pages)) {
				killed++
			}
		}
		if _, err := story(t.Context(), path, nil); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if diff := cmp.Diff(want, contents(t, path)); diff != "" {
			t.Fatalf("round %d (-undisturbed +killed):\n%s", round, diff)
		}
	}
	if killed < rounds/4 {
		t.Errorf("%d processes of %d rounds were killed in time", killed, rounds)
	}
	t.Logf("%d processes killed in %d rounds", killed, rounds)
}

// killAt starts a process that syncs into the file and kills it -9 a moment
// after a page; false tells that it was done before.
func killAt(t *testing.T, path string, page int) bool {
	t.Helper()
	process := exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), victim+"="+path)
	process.Stderr = os.Stderr
	told, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(told)
	for range page {
		if !lines.Scan() {
			break
		}
	}
	time.Sleep(rand.N(5 * time.Millisecond))
	_ = process.Process.Signal(syscall.SIGKILL) // it may be gone already
	err = process.Wait()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return false
	case errors.As(err, &exit) && !exit.Exited():
		return true
	default:
		t.Fatalf("the syncing process failed by itself: %v", err)
		return false
	}
}

// contents is the canonical export of a file, line by line, with a complaint
// for each run that is still RUNNING.
func contents(t *testing.T, path string) []string {
	t.Helper()
	log, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	state, err := log.Load(t.Context())
	if err := errors.Join(err, log.Close()); err != nil {
		t.Fatal(err)
	}
	for _, v := range state.Docs {
		if run, ok := v.Doc.(*portfolio.Run); ok && run.State == portfolio.RunRunning {
			t.Errorf("run %d stayed RUNNING", run.Number)
		}
	}
	export, err := portfolio.Canonical(state)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(export), "\n")
}
