package jira

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/jira/jiratest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// A reader reads a site the way the engine does.
type reader struct {
	t *testing.T
	c *Connector
	*connectortest.Ledger
}

func read(t *testing.T, c *Connector) *reader {
	t.Helper()
	r := &reader{t, c, connectortest.NewLedger()}
	r.again()
	return r
}

func (r *reader) again() {
	r.t.Helper()
	if err := r.Pull(r.t.Context(), r.c, nil); err != nil {
		r.t.Fatalf("pull: %v", err)
	}
}

func (r *reader) sweep() {
	r.t.Helper()
	if err := r.Sweep(r.t.Context(), r.c, nil); err != nil {
		r.t.Fatalf("sweep: %v", err)
	}
}

// complete fails on a milestone or project that is kept without the project
// that it names.
func (r *reader) complete() bool {
	r.t.Helper()
	for key, f := range r.Facts {
		var above string
		switch f := f.(type) {
		case *portfolio.MilestoneFact:
			above = f.Project
		case *portfolio.ProjectFact:
			above = f.Parent
		}
		if _, ok := r.Facts[portfolio.Key{Kind: portfolio.KindProject, ID: above}]; above != "" && !ok {
			r.t.Errorf("%s names %s, which is not there", key, above)
			return false
		}
	}
	return true
}

func get[T portfolio.ToolFact](r *reader, id string) T {
	r.t.Helper()
	for key, f := range r.Facts {
		if key.ID == id {
			if f, ok := f.(T); ok {
				return f
			}
		}
	}
	r.t.Fatalf("there is no %s; there are %v", id, r.ids())
	panic("unreachable")
}

func (r *reader) ids() []string {
	var ids []string
	for key := range r.Facts {
		ids = append(ids, key.String())
	}
	slices.Sort(ids)
	return ids
}

func doc(kind string, id int64) string { return portfolio.DocID("eng", kind, fmt.Sprint(id)) }

func day(t *testing.T, s string) portfolio.Date {
	t.Helper()
	d, err := portfolio.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func check[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b portfolio.Date) bool { return a == b })); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func both(t *testing.T, run func(t *testing.T, site *jiratest.Site)) {
	for name, d := range map[string]jiratest.Deployment{"Cloud": jiratest.Cloud, "DataCenter": jiratest.DataCenter} {
		t.Run(name, func(t *testing.T) {
			run(t, newSite(t, jiratest.Options{Deployment: d, BaseURL: "https://example.atlassian.net"}))
		})
	}
}

// token is the test's own, and another one when the test runs again: requests
// with one credential share a limiter, which must not outlive virtual time.
func token(t testing.TB) string {
	t.Helper()
	return filepath.Base(filepath.Dir(t.TempDir()))
}

// newSite is a site with the account "me" and an empty project PAY.
func newSite(t testing.TB, o jiratest.Options) *jiratest.Site {
	t.Helper()
	site := jiratest.New(o)
	site.AddUser(jiratest.User{ID: "me", Name: "Pia Moser", Zone: "UTC"})
	site.AddAccount(jiratest.Account{Email: "pmo@example.com", Token: token(t), User: "me"})
	site.AddProject(jiratest.Project{Key: "PAY", Name: "Payments"})
	return site
}

// open makes a connector to the site, with settings changed as wanted.
func open(t testing.TB, site *jiratest.Site, fields []string, change func(*Settings)) *Connector {
	t.Helper()
	s := Settings{URL: "https://example.atlassian.net", Auth: Auth{Email: "pmo@example.com", Token: secret.New(token(t))}}
	if change != nil {
		change(&s)
	}
	c, err := s.Open(connectors.Env{Connection: "eng", Fields: fields, Transport: site.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}
