package jira

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// overlap is read again before the time of the last run: Jira's index lags,
// and what it shows late must not be stepped over.
const overlap = 15 * time.Minute

// Pull implements connectors.Connector. From the zero cursor it reads
// everything and so completes every scope; otherwise it reads the issues that
// changed, and the projects that these are in. Projects and versions have no
// time of change, so the others wait for List.
func (c *Connector) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		r, err := c.run(ctx, since, yield)
		if err == nil {
			if since[streamIssues].Since == "" {
				err = r.everything()
			} else {
				err = r.changes()
			}
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, fmt.Errorf("jira: %w", err))
		}
	}
}

// everything is the full run: projects, versions, issues. One that was
// interrupted goes on where it was; a scope that was begun by another process
// is then read to its end but not called complete.
func (r *run) everything() error {
	projects, err := r.projects(!r.position.past(stageProjects))
	if err != nil {
		return err
	}
	if !r.position.past(stageVersions) {
		if err := r.versions(projects, r.position.after(stageVersions)); err != nil {
			return err
		}
	}
	if r.cloud {
		err = r.everyIssueOnCloud()
	} else {
		err = r.everyIssueOnDataCenter()
	}
	if err != nil {
		return err
	}
	return r.finish()
}

// everyIssueOnCloud reads the projects among the issues, then the milestones,
// then the risks: each by its ids, which are the complete listing, and then in bulk.
func (r *run) everyIssueOnCloud() error {
	if !r.position.past(stageIssues) {
		scope := connectors.Scope{Name: scopeIssueProjects, Of: portfolio.KindProject}
		if err := r.issues(stageIssues, r.projectsJQL(), scope, r.position.after(stageIssues)); err != nil {
			return err
		}
	}
	if !r.position.past(stageMilestones) {
		scope := connectors.Scope{Name: scopeIssues, Of: portfolio.KindMilestone}
		if err := r.issues(stageMilestones, r.milestonesJQL(), scope, r.position.after(stageMilestones)); err != nil {
			return err
		}
	}
	scope := connectors.Scope{Name: scopeRisks, Of: portfolio.KindRisk}
	if err := r.issues(stageRisks, r.risksJQL(), scope, r.position.after(stageRisks)); err != nil {
		return err
	}
	if !r.position.past(stageVersions) {
		r.page.Complete = append(r.page.Complete, connectors.Scope{Name: scopeLinks, Of: portfolio.KindDependency})
	}
	return nil
}

// everyIssueOnDataCenter reads the issues in the order of their change, which
// is the only way to page that an edit does not disturb.
func (r *run) everyIssueOnDataCenter() error {
	start := time.UnixMilli(0)
	if r.position.Stage == stageIssues {
		start = millis(r.position.After)
	}
	if jql := r.issuesJQL(); jql != "" {
		if err := r.keyset(jql, start, r.issueFields(), true, r.rows); err != nil {
			return err
		}
	}
	if r.position.Stage != stageIssues {
		r.page.Complete = append(r.page.Complete,
			connectors.Scope{Name: scopeIssueProjects, Of: portfolio.KindProject},
			connectors.Scope{Name: scopeIssues, Of: portfolio.KindMilestone},
			connectors.Scope{Name: scopeRisks, Of: portfolio.KindRisk},
			connectors.Scope{Name: scopeLinks, Of: portfolio.KindDependency})
	}
	return nil
}

func millis(text string) time.Time {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.UnixMilli(0)
	}
	return time.UnixMilli(n)
}

// changes reads the issues that changed since the last run, without an upper
// bound: an issue edited meanwhile moves to the end and is seen again. Their
// projects come with them.
func (r *run) changes() error {
	start := millis(r.since[streamIssues].Since).Add(-overlap)
	if p := r.position.After; p != "" {
		start = millis(p)
	}
	if err := r.changedCards(start); err != nil {
		return err
	}
	if jql := r.issuesJQL(); jql != "" {
		if err := r.issueRows(jql, start, r.issueFields(), r.rows); err != nil {
			return err
		}
	}
	return r.finish()
}

// rows converts a page of issues that are in the order of their last change.
func (r *run) rows(issues []json.RawMessage) error {
	if err := r.findParents(issues); err != nil {
		return err
	}
	var last time.Time
	list := make([]converted, len(issues))
	for i, raw := range issues {
		list[i] = r.issue(raw)
		if list[i].updated.After(last) {
			last = list[i].updated
		}
	}
	if err := r.addIssues(list); err != nil {
		return err
	}
	if r.full() && !last.IsZero() {
		return r.flush(r.at(stageIssues, strconv.FormatInt(last.UnixMilli(), 10)))
	}
	return nil
}

// addIssues adds issues to the page, and before them the Jira projects that
// they are in and that this run has not told yet: a milestone must not be
// stored without its project because that is younger than the last listing.
func (r *run) addIssues(list []converted) error {
	if r.realProjects {
		var ids []string
		for _, v := range list {
			if id := v.core.Project.ID; len(v.facts) > 0 && id != "" && !r.told[id] {
				r.told[id] = true
				ids = append(ids, id)
			}
		}
		if err := r.tellProjects(ids); err != nil {
			return err
		}
	}
	for _, v := range list {
		r.add(v)
	}
	return nil
}
