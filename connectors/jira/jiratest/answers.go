package jiratest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

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
