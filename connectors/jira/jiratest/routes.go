package jiratest

import (
	"net/http"
	"strings"
)

// A route is a method and a path, whose {} stands for an id or key.
type route struct {
	method, path string
	answer       func(q *request, ref string)
}

// plainly is for what is asked without a reference.
func plainly(answer func(*request)) func(*request, string) {
	return func(q *request, _ string) { answer(q) }
}

// What both kinds of Jira answer.
var sharedRoutes = []route{
	{http.MethodGet, "myself", plainly((*request).myself)},
	{http.MethodGet, "serverInfo", plainly((*request).serverInfo)},
	{http.MethodGet, "field", plainly((*request).fieldList)},
	{http.MethodGet, "issuetype", plainly((*request).issueTypes)},
	{http.MethodGet, "status", plainly((*request).statusList)},
	{http.MethodGet, "issueLinkType", plainly((*request).issueLinkTypes)},
	{http.MethodGet, "mypermissions", plainly((*request).permissions)},
	{http.MethodGet, "project/{}", (*request).project},
	{http.MethodGet, "project/{}/version", (*request).versionPage},
	{http.MethodGet, "project/{}/versions", (*request).versionList},
	{http.MethodGet, "issue/{}", (*request).issue},
	{http.MethodGet, "version/{}", (*request).version},
	{http.MethodGet, "issueLink/{}", (*request).issueLink},
}

// What each of them has of its own; it comes before what both have.
var (
	cloudRoutes = []route{
		{"", "search", plainly((*request).oldSearchIsGone)},
		{http.MethodGet, "search/jql", plainly((*request).search)},
		{http.MethodPost, "search/jql", plainly((*request).search)},
		{http.MethodPost, "search/approximate-count", plainly((*request).count)},
		{http.MethodGet, "user", plainly((*request).userByID)},
		{http.MethodGet, "project/search", plainly((*request).projectSearch)},
		{http.MethodPost, "issue/bulkfetch", plainly((*request).bulkFetch)},
		{http.MethodPost, "changelog/bulkfetch", plainly((*request).bulkChangelog)},
		{http.MethodGet, "issue/{}/changelog", (*request).issueChangelog},
	}
	dataCenterRoutes = []route{
		{http.MethodGet, "search", plainly((*request).oldSearch)},
		{http.MethodPost, "search", plainly((*request).oldSearch)},
		{http.MethodGet, "project", plainly((*request).projectList)},
	}
)

// dispatch answers by the first route that the request fits.
func (q *request) dispatch(path string, own []route) {
	for _, routes := range [][]route{own, sharedRoutes} {
		for _, route := range routes {
			if ref, ok := route.fits(q.r.Method, path); ok {
				route.answer(q, ref)
				return
			}
		}
	}
	q.noSuchPath()
}

// fits tells whether a request is for the route, and what stands for its {}.
// A route without a method takes any.
func (r route) fits(method, path string) (ref string, ok bool) {
	if r.method != "" && r.method != method {
		return "", false
	}
	before, after, variable := strings.Cut(r.path, "{}")
	if !variable {
		return "", path == r.path
	}
	rest, begins := strings.CutPrefix(path, before)
	ref, ends := strings.CutSuffix(rest, after)
	return ref, begins && ends && !strings.Contains(ref, "/")
}

// gone is what Cloud answers where the old search was.
const gone = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"

func (q *request) oldSearchIsGone() { refuse(q.w, http.StatusGone, gone) }

func (q *request) noSuchPath() {
	refuse(q.w, http.StatusNotFound, "null for uri: "+q.r.URL.Path)
}
