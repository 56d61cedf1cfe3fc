package jiratest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumbline/connectors/connectortest/fake"
)

type progress struct {
	Unmapped   int `json:"unmapped"`
	ToDo       int `json:"toDo"`
	InProgress int `json:"inProgress"`
	Done       int `json:"done"`
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
	if fake.Struck(q.r) == fake.ShortPage {
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
