package asanatest

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumbline/connectors/connectortest/fake"
)

func (q *request) dispatch(path string) {
	parts := strings.Split(path, "/")
	gid := ""
	if len(parts) > 1 {
		gid = parts[1]
		parts[1] = "{}"
	}
	switch strings.Join(parts, "/") {
	case "users/{}":
		q.oneUser(gid)
	case "users":
		q.list(slices.Sorted(maps.Keys(q.users)), q.user)
	case "projects":
		q.listProjects()
	case "projects/{}":
		q.oneOfProject(gid, gid, func() record { return q.project(q.projects[gid]) })
	case "projects/{}/task_counts":
		q.oneOfProject(gid, gid, func() record { return q.counts(gid) })
	case "tasks":
		q.listTasks()
	case "tasks/{}":
		q.oneTask(gid)
	case "events":
		q.events()
	case "status_updates":
		q.listStatuses()
	case "status_updates/{}":
		u, ok := q.statuses[gid]
		q.oneOf(ok && q.sees(u.Project), ok, func() record { return q.status(u) })
	case "portfolios":
		q.listPortfolios()
	case "portfolios/{}":
		p, ok := q.portfolios[gid]
		q.oneOf(ok, ok, func() record { return q.portfolio(p) })
	case "portfolios/{}/items":
		q.listItems(gid)
	case "goals":
		q.list(slices.Sorted(maps.Keys(q.goals)), func(gid string) record { return q.goal(q.goals[gid]) })
	case "goal_relationships":
		q.listSupporters()
	case "workspaces/{}/custom_fields":
		q.list(slices.Sorted(maps.Keys(q.Site.fields)), func(gid string) record { return q.customField(q.Site.fields[gid]) })
	default:
		q.noSuchPath()
	}
}

// oneOf answers with a record that is there and may be seen.
func (q *request) oneOf(seen, there bool, of func() record) {
	switch {
	case seen:
		q.one(of())
	case there:
		refuse(q.w, http.StatusForbidden, "You do not have access to this object.")
	default:
		refuse(q.w, http.StatusNotFound, "Unknown object")
	}
}

func (q *request) oneOfProject(project, gid string, of func() record) {
	_, there := q.projects[gid]
	q.oneOf(there && q.sees(project), there, of)
}

func (q *request) oneUser(gid string) {
	if gid == "me" {
		gid = q.account.User
	}
	u := q.user(gid)
	q.oneOf(u != nil, false, func() record {
		u["workspaces"] = []record{{"gid": q.workspace, "resource_type": "workspace", "name": q.opts.Workspace}}
		return u
	})
}

func (q *request) oneTask(gid string) {
	t, there := q.tasks[gid]
	seen := len(t.Projects) == 0 || slices.ContainsFunc(t.Projects, q.sees)
	q.oneOf(there && seen, there, func() record { return q.task(t) })
}

func (q *request) counts(project string) record {
	n := record{"num_tasks": 0, "num_milestones": 0}
	for _, gid := range q.tasksOf[project] {
		n["num_tasks"] = n["num_tasks"].(int) + 1
		if q.tasks[gid].Subtype == "milestone" {
			n["num_milestones"] = n["num_milestones"].(int) + 1
		}
	}
	return n
}

// list answers a page of records in the order of their gids.
func (q *request) list(gids []string, of func(string) record) {
	limit, err := strconv.Atoi(q.param("limit"))
	if err != nil || limit < 1 || limit > 100 {
		refuse(q.w, http.StatusBadRequest, "limit: Must be between 1 and 100")
		return
	}
	offset := q.param("offset")
	after, ok := q.after(offset)
	if !ok {
		refuse(q.w, http.StatusBadRequest, "offset: Your pagination token has expired.")
		return
	}
	from, found := slices.BinarySearch(gids, after)
	if found {
		from++
	}
	gids = gids[from:]
	fault := fake.Struck(q.r)
	switch fault {
	case fake.ShortPage:
		limit = 1
	case fake.EmptyPage:
		limit = 0
	}
	next := any(nil)
	if len(gids) > limit {
		gids = gids[:limit]
		if limit > 0 {
			after = gids[limit-1]
		}
		next = q.nextPage(after)
	}
	if fault == fake.RepeatToken && offset != "" {
		next = record{"offset": offset}
	}
	data := make([]any, 0, len(gids))
	for _, gid := range gids {
		data = append(data, q.shown(of(gid)))
	}
	q.answer(map[string]any{"data": data, "next_page": next})
}

func (q *request) nextPage(after string) record {
	offset := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d,%s", q.now().UnixMilli(), after))
	path := q.r.URL.Path + "?limit=" + q.param("limit") + "&offset=" + offset
	return record{"offset": offset, "path": path, "uri": "https://app.asana.com/api/1.0" + path}
}

// after is the gid that an offset stands behind.
func (q *request) after(offset string) (string, bool) {
	if offset == "" {
		return "", true
	}
	text, err := base64.RawURLEncoding.DecodeString(offset)
	given, gid, ok := strings.Cut(string(text), ",")
	at, bad := strconv.ParseInt(given, 10, 64)
	return gid, ok && err == nil && bad == nil && q.now().Sub(time.UnixMilli(at)) < q.opts.OffsetLife
}

func (q *request) listProjects() {
	var gids []string
	for gid, p := range q.projects {
		if q.sees(gid) && (q.param("archived") == "" || strconv.FormatBool(p.Archived) == q.param("archived")) {
			gids = append(gids, gid)
		}
	}
	slices.Sort(gids)
	q.list(gids, func(gid string) record { return q.project(q.projects[gid]) })
}

func (q *request) listTasks() {
	project := q.param("project")
	if project == "" {
		refuse(q.w, http.StatusBadRequest, "You must specify exactly one of project, tag, section, user task list, or assignee + workspace")
		return
	}
	if _, there := q.projects[project]; !there || !q.sees(project) {
		q.oneOf(false, there, nil)
		return
	}
	gids := q.tasksOf[project]
	if text := q.param("modified_since"); text != "" {
		since, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			refuse(q.w, http.StatusBadRequest, "modified_since: Not a valid time")
			return
		}
		gids = slices.DeleteFunc(slices.Clone(gids), func(gid string) bool { return q.tasks[gid].Modified.Before(since) })
	}
	q.list(gids, func(gid string) record { return q.task(q.tasks[gid]) })
}

func (q *request) listStatuses() {
	parent := q.param("parent")
	if _, there := q.projects[parent]; !there || !q.sees(parent) {
		q.oneOf(false, there, nil)
		return
	}
	gids := slices.Sorted(slices.Values(q.reportsOf[parent]))
	q.list(gids, func(gid string) record { return q.status(q.statuses[gid]) })
}

func (q *request) listSupporters() {
	goal := q.goals[q.param("supported_goal")]
	if goal.GID == "" {
		q.oneOf(false, false, nil)
		return
	}
	subtype := q.param("resource_subtype")
	var gids []string
	if subtype == "" || subtype == "supporting_work" {
		gids = append(gids, goal.Supports...)
	}
	if subtype == "" || subtype == "subgoal" {
		gids = append(gids, goal.Subgoals...)
	}
	slices.Sort(gids)
	q.list(gids, func(gid string) record {
		kind, subtype := "project", "supporting_work"
		if _, ok := q.portfolios[gid]; ok {
			kind = "portfolio"
		} else if _, ok := q.goals[gid]; ok {
			kind, subtype = "goal", "subgoal"
		} else if _, ok := q.tasks[gid]; ok {
			kind = "task"
		}
		return record{
			"gid": madeUp("5", goal.GID+gid), "resource_type": "goal_relationship", "resource_subtype": subtype,
			"contribution_weight": goal.Weights[gid], "supporting_resource": record{"gid": gid, "resource_type": kind},
		}
	})
}

func (q *request) listPortfolios() {
	owner := q.param("owner")
	if owner == "me" {
		owner = q.account.User
	}
	if !q.account.Service && owner != q.account.User {
		refuse(q.w, http.StatusForbidden, "owner: You may only list your own portfolios")
		return
	}
	var gids []string
	for gid, p := range q.portfolios {
		if owner == "" || p.Owner == owner {
			gids = append(gids, gid)
		}
	}
	slices.Sort(gids)
	q.list(gids, func(gid string) record { return q.portfolio(q.portfolios[gid]) })
}

func (q *request) listItems(gid string) {
	p, ok := q.portfolios[gid]
	if !ok {
		q.oneOf(false, false, nil)
		return
	}
	items := slices.DeleteFunc(slices.Clone(p.Items), func(item string) bool { return !q.sees(item) })
	slices.Sort(items)
	q.list(items, func(item string) record {
		if p, ok := q.portfolios[item]; ok {
			return q.portfolio(p)
		}
		return q.project(q.projects[item])
	})
}
