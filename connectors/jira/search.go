package jira

import (
	"encoding/json"
	"fmt"
	"time"
)

// issueRows reads the issues of a query that changed since then, in the order
// of change, in the manner of the site; the zero time means all.
func (r *run) issueRows(jql string, since time.Time, fields []string, use func([]json.RawMessage) error) error {
	if !r.cloud {
		if since.IsZero() {
			since = time.UnixMilli(0)
		}
		return r.keyset(jql, since, fields, false, use)
	}
	if !since.IsZero() {
		jql += fmt.Sprintf(" AND updated >= %d", since.UnixMilli())
	}
	return r.search(r.ctx, searchRequest{JQL: jql + " ORDER BY updated ASC, key ASC", MaxResults: maxRows, Fields: fields}, use)
}
