package jira

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/jira/jiratest"
	"plumbline/internal/secret"
)

// TestVolume holds how many requests a site of 500 projects, 5,000 versions
// and 10,000 epics costs: all of it, a quick run, and a run with a sweep.
func TestVolume(t *testing.T) {
	site := newSite(t, jiratest.Options{})
	site.Fill("P", 500, 5000, 10_000, "Epic")
	c := open(t, site, nil, nil)
	l := connectortest.NewLedger()
	step := func(name string, most int, run func() error) {
		t.Helper()
		site.ResetCounts()
		writes, start := l.Writes, time.Now()
		if err := run(); err != nil {
			t.Fatal(err)
		}
		n := site.Counts()
		t.Logf("%s: %d requests, at most %d at once, %d facts written, %v", name, n.Requests, n.Concurrent, l.Writes-writes, time.Since(start).Round(time.Millisecond))
		if n.Requests > most || n.Concurrent > 8 {
			t.Errorf("%s: %d requests, %d at once; want at most %d, 8 at once: %v", name, n.Requests, n.Concurrent, most, n.ByPath)
		}
	}
	pull := func() error { return l.Pull(t.Context(), c, nil) }
	const listings = 6 + 501 + 2 // pages of projects, of versions, of ids
	step("full run", listings+100+10+6, pull)
	if len(l.Facts) != 501+5000+10_000 {
		t.Errorf("%d facts, want 15,501", len(l.Facts))
	}
	writes := l.Writes
	step("quick run", 7, pull)
	for i := range 40 {
		site.EditIssue(fmt.Sprintf("P%d-1", i+1), func(i *jiratest.Issue) { i.Summary += ", changed" })
	}
	step("quick run after changes in 40 projects", 10, pull)
	if n := l.Writes - writes; n != 40+40 {
		t.Errorf("%d facts written, want 40 epics and their projects, of which Jira tells the last change", n)
	}
	writes = l.Writes
	step("run with sweep", listings*105/100, func() error {
		if err := pull(); err != nil {
			return err
		}
		return l.Sweep(t.Context(), c, nil)
	})
	if l.Writes != writes {
		t.Errorf("an unchanged site wrote %d facts", l.Writes-writes)
	}
}

// TestLatency holds that a far-away site is read in a bearable time without
// more requests at once than it likes.
func TestLatency(t *testing.T) {
	if os.Getenv("PLUMBLINE_LONG") == "" {
		t.Skip("reads a slow site for ten seconds: set PLUMBLINE_LONG=1")
	}
	site := newSite(t, jiratest.Options{})
	site.Fill("P", 500, 5000, 10_000, "Epic")
	site.SetLatency(50 * time.Millisecond)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: site, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(ln) }()
	t.Cleanup(func() { _ = server.Close() })
	s := Settings{URL: "http://" + ln.Addr().String(), Auth: Auth{Email: "pmo@example.com", Token: secret.New(token(t))}}
	c, err := s.Open(connectors.Env{Connection: "eng", AllowPrivate: true})
	if err != nil {
		t.Fatal(err)
	}
	l := connectortest.NewLedger()
	start := time.Now()
	if err := l.Pull(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	took, n := time.Since(start), site.Counts()
	t.Logf("%d facts in %v, %d requests, at most %d at once", len(l.Facts), took.Round(time.Millisecond), n.Requests, n.Concurrent)
	if took > 10*time.Second || n.Concurrent > 8 {
		t.Errorf("took %v with %d at once, want under 10 s with at most 8", took, n.Concurrent)
	}
}
