package azuredevops

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/connectors/azuredevops/azuredevopstest"
	"plumbline/connectors/connectortest"
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

func get[T portfolio.ToolFact](r *reader, kind, id string) T {
	r.t.Helper()
	for key, f := range r.Facts {
		if key.ID == portfolio.DocID("eng", kind, id) {
			if f, ok := f.(T); ok {
				return f
			}
		}
	}
	var ids []string
	for key := range r.Facts {
		ids = append(ids, key.String())
	}
	slices.Sort(ids)
	r.t.Fatalf("there is no %s %s; there are %v", kind, id, ids)
	panic("unreachable")
}

func (r *reader) milestone(item int64) *portfolio.MilestoneFact {
	r.t.Helper()
	return get[*portfolio.MilestoneFact](r, kindItem, fmt.Sprint(item))
}

func (r *reader) count(kind portfolio.Kind) int {
	n := 0
	for key, f := range r.Facts {
		if key.Kind == kind && f.Origin().Presence == "" {
			n++
		}
	}
	return n
}

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

// token is the test's own, and another one when the test runs again: requests
// with one credential share a limiter, which must not outlive virtual time.
func token(t testing.TB) string {
	t.Helper()
	return filepath.Base(filepath.Dir(t.TempDir()))
}

// newSite is an organisation with the account of Pia and an empty project Pay.
func newSite(t testing.TB, o azuredevopstest.Options) *azuredevopstest.Site {
	t.Helper()
	site := azuredevopstest.New(o)
	pia := site.AddUser(azuredevopstest.User{Name: "Pia Moser", Email: "pia@example.com"})
	site.AddAccount(azuredevopstest.Account{Token: token(t), User: pia})
	site.AddProject(azuredevopstest.Project{Name: "Pay"})
	return site
}

// open makes a connector to the site, with settings changed as wanted.
func open(t testing.TB, site *azuredevopstest.Site, fields []string, change func(*Settings)) *Connector {
	t.Helper()
	s := Settings{URL: site.BaseURL(), Auth: Auth{Token: secret.New(token(t))}, WebhookSecret: secret.New("hook")}
	if change != nil {
		change(&s)
	}
	c, err := s.Open(connectors.Env{Connection: "eng", Fields: fields, Transport: site.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}
