package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"time"

	"plumbline/connectors"
)

// expiryWarning is how long before its end a token is warned about.
const expiryWarning = 30 * 24 * time.Hour

// Check implements connectors.Checker: who we are, what we may do, whether the
// fields that the mapping names are there, and how much there is to read.
func (c *Connector) Check(ctx context.Context) (connectors.Report, error) {
	r, err := c.check(ctx)
	if err != nil {
		return r, fmt.Errorf("jira: %w", err)
	}
	return r, nil
}

func (c *Connector) check(ctx context.Context) (connectors.Report, error) {
	s, err := c.begin(ctx)
	if err != nil {
		return connectors.Report{}, err
	}
	r := connectors.Report{Site: s.site, Deployment: s.info.DeploymentType}
	for _, p := range []connectors.Permission{
		{Name: "BROWSE_PROJECTS", Why: "without it nothing can be read"},
		{Name: "ADMINISTER", Why: "without it projects in the bin are not listed, and a deleted project looks like one we may no longer see"},
	} {
		if p.Held, err = c.permission(ctx, s.api, p.Name); err != nil {
			return r, err
		}
		r.Permissions = append(r.Permissions, p)
	}
	if !r.Permissions[0].Held {
		r.Warnings = append(r.Warnings, "the account may browse no project")
	}
	if r.TokenExpires, err = c.tokenExpiry(ctx, s); err != nil {
		return r, err
	}
	if !r.TokenExpires.IsZero() && r.TokenExpires.Sub(s.started) < expiryWarning {
		r.Warnings = append(r.Warnings, "a token of this account expires on "+r.TokenExpires.Format(time.DateOnly))
	}
	c.checkFields(s, &r)
	return r, c.checkCounts(ctx, s, &r)
}

func (c *Connector) checkFields(s *session, r *connectors.Report) {
	for _, asked := range c.env.Fields {
		if slices.Contains(s.missing, asked) {
			r.Fields = append(r.Fields, connectors.FieldFound{Asked: asked})
			r.Warnings = append(r.Warnings, fmt.Sprintf("there is no field %q", asked))
			continue
		}
		for _, f := range s.fields {
			if f.named(asked) {
				kind := f.Schema.Type
				if f.Schema.Items != "" {
					kind += " of " + f.Schema.Items
				}
				r.Fields = append(r.Fields, connectors.FieldFound{Asked: asked, ID: f.ID, Name: f.Name, Type: kind})
			}
		}
		if slices.Contains(s.repeated, asked) {
			r.Warnings = append(r.Warnings, fmt.Sprintf("several fields are called %q: all are read; name the id to read one", asked))
		}
	}
}

// permission asks whether the account has a permission somewhere.
func (c *Connector) permission(ctx context.Context, api, name string) (bool, error) {
	var answer struct {
		Permissions map[string]struct {
			Have bool `json:"havePermission"`
		} `json:"permissions"`
	}
	err := c.get(ctx, api+"mypermissions", url.Values{"permissions": {name}}, &answer)
	return answer.Permissions[name].Have, err
}

// tokenExpiry is the earliest end of the account's tokens, which only Data
// Center tells, and it does not tell which of them we use.
func (c *Connector) tokenExpiry(ctx context.Context, s *session) (time.Time, error) {
	if s.cloud || c.settings.Auth.Email != "" {
		return time.Time{}, nil
	}
	var tokens []struct {
		Expires string `json:"expiringAt"`
	}
	err := c.get(ctx, "rest/pat/latest/tokens", nil, &tokens)
	if hasStatus(err, 404) || hasStatus(err, 403) {
		return time.Time{}, nil // before 8.14 there were none
	}
	var earliest time.Time
	for _, t := range tokens {
		at, bad := parseTime(t.Expires)
		if bad == nil && !at.IsZero() && (earliest.IsZero() || at.Before(earliest)) {
			earliest = at
		}
	}
	return earliest, err
}

func (c *Connector) checkCounts(ctx context.Context, s *session, r *connectors.Report) error {
	if s.realProjects {
		n, err := c.countProjects(ctx, s)
		if err != nil {
			return err
		}
		r.Counts = append(r.Counts, connectors.Count{Of: "projects", Records: n})
	}
	for _, q := range []struct{ of, jql string }{{"issues that are projects", s.projectsJQL()}, {"issues that are milestones", s.milestonesJQL()}, {"issues that are risks", s.risksJQL()}} {
		if q.jql == "" {
			continue
		}
		n, err := c.countIssues(ctx, s, q.jql)
		if err != nil {
			return err
		}
		r.Counts = append(r.Counts, connectors.Count{Of: q.of, Records: n, Approximate: s.cloud})
	}
	return nil
}

func (c *Connector) countProjects(ctx context.Context, s *session) (int, error) {
	if s.wanted != nil {
		return len(s.wanted), nil
	}
	if !s.cloud {
		var all []json.RawMessage
		err := c.get(ctx, s.api+"project", nil, &all)
		return len(all), err
	}
	var page offsetPage
	err := c.get(ctx, s.api+"project/search", url.Values{"maxResults": {"1"}, "status": {"live", "archived"}}, &page)
	return page.Total, err
}

func (c *Connector) countIssues(ctx context.Context, s *session, jql string) (int, error) {
	if s.cloud {
		var answer struct {
			Count int `json:"count"`
		}
		err := c.ask(ctx, s.api+"search/approximate-count", map[string]string{"jql": jql}, &answer)
		return answer.Count, err
	}
	var answer struct {
		Total int `json:"total"`
	}
	question := struct {
		JQL    string   `json:"jql"`
		Max    int      `json:"maxResults"`
		Fields []string `json:"fields"`
	}{jql, 0, []string{"id"}}
	err := c.ask(ctx, s.api+"search", question, &answer)
	return answer.Total, err
}
