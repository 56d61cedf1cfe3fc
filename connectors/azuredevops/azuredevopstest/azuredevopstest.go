// Package azuredevopstest is a stateful Azure DevOps for tests and for the
// demo. It speaks the part of the REST API that a connector needs, in the
// manner of Azure DevOps Services or of Azure DevOps Server, over a model that
// may be changed while it runs, and it can misbehave on demand.
//
// It does not try to be an Azure DevOps for people: there is no writing through
// the API, no history, no permission beyond which account sees which project
// and work item, and WIQL is only what is listed in wiql.go. Whatever it does
// not know it refuses loudly, as Azure DevOps would.
package azuredevopstest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"plumbline/connectors/connectortest/fake"
)

// Options shape a site. The zero value is an organisation of Azure DevOps
// Services with the real clock.
type Options struct {
	// BaseURL is the address of the organisation or collection.
	BaseURL string
	// Server plays Azure DevOps Server: api-version 7.0 at most, links in their
	// older shape, no fields System.Parent and DueDate, and a feed of revisions
	// that does not take the unlisted field System.IsDeleted.
	Server bool
	// InstanceID is the id of the organisation. One is made up unless set.
	InstanceID string
	// Now is the site's clock.
	Now func() time.Time
	// Public lets callers without a good token in as nobody, who sees no more
	// than public projects: here none.
	Public bool
	// SignIn is how a bad token is answered: with 203 and a page unless set to
	// 302 or 401.
	SignIn int
	// FeedParents makes the feed of revisions tell the parents of work items.
	FeedParents bool
	// MaxBatch is how much a batch of a feed holds: 200 unless set.
	MaxBatch int
}

// Account is a token and whom it belongs to.
type Account struct {
	Token   string
	Bearer  bool // one of Entra: not taken as a password
	User    string
	Expires time.Time // zero: never
}

// Site is one organisation. Make it with New. All methods may be called at any
// time.
type Site struct {
	*fake.Menu

	opts Options
	path string // of BaseURL

	mu        sync.RWMutex
	lastID    int64
	watermark int64
	users     map[string]User
	accounts  []Account
	hidden    map[string]map[string]bool // by token: ids of projects and work items
	fields    []Field
	types     []ItemType
	projects  map[string]*Project
	items     map[int64]*Item
	made      []*Item // every one of them, in the order in which they were made
	nodes     map[string]*Iteration
	links     []linkRow
}

// New makes an empty site with the usual types and fields.
func New(o Options) *Site {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.BaseURL == "" {
		o.BaseURL = "https://dev.azure.com/example"
		if o.Server {
			o.BaseURL = "https://tfs.example.com/DefaultCollection"
		}
	}
	if o.InstanceID == "" {
		o.InstanceID = guid("organisation " + o.BaseURL)
	}
	if o.MaxBatch == 0 {
		o.MaxBatch = 200
	}
	if o.SignIn == 0 {
		o.SignIn = http.StatusNonAuthoritativeInfo
	}
	u, err := url.Parse(o.BaseURL)
	if err != nil {
		panic(err) // a test's own mistake
	}
	s := &Site{
		opts: o, path: strings.TrimRight(u.Path, "/"), watermark: 1000, users: map[string]User{}, hidden: map[string]map[string]bool{},
		projects: map[string]*Project{}, items: map[int64]*Item{}, nodes: map[string]*Iteration{}, types: usualTypes(), fields: usualFields(!o.Server),
	}
	s.Menu = s.newMenu()
	return s
}

// guid makes an id of the usual form from a text.
func guid(text string) string {
	h := sha256.Sum256([]byte(text))
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

func (s *Site) now() time.Time { return s.opts.Now() }

// BaseURL is the address of the organisation or collection.
func (s *Site) BaseURL() string { return s.opts.BaseURL }

// AddAccount lets a token in.
func (s *Site) AddAccount(a Account) { s.change(func() { s.accounts = append(s.accounts, a) }) }

// Hide takes from an account what it may see: a project, by its id, or a work
// item, by its number.
func (s *Site) Hide(token, id string) { s.permit(token, id, true) }

// Show gives it back.
func (s *Site) Show(token, id string) { s.permit(token, id, false) }

func (s *Site) permit(token, id string, hidden bool) {
	s.change(func() {
		set := map[string]bool{}
		for k, v := range s.hidden[token] {
			set[k] = v
		}
		set[id] = hidden
		s.hidden[token] = set
	})
}

func (s *Site) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// ServeHTTP answers as Azure DevOps would.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	s.Before(http.HandlerFunc(s.serve)).ServeHTTP(w, r)
}

func (s *Site) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	q := &request{Site: s, w: w, r: r}
	if !q.signIn() {
		s.signInPage(w, r)
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, s.path+"/")
	if !ok {
		q.refuse(http.StatusNotFound, "ServiceHostDoesNotExistException", "TF400813: no such organisation")
		return
	}
	q.dispatch(path)
}

// signInPage answers to whom nobody knows.
func (s *Site) signInPage(w http.ResponseWriter, r *http.Request) {
	switch s.opts.SignIn {
	case http.StatusUnauthorized:
		(&request{w: w}).refuse(http.StatusUnauthorized, "UnauthorizedRequestException", "TF400813: The user '' is not authorized to access this resource.")
	case http.StatusFound:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		http.Redirect(w, r, "https://spsprodweu1.vssps.visualstudio.com/_signin?realm=dev.azure.com", http.StatusFound)
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusNonAuthoritativeInfo)
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><head><title>Azure DevOps Services | Sign In</title></head></html>")
	}
}

// request is one call being answered. It reads the model, which is locked.
type request struct {
	*Site
	w       http.ResponseWriter
	r       *http.Request
	account Account
	user    *User // nil: nobody
}

// signIn finds out who sent the request.
func (q *request) signIn() bool {
	token, bearer := strings.CutPrefix(q.r.Header.Get("Authorization"), "Bearer ")
	if !bearer {
		_, token, _ = q.r.BasicAuth()
	}
	for _, a := range q.accounts {
		if a.Token == token && token != "" && a.Bearer == bearer && (a.Expires.IsZero() || q.now().Before(a.Expires)) {
			u := q.users[a.User]
			q.account, q.user = a, &u
			return true
		}
	}
	return q.opts.Public
}

// sees tells whether the caller may see a project.
func (q *request) sees(p *Project) bool {
	return p != nil && q.user != nil && !q.hidden[q.account.Token][p.ID]
}

// seesItem tells whether the caller may see a work item.
func (q *request) seesItem(i *Item) bool {
	return i != nil && q.sees(q.projects[i.Project]) && q.projects[i.Project].State == "wellFormed" && !q.hidden[q.account.Token][strconv.FormatInt(i.ID, 10)]
}

func (q *request) param(name string) string { return q.r.URL.Query().Get(name) }

// body reads a JSON body that may hold nothing but the fields of v.
func (q *request) body(v any) bool {
	if ct := q.r.Header.Get("Content-Type"); !strings.HasPrefix(ct, "application/json") {
		q.refuse(http.StatusUnsupportedMediaType, "VssRequestContentTypeNotSupportedException", "TF400898: the content type is not application/json")
		return false
	}
	d := json.NewDecoder(q.r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		q.refuse(http.StatusBadRequest, "VssPropertyValidationException", "VS403338: "+err.Error())
		return false
	}
	return true
}

func (q *request) answer(v any) {
	body, err := json.Marshal(v)
	if err != nil {
		q.refuse(http.StatusInternalServerError, "Exception", err.Error())
		return
	}
	q.w.Header().Set("Content-Type", "application/json; charset=utf-8; api-version="+q.param("api-version"))
	_, _ = q.w.Write(body)
}

// list answers with the usual envelope.
func (q *request) list(values []any) {
	if values == nil {
		values = []any{}
	}
	q.answer(map[string]any{"count": len(values), "value": values})
}

// refuse answers with the shape of Azure DevOps' errors.
func (q *request) refuse(status int, kind, message string) {
	refuse(q.w, status, kind, message)
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"$id": "1", "innerException": nil, "message": message, "typeName": "Microsoft." + kind, "typeKey": kind, "errorCode": 0, "eventId": 3000,
	})
}

// Transport asks the site in this process.
func (s *Site) Transport() http.RoundTripper { return fake.InProcess(s) }
