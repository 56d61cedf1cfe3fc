package azuredevopstest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A route is a method and a path, in which {} stands for an id or a name.
type route struct {
	method, path string
	answer       func(q *request, refs []string)
}

var routes = []route{
	{http.MethodGet, "_apis/connectionData", plainly((*request).connection)},
	{http.MethodGet, "_apis/projects", plainly((*request).projectList)},
	{http.MethodGet, "_apis/projects/{}", (*request).project},
	{http.MethodGet, "_apis/wit/fields", plainly((*request).fieldList)},
	{http.MethodGet, "_apis/wit/recyclebin", plainly((*request).bin)},
	{http.MethodPost, "_apis/wit/wiql", plainly((*request).wiql)},
	{http.MethodPost, "_apis/wit/workitemsbatch", plainly((*request).itemBatch)},
	{http.MethodPost, "_apis/wit/reporting/workitemrevisions", plainly((*request).revisions)},
	{http.MethodGet, "_apis/wit/reporting/workitemlinks", plainly((*request).linkFeed)},
	{http.MethodGet, "{}/_apis/wit/classificationnodes/iterations", (*request).iterations},
	{http.MethodGet, "{}/_apis/wit/workitemtypes/{}/states", (*request).states},
}

// plainly is for what is asked without a reference.
func plainly(answer func(*request)) func(*request, []string) {
	return func(q *request, _ []string) { answer(q) }
}

// dispatch answers by the route that the request fits.
func (q *request) dispatch(path string) {
	version, preview, _ := strings.Cut(q.param("api-version"), "-")
	switch number, err := strconv.ParseFloat(version, 64); {
	case err != nil:
		q.refuse(http.StatusBadRequest, "VssVersionNotSpecifiedException", "No api-version was supplied for the request.")
		return
	case number > 7.1 || q.opts.Server && number > 7.0:
		q.refuse(http.StatusBadRequest, "VssVersionOutOfRangeException", "The requested REST API version of "+version+" is out of range for this server.")
		return
	case (path == "_apis/connectionData") != (preview != ""):
		q.refuse(http.StatusBadRequest, "VssInvalidPreviewVersionException", "The -preview flag is not as this version of the resource needs it.")
		return
	}
	for _, route := range routes {
		if refs, ok := fits(route.path, path); ok && route.method == q.r.Method {
			if q.user == nil && path != "_apis/connectionData" {
				q.list(nil) // nobody sees nothing
				return
			}
			route.answer(q, refs)
			return
		}
	}
	q.refuse(http.StatusNotFound, "VssResourceNotFoundException", "The controller for path '"+q.r.URL.Path+"' was not found.")
}

func fits(pattern, path string) (refs []string, ok bool) {
	a, b := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(a) != len(b) {
		return nil, false
	}
	for i := range a {
		switch {
		case a[i] == "{}":
			refs = append(refs, b[i])
		case !strings.EqualFold(a[i], b[i]):
			return nil, false
		}
	}
	return refs, true
}

func (q *request) connection() {
	kind := "hosted"
	if q.opts.Server {
		kind = "onPremises"
	}
	who := map[string]any{
		"id": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "descriptor": "System:PublicAccess;aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "providerDisplayName": "Anonymous",
	}
	if q.user != nil {
		who = map[string]any{"id": q.user.ID, "descriptor": "Microsoft.IdentityModel.Claims.ClaimsIdentity;" + q.user.Email, "providerDisplayName": q.user.Name, "isActive": true}
	}
	q.answer(map[string]any{
		"authenticatedUser": who, "authorizedUser": who, "instanceId": q.opts.InstanceID, "deploymentId": guid("deployment"), "deploymentType": kind,
	})
}

func (q *request) fieldList() {
	var all []any
	for _, f := range q.fields {
		all = append(all, map[string]any{
			"name": f.Name, "referenceName": f.Ref, "type": f.Type, "isIdentity": f.Identity, "readOnly": false, "url": q.opts.BaseURL + "/_apis/wit/fields/" + f.Ref,
		})
	}
	q.list(all)
}

func (q *request) projectShape(p *Project) map[string]any {
	shape := map[string]any{
		"id": p.ID, "name": p.Name, "url": q.opts.BaseURL + "/_apis/projects/" + p.ID, "state": p.State, "revision": 1, "visibility": "private",
		"lastUpdateTime": p.Updated.UTC().Format(instant),
	}
	if p.Description != "" {
		shape["description"] = p.Description
	}
	return shape
}

// instant is how Azure DevOps writes times.
const instant = "2006-01-02T15:04:05.999Z"

func (q *request) projectList() {
	var all []*Project
	state := q.param("stateFilter")
	for _, p := range q.projects {
		if deleted := p.State == "deleted"; q.sees(p) && (state == "deleted") == deleted && (state != "" && state != "wellFormed" || deleted || p.State == "wellFormed") {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *Project) int { return cmp.Compare(a.Name, b.Name) })
	from, _ := strconv.Atoi(q.param("continuationToken"))
	top, err := strconv.Atoi(q.param("$top"))
	if err != nil || top < 1 {
		top = 100
	}
	to := min(len(all), from+top)
	if to < len(all) {
		q.w.Header().Set("x-ms-continuationtoken", strconv.Itoa(to))
	}
	var page []any
	for _, p := range all[min(from, to):to] {
		page = append(page, q.projectShape(p))
	}
	q.list(page)
}

// findProject is the project with an id or name, if the caller may see it.
func (q *request) findProject(ref string) *Project {
	for _, p := range q.projects {
		if (p.ID == ref || strings.EqualFold(p.Name, ref)) && p.State != "deleted" && q.sees(p) {
			return p
		}
	}
	q.refuse(http.StatusNotFound, "ProjectDoesNotExistWithNameException", "TF200016: The following project does not exist: "+ref+". Verify that the name of the project is correct and that the project exists on the specified Azure DevOps Server.")
	return nil
}

func (q *request) project(refs []string) {
	if p := q.findProject(refs[0]); p != nil {
		q.answer(q.projectShape(p))
	}
}

func (q *request) states(refs []string) {
	p := q.findProject(refs[0])
	if p == nil {
		return
	}
	for _, t := range q.types {
		if !strings.EqualFold(t.Name, refs[1]) {
			continue
		}
		states := t.States
		if own := p.States[t.Name]; own != nil {
			states = own
		}
		var all []any
		for _, s := range states {
			all = append(all, map[string]any{"name": s.Name, "color": "b2b2b2", "category": s.Category})
		}
		q.list(all)
		return
	}
	q.refuse(http.StatusNotFound, "WorkItemTypeNotFoundException", "VS402805: Cannot find work item type "+refs[1])
}

func (q *request) iterations(refs []string) {
	p := q.findProject(refs[0])
	if p == nil {
		return
	}
	depth, _ := strconv.Atoi(q.param("$depth"))
	children := map[string][]*Iteration{}
	for _, n := range q.nodes {
		if n.Project == p.ID {
			children[n.Parent] = append(children[n.Parent], n)
		}
	}
	var shape func(n *Iteration, path string, depth int) map[string]any
	shape = func(n *Iteration, path string, depth int) map[string]any {
		path += `\` + n.Name
		out := map[string]any{
			"id": n.number, "identifier": n.ID, "name": n.Name, "structureType": "iteration", "hasChildren": len(children[n.ID]) > 0, "path": path,
			"url": q.opts.BaseURL + "/" + p.ID + "/_apis/wit/classificationNodes/Iterations/" + n.Name,
		}
		dates := map[string]any{}
		for name, date := range map[string]string{"startDate": n.Start, "finishDate": n.Finish} {
			if date != "" {
				dates[name] = midnight(date)
			}
		}
		if len(dates) > 0 {
			out["attributes"] = dates
		}
		below := children[n.ID]
		if n.number == 0 {
			below = children[""]
			out["hasChildren"] = len(below) > 0
		}
		if len(below) > 0 && depth > 0 {
			slices.SortFunc(below, func(a, b *Iteration) int { return cmp.Compare(a.number, b.number) })
			var list []any
			for _, c := range below {
				list = append(list, shape(c, path, depth-1))
			}
			out["children"] = list
		}
		return out
	}
	q.answer(shape(&Iteration{ID: guid("root of " + p.ID), Name: p.Name}, `\`+p.Name+`\Iteration`, depth))
}

// midnight writes a plain date as Azure DevOps keeps it.
func midnight(date string) string {
	if len(date) == len(time.DateOnly) {
		return date + "T00:00:00Z"
	}
	return date
}

func (q *request) noSuch(id int64) {
	q.refuse(http.StatusNotFound, "WorkItemUnauthorizedAccessException", fmt.Sprintf("TF401232: Work item %d does not exist, or you do not have permissions to read it.", id))
}
