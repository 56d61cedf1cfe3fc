package keys_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/doors/keys"
	"plumbline/portfolio"
)

const (
	biKey      = "plb_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	editorKey  = "plb_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"
	expiredKey = "plb_CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC"
)

var (
	today  = portfolio.NewDate(2026, time.March, 1)
	bi     = portfolio.Caller{Name: "bi", Role: portfolio.RoleViewer, Export: true, Departments: []string{"it"}}
	editor = portfolio.Caller{Name: "pmo", Role: portfolio.RoleEditor, Groups: []string{"cost"}}
)

func ring() *keys.Ring {
	return keys.NewRing([]keys.Key{
		{Caller: bi, SHA256: sha256.Sum256([]byte(biKey))},
		{Caller: editor, SHA256: sha256.Sum256([]byte(editorKey)), Expires: today},
		{Caller: editor, SHA256: sha256.Sum256([]byte(expiredKey)), Expires: today.AddDays(-1)},
	}, func() portfolio.Date { return today })
}

func request(set func(*http.Request)) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "http://plumbline.example.com/graphql", nil)
	if set != nil {
		set(r)
	}
	return r
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func TestWhoIsLetIn(t *testing.T) {
	cases := []struct {
		name string
		set  func(*http.Request)
		want portfolio.Caller
		err  error
	}{
		{"bearer", header("Authorization", "Bearer "+biKey), bi, nil},
		{"bearer in lower case", header("Authorization", "bearer "+biKey), bi, nil},
		{"password of Basic", func(r *http.Request) { r.SetBasicAuth("anybody", biKey) }, bi, nil},
		{"password of Basic without a name", func(r *http.Request) { r.SetBasicAuth("", biKey) }, bi, nil},
		{"a header of its own", header("X-API-Key", biKey), bi, nil},
		{"on its last day", header("X-API-Key", editorKey), editor, nil},
		{"after its last day", header("X-API-Key", expiredKey), portfolio.Caller{}, keys.ErrExpired},
		{"nothing", nil, portfolio.Caller{}, keys.ErrMissing},
		{"an empty bearer", header("Authorization", "Bearer "), portfolio.Caller{}, keys.ErrMissing},
		{"another scheme", header("Authorization", "Digest "+biKey), portfolio.Caller{}, keys.ErrMissing},
		{"the name of Basic", func(r *http.Request) { r.SetBasicAuth(biKey, "x") }, portfolio.Caller{}, keys.ErrUnknown},
		{"an unknown key", header("X-API-Key", biKey[:len(biKey)-1]+"B"), portfolio.Caller{}, keys.ErrUnknown},
		{"a part of a key", header("X-API-Key", biKey[:len(biKey)-1]), portfolio.Caller{}, keys.ErrUnknown},
		{"a key's hash", header("X-API-Key", string(func() []byte { h := sha256.Sum256([]byte(biKey)); return h[:] }())), portfolio.Caller{}, keys.ErrUnknown},
		{"a very long key", header("X-API-Key", strings.Repeat("x", 10_000)), portfolio.Caller{}, keys.ErrUnknown},
		{"a key in the URL", func(r *http.Request) { r.URL.RawQuery = "api_key=" + biKey }, portfolio.Caller{}, keys.ErrMissing},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := ring().Authenticate(request(c.set))
			if !errors.Is(err, c.err) {
				t.Errorf("error = %v, want %v", err, c.err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWithoutKeysOnlyTheOwnMachineIsServed(t *testing.T) {
	cases := []struct {
		remote, host string
		local        bool
	}{
		{"127.0.0.1:5000", "127.0.0.1:8080", true},
		{"127.0.0.1:5000", "localhost:8080", true},
		{"[::1]:5000", "[::1]:8080", true},
		{"127.0.0.1:5000", "localhost", true},
		{"10.0.0.7:5000", "localhost:8080", false},
		// A page of another site whose name was made to lead here.
		{"127.0.0.1:5000", "attacker.example:8080", false},
		{"127.0.0.1:5000", "127.0.0.1.attacker.example", false},
		{"127.0.0.1:5000", "", false},
	}
	for _, c := range cases {
		r := request(func(r *http.Request) { r.RemoteAddr, r.Host = c.remote, c.host })
		got, err := keys.NewRing(nil, nil).Authenticate(r)
		if c.local && (err != nil || got.Name != portfolio.Local.Name) || !c.local && !errors.Is(err, keys.ErrNotLocal) {
			t.Errorf("from %s to %q: %+v, %v, want local = %v", c.remote, c.host, got, err, c.local)
		}
	}
}

func TestTheDoor(t *testing.T) {
	var seen portfolio.Caller
	door := ring().Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = portfolio.CallerOf(r.Context()) }))

	let := httptest.NewRecorder()
	door.ServeHTTP(let, request(header("X-API-Key", biKey)))
	if diff := cmp.Diff(bi, seen); diff != "" || let.Code != http.StatusOK {
		t.Errorf("answered %d and let in: %s", let.Code, diff)
	}

	seen = portfolio.Caller{}
	refused := httptest.NewRecorder()
	door.ServeHTTP(refused, request(header("X-API-Key", "plb_canary")))
	if refused.Code != http.StatusUnauthorized || seen.Name != "" || strings.Contains(refused.Body.String(), "canary") {
		t.Errorf("answered %d %s and let in %q", refused.Code, refused.Body, seen.Name)
	}
	var answer struct {
		Errors []struct {
			Message    string
			Extensions map[string]string
		}
	}
	if err := json.Unmarshal(refused.Body.Bytes(), &answer); err != nil || answer.Errors[0].Extensions["code"] != "UNAUTHENTICATED" {
		t.Errorf("answered %s (%v), want a GraphQL error", refused.Body, err)
	}
	if got := len(refused.Header().Values("WWW-Authenticate")); got != 2 {
		t.Errorf("%d challenges, want Bearer and Basic", got)
	}

	script := httptest.NewRecorder()
	door.ServeHTTP(script, request(header("Sec-Fetch-Dest", "empty")))
	if got := script.Header().Values("WWW-Authenticate"); len(got) != 1 || !strings.HasPrefix(got[0], "Bearer") {
		t.Errorf("a script is challenged with %q, want no window of the browser", got)
	}

	elsewhere := httptest.NewRecorder()
	keys.NewRing(nil, nil).Require(door).ServeHTTP(elsewhere, request(nil))
	if elsewhere.Code != http.StatusForbidden {
		t.Errorf("answered %d to another machine, want 403", elsewhere.Code)
	}
}

func TestAKeyInTheURL(t *testing.T) {
	const urlKey = "plb_DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD"
	inURL := portfolio.Caller{Name: "power-bi", Role: portfolio.RoleViewer}
	ring := keys.NewRing([]keys.Key{
		{Caller: bi, SHA256: sha256.Sum256([]byte(biKey))},
		{Caller: inURL, SHA256: sha256.Sum256([]byte(urlKey)), InURL: true},
	}, func() portfolio.Date { return today })
	cases := []struct {
		name, query, header string
		status              int
		caller, rest        string
	}{
		{"one that may", "first=5&api_key=" + urlKey, "", http.StatusOK, "power-bi", "first=5"},
		{"one that may not", "api_key=" + biKey, "", http.StatusUnauthorized, "", ""},
		{"an unknown one", "api_key=plb_canary", "", http.StatusUnauthorized, "", ""},
		{"an empty one", "api_key=", "", http.StatusUnauthorized, "", ""},
		{"none", "first=5", "", http.StatusUnauthorized, "", ""},
		{"the header's counts", "api_key=" + urlKey, biKey, http.StatusOK, "bi", ""},
		{"what is not well encoded is passed on", "api_key=" + urlKey + "&filter=%zz", "", http.StatusOK, "power-bi", "api_key=" + urlKey + "&filter=%zz"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var caller, rest string
			door := ring.RequireInURL(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				caller, rest = portfolio.CallerOf(r.Context()).Name, r.URL.RawQuery
			}))
			r := httptest.NewRequest(http.MethodGet, "http://plumbline.example.com/export/projects.csv?"+c.query, nil)
			if c.header != "" {
				r.Header.Set("X-API-Key", c.header)
			}
			recorder := httptest.NewRecorder()
			door.ServeHTTP(recorder, r)
			if recorder.Code != c.status || caller != c.caller || rest != c.rest {
				t.Errorf("answered %d, let in %q with %q; want %d, %q, %q", recorder.Code, caller, rest, c.status, c.caller, c.rest)
			}
			if strings.Contains(recorder.Body.String(), "plb_canary") {
				t.Errorf("the answer repeats the key: %s", recorder.Body)
			}
		})
	}
}
