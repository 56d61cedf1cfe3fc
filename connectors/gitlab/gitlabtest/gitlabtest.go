// Package gitlabtest is a stateful GitLab for tests and for the demo. It speaks
// the part of the REST API that a connector needs, over a model that may be
// changed while it runs, and it can misbehave on demand.
//
// It does not try to be a GitLab for people: there are no repositories, no
// writing through the API, and no roles beyond who is a member of what.
package gitlabtest

import (
	"encoding/json"
	"net/http"
	"net/url"
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
	// Address is what the site believes to be its address, for web URLs.
	Address string
	// Free leaves out what needs a licence: epics.
	Free bool
	// Version is the release; 17.5.1 unless set. Before 15.2 there is no metadata,
	// before 15.10 milestones cannot be asked for by their time of change, and
	// before 16.7 a group does not answer for the milestones below it.
	Version string
	// NoDate leaves out the header by which a reply tells the time, as some
	// proxies do.
	NoDate bool
}

// Account is a token and whom it belongs to.
type Account struct {
	Token   string
	User    int64
	Admin   bool
	Bearer  bool // it came by OAuth
	Expires string
	Scopes  []string // read_api unless set
}

// Site is one GitLab. Make it with New. All methods may be called at any time.
type Site struct {
	*fake.Menu

	opts Options

	mu         sync.RWMutex
	lastID     map[string]int64
	users      map[int64]*User
	accounts   map[string]Account
	hidden     map[string]map[string]bool // by token, "group 7" or "project 7"
	groups     map[int64]*Group
	projects   map[int64]*Project
	milestones map[string][]*Milestone // by "group 7" or "project 7"
	epics      map[int64]*Epic
	issues     map[int64]*Issue
	links      map[int64]Link
	members    map[string][]Member
}

// New makes an empty site.
func New(o Options) *Site {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Address == "" {
		o.Address = "https://gitlab.example.com"
	}
	if o.Version == "" {
		o.Version = "17.5.1"
	}
	return &Site{
		Menu: newMenu(), opts: o, lastID: map[string]int64{}, users: map[int64]*User{}, accounts: map[string]Account{}, hidden: map[string]map[string]bool{},
		groups: map[int64]*Group{}, projects: map[int64]*Project{}, milestones: map[string][]*Milestone{}, epics: map[int64]*Epic{},
		issues: map[int64]*Issue{}, links: map[int64]Link{}, members: map[string][]Member{},
	}
}

// AddAccount lets a token in.
func (s *Site) AddAccount(a Account) { s.change(func() { s.accounts[a.Token] = a }) }

// SetFree takes the licence for epics away, or gives it back.
func (s *Site) SetFree(free bool) { s.change(func() { s.opts.Free = free }) }

// HideProject takes a project out of an account's sight, or gives it back.
func (s *Site) HideProject(token string, id int64, hide bool) {
	s.change(func() {
		if s.hidden[token] == nil {
			s.hidden[token] = map[string]bool{}
		}
		s.hidden[token][of("project", id)] = hide
	})
}

// change runs an edit of the model.
func (s *Site) change(edit func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	edit()
}

func (s *Site) now() time.Time { return s.opts.Now().UTC().Truncate(time.Millisecond) }

func (s *Site) newID(kind string) int64 { s.lastID[kind]++; return s.lastID[kind] }

func of(kind string, id int64) string { return kind + " " + strconv.FormatInt(id, 10) }

// request is one call being answered. It reads the model, which is locked.
type request struct {
	*Site
	account Account
	fault   fake.Kind
	w       http.ResponseWriter
	r       *http.Request
}

func (q *request) sees(kind string, id int64) bool { return !q.hidden[q.account.Token][of(kind, id)] }

// ServeHTTP answers as GitLab would.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Before(http.HandlerFunc(s.serve)).ServeHTTP(w, r)
}

func (s *Site) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	q := &request{Site: s, fault: fake.Struck(r), w: w, r: r}
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer {
		token = r.Header.Get("Private-Token")
	}
	account, ok := s.accounts[token]
	if !ok || account.Bearer != bearer {
		q.refuse(http.StatusUnauthorized, "401 Unauthorized")
		return
	}
	q.account = account
	q.route()
}

// route answers by the path.
func (q *request) route() {
	path, ok := strings.CutPrefix(q.r.URL.EscapedPath(), "/api/v4/")
	parts := strings.Split(path, "/")
	if !ok || q.r.Method != http.MethodGet {
		q.notFound("")
		return
	}
	switch path {
	case "user":
		q.user()
		return
	case "version":
		q.answer(object{"version": q.opts.Version, "revision": "0000000"})
		return
	case "metadata":
		if strings.HasPrefix(q.opts.Version, "14.") {
			q.notFound("")
			return
		}
		q.answer(object{"version": q.opts.Version, "revision": "0000000", "enterprise": !q.opts.Free})
		return
	case "personal_access_tokens/self":
		q.token()
		return
	case "groups":
		q.groupList()
		return
	case "projects":
		q.projectList()
		return
	}
	if len(parts) < 2 {
		q.notFound("")
		return
	}
	id, rest := q.find(parts[0], parts[1]), parts[2:]
	switch {
	case parts[0] == "groups" && q.groups[id] != nil && q.sees("group", id):
		q.inGroup(q.groups[id], rest)
	case parts[0] == "projects" && q.projects[id] != nil && q.sees("project", id):
		q.inProject(q.projects[id], rest)
	case parts[0] == "groups":
		q.notFound("Group ")
	case parts[0] == "projects":
		q.notFound("Project ")
	default:
		q.notFound("")
	}
}

// find reads an id, or the whole path of a group or project.
func (q *request) find(kind, text string) int64 {
	if id, err := strconv.ParseInt(text, 10, 64); err == nil {
		return id
	}
	path, err := url.PathUnescape(text)
	if err != nil {
		return 0
	}
	for id, g := range q.groups {
		if kind == "groups" && q.fullPath(g) == path {
			return id
		}
	}
	for id, p := range q.projects {
		if kind == "projects" && q.projectPath(p) == path {
			return id
		}
	}
	return 0
}

// object is a JSON object.
type object = map[string]any

func (q *request) answer(v any) {
	body, err := json.Marshal(v)
	if err != nil {
		q.refuse(http.StatusInternalServerError, err.Error())
		return
	}
	h := q.w.Header()
	h.Set("Content-Type", "application/json")
	if !q.opts.NoDate {
		h.Set("Date", q.now().Format(http.TimeFormat))
	}
	h.Set("RateLimit-Limit", "2000")
	h.Set("RateLimit-Remaining", "1999")
	h.Set("RateLimit-Reset", strconv.FormatInt(q.now().Add(time.Minute).Unix(), 10))
	_, _ = q.w.Write(body)
}

func (q *request) notFound(what string) { q.refuse(http.StatusNotFound, "404 "+what+"Not Found") }

func (q *request) refuse(status int, message string) {
	q.w.Header().Set("Content-Type", "application/json")
	q.w.WriteHeader(status)
	_ = json.NewEncoder(q.w).Encode(object{"message": message})
}

// countedAtMost is how many records of a listing are counted: above it there is
// no X-Total.
const countedAtMost = 10_000

// list answers a page of a listing.
func (q *request) list(all []json.RawMessage) {
	query := q.r.URL.Query()
	number := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(query.Get(name)); err == nil && n > 0 {
			return n
		}
		return otherwise
	}
	page, size := number("page", 1), min(number("per_page", 20), 100)
	if q.fault == fake.ShortPage {
		size = 1
	}
	part := all[min((page-1)*size, len(all)):]
	part = part[:min(size, len(part))]
	next := ""
	if page*size < len(all) {
		next = strconv.Itoa(page + 1)
	}
	switch q.fault {
	case fake.EmptyPage:
		part, next = nil, strconv.Itoa(page+1)
	case fake.RepeatToken:
		next = strconv.Itoa(page)
	}
	h := q.w.Header()
	h.Set("X-Page", strconv.Itoa(page))
	h.Set("X-Per-Page", strconv.Itoa(size))
	h.Set("X-Next-Page", next)
	if len(all) <= countedAtMost {
		h.Set("X-Total", strconv.Itoa(len(all)))
		h.Set("X-Total-Pages", strconv.Itoa((len(all)+size-1)/size))
	}
	if part == nil {
		part = []json.RawMessage{}
	}
	q.answer(part)
}

// Transport asks the site in this process.
func (s *Site) Transport() http.RoundTripper { return fake.InProcess(s) }
