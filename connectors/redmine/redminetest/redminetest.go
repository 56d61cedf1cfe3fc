// Package redminetest is a stateful Redmine for tests and for the demo. It
// speaks the part of the REST API that a connector needs, as Redmine 5.0.4
// speaks it, traps included, over a model that may be changed while it runs, and
// it can misbehave on demand.
//
// It does not try to be a Redmine for people: there is no writing through the
// API, no roles beyond which account sees which project, and searches know only
// what is listed in search.go.
package redminetest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"plumbline/connectors/connectortest/fake"
)

// Options shape a site.
type Options struct {
	// Now is the site's clock; nil means time.Now.
	Now func() time.Time
	// Old leaves out of an issue whether its status is closed, as before 5.0.
	Old bool
}

// Account is an API access key and whom it belongs to.
type Account struct {
	Key   string
	User  int64
	Admin bool
}

// Site is one Redmine. Make it with New. All methods may be called at any time.
type Site struct {
	*fake.Menu

	opts Options

	mu        sync.RWMutex
	lastID    map[string]int64
	users     map[int64]*User
	accounts  map[string]Account
	hidden    map[string]map[int64]bool // by key, project ids
	fields    []Field
	trackers  []Tracker
	statuses  []Status
	projects  map[int64]*Project
	versions  map[int64]*Version
	versionOf map[int64][]int64 // by project, in order
	issues    map[int64]*Issue
	order     []int64 // issue ids, ascending
	relations map[int64]Relation
	linked    map[int64][]int64 // by issue
	members   map[int64][]Member
	closedAPI bool
}

// New makes an empty site with the trackers, statuses and roles of a new Redmine.
func New(o Options) *Site {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Site{
		Menu: newMenu(), opts: o, lastID: map[string]int64{}, users: map[int64]*User{}, accounts: map[string]Account{}, hidden: map[string]map[int64]bool{},
		projects: map[int64]*Project{}, versions: map[int64]*Version{}, versionOf: map[int64][]int64{}, issues: map[int64]*Issue{},
		relations: map[int64]Relation{}, linked: map[int64][]int64{}, members: map[int64][]Member{},
	}
	s.trackers = []Tracker{{1, "Bug", 1}, {2, "Feature", 1}, {3, "Support", 1}, {4, "Milestone", 1}}
	s.statuses = []Status{{1, "New", false}, {2, "In Progress", false}, {3, "Resolved", false}, {4, "Feedback", false}, {5, "Closed", true}, {6, "Rejected", true}}
	return s
}

// AddAccount lets a key in.
func (s *Site) AddAccount(a Account) { s.change(func() { s.accounts[a.Key] = a }) }

// Revoke makes a key one that nobody has: it is answered as anybody is.
func (s *Site) Revoke(key string) { s.change(func() { delete(s.accounts, key) }) }

// CloseAPI switches the REST web service off, or on again.
func (s *Site) CloseAPI(closed bool) { s.change(func() { s.closedAPI = closed }) }

// Hide takes a project out of an account's sight, or gives it back.
func (s *Site) Hide(key string, project int64, hide bool) {
	s.change(func() {
		if s.hidden[key] == nil {
			s.hidden[key] = map[int64]bool{}
		}
		s.hidden[key][project] = hide
	})
}

// change runs an edit of the model.
func (s *Site) change(edit func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	edit()
}

func (s *Site) now() time.Time { return s.opts.Now().UTC().Truncate(time.Second) }

func (s *Site) newID(kind string) int64 { s.lastID[kind]++; return s.lastID[kind] }

// request is one call being answered. It reads the model, which is locked.
type request struct {
	*Site
	account Account // without a user: anybody
	fault   fake.Kind
	w       http.ResponseWriter
	r       *http.Request
}

// sees tells whether the caller may read what is in a project.
func (q *request) sees(id int64) bool {
	p := q.projects[id]
	switch {
	case p == nil || p.Status == Archived:
		return false
	case q.account.User == 0:
		return !p.Private
	case q.account.Admin:
		return true
	}
	return !q.hidden[q.account.Key][id]
}

// ServeHTTP answers as Redmine would.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Before(http.HandlerFunc(s.serve)).ServeHTTP(w, r)
}

func (s *Site) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	q := &request{Site: s, fault: fake.Struck(r), w: w, r: r}
	if !s.closedAPI {
		q.account = s.accounts[r.Header.Get("X-Redmine-Api-Key")]
	}
	q.route()
}

// route answers by the path. Nobody is refused for a key that is not known, but
// for the question who they are.
func (q *request) route() {
	path, ok := strings.CutSuffix(strings.Trim(q.r.URL.Path, "/"), ".json")
	parts := strings.Split(path, "/")
	if !ok || q.r.Method != http.MethodGet {
		q.refuse(http.StatusNotFound)
		return
	}
	if q.closedAPI {
		q.refuse(http.StatusForbidden)
		return
	}
	var id int64
	if len(parts) > 1 {
		id = q.idOf(parts[0], parts[1])
	}
	switch shape := parts[0] + strings.Repeat("/{}", min(len(parts)-1, 1)) + strings.Join(append([]string{""}, parts[min(len(parts), 2):]...), "/"); shape {
	case "users/{}":
		q.user(parts[1], id)
	case "projects":
		q.projectList()
	case "projects/{}":
		q.project(id)
	case "projects/{}/versions":
		q.versionList(id)
	case "projects/{}/memberships":
		q.memberships(id)
	case "versions/{}":
		q.version(id)
	case "issues":
		q.search()
	case "issues/{}":
		q.issue(id)
	case "relations/{}":
		q.relation(id)
	case "trackers":
		q.trackerList()
	case "issue_statuses":
		q.statusList()
	case "custom_fields":
		q.fieldList()
	default:
		q.refuse(http.StatusNotFound)
	}
}

// idOf reads an id; a project may also be named by its identifier.
func (q *request) idOf(kind, text string) int64 {
	if id, err := strconv.ParseInt(text, 10, 64); err == nil {
		return id
	}
	if kind == "projects" {
		for id, p := range q.projects {
			if p.Identifier == text {
				return id
			}
		}
	}
	return 0
}

func (q *request) answer(v any) {
	body, err := json.Marshal(v)
	if err != nil {
		q.refuse(http.StatusInternalServerError)
		return
	}
	q.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = q.w.Write(body)
}

// refuse answers as Redmine does: with a status and nothing else.
func (q *request) refuse(status int) {
	q.w.Header().Set("Content-Type", "application/json")
	if status == http.StatusUnauthorized {
		q.w.Header().Set("WWW-Authenticate", `Basic realm="Redmine API"`)
	}
	q.w.WriteHeader(status)
}

// Transport asks the site in this process.
func (s *Site) Transport() http.RoundTripper { return fake.InProcess(s) }
