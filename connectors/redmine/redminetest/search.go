package redminetest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumbline/connectors/connectortest/fake"
)

// condition is one filter of a search for issues.
type condition struct {
	field, operator string
	values          []string
}

// conditions reads the filters, in the long form or in the short one. Whoever
// says nothing on the status gets open issues only.
func conditions(q url.Values) []condition {
	if fields := q["f[]"]; len(fields) > 0 {
		var list []condition
		for _, f := range fields {
			if f != "" {
				list = append(list, condition{f, q.Get("op[" + f + "]"), q["v["+f+"][]"]})
			}
		}
		return list
	}
	list := []condition{{"status_id", "o", nil}}
	for _, f := range []string{"status_id", "tracker_id", "project_id", "issue_id", "updated_on"} {
		text := q.Get(f)
		if text == "" {
			continue
		}
		c := condition{f, "=", strings.Split(text, "|")}
		switch {
		case f == "status_id" && text == "*", f == "status_id" && text == "open":
			c = condition{f, strings.Replace(text, "open", "o", 1), nil}
		case strings.HasPrefix(text, ">="):
			c.operator, c.values = ">=", []string{text[2:]}
		}
		if f == "status_id" {
			list[0] = c
		} else {
			list = append(list, c)
		}
	}
	return list
}

// fits tells whether an issue meets a condition; bad ones are not understood.
func (q *request) fits(i *Issue, c condition) (fits, known bool) {
	first := ""
	if len(c.values) > 0 {
		first = c.values[0]
	}
	switch c.field + c.operator {
	case "status_id*":
		return true, true
	case "status_ido":
		return !q.status(i.Status).Closed, true
	case "tracker_id=":
		return slices.Contains(c.values, strconv.FormatInt(q.tracker(i.Tracker).ID, 10)), true
	case "project_id=":
		return slices.Contains(c.values, strconv.FormatInt(i.Project, 10)), true
	case "issue_id>=":
		from, err := strconv.ParseInt(first, 10, 64)
		return i.ID >= from, err == nil
	case "updated_on>=":
		from, err := time.Parse(time.RFC3339, first)
		return !i.Updated.Before(from), err == nil
	}
	return false, false
}

// search answers a search for issues.
func (q *request) search() {
	query := q.r.URL.Query()
	list := conditions(query)
	if q.fault == fake.RepeatToken {
		list = slices.DeleteFunc(list, func(c condition) bool { return c.field == "issue_id" })
	}
	var found []*Issue
	for _, id := range q.order {
		i := q.issues[id]
		all := q.sees(i.Project)
		for _, c := range list {
			fits, known := q.fits(i, c)
			if !known {
				q.refuse(http.StatusUnprocessableEntity)
				return
			}
			all = all && fits
		}
		if all {
			found = append(found, i)
		}
	}
	switch sort := query.Get("sort"); sort {
	case "id:asc", "id":
	case "updated_on:desc":
		slices.SortStableFunc(found, func(a, b *Issue) int { return cmp.Or(b.Updated.Compare(a.Updated), cmp.Compare(b.ID, a.ID)) })
	default: // newest first, as on the web
		slices.Reverse(found)
	}
	offset, limit := q.window()
	total := len(found)
	found = found[min(offset, total):]
	found = found[:min(limit, len(found))]
	part := make([]json.RawMessage, len(found))
	relations := slices.Contains(strings.Split(query.Get("include"), ","), "relations")
	for n, i := range found {
		part[n] = q.issueJSON(i, relations, false)
	}
	q.list("issues", part, total, offset, limit)
}

// issueJSON is an issue, with its journals where it is asked for alone: a search
// never shows them.
func (q *request) issueJSON(i *Issue, relations, journals bool) json.RawMessage {
	if i.Raw != nil {
		return i.Raw
	}
	st, tr := q.status(i.Status), q.tracker(i.Tracker)
	status := object{"id": st.ID, "name": st.Name}
	if !q.opts.Old {
		status["is_closed"] = st.Closed
	}
	o := object{
		"id": i.ID, "project": named(i.Project, q.projects[i.Project].Name), "tracker": named(tr.ID, tr.Name), "status": status,
		"priority": named(2, "Normal"), "subject": i.Subject, "description": nil, "start_date": orNull(i.Start), "due_date": orNull(i.Due),
		"done_ratio": i.Done, "is_private": false, "estimated_hours": nil, "created_on": instant(i.Created), "updated_on": instant(i.Updated),
		"closed_on": instant(i.Closed),
	}
	if u := q.users[i.Assignee]; u != nil {
		o["assigned_to"] = named(u.ID, u.name())
	}
	if v := q.versions[i.Version]; v != nil {
		o["fixed_version"] = named(v.ID, v.Name)
	}
	if list := q.custom("issue", i.Fields); list != nil {
		o["custom_fields"] = list
	}
	if relations {
		list := []object{}
		for _, id := range q.linked[i.ID] {
			list = append(list, relationJSON(q.relations[id]))
		}
		o["relations"] = list
	}
	if journals {
		list := []json.RawMessage{}
		for _, j := range i.Journals {
			list = append(list, journalJSON(j))
		}
		o["journals"] = list
	}
	return encode(o)
}

func journalJSON(j Journal) json.RawMessage {
	if j.Raw != nil {
		return j.Raw
	}
	return encode(object{
		"id": j.ID, "user": named(1, "Redmine Admin"), "notes": "", "created_on": instant(j.At), "private_notes": false,
		"details": []object{{"property": "attr", "name": j.Attribute, "old_value": orNull(j.Old), "new_value": orNull(j.New)}},
	})
}

func relationJSON(r Relation) object {
	return object{"id": r.ID, "issue_id": r.From, "issue_to_id": r.To, "relation_type": r.Type, "delay": r.Delay}
}

func (q *request) issue(id int64) {
	i := q.issues[id]
	if i == nil {
		q.refuse(http.StatusNotFound)
		return
	}
	if q.readable(i.Project) {
		include := strings.Split(q.r.URL.Query().Get("include"), ",")
		q.answer(object{"issue": q.issueJSON(i, slices.Contains(include, "relations"), slices.Contains(include, "journals"))})
	}
}

func (q *request) relation(id int64) {
	r, ok := q.relations[id]
	if !ok {
		q.refuse(http.StatusNotFound)
		return
	}
	if q.readable(q.issues[r.From].Project) {
		q.answer(object{"relation": relationJSON(r)})
	}
}
