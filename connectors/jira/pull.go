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

// The stages of a full run, in order.
const (
	stageProjects   = "projects"
	stageVersions   = "versions"
	stageMilestones = "milestones"
	stageIssues     = "issues"
)

// Pull implements connectors.Connector. From the zero cursor it reads
// everything and so completes every scope; otherwise it reads the issues that
// changed. Projects and versions have no time of change: List reads them.
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
	from := r.position
	projects, err := r.projects(from.Stage == "" || from.Stage == stageProjects)
	if err != nil {
		return err
	}
	if r.cloud {
		if from.Stage == "" || from.Stage == stageProjects || from.Stage == stageVersions {
			if err := r.versions(projects, after(from, stageVersions)); err != nil {
				return err
			}
		}
		whole := from.Stage != stageIssues && from.Stage != stageMilestones
		if from.Stage != stageMilestones {
			if err := r.issues(stageIssues, r.projectsJQL(), connectors.Scope{Name: scopeIssueProjects, Of: portfolio.KindProject}, after(from, stageIssues)); err != nil {
				return err
			}
		}
		if err := r.issues(stageMilestones, r.milestonesJQL(), connectors.Scope{Name: scopeIssues, Of: portfolio.KindMilestone}, after(from, stageMilestones)); err != nil {
			return err
		}
		if whole {
			r.page.Complete = append(r.page.Complete, connectors.Scope{Name: scopeLinks, Of: portfolio.KindDependency})
		}
		return r.finish()
	}
	if from.Stage != stageIssues {
		if err := r.versions(projects, after(from, stageVersions)); err != nil {
			return err
		}
	}
	start := time.UnixMilli(0)
	if from.Stage == stageIssues {
		start = millis(from.After)
	}
	if jql := r.issuesJQL(); jql != "" {
		if err := r.keyset(jql, start, r.issueFields(), true, r.rows); err != nil {
			return err
		}
	}
	if from.Stage != stageIssues {
		r.page.Complete = append(r.page.Complete,
			connectors.Scope{Name: scopeIssueProjects, Of: portfolio.KindProject},
			connectors.Scope{Name: scopeIssues, Of: portfolio.KindMilestone},
			connectors.Scope{Name: scopeLinks, Of: portfolio.KindDependency})
	}
	return r.finish()
}

func after(p position, stage string) string {
	if p.Stage == stage {
		return p.After
	}
	return ""
}

func millis(text string) time.Time {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.UnixMilli(0)
	}
	return time.UnixMilli(n)
}

// changes reads the issues that changed since the last run, without an upper
// bound: an issue edited meanwhile moves to the end and is seen again.
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
	for _, raw := range issues {
		v := r.issue(raw)
		r.add(v)
		if v.updated.After(last) {
			last = v.updated
		}
	}
	if r.full() && !last.IsZero() {
		return r.flush(r.at(stageIssues, strconv.FormatInt(last.UnixMilli(), 10)))
	}
	return nil
}
