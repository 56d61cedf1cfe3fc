// Package githubtest is a stateful GitHub for tests and for the demo. It
// speaks the part of the REST API and of the GraphQL API that a connector
// needs, over a model that may be changed while it runs, and it can misbehave
// on demand.
//
// It does not try to be a GitHub for people: nothing is written through its
// API but installation tokens, there are no permissions beyond which account
// sees which repository or board, and GraphQL is queries of what is listed in
// graph.go. Whatever it does not know it refuses loudly, as GitHub would.
package githubtest

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"plumbline/connectors/connectortest/fake"
)

// Options shape a site. The zero value is github.com with the real clock.
type Options struct {
	// BaseURL is the address of the API: https://api.github.com unless set; of
	// an Enterprise Server https://HOST/api/v3.
	BaseURL string
	// Web is the address that people use, in links; as the API's unless set.
	Web string
	// Version is that of an Enterprise Server.
	Version string
	// Now is the site's clock.
	Now func() time.Time
}

// Account is a credential and whom it belongs to.
type Account struct {
	Token string
	User  string   // login
	Scope []string // of a classic token; nil: a fine-grained one
	// Expires is when the token ends; zero: never.
	Expires time.Time
	// Misdated makes the header of the expiry tell the present time, as
	// GitHub's does for some fine-grained tokens.
	Misdated bool

	installation int64 // of an app's token
}

// App is a GitHub App with one installation.
type App struct {
	ID           int64
	Slug         string
	Key          *rsa.PublicKey
	Installation int64
	Account      string // login on which it is installed
	Permissions  map[string]string
	Suspended    bool
}

// Site is one GitHub. Make it with New. All methods may be called at any time.
type Site struct {
	*fake.Menu

	opts Options

	mu           sync.RWMutex
	lastID       int64
	owners       map[string]*Owner // by login, lower case
	accounts     []Account
	apps         []App
	hidden       map[string]map[int64]bool // by token, ids of repositories and boards
	repositories map[int64]*Repository
	reposOf      map[string][]int64 // by owner, in the order of creation
	names        map[string]int64   // full names, former ones too
	milestones   map[int64]*Milestone
	milestonesOf map[int64][]int64
	issues       map[int64]*Issue
	issuesOf     map[int64][]int64
	moved        map[string]int64 // issues that were transferred, by owner/name#number
	boards       map[int64]*Board
	items        map[int64]*Item
	itemsOf      map[int64][]int64
	updates      map[int64][]*StatusUpdate
	fields       []IssueField

	meter meter
}

// New makes an empty site.
func New(o Options) *Site {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.BaseURL == "" {
		o.BaseURL = "https://api.github.com"
	}
	return &Site{
		Menu: newMenu(), opts: o, lastID: 1000, owners: map[string]*Owner{}, hidden: map[string]map[int64]bool{},
		repositories: map[int64]*Repository{}, reposOf: map[string][]int64{}, names: map[string]int64{},
		milestones: map[int64]*Milestone{}, milestonesOf: map[int64][]int64{},
		issues: map[int64]*Issue{}, issuesOf: map[int64][]int64{}, moved: map[string]int64{},
		boards: map[int64]*Board{}, items: map[int64]*Item{}, itemsOf: map[int64][]int64{}, updates: map[int64][]*StatusUpdate{},
	}
}

// now is GitHub's clock, which tells whole seconds.
func (s *Site) now() time.Time { return s.opts.Now().UTC().Truncate(time.Second) }

func (s *Site) change(edit func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	edit()
}

func (s *Site) nextID() int64 {
	s.lastID++
	return s.lastID
}

// AddAccount lets a credential in.
func (s *Site) AddAccount(a Account) { s.change(func() { s.accounts = append(s.accounts, a) }) }

// Revoke ends a token, as its owner or time does.
func (s *Site) Revoke(token string) {
	s.change(func() {
		for i := range s.accounts {
			if s.accounts[i].Token == token {
				s.accounts[i].Token = ""
			}
		}
	})
}

// Hide takes the sight of a repository or a board from a token.
func (s *Site) Hide(token string, id int64) {
	s.change(func() {
		if s.hidden[token] == nil {
			s.hidden[token] = map[int64]bool{}
		}
		s.hidden[token][id] = true
	})
}

// Show gives it back.
func (s *Site) Show(token string, id int64) { s.change(func() { delete(s.hidden[token], id) }) }

// request is one call being answered. It reads the model, which is locked.
type request struct {
	*Site
	account Account
	w       http.ResponseWriter
	r       *http.Request
	path    []string // below the API's base
}

// ServeHTTP implements http.Handler.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Before(http.HandlerFunc(s.serve)).ServeHTTP(w, r)
}

func (s *Site) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	if s.opts.Version != "" {
		w.Header().Set("X-GitHub-Enterprise-Version", s.opts.Version)
	}
	path := strings.TrimPrefix(r.URL.Path, strings.TrimSuffix(s.prefix(), "/v3"))
	if s.prefix() != "" && path != "/graphql" {
		path = strings.TrimPrefix(path, "/v3")
	}
	q := &request{Site: s, w: w, r: r, path: strings.Split(strings.Trim(path, "/"), "/")}
	if q.path[0] == "app" {
		s.mu.Lock() // it makes tokens
		defer s.mu.Unlock()
		q.app()
		return
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if !q.signIn() {
		refuse(w, http.StatusUnauthorized, "Bad credentials")
		return
	}
	if q.path[0] == "graphql" {
		q.graphql()
		return
	}
	q.rest()
}

// prefix is the path of an Enterprise Server's API, as /api/v3.
func (s *Site) prefix() string {
	_, rest, _ := strings.Cut(s.opts.BaseURL, "://")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return ""
}

// web is the address that people use.
func (s *Site) web() string {
	if s.opts.Web != "" {
		return s.opts.Web
	}
	return strings.Replace(strings.TrimSuffix(s.opts.BaseURL, s.prefix()), "://api.", "://", 1)
}

func (q *request) signIn() bool {
	_, token, _ := strings.Cut(q.r.Header.Get("Authorization"), " ")
	for _, a := range q.accounts {
		if token == "" || a.Token != token || !a.Expires.IsZero() && !q.opts.Now().Before(a.Expires) {
			continue
		}
		q.account = a
		h := q.w.Header()
		if a.Scope != nil {
			h.Set("X-OAuth-Scopes", strings.Join(a.Scope, ", "))
		}
		switch {
		case a.installation != 0 || a.Expires.IsZero():
		case a.Misdated:
			h.Set("GitHub-Authentication-Token-Expiration", q.now().Format("2006-01-02 15:04:05 -0700"))
		default:
			h.Set("GitHub-Authentication-Token-Expiration", a.Expires.UTC().Format("2006-01-02 15:04:05 MST"))
		}
		return true
	}
	return false
}

func (q *request) sees(id int64) bool { return !q.hidden[q.account.Token][id] }

func (q *request) param(name string) string { return q.r.URL.Query().Get(name) }

// answer writes a reply with its ETag; one that the caller has already is a
// 304, which costs nothing.
func (q *request) answer(v any) {
	body, err := json.Marshal(v)
	if err != nil {
		refuse(q.w, http.StatusInternalServerError, err.Error())
		return
	}
	sum := sha256.Sum256(body)
	tag := `W/"` + hex.EncodeToString(sum[:16]) + `"`
	h := q.w.Header()
	h.Set("ETag", tag)
	h.Set("X-RateLimit-Limit", "5000")
	h.Set("X-RateLimit-Reset", strconv.FormatInt(q.now().Add(time.Hour).Unix(), 10))
	if q.r.Method == http.MethodGet && q.r.Header.Get("If-None-Match") == tag {
		h.Set("X-RateLimit-Remaining", strconv.Itoa(q.meter.remaining(0)))
		q.w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("X-RateLimit-Remaining", strconv.Itoa(q.meter.remaining(1)))
	h.Set("Content-Type", "application/json; charset=utf-8")
	_, _ = q.w.Write(body)
}

// refuse answers with the shape of GitHub's errors.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status)})
}

func (q *request) notFound() { refuse(q.w, http.StatusNotFound, "Not Found") }

// Transport asks the site in this process.
func (s *Site) Transport() http.RoundTripper { return fake.InProcess(s) }
