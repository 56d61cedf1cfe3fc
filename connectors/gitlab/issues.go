package gitlab

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"plumbline/internal/inorder"
	"plumbline/internal/record"
)

// readIssues reads the issues with one of the labels, of each project: an issue
// with two of them is one milestone.
func (r *run) readIssues(after int64) error {
	return r.eachIssue(after, func(raw json.RawMessage) { r.add(r.issue(raw)) }, r.ended)
}

// eachIssue hands over the issues with a label, a project at a time.
func (r *run) eachIssue(after int64, use func(json.RawMessage), ended func(int64) error) error {
	labels := r.want.labels()
	if len(labels) == 0 {
		return nil
	}
	for records, err := range inorder.Map(r.ctx, r.concurrency(), beyond(r.projects, after), func(ctx context.Context, o owner) (labelled, error) {
		return r.issuesOf(ctx, o, labels)
	}) {
		if err != nil {
			return err
		}
		for _, raw := range records.issues {
			use(raw)
		}
		if err := ended(records.project); err != nil {
			return err
		}
	}
	return nil
}

type labelled struct {
	project int64
	issues  []json.RawMessage
}

func (c *Connector) issuesOf(ctx context.Context, o owner, labels []string) (labelled, error) {
	out := labelled{project: o.id}
	seen := map[string]bool{}
	for _, label := range labels {
		records, err := c.all(ctx, "projects/"+strconv.FormatInt(o.id, 10)+"/issues", with(inTime, "labels", label, "scope", "all"))
		if err != nil && !hidden(err) {
			return out, err
		}
		for _, raw := range records {
			if id := record.ID(raw); id == "" || !seen[id] {
				seen[id] = true
				out.issues = append(out.issues, raw)
			}
		}
	}
	return out, nil
}

// readIssueLinks reads what blocks what among those issues: a request for each.
func (r *run) readIssueLinks(after int64) error {
	if r.want.Dependencies.Off {
		return nil
	}
	var issues []issueRecord
	return r.eachIssue(after, func(raw json.RawMessage) {
		var i issueRecord
		if record.Decode(raw, &i) == nil && i.ID > 0 && i.IID > 0 {
			issues = append(issues, i)
		}
	}, func(project int64) error {
		type answer struct {
			issue issueRecord
			links []json.RawMessage
		}
		for a, err := range inorder.Map(r.ctx, r.concurrency(), issues, func(ctx context.Context, i issueRecord) (answer, error) {
			links, err := r.all(ctx, fmt.Sprintf("projects/%d/issues/%d/links", project, i.IID), nil)
			if hidden(err) {
				err = nil
			}
			return answer{i, links}, err
		}) {
			if err != nil {
				return err
			}
			for _, raw := range a.links {
				r.add(r.issueLink(a.issue, raw))
			}
		}
		issues = nil
		return r.ended(project)
	})
}
