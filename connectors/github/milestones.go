package github

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"plumbline/internal/inorder"
	"plumbline/portfolio"
)

// A unit is a listing of one repository that a stage reads.
type unit struct {
	repo   repository
	part   int
	path   string
	resume bool // in the middle, where an interrupted run was
}

// readMilestones reads the milestones of every repository. Where they are not
// wanted the listing is empty: what was read by other settings goes.
func (r *run) readMilestones() error {
	var units []unit
	for _, repo := range r.listed {
		if !r.reads(fromMilestones) {
			break
		}
		path := withQuery(repo.path("/milestones"), "state", "all", "sort", "due_on", "direction", "asc")
		units = r.append(units, stageMilestones, unit{repo: repo, path: path})
	}
	convert := func(u unit, _ page) (func(json.RawMessage) converted, error) {
		return func(raw json.RawMessage) converted { return r.milestone(raw, u.repo) }, nil
	}
	next := func(p page) string { return p.next }
	if err := r.readUnits(stageMilestones, units, true, convert, next); err != nil {
		return err
	}
	r.complete(stageMilestones, scopeMilestones, portfolio.KindMilestone)
	return nil
}

// append adds a unit unless an interrupted run is done with it.
func (r *run) append(units []unit, stage string, u unit) []unit {
	next, done := r.position.done(stage, u.repo.id, u.part)
	if done || !u.repo.issues {
		return units
	}
	if next != "" {
		u.path, u.resume = next, true
	}
	return append(units, u)
}

// unlessGone forgives that a listing is not there when its repository has gone
// since it was listed, or has its issues switched off. Otherwise a permission
// is missing, and no records would not mean that there are none.
func (r *run) unlessGone(ctx context.Context, repo repository, err error) error {
	if hasStatus(err, http.StatusGone) {
		return nil
	}
	if !gone(err) {
		return err
	}
	raw, failed := r.repositoryByID(ctx, strconv.FormatInt(repo.id, 10))
	if failed != nil {
		return failed
	}
	if raw != nil {
		return err
	}
	return nil
}

// readUnits reads listings to their ends: the first pages of several at once,
// what follows one after the other.
func (r *run) readUnits(stage string, units []unit, conditional bool, convert func(unit, page) (func(json.RawMessage) converted, error), next func(page) string) error {
	type first struct {
		unit
		page
		there bool
	}
	maybeKnown := func(u unit) bool { return conditional && !r.full && !u.resume }
	for f, err := range inorder.Map(r.ctx, r.concurrency(), units, func(ctx context.Context, u unit) (first, error) {
		p, err := r.Connector.page(ctx, u.path, u.repo.variant(), maybeKnown(u))
		if err != nil {
			return first{unit: u}, r.unlessGone(ctx, u.repo, err)
		}
		return first{u, p, true}, nil
	}) {
		if err != nil {
			return err
		}
		for p := f.page; f.there; {
			use, err := convert(f.unit, p)
			if err != nil {
				return err
			}
			r.take(p, use)
			path := next(p)
			if k := r.fresh[p.path+p.variant]; k != nil {
				k.next = path
			}
			if r.due() {
				if err := r.flush(r.at(stage, f.repo.id, f.part, path)); err != nil {
					return err
				}
			}
			if path == "" {
				break
			}
			if p, err = r.Connector.page(r.ctx, path, f.repo.variant(), maybeKnown(f.unit)); err != nil {
				return err
			}
		}
	}
	return nil
}
