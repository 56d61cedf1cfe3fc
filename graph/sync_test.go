package graph_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
)

// synced is a world with the portfolio of the answers.
func synced(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	text, err := os.ReadFile("testdata/portfolio.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w.load(text)
	return w
}

// A mutated is the answer to a mutation.
type mutated struct {
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
	Data map[string]struct {
		Connections []string
		Hold        *struct{ ID string }
		UserErrors  []struct {
			Code    string
			Message string
			Field   []string
		}
	}
}

func (w *world) mutate(c portfolio.Caller, query string) (m mutated) {
	w.t.Helper()
	if err := json.Unmarshal(w.ask(c, query, nil), &m); err != nil {
		w.t.Fatal(err)
	}
	return m
}

var editor = portfolio.Caller{Name: "pmo", Role: portfolio.RoleEditor}

func TestStartSync(t *testing.T) {
	w := synced(t)
	got := w.mutate(editor, `mutation { startSync(input: {}) { connections userErrors { code } } }`)
	if want := []string{"eng", "ops"}; !slices.Equal(got.Data["startSync"].Connections, want) || !slices.Equal(w.syncer.started, want) || w.syncer.full {
		t.Errorf("start all: answered %v, started %v (full: %v), want %v", got, w.syncer.started, w.syncer.full, want)
	}
	got = w.mutate(editor, `mutation { startSync(input: {connections: ["ops"], full: true}) { connections userErrors { code } } }`)
	if want := []string{"ops"}; !slices.Equal(got.Data["startSync"].Connections, want) || !slices.Equal(w.syncer.started, want) || !w.syncer.full {
		t.Errorf("start one: answered %v, started %v (full: %v), want %v", got, w.syncer.started, w.syncer.full, want)
	}
	w.syncer.started = nil
	got = w.mutate(editor, `mutation { startSync(input: {connections: ["eng", "none"]}) { connections userErrors { code message field } } }`)
	failed := got.Data["startSync"].UserErrors
	if len(failed) != 1 || failed[0].Code != "NOT_FOUND" || !slices.Equal(failed[0].Field, []string{"input", "connections", "1"}) || w.syncer.started != nil {
		t.Errorf("an unknown connection: %+v, started %v", got, w.syncer.started)
	}
}

func TestMutationsSayWhatFailed(t *testing.T) {
	w := synced(t)
	const start = `mutation { startSync(input: {}) { connections userErrors { code } } }`
	for _, c := range []struct {
		err        error
		user, code string
	}{
		{fmt.Errorf("%w: already running", portfolio.ErrConflict), "CONFLICT", ""},
		{fmt.Errorf("%w: no", portfolio.ErrInvalid), "INVALID", ""},
		{portfolio.ErrUnavailable, "", "UNAVAILABLE"},
		{errors.New("dial tcp 10.0.0.7: refused"), "", "INTERNAL"},
	} {
		w.syncer.err = c.err
		got := w.mutate(editor, start)
		user, code := "", ""
		if failed := got.Data["startSync"].UserErrors; len(failed) > 0 {
			user = failed[0].Code
		}
		if len(got.Errors) > 0 {
			code = got.Errors[0].Extensions.Code
		}
		if user != c.user || code != c.code {
			t.Errorf("%v: user error %q, error %q; want %q and %q", c.err, user, code, c.user, c.code)
		}
	}
}

func TestMutationsAreRefusedAtOnceWhileTheStoreIsDown(t *testing.T) {
	w := synced(t)
	w.age = time.Second
	got := w.mutate(editor, `mutation { startSync(input: {}) { connections } }`)
	if len(got.Errors) != 1 || got.Errors[0].Extensions.Code != "UNAVAILABLE" || w.syncer.started != nil {
		t.Errorf("answered %+v and started %v, want UNAVAILABLE and nothing", got, w.syncer.started)
	}
}

func TestConfirmHold(t *testing.T) {
	w := synced(t)
	hold := portfolio.NodeID(portfolio.KindHold, "ops/milestone/rows")
	confirm := func(c portfolio.Caller, id string) mutated {
		return w.mutate(c, fmt.Sprintf(`mutation { confirmHold(input: {id: %q}) { hold { id } userErrors { code message field } } }`, id))
	}
	got := confirm(editor, hold)
	if got.Data["confirmHold"].Hold == nil || got.Data["confirmHold"].Hold.ID != hold {
		t.Errorf("answered %+v, want the hold", got)
	}
	if diff := cmp.Diff([]string{"hold:ops/milestone/rows by pmo"}, w.syncer.confirmed); diff != "" {
		t.Errorf("confirmed (-want +got):\n%s", diff)
	}
	for what, id := range map[string]string{
		"NOT_FOUND": portfolio.NodeID(portfolio.KindHold, "none"),
		"INVALID":   portfolio.NodeID(portfolio.KindProject, "eng/project/1"),
	} {
		if failed := confirm(editor, id).Data["confirmHold"].UserErrors; len(failed) != 1 || failed[0].Code != what {
			t.Errorf("%s: %+v", what, failed)
		}
	}
	limited := editor
	limited.Departments = []string{"stores"}
	if failed := confirm(limited, hold).Data["confirmHold"].UserErrors; len(failed) != 1 || failed[0].Code != "NOT_FOUND" {
		t.Errorf("by a caller who may not see it: %+v", failed)
	}
	if got := confirm(portfolio.Caller{Role: portfolio.RoleViewer}, hold); len(got.Errors) != 1 || got.Errors[0].Extensions.Code != "FORBIDDEN" {
		t.Errorf("by a viewer: %+v", got)
	}
	if len(w.syncer.confirmed) != 1 {
		t.Errorf("confirmed %v, want one", w.syncer.confirmed)
	}
}
