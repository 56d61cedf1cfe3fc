package jira

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"plumbline/connectors"
	"plumbline/internal/inorder"
	"plumbline/portfolio"
)

// versions reads the versions of the projects after the given one.
func (r *run) versions(projects []projectRecord, after string) error {
	if !slices.Contains(r.settings.milestonesFrom(), fromVersions) {
		return nil
	}
	if after != "" {
		done := numeric(after)
		projects = slices.DeleteFunc(slices.Clone(projects), func(p projectRecord) bool { return numeric(p.ID) <= done })
	}
	type answer struct {
		project projectRecord
		values  []json.RawMessage
	}
	for a, err := range inorder.Map(r.ctx, r.concurrency(), projects, func(ctx context.Context, p projectRecord) (answer, error) {
		values, err := r.versionsOf(ctx, p.ID)
		return answer{p, values}, err
	}) {
		if err != nil {
			return err
		}
		for _, raw := range a.values {
			v := r.version(raw, a.project)
			if err := r.addDriver(v); err != nil {
				return err
			}
			r.add(v)
		}
		if r.full() {
			if err := r.flush(r.at(stageVersions, a.project.ID)); err != nil {
				return err
			}
		}
	}
	if after == "" {
		r.page.Complete = append(r.page.Complete, connectors.Scope{Name: scopeVersions, Of: portfolio.KindMilestone})
	}
	return nil
}

// versionsOf lists the versions of a project. A project that vanished between
// its listing and now has none; its own listing will tell.
func (r *run) versionsOf(ctx context.Context, project string) ([]json.RawMessage, error) {
	var all []json.RawMessage
	var err error
	if r.cloud {
		err = r.listing(ctx, r.api+"project/"+pathEscape(project)+"/version", map[string][]string{
			"maxResults": {strconv.Itoa(versionsAPage)}, "orderBy": {"sequence"}, "expand": {"driver,issuesstatus"},
		}, func(page offsetPage) error {
			all = append(all, page.Values...)
			return nil
		})
	} else {
		err = r.get(ctx, r.api+"project/"+pathEscape(project)+"/versions", nil, &all)
	}
	if hasStatus(err, 404) {
		return nil, nil
	}
	return all, err
}
