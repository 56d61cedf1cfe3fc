package asana

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/connectors/asana/asanatest"
	"plumbline/connectors/connectortest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// An engine reads a site the way package sync does.
type engine struct {
	t *testing.T
	c *Connector
	*connectortest.Ledger
}

func read(t *testing.T, c *Connector) *engine {
	t.Helper()
	e := &engine{t, c, connectortest.NewLedger()}
	e.again()
	return e
}

func (e *engine) again() {
	e.t.Helper()
	if err := e.Pull(e.t.Context(), e.c, nil); err != nil {
		e.t.Fatalf("pull: %v", err)
	}
}

func (e *engine) sweep() {
	e.t.Helper()
	if err := e.Sweep(e.t.Context(), e.c, nil); err != nil {
		e.t.Fatalf("sweep: %v", err)
	}
}

func get[T portfolio.ToolFact](e *engine, kind, gid string) T {
	e.t.Helper()
	var ids []string
	for key, f := range e.Facts {
		if key.ID == doc(kind, gid) {
			if f, ok := f.(T); ok {
				return f
			}
		}
		ids = append(ids, key.String())
	}
	slices.Sort(ids)
	e.t.Fatalf("there is no %s %s; there are %v", kind, gid, ids)
	panic("unreachable")
}

func (e *engine) count(kind portfolio.Kind) int {
	n := 0
	for key, f := range e.Facts {
		if key.Kind == kind && f.Origin().Presence == "" {
			n++
		}
	}
	return n
}

func doc(kind, gid string) string { return portfolio.DocID("work", kind, gid) }

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

// newSite is a site with the account of Pia Moser.
func newSite(t testing.TB, o asanatest.Options) (site *asanatest.Site, me string) {
	t.Helper()
	site = asanatest.New(o)
	me = site.AddUser(asanatest.User{Name: "Pia Moser", Email: "pia@example.com"})
	site.AddAccount(asanatest.Account{Token: token(t), User: me})
	return site, me
}

// open makes a connector to the site, with settings changed as wanted.
func open(t testing.TB, site *asanatest.Site, fields []string, change func(*Settings)) *Connector {
	t.Helper()
	s := Settings{Auth: Auth{Token: secret.New(token(t))}}
	if change != nil {
		change(&s)
	}
	c, err := s.Open(connectors.Env{Connection: "work", Fields: fields, Transport: site.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}
