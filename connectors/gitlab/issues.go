package gitlab

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"

	"plumbline/internal/inorder"
	"plumbline/internal/record"
)

// readIssues reads the issues with one of the labels, of each project: an issue
// with two of them is one milestone, or one risk. One that was moved away is another one
// there, so that it is left out here.
func (r *run) readIssues(after int64) error {
	return r.eachIssue(after, func(raw json.RawMessage) {
		if v := r.issue(raw); v.quarantined != nil || slices.ContainsFunc(v.facts, isPresent) {
			r.add(v)
		}
	}, r.ended)
}

// eachIssue hands over the issues with a label, a project at a time.
func (r *run) eachIssue(after int64, use func(json.RawMessage), ended func(int64) error) error {
	if len(r.want.allLabels()) == 0 {
		return nil
	}
	type labelled struct {
		project int64
		issues  []json.RawMessage
	}
	for records, err := range inorder.Map(r.ctx, r.concurrency(), beyond(r.wholeProjects, after), func(ctx context.Context, o owner) (labelled, error) {
		list, err := r.issuesOf(ctx, "projects/"+strconv.FormatInt(o.id, 10), with(inTime, "scope", "all"))
		return labelled{o.id, list}, err
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

// issuesOf reads the issues with one of the labels, of a group or project.
func (r *run) issuesOf(ctx context.Context, path string, query url.Values) (list []json.RawMessage, err error) {
	seen := map[string]bool{}
	for _, label := range r.want.allLabels() {
		records, err := r.visible(ctx, path+"/issues", with(query, "labels", label))
		if err != nil {
			return nil, err
		}
		for _, raw := range records {
			if id := record.ID(raw); id == "" || !seen[id] {
				seen[id] = true
				list = append(list, raw)
			}
		}
	}
	return list, nil
}

// readIssueLinks reads what blocks what among those issues.
func (r *run) readIssueLinks(after int64) error {
	if r.want.Dependencies.Off {
		return nil
	}
	var issues []issueRecord
	return r.eachIssue(after, func(raw json.RawMessage) {
		var i issueRecord
		if record.Decode(raw, &i) == nil && i.ID > 0 && i.IID > 0 && i.Project > 0 && i.Moved == 0 && !r.want.isRisk(i.Labels) {
			issues = append(issues, i)
		}
	}, func(project int64) error {
		err := r.linksOf(issues)
		if issues = nil; err != nil {
			return err
		}
		return r.ended(project)
	})
}
