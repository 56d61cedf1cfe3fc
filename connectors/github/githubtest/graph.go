package githubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"plumbline/connectors/connectortest/fake"
)

// graphql answers a query: the boards of an owner, a board by its id, people
// by their ids, and what remains of the limit.
func (q *request) graphql() {
	var asked struct {
		Query     string         `json:"query"`
		Variables map[string]any `json:"variables"`
	}
	if q.r.Method != http.MethodPost || json.NewDecoder(q.r.Body).Decode(&asked) != nil {
		refuse(q.w, http.StatusBadRequest, "A query attribute must be specified and must be a string.")
		return
	}
	fields, err := parseQuery(asked.Query, asked.Variables)
	if err != nil {
		q.failed("PARSE_ERROR", err.Error())
		return
	}
	defer func() {
		if p := recover(); p != nil {
			q.failed("undefinedField", fmt.Sprint(p))
		}
	}()
	root := object{
		"__typename": "Query",
		"repositoryOwner": func(args map[string]any) any {
			o := q.owners[strings.ToLower(fmt.Sprint(args["login"]))]
			if o == nil {
				return nil
			}
			return q.ownerObject(o)
		},
		"node": func(args map[string]any) any {
			for _, b := range q.boards {
				if boardNode(b.ID) == args["id"] && q.sees(b.ID) {
					return q.boardObject(b)
				}
			}
			return nil
		},
		"nodes": func(args map[string]any) any {
			ids, _ := args["ids"].([]any)
			list := []any{}
			for _, id := range ids {
				var found any
				for _, o := range q.owners {
					if userNode(o.ID) == id {
						found = q.actor(o.Login)
					}
				}
				list = append(list, found)
			}
			return list
		},
	}
	q.answer(map[string]any{"data": project(root, fields)})
}

// failed answers an error with HTTP 200, as GraphQL does.
func (q *request) failed(kind, message string) {
	q.answer(map[string]any{"data": nil, "errors": []any{map[string]any{"type": kind, "message": message}}})
}

func boardNode(id int64) string { return fmt.Sprintf("PVT_%d", id) }

// connection is a list that is read in pages by cursors.
func (q *request) connection(list []any) func(map[string]any) any {
	return q.pages(len(list), func(i int) any { return list[i] }, "")
}

// pages is a list whose elements are made when they are asked for, and which
// stumbles over the fault.
func (q *request) pages(n int, at func(int) any, fault fake.Kind) func(map[string]any) any {
	return func(args map[string]any) any {
		start, err := strconv.Atoi(strings.TrimPrefix(fmt.Sprint(args["after"]), "cursor:"))
		if err != nil {
			start = 0
		}
		size, _ := args["first"].(float64)
		if size < 1 || size > 100 {
			panic("first must be from 1 to 100")
		}
		if args["after"] == "" {
			panic("`` does not appear to be a valid cursor.")
		}
		if fault == fake.ShortPage {
			size = 1
		}
		end := min(start+int(size), n)
		more, cursor := end < n, "cursor:"+strconv.Itoa(end)
		switch fault {
		case fake.EmptyPage:
			end, more, cursor = start, true, "cursor:"+strconv.Itoa(start)
		case fake.RepeatToken:
			more, cursor = true, fmt.Sprint(args["after"])
		}
		nodes := []any{}
		for i := start; i < end; i++ {
			nodes = append(nodes, at(i))
		}
		return object{
			"__typename": "Connection", "nodes": nodes, "totalCount": n,
			"pageInfo": object{"__typename": "PageInfo", "hasNextPage": more, "endCursor": cursor},
		}
	}
}

func (q *request) ownerObject(o *Owner) object {
	var list []*Board
	for _, b := range q.boards {
		if strings.EqualFold(b.Owner, o.Login) && q.sees(b.ID) {
			list = append(list, b)
		}
	}
	slices.SortFunc(list, func(a, b *Board) int { return a.Number - b.Number })
	at := func(i int) any {
		if list[i].Raw != nil {
			return list[i].Raw
		}
		return q.boardObject(list[i])
	}
	kind := "User"
	if o.Organization {
		kind = "Organization"
	}
	return object{"__typename": kind, "login": o.Login, "id": userNode(o.ID), "projectsV2": q.pages(len(list), at, fake.Struck(q.r))}
}

func (q *request) actor(login string) any {
	o := q.owners[strings.ToLower(login)]
	if o == nil {
		return nil
	}
	kind := "User"
	if o.Organization {
		kind = "Organization"
	} else if o.Bot {
		kind = "Bot"
	}
	return object{"__typename": kind, "login": o.Login, "databaseId": o.ID, "name": nullable(o.Name), "id": userNode(o.ID)}
}

func (q *request) actors(logins []string) any {
	list := []any{}
	for _, login := range logins {
		list = append(list, q.actor(login))
	}
	return q.connection(list)
}

func (q *request) boardObject(b *Board) object {
	updates, fields := []any{}, []any{}
	for i := len(q.updates[b.ID]) - 1; i >= 0; i-- {
		u := q.updates[b.ID][i]
		updates = append(updates, object{
			"__typename": "ProjectV2StatusUpdate", "id": fmt.Sprintf("PVTSU_%d", u.ID), "fullDatabaseId": strconv.FormatInt(u.ID, 10),
			"status": nullable(u.Status), "body": nullable(u.Body), "startDate": nullable(u.Start), "targetDate": nullable(u.Target),
			"createdAt": stamp(u.Created), "updatedAt": stamp(u.Updated), "creator": q.actor(u.Creator),
		})
	}
	ids := q.itemsOf[b.ID]
	item := func(i int) any { return q.itemObject(q.items[ids[i]], b) }
	for _, f := range b.Fields {
		fields = append(fields, fieldObject(f))
	}
	return object{
		"__typename": "ProjectV2", "id": boardNode(b.ID), "fullDatabaseId": strconv.FormatInt(b.ID, 10), "number": b.Number, "title": b.Title,
		"shortDescription": nullable(b.Description), "readme": nullable(b.Readme), "url": fmt.Sprintf("%s/orgs/%s/projects/%d", q.web(), b.Owner, b.Number),
		"closed": !b.Closed.IsZero(), "closedAt": stampOrNull(b.Closed), "template": b.Template, "public": b.Public,
		"createdAt": stamp(b.Created), "updatedAt": stamp(b.Updated), "creator": q.actor(b.Creator),
		"statusUpdates": q.connection(updates), "items": q.pages(len(ids), item, fake.Struck(q.r)), "fields": q.connection(fields),
	}
}

func fieldObject(f BoardField) object {
	kind := "ProjectV2Field"
	switch f.Type {
	case "ITERATION":
		kind = "ProjectV2IterationField"
	case "SINGLE_SELECT":
		kind = "ProjectV2SingleSelectField"
	}
	open, done := []any{}, []any{}
	for _, i := range f.Iterations {
		var one any = object{"__typename": "ProjectV2IterationFieldIteration", "id": i.ID, "title": i.Title, "startDate": i.Start, "duration": i.Days}
		if i.Raw != nil {
			one = i.Raw
		}
		if i.Completed {
			done = append(done, one)
		} else {
			open = append(open, one)
		}
	}
	return object{
		"__typename": kind, "id": f.ID, "name": f.Name, "dataType": f.Type,
		"configuration": object{"__typename": "ProjectV2IterationFieldConfiguration", "iterations": open, "completedIterations": done},
	}
}

func (q *request) itemObject(i *Item, b *Board) any {
	if i.Raw != nil {
		return i.Raw
	}
	kind := "ISSUE"
	var content any
	switch issue := q.issues[i.Issue]; {
	case i.Redacted || i.Issue != 0 && issue == nil:
		kind = "REDACTED"
	case i.Issue == 0:
		kind = "DRAFT_ISSUE"
		content = object{"__typename": "DraftIssue", "title": i.Title, "body": i.Body, "assignees": q.connection([]any{})}
	case issue.PullRequest:
		kind = "PULL_REQUEST"
		content = object{"__typename": "PullRequest"}
	default:
		content = q.issueObject(issue)
	}
	values := []any{}
	for _, f := range b.Fields {
		if v, ok := i.Values[f.Name]; ok {
			values = append(values, valueObject(f, v))
		}
	}
	return object{
		"__typename": "ProjectV2Item", "id": fmt.Sprintf("PVTI_%d", i.ID), "fullDatabaseId": strconv.FormatInt(i.ID, 10), "type": kind,
		"isArchived": i.Archived, "createdAt": stamp(i.Created), "updatedAt": stamp(i.Updated), "content": content, "fieldValues": q.connection(values),
	}
}

func valueObject(f BoardField, v any) object {
	o := object{"field": fieldObject(f)}
	switch f.Type {
	case "DATE":
		o["__typename"], o["date"] = "ProjectV2ItemFieldDateValue", v
	case "NUMBER":
		o["__typename"], o["number"] = "ProjectV2ItemFieldNumberValue", v
	case "SINGLE_SELECT":
		o["__typename"], o["name"] = "ProjectV2ItemFieldSingleSelectValue", v
	case "ITERATION":
		o["__typename"], o["title"], o["startDate"], o["duration"] = "ProjectV2ItemFieldIterationValue", v, nil, 0
		for _, i := range f.Iterations {
			if i.Title == v {
				o["startDate"], o["duration"] = i.Start, i.Days
			}
		}
	default:
		o["__typename"], o["text"] = "ProjectV2ItemFieldTextValue", v
	}
	return o
}

func (q *request) issueObject(i *Issue) object {
	r := q.repositories[i.Repository]
	labels, items := []any{}, []any{}
	for _, l := range i.Labels {
		labels = append(labels, object{"__typename": "Label", "name": l})
	}
	for _, id := range q.itemsOfIssue(i.ID) {
		item := q.items[id]
		items = append(items, object{
			"__typename": "ProjectV2Item", "isArchived": item.Archived,
			"project": object{"__typename": "ProjectV2", "fullDatabaseId": strconv.FormatInt(item.Board, 10)},
		})
	}
	subs, _ := q.summaries(i)
	var parent any
	if p := q.issues[i.Parent]; p != nil {
		parent = object{"__typename": "Issue", "fullDatabaseId": strconv.FormatInt(p.ID, 10), "number": p.Number, "title": p.Title, "repository": q.nameOf(p.Repository)}
	}
	return object{
		"__typename": "Issue", "fullDatabaseId": strconv.FormatInt(i.ID, 10), "number": i.Number, "title": i.Title, "state": strings.ToUpper(orOpen(i.State)),
		"stateReason": nullable(strings.ToUpper(i.Reason)), "url": fmt.Sprintf("%s/%s/%s/issues/%d", q.web(), r.Owner, r.Name, i.Number),
		"createdAt": stamp(i.Created), "updatedAt": stamp(i.Updated), "closedAt": stampOrNull(i.Closed), "repository": q.nameOf(i.Repository), "parent": parent,
		"subIssuesSummary": object{"__typename": "SubIssuesSummary", "total": subs["total"], "completed": subs["completed"]},
		"labels":           q.connection(labels), "assignees": q.actors(i.Assignees), "projectItems": q.connection(items),
	}
}

func (q *request) nameOf(repository int64) object {
	r := q.repositories[repository]
	return object{"__typename": "Repository", "nameWithOwner": r.Owner + "/" + r.Name}
}

func (q *request) itemsOfIssue(issue int64) []int64 {
	var ids []int64
	for id, item := range q.items {
		if item.Issue == issue {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
