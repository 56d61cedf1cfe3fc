// Package asanatest is a stateful Asana for tests and for the demo. It speaks
// the part of the REST API that a connector needs over a model that may be
// changed while it runs, sends events with sync tokens that expire, and can
// misbehave on demand.
//
// It does not try to be an Asana for people: nothing is written through the
// API, and there are no permissions beyond which account sees which project.
// What it does not know it refuses loudly, as Asana would.
package asanatest

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"plumbline/connectors/connectortest/fake"
)

// Options shape a site. The zero value has the real clock.
type Options struct {
	// Workspace is the name of the only workspace, Example unless set.
	Workspace string
	// Now is the site's clock.
	Now func() time.Time
	// EventLife is how long events and their tokens are kept: a day unless set.
	EventLife time.Duration
	// EventDelay is how late events come.
	EventDelay time.Duration
	// OffsetLife is how long the offset of a page can be used: a day unless set.
	OffsetLife time.Duration
}

// Account is a token and whom it belongs to.
type Account struct {
	Token   string
	User    string // User.GID
	Service bool   // a service account: it may list every portfolio
}

// Site is one Asana with one workspace. Make it with New. All methods may be
// called at any time.
type Site struct {
	*fake.Menu

	opts      Options
	workspace string // gid

	mu         sync.RWMutex
	last       int64 // gid
	users      map[string]User
	accounts   []Account
	hidden     map[string]map[string]bool // by token, project gids
	fields     map[string]CustomField
	projects   map[string]Project
	tasks      map[string]Task
	tasksOf    map[string][]string // by project, in the order of their gids
	waitingFor map[string][]string // gids of the tasks that wait for one
	statuses   map[string]Status
	reportsOf  map[string][]string // by project
	portfolios map[string]Portfolio
	goals      map[string]Goal
	log        map[string][]event // by project
	seq        int64
}

// New makes a site with an empty workspace.
func New(o Options) *Site {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Workspace == "" {
		o.Workspace = "Example"
	}
	if o.EventLife == 0 {
		o.EventLife = 24 * time.Hour
	}
	if o.OffsetLife == 0 {
		o.OffsetLife = 24 * time.Hour
	}
	s := &Site{
		Menu: newMenu(), opts: o, last: 1200000000000000, users: map[string]User{}, hidden: map[string]map[string]bool{}, fields: map[string]CustomField{},
		projects: map[string]Project{}, tasks: map[string]Task{},
		tasksOf: map[string][]string{}, waitingFor: map[string][]string{}, statuses: map[string]Status{}, reportsOf: map[string][]string{},
		portfolios: map[string]Portfolio{}, goals: map[string]Goal{}, log: map[string][]event{},
	}
	s.workspace = s.gid()
	return s
}

func (s *Site) now() time.Time { return s.opts.Now().UTC().Truncate(time.Millisecond) }

// gid makes a new one; they grow.
func (s *Site) gid() string {
	s.last++
	return strconv.FormatInt(s.last, 10)
}

// Workspace is the gid of the workspace.
func (s *Site) Workspace() string { return s.workspace }

// AddAccount lets a token in.
func (s *Site) AddAccount(a Account) { s.change(func() { s.accounts = append(s.accounts, a) }) }

// Hide takes the account's access to a project.
func (s *Site) Hide(token, project string) { s.permit(token, project, false) }

// Show gives the access back.
func (s *Site) Show(token, project string) { s.permit(token, project, true) }

func (s *Site) permit(token, project string, may bool) {
	s.change(func() {
		set := maps.Clone(s.hidden[token])
		if set == nil {
			set = map[string]bool{}
		}
		if delete(set, project); !may {
			set[project] = true
		}
		s.hidden[token] = set
	})
}

func (s *Site) change(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

// ServeHTTP answers as Asana would.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	s.Before(http.HandlerFunc(s.serve)).ServeHTTP(w, r)
}

// request is one call being answered. It reads the model, which is locked.
type request struct {
	*Site
	w       http.ResponseWriter
	r       *http.Request
	account Account
	fields  fieldTree
}

func (s *Site) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	q := &request{Site: s, w: w, r: r}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	at := slices.IndexFunc(s.accounts, func(a Account) bool { return a.Token == token })
	if at < 0 || token == "" {
		refuse(w, http.StatusUnauthorized, "Not Authorized")
		return
	}
	q.account = s.accounts[at]
	q.fields = parseFields(q.param("opt_fields"))
	path, ok := strings.CutPrefix(r.URL.Path, "/api/1.0/")
	if !ok || r.Method != http.MethodGet {
		q.noSuchPath()
		return
	}
	q.dispatch(path)
}

func (q *request) param(name string) string { return q.r.URL.Query().Get(name) }

func (q *request) sees(project string) bool { return !q.hidden[q.account.Token][project] }

func (q *request) noSuchPath() { refuse(q.w, http.StatusNotFound, "No matching route for request") }

// one answers with a record.
func (q *request) one(r record) { q.answer(map[string]any{"data": q.shown(r)}) }

func (q *request) answer(v any) {
	body, err := json.Marshal(v)
	if err != nil {
		refuse(q.w, http.StatusInternalServerError, err.Error())
		return
	}
	q.w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_, _ = q.w.Write(body)
}

// refuse answers with the shape of Asana's errors.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []map[string]string{{"message": message, "help": "For more information on API status codes and how to handle them, read the docs on errors"}}})
}

// Transport asks the site in this process.
func (s *Site) Transport() http.RoundTripper { return fake.InProcess(s) }
