package redmine

import (
	"context"
	"encoding/json"
	"strconv"

	"plumbline/internal/inorder"
	"plumbline/internal/record"
	"plumbline/portfolio"
)

// readVersions reads the versions of the projects after the given one.
func (r *run) readVersions(after int64) error {
	if !r.versions {
		return nil
	}
	var projects []projectCore
	for _, p := range r.projects {
		if p.id > after && r.wants(p.id) {
			projects = append(projects, p)
		}
	}
	type answer struct {
		project projectCore
		values  []json.RawMessage
	}
	for a, err := range inorder.Map(r.ctx, r.concurrency(), projects, func(ctx context.Context, p projectCore) (answer, error) {
		values, err := r.versionsOf(ctx, p.id)
		return answer{p, values}, err
	}) {
		if err != nil {
			return err
		}
		list := make([]converted, 0, len(a.values))
		for _, raw := range a.values {
			if owner := ownerOf(raw); owner >= 0 && owner != a.project.id {
				continue // shared by another project, under which it is listed too
			}
			list = append(list, r.version(raw))
		}
		if err := r.addAll(list); err != nil {
			return err
		}
		if r.full() {
			if err := r.flush(r.at(stageVersions, a.project.id)); err != nil {
				return err
			}
		}
	}
	if after == 0 {
		r.complete(scopeVersions, portfolio.KindMilestone)
	}
	return r.endStage(stageIssues)
}

// versionsOf lists the versions of a project, which come in one piece, with
// those that other projects share with it. One that vanished since it was listed
// has none; its own listing will tell.
func (c *Connector) versionsOf(ctx context.Context, project int64) ([]json.RawMessage, error) {
	page, err := c.rows(ctx, "projects/"+strconv.FormatInt(project, 10)+"/versions.json", "versions", nil)
	if hidden(err) {
		return nil, nil
	}
	return page.records, err
}

// ownerOf is the project that a version belongs to; -1 when it does not say.
func ownerOf(raw json.RawMessage) int64 {
	var v struct {
		Project json.RawMessage `json:"project"`
	}
	if json.Unmarshal(raw, &v) != nil {
		return -1
	}
	return numeric(record.ID(v.Project))
}
