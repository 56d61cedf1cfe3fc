package jiratest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

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
