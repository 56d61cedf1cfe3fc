package console_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"plumbline/doors/console"
)

var config = console.Config{
	Endpoint: "/graphql",
	Query:    "# </script><script>alert(1)</script>\n{ projects { totalCount } }",
	NeedsKey: true,
}

func get(t *testing.T, h http.Handler, path string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestThePageRunsOnlyItsOwnScripts(t *testing.T) {
	h := console.New(config)
	first, second := get(t, h, "/"), get(t, h, "/")
	policy := first.Header.Get("Content-Security-Policy")
	nonce := regexp.MustCompile(`script-src 'nonce-([A-Z2-7]{26})'`).FindStringSubmatch(policy)
	if nonce == nil {
		t.Fatalf("policy = %q, want a nonce for scripts", policy)
	}
	for _, want := range []string{"default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy = %q, want %s", policy, want)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("policy = %q allows what is unsafe", policy)
	}
	if second.Header.Get("Content-Security-Policy") == policy {
		t.Error("two pages have the same nonce")
	}
	body := text(t, first)
	for _, script := range regexp.MustCompile(`<script[^>]*>`).FindAllString(body, -1) {
		if !strings.Contains(script, `nonce="`+nonce[1]+`"`) {
			t.Errorf("%s has no nonce", script)
		}
	}
	if strings.Contains(body, "alert(1)</script>") {
		t.Error("the query is not escaped")
	}
	if first.Header.Get("Cache-Control") != "no-store" || first.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers = %v", first.Header)
	}
}

func TestThePageNeedsNoOtherServer(t *testing.T) {
	h := console.New(config)
	addresses := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(text(t, get(t, h, "/")), -1)
	if len(addresses) < 7 {
		t.Fatalf("the page has %d files, want its scripts and styles", len(addresses))
	}
	for _, a := range addresses {
		if a[1] == "data:," {
			continue
		}
		if !strings.HasPrefix(a[1], "/console/") {
			t.Errorf("the page asks for %s", a[1])
			continue
		}
		r := get(t, h, a[1])
		if kind := r.Header.Get("Content-Type"); r.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/") {
			t.Errorf("%s answered %d in %s", a[1], r.StatusCode, kind)
		}
		if !strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s may not be kept: %s", a[1], r.Header.Get("Cache-Control"))
		}
	}
	for _, path := range []string{"/other", "/console/", "/index.html"} {
		if r := get(t, h, path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s answered %d, want 404", path, r.StatusCode)
		}
	}
}

// TestThirdPartyFilesAreAsPublished guards against edits of files that are
// not ours.
func TestThirdPartyFilesAreAsPublished(t *testing.T) {
	sums, err := os.ReadFile(filepath.Join("assets", "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for line := range strings.Lines(string(sums)) {
		checked++
		want, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		content, err := os.ReadFile(filepath.Join("assets", name))
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s is not as published: run fetch-assets.sh", name)
		}
	}
	if files, err := os.ReadDir("assets"); err != nil || len(files) != checked+1 {
		t.Errorf("%d files and %d sums (%v)", len(files), checked, err)
	}
}

// TestABrowserRendersThePage opens the page in a browser that can reach this
// server alone. The page asks the API for its schema as soon as it runs.
func TestABrowserRendersThePage(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium here")
	}
	var asked atomic.Int64
	mux := http.NewServeMux()
	mux.Handle("/", console.New(config))
	mux.HandleFunc("POST /graphql", func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); strings.Contains(string(body), "__schema") {
			asked.Add(1)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"errors":[{"message":"no schema in this test"}]}`)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	command := exec.CommandContext(t.Context(), browser,
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
		"--user-data-dir="+t.TempDir(), "--virtual-time-budget=5000", "--dump-dom", server.URL)
	dom, err := command.Output()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	for _, want := range []string{"graphiql-execute-button", "API key", "totalCount"} {
		if !strings.Contains(string(dom), want) {
			t.Errorf("the page does not show %s", want)
		}
	}
	if asked.Load() == 0 {
		t.Error("the page did not ask for the schema")
	}
}
