package jiratest

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"plumbline/connectors/connectortest/fake"
)

// derived is what is computed from the model and kept until it changes.
type derived struct {
	mu       sync.Mutex
	revision int64
	results  map[string][]*Issue
	progress map[int64]progress
	insights map[int64]insight
	tokens   map[string]place
	issued   int
}

// place is where a token goes on.
type place struct {
	jql   string
	after *Issue
	made  time.Time
}

func (d *derived) refresh(revision int64) {
	if d.revision != revision || d.results == nil {
		d.revision, d.results, d.progress, d.insights = revision, map[string][]*Issue{}, nil, nil
	}
}

// found runs a query. Without an index delay its answer is kept until the
// model changes.
func (q *request) found(text string, parsed query) []*Issue {
	key := q.caller.account.Token + "\x00" + text
	keep := q.opts.IndexDelay == 0
	d := &q.derived
	d.mu.Lock()
	d.refresh(q.revision)
	list, ok := d.results[key]
	d.mu.Unlock()
	if ok && keep {
		return list
	}
	for _, i := range q.issues {
		if i = q.indexed(i); i == nil {
			continue
		}
		if p := q.projects[i.Project]; q.caller.sees(p) && p.Deleted.IsZero() && !p.Archived && (parsed.match == nil || parsed.match(i)) {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, parsed.compare)
	if keep {
		d.mu.Lock()
		if d.revision == q.revision {
			d.results[key] = list
		}
		d.mu.Unlock()
	}
	return list
}

// indexed is the state of an issue that the search index knows.
func (q *request) indexed(i *Issue) *Issue {
	known := q.now().Add(-q.opts.IndexDelay)
	if q.opts.IndexDelay == 0 || !i.Updated.After(known) {
		return i
	}
	for n := len(i.past) - 1; n >= 0; n-- {
		if !i.past[n].Updated.After(known) {
			return i.past[n]
		}
	}
	return nil
}

type searchBody struct {
	JQL             string   `json:"jql"`
	NextPageToken   string   `json:"nextPageToken"`
	MaxResults      *int     `json:"maxResults"`
	Fields          []string `json:"fields"`
	Expand          string   `json:"expand"`
	Properties      []string `json:"properties"`
	FieldsByKeys    bool     `json:"fieldsByKeys"`
	FailFast        bool     `json:"failFast"`
	ReconcileIssues []int64  `json:"reconcileIssues"`
}

// maxIDPage is the page of a search that asks for no more than ids and keys.
const maxIDPage = 5000

func (q *request) search() {
	var b searchBody
	if q.r.Method == http.MethodPost {
		if !q.body(&b) {
			return
		}
	} else {
		if q.r.URL.Query().Has("startAt") {
			refuse(q.w, http.StatusBadRequest, "The parameter startAt is not supported.")
			return
		}
		n := q.number("maxResults", 50)
		b = searchBody{JQL: q.param("jql"), NextPageToken: q.param("nextPageToken"), MaxResults: &n, Fields: q.list("fields"), Expand: q.param("expand")}
	}
	parsed, ok := q.bounded(b.JQL)
	if !ok {
		return
	}
	light := !slices.ContainsFunc(b.Fields, func(f string) bool { return f != "id" && f != "key" })
	size := 50
	if b.MaxResults != nil {
		size = *b.MaxResults
	}
	if size < 1 || size > maxIDPage {
		refuse(q.w, http.StatusBadRequest, "The value of maxResults must be between 1 and 5000.")
		return
	}
	if !light {
		size = min(size, q.opts.MaxPage)
	}
	list := q.found(b.JQL, parsed)
	d := &q.derived
	if b.NextPageToken != "" {
		d.mu.Lock()
		at, known := d.tokens[b.NextPageToken]
		d.mu.Unlock()
		if !known || at.jql != b.JQL || q.now().Sub(at.made) > 7*24*time.Hour {
			refuse(q.w, http.StatusBadRequest, "The provided next page token is invalid.")
			return
		}
		if at.after != nil {
			n, found := slices.BinarySearchFunc(list, at.after, parsed.compare)
			if found {
				n++
			}
			list = list[n:]
		}
	}
	fault := fake.Struck(q.r)
	switch fault {
	case fake.EmptyPage:
		size = 0
	case fake.ShortPage:
		size = 1
	}
	page := list[:min(size, len(list))]
	records := make([]json.RawMessage, 0, len(page))
	for _, i := range page {
		records = append(records, q.issueJSON(i, b.Fields, strings.Contains(b.Expand, "changelog")))
	}
	answer := map[string]any{"isLast": len(page) == len(list)}
	if len(page) < len(list) || fault == fake.EmptyPage || fault == fake.RepeatToken {
		at := place{jql: b.JQL, made: q.now()}
		d.mu.Lock()
		if len(page) > 0 {
			at.after = page[len(page)-1]
		} else {
			at.after = d.tokens[b.NextPageToken].after
		}
		if d.tokens == nil {
			d.tokens = map[string]place{}
		}
		d.issued++
		token := "tk." + base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(d.issued)+hex.EncodeToString([]byte(q.caller.account.User))))
		if fault == fake.RepeatToken && b.NextPageToken != "" {
			token = b.NextPageToken
		}
		d.tokens[token] = at
		d.mu.Unlock()
		answer["nextPageToken"], answer["isLast"] = token, false
	}
	q.answerPage(answer, records, "issues")
	q.shift(fault, page)
}

// shift touches the first issue of the page that was just sent.
func (q *request) shift(fault fake.Kind, page []*Issue) {
	if fault == Shift && len(page) > 0 {
		key := page[0].Key
		q.afterwards = func() { q.EditIssue(key, func(*Issue) {}) }
	}
}

// bounded parses the JQL and refuses one without a restriction.
func (q *request) bounded(jql string) (query, bool) {
	parsed, err := q.parseJQL(jql)
	if err == nil && parsed.match == nil {
		err = refusal("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
	}
	if err != nil {
		refuse(q.w, http.StatusBadRequest, err.Error())
		return query{}, false
	}
	return parsed, true
}

func (q *request) count() {
	var b struct {
		JQL string `json:"jql"`
	}
	if !q.body(&b) {
		return
	}
	if parsed, ok := q.bounded(b.JQL); ok {
		q.answer(map[string]any{"count": len(q.found(b.JQL, parsed))})
	}
}

// oldSearch is the only search of Data Center.
func (q *request) oldSearch() {
	var b struct {
		JQL           string   `json:"jql"`
		StartAt       int      `json:"startAt"`
		MaxResults    *int     `json:"maxResults"`
		Fields        []string `json:"fields"`
		Expand        []string `json:"expand"`
		ValidateQuery bool     `json:"validateQuery"`
	}
	if q.r.Method == http.MethodPost {
		if !q.body(&b) {
			return
		}
	} else {
		n := q.number("maxResults", 50)
		b.JQL, b.StartAt, b.MaxResults, b.Fields, b.Expand = q.param("jql"), q.number("startAt", 0), &n, q.list("fields"), q.list("expand")
	}
	parsed, err := q.parseJQL(b.JQL)
	if err != nil {
		refuse(q.w, http.StatusBadRequest, err.Error())
		return
	}
	if len(b.Fields) == 0 {
		b.Fields = []string{"*navigable"}
	}
	list := q.found(b.JQL, parsed)
	size := 50
	if b.MaxResults != nil {
		size = min(*b.MaxResults, 1000)
	}
	fault := fake.Struck(q.r)
	if fault == fake.ShortPage {
		size = min(size, 1)
	}
	from := min(b.StartAt, len(list))
	page := list[from:min(from+size, len(list))]
	records := make([]json.RawMessage, 0, len(page))
	for _, i := range page {
		records = append(records, q.issueJSON(i, b.Fields, slices.Contains(b.Expand, "changelog")))
	}
	q.answerPage(map[string]any{"expand": "schema,names", "startAt": b.StartAt, "maxResults": size, "total": len(list)}, records, "issues")
	q.shift(fault, page)
}
