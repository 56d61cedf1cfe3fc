package imports_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"plumbline/doors/imports"
	"plumbline/portfolio"
)

var editor = portfolio.Caller{Name: "pmo", Role: portfolio.RoleEditor}

// serve routes to a door as the server does, for a caller.
func serve(t *testing.T, caller portfolio.Caller, c imports.Config) func(method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	mux := http.NewServeMux()
	mux.Handle(imports.Pattern, imports.New(c))
	return func(method, path, body string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(portfolio.WithCaller(t.Context(), caller), method, path, strings.NewReader(body))
		mux.ServeHTTP(w, r)
		if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
		return w
	}
}

func TestAFileIsHandedOnAndItsReportAnswered(t *testing.T) {
	send := serve(t, editor, imports.Config{Import: func(_ context.Context, f imports.File) (imports.Report, error) {
		text, err := io.ReadAll(f.Content)
		return imports.Report{Connection: f.Connection, State: fmt.Sprintf("%s %s %t", f.Name, text, f.DryRun), DryRun: f.DryRun}, err
	}})
	for path, want := range map[string]string{
		"/import/plans":                          "upload <Project/> false",
		"/import/plans?name=a+b.xml&dryRun=true": "a b.xml <Project/> true",
	} {
		w := send(http.MethodPut, path, "<Project/>")
		var report imports.Report
		if err := json.Unmarshal(w.Body.Bytes(), &report); err != nil || w.Code != http.StatusOK || report.State != want || report.Connection != "plans" {
			t.Errorf("%s is answered %d %s, want %q", path, w.Code, w.Body, want)
		}
	}
}

func TestWhatCannotBeTakenIsRefused(t *testing.T) {
	limited := editor
	limited.Departments = []string{"it"}
	for _, c := range []struct {
		name, method, path, body string
		caller                   portfolio.Caller
		err                      error
		report                   imports.Report
		status                   int
		says                     string
	}{
		{name: "a viewer", caller: portfolio.Caller{Role: portfolio.RoleViewer}, status: 403, says: "role editor"},
		{name: "nobody", caller: portfolio.Caller{}, status: 403, says: "role editor"},
		{name: "an editor of a department", caller: limited, status: 403, says: "not limited to departments"},
		{name: "another method", method: http.MethodPost, status: 405, says: "by PUT"},
		{name: "an odd dryRun", path: "/import/plans?dryRun=maybe", status: 400, says: "dryRun is true or false"},
		{name: "nothing", body: " ", status: 422, says: "the file is empty"},
		{name: "too much", body: strings.Repeat("x", 101), status: 413, says: "larger than the 100 bytes"},
		{name: "unknown", err: fmt.Errorf("%w: no connection", portfolio.ErrNotFound), status: 404, says: "no connection"},
		{name: "a bad name", err: fmt.Errorf("%w: the name", portfolio.ErrInvalid), status: 400, says: "the name"},
		{name: "busy", err: fmt.Errorf("%w: plans", imports.ErrBusy), status: 409, says: "being read just now"},
		{name: "no store", err: fmt.Errorf("%w: canary", portfolio.ErrUnavailable), status: 503, says: "send the file again"},
		{name: "our fault", err: errors.New("canary"), status: 503, says: "send the file again"},
		{name: "a bad file", report: imports.Report{Error: "line 3: broken"}, status: 422, says: "line 3: broken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.caller.Role == "" && c.name != "nobody" {
				c.caller = editor
			}
			if c.method == "" {
				c.method = http.MethodPut
			}
			if c.path == "" {
				c.path = "/import/plans"
			}
			if c.body == "" {
				c.body = "x"
			}
			send := serve(t, c.caller, imports.Config{MaxBody: 100, Import: func(context.Context, imports.File) (imports.Report, error) { return c.report, c.err }})
			w := send(c.method, c.path, strings.TrimSpace(c.body))
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("answered %d %s, want %d with %q", w.Code, w.Body, c.status, c.says)
			}
			if strings.Contains(w.Body.String(), "canary") {
				t.Errorf("the answer tells of the inside: %s", w.Body)
			}
			if busy := c.status == 409; busy != (w.Header().Get("Retry-After") != "") {
				t.Errorf("Retry-After is %q", w.Header().Get("Retry-After"))
			}
		})
	}
}

// A body that does not say how long it is ends at the limit too.
func TestABodyOfUnknownLengthIsBounded(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	door := imports.New(imports.Config{MaxBody: 1 << 20, Import: func(context.Context, imports.File) (imports.Report, error) {
		t.Error("it was handed on")
		return imports.Report{}, nil
	}})
	counted := &endless{}
	r := httptest.NewRequestWithContext(portfolio.WithCaller(t.Context(), editor), http.MethodPut, "/import/plans", counted)
	w := httptest.NewRecorder()
	door.ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "1 MiB") || counted.read > 2<<20 {
		t.Errorf("answered %d %s after %d bytes", w.Code, w.Body, counted.read)
	}
	if imports.DefaultMaxBody != 256<<20 {
		t.Errorf("the limit is %d, want 256 MiB", imports.DefaultMaxBody)
	}
}

type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return len(p), nil
}

func TestNoMoreFilesAtOnceThanThereIsRoomFor(t *testing.T) {
	going, went := make(chan struct{}), make(chan struct{})
	door := imports.New(imports.Config{AtOnce: 1, Import: func(context.Context, imports.File) (imports.Report, error) {
		close(going)
		<-went
		return imports.Report{}, nil
	}})
	put := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		door.ServeHTTP(w, httptest.NewRequestWithContext(portfolio.WithCaller(t.Context(), editor), http.MethodPut, "/import/plans", strings.NewReader("x")))
		return w
	}
	first := make(chan *httptest.ResponseRecorder)
	go func() { first <- put() }()
	<-going
	if w := put(); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("a second file is answered %d", w.Code)
	}
	close(went)
	if w := <-first; w.Code != http.StatusOK {
		t.Errorf("the first file is answered %d", w.Code)
	}
}

// A packed body would be read as a damaged file.
func TestAPackedBodyIsRefused(t *testing.T) {
	door := imports.New(imports.Config{Import: func(context.Context, imports.File) (imports.Report, error) {
		t.Error("the file was read")
		return imports.Report{}, nil
	}})
	r := httptest.NewRequestWithContext(portfolio.WithCaller(t.Context(), editor), http.MethodPut, "/import/plans", strings.NewReader("\x1f\x8b"))
	r.Header.Set("Content-Encoding", "gzip")
	w := httptest.NewRecorder()
	door.ServeHTTP(w, r)
	if w.Code != http.StatusUnsupportedMediaType || !strings.Contains(w.Body.String(), "without a Content-Encoding") {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
}
