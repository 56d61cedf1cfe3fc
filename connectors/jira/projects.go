package jira

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"plumbline/connectors"
	"plumbline/internal/inorder"
	"plumbline/internal/record"
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
			identified := numeric(p.ID) >= 0
			if identified && !r.wants(p.ID) {
				continue
			}
			if identified && !p.Deleted {
				all = append(all, p)
			}
			r.told[v.id] = true
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
		err = r.searchProjects(projectsAPage, nil, func(page offsetPage) error {
			r.total = max(r.total, page.Total)
			return use(page.Values)
		})
	} else {
		var values []json.RawMessage
		if values, err = r.listProjectsOnDataCenter(); err == nil {
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

// searchProjects pages through Cloud's projects, or those of them with the ids.
func (r *run) searchProjects(size int, ids []string, use func(offsetPage) error) error {
	query := url.Values{
		"maxResults": {strconv.Itoa(size)},
		"orderBy":    {"key"},
		"expand":     {"description,lead,insight"},
		"status":     {"live", "archived", "deleted"},
	}
	if len(ids) > 0 {
		query["id"] = ids
	}
	return r.listing(r.ctx, r.api+"project/search", query, use)
}

// listProjectsOnDataCenter reads Data Center's projects, which come in one piece.
func (r *run) listProjectsOnDataCenter() ([]json.RawMessage, error) {
	var values []json.RawMessage
	err := r.get(r.ctx, r.api+"project", url.Values{"expand": {"description,lead"}, "includeArchived": {"true"}}, &values)
	return values, err
}

// tellProjects hands over the Jira projects with the ids, with their cards.
// The cursor cannot say which projects are stored, so those of changed issues
// are always asked for; on Cloud that costs at most one request for 50 of
// them, and what changed in a project beside the issue is seen as well.
func (r *run) tellProjects(ids []string) error {
	for ids := range slices.Chunk(ids, maxProjectIDs) {
		projects, err := r.projectsByID(ids)
		if err != nil {
			return err
		}
		if len(r.cardTypes) > 0 && len(projects) > 0 {
			if err := r.readCards("project in (" + strings.Join(ids, ", ") + ") AND " + r.cardsJQL()); err != nil {
				return err
			}
		}
		for _, raw := range projects {
			v, _ := r.project(raw)
			r.add(v)
		}
	}
	return nil
}

// projectsByID reads Jira projects; those that cannot be seen are left out.
func (r *run) projectsByID(ids []string) (found []json.RawMessage, err error) {
	if !r.cloud {
		return r.projectsByIDOnDataCenter(ids)
	}
	err = r.searchProjects(maxProjectIDs, ids, func(page offsetPage) error {
		found = append(found, page.Values...)
		return nil
	})
	return found, err
}

// manyProjects is from how many projects on Data Center's whole listing, one
// large reply, is cheaper for both sides than a request for each.
const manyProjects = 20

func (r *run) projectsByIDOnDataCenter(ids []string) (found []json.RawMessage, err error) {
	if len(r.told) > manyProjects && r.wholeListing == nil {
		values, err := r.listProjectsOnDataCenter()
		if err != nil {
			return nil, err
		}
		r.wholeListing = make(map[string]json.RawMessage, len(values))
		for _, raw := range values {
			r.wholeListing[record.ID(raw)] = raw
		}
	}
	var others []string
	for _, id := range ids {
		if raw, ok := r.wholeListing[id]; ok {
			found = append(found, raw)
		} else {
			others = append(others, id)
		}
	}
	for raw, err := range inorder.Map(r.ctx, r.concurrency(), others, r.projectByID) {
		if err != nil {
			return nil, err
		}
		if raw != nil {
			found = append(found, raw)
		}
	}
	return found, nil
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
