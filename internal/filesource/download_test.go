package filesource_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/connectors"
	"plumbline/internal/filesource"
	"plumbline/internal/httpx"
	"plumbline/internal/secret"
	"plumbline/internal/spool"
)

// address answers in process.
type address func(w http.ResponseWriter, r *http.Request)

func (a address) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	a(w, r)
	return w.Result(), nil
}

func fetching(t *testing.T, limit int64, a address, auth filesource.Auth) *filesource.Source {
	t.Helper()
	s := filesource.Settings{URL: "https://" + strings.ToLower(filepath.Base(filepath.Dir(t.TempDir()))) + ".example/plans/a.xml?key=hidden", Auth: auth}
	source, err := s.Source(connectors.Env{Connection: "plans", Transport: a}, filesource.Options{MaxDownload: limit})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func firstError(t *testing.T, s *filesource.Source) error {
	t.Helper()
	for f, err := range s.Files(t.Context(), func(string) string { return "" }) {
		if err == nil {
			t.Errorf("%s was read", f.Name)
		}
		return err
	}
	return nil
}

func TestAnAddressIsAskedOnlyForWhatIsNew(t *testing.T) {
	text, asked := "one", ""
	s := fetching(t, 0, func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Get("If-None-Match") + "," + r.Header.Get("If-Modified-Since")
		w.Header().Set("ETag", `"`+text+`"`)
		w.Header().Set("Last-Modified", "Thu, 05 Nov 2026 10:00:00 GMT")
		w.Header().Set("Content-Type", "application/xml")
		if r.Header.Get("If-None-Match") == `"`+text+`"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, text)
	}, filesource.Auth{})
	states := map[string]string{}
	want(t, read(t, s, states), "a.xml: one")
	if asked != "," {
		t.Errorf("asked with %q at first", asked)
	}
	want(t, read(t, s, states), "a.xml unchanged")
	if asked != `"one",Thu, 05 Nov 2026 10:00:00 GMT` {
		t.Errorf("asked with %q then", asked)
	}
	text = "two"
	want(t, read(t, s, states), "a.xml: two")
	if got := s.Usage().Requests; got != 3 {
		t.Errorf("%d requests, want 3", got)
	}
}

// Some servers give a new tag to the same bytes.
func TestTheSameContentUnderANewTagIsUnchanged(t *testing.T) {
	n := 0
	s := fetching(t, 0, func(w http.ResponseWriter, _ *http.Request) {
		n++
		w.Header().Set("ETag", strings.Repeat("x", n))
		w.Header().Set("Last-Modified", "Thu, 05 Nov 2026 10:00:00 GMT")
		_, _ = io.WriteString(w, "same")
	}, filesource.Auth{})
	states := map[string]string{}
	want(t, read(t, s, states), "a.xml: same")
	want(t, read(t, s, states), "a.xml unchanged")
}

func TestAFileThatIsTooLargeIsRefusedAndLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s := fetching(t, 1<<20, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/csv")
		_, _ = io.WriteString(w, strings.Repeat("x", 1<<20+1))
	}, filesource.Auth{})
	err := firstError(t, s)
	if !errors.Is(err, spool.ErrTooLarge) || !strings.Contains(err.Error(), "1 MiB") || strings.Contains(err.Error(), "hidden") {
		t.Errorf("error = %v, want ErrTooLarge with the limit and without the query", err)
	}
	if got := s.Usage().Requests; got != 1 {
		t.Errorf("%d requests, want no second try", got)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if filesource.MaxDownload != 256<<20 {
		t.Errorf("the limit is %d, want 256 MiB", filesource.MaxDownload)
	}
}

func TestWhatIsNoFileIsAnError(t *testing.T) {
	for name, c := range map[string]struct {
		answer address
		kind   error
	}{
		"login page": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, "<html>sign in</html>")
		}, httpx.ErrWebPage},
		"refused": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, connectors.ErrUnauthorized},
		"gone":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }, nil},
		"another host": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://elsewhere.example/")
			w.WriteHeader(http.StatusFound)
		}, httpx.ErrRedirect},
	} {
		t.Run(name, func(t *testing.T) {
			if err := firstError(t, fetching(t, 0, c.answer, filesource.Auth{})); err == nil || c.kind != nil && !errors.Is(err, c.kind) {
				t.Errorf("error = %v, want %v", err, c.kind)
			}
		})
	}
}

func TestAReplyThatBreaksOffIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		s := filesource.Settings{URL: "https://breaks-off.example/a.xml"}
		source, err := s.Source(connectors.Env{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			n++
			var body io.Reader = strings.NewReader("whole")
			if n == 1 {
				body = io.MultiReader(strings.NewReader("who"), broken{})
			}
			return &http.Response{StatusCode: 200, Header: http.Header{"Last-Modified": {"Thu, 05 Nov 2026 10:00:00 GMT"}}, Body: io.NopCloser(body)}, nil
		})}, filesource.Options{})
		if err != nil {
			t.Fatal(err)
		}
		want(t, read(t, source, nil), "a.xml: whole")
	})
}

func TestAnAddressThatAsksForPatienceParks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := filesource.Settings{URL: "https://patience.example/a.xml"}
		source, err := s.Source(connectors.Env{Transport: address(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		})}, filesource.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var limited *connectors.RateLimited
		if err := firstError(t, source); !errors.As(err, &limited) || time.Until(limited.Until) < 59*time.Minute {
			t.Errorf("error = %v, want RateLimited for an hour", err)
		}
	})
}

func TestTheTokenIsSent(t *testing.T) {
	token := secret.New("canary")
	for wanted, auth := range map[string]filesource.Auth{
		"Bearer canary":          {Token: token},
		"Basic YW5uOmNhbmFyeQ==": {User: "ann", Token: token},
		"":                       {},
	} {
		got := "none"
		s := fetching(t, 0, func(w http.ResponseWriter, r *http.Request) {
			got = r.Header.Get("Authorization")
			w.Header().Set("Last-Modified", "Thu, 05 Nov 2026 10:00:00 GMT")
		}, auth)
		want(t, read(t, s, nil), "a.xml: ")
		if got != wanted {
			t.Errorf("sent %q, want %q", got, wanted)
		}
	}
}

func TestAnAddressIsNamedWithoutItsQuery(t *testing.T) {
	s := fetching(t, 0, nil, filesource.Auth{})
	if s.Title() != s.Instance() || strings.Contains(s.Title(), "hidden") || !strings.HasSuffix(s.Title(), ".example/plans/a.xml") {
		t.Errorf("title %q, instance %q", s.Title(), s.Instance())
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
