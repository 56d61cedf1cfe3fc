package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"plumbline/connectors/jira/jiratest"
	"plumbline/portfolio"
	"plumbline/store/boltstore"
)

// patience is how long these tests wait for what happens in a moment on a
// machine that has nothing else to do.
const patience = slower * 30 * time.Second

// A transcript is what a process has written so far.
type transcript struct {
	mu      sync.Mutex
	text    bytes.Buffer
	written chan struct{} // closed with the next write
}

func newTranscript() *transcript { return &transcript{written: make(chan struct{})} }

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.written)
	t.written = make(chan struct{})
	return t.text.Write(p)
}

func (t *transcript) look() (string, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String(), t.written
}

func (t *transcript) String() string {
	text, _ := t.look()
	return text
}

// A process is a plumbline that runs, as a shell would start it.
type process struct {
	t              *testing.T
	cmd            *exec.Cmd
	stdout, stderr *transcript
	ended          chan struct{} // closed at its end
	err            error         // of Wait, once it has ended
}

// start runs plumbline in a folder of its own with nothing in its environment
// but what is given.
func start(t *testing.T, env map[string]string, args ...string) *process {
	t.Helper()
	return startProgram(t, "plumbline", env, args...)
}

func startProgram(t *testing.T, program string, env map[string]string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(program, args...), stdout: newTranscript(), stderr: newTranscript(), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = p.stdout, p.stderr
	p.cmd.Dir = t.TempDir()
	p.cmd.Env = []string{"HOME=" + p.cmd.Dir, "TMPDIR=" + t.TempDir()}
	for name, value := range env {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // it has ended, unless the test failed
		<-p.ended
	})
	return p
}

// logged waits until the process has written a line that matches to standard
// error, and returns its groups.
func (p *process) logged(pattern string) []string {
	p.t.Helper()
	expression := regexp.MustCompile("(?m)" + pattern)
	late := time.After(patience)
	for {
		text, more := p.stderr.look()
		if found := expression.FindStringSubmatch(text); found != nil {
			return found
		}
		select {
		case <-more:
		case <-p.ended:
			if text := p.stderr.String(); !expression.MatchString(text) {
				p.t.Fatalf("plumbline ended (%v) without a line that matches %s:\n%s", p.err, pattern, text)
			}
		case <-late:
			p.t.Fatalf("no line matches %s after %s:\n%s", pattern, patience, text)
		}
	}
}

// site waits until the process listens and returns its address.
func (p *process) site() *site {
	p.t.Helper()
	return &site{t: p.t, url: p.logged(`msg=listening address=(\S+)`)[1], client: http.DefaultClient}
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// exits waits for the end, which must come within the time and with the code.
func (p *process) exits(code int, within time.Duration) {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(within):
		p.t.Fatalf("plumbline has not ended after %s:\n%s", within, p.stderr)
	}
	if got := p.cmd.ProcessState.ExitCode(); got != code {
		p.t.Fatalf("plumbline ended with exit code %d (%v), want %d:\n%s%s", got, p.err, code, p.stdout, p.stderr)
	}
}

// killed reports whether the process was ended by the signal.
func (p *process) killed(by syscall.Signal) bool {
	<-p.ended
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == by
}

// plumbline runs a command to its end, which must come with the exit code,
// and returns what it printed.
func plumbline(t *testing.T, env map[string]string, code int, args ...string) string {
	t.Helper()
	p := start(t, env, args...)
	p.exits(code, patience)
	return p.stdout.String()
}

// A site is a plumbline that listens.
type site struct {
	t      *testing.T
	url    string
	client *http.Client
	header http.Header // of every request
}

// as returns the same site for whoever sends the header.
func (s *site) as(name, value string) *site {
	return &site{t: s.t, url: s.url, client: s.client, header: http.Header{name: {value}}}
}

func (s *site) do(method, path string, body io.Reader) (status int, answer string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, s.url+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	for name, values := range s.header {
		request.Header[name] = values
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := s.client.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func (s *site) get(path string) (status int, answer string) {
	s.t.Helper()
	return s.do(http.MethodGet, path, nil)
}

// post asks a question and returns the answer as it is.
func (s *site) post(query string, variables map[string]any) (status int, answer string) {
	s.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.do(http.MethodPost, endpoint, bytes.NewReader(body))
}

// An answered question.
type reply[T any] struct {
	Data   T
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
	Extensions struct {
		Revision struct {
			Number     int64
			AgeSeconds *int64
		}
	}
}

// code is that of the only error; empty without any.
func (r *reply[T]) code() string {
	if len(r.Errors) == 0 {
		return ""
	}
	return r.Errors[0].Extensions.Code
}

// ask asks a question and reads the answer, errors included.
func ask[T any](s *site, query string, variables map[string]any) *reply[T] {
	s.t.Helper()
	_, text := s.post(query, variables)
	var r reply[T]
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		s.t.Fatalf("the answer to %s is no JSON: %v\n%s", query, err, text)
	}
	return &r
}

// tell asks a question that has an answer and returns its data.
func tell[T any](s *site, query string, variables map[string]any) T {
	s.t.Helper()
	r := ask[T](s, query, variables)
	if len(r.Errors) > 0 {
		s.t.Fatalf("%s is answered with %+v", query, r.Errors)
	}
	return r.Data
}

// eventually waits until the condition holds.
func eventually(t *testing.T, within time.Duration, what string, holds func() bool) {
	t.Helper()
	for began := time.Now(); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > within {
			t.Fatalf("%s: not after %s", what, within)
		}
	}
}

// The account that the fake Jiras of these tests let in.
const (
	jiraEmail = "pmo@example.com"
	jiraToken = "a-token-for-jira"
)

// A fakeJira is a Jira over HTTP.
type fakeJira struct {
	*jiratest.Site
	url string
}

func newJira(t *testing.T, options jiratest.Options) *fakeJira {
	t.Helper()
	f := &fakeJira{Site: jiratest.New(options)}
	f.AddUser(jiratest.User{ID: "me", Name: "Pia Moser", Zone: "Europe/Berlin"})
	f.AddAccount(jiratest.Account{Email: jiraEmail, Token: jiraToken, User: "me", Admin: true})
	server := httptest.NewServer(f.Site)
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

// connection is its entry in a configuration.
func (f *fakeJira) connection(more ...string) string {
	return fmt.Sprintf(`connections:
  - id: eng
    type: jira
    url: %s
    allow_private: true
    auth: {email: %q, token: "${JIRA_TOKEN}"}
    %s
`, f.url, jiraEmail, strings.Join(more, "\n    "))
}

// A place is a folder with a configuration and a store.
type place struct {
	env map[string]string
	db  string
}

// settle writes a configuration and makes room for a store.
func settle(t *testing.T, yaml string) place {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "plumbline.yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	db := filepath.Join(folder, "plumbline.db")
	return place{db: db, env: map[string]string{
		"PLUMBLINE_CONFIG": file,
		"PLUMBLINE_STORE":  "bolt://" + db,
		"PLUMBLINE_LISTEN": "127.0.0.1:0",
		"JIRA_TOKEN":       jiraToken,
	}}
}

// environ is the environment as a process gets it.
func (p place) environ() (environ []string) {
	for name, value := range p.env {
		environ = append(environ, name+"="+value)
	}
	return environ
}

// contents reads what a store holds while nobody has it open.
func (p place) contents(t *testing.T) portfolio.State {
	t.Helper()
	log, err := boltstore.Open(p.db, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	state, err := log.Load(t.Context())
	if err := errors.Join(err, log.Close()); err != nil {
		t.Fatal(err)
	}
	return state
}

// hash is the SHA-256 of the canonical export of what a store holds.
func (p place) hash(t *testing.T) string {
	t.Helper()
	hash, err := portfolio.CanonicalHash(p.contents(t))
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

// runs are the runs of a store by their state.
func (p place) runs(t *testing.T) map[portfolio.RunState]int {
	t.Helper()
	count := map[portfolio.RunState]int{}
	for _, v := range p.contents(t).Docs {
		if run, ok := v.Doc.(*portfolio.Run); ok {
			count[run.State]++
		}
	}
	return count
}
