package asana

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"plumbline/connectors"
	"plumbline/internal/inorder"
	"plumbline/portfolio"
)

// Fetch implements connectors.Fetcher. Asana answers 404 for what was deleted
// and 403 for what we may not see.
func (c *Connector) Fetch(ctx context.Context, lost []portfolio.ToolFact) ([]connectors.Fetched, error) {
	found, err := c.fetch(ctx, lost)
	if err != nil {
		return nil, fmt.Errorf("asana: %w", err)
	}
	return found, nil
}

func (c *Connector) fetch(ctx context.Context, lost []portfolio.ToolFact) ([]connectors.Fetched, error) {
	r, err := c.run(ctx, nil, nil)
	if err != nil {
		return nil, err
	}
	for _, archived := range []bool{false, true} { // which project a task counts for, and whether it is read
		if err := r.listProjects(archived, false); err != nil {
			return nil, err
		}
	}
	var all []connectors.Fetched
	for found, err := range inorder.Map(ctx, c.concurrency(), lost, r.lookUp) {
		if err != nil {
			return nil, err
		}
		if found.Key.ID != "" {
			all = append(all, found)
		}
	}
	return all, nil
}

// lookUp asks for one record; no key is undecided.
func (r *run) lookUp(ctx context.Context, lost portfolio.ToolFact) (connectors.Fetched, error) {
	gid := lost.Origin().ID
	convert := func(json.RawMessage) converted { return converted{} }
	path, fields := "", []string(nil)
	switch lost.Origin().Kind {
	case kindProject:
		path, fields = "/projects/", r.projectFields()
		convert = func(raw json.RawMessage) converted {
			v, p := r.project(raw)
			if !r.wants(p) {
				return converted{}
			}
			return v
		}
	case kindPortfolio:
		path, fields = "/portfolios/", r.portfolioFields()
		convert = func(raw json.RawMessage) converted {
			if !r.tree || !slices.ContainsFunc(r.portfolios, func(p json.RawMessage) bool { return gidOf(p) == gid }) {
				return converted{}
			}
			return r.portfolio(raw)
		}
	case kindTask:
		path, fields = "/tasks/", r.taskFields()
		convert = func(raw json.RawMessage) converted { return r.task(raw, "") }
	case kindReport:
		path, fields = "/status_updates/", reportFields
		convert = func(raw json.RawMessage) converted { return r.report(raw, "") }
	case kindLink:
		return r.lookUpLink(ctx, lost)
	}
	if path == "" || !isGID(gid) {
		return connectors.Fetched{}, nil
	}
	e, err := r.ask(ctx, path+url.PathEscape(gid), optFields(fields))
	if presence := presenceOf(err); presence != "" {
		return connectors.Fetched{Key: lost.Key(), Presence: presence}, nil
	}
	if err != nil {
		return connectors.Fetched{}, err
	}
	return verdict(lost.Key(), convert(e.Data)), nil
}

// verdict is what a record that is there amounts to.
func verdict(key portfolio.Key, v converted) connectors.Fetched {
	if v.quarantined != nil {
		v.quarantined.Of = key.Kind
		return connectors.Fetched{Key: key, Unreadable: v.quarantined}
	}
	for _, f := range v.facts {
		if f.Key() == key {
			return connectors.Fetched{Key: key, Fact: f}
		}
	}
	return connectors.Fetched{Key: key, Presence: portfolio.PresenceOutOfScope}
}

// presenceOf is what a refusal says of a record.
func presenceOf(err error) portfolio.Presence {
	switch {
	case hasStatus(err, http.StatusNotFound):
		return portfolio.PresenceDeleted
	case hasStatus(err, http.StatusForbidden):
		return portfolio.PresenceAccessLost
	}
	return ""
}

// lookUpLink asks the end that waits whether it still does. If so, neither end
// is a milestone any more, for the listing would have shown it there.
func (r *run) lookUpLink(ctx context.Context, lost portfolio.ToolFact) (connectors.Fetched, error) {
	before, after, ok := strings.Cut(lost.Origin().ID, "-")
	if !ok || !isGID(before) || !isGID(after) {
		return connectors.Fetched{}, nil
	}
	var t taskRecord
	err := r.get(ctx, "/tasks/"+url.PathEscape(after), []string{"dependencies"}, &t)
	if presence := presenceOf(err); presence != "" {
		return connectors.Fetched{Key: lost.Key(), Presence: presence}, nil
	}
	if err != nil {
		return connectors.Fetched{}, err
	}
	out := connectors.Fetched{Key: lost.Key(), Presence: portfolio.PresenceDeleted}
	if slices.ContainsFunc(t.Dependencies, func(d named) bool { return d.GID == before }) {
		out.Presence = portfolio.PresenceOutOfScope
	}
	return out, nil
}
