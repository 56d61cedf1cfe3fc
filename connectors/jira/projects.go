package jira

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// projects reads every project, also archived ones and those in the bin. They
// are always listed, for the versions follow from them; tell says whether to
// hand them over too.
func (r *run) projects(tell bool) ([]projectRecord, error) {
	if !r.realProjects {
		return nil, nil
	}
	if tell && len(r.cardTypes) > 0 {
		if err := r.readCards(r.cardsJQL()); err != nil {
			return nil, err
		}
	}
	var all []projectRecord
	use := func(values []json.RawMessage) error {
		for _, raw := range values {
			v, p := r.project(raw)
			if v.quarantined == nil && !r.wants(p.ID) {
				continue
			}
			if v.quarantined == nil && !p.Deleted {
				all = append(all, p)
			}
			if tell {
				r.add(v)
			}
		}
		if tell && r.full() {
			return r.flush(r.at(stageProjects, ""))
		}
		return nil
	}
	var err error
	if r.cloud {
		err = r.listing(r.ctx, r.api+"project/search", map[string][]string{
			"maxResults": {strconv.Itoa(projectsAPage)},
			"orderBy":    {"key"},
			"expand":     {"description,lead,insight"},
			"status":     {"live", "archived", "deleted"},
		}, func(page offsetPage) error {
			r.total = max(r.total, page.Total)
			return use(page.Values)
		})
	} else {
		var values []json.RawMessage
		if err = r.get(r.ctx, r.api+"project", map[string][]string{"expand": {"description,lead"}, "includeArchived": {"true"}}, &values); err == nil {
			err = use(values)
		}
	}
	if err != nil {
		return nil, err
	}
	r.total = 0 // nobody knows how many versions they have
	if tell {
		r.page.Complete = append(r.page.Complete, connectors.Scope{Name: scopeProjects, Of: portfolio.KindProject})
	}
	slices.SortFunc(all, func(a, b projectRecord) int { return int(numeric(a.ID) - numeric(b.ID)) })
	return all, nil
}

// projectByID reads a Jira project; nil when it cannot be seen.
func (r *run) projectByID(ctx context.Context, id string) (json.RawMessage, error) {
	var raw json.RawMessage
	err := r.get(ctx, r.api+"project/"+pathEscape(id), url.Values{"expand": {"description,lead,insight"}}, &raw)
	if hasStatus(err, http.StatusNotFound) || hasStatus(err, http.StatusForbidden) {
		return nil, nil
	}
	return raw, err
}
