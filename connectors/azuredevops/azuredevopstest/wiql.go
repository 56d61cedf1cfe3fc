package azuredevopstest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The WIQL that is known: ids of types, in projects, after an id, by id.
var query = regexp.MustCompile(`^SELECT \[System\.Id\] FROM WorkItems WHERE \[System\.WorkItemType\] IN \(([^)]*)\)(?: AND \[System\.TeamProject\] IN \((.*)\))? AND \[System\.Id\] > (\d+) ORDER BY \[System\.Id\]$`)

// maxFound is how many work items a query may find.
const maxFound = 20_000

func (q *request) wiql() {
	var question struct {
		Query string `json:"query"`
	}
	if !q.body(&question) {
		return
	}
	parts := query.FindStringSubmatch(question.Query)
	if parts == nil {
		q.refuse(http.StatusBadRequest, "SyntaxException", "TF51006: The query is not one that this fake knows: "+question.Query)
		return
	}
	types, projects := literals(parts[1]), literals(parts[2])
	after, _ := strconv.ParseInt(parts[3], 10, 64)
	var ids []int64
	for _, i := range q.items {
		if i.ID > after && !i.Deleted && q.seesItem(i) && ofType(types, i.Type) && ofType(projects, q.projects[i.Project].Name) {
			ids = append(ids, i.ID)
		}
	}
	slices.Sort(ids)
	if top, err := strconv.Atoi(q.param("$top")); err == nil {
		ids = ids[:min(top, len(ids))]
	}
	if len(ids) >= maxFound {
		q.refuse(http.StatusBadRequest, "WorkItemTrackingQueryResultSizeLimitExceededException", "VS402337: The number of work items returned exceeds the size limit of 20000.")
		return
	}
	found := []any{}
	for _, id := range ids {
		found = append(found, map[string]any{"id": id, "url": fmt.Sprintf("%s/_apis/wit/workItems/%d", q.opts.BaseURL, id)})
	}
	q.answer(map[string]any{"queryType": "flat", "queryResultType": "workItem", "asOf": q.now().UTC().Format(instant), "workItems": found})
}

// literals splits a list of quoted texts, in which ” is a quote.
func literals(list string) []string {
	if list == "" {
		return nil
	}
	list = strings.TrimSuffix(strings.TrimPrefix(list, "'"), "'")
	var out []string
	for _, one := range strings.Split(list, "', '") {
		out = append(out, strings.ReplaceAll(one, "''", "'"))
	}
	return out
}
