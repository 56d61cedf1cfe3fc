package storetest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"plumbline/portfolio"
	"plumbline/store"
)

// The environment of a kill test.
const (
	// KillRounds says how often a writer is killed; DefaultKillRounds if unset.
	KillRounds = "PLUMBLINE_KILL_ROUNDS"
	// victimAddress makes the test binary the writer that is killed.
	victimAddress = "PLUMBLINE_STORETEST_VICTIM"
)

// DefaultKillRounds is how often a writer is killed in an ordinary run.
const DefaultKillRounds = 20

// victimCommit is how many documents each commit of the victim has.
const victimCommit = 5

// ServeVictim must be called first in the TestMain of a package that tests a
// Kit with Dial: in the process that a kill test starts it becomes the writer
// to be killed and does not return.
func ServeVictim(kit Kit) {
	address := os.Getenv(victimAddress)
	if address == "" {
		return
	}
	if err := victim(kit, address); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(1)
}

// victim commits until it is killed, and prints each revision once it is
// acknowledged. All documents of a commit carry the number of the commit.
func victim(kit Kit, address string) error {
	log, err := kit.Dial(address)
	if err != nil {
		return err
	}
	ctx := context.Background()
	state, err := log.Load(ctx)
	if err != nil {
		return err
	}
	for n := state.Revision + 1; ; n++ {
		var change store.Change
		for i := range victimCommit {
			m := Milestone(i)
			m.Name = strconv.FormatInt(n, 10)
			change.Put = append(change.Put, m)
		}
		c, err := log.Commit(ctx, change)
		if err != nil {
			return err
		}
		fmt.Println(c.Revision)
	}
}

// Kill kills a writing process again and again, with SIGKILL. Nothing that was
// acknowledged may be lost, nothing else may be seen but the one whole commit
// that was under way.
func Kill(t *testing.T, kit Kit) {
	rounds := kit.sized(DefaultKillRounds, 5)
	if s := os.Getenv(KillRounds); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("%s=%s is no number", KillRounds, s)
		}
		rounds = n
	}
	db := kit.New(t)
	shut(t, db.Open(t, Options{}))
	var before portfolio.Position
	unacknowledged := 0
	for round := range rounds {
		acknowledged := killOnce(t, db.Address)
		log := db.Open(t, Options{})
		state := load(t, log)
		if acknowledged > state.Revision {
			t.Fatalf("round %d: revision %d was acknowledged, the log ends at %d", round, acknowledged, state.Revision)
		}
		// One commit at most was under way.
		if state.Revision > max(acknowledged, before.Revision)+1 {
			t.Fatalf("round %d: the log ends at %d, but only %d was acknowledged", round, state.Revision, acknowledged)
		}
		if state.Revision > max(acknowledged, before.Revision) {
			unacknowledged++
		}
		if state.Revision > before.Revision {
			requireWhole(t, log, before, state)
		}
		shut(t, log)
		before = state.Position
	}
	if before.Revision == 0 {
		t.Error("no writer lived long enough to commit anything")
	}
	t.Logf("%d kills, %d commits, %d of them done but not yet acknowledged", rounds, before.Revision, unacknowledged)
}

// killOnce starts a writer, kills it in the middle of its work and returns the
// last revision it was acknowledged.
func killOnce(t *testing.T, address string) int64 {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), victimAddress+"="+address)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	first, firstErr := lines.ReadString('\n') // it is at work now
	time.Sleep(time.Duration(rand.IntN(15_000)) * time.Microsecond)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(lines)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); firstErr != nil {
		t.Fatalf("the writer ended by itself: %v", err)
	}
	printed := strings.Fields(first + string(rest))
	last, err := strconv.ParseInt(printed[len(printed)-1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return last
}

// requireWhole checks that what is loaded is one whole commit, and what the
// log has gained a sequence of such.
func requireWhole(t *testing.T, log store.Log, before portfolio.Position, state portfolio.State) {
	t.Helper()
	for _, v := range state.Docs {
		if got := v.Doc.(*portfolio.MilestoneFact).Name; v.Rev != state.Revision || got != strconv.FormatInt(state.Revision, 10) {
			t.Fatalf("%s is of commit %s at revision %d, the log at %d", v.Doc.Key(), got, v.Rev, state.Revision)
		}
	}
	if len(state.Docs) != victimCommit {
		t.Fatalf("%d documents, want %d", len(state.Docs), victimCommit)
	}
	for _, c := range followAll(t, log, before, state.Revision) {
		if len(c.Put) != victimCommit {
			t.Fatalf("revision %d has %d documents, want %d", c.Revision, len(c.Put), victimCommit)
		}
		for _, doc := range c.Put {
			if got := doc.(*portfolio.MilestoneFact).Name; got != strconv.FormatInt(c.Revision, 10) {
				t.Fatalf("revision %d has a document of commit %s", c.Revision, got)
			}
		}
	}
}
