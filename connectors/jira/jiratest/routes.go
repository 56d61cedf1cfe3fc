package jiratest

import (
	"net/http"
	"strings"
)

func (q *request) cloud(path string) {
	parts := strings.Split(path, "/")
	get, post := q.r.Method == http.MethodGet, q.r.Method == http.MethodPost
	switch {
	case path == "search":
		refuse(q.w, http.StatusGone, gone)
	case get && path == "myself":
		q.myself()
	case get && path == "user":
		q.userByID()
	case get && path == "serverInfo":
		q.serverInfo()
	case get && path == "field":
		q.fieldList()
	case get && path == "issuetype":
		q.issueTypes()
	case get && path == "status":
		q.statusList()
	case get && path == "issueLinkType":
		q.issueLinkTypes()
	case get && path == "mypermissions":
		q.permissions()
	case get && path == "project/search":
		q.projectSearch()
	case path == "search/jql" && (get || post):
		q.search()
	case post && path == "search/approximate-count":
		q.count()
	case post && path == "issue/bulkfetch":
		q.bulkFetch()
	case post && path == "changelog/bulkfetch":
		q.bulkChangelog()
	case get && len(parts) == 2 && parts[0] == "project":
		q.project(parts[1])
	case get && len(parts) == 3 && parts[0] == "project" && parts[2] == "version":
		q.versionPage(parts[1])
	case get && len(parts) == 3 && parts[0] == "project" && parts[2] == "versions":
		q.versionList(parts[1])
	case get && len(parts) == 2 && parts[0] == "issue":
		q.issue(parts[1])
	case get && len(parts) == 3 && parts[0] == "issue" && parts[2] == "changelog":
		q.issueChangelog(parts[1])
	case get && len(parts) == 2 && parts[0] == "version":
		q.version(parts[1])
	case get && len(parts) == 2 && parts[0] == "issueLink":
		q.issueLink(parts[1])
	default:
		q.noSuchPath()
	}
}

func (q *request) dataCenter(path string) {
	parts := strings.Split(path, "/")
	get, post := q.r.Method == http.MethodGet, q.r.Method == http.MethodPost
	switch {
	case path == "search" && (get || post):
		q.oldSearch()
	case get && path == "myself":
		q.myself()
	case get && path == "serverInfo":
		q.serverInfo()
	case get && path == "field":
		q.fieldList()
	case get && path == "issuetype":
		q.issueTypes()
	case get && path == "status":
		q.statusList()
	case get && path == "issueLinkType":
		q.issueLinkTypes()
	case get && path == "mypermissions":
		q.permissions()
	case get && path == "project":
		q.projectList()
	case get && len(parts) == 2 && parts[0] == "project":
		q.project(parts[1])
	case get && len(parts) == 3 && parts[0] == "project" && parts[2] == "version":
		q.versionPage(parts[1])
	case get && len(parts) == 3 && parts[0] == "project" && parts[2] == "versions":
		q.versionList(parts[1])
	case get && len(parts) == 2 && parts[0] == "issue":
		q.issue(parts[1])
	case get && len(parts) == 2 && parts[0] == "version":
		q.version(parts[1])
	case get && len(parts) == 2 && parts[0] == "issueLink":
		q.issueLink(parts[1])
	default:
		q.noSuchPath()
	}
}

// gone is what Cloud answers where the old search was.
const gone = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"

func (q *request) noSuchPath() {
	refuse(q.w, http.StatusNotFound, "null for uri: "+q.r.URL.Path)
}
