// Package jiratest is a stateful Jira for tests and for the demo. It speaks the
// part of the REST API that a connector needs, in the manner of Jira Cloud or
// of Jira Data Center, over a model that may be changed while it runs, and it
// can misbehave on demand.
//
// It does not try to be a Jira for people: there is no writing through the API,
// no permission scheme beyond which account sees which project, and JQL is only
// what is listed in jql.go. Whatever it does not know it refuses loudly, as
// Jira would.
package jiratest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"plumbline/connectors/connectortest/fake"
)

// Deployment is the kind of Jira that is played.
type Deployment int

// The two kinds of Jira.
const (
	Cloud Deployment = iota
	DataCenter
)

// Options shape a site. The zero value is a Cloud site with the real clock.
type Options struct {
	Deployment Deployment
	// BaseURL is what the site believes to be its address, for self links.
	BaseURL string
	// CloudID is the id of a Cloud site, under which it also serves the API at
	// /ex/jira/{CloudID}, where scoped tokens must go. One is made up unless set.
	CloudID string
	// Now is the site's clock.
	Now func() time.Time
	// Anonymous lets callers without a good credential in, with HTTP 200: they
	// see public projects only.
	Anonymous bool
	// IndexDelay is how long the search index lags behind. Reading an issue by
	// its id is never late.
	IndexDelay time.Duration
	// MaxPage caps the page of a search that asks for more than ids: 100 unless
	// set. Pages of ids hold up to 5000.
	MaxPage int
}

// Account is a credential and whom it belongs to.
type Account struct {
	Email string // for Basic authentication, with Token
	Token string // an API token, or a personal access token as Bearer
	User  string // User.ID
	Admin bool   // sees the bin

	Scoped  bool      // the token is refused outside /ex/jira/{CloudID}
	Expires time.Time // zero: never
}

// Site is one Jira. Make it with New. All methods may be called at any time.
type Site struct {
	*fake.Menu

	opts Options

	mu          sync.RWMutex
	revision    int64 // counts changes of the model
	lastID      int64
	lastNumber  map[int64]int
	users       map[string]*User
	accounts    []Account
	hidden      map[string]map[int64]bool // by token, project ids
	fields      []Field
	types       []IssueType
	statuses    []Status
	linkTypes   []LinkType
	projects    map[int64]*Project
	projectKeys map[string]int64 // former keys too
	versions    map[int64]*Version
	versionsOf  map[int64][]int64
	issues      map[int64]*Issue // each one immutable, replaced by an edit
	issueKeys   map[string]int64 // former keys too
	links       map[int64]Link
	linksOf     map[int64][]int64

	derived derived
}

// New makes an empty site with the usual issue types, statuses and link types.
func New(o Options) *Site {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.BaseURL == "" {
		o.BaseURL = "https://jira.example.com"
		if o.Deployment == Cloud {
			o.BaseURL = "https://example.atlassian.net"
		}
	}
	if o.CloudID == "" && o.Deployment == Cloud {
		sum := sha256.Sum256([]byte(o.BaseURL))
		o.CloudID = fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
	}
	if o.MaxPage == 0 {
		o.MaxPage = 100
	}
	s := &Site{
		Menu: newMenu(), opts: o, lastID: 10100, lastNumber: map[int64]int{}, users: map[string]*User{}, hidden: map[string]map[int64]bool{},
		projects: map[int64]*Project{}, projectKeys: map[string]int64{}, versions: map[int64]*Version{}, versionsOf: map[int64][]int64{},
		issues: map[int64]*Issue{}, issueKeys: map[string]int64{}, links: map[int64]Link{}, linksOf: map[int64][]int64{},
	}
	s.defaults()
	return s
}

func (s *Site) now() time.Time { return s.opts.Now() }

// AddAccount lets a credential in.
func (s *Site) AddAccount(a Account) { s.change(func() { s.accounts = append(s.accounts, a) }) }

// Expire ends a token at the time.
func (s *Site) Expire(token string, at time.Time) {
	s.change(func() {
		for i := range s.accounts {
			if s.accounts[i].Token == token {
				s.accounts[i].Expires = at
			}
		}
	})
}

// Rename gives the site another address, as an administrator of Cloud can. Its
// CloudID stays.
func (s *Site) Rename(baseURL string) { s.change(func() { s.opts.BaseURL = baseURL }) }

// SetZone moves a user's profile to a time zone.
func (s *Site) SetZone(user, zone string) {
	s.change(func() {
		u := *s.users[user]
		u.Zone = zone
		s.users[user] = &u
	})
}

// Hide takes the account's permission to browse a project.
func (s *Site) Hide(token, project string) { s.permit(token, project, false) }

// Show gives the permission back.
func (s *Site) Show(token, project string) { s.permit(token, project, true) }

func (s *Site) permit(token, project string, may bool) {
	s.change(func() {
		set := maps.Clone(s.hidden[token])
		if set == nil {
			set = map[int64]bool{}
		}
		if id := s.mustProject(project).ID; may {
			delete(set, id)
		} else {
			set[id] = true
		}
		s.hidden[token] = set
	})
}

// caller is who a request comes from.
type caller struct {
	account Account
	user    *User // nil: anonymous
	zone    *time.Location
	hidden  map[int64]bool
}

func (c caller) sees(p *Project) bool {
	switch {
	case p == nil:
		return false
	case c.user == nil:
		return p.Public && p.Deleted.IsZero()
	default:
		return !c.hidden[p.ID]
	}
}

// caller finds out who sent a request, with the lock held for reading.
func (s *Site) caller(r *http.Request, scoped bool) (c caller, ok bool) {
	c.zone = time.UTC
	kind, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	email, token := "", value
	if kind == "Basic" {
		raw, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return c, false
		}
		email, token, _ = strings.Cut(string(raw), ":")
	}
	for _, a := range s.accounts {
		good := a.Token == token && token != "" && (kind == "Bearer" && (a.Email == "" || s.opts.Deployment == DataCenter) || kind == "Basic" && a.Email == email)
		if !good || a.Scoped != scoped || !a.Expires.IsZero() && !s.now().Before(a.Expires) {
			continue
		}
		c.account, c.user, c.hidden = a, s.users[a.User], s.hidden[a.Token]
		if c.user == nil {
			return c, false
		}
		if loc, err := time.LoadLocation(c.user.Zone); err == nil {
			c.zone = loc
		}
		return c, true
	}
	return c, s.opts.Anonymous
}

// ServeHTTP answers as Jira would.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Before(http.HandlerFunc(s.serve)).ServeHTTP(w, r)
}

func (s *Site) serve(w http.ResponseWriter, r *http.Request) {
	path, scoped := r.URL.Path, false
	if s.opts.Deployment == Cloud {
		path, scoped = strings.CutPrefix(path, "/ex/jira/"+s.opts.CloudID)
		if path == "/_edge/tenant_info" && !scoped {
			(&request{w: w}).answer(map[string]string{"cloudId": s.opts.CloudID})
			return
		}
	}
	q := &request{Site: s, w: w, r: r}
	q.read(path, scoped)
	if q.afterwards != nil {
		q.afterwards()
	}
}

// read answers while the model stands still.
func (q *request) read(path string, scoped bool) {
	s := q.Site
	s.mu.RLock()
	defer s.mu.RUnlock()
	var ok bool
	if q.caller, ok = s.caller(q.r, scoped); !ok {
		q.w.Header().Set("WWW-Authenticate", `OAuth realm="jira"`)
		refuse(q.w, http.StatusUnauthorized, "Client must be authenticated to access this resource.")
		return
	}
	rest, isAPI := strings.CutPrefix(path, "/rest/api/")
	api, rest, _ := strings.Cut(rest, "/")
	q.api = api
	switch {
	case isAPI && s.opts.Deployment == Cloud && (api == "3" || api == "2"):
		q.dispatch(rest, cloudRoutes)
	case isAPI && s.opts.Deployment == DataCenter && api == "2":
		q.dispatch(rest, dataCenterRoutes)
	case s.opts.Deployment == DataCenter && path == "/rest/pat/latest/tokens":
		q.tokens()
	default:
		q.noSuchPath()
	}
}

// request is one call being answered. It reads the model, which is locked.
type request struct {
	*Site
	caller caller
	api    string // 2 or 3
	w      http.ResponseWriter
	r      *http.Request

	afterwards func() // what to do once the model may change again
}

func (q *request) url(path string) string { return q.opts.BaseURL + "/rest/api/" + q.api + "/" + path }

func (q *request) param(name string) string { return q.r.URL.Query().Get(name) }

// number reads a number from the query.
func (q *request) number(name string, otherwise int) int {
	if n, err := strconv.Atoi(q.param(name)); err == nil && n >= 0 {
		return n
	}
	return otherwise
}

// list reads a parameter that may be repeated or hold commas.
func (q *request) list(name string) []string {
	var out []string
	for _, v := range q.r.URL.Query()[name] {
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

// body reads a JSON body that may hold nothing but the fields of v, as Jira's
// newer endpoints insist on.
func (q *request) body(v any) bool {
	if ct := q.r.Header.Get("Content-Type"); !strings.HasPrefix(ct, "application/json") {
		refuse(q.w, http.StatusUnsupportedMediaType, "Content-Type is not application/json.")
		return false
	}
	d := json.NewDecoder(q.r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		refuse(q.w, http.StatusBadRequest, "Invalid request payload. Refer to the REST API documentation and try again.")
		return false
	}
	return true
}

func (q *request) answer(v any) {
	body, err := json.Marshal(v)
	if err != nil {
		refuse(q.w, http.StatusInternalServerError, err.Error())
		return
	}
	q.answerBytes(body)
}

func (q *request) answerBytes(body []byte) {
	q.w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_, _ = q.w.Write(body)
}

// refuse answers with the shape of Jira's errors.
func refuse(w http.ResponseWriter, status int, messages ...string) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errorMessages": messages, "errors": map[string]string{}})
}

// Transport asks the site in this process.
func (s *Site) Transport() http.RoundTripper { return fake.InProcess(s) }
