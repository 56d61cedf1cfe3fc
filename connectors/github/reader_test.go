package github

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/github/githubtest"
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

func check[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b portfolio.Date) bool { return a == b })); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// token is the test's own, and another one when the test runs again: requests
// with one credential share a limiter, which must not outlive virtual time.
func token(t testing.TB) string {
	t.Helper()
	return filepath.Base(filepath.Dir(t.TempDir()))
}

// newSite is a site with the organisation acme and the account pia.
func newSite(t testing.TB, o githubtest.Options) *githubtest.Site {
	t.Helper()
	site := githubtest.New(o)
	site.AddOwner(githubtest.Owner{Login: "acme", Organization: true, Name: "Acme"})
	site.AddOwner(githubtest.Owner{Login: "pia", Name: "Pia Moser", Email: "pia@example.com"})
	site.AddAccount(githubtest.Account{Token: token(t), User: "pia"})
	return site
}

// open makes a connector to the site, with settings changed as wanted.
func open(t testing.TB, site *githubtest.Site, fields []string, change func(*Settings)) *Connector {
	t.Helper()
	s := Settings{Auth: Auth{Token: secret.New(token(t))}, Owners: []string{"acme"}}
	if change != nil {
		change(&s)
	}
	c, err := s.Open(connectors.Env{Connection: "code", Fields: fields, Transport: site.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}
