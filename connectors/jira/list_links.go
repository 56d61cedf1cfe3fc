package jira

import (
	"encoding/json"
	"net/http"
	"strings"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// listLinks lists the dependencies of the issues we read. Only those that have
// a link of a blocking type need to be looked at; a site whose JQL does not
// know issueLinkType has them all looked at.
func (r *run) listLinks() error {
	jql := r.issuesJQL()
	if jql == "" || len(r.links) == 0 {
		return nil
	}
	names := make([]string, len(r.linkNames))
	for i, n := range r.linkNames {
		names[i] = quoteJQL(n)
	}
	list := func(jql string) error {
		q := searchRequest{JQL: jql + " ORDER BY created ASC, key ASC", MaxResults: maxRows, Fields: []string{"summary", "issuelinks"}}
		return r.search(r.ctx, q, func(issues []json.RawMessage) error {
			for _, raw := range issues {
				r.addLinks(raw)
			}
			if r.full() {
				return r.flush(r.listingCursor())
			}
			return nil
		})
	}
	err := list(jql + " AND issueLinkType in (" + strings.Join(names, ", ") + ")")
	if hasStatus(err, http.StatusBadRequest) {
		err = list(jql)
	}
	if err == nil {
		r.page.Complete = append(r.page.Complete, connectors.Scope{Name: scopeLinks, Of: portfolio.KindDependency})
	}
	return err
}

// addLinks adds the dependencies of an issue whose other fields were not asked for.
func (r *run) addLinks(raw json.RawMessage) {
	var rec issueRecord
	if json.Unmarshal(raw, &rec) != nil {
		return
	}
	c, err := rec.core()
	if err != nil {
		return // the issue itself is in quarantine, and its dependencies stay
	}
	r.page.Facts = append(r.page.Facts, r.dependencies(&rec, c)...)
}

// quoteJQL writes a text so that JQL takes it as one value.
func quoteJQL(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
