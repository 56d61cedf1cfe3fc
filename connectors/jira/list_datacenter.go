package jira

import (
	"encoding/json"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// listRows lists the issues and their dependencies on Data Center, where a
// search has no cheaper page of ids.
func (r *run) listRows() error {
	if jql := r.issuesJQL(); jql != "" {
		fields := []string{"summary", "issuetype", "project", "updated", "parent"}
		if len(r.links) > 0 {
			fields = append(fields, "issuelinks")
		}
		fields = append(fields, r.parentFields()...)
		err := r.keyset(jql, time.UnixMilli(0), fields, false, func(issues []json.RawMessage) error {
			if err := r.findParents(issues); err != nil {
				return err
			}
			for _, raw := range issues {
				v := r.issue(raw)
				switch {
				case v.quarantined != nil:
					r.see(v.quarantined.Of, v.id)
				default:
					for _, f := range v.facts {
						if isWork(f) {
							r.see(f.Key().Kind, v.id)
						}
					}
				}
				r.addLinks(raw)
			}
			if r.full() {
				return r.flush(r.listingCursor())
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	r.page.Complete = append(r.page.Complete,
		connectors.Scope{Name: scopeIssueProjects, Of: portfolio.KindProject},
		connectors.Scope{Name: scopeIssues, Of: portfolio.KindMilestone},
		connectors.Scope{Name: scopeRisks, Of: portfolio.KindRisk},
		connectors.Scope{Name: scopeLinks, Of: portfolio.KindDependency})
	return nil
}
