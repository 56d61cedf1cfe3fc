package asana

import (
	"encoding/json"
	"slices"
	"strconv"
)

// listProjects reads the projects, those in use or the archived ones, and
// hands them over where tell says so. The listing is always needed: the tasks
// follow from it, and which project a task counts for.
func (r *run) listProjects(archived, tell bool) error {
	query := optFields(r.projectFields())
	query.Set("workspace", r.workspace.GID)
	query.Set("archived", strconv.FormatBool(archived))
	return r.listing(r.ctx, "/projects", query, func(records []json.RawMessage) error {
		for _, raw := range records {
			v, p := r.project(raw)
			if !isGID(p.GID) { // nobody can ask for what is in it
				if tell && r.all() {
					if err := r.add(v); err != nil {
						return err
					}
				}
				continue
			}
			if !r.wants(p) {
				continue
			}
			p.Notes, p.Custom = "", nil // they were converted, and many are kept
			r.projects[p.GID] = p
			if !tell {
				continue
			}
			if err := r.add(v); err != nil {
				return err
			}
		}
		if tell {
			return r.flushIfFull()
		}
		return nil
	})
}

// all tells whether every project that the account sees is read.
func (r *run) all() bool {
	s := r.settings.Projects
	return len(s.IDs)+len(s.Teams)+len(s.Portfolios) == 0
}

// wants tells whether a project is read.
func (r *run) wants(p *projectRecord) bool {
	if r.all() {
		return true
	}
	s := r.settings.Projects
	if slices.Contains(s.IDs, p.GID) || r.reading[p.GID] {
		return true
	}
	return p.Team != nil && slices.ContainsFunc(s.Teams, func(team string) bool {
		return team == p.Team.GID || folded(team) == folded(p.Team.Name)
	})
}

// tellPortfolios hands over those that are projects themselves.
func (r *run) tellPortfolios() error {
	if !r.tree {
		return nil
	}
	for _, raw := range r.portfolios {
		if err := r.add(r.portfolio(raw)); err != nil {
			return err
		}
	}
	return nil
}
