package jiratest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

type pageFaultKey struct{}

func withPageFault(ctx context.Context, k Kind) context.Context {
	if k == 0 {
		return ctx
	}
	return context.WithValue(ctx, pageFaultKey{}, k)
}

func (q *request) pageFault() Kind {
	k, _ := q.r.Context().Value(pageFaultKey{}).(Kind)
	return k
}

// gone is what Cloud answers where the old search was.
const gone = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"

func (q *request) cloud(path string) {
	parts := strings.Split(path, "/")
	get, post := q.r.Method == http.MethodGet, q.r.Method == http.MethodPost
	switch {
	case path == "search":
		refuse(q.w, http.StatusGone, gone)
	case get && path == "myself":
		q.myself()
	case get && path == "user":
		q.userByID()
	case get && path == "serverInfo":
		q.serverInfo()
	case get && path == "field":
		q.fieldList()
	case get && path == "issuetype":
		q.issueTypes()
	case get && path == "status":
		q.statusList()
	case get && path == "issueLinkType":
		q.issueLinkTypes()
	case get && path == "mypermissions":
		q.permissions()
	case get && path == "project/search":
		q.projectSearch()
	case path == "search/jql" && (get || post):
		q.search()
	case post && path == "search/approximate-count":
		q.count()
	case post && path == "issue/bulkfetch":
		q.bulkFetch()
	case post && path == "changelog/bulkfetch":
		q.bulkChangelog()
	case get && len(parts) == 2 && parts[0] == "project":
		q.project(parts[1])
	case get && len(parts) == 3 && parts[0] == "project" && parts[2] == "version":
		q.versionPage(parts[1])
	case get && len(parts) == 3 && parts[0] == "project" && parts[2] == "versions":
		q.versionList(parts[1])
	case get && len(parts) == 2 && parts[0] == "issue":
		q.issue(parts[1])
	case get && len(parts) == 3 && parts[0] == "issue" && parts[2] == "changelog":
		q.issueChangelog(parts[1])
	case get && len(parts) == 2 && parts[0] == "version":
		q.version(parts[1])
	case get && len(parts) == 2 && parts[0] == "issueLink":
		q.issueLink(parts[1])
	default:
		q.noSuchPath()
	}
}

func (q *request) dataCenter(path string) {
	parts := strings.Split(path, "/")
	get, post := q.r.Method == http.MethodGet, q.r.Method == http.MethodPost
	switch {
	case path == "search" && (get || post):
		q.oldSearch()
	case get && path == "myself":
		q.myself()
	case get && path == "serverInfo":
		q.serverInfo()
	case get && path == "field":
		q.fieldList()
	case get && path == "issuetype":
		q.issueTypes()
	case get && path == "status":
		q.statusList()
	case get && path == "issueLinkType":
		q.issueLinkTypes()
	case get && path == "mypermissions":
		q.permissions()
	case get && path == "project":
		q.projectList()
	case get && len(parts) == 2 && parts[0] == "project":
		q.project(parts[1])
	case get && len(parts) == 3 && parts[0] == "project" && parts[2] == "version":
		q.versionPage(parts[1])
	case get && len(parts) == 3 && parts[0] == "project" && parts[2] == "versions":
		q.versionList(parts[1])
	case get && len(parts) == 2 && parts[0] == "issue":
		q.issue(parts[1])
	case get && len(parts) == 2 && parts[0] == "version":
		q.version(parts[1])
	case get && len(parts) == 2 && parts[0] == "issueLink":
		q.issueLink(parts[1])
	default:
		q.noSuchPath()
	}
}

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

type progress struct {
	Unmapped   int `json:"unmapped"`
	ToDo       int `json:"toDo"`
	InProgress int `json:"inProgress"`
	Done       int `json:"done"`
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

func (q *request) myself() {
	if q.caller.user == nil {
		refuse(q.w, http.StatusUnauthorized, "Client must be authenticated to access this resource.")
		return
	}
	m := q.userJSON(q.caller.account.User)
	zone := q.caller.user.Zone
	if zone == "" {
		zone = "UTC"
	}
	m["timeZone"], m["locale"] = zone, "en_US"
	q.answer(m)
}

func (q *request) serverInfo() {
	info := map[string]any{
		"baseUrl": q.opts.BaseURL, "version": "1001.0.0-SNAPSHOT", "deploymentType": "Cloud", "buildNumber": 100250, "serverTitle": "Jira",
		"serverTime": jiraTime(q.now(), q.caller.zone),
	}
	if q.opts.Deployment == DataCenter {
		info["version"], info["deploymentType"] = "9.12.15", "Server"
	}
	q.answer(info)
}

func (q *request) tokens() {
	list := []map[string]any{}
	for n, a := range q.accounts {
		if a.User != q.caller.account.User {
			continue
		}
		t := map[string]any{"id": n + 1, "name": "token " + strconv.Itoa(n+1), "createdAt": jiraTime(q.now().AddDate(0, -1, 0), q.caller.zone)}
		if !a.Expires.IsZero() {
			t["expiringAt"] = jiraTime(a.Expires, q.caller.zone)
		}
		list = append(list, t)
	}
	q.answer(list)
}

func (q *request) userJSON(id string) map[string]any {
	u, ok := q.users[id]
	if !ok {
		return nil
	}
	m := map[string]any{"displayName": u.Name, "active": true}
	if q.opts.Deployment == Cloud {
		m["accountId"], m["accountType"] = u.ID, "atlassian"
		m["self"] = q.url("user?accountId=" + u.ID)
	} else {
		m["key"], m["name"] = u.ID, u.ID
		m["self"] = q.url("user?username=" + u.ID)
	}
	if u.Email != "" {
		m["emailAddress"] = u.Email
	}
	return m
}

func (q *request) userByID() {
	u := q.userJSON(q.param("accountId"))
	if u == nil {
		refuse(q.w, http.StatusNotFound, "Specified user does not exist or you do not have required permissions")
		return
	}
	q.answer(u)
}

func (q *request) fieldList() {
	list := make([]map[string]any, 0, len(q.fields))
	for _, f := range q.fields {
		schema := map[string]any{"type": f.Type}
		if f.Items != "" {
			schema["items"] = f.Items
		}
		m := map[string]any{"id": f.ID, "name": f.Name, "navigable": true, "orderable": true, "searchable": true, "custom": false, "schema": schema}
		if n, ok := strings.CutPrefix(f.ID, "customfield_"); ok {
			m["custom"], schema["custom"] = true, f.Custom
			schema["customId"], _ = strconv.Atoi(n)
			m["clauseNames"] = []string{"cf[" + n + "]", f.Name}
		} else {
			schema["system"] = f.ID
			m["clauseNames"] = []string{f.ID}
		}
		if q.opts.Deployment == Cloud {
			m["key"] = f.ID
		}
		list = append(list, m)
	}
	q.answer(list)
}

func (q *request) typeJSON(t IssueType) map[string]any {
	m := map[string]any{"id": id(t.ID), "name": t.Name, "subtask": t.Level < 0, "self": q.url("issuetype/" + id(t.ID)), "description": ""}
	if q.opts.Deployment == Cloud {
		m["hierarchyLevel"] = t.Level
	}
	return m
}

func (q *request) issueTypes() {
	list := make([]map[string]any, 0, len(q.types))
	for _, t := range q.types {
		list = append(list, q.typeJSON(t))
	}
	q.answer(list)
}

func (s *Site) issueType(name string) IssueType {
	for _, t := range s.types {
		if strings.EqualFold(t.Name, name) {
			return t
		}
	}
	return IssueType{ID: 10002, Name: name}
}

func (s *Site) status(name string) Status {
	for _, st := range s.statuses {
		if strings.EqualFold(st.Name, name) {
			return st
		}
	}
	return Status{ID: 10099, Name: name, Category: "undefined"}
}

func (q *request) statusJSON(name string) map[string]any {
	st := q.status(name)
	category := map[string]any{"id": 1, "key": st.Category, "name": "No Category", "colorName": "medium-gray"}
	switch st.Category {
	case "new":
		category["id"], category["name"] = 2, "To Do"
	case "indeterminate":
		category["id"], category["name"] = 4, "In Progress"
	case "done":
		category["id"], category["name"] = 3, "Done"
	}
	return map[string]any{"id": id(st.ID), "name": st.Name, "self": q.url("status/" + id(st.ID)), "statusCategory": category}
}

func (q *request) statusList() {
	list := make([]map[string]any, 0, len(q.statuses))
	for _, st := range q.statuses {
		list = append(list, q.statusJSON(st.Name))
	}
	q.answer(list)
}

func (q *request) linkTypeJSON(name string) map[string]any {
	for _, t := range q.linkTypes {
		if t.Name == name {
			return map[string]any{"id": id(t.ID), "name": t.Name, "inward": t.Inward, "outward": t.Outward, "self": q.url("issueLinkType/" + id(t.ID))}
		}
	}
	return map[string]any{"id": "0", "name": name, "inward": name, "outward": name}
}

func (q *request) issueLinkTypes() {
	list := make([]map[string]any, 0, len(q.linkTypes))
	for _, t := range q.linkTypes {
		list = append(list, q.linkTypeJSON(t.Name))
	}
	q.answer(map[string]any{"issueLinkTypes": list})
}

func (q *request) permissions() {
	have := map[string]bool{"BROWSE_PROJECTS": q.caller.user != nil, "ADMINISTER": q.caller.account.Admin}
	if key := q.param("projectKey"); key != "" {
		have["BROWSE_PROJECTS"] = q.caller.sees(q.projects[q.projectKeys[key]])
	}
	names := q.list("permissions")
	if len(names) == 0 && q.opts.Deployment == Cloud {
		refuse(q.w, http.StatusBadRequest, "The 'permissions' query parameter is required.")
		return
	}
	if len(names) == 0 {
		names = []string{"BROWSE_PROJECTS", "ADMINISTER"}
	}
	out := map[string]any{}
	for _, n := range names {
		may, known := have[n]
		if !known {
			refuse(q.w, http.StatusBadRequest, "Unrecognized permission: "+n)
			return
		}
		out[n] = map[string]any{"id": "0", "key": n, "name": n, "type": "PROJECT", "havePermission": may}
	}
	q.answer(map[string]any{"permissions": out})
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

func jiraTime(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("2006-01-02T15:04:05.000-0700")
}

func (q *request) categoryJSON(name string) map[string]any {
	sum := sha256.Sum256([]byte(name))
	cid := strconv.Itoa(10000 + int(sum[0])<<8 + int(sum[1]))
	return map[string]any{"id": cid, "name": name, "description": "", "self": q.url("projectCategory/" + cid)}
}

func (q *request) projectJSON(p *Project) json.RawMessage {
	if p.Raw != nil {
		return p.Raw
	}
	expand := q.list("expand")
	cloud := q.opts.Deployment == Cloud
	m := map[string]any{"id": id(p.ID), "key": p.Key, "name": p.Name, "self": q.url("project/" + id(p.ID)), "projectTypeKey": "software"}
	if slices.Contains(expand, "description") {
		m["description"] = p.Description
	}
	if lead := q.userJSON(p.Lead); lead != nil && slices.Contains(expand, "lead") {
		m["lead"] = lead
	}
	if p.Category != "" {
		m["projectCategory"] = q.categoryJSON(p.Category)
	}
	if p.Archived {
		m["archived"] = true
	}
	if cloud {
		m["simplified"], m["style"], m["isPrivate"] = false, "classic", !p.Public
		if !p.Deleted.IsZero() {
			m["deleted"] = true
			m["deletedDate"] = jiraTime(p.Deleted, q.caller.zone)
			m["retentionTillDate"] = jiraTime(p.Deleted.AddDate(0, 0, 60), q.caller.zone)
		}
		if slices.Contains(expand, "insight") {
			m["insight"] = q.insight(p.ID)
		}
	}
	raw, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return raw
}

// insight counts the issues of a project.
type insight struct {
	issues int
	last   time.Time
}

func (q *request) insight(project int64) map[string]any {
	d := &q.derived
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refresh(q.revision)
	if d.insights == nil {
		d.insights = map[int64]insight{}
		for _, i := range q.issues {
			in := d.insights[i.Project]
			in.issues++
			if i.Updated.After(in.last) {
				in.last = i.Updated
			}
			d.insights[i.Project] = in
		}
	}
	in := d.insights[project]
	out := map[string]any{"totalIssueCount": in.issues}
	if in.issues > 0 {
		out["lastIssueUpdateTime"] = jiraTime(in.last, q.caller.zone)
	}
	return out
}

// visible are the projects of the wanted states, by id.
func (q *request) visible(live, archived, deleted bool) []*Project {
	var list []*Project
	for _, p := range q.projects {
		if !q.caller.sees(p) {
			continue
		}
		switch {
		case !p.Deleted.IsZero():
			if !deleted || !q.caller.account.Admin {
				continue
			}
		case p.Archived:
			if !archived {
				continue
			}
		case !live:
			continue
		}
		list = append(list, p)
	}
	return list
}

func (q *request) projectSearch() {
	states := q.list("status")
	live, archived, deleted := len(states) == 0, false, false
	for _, st := range states {
		switch st {
		case "live":
			live = true
		case "archived":
			archived = true
		case "deleted":
			deleted = true
		default:
			refuse(q.w, http.StatusBadRequest, "The status '"+st+"' is not valid.")
			return
		}
	}
	list := q.visible(live, archived, deleted)
	if want := q.list("keys"); len(want) > 0 {
		list = slices.DeleteFunc(list, func(p *Project) bool { return !slices.Contains(want, p.Key) })
	}
	if want := q.list("id"); len(want) > 0 {
		list = slices.DeleteFunc(list, func(p *Project) bool { return !slices.Contains(want, id(p.ID)) })
	}
	slices.SortFunc(list, func(a, b *Project) int { return strings.Compare(a.Key, b.Key) })
	size := min(q.number("maxResults", 50), 100)
	offsetPage(q, list, size, q.projectJSON)
}

// offsetPage answers a page of a listing with startAt.
func offsetPage[T any](q *request, list []T, size int, render func(T) json.RawMessage) {
	start := q.number("startAt", 0)
	size = max(size, 1)
	if q.pageFault() == ShortPage {
		size = 1
	}
	from := min(start, len(list))
	to := min(from+size, len(list))
	values := make([]json.RawMessage, 0, to-from)
	for _, v := range list[from:to] {
		values = append(values, render(v))
	}
	last := to == len(list)
	page := map[string]any{"self": q.url(q.r.URL.Path), "startAt": start, "maxResults": size, "total": len(list), "isLast": last, "values": values}
	if !last {
		page["nextPage"] = q.url(fmt.Sprintf("%s?startAt=%d&maxResults=%d", strings.TrimPrefix(q.r.URL.Path, "/"), to, size))
	}
	q.answerPage(page, values, "values")
}

// answerPage writes a page whose records are ready, without copying them
// through the encoder once more and so also when one of them is no JSON.
func (q *request) answerPage(page map[string]any, records []json.RawMessage, name string) {
	page[name] = nil
	head, err := json.Marshal(page)
	if err != nil {
		panic(err)
	}
	mark := []byte(`"` + name + `":null`)
	before, after, _ := bytes.Cut(head, mark)
	var b bytes.Buffer
	b.Write(before)
	b.WriteString(`"` + name + `":[`)
	for n, r := range records {
		if n > 0 {
			b.WriteByte(',')
		}
		b.Write(r)
	}
	b.WriteByte(']')
	b.Write(after)
	q.answerBytes(b.Bytes())
}

func (q *request) projectList() {
	list := q.visible(true, q.param("includeArchived") == "true", false)
	slices.SortFunc(list, func(a, b *Project) int { return strings.Compare(a.Key, b.Key) })
	out := make([]json.RawMessage, 0, len(list))
	for _, p := range list {
		out = append(out, q.projectJSON(p))
	}
	q.answer(out)
}

// projectOf finds a visible project by id, key or former key.
func (q *request) projectOf(ref string) *Project {
	n, err := strconv.ParseInt(ref, 10, 64)
	if err != nil {
		n = q.projectKeys[ref]
	}
	p := q.projects[n]
	if !q.caller.sees(p) || !p.Deleted.IsZero() && !q.caller.account.Admin {
		refuse(q.w, http.StatusNotFound, "No project could be found with key '"+ref+"'.")
		return nil
	}
	return p
}

func (q *request) project(ref string) {
	if p := q.projectOf(ref); p != nil {
		v := q.r.URL.Query()
		v.Set("expand", "description,lead,insight")
		q.r.URL.RawQuery = v.Encode()
		q.answer(q.projectJSON(p))
	}
}

func (q *request) progressOf(version int64) progress {
	d := &q.derived
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refresh(q.revision)
	if d.progress == nil {
		d.progress = map[int64]progress{}
		for _, i := range q.issues {
			for _, v := range i.FixVersions {
				p := d.progress[v]
				switch q.status(i.Status).Category {
				case "new":
					p.ToDo++
				case "indeterminate":
					p.InProgress++
				case "done":
					p.Done++
				default:
					p.Unmapped++
				}
				d.progress[v] = p
			}
		}
	}
	return d.progress[version]
}

func (q *request) versionJSON(v *Version) json.RawMessage {
	if v.Raw != nil {
		return v.Raw
	}
	m := map[string]any{
		"id": id(v.ID), "name": v.Name, "archived": v.Archived, "released": v.Released, "projectId": v.Project, "self": q.url("version/" + id(v.ID)),
	}
	if v.Description != "" {
		m["description"] = v.Description
	}
	if v.Start != "" {
		m["startDate"] = v.Start
	}
	if v.Release != "" {
		m["releaseDate"] = v.Release
		if at, err := time.Parse(time.DateOnly, v.Release); err == nil {
			m["userReleaseDate"] = at.Format("02/Jan/06")
		}
		if !v.Released {
			m["overdue"] = v.Release < q.now().In(q.caller.zone).Format(time.DateOnly)
		}
	}
	if q.opts.Deployment == Cloud {
		expand := q.list("expand")
		if slices.Contains(expand, "driver") && v.Driver != "" {
			m["driver"] = v.Driver
		}
		if slices.Contains(expand, "issuesstatus") {
			m["issuesStatusForFixVersion"] = q.progressOf(v.ID)
		}
	}
	raw, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return raw
}

func (q *request) versionsIn(ref string) ([]*Version, bool) {
	p := q.projectOf(ref)
	if p == nil {
		return nil, false
	}
	ids := q.versionsOf[p.ID]
	list := make([]*Version, 0, len(ids))
	for _, v := range ids {
		list = append(list, q.versions[v])
	}
	return list, true
}

func (q *request) versionPage(ref string) {
	if list, ok := q.versionsIn(ref); ok {
		offsetPage(q, list, q.number("maxResults", 50), q.versionJSON)
	}
}

func (q *request) versionList(ref string) {
	if list, ok := q.versionsIn(ref); ok {
		out := make([]json.RawMessage, 0, len(list))
		for _, v := range list {
			out = append(out, q.versionJSON(v))
		}
		q.answer(out)
	}
}

func (q *request) version(ref string) {
	n, _ := strconv.ParseInt(ref, 10, 64)
	v := q.versions[n]
	if v == nil || !q.caller.sees(q.projects[v.Project]) {
		refuse(q.w, http.StatusNotFound, "Could not find version for id '"+ref+"'.")
		return
	}
	q.answer(q.versionJSON(v))
}

// issueOf finds a visible issue by id, key or former key.
func (q *request) issueOf(ref string) *Issue {
	n, err := strconv.ParseInt(ref, 10, 64)
	if err != nil {
		n = q.issueKeys[strings.ToUpper(ref)]
	}
	i := q.issues[n]
	if i == nil {
		return nil
	}
	if p := q.projects[i.Project]; !q.caller.sees(p) || !p.Deleted.IsZero() {
		return nil
	}
	return i
}

const noIssue = "Issue does not exist or you do not have permission to see it."

func (q *request) issue(ref string) {
	i := q.issueOf(ref)
	if i == nil {
		refuse(q.w, http.StatusNotFound, noIssue)
		return
	}
	fields := q.list("fields")
	if len(fields) == 0 {
		fields = []string{"*all"}
	}
	q.answerBytes(q.issueJSON(i, fields, slices.Contains(q.list("expand"), "changelog")))
}

func (q *request) issueLink(ref string) {
	n, _ := strconv.ParseInt(ref, 10, 64)
	l, ok := q.links[n]
	from, to := q.issueOf(id(l.From)), q.issueOf(id(l.To))
	if !ok || from == nil || to == nil {
		refuse(q.w, http.StatusNotFound, "No issue link with id '"+ref+"' exists.")
		return
	}
	q.answer(map[string]any{"id": id(l.ID), "type": q.linkTypeJSON(l.Type), "inwardIssue": q.stub(from), "outwardIssue": q.stub(to)})
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
	fault := q.pageFault()
	switch fault {
	case EmptyPage:
		size = 0
	case ShortPage:
		size = 1
	}
	page := list[:min(size, len(list))]
	records := make([]json.RawMessage, 0, len(page))
	for _, i := range page {
		records = append(records, q.issueJSON(i, b.Fields, strings.Contains(b.Expand, "changelog")))
	}
	answer := map[string]any{"isLast": len(page) == len(list)}
	if len(page) < len(list) || fault == EmptyPage || fault == RepeatToken {
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
		if fault == RepeatToken && b.NextPageToken != "" {
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
func (q *request) shift(fault Kind, page []*Issue) {
	if fault == Shift && len(page) > 0 {
		key := page[0].Key
		q.afterwards = func() { q.EditIssue(key, func(*Issue) {}) }
	}
}

// bounded parses the JQL and refuses one without a restriction.
func (q *request) bounded(jql string) (query, bool) {
	parsed, err := q.parseJQL(jql)
	if err == nil && parsed.match == nil {
		err = fmt.Errorf("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
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
	fault := q.pageFault()
	if fault == ShortPage {
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

func (q *request) bulkFetch() {
	var b struct {
		Issues       []string `json:"issueIdsOrKeys"`
		Fields       []string `json:"fields"`
		Expand       []string `json:"expand"`
		Properties   []string `json:"properties"`
		FieldsByKeys bool     `json:"fieldsByKeys"`
	}
	if !q.body(&b) {
		return
	}
	if len(b.Issues) == 0 || len(b.Issues) > 100 {
		refuse(q.w, http.StatusBadRequest, "The number of issues must be between 1 and 100.")
		return
	}
	records := make([]json.RawMessage, 0, len(b.Issues))
	problems := []map[string]any{}
	seen := map[int64]bool{}
	for _, ref := range b.Issues {
		i := q.issueOf(ref)
		if i == nil {
			problems = append(problems, map[string]any{"id": ref, "errorMessage": noIssue})
		} else if !seen[i.ID] {
			seen[i.ID] = true
			records = append(records, q.issueJSON(i, b.Fields, false))
		}
	}
	q.answerPage(map[string]any{"issueErrors": problems}, records, "issues")
}

// maxBulkChanges is how many entries a page of changelogs holds.
const maxBulkChanges = 1000

func (q *request) bulkChangelog() {
	var b struct {
		Issues        []string `json:"issueIdsOrKeys"`
		Fields        []string `json:"fieldIds"`
		MaxResults    int      `json:"maxResults"`
		NextPageToken string   `json:"nextPageToken"`
	}
	if !q.body(&b) {
		return
	}
	if len(b.Issues) == 0 || len(b.Issues) > 1000 || len(b.Fields) > 10 {
		refuse(q.w, http.StatusBadRequest, "At most 1000 issues and 10 fields may be named.")
		return
	}
	size := maxBulkChanges
	if b.MaxResults > 0 {
		size = min(size, b.MaxResults)
	}
	from, err := strconv.Atoi(cmpOr(b.NextPageToken, "0"))
	if err != nil {
		refuse(q.w, http.StatusBadRequest, "The provided next page token is invalid.")
		return
	}
	type entry struct {
		issue  int64
		change change
	}
	var all []entry
	for _, ref := range b.Issues {
		if i := q.issueOf(ref); i != nil {
			for _, c := range i.history {
				if c = c.only(b.Fields); len(c.items) > 0 {
					all = append(all, entry{i.ID, c})
				}
			}
		}
	}
	from = min(from, len(all))
	to := min(from+size, len(all))
	logs := []map[string]any{}
	for _, e := range all[from:to] {
		item := map[string]any{"id": id(e.change.id), "created": e.change.at.UnixMilli(), "items": e.change.items}
		if a := q.userJSON(e.change.author); a != nil {
			item["author"] = a
		}
		if n := len(logs); n > 0 && logs[n-1]["issueId"] == id(e.issue) {
			logs[n-1]["changeHistories"] = append(logs[n-1]["changeHistories"].([]map[string]any), item)
			continue
		}
		logs = append(logs, map[string]any{"issueId": id(e.issue), "changeHistories": []map[string]any{item}})
	}
	answer := map[string]any{"issueChangeLogs": logs}
	if to < len(all) {
		answer["nextPageToken"] = strconv.Itoa(to)
	}
	q.answer(answer)
}

func cmpOr(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func (c change) only(fields []string) change {
	if len(fields) == 0 {
		return c
	}
	var kept []changeItem
	for _, i := range c.items {
		if slices.Contains(fields, i.FieldID) {
			kept = append(kept, i)
		}
	}
	c.items = kept
	return c
}

func (q *request) changeJSON(c change) map[string]any {
	m := map[string]any{"id": id(c.id), "created": jiraTime(c.at, q.caller.zone), "items": c.items}
	if a := q.userJSON(c.author); a != nil {
		m["author"] = a
	}
	return m
}

func (q *request) issueChangelog(ref string) {
	i := q.issueOf(ref)
	if i == nil {
		refuse(q.w, http.StatusNotFound, noIssue)
		return
	}
	offsetPage(q, i.history, min(q.number("maxResults", 100), 100), func(c change) json.RawMessage {
		raw, err := json.Marshal(q.changeJSON(c))
		if err != nil {
			panic(err)
		}
		return raw
	})
}

// issueJSON renders an issue with the wanted fields: without any, its id only.
func (q *request) issueJSON(i *Issue, fields []string, changelog bool) json.RawMessage {
	if i.Raw != nil {
		return i.Raw
	}
	all := slices.Contains(fields, "*all") || slices.Contains(fields, "*navigable")
	if all {
		fields = nil
		for _, f := range q.fields {
			fields = append(fields, f.ID)
		}
	}
	m := map[string]any{"id": id(i.ID)}
	values := map[string]any{}
	for _, f := range fields {
		if f == "key" {
			m["key"] = i.Key
		} else if f != "id" {
			values[f] = q.fieldValue(i, f)
		}
	}
	if len(values) > 0 {
		m["key"], m["self"], m["fields"] = i.Key, q.url("issue/"+id(i.ID)), values
	}
	if changelog {
		histories := make([]map[string]any, 0, len(i.history))
		for _, c := range i.history {
			histories = append(histories, q.changeJSON(c))
		}
		slices.Reverse(histories) // newest first, as Jira has it
		m["changelog"] = map[string]any{"startAt": 0, "maxResults": len(histories), "total": len(histories), "histories": histories}
	}
	raw, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return raw
}

func (q *request) fieldValue(i *Issue, field string) any {
	orNull := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	switch field {
	case "summary":
		return i.Summary
	case "description":
		if i.Description == "" {
			return nil
		}
		if q.api == "3" {
			return ADF(i.Description)
		}
		return i.Description
	case "issuetype":
		return q.typeJSON(q.issueType(i.Type))
	case "project":
		p := q.projects[i.Project]
		m := map[string]any{"id": id(p.ID), "key": p.Key, "name": p.Name}
		if p.Category != "" {
			m["projectCategory"] = q.categoryJSON(p.Category)
		}
		return m
	case "status":
		return q.statusJSON(i.Status)
	case "duedate":
		return orNull(i.Due)
	case "assignee":
		if u := q.userJSON(i.Assignee); u != nil {
			return u
		}
		return nil
	case "labels":
		return append([]string{}, i.Labels...)
	case "created":
		return jiraTime(i.Created, q.caller.zone)
	case "updated":
		return jiraTime(i.Updated, q.caller.zone)
	case "resolutiondate":
		if i.Resolved.IsZero() {
			return nil
		}
		return jiraTime(i.Resolved, q.caller.zone)
	case "fixVersions":
		list := []json.RawMessage{}
		for _, v := range i.FixVersions {
			if version, ok := q.versions[v]; ok {
				list = append(list, q.versionJSON(version))
			}
		}
		return list
	case "parent":
		p := q.issues[i.Parent]
		if p == nil || q.opts.Deployment == DataCenter && q.issueType(i.Type).Level >= 0 {
			return nil
		}
		return q.stub(p)
	case EpicLinkField:
		if p := q.issues[i.Parent]; p != nil && q.opts.Deployment == DataCenter {
			return p.Key
		}
		return i.Fields[field]
	case "issuelinks":
		list := []map[string]any{}
		for _, l := range q.linksOf[i.ID] {
			link := q.links[l]
			m := map[string]any{"id": id(link.ID), "type": q.linkTypeJSON(link.Type)}
			end, other := "outwardIssue", link.To
			if link.From != i.ID {
				end, other = "inwardIssue", link.From
			}
			if o := q.issueOf(id(other)); o != nil { // Jira hides links to what the caller may not see
				m[end] = q.stub(o)
				list = append(list, m)
			}
		}
		return list
	}
	return i.Fields[field]
}

func (q *request) stub(i *Issue) map[string]any {
	return map[string]any{"id": id(i.ID), "key": i.Key, "self": q.url("issue/" + id(i.ID)), "fields": map[string]any{
		"summary": i.Summary, "status": q.statusJSON(i.Status), "issuetype": q.typeJSON(q.issueType(i.Type)),
	}}
}

// ADF is a plain text as an Atlassian document, a paragraph for each line.
func ADF(text string) map[string]any {
	var content []map[string]any
	for line := range strings.SplitSeq(text, "\n") {
		paragraph := map[string]any{"type": "paragraph"}
		if line != "" {
			paragraph["content"] = []map[string]any{{"type": "text", "text": line}}
		}
		content = append(content, paragraph)
	}
	return map[string]any{"type": "doc", "version": 1, "content": content}
}
