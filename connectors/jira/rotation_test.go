package jira

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/jira/jiratest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

const earlier, later = "canary-of-yesterday", "canary-of-today"

// A rotating site takes the earlier token until request number at, which is
// under way when the file gets the later one and the earlier one ends.
type rotating struct {
	*jiratest.Site
	file    string
	at      int64
	open    bool // request number at needs no token
	n       atomic.Int64
	refused atomic.Int64
}

func (r *rotating) RoundTrip(req *http.Request) (*http.Response, error) {
	if r.n.Add(1) == r.at {
		r.open = strings.HasSuffix(req.URL.Path, "/tenant_info")
		r.rotate()
	}
	resp, err := r.Transport().RoundTrip(req)
	if err == nil && resp.StatusCode == http.StatusUnauthorized {
		r.refused.Add(1)
	}
	return resp, err
}

func (r *rotating) rotate() {
	r.AddAccount(jiratest.Account{Email: "pmo@example.com", Token: later, User: "me"})
	write(r.file, later)
	r.Expire(earlier, time.Now())
}

// write puts a file in the place of another one, as agents do that rotate
// secrets.
func write(path, text string) {
	if err := errors.Join(os.WriteFile(path+".new", []byte(text+"\n"), 0o600), os.Rename(path+".new", path)); err != nil {
		panic(err)
	}
}

// newRotating is a site with some of everything, among it a record that
// cannot be read and that repeats both tokens.
func newRotating(t *testing.T, at int64) (*rotating, func(log *slog.Logger) *Connector) {
	t.Helper()
	site := newSite(t, jiratest.Options{})
	site.AddAccount(jiratest.Account{Email: "pmo@example.com", Token: earlier, User: "me"})
	site.Fill("P", 6, 12, 12, "Epic")
	basic := base64.StdEncoding.EncodeToString([]byte("pmo@example.com:" + later))
	site.AddIssue("P6", jiratest.Issue{ID: 10999, Key: "P6-99", Type: "Epic", Raw: []byte(fmt.Sprintf(
		`{"id": "10999", "key": "P6-99", "fields": {"summary": [%q, %q, %q], "duedate": %q, "updated": "2026-02-03T09:30:00.000+0000"}}`, earlier, later, basic, later))})
	r := &rotating{Site: site, file: filepath.Join(t.TempDir(), "jira"), at: at}
	write(r.file, earlier)
	return r, func(log *slog.Logger) *Connector {
		s := Settings{URL: "https://example.atlassian.net", Auth: Auth{Email: "pmo@example.com", File: r.file}}
		c, err := s.Open(connectors.Env{Connection: "eng", Transport: r, Log: log})
		if err != nil {
			t.Fatal(err)
		}
		return c.(*Connector)
	}
}

// TestARotatedTokenIsUsedWithoutARestart replaces the token at each request of
// a full run in turn. Nobody notices, and neither token is told to anybody.
func TestARotatedTokenIsUsedWithoutARestart(t *testing.T) {
	site, connect := newRotating(t, 0)
	undisturbed := read(t, connect(nil))
	requests := site.n.Load()
	if requests < 10 {
		t.Fatalf("a run is %d requests, too few to show anything", requests)
	}
	for at := int64(1); at <= requests; at++ {
		var out bytes.Buffer
		site, connect := newRotating(t, at)
		c := connect(slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
		r := read(t, c)
		if site.refused.Load() == 0 && !site.open {
			t.Errorf("the token ended at request %d of %d, and none was refused", at, requests)
		}
		check(t, fmt.Sprintf("what is known after a rotation at request %d", at), r.ids(), undisturbed.ids())
		refused := site.refused.Load()
		r.again()
		r.sweep()
		if again := site.refused.Load(); again != refused {
			t.Errorf("%d requests were made with the token that had ended", again-refused)
		}
		everything := fmt.Sprintf("%s\n%+v\n%#v", out.String(), c.settings, c.settings.Auth)
		for _, fact := range r.Facts {
			text, err := json.Marshal(fact)
			if err != nil {
				t.Fatal(err)
			}
			everything += "\n" + string(text)
		}
		for _, q := range r.Quarantined {
			everything += "\n" + q.Reason + string(q.Raw)
		}
		if quarantined := len(r.Quarantined); quarantined != 1 || !strings.Contains(everything, secret.Mask) {
			t.Errorf("%d records are quarantined, want the one that repeats the tokens, masked", quarantined)
		}
		for _, canary := range []string{earlier, later, base64.StdEncoding.EncodeToString([]byte("pmo@example.com:" + later))} {
			if i := strings.Index(everything, canary); i >= 0 {
				t.Errorf("rotated at request %d, %s is shown: …%s", at, canary, everything[max(0, i-80):i+len(canary)])
			}
		}
	}
}

// TestATokenThatEndsBeforeItIsReplaced holds that such a run ends with what
// is the matter, and that the next one goes on where it was.
func TestATokenThatEndsBeforeItIsReplaced(t *testing.T) {
	site, connect := newRotating(t, 0)
	c := connect(nil)
	site.Expire(earlier, time.Now())
	l := connectortest.NewLedger()
	if err := l.Pull(t.Context(), c, nil); !errors.Is(err, connectors.ErrUnauthorized) {
		t.Errorf("error = %v, want ErrUnauthorized", err)
	}
	check(t, "refusals of one request, as the file says nothing new", site.refused.Load(), int64(1))
	if err := os.Remove(site.file); err != nil {
		t.Fatal(err)
	}
	err := l.Pull(t.Context(), c, nil)
	if err == nil || !strings.Contains(err.Error(), site.file) || !strings.Contains(err.Error(), "401") || strings.Contains(err.Error(), earlier) {
		t.Errorf("error = %v, want one that names the refusal and the missing file, without the token", err)
	}
	site.rotate()
	if err := l.Pull(t.Context(), c, nil); err != nil || len(l.Facts) == 0 {
		t.Errorf("with a new token: %v, %d facts", err, len(l.Facts))
	}
}

func TestATokenFileThatIsMissingIsNamed(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none")
	s := Settings{URL: "https://example.atlassian.net", Auth: Auth{File: missing}}
	_, err := s.Open(connectors.Env{Connection: "eng"})
	want := "jira: " + portfolio.ErrInvalid.Error() + ": auth.token_file: the file " + missing + " gives no secret: no such file or directory"
	if !errors.Is(err, portfolio.ErrInvalid) || err.Error() != want {
		t.Errorf("error = %v\nwant    %s", err, want)
	}
}
