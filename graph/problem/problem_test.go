package problem_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"plumbline/graph/problem"
	"plumbline/portfolio"
)

const canary = "mongo: dial tcp 10.0.0.7 user=admin"

// present returns what a client and the log see of one error.
func present(t *testing.T, err error) (shown *gqlerror.Error, logged string, report *problem.Report) {
	t.Helper()
	var log bytes.Buffer
	report = problem.NewReport(slog.New(slog.NewTextHandler(&log, nil)), 20)
	return report.Present(t.Context(), err), log.String(), report
}

func TestOnlyOurOwnErrorsShowTheirText(t *testing.T) {
	driver := errors.New(canary)
	cases := []struct {
		name    string
		err     error
		code    problem.Code
		message string
	}{
		{"own", problem.New(problem.Conflict, "somebody else renamed it"), problem.Conflict, "somebody else renamed it"},
		{"own around a foreign one", problem.Wrap(driver, problem.Upstream, "Jira does not answer"), problem.Upstream, "Jira does not answer"},
		{"own inside", fmt.Errorf("rename: %w", problem.New(problem.Forbidden, "editors only")), problem.Forbidden, "editors only"},
		{"domain not found", fmt.Errorf("project PAY: %w", portfolio.ErrNotFound), problem.NotFound, "project PAY: not found"},
		{"domain invalid", fmt.Errorf("%w: first is negative", portfolio.ErrInvalid), problem.Invalid, "invalid: first is negative"},
		{"domain cursor", fmt.Errorf("%w: of another filter", portfolio.ErrInvalidCursor), problem.InvalidCursor, "invalid cursor: of another filter"},
		{"domain forbidden", fmt.Errorf("%w: cost", portfolio.ErrForbidden), problem.Forbidden, "forbidden: cost"},
		{"store down", fmt.Errorf("%w: %w", portfolio.ErrUnavailable, driver), problem.Unavailable, "the portfolio's store cannot be reached just now; try again shortly"},
		{"time is up", fmt.Errorf("%s: %w", canary, context.DeadlineExceeded), problem.Timeout, "the time for one operation is up; ask for less at once"},
		{"own around a located one", problem.Wrap(gqlerror.WrapPath(nil, driver), problem.Upstream, "Jira does not answer"), problem.Upstream, "Jira does not answer"},
		{"domain and located", gqlerror.WrapPath(ast.Path{ast.PathName("a")}, fmt.Errorf("project PAY: %w", portfolio.ErrNotFound)), problem.NotFound, "project PAY: not found"},
		{"foreign", fmt.Errorf("load: %w", driver), problem.Internal, "internal error"},
		{"foreign and located", gqlerror.WrapPath(ast.Path{ast.PathName("a")}, driver), problem.Internal, "internal error"},
		{"gqlgen's own", gqlerror.Errorf("must not be null %s", canary), problem.Internal, "internal error"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			shown, logged, report := present(t, c.err)
			if shown.Message != c.message || shown.Extensions["code"] != c.code {
				t.Errorf("shown %q with %v, want %q with %v", shown.Message, shown.Extensions, c.message, c.code)
			}
			answer, err := json.Marshal(shown)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(answer, []byte("10.0.0.7")) {
				t.Errorf("the answer tells too much: %s", answer)
			}
			if strings.Contains(c.err.Error(), canary) && !strings.Contains(logged, canary) {
				t.Errorf("the log does not have the whole: %s", logged)
			}
			if c.code == problem.Internal && (shown.Extensions["requestId"] != report.RequestID() || !strings.Contains(logged, report.RequestID())) {
				t.Errorf("the request id does not lead from the answer %v to the log %q", shown.Extensions, logged)
			}
		})
	}
}

func TestPathAndLocationAreKept(t *testing.T) {
	located := gqlerror.WrapPath(ast.Path{ast.PathName("project"), ast.PathName("name")}, problem.New(problem.NotFound, "gone"))
	located.Locations = []gqlerror.Location{{Line: 3, Column: 5}}
	shown, _, _ := present(t, located)
	if shown.Path.String() != "project.name" || len(shown.Locations) != 1 || shown.Message != "gone" {
		t.Errorf("shown %+v, want the path, the location and the bare sentence", shown)
	}
}

func TestPanicsAreInternalErrors(t *testing.T) {
	var log bytes.Buffer
	report := problem.NewReport(slog.New(slog.NewTextHandler(&log, nil)), 20)
	shown := report.Present(t.Context(), report.Recover(t.Context(), canary))
	want := map[string]any{"code": problem.Internal, "requestId": report.RequestID()}
	if diff := cmp.Diff(want, shown.Extensions); diff != "" || shown.Message != "internal error" {
		t.Errorf("shown %q: %s", shown.Message, diff)
	}
	if !strings.Contains(log.String(), canary) || !strings.Contains(log.String(), "problem_test.go") {
		t.Errorf("the log lacks the panic or its stack: %s", log.String())
	}
}

func TestErrorsAreCapped(t *testing.T) {
	report := problem.NewReport(slog.New(slog.DiscardHandler), 3)
	shown := 0
	for range 10 {
		if report.Present(t.Context(), problem.New(problem.Invalid, "no")) != nil {
			shown++
		}
	}
	if shown != 3 || report.Omitted() != 7 {
		t.Errorf("%d shown and %d omitted, want 3 and 7", shown, report.Omitted())
	}
	if report.Show(t.Context(), problem.New(problem.TooComplex, "too much")) == nil {
		t.Error("an error that the answer needs was not shown")
	}
}

func TestCodesAreAClosedList(t *testing.T) {
	want := []problem.Code{
		"BAD_REQUEST", "INVALID", "INVALID_CURSOR", "NOT_FOUND", "CONFLICT", "UNAUTHENTICATED", "FORBIDDEN",
		"RATE_LIMITED", "TOO_COMPLEX", "TIMEOUT", "UPSTREAM", "UNAVAILABLE", "INTERNAL",
	}
	if diff := cmp.Diff(want, problem.Codes()); diff != "" {
		t.Errorf("clients depend on this list: %s", diff)
	}
}
