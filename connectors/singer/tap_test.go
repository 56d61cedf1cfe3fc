package singer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/singer/singertest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// readings is a tool with some records, what is read of it and what is logged.
type readings struct {
	*connectortest.Ledger
	tool *singertest.Tool
	log  *bytes.Buffer
	s    Settings
	c    *Connector
}

func newReadings(t *testing.T, method singertest.Method, n int, change func(*Settings)) *readings {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	r := &readings{Ledger: connectortest.NewLedger(), tool: singertest.New(t, method, token), log: &bytes.Buffer{}}
	for i := range n {
		r.tool.Add("Step " + itoa(i+1))
	}
	r.s = settings(r.tool)
	if change != nil {
		change(&r.s)
	}
	c, err := r.s.Open(connectors.Env{Connection: "boards", Log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	r.c = c.(*Connector)
	t.Cleanup(func() { // whatever happened, nothing of it is left and nothing was told
		left, err := os.ReadDir(os.Getenv("TMPDIR"))
		if err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
		if strings.Contains(r.log.String(), token) || strings.Contains(r.Export(), token) {
			t.Errorf("the token was told:\n%s", r.log)
		}
	})
	return r
}

func (r *readings) pull(t *testing.T) error {
	t.Helper()
	err := r.Pull(t.Context(), r.c, nil)
	if err != nil && strings.Contains(err.Error(), token) {
		t.Errorf("the error has the token: %v", err)
	}
	return err
}

// TestATapThatFails holds that a tap which does not end well completes nothing
// and moves nothing, that what it gave before counts, and that nothing of it
// lives on.
func TestATapThatFails(t *testing.T) {
	for _, c := range []struct {
		kind singertest.Kind
		says string // in the error
		as   error
		read int // milestones
		set  func(*Settings)
	}{
		{singertest.Exit, "singer: singer.test ended with the code 3: CRITICAL the tool answered 500 to ***", nil, 4, nil},
		{singertest.Unauthorized, "ended with the code 3: CRITICAL 401", connectors.ErrUnauthorized, 4, nil},
		{singertest.Killed, "signal: killed", nil, 4, nil},
		{singertest.Truncate, "ended with the code 1", nil, 4, nil},
		{singertest.HTML, `line 8 is no message of a tap: it begins with "<!DOCTYPE html>`, nil, 4, nil},
		{singertest.Junk, `line 8 is no message of a tap: it begins with "Signed in as ***"`, nil, 4, nil},
		{singertest.Hang, "did not end in time: 500ms are its limit (tap.timeout)", nil, 4, func(s *Settings) { s.Tap.Timeout = Duration(500 * time.Millisecond) }},
		{singertest.Stubborn, "did not end in time", nil, 4, func(s *Settings) { s.Tap.Timeout = Duration(500 * time.Millisecond) }},
		{singertest.Greedy, "used too much memory: 60 MiB are its limit (tap.memory_mib)", nil, 4, func(s *Settings) { s.Tap.MemoryMiB = 60 }},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			if c.kind == singertest.Greedy && runtime.GOOS != "linux" {
				t.Skip("memory is not told here")
			}
			r := newReadings(t, singertest.FullTable, 6, c.set)
			mend := r.tool.Break(singertest.Fault{Kind: c.kind, After: 4})
			err := r.pull(t)
			if err == nil || !strings.Contains(err.Error(), c.says) || c.as != nil && !errors.Is(err, c.as) || c.as == nil && errors.Is(err, connectors.ErrUnauthorized) {
				t.Errorf("error = %v, want one that says %q", err, c.says)
			}
			if got := len(r.Names()); got != c.read {
				t.Errorf("%d milestones were read, want %d", got, c.read)
			}
			if since := r.Cursor[streamTap].Since; since != "" {
				t.Errorf("the cursor moved to %s", since)
			}
			mend()
			r.c.settings.Tap.Timeout = 0
			if err := r.pull(t); err != nil || len(r.Names()) != 6 {
				t.Errorf("afterwards: %v with %v", err, r.Names())
			}
		})
	}
}

// TestNothingIsGoneAfterAFailure reads fewer records than are stored, with a tap
// that fails at the very end.
func TestNothingIsGoneAfterAFailure(t *testing.T) {
	r := newReadings(t, singertest.FullTable, 6, nil)
	if err := r.pull(t); err != nil {
		t.Fatal(err)
	}
	r.tool.Edit(0, func(i *singertest.Item) { i.Deleted = true })
	mend := r.tool.Break(singertest.Fault{Kind: singertest.Exit, After: 5})
	if err := r.pull(t); err == nil || len(r.Names()) != 6 {
		t.Errorf("a tap that failed: %v; %d milestones, want 6", err, len(r.Names()))
	}
	mend()
	if err := r.pull(t); err != nil || len(r.Names()) != 5 {
		t.Errorf("a tap that ended well: %v; %d milestones, want 5", err, len(r.Names()))
	}
}

func TestWhatATapLeavesBehindIsEnded(t *testing.T) {
	r := newReadings(t, singertest.FullTable, 6, nil)
	r.tool.Break(singertest.Fault{Kind: singertest.Orphan})
	began := time.Now()
	if err := r.pull(t); err != nil || len(r.Names()) != 6 {
		t.Errorf("%v with %v", err, r.Names())
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the run took %s: it waited for what the tap left behind", took)
	}
}

func TestWhatATapSaysGoesToTheLogWithoutSecrets(t *testing.T) {
	r := newReadings(t, singertest.FullTable, 6, nil)
	r.tool.Break(singertest.Fault{Kind: singertest.Talkative})
	if err := r.pull(t); err != nil {
		t.Fatal(err)
	}
	text := r.log.String()
	for _, want := range []string{
		`level=DEBUG msg="the tap says" line="INFO signing in with ***"`,
		`level=WARN msg="the tap says" line="ERROR no newline and ***"`,
		`line=` + strings.Repeat("y", maxLogged) + "\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
	for cut := len(token) - 1; cut > 7; cut-- {
		if strings.Contains(text, token[:cut]) {
			t.Fatalf("the log has %q, the beginning of the token", token[:cut])
		}
	}
	if got := r.c.Usage().Requests; got != 1 {
		t.Errorf("%d requests, want the one that the tap told", got)
	}
}

// TestSecretsAreNotAmongTheArguments looks at what the tap is given.
func TestSecretsAreNotAmongTheArguments(t *testing.T) {
	t.Setenv("PLUMBLINE_STORE", "mongodb://canary")
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := newReadings(t, singertest.LogBased, 3, func(s *Settings) {
		s.Tap.Config["auth"] = map[string]any{"user": "pmo"}
		s.Tap.Secrets, s.Tap.SecretFiles = nil, map[string]string{"auth.token": file}
	})
	if err := r.pull(t); err != nil {
		t.Fatal(err)
	}
	if _, leaked := r.s.Tap.Config["auth"].(map[string]any)["token"]; leaked {
		t.Error("the secret was put into the settings")
	}
	f, err := r.c.newFiles()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.remove() }()
	begun, err := parsePosition(r.Cursor[streamTap].Since)
	if err != nil {
		t.Fatal(err)
	}
	args, err := f.arguments(r.s.Tap, begun)
	if err != nil || len(args) != 6 || strings.Contains(strings.Join(args, " "), token) {
		t.Errorf("arguments %v, %v; want --config, --catalog and --state without the token", args, err)
	}
	for _, name := range []string{"config.json", "state.json"} {
		info, err := os.Stat(f.path(name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v, %v; want 0600", name, info.Mode(), err)
		}
	}
	if info, err := os.Stat(f.dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has the mode %v, %v; want 0700", info.Mode(), err)
	}
	var config map[string]map[string]string
	text, _ := os.ReadFile(f.path("config.json"))
	_ = json.Unmarshal(text, &config)
	if config["auth"]["token"] != token || config["auth"]["user"] != "pmo" {
		t.Errorf("the configuration has %v", config["auth"])
	}
	if env := strings.Join(environ(r.s.Tap), "\n"); strings.Contains(env, "mongodb://canary") || !strings.Contains(env, "PATH=") {
		t.Errorf("the tap's environment is\n%s", env)
	}
	r.s.Tap.Secrets, r.s.Tap.SecretFiles = map[string]secret.String{"auth.token": secret.New("another")}, nil
	before, _ := r.c.Describe()
	if after, _ := open(t, r.s).(*Connector).Describe(); after != before {
		t.Error("with another token everything would be read anew")
	}
}

// TestTheStateIsNotAheadOfItsRecords kills the reading after each page, and
// looks at what a state says and what was stored before it.
func TestTheStateIsNotAheadOfItsRecords(t *testing.T) {
	r := newReadings(t, singertest.LogBased, 95, nil)
	r.tool.StateEvery(7)
	r.c.pageFacts = 10
	read, changes := 0, 0
	for page, err := range r.c.Pull(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page.Facts {
			if f.Key().Kind == portfolio.KindMilestone {
				read++
			}
		}
		at := page.Next[streamTap]
		var p struct {
			State struct {
				Bookmarks struct{ Items struct{ Changes int } }
			}
		}
		if text := at.Position + at.Since; text != "" {
			if err := json.Unmarshal([]byte(text), &p); err != nil {
				t.Fatal(err)
			}
		}
		if changes = p.State.Bookmarks.Items.Changes; changes > read {
			t.Errorf("the state says %d, but %d records were stored", changes, read)
		}
	}
	if read != 95 || changes != 95 {
		t.Errorf("%d records were read up to %d, want 95", read, changes)
	}
}

// TestAVersionThatWasActivatedBeforeSaysNothingNew is what taps of databases do
// that activate the same version with every run.
func TestAVersionThatWasActivatedBeforeSaysNothingNew(t *testing.T) {
	c := open(t, settings(singertest.New(t, singertest.FullTable, token))).(*Connector)
	run := func(since connectors.Cursor, version, bookmark string) connectors.Page {
		t.Helper()
		var last connectors.Page
		r := c.newRun(t.Context(), func(s string) string { return s }, func(p connectors.Page, _ error) bool { last = p; return true })
		if err := r.goOn(since); err != nil {
			t.Fatal(err)
		}
		err := r.readAll(strings.NewReader(`{"type":"ACTIVATE_VERSION","stream":"items","version":` + version + `}
			{"type":"SCHEMA","stream":"items","key_properties":["id"],"schema":{"properties":{"id":{}}}}
			{"type":"RECORD","stream":"items","record":{"id":1,"name":"a","board":1},"version":` + version + `}
			{"type":"STATE","value":{"bookmarks":{"items":{"version":` + version + `,"at":` + bookmark + `}}}}`))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.finish(nil); err != nil {
			t.Fatal(err)
		}
		return last
	}
	first := run(nil, "1", "5")
	if len(first.Complete) != 1 {
		t.Errorf("a version that is new completes %v, want the stream", first.Complete)
	}
	second := run(first.Next, "1", "6")
	if len(second.Complete) != 0 {
		t.Errorf("a version that was there completes %v, want nothing", second.Complete)
	}
	third := run(second.Next, "2", "7")
	if len(third.Complete) != 1 {
		t.Errorf("another version completes %v, want the stream", third.Complete)
	}
}

func TestATapThatIsNotThere(t *testing.T) {
	r := newReadings(t, singertest.FullTable, 1, func(s *Settings) { s.Tap.Command = "tap-that-nobody-has" })
	if err := r.pull(t); err == nil || !strings.Contains(err.Error(), "the tap cannot be started") {
		t.Errorf("error = %v", err)
	}
}

func TestCheck(t *testing.T) {
	r := newReadings(t, singertest.LogBased, 1, func(s *Settings) {
		s.Streams[1].Due = "due_date"
		s.Streams = append(s.Streams, StreamSettings{Stream: "people", As: asPerson, Name: "name"})
	})
	r.c.env.Fields = []string{"text", "team.name"}
	report, err := r.c.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, w := range report.Warnings {
		got.WriteString(w + "\n")
	}
	for _, f := range report.Fields {
		got.WriteString(f.Asked + " = " + f.ID + "\n")
	}
	want := `stream boards: the catalog does not say FULL_TABLE: what is deleted is noticed only if the tap tells so, or with complete: always
stream items: the catalog does not say FULL_TABLE: what is deleted is noticed only if the tap tells so, or with complete: always
stream items: due names due_date, which its schema does not have
stream people: the tap has no such stream; it has boards, items
team.name = 
text = text
`
	if got.String() != want {
		t.Errorf("got:\n%swant:\n%s", &got, want)
	}
	r.tool.Break(singertest.Fault{Kind: singertest.Exit})
	bad := r.s
	bad.Tap.Secrets = map[string]secret.String{"auth.token": secret.New("wrong-one")}
	c, err := bad.Open(connectors.Env{Connection: "boards"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.(*Connector).Check(t.Context()); !errors.Is(err, connectors.ErrUnauthorized) {
		t.Errorf("with a wrong token: %v, want ErrUnauthorized", err)
	}
}

func TestAStoppedRunEndsItsTap(t *testing.T) {
	r := newReadings(t, singertest.FullTable, 3, nil)
	r.tool.Break(singertest.Fault{Kind: singertest.Stubborn, After: 2})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	began := time.Now()
	if err := r.Pull(ctx, r.c, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want context.Canceled", err)
	}
	if took := time.Since(began); took > killAfter+5*time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestATapThatDoesNotEnd has written all that it had to write: what it gave
// counts, and nothing follows from what it did not.
func TestATapThatDoesNotEnd(t *testing.T) {
	r := newReadings(t, singertest.FullTable, 6, nil)
	r.c.lingers = 300 * time.Millisecond
	r.tool.Break(singertest.Fault{Kind: singertest.Lingering})
	if err := r.pull(t); err == nil || !strings.Contains(err.Error(), "has closed its output and does not end") || len(r.Names()) != 6 {
		t.Errorf("error = %v with %v", err, r.Names())
	}
}

// TestWhatHidFromBeingEndedDoesNotHoldARunUp: a process in a session of its
// own is not of the tap's group.
func TestWhatHidFromBeingEndedDoesNotHoldARunUp(t *testing.T) {
	r := newReadings(t, singertest.FullTable, 6, nil)
	r.tool.Break(singertest.Fault{Kind: singertest.Daemon})
	began := time.Now()
	if err := r.pull(t); err != nil || len(r.Names()) != 6 {
		t.Errorf("%v with %v", err, r.Names())
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("the run took %s", took)
	}
	_, pid, _ := strings.Cut(r.log.String(), "the daemon is ")
	if pid, err := strconv.Atoi(strings.TrimRight(strings.SplitN(pid, "\n", 2)[0], `"`)); err == nil {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

func TestASecretWhereAnErrorIsCutIsNotTold(t *testing.T) {
	r := newReadings(t, singertest.FullTable, 6, nil)
	r.tool.Break(singertest.Fault{Kind: singertest.JunkAtEdge, After: 4})
	err := r.pull(t)
	if err == nil || !strings.Contains(err.Error(), "is no message of a tap") {
		t.Fatal(err)
	}
	for cut := len(token) - 1; cut > 3; cut-- {
		if strings.Contains(err.Error(), token[:cut]) {
			t.Fatalf("the error has %q, the beginning of the token: %v", token[:cut], err)
		}
	}
}

// TestALogIsNotFlooded holds that the reason of a failure comes through
// nevertheless.
func TestALogIsNotFlooded(t *testing.T) {
	r := newReadings(t, singertest.FullTable, 6, nil)
	r.tool.Break(singertest.Fault{Kind: singertest.Flood, After: 4})
	if err := r.pull(t); err == nil || !strings.Contains(err.Error(), "CRITICAL the last words") {
		t.Errorf("error = %v", err)
	}
	if n := strings.Count(r.log.String(), "slow answer"); n > maxLines || n < maxLines-10 {
		t.Errorf("%d lines were logged, want about %d", n, maxLines)
	}
	if !strings.Contains(r.log.String(), "the tap says more than is logged of a run") {
		t.Error("the log does not tell that there was more")
	}
}

func TestSecretsAreKnownInTheirOtherForms(t *testing.T) {
	f := &tapFiles{}
	f.learn(secret.New("p/s+w&r=d ä"))
	for _, text := range []string{"p/s+w&r=d ä", "?key=p%2Fs%2Bw%26r%3Dd+%C3%A4", "/p%2Fs+w&r=d%20%C3%A4/x", `"p/s+w\u0026r=d ä"`, "cC9zK3cmcj1kIMOk"} {
		if masked := f.mask(text); masked == text || strings.Contains(masked, "w%26r") {
			t.Errorf("%s is told as %s", text, masked)
		}
	}
}
