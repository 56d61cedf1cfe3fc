package redminetest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumbline/connectors/connectortest/fake"
)

// object is a JSON object whose keys come in the order of the alphabet, which
// nobody may rely on anyway.
type object = map[string]any

func named(id int64, name string) object { return object{"id": id, "name": name} }

func instant(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// user answers who somebody is. An administrator is also told the API key.
func (q *request) user(word string, id int64) {
	me := word == "current"
	if me {
		if id = q.account.User; id == 0 {
			q.refuse(http.StatusUnauthorized)
			return
		}
	}
	u := q.users[id]
	if u == nil || u.Group || q.account.User == 0 {
		q.refuse(http.StatusNotFound)
		return
	}
	o := object{"id": u.ID, "firstname": u.First, "lastname": u.Last, "created_on": instant(q.now()), "last_login_on": nil}
	if me || q.account.Admin || !u.HidesMail {
		o["mail"] = u.Mail
	}
	if me || q.account.Admin {
		o["login"], o["api_key"] = u.Login, "key-of-"+u.Login
		o["admin"] = me && q.account.Admin
		o["status"] = 1
		if u.Locked {
			o["status"] = 3
		}
	}
	q.answer(object{"user": o})
}

// custom are the values of the custom fields of a kind of record.
func (q *request) custom(of string, values map[int64]any) []object {
	var list []object
	for _, f := range q.fields {
		if f.Of != of {
			continue
		}
		o := object{"id": f.ID, "name": f.Name, "value": values[f.ID]}
		if _, several := values[f.ID].([]string); several {
			o["multiple"] = true
		}
		list = append(list, o)
	}
	return list
}

func (q *request) projectJSON(p *Project) json.RawMessage {
	if p.Raw != nil {
		return p.Raw
	}
	o := object{
		"id": p.ID, "name": p.Name, "identifier": p.Identifier, "description": orNull(p.Description), "status": p.Status, "is_public": !p.Private,
		"inherit_members": false, "created_on": instant(p.Created), "updated_on": instant(p.Updated),
	}
	if q.sees(p.Parent) {
		o["parent"] = named(p.Parent, q.projects[p.Parent].Name)
	}
	if list := q.custom("project", p.Fields); list != nil {
		o["custom_fields"] = list
	}
	return encode(o)
}

// projectList lists projects as the tree shows them, by name at each level: a
// rename moves them. Without a status the closed ones are left out.
func (q *request) projectList() {
	statuses := []string{strconv.Itoa(Active)}
	if given := q.r.URL.Query().Get("status"); given != "" {
		statuses = strings.Split(given, "|")
	}
	children := map[int64][]*Project{}
	for id, p := range q.projects {
		if q.sees(id) {
			parent := p.Parent
			if !q.sees(parent) {
				parent = 0
			}
			children[parent] = append(children[parent], p)
		}
	}
	var all []json.RawMessage
	var walk func(parent int64)
	walk = func(parent int64) {
		list := children[parent]
		slices.SortFunc(list, func(a, b *Project) int {
			return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
		})
		for _, p := range list {
			if slices.Contains(statuses, strconv.Itoa(p.Status)) {
				all = append(all, q.projectJSON(p))
			}
			walk(p.ID)
		}
	}
	walk(0)
	q.page("projects", all)
}

// maxLimit is what a larger limit is cut to without a word.
const maxLimit = 100

// page answers a part of a listing.
func (q *request) page(name string, all []json.RawMessage) {
	offset, limit := q.window()
	part := all[min(offset, len(all)):]
	part = part[:min(limit, len(part))]
	q.list(name, part, len(all), offset, limit)
}

func (q *request) window() (offset, limit int) {
	query := q.r.URL.Query()
	offset, _ = strconv.Atoi(query.Get("offset"))
	limit, _ = strconv.Atoi(query.Get("limit"))
	if limit <= 0 {
		limit = 25
	}
	limit = min(limit, maxLimit)
	switch q.fault {
	case fake.ShortPage:
		limit = 1
	case fake.RepeatToken:
		offset = 0
	}
	return max(offset, 0), limit
}

func (q *request) list(name string, part []json.RawMessage, total, offset, limit int) {
	if part == nil || q.fault == fake.EmptyPage {
		part = []json.RawMessage{}
	}
	q.answer(object{name: part, "total_count": total, "offset": offset, "limit": limit})
}

// readable tells that the caller may read what is in a project, or answers why
// not: what is not there is not found, and everything else is forbidden.
func (q *request) readable(project int64) bool {
	switch {
	case q.projects[project] == nil:
		q.refuse(http.StatusNotFound)
	case !q.sees(project):
		q.refuse(http.StatusForbidden)
	default:
		return true
	}
	return false
}

func (q *request) project(id int64) {
	if q.readable(id) {
		q.answer(object{"project": q.projectJSON(q.projects[id])})
	}
}

func (q *request) versionJSON(v *Version) json.RawMessage {
	if v.Raw != nil {
		return v.Raw
	}
	o := object{
		"id": v.ID, "project": named(v.Project, q.projects[v.Project].Name), "name": v.Name, "description": "", "status": v.Status,
		"due_date": orNull(v.Due), "sharing": v.Sharing, "wiki_page_title": nil, "created_on": instant(v.Created), "updated_on": instant(v.Updated),
	}
	if list := q.custom("version", v.Fields); list != nil {
		o["custom_fields"] = list
	}
	return encode(o)
}

// versionList lists the versions of a project in one piece, with those that are
// shared with it.
func (q *request) versionList(project int64) {
	if !q.readable(project) {
		return
	}
	part := []json.RawMessage{}
	for _, id := range q.versionOf[project] {
		part = append(part, q.versionJSON(q.versions[id]))
	}
	for _, id := range q.sharedWith(project) {
		part = append(part, q.versionJSON(q.versions[id]))
	}
	q.answer(object{"versions": part, "total_count": len(part)})
}

// sharedWith are the versions of other projects that a project has too.
func (q *request) sharedWith(project int64) []int64 {
	var ids []int64
	for id, v := range q.versions {
		if v.Project == project || v.Sharing == "none" {
			continue
		}
		below, above := q.isBelow(project, v.Project), q.isBelow(v.Project, project)
		tree := q.root(project) == q.root(v.Project)
		if v.Sharing == "system" || v.Sharing == "tree" && tree || v.Sharing == "hierarchy" && (below || above) || v.Sharing == "descendants" && below {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (s *Site) isBelow(id, above int64) bool {
	for p := s.projects[id]; p != nil && p.Parent != 0; p = s.projects[p.Parent] {
		if p.Parent == above {
			return true
		}
	}
	return false
}

func (s *Site) root(id int64) int64 {
	for p := s.projects[id]; p != nil && p.Parent != 0; p = s.projects[id] {
		id = p.Parent
	}
	return id
}

func (q *request) version(id int64) {
	v := q.versions[id]
	if v == nil {
		q.refuse(http.StatusNotFound)
		return
	}
	if q.readable(v.Project) {
		q.answer(object{"version": q.versionJSON(v)})
	}
}

var roles = map[string]int64{"Manager": 3, "Developer": 4, "Reporter": 5}

func (q *request) memberships(project int64) {
	if !q.readable(project) {
		return
	}
	var all []json.RawMessage
	for _, m := range q.members[project] {
		role := named(roles[m.Role], m.Role)
		if m.Inherited {
			role["inherited"] = true
		}
		who := "user"
		if q.users[m.User].Group {
			who = "group"
		}
		all = append(all, encode(object{
			"id": m.ID, "project": named(project, q.projects[project].Name), who: named(m.User, q.users[m.User].name()), "roles": []object{role},
		}))
	}
	q.page("memberships", all)
}

func (q *request) trackerList() {
	list := []object{}
	for _, t := range q.trackers {
		list = append(list, object{"id": t.ID, "name": t.Name, "default_status": object{"id": t.Default, "name": "New"}})
	}
	q.answer(object{"trackers": list})
}

func (q *request) statusList() {
	list := []object{}
	for _, st := range q.statuses {
		list = append(list, object{"id": st.ID, "name": st.Name, "is_closed": st.Closed})
	}
	q.answer(object{"issue_statuses": list})
}

func (q *request) fieldList() {
	if !q.account.Admin {
		q.refuse(http.StatusForbidden)
		return
	}
	list := []object{}
	for _, f := range q.fields {
		list = append(list, object{"id": f.ID, "name": f.Name, "customized_type": f.Of, "field_format": f.Format})
	}
	q.answer(object{"custom_fields": list})
}

func encode(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // objects of plain values always encode
	}
	return raw
}
