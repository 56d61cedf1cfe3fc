package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/config"
	"plumbline/demo"
	"plumbline/graph/limit"
)

func TestTheConfigurationsLimitsAreTheAPIs(t *testing.T) {
	c, err := config.Load(nil, config.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(limit.Defaults(), limitsOf(c.Limits)); diff != "" {
		t.Errorf("the defaults of the configuration are not those of the API (-API +configuration):\n%s", diff)
	}
}

// shell runs commands in a folder of their own, over the demo's tools.
type shell struct {
	t   *testing.T
	env map[string]string
}

func newShell(t *testing.T) shell {
	t.Helper()
	organisation, err := demo.Start(t.Context(), demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	file := filepath.Join(folder, "plumbline.yaml")
	if err := os.WriteFile(file, organisation.Config(), 0o600); err != nil {
		t.Fatal(err)
	}
	return shell{t, map[string]string{
		"PLUMBLINE_CONFIG": file,
		"PLUMBLINE_STORE":  "bolt://" + filepath.Join(folder, "plumbline.db"),
		"PLUMBLINE_LISTEN": "127.0.0.1:0",
	}}
}

func (s shell) environ() []string { return place{env: s.env}.environ() }

// run runs a command and returns what it printed; it must exit with the code.
func (s shell) run(code int, args ...string) string {
	s.t.Helper()
	var stdout, stderr bytes.Buffer
	if got := run(s.t.Context(), args, s.environ(), &stdout, &stderr); got != code {
		s.t.Fatalf("plumbline %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, stdout.String(), stderr.String())
	}
	return stdout.String()
}

// want fails unless the text matches.
func want(t *testing.T, text, pattern string) {
	t.Helper()
	if !regexp.MustCompile("(?m)" + pattern).MatchString(text) {
		t.Errorf("this does not match %s:\n%s", pattern, text)
	}
}

func TestCommandsWithoutAServerWorkOnTheStoreThemselves(t *testing.T) {
	s := newShell(t)
	want(t, s.run(exitOK, "check", "health"), `^  would read +\d+ projects`)
	dry := s.run(exitOK, "sync", "--dry-run")
	want(t, dry, `^new +milestone health/issue/\d+`)
	want(t, s.run(exitOK, "sync"), `^health +\d{3,} +\d{3,} .* full \(first run\)$`)
	want(t, s.run(exitOK, "sync", "health"), `^health +\d+ +0 +0 +0 .* changes$`)
	want(t, s.run(exitOK, "config", "apply"), `^Applied`)
	want(t, s.run(exitOK, "config", "apply"), `^The log has these settings already`)
	want(t, s.run(exitOK, "config", "clock", "--set", "2199-01-01"), `^Today is 2199-01-01; it was 20\d\d-`)
	want(t, s.run(exitOK, "sync", "confirm", "health"), `^Nothing of health is held`)
	s.run(exitUsage, "sync", "confirm", "nobody")
}

func TestCommandsSpeakToTheServerThatHasTheStore(t *testing.T) {
	s := newShell(t)
	stop := s.serve("serve")
	defer stop()
	want(t, s.run(exitOK, "sync", "stores"), `^stores +\d+ `)
	want(t, s.run(exitOK, "check", "stores"), `^  account `)
	want(t, s.run(exitOK, "config", "apply"), `^The log has these settings already`)
	stop()
	want(t, s.run(exitOK, "sync", "stores"), `^stores +\d+ +0 `)
}

func TestTheDemoReadsItsToolsAndEndsCleanly(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s := shell{t, map[string]string{"PLUMBLINE_LISTEN": "127.0.0.1:0"}}
	s.serve("serve", "--demo")()
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	if err != nil || len(left) > 0 {
		t.Errorf("the demo leaves %v behind, %v; want nothing", left, err)
	}
}

// serve starts a server and waits until it has read both tools. The function
// it returns stops it, which must succeed.
func (s shell) serve(args ...string) (stop func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, args, s.environ(), io.Discard, in)
		_ = in.Close()
	}()
	var log []string
	read := 0
	for lines := bufio.NewScanner(out); read < 2; {
		if !lines.Scan() {
			s.t.Fatalf("the server ended early:\n%s", strings.Join(log, "\n"))
		}
		log = append(log, lines.Text())
		if strings.Contains(lines.Text(), `msg="run ended"`) {
			want(s.t, lines.Text(), "state=SUCCEEDED")
			read++
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	stopped := false
	return func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if code := <-ended; code != exitOK {
			s.t.Errorf("the server ended with exit code %d, want %d", code, exitOK)
		}
	}
}
