package redmine

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"plumbline/connectors"
	"plumbline/internal/inorder"
	"plumbline/portfolio"
)

// Fetch implements connectors.Fetcher.
func (c *Connector) Fetch(ctx context.Context, lost []portfolio.ToolFact) ([]connectors.Fetched, error) {
	r, err := c.run(ctx, nil, nil)
	if err == nil && len(c.settings.Projects.Keys) > 0 {
		_, err = c.listProjects(ctx, r.session)
	}
	if err != nil {
		return nil, fmt.Errorf("redmine: %w", err)
	}
	var out []connectors.Fetched
	for found, err := range inorder.Map(ctx, c.concurrency(), lost, r.fetch) {
		if err != nil {
			return nil, fmt.Errorf("redmine: %w", err)
		}
		if found.Key.ID != "" {
			out = append(out, found)
		}
	}
	return out, nil
}

// fetch asks for one record that a listing lacked.
func (r *run) fetch(ctx context.Context, lost portfolio.ToolFact) (connectors.Fetched, error) {
	v, read, err := r.again(ctx, lost)
	out := connectors.Fetched{Key: lost.Key()}
	switch {
	case hasStatus(err, http.StatusNotFound):
		out.Presence = portfolio.PresenceDeleted
	case hasStatus(err, http.StatusForbidden) && !r.admin:
		out.Presence = portfolio.PresenceAccessLost
	case hasStatus(err, http.StatusForbidden):
		// Nothing is hidden from administrators but what is archived.
		if out.Fact = archived(lost); out.Fact == nil {
			return connectors.Fetched{}, nil
		}
	case err != nil:
		return connectors.Fetched{}, err
	case !read:
		out.Presence = portfolio.PresenceOutOfScope
	case v.quarantined != nil:
		out.Unreadable = v.quarantined
	default:
		out.Presence = portfolio.PresenceOutOfScope
		for _, f := range v.facts {
			if isWork(f) && f.Key() == lost.Key() {
				out.Fact, out.Presence = f, ""
			}
		}
	}
	return out, nil
}

// again reads one record and converts it. read is false for one that is there
// but no longer asked for.
func (r *run) again(ctx context.Context, lost portfolio.ToolFact) (v converted, read bool, err error) {
	source := lost.Origin()
	switch source.Kind {
	case kindProject:
		v, p, err := r.projectByID(ctx, numeric(source.ID))
		return v, r.wants(p.id), err
	case kindVersion:
		raw, err := r.one(ctx, "versions/"+url.PathEscape(source.ID)+".json", "version", nil)
		if err != nil {
			return v, false, err
		}
		return r.version(raw), r.versions && r.wants(ownerOf(raw)), nil
	case kindIssue:
		raw, err := r.one(ctx, "issues/"+url.PathEscape(source.ID)+".json", "issue", nil)
		if err != nil {
			return v, false, err
		}
		return r.issue(raw), true, nil // no fact of one that is not asked for
	case kindRelation:
		// One that is there and was not listed is between issues that are read
		// no longer.
		_, err = r.one(ctx, "relations/"+url.PathEscape(source.ID)+".json", "relation", nil)
	}
	return v, false, err
}

// archived is a record as it was last known, put away: Redmine shows no more of
// it. There is nothing to say of one that was never stored.
func archived(lost portfolio.ToolFact) portfolio.ToolFact {
	switch f := lost.(type) {
	case *portfolio.ProjectFact:
		if f.Name != "" {
			away := *f
			away.Presence = portfolio.PresenceArchived
			return &away
		}
	case *portfolio.MilestoneFact:
		if f.Name != "" {
			away := *f
			away.Presence = portfolio.PresenceArchived
			return &away
		}
	case *portfolio.RiskFact:
		if f.Title != "" {
			away := *f
			away.Presence = portfolio.PresenceArchived
			return &away
		}
	case *portfolio.DependencyFact:
		if f.Type != "" {
			away := *f
			away.Presence = portfolio.PresenceArchived
			return &away
		}
	}
	return nil
}
