package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"plumbline/connectors/catalog"
	"plumbline/connectors/jira/jiratest"
	"plumbline/portfolio"
	"plumbline/store"
)

// A socket is a store whose plug can be pulled.
type socket struct {
	store.Log

	mu      sync.Mutex
	pulled  bool
	changed chan struct{} // closed when it is pulled or put back
}

var errPulled = fmt.Errorf("%w: the plug was pulled", portfolio.ErrUnavailable)

// pull takes the plug out, or puts it back.
func (s *socket) pull(out bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pulled = out
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *socket) look() (pulled bool, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pulled, s.changed
}

func (s *socket) Load(ctx context.Context) (portfolio.State, error) {
	if pulled, _ := s.look(); pulled {
		return portfolio.State{}, errPulled
	}
	return s.Log.Load(ctx)
}

func (s *socket) Commit(ctx context.Context, c store.Change) (portfolio.Commit, error) {
	if pulled, _ := s.look(); pulled {
		return portfolio.Commit{}, errPulled
	}
	return s.Log.Commit(ctx, c)
}

func (s *socket) Now(ctx context.Context) (time.Time, error) {
	if pulled, _ := s.look(); pulled {
		return time.Time{}, errPulled
	}
	return s.Log.Now(ctx)
}

func (s *socket) Follow(ctx context.Context, after portfolio.Position) iter.Seq2[portfolio.Commit, error] {
	return func(yield func(portfolio.Commit, error) bool) {
		pulled, changed := s.look()
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		go func() {
			select {
			case <-changed:
				stop()
			case <-ctx.Done():
			}
		}()
		if !pulled {
			for commit, err := range s.Log.Follow(ctx, after) {
				if err == nil && !yield(commit, nil) {
					return
				}
			}
		}
		yield(portfolio.Commit{}, errPulled)
	}
}

// inProcess serves a configuration in this process over a store whose plug
// can be pulled.
func inProcess(t *testing.T, where place) (*site, *socket) {
	t.Helper()
	plug := &socket{changed: make(chan struct{})}
	stderr := newTranscript()
	p := &program{
		environ: where.environ(), stdout: io.Discard, stderr: stderr, tools: catalog.Tools(),
		open: func(ctx context.Context, o opening) (_ plant, err error) {
			if plug.Log, err = openStore(ctx, o.Config.Store, o.Log); err != nil {
				return nil, err
			}
			return buildHouse(ctx, o, plug)
		},
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() { ended <- p.run(ctx, []string{"serve"}) }()
	t.Cleanup(func() {
		stop()
		if code := <-ended; code != exitOK {
			t.Errorf("the server ended with exit code %d:\n%s", code, stderr)
		}
	})
	return (&process{t: t, stderr: stderr}).site(), plug
}

func (s *site) ready() (status int, report struct{ Status, Age, Reason string }) {
	s.t.Helper()
	status, body := s.get("/readyz")
	if err := json.Unmarshal([]byte(body), &report); err != nil {
		s.t.Fatalf("/readyz: %v: %s", err, body)
	}
	return status, report
}

func TestReadsGoOnWhileTheStoreIsDown(t *testing.T) {
	t.Parallel()
	jira := newJira(t, jiratest.Options{})
	jira.Fill("P", 2, 6, 0, "Epic")
	lost := jira.AddProject(jiratest.Project{Key: "LOST", Name: "Lost"})
	var versions []int64
	for i := range 4 {
		versions = append(versions, jira.AddVersion(lost.Key, jiratest.Version{Name: fmt.Sprint("lost ", i)}).ID)
	}
	where := settle(t, jira.connection("every: 24h", "sweep: 24h"))
	where.env["PLUMBLINE_MAX_STALE"] = "3s"
	plumbline(t, where.env, exitOK, "sync")
	for _, version := range versions {
		jira.DeleteVersion(version)
	}
	want(t, plumbline(t, where.env, exitOK, "sync", "--sweep"), `^eng: held: .* lost 4 of 10`)

	s, plug := inProcess(t, where)
	hold := tell[struct {
		Holds struct{ Nodes []struct{ ID string } }
	}](s, `{ holds { nodes { id } } }`, nil).Holds.Nodes[0].ID
	if status, report := s.ready(); status != http.StatusOK || report.Status != "ready" {
		t.Errorf("/readyz = %d %+v, want it to be ready", status, report)
	}

	plug.pull(true)
	eventually(t, time.Second*5/2, "the outage", func() bool {
		status, report := s.ready()
		if status != http.StatusOK {
			t.Fatalf("/readyz = %d %+v within max_stale", status, report)
		}
		return report.Status == "stale" && report.Age != "0s"
	})
	answer := ask[counts](s, countProjects, nil)
	age := answer.Extensions.Revision.AgeSeconds
	if answer.Data.Milestones.TotalCount != 10 || age == nil || *age < 0 {
		t.Errorf("while the store is down the answer is %+v with age %v, want the same as before with its age", answer.Data, age)
	}
	for _, mutation := range []string{
		`mutation { startSync(input: {}) { connections } }`,
		`mutation { startSync(input: {connections: ["eng"], full: true}) { connections } }`,
		`mutation { confirmHold(input: {id: "` + hold + `"}) { hold { id } } }`,
	} {
		began := time.Now()
		if got := ask[any](s, mutation, nil); got.code() != "UNAVAILABLE" || time.Since(began) > 5*time.Second {
			t.Errorf("%s is answered with %q %+v after %s, want UNAVAILABLE at once", mutation, got.code(), got.Errors, time.Since(began))
		}
	}
	eventually(t, patience, "more than max_stale", func() bool {
		status, report := s.ready()
		return status == http.StatusServiceUnavailable && strings.Contains(report.Reason, "too long")
	})
	if got := tell[counts](s, countProjects, nil); got.Milestones.TotalCount != 10 {
		t.Errorf("after max_stale the answer is %+v, want the same as before", got)
	}

	plug.pull(false)
	eventually(t, 5*time.Second, "recovery", func() bool {
		status, report := s.ready()
		return status == http.StatusOK && report.Status == "ready"
	})
	jira.AddVersion("P1", jiratest.Version{Name: "after the outage"})
	if got := ask[any](s, `mutation { startSync(input: {full: true}) { connections } }`, nil); got.code() != "" {
		t.Errorf("startSync after the outage is answered with %+v", got.Errors)
	}
	eventually(t, patience, "what was added since", func() bool {
		r := ask[counts](s, countProjects, nil)
		return r.Data.Milestones.TotalCount == 11 && r.Extensions.Revision.AgeSeconds == nil
	})
}

func TestStoresThatCannotBeOpenedAreToldWithoutTheirPassword(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := closed.Addr().String()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	const password = "canary-of-the-store"
	for _, c := range []struct {
		store, says string
		code        int
	}{
		{"mongodb://plumbline:" + password + "@" + address + "/plumbline", `^plumbline: .*unavailable: MongoDB at ` + address + ` cannot be reached: nothing listens there; check that it runs, and the host and port of the store's URL\n$`, exitFailed},
		{"mongodb://plumbline:" + password + "@" + address + "/", `store: it names no database; expected bolt://`, exitUsage},
		{"mongodb://plumbline:" + password + "@" + address + "/plumbline?tls=perhaps&w=" + password, `^plumbline: .*the store's URL is not one of MongoDB`, exitUsage},
		{"postgres://plumbline:" + password + "@" + address + "/plumbline", `store: is not a kind of store that is known; expected bolt://`, exitUsage},
		{"plumbline:" + password, `store: it names no kind of store; expected bolt://`, exitUsage},
		{"bolt:///dev/null/plumbline.db", `^plumbline: .*/dev/null.*: not a directory$`, exitFailed},
	} {
		where := settle(t, "connections: []")
		where.env["PLUMBLINE_STORE"] = c.store
		for _, command := range []string{"serve", "sync"} {
			t.Run(command, func(t *testing.T) {
				t.Parallel()
				p := start(t, where.env, command)
				p.exits(c.code, patience)
				said := p.stdout.String() + p.stderr.String()
				want(t, said, c.says)
				if strings.Contains(said, password) {
					t.Errorf("%s says the password of %s:\n%s", command, c.store, said)
				}
			})
		}
	}
}
