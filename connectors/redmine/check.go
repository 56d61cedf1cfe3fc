package redmine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plumbline/connectors"
	"plumbline/internal/record"
)

// sampled is of how many projects a check looks at the versions and members.
const sampled = 5

// Check implements connectors.Checker: who we are, what we may do, whether the
// fields that the mapping names are there, and how much there is to read.
func (c *Connector) Check(ctx context.Context) (connectors.Report, error) {
	s, err := c.begin(ctx)
	if err != nil {
		return connectors.Report{}, fmt.Errorf("redmine: %w", err)
	}
	r := connectors.Report{Site: s.site, Deployment: "Redmine"}
	if err := c.check(ctx, s, &r); err != nil {
		return r, fmt.Errorf("redmine: %w", err)
	}
	return r, nil
}

func (c *Connector) check(ctx context.Context, s *session, r *connectors.Report) error {
	projects, err := c.listProjects(ctx, s)
	if err != nil {
		return err
	}
	r.Permissions = append(r.Permissions, connectors.Permission{
		Name: "administrator", Held: s.admin,
		Why: "without it an archived project looks like one that we may no longer see, values of custom fields are text, and locked users are not told",
	})
	r.Counts = append(r.Counts, connectors.Count{Of: "projects", Records: len(projects)})
	if len(projects) == 0 {
		r.Warnings = append(r.Warnings, "the account sees no project that is asked for")
	}
	for _, key := range c.settings.Projects.Keys {
		if !slices.ContainsFunc(s.projects, func(p projectCore) bool {
			return strings.EqualFold(p.key, key) || strconv.FormatInt(p.id, 10) == key
		}) {
			r.Warnings = append(r.Warnings, fmt.Sprintf("projects.keys names %q, which the account does not see", key))
		}
	}
	var samples []json.RawMessage
	for _, p := range projects {
		samples = append(samples, p.raw)
	}
	few := projects[:min(len(projects), sampled)]
	if c.settings.readsVersions() {
		for _, p := range few {
			versions, err := c.versionsOf(ctx, p.id)
			if err != nil {
				return err
			}
			samples = append(samples, versions...)
		}
	}
	run := &run{Connector: c, ctx: ctx, conversion: conversion{session: s}}
	for _, what := range []struct {
		of    string
		risks bool
	}{{"issues that are milestones", false}, {"issues that are risks", true}} {
		var trackers []int64
		for id := range s.trackers {
			if s.risks[id] == what.risks {
				trackers = append(trackers, id)
			}
		}
		if len(trackers) == 0 {
			continue
		}
		slices.Sort(trackers)
		page, err := c.counted(ctx, "issues.json", "issues", run.search(trackers))
		if err != nil {
			return err
		}
		samples = append(samples, page.records...)
		r.Counts = append(r.Counts, connectors.Count{Of: what.of, Records: page.total})
	}
	if !c.settings.Projects.Lead.Off {
		found := false
		for _, p := range few {
			lead, err := run.lead(ctx, p.id)
			if err != nil {
				return err
			}
			found = found || lead != nil
		}
		if !found && len(few) > 0 {
			r.Warnings = append(r.Warnings, fmt.Sprintf("none of the first %d projects has a member in the role %q who is seen: name the role as projects.lead.role, or switch it off", len(few), c.settings.leadRole()))
		}
	}
	return c.checkFields(ctx, s, samples, r)
}

// definition is a custom field, from its definition or from a record.
type definition struct {
	ref
	Format string `json:"field_format"`
	Of     string `json:"customized_type"`
}

// checkFields looks for the fields among the definitions, which administrators
// may read, and otherwise in the records of a sample.
func (c *Connector) checkFields(ctx context.Context, s *session, samples []json.RawMessage, r *connectors.Report) error {
	known := []definition{
		{ref{0, "Priority"}, "text", "priority"}, {ref{0, "Category"}, "text", "category"},
		{ref{0, "% Done"}, "number", "done_ratio"}, {ref{0, "Estimated time"}, "number", "estimated_hours"},
	}
	if s.admin && len(c.env.Fields) > 0 {
		page, err := c.rows(ctx, "custom_fields.json", "custom_fields", nil)
		if err != nil && !hidden(err) {
			return err
		}
		for _, raw := range page.records {
			var d definition
			if record.Decode(raw, &d) == nil {
				known = append(known, d)
			}
		}
	}
	for _, raw := range samples {
		var holder struct {
			Custom []definition `json:"custom_fields"`
		}
		if json.Unmarshal(raw, &holder) == nil {
			known = append(known, holder.Custom...)
		}
	}
	for _, asked := range c.env.Fields {
		found := connectors.FieldFound{Asked: asked}
		others := false
		for _, d := range known {
			id := prefix + strconv.FormatInt(d.ID, 10)
			if d.ID == 0 {
				id = d.Of
			}
			if asked != id && !strings.EqualFold(asked, d.Name) {
				continue
			}
			if found.ID != "" && found.ID != id {
				others = true
				continue
			}
			found.ID, found.Name, found.Type = id, d.Name, firstOf(found.Type, d.Format)
		}
		r.Fields = append(r.Fields, found)
		switch {
		case others:
			r.Warnings = append(r.Warnings, fmt.Sprintf("several fields are called %q: all are read; name the id to read one", asked))
		case found.ID == "" && s.admin:
			r.Warnings = append(r.Warnings, fmt.Sprintf("there is no field %q", asked))
		case found.ID == "":
			r.Warnings = append(r.Warnings, fmt.Sprintf("no field %q was seen in the first records; only an administrator may list them all", asked))
		}
	}
	return nil
}
