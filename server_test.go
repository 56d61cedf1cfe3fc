package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"plumbline/config"
	"plumbline/connectors"
	"plumbline/doors/control"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// The scripts drive two programs: plumbline itself, and plumbline-fake, the
// same commands over a plant and a tool that do what their names say.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"plumbline":      main,
		"plumbline-fake": mainFake,
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"term":     term,
			"waitfile": waitFile,
			"exitcode": exitCode,
			"freeport": freePort,
			"ask":      askServer,
		},
	})
}

// term sends SIGTERM to every command that runs in the background.
func term(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: term")
	}
	for _, command := range ts.BackgroundCmds() {
		ts.Check(command.Process.Signal(syscall.SIGTERM))
	}
}

// waitFile waits until a file exists, or with ! until it is gone.
func waitFile(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: [!] waitfile name")
	}
	for range 500 {
		if _, err := os.Stat(ts.MkAbs(args[0])); errors.Is(err, os.ErrNotExist) == neg {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	ts.Fatalf("%s did not change within 10 s", args[0])
}

// exitCode runs a command and wants its exit code: exitcode 2 plumbline nope.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode code command [args…]")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var failed interface{ ExitCode() int }
	if errors.As(err, &failed) {
		code = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got := fmt.Sprint(code); got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

// freePort makes the server of a script listen where nobody else does.
func freePort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: freeport")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed at once
	ts.Check(err)
	ts.Check(listener.Close())
	ts.Setenv("PLUMBLINE_LISTEN", listener.Addr().String())
}

// askServer sends the GraphQL in a file to the server of the script, once it
// listens, and prints the answer: ask query.graphql.
func askServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: ask file")
	}
	body, err := json.Marshal(map[string]string{"query": ts.ReadFile(args[0])})
	ts.Check(err)
	var answer *http.Response
	for range 500 {
		//nolint:noctx,gosec // the script has a deadline; the address is its own
		if answer, err = http.Post("http://"+ts.Getenv("PLUMBLINE_LISTEN")+"/graphql", "application/json", bytes.NewReader(body)); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	ts.Check(err)
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	ts.Check(err)
	_, err = ts.Stdout().Write(append(text, '\n'))
	ts.Check(err)
}

func mainFake() {
	os.Exit(runFake())
}

func runFake() int {
	ctx, stop := signalled()
	defer stop()
	p := &program{
		environ: os.Environ(), stdout: os.Stdout, stderr: os.Stderr, tools: fakeTools,
		open: func(_ context.Context, o opening) (plant, error) {
			return &fakePlant{connections: o.Config.Connections, log: o.Log.Info}, nil
		},
		schema: func() string { return "type Query { answer: Int! }\n" },
	}
	return p.run(ctx, os.Args[1:])
}

var fakeTools = config.Tools{"fake": func() connectors.Settings { return &fakeTool{} }}

// fakeTool is a tool whose settings say how it behaves.
type fakeTool struct {
	URL   string        `yaml:"url" jsonschema:"required,format=uri" jsonschema_description:"Address of the site."`
	Token secret.String `yaml:"token" jsonschema:"required" jsonschema_description:"Token of the account."`
}

func (*fakeTool) Validate() error { return nil }

func (*fakeTool) Open(connectors.Env) (connectors.Connector, error) {
	return nil, errors.New("a fake tool is never read")
}

// fakePlant reads connections whose id begins with good, fails others, and
// holds what is named held.
type fakePlant struct {
	control.Files // the scripts of strategy files run the real program
	connections   []config.Connection
	log           func(string, ...any)
}

func (f *fakePlant) chosen(ids []string) ([]config.Connection, error) {
	if len(ids) == 0 {
		return f.connections, nil
	}
	var chosen []config.Connection
	for _, id := range ids {
		found := false
		for _, c := range f.connections {
			if c.ID == id {
				chosen, found = append(chosen, c), true
			}
		}
		if !found {
			return nil, fmt.Errorf("%w: no connection has the id %q", portfolio.ErrNotFound, id)
		}
	}
	return chosen, nil
}

func (f *fakePlant) Sync(_ context.Context, r control.SyncRequest, progress func(control.Progress)) ([]control.Row, error) {
	chosen, err := f.chosen(r.Connections)
	if err != nil {
		return nil, err
	}
	var rows []control.Row
	for _, c := range chosen {
		progress(control.Progress{Connection: c.ID, Done: 3, Total: 12})
		row := control.Row{
			Connection: c.ID, State: portfolio.RunSucceeded, Mode: "CHANGES", Took: 1234 * time.Millisecond,
			Tally: portfolio.Tally{Read: 12, New: 1, Changed: 2, Quarantined: 1, Requests: 5, Waited: 40 * time.Millisecond},
		}
		if r.Full {
			row.Mode, row.Why = "FULL", "asked for"
		}
		if r.DryRun {
			row.Changes = []control.Change{
				{Kind: portfolio.KindMilestone, ID: c.ID + "/version/1", What: "NEW"},
				{Kind: portfolio.KindProject, ID: c.ID + "/project/2", What: "CHANGED", Fields: []string{"name", "lead"}},
			}
		}
		switch {
		case strings.HasPrefix(c.ID, "bad"):
			row.State, row.Error = portfolio.RunFailed, "not authorised by the tool"
		case strings.HasPrefix(c.ID, "held"):
			row.Held = []portfolio.Hold{{
				Connection: c.ID, Scope: "versions", Of: portfolio.KindMilestone, Had: 100, Lost: 40, Samples: []string{"1.0", "2.0"},
			}}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (f *fakePlant) SyncFile(_ context.Context, r control.FileRequest) (control.Row, error) {
	if _, err := f.chosen([]string{r.Connection}); err != nil {
		return control.Row{}, err
	}
	return control.Row{Connection: r.Connection, State: portfolio.RunSucceeded, Mode: "IMPORT", Why: filepath.Base(r.Path), Tally: portfolio.Tally{Read: 2, New: 2}}, nil
}

func (f *fakePlant) Confirm(_ context.Context, r control.ConfirmRequest) ([]portfolio.Hold, error) {
	if _, err := f.chosen([]string{r.Connection}); err != nil || !strings.HasPrefix(r.Connection, "held") {
		return nil, err
	}
	return []portfolio.Hold{{Connection: r.Connection, Scope: "versions", Had: 100, Lost: 40, ConfirmedBy: r.Author}}, nil
}

func (f *fakePlant) Check(_ context.Context, ids []string) ([]control.Check, error) {
	chosen, err := f.chosen(ids)
	var checks []control.Check
	for _, c := range chosen {
		check := control.Check{Connection: c.ID, Type: c.Type, Report: connectors.Report{
			Site:         portfolio.Site{Title: "Example", Version: "9.1", Account: "pmo@example.com", TimeZone: "Europe/Berlin"},
			Deployment:   "Cloud",
			Permissions:  []connectors.Permission{{Name: "Browse projects", Held: true}, {Name: "See archived", Why: "archived projects are not read"}},
			TokenExpires: time.Date(2199, 1, 2, 0, 0, 0, 0, time.UTC),
			Fields:       []connectors.FieldFound{{Asked: "Budget", ID: "cf_1", Name: "Budget", Type: "number"}},
			Counts:       []connectors.Count{{Of: "projects", Records: 12}, {Of: "issues", Records: 3000, Approximate: true}},
			Warnings:     []string{"the account sees 2 projects of 12"},
		}}
		if strings.HasPrefix(c.ID, "bad") {
			check.Report, check.Error = connectors.Report{}, "not authorised by the tool"
		}
		checks = append(checks, check)
	}
	return checks, err
}

func (f *fakePlant) Apply(_ context.Context, s portfolio.Settings) (bool, error) {
	return s.TimeZone != "UTC", nil
}

func (f *fakePlant) SetClock(_ context.Context, today portfolio.Date) (portfolio.Date, error) {
	return today.AddDays(-1), nil
}

func (f *fakePlant) CheckFolder(context.Context) (*control.FilesReport, error) { return nil, nil }

func (f *fakePlant) Relink(context.Context, control.RelinkRequest) (control.RelinkReport, error) {
	return control.RelinkReport{}, errors.New("no plant")
}

func (f *fakePlant) Brief(context.Context, control.BriefRequest) (control.File, error) {
	return control.File{}, portfolio.ErrUnavailable
}

func (f *fakePlant) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(w, r.Body)
		_, _ = io.WriteString(w, "answered")
	})
}

func (f *fakePlant) Run(ctx context.Context) error {
	<-ctx.Done()
	f.log("pages finished")
	return ctx.Err()
}

func (f *fakePlant) Close() error {
	f.log("store closed")
	return nil
}
