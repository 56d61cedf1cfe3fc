package gitlabtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

func instant(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func numberOrNull(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

func encode(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // objects of plain values always encode
	}
	return raw
}

func (q *request) userJSON(id int64) object {
	u := q.users[id]
	if u == nil {
		return nil
	}
	state := "active"
	if u.Blocked {
		state = "blocked"
	}
	return object{"id": u.ID, "name": u.Name, "username": u.Username, "state": state, "web_url": q.opts.Address + "/" + u.Username}
}

func (q *request) user() {
	u := q.userJSON(q.account.User)
	if q.account.Admin {
		u["is_admin"] = true
	}
	q.answer(u)
}

func (q *request) token() {
	if q.account.Bearer {
		q.notFound("")
		return
	}
	scopes := q.account.Scopes
	if scopes == nil {
		scopes = []string{"read_api"}
	}
	q.answer(object{"id": 1, "name": "plumbline", "active": true, "user_id": q.account.User, "scopes": scopes, "expires_at": orNull(q.account.Expires)})
}

func (s *Site) fullPath(g *Group) string {
	if up := s.groups[g.Parent]; up != nil {
		return s.fullPath(up) + "/" + g.Path
	}
	return g.Path
}

func (s *Site) namespace(p *Project) string {
	if g := s.groups[p.Group]; g != nil {
		return s.fullPath(g)
	}
	if u := s.users[p.Owner]; u != nil {
		return u.Username
	}
	return "nobody"
}

func (s *Site) projectPath(p *Project) string { return s.namespace(p) + "/" + p.Path }

func (q *request) groupJSON(g *Group) json.RawMessage {
	if g.Raw != nil {
		return g.Raw
	}
	path := q.fullPath(g)
	return encode(object{
		"id": g.ID, "name": g.Name, "path": g.Path, "full_path": path, "full_name": g.Name, "description": g.Description, "visibility": "private",
		"parent_id": numberOrNull(g.Parent), "web_url": q.opts.Address + "/groups/" + path, "created_at": instant(g.Created), "archived": g.Archived,
	})
}

func (q *request) projectJSON(p *Project) json.RawMessage {
	if p.Raw != nil {
		return p.Raw
	}
	path := q.projectPath(p)
	namespace := object{"id": p.Group, "kind": "group", "full_path": q.namespace(p)}
	o := object{
		"id": p.ID, "name": p.Name, "path": p.Path, "path_with_namespace": path, "description": orNull(p.Description), "visibility": "private",
		"web_url": q.opts.Address + "/" + path, "created_at": instant(p.Created), "archived": p.Archived, "topics": p.Topics, "namespace": namespace,
		"last_activity_at": instant(q.now()),
	}
	if p.Group == 0 {
		namespace["id"], namespace["kind"] = 100_000+p.Owner, "user"
		if owner := q.userJSON(p.Owner); owner != nil {
			o["owner"] = owner
		}
	}
	if p.Deletion != "" {
		o["marked_for_deletion_on"] = p.Deletion
	}
	return encode(o)
}

// groupList and projectList list what the account is a member of.
func (q *request) groupList() {
	var all []json.RawMessage
	for _, g := range ascending(q.groups) {
		if q.sees("group", g.ID) && (!g.NotMember || q.r.URL.Query().Get("min_access_level") == "") {
			all = append(all, q.groupJSON(g))
		}
	}
	q.list(all)
}

func (q *request) projectList() {
	var all []json.RawMessage
	for _, p := range ascending(q.projects) {
		if q.sees("project", p.ID) && (!p.NotMember || q.r.URL.Query().Get("membership") != "true") {
			all = append(all, q.projectJSON(p))
		}
	}
	q.list(all)
}

// ascending are the values in the order of their ids.
func ascending[T any](m map[int64]*T) []*T {
	ids := make([]int64, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	list := make([]*T, len(ids))
	for n, id := range ids {
		list[n] = m[id]
	}
	return list
}

func (s *Site) isBelow(group, above int64) bool {
	for g := s.groups[group]; g != nil; g = s.groups[g.Parent] {
		if g.Parent == above {
			return true
		}
	}
	return false
}

func (q *request) inGroup(g *Group, rest []string) {
	var all []json.RawMessage
	switch what := strings.Join(rest, "/"); {
	case what == "":
		q.answer(q.groupJSON(g))
		return
	case what == "descendant_groups":
		for _, other := range ascending(q.groups) {
			if q.isBelow(other.ID, g.ID) {
				all = append(all, q.groupJSON(other))
			}
		}
	case what == "projects":
		for _, p := range ascending(q.projects) {
			if q.sees("project", p.ID) && (p.Group == g.ID || q.isBelow(p.Group, g.ID)) {
				all = append(all, q.projectJSON(p))
			}
		}
	case what == "members":
		all = q.memberList(of("group", g.ID))
	case rest[0] == "milestones":
		q.milestoneAnswer(of("group", g.ID), g.ID, rest[1:])
		return
	case what == "issues":
		q.list(q.issueList(func(i *Issue) bool {
			p := q.projects[i.Project]
			archived := p.Archived && q.r.URL.Query().Get("non_archived") != "false"
			return q.isIn(of("project", p.ID), g.ID) && !archived
		}))
		return
	case rest[0] == "epics" || what == "related_epic_links":
		q.epicAnswer(g, rest)
		return
	default:
		q.notFound("")
		return
	}
	q.list(all)
}

func (q *request) inProject(p *Project, rest []string) {
	switch what := strings.Join(rest, "/"); {
	case what == "":
		q.answer(q.projectJSON(p))
	case what == "members":
		q.list(q.memberList(of("project", p.ID)))
	case rest[0] == "milestones":
		if p.NoMilestones {
			q.refuse(http.StatusForbidden, "403 Forbidden")
			return
		}
		q.milestoneAnswer(of("project", p.ID), 0, rest[1:])
	case rest[0] == "issues":
		q.issueAnswer(p, rest[1:])
	default:
		q.notFound("")
	}
}

func (q *request) memberList(owner string) []json.RawMessage {
	var all []json.RawMessage
	for _, m := range q.members[owner] {
		o := q.userJSON(m.User)
		o["access_level"] = m.Level
		all = append(all, encode(o))
	}
	return all
}

func (q *request) milestoneJSON(m *Milestone) json.RawMessage {
	if m.Raw != nil {
		return m.Raw
	}
	o := object{
		"id": m.ID, "iid": m.ID, "title": m.Title, "description": m.Text, "state": m.State, "start_date": orNull(m.Start), "due_date": orNull(m.Due),
		"created_at": instant(m.Created), "updated_at": instant(m.Updated), "expired": false,
	}
	if m.Group != 0 {
		o["group_id"], o["web_url"] = m.Group, fmt.Sprintf("%s/groups/%s/-/milestones/%d", q.opts.Address, q.fullPath(q.groups[m.Group]), m.ID)
	} else {
		o["project_id"], o["web_url"] = m.Project, fmt.Sprintf("%s/%s/-/milestones/%d", q.opts.Address, q.projectPath(q.projects[m.Project]), m.ID)
	}
	return encode(o)
}

// milestoneAnswer lists milestones by due date, those without one last, then the
// newest first; or answers one of them. From 16.7 on, a group can answer for all
// below it.
func (q *request) milestoneAnswer(owner string, below int64, rest []string) {
	list := slices.Clone(q.milestones[owner])
	if below != 0 && q.since(16, 7) && q.r.URL.Query().Get("include_descendants") == "true" {
		for other, more := range q.milestones {
			if other != owner && q.isIn(other, below) {
				list = append(list, more...)
			}
		}
	}
	if len(rest) > 0 {
		for _, m := range list {
			if strconv.FormatInt(m.ID, 10) == rest[0] {
				q.answer(q.milestoneJSON(m))
				return
			}
		}
		q.notFound("")
		return
	}
	slices.SortFunc(list, func(a, b *Milestone) int {
		return cmp.Or(strings.Compare(cmp.Or(a.Due, "9"), cmp.Or(b.Due, "9")), cmp.Compare(b.ID, a.ID))
	})
	var all []json.RawMessage
	for _, m := range list {
		if !q.since(15, 10) || q.asksFor(m.Updated) {
			all = append(all, q.milestoneJSON(m))
		}
	}
	q.list(all)
}

// isIn tells that "group 7" or "project 7" lies below a group, where the account
// sees it.
func (q *request) isIn(owner string, above int64) bool {
	kind, text, _ := strings.Cut(owner, " ")
	id, _ := strconv.ParseInt(text, 10, 64)
	if !q.sees(kind, id) {
		return false
	}
	if p := q.projects[id]; kind == "project" && p != nil {
		return p.Group == above || q.isBelow(p.Group, above)
	}
	return kind == "group" && q.isBelow(id, above)
}

// asksFor tells that a record which was changed then fits updated_after.
func (q *request) asksFor(updated time.Time) bool {
	after, err := time.Parse(time.RFC3339, q.r.URL.Query().Get("updated_after"))
	return err != nil || !updated.Before(after)
}

// since tells that the release is the given one or a later one.
func (q *request) since(major, minor int) bool {
	var is [2]int
	_, _ = fmt.Sscanf(q.opts.Version, "%d.%d", &is[0], &is[1]) // a test that gives another one learns it soon
	return slices.Compare(is[:], []int{major, minor}) >= 0
}

func (q *request) epicJSON(e *Epic) object {
	o := object{
		"id": e.ID, "iid": e.IID, "group_id": e.Group, "parent_id": numberOrNull(e.Parent), "title": e.Title, "state": e.State, "labels": e.Labels,
		"start_date": orNull(e.Start), "due_date": orNull(e.Due), "end_date": orNull(e.Due), "created_at": instant(e.Created), "updated_at": instant(e.Updated),
		"closed_at": instant(e.Closed), "references": object{"full": fmt.Sprintf("%s&%d", q.fullPath(q.groups[e.Group]), e.IID)},
		"web_url": fmt.Sprintf("%s/groups/%s/-/epics/%d", q.opts.Address, q.fullPath(q.groups[e.Group]), e.IID),
	}
	if e.Health != "" {
		o["health_status"] = e.Health
	}
	return o
}

// epicAnswer answers the epics of a group with all below it, one of its own, or
// the links between them. Without a licence there is nothing to see.
func (q *request) epicAnswer(g *Group, rest []string) {
	if q.opts.Free {
		q.refuse(http.StatusForbidden, "403 Forbidden")
		return
	}
	within := func(e *Epic) bool { return e != nil && (e.Group == g.ID || q.isBelow(e.Group, g.ID)) }
	var all []json.RawMessage
	switch {
	case rest[0] == "related_epic_links":
		for _, l := range q.sortedLinks(true) {
			if from, to := q.epics[l.From], q.epics[l.To]; from != nil && to != nil && (within(from) || within(to)) {
				all = append(all, encode(object{"id": l.ID, "link_type": l.Type, "source_epic": q.epicJSON(from), "target_epic": q.epicJSON(to)}))
			}
		}
	case len(rest) > 1:
		for _, e := range q.epics {
			if e.Group == g.ID && strconv.FormatInt(e.IID, 10) == rest[1] {
				q.answer(q.epicJSON(e))
				return
			}
		}
		q.notFound("")
		return
	default:
		for _, e := range ascending(q.epics) {
			if within(e) && q.asksFor(e.Updated) {
				all = append(all, encode(q.epicJSON(e)))
			}
		}
	}
	q.list(all)
}

func (q *request) sortedLinks(epics bool) []Link {
	var list []Link
	for _, l := range q.links {
		if l.Epics == epics {
			list = append(list, l)
		}
	}
	slices.SortFunc(list, func(a, b Link) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

func (q *request) issueJSON(i *Issue) object {
	o := object{
		"id": i.ID, "iid": i.IID, "project_id": i.Project, "title": i.Title, "state": i.State, "labels": i.Labels, "due_date": orNull(i.Due),
		"created_at": instant(i.Created), "updated_at": instant(i.Updated), "closed_at": instant(i.Closed), "weight": i.Weight,
		"health_status": orNull(i.Health), "assignees": []object{}, "milestone": nil, "epic": nil,
		"moved_to_id": numberOrNull(i.MovedTo),
		"references":  object{"full": fmt.Sprintf("%s#%d", q.projectPath(q.projects[i.Project]), i.IID)},
		"web_url":     fmt.Sprintf("%s/%s/-/issues/%d", q.opts.Address, q.projectPath(q.projects[i.Project]), i.IID),
	}
	if u := q.userJSON(i.Assignee); u != nil {
		o["assignees"] = []object{u}
	}
	if i.Milestone != 0 {
		o["milestone"] = object{"id": i.Milestone}
	}
	if i.Epic != 0 {
		o["epic"] = object{"id": i.Epic}
	}
	return o
}

// issueAnswer answers the issues of a project that have all of the labels, one
// of them, or its links. Without a state it is GitLab's way to list them all.
func (q *request) issueAnswer(p *Project, rest []string) {
	var all []json.RawMessage
	if len(rest) > 0 {
		for _, i := range q.issues {
			if i.Project != p.ID || strconv.FormatInt(i.IID, 10) != rest[0] {
				continue
			}
			if len(rest) == 1 {
				q.answer(q.issueJSON(i))
				return
			}
			for _, l := range q.sortedLinks(false) {
				other, kind := q.issues[l.To], l.Type
				if l.To == i.ID {
					other = q.issues[l.From]
					kind = strings.Replace(kind, "blocks", "is_blocked_by", 1)
				} else if l.From != i.ID {
					continue
				}
				if other != nil {
					o := q.issueJSON(other)
					o["issue_link_id"], o["link_type"] = l.ID, kind
					all = append(all, encode(o))
				}
			}
			q.list(all)
			return
		}
		q.notFound("")
		return
	}
	q.list(q.issueList(func(i *Issue) bool { return i.Project == p.ID }))
}

// issueList are the issues of a part of the site that are asked for.
func (q *request) issueList(within func(*Issue) bool) (all []json.RawMessage) {
	query := q.r.URL.Query()
	for _, i := range ascending(q.issues) {
		fits := within(i) && q.asksFor(i.Updated) && (query.Get("state") == "" || query.Get("state") == "all" || query.Get("state") == i.State)
		for label := range strings.SplitSeq(query.Get("labels"), ",") {
			fits = fits && (label == "" || slices.Contains(i.Labels, label))
		}
		if fits {
			all = append(all, encode(q.issueJSON(i)))
		}
	}
	return all
}
