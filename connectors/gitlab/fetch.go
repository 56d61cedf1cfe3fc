package gitlab

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"plumbline/connectors"
	"plumbline/internal/inorder"
	"plumbline/internal/record"
	"plumbline/portfolio"
)

// Fetch implements connectors.Fetcher.
func (c *Connector) Fetch(ctx context.Context, lost []portfolio.ToolFact) ([]connectors.Fetched, error) {
	r, err := c.run(ctx, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("gitlab: %w", err)
	}
	var out []connectors.Fetched
	for found, err := range inorder.Map(ctx, c.concurrency(), lost, r.fetch) {
		if err != nil {
			return nil, fmt.Errorf("gitlab: %w", err)
		}
		if found.Key.ID != "" {
			out = append(out, found)
		}
	}
	return out, nil
}

// fetch asks for one record that a listing lacked.
func (r *run) fetch(ctx context.Context, lost portfolio.ToolFact) (connectors.Fetched, error) {
	out := connectors.Fetched{Key: lost.Key()}
	source := lost.Origin()
	switch source.Kind {
	case kindGroup, kindProject:
		path := map[string]string{kindGroup: "groups/", kindProject: "projects/"}[source.Kind]
		_, err := r.one(ctx, path+source.ID)
		switch {
		case hidden(err):
			out.Presence, err = r.unseen(), nil
		case err == nil:
			out.Presence = portfolio.PresenceOutOfScope // it is there: we are no member, or it is not asked for
		}
		return out, err
	case kindEpicLink, kindIssueLink:
		// A link cannot be looked up without its ends: it goes as they do.
		out.Presence = portfolio.PresenceDeleted
		return out, nil
	}
	project := ""
	switch f := lost.(type) {
	case *portfolio.MilestoneFact:
		project = f.Project
	case *portfolio.RiskFact:
		project = f.Project
	}
	if project == "" {
		return connectors.Fetched{}, nil // never stored: nobody knows where it was
	}
	return r.fetchWithin(ctx, lost, project)
}

// unseen tells why a group or project cannot be seen. GitLab says 404 for both,
// but hides nothing from administrators.
func (r *run) unseen() portfolio.Presence {
	if r.admin {
		return portfolio.PresenceDeleted
	}
	return portfolio.PresenceAccessLost
}

// fetchWithin asks for a milestone, an epic or an issue where it was.
func (r *run) fetchWithin(ctx context.Context, lost portfolio.ToolFact, project string) (connectors.Fetched, error) {
	out := connectors.Fetched{Key: lost.Key()}
	owner := "projects/" + lastPart(project)
	if strings.Contains(project, "/"+kindGroup+"/") {
		owner = "groups/" + lastPart(project)
	}
	source := lost.Origin()
	path, ok := pathOf(source, owner)
	if !ok {
		return connectors.Fetched{}, nil
	}
	raw, err := r.one(ctx, path)
	if hidden(err) {
		out.Presence, err = r.alone(ctx, owner, path[:strings.LastIndex(path, "/")])
		return out, err
	}
	if err != nil {
		return out, err
	}
	if record.ID(raw) != source.ID { // the number was given to another one
		out.Presence = portfolio.PresenceDeleted
		return out, nil
	}
	v := r.again(source, project, raw)
	switch {
	case v.quarantined != nil:
		out.Unreadable = v.quarantined
		return out, nil
	case len(v.facts) > 0:
		if f := v.facts[len(v.facts)-1]; f.Key() == lost.Key() && isPresent(f) {
			out.Fact = f
			return out, nil
		}
	}
	out.Presence = portfolio.PresenceOutOfScope
	return out, nil
}

// alone tells why a record cannot be seen. Where what it belongs to is there,
// and the listing of its like is open to us, it alone is gone; milestones that
// were switched off, or epics without a licence, are not.
func (r *run) alone(ctx context.Context, owner, listing string) (portfolio.Presence, error) {
	_, err := r.one(ctx, owner)
	if hidden(err) {
		return r.unseen(), nil
	}
	if err != nil {
		return "", err
	}
	_, err = r.Connector.page(ctx, listing, url.Values{"per_page": {"1"}})
	if hidden(err) {
		return portfolio.PresenceAccessLost, nil
	}
	if err != nil {
		return "", err
	}
	return portfolio.PresenceDeleted, nil
}

// pathOf is where a milestone, an epic or an issue is asked for. Epics and
// issues are asked for by the number in their key, as in group&7 or project#7.
func pathOf(m *portfolio.Source, owner string) (string, bool) {
	number := func(mark string) (string, bool) {
		at := strings.LastIndex(m.Key, mark)
		n := numeric(m.Key[at+1:])
		return strconv.FormatInt(n, 10), at >= 0 && n > 0
	}
	switch m.Kind {
	case kindMilestone:
		return owner + "/milestones/" + m.ID, true
	case kindEpic:
		n, ok := number("&")
		return owner + "/epics/" + n, ok
	case kindIssue:
		n, ok := number("#")
		return owner + "/issues/" + n, ok
	}
	return "", false
}

// again converts a record that was asked for, if it is still one to read.
func (r *run) again(m *portfolio.Source, project string, raw json.RawMessage) converted {
	switch m.Kind {
	case kindMilestone:
		id := numeric(lastPart(project))
		switch {
		case !r.want.milestones():
		case m.Scope == scopeGroupMilestones && r.docOfGroup(id) != "", m.Scope == scopeMilestones && r.docOfProject(id) != "":
			return r.milestone(raw, m.Scope, owner{id: id})
		}
	case kindEpic:
		if r.want.epics() {
			return r.epic(raw)
		}
	case kindIssue:
		v := r.issue(raw)
		for _, f := range v.facts {
			i, ok := f.(*portfolio.MilestoneFact)
			if ok && !slices.ContainsFunc(r.want.labels(), func(l string) bool { return slices.Contains(i.Labels, l) }) {
				return converted{}
			}
		}
		return v
	}
	return converted{}
}
