package jira

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

type projectRecord struct {
	ID          string      `json:"id"`
	Key         string      `json:"key"`
	Name        string      `json:"name"`
	Description *string     `json:"description"`
	Lead        *userRecord `json:"lead"`
	Category    *struct {
		Name string `json:"name"`
	} `json:"projectCategory"`
	Archived bool `json:"archived"`
	Deleted  bool `json:"deleted"`
	Insight  *struct {
		Issues json.RawMessage `json:"totalIssueCount"`
		Last   string          `json:"lastIssueUpdateTime"`
	} `json:"insight"`
}

// project converts a record of the project listing. The record that it returns
// has its id, if there is any, also when something else in it cannot be read:
// the versions and issues of a project do not depend on the rest of it.
func (v conversion) project(raw json.RawMessage) (converted, projectRecord) {
	var r projectRecord
	err := record.Decode(raw, &r)
	if err == nil && r.ID == "" {
		err = errNoID
	}
	if err != nil {
		out := v.quarantine(portfolio.KindProject, kindProject, scopeProjects, raw, err)
		r.ID = out.id
		return out, r
	}
	out := converted{id: r.ID}
	f := &portfolio.ProjectFact{
		Source: portfolio.Source{
			Connection: v.connection, Kind: kindProject, ID: r.ID, Key: r.Key, URL: v.address("browse", r.Key), Scope: scopeProjects,
		},
		Name: record.Truncate(firstOf(strings.TrimSpace(r.Name), r.Key, r.ID), maxName),
		Lead: v.user(r.Lead, &out.facts),
	}
	switch {
	case r.Deleted:
		f.Presence = portfolio.PresenceDeleted
	case r.Archived:
		f.Presence = portfolio.PresenceArchived
	}
	if r.Description != nil {
		f.Description = record.Truncate(wikiText(*r.Description), maxDescription)
	}
	if r.Category != nil {
		f.Category = r.Category.Name
	}
	if r.Insight != nil {
		// It is no time of the project's own: when the last issue is deleted, it
		// goes back.
		if at, err := parseTime(r.Insight.Last); err == nil && !at.IsZero() {
			f.Fields = append(f.Fields, portfolio.Field{ID: "insight.lastIssueUpdateTime", Name: "Last issue update", Type: portfolio.FieldTime, Time: at})
		}
		if n, ok := plainNumber(strings.Trim(string(r.Insight.Issues), `"`)); ok {
			f.Fields = append(f.Fields, portfolio.Field{ID: "insight.totalIssueCount", Name: "Issues", Type: portfolio.FieldNumber, Number: n})
		}
	}
	if card, ok := v.cards[r.ID]; ok {
		if err := v.fill(f, card, &out.facts); err != nil {
			return v.quarantine(portfolio.KindProject, kindProject, scopeProjects, raw, fmt.Errorf("card %s: %w", card.Key, err)), r
		}
	}
	out.facts = append(out.facts, f)
	return out, r
}

// fill gives a project what its card says of it.
func (v conversion) fill(f *portfolio.ProjectFact, card issueRecord, facts *[]portfolio.ToolFact) error {
	c, err := card.core()
	if err != nil {
		return err
	}
	f.Status, f.StatusCategory, f.Due, f.Labels = c.Status.Name, c.Status.category(), c.Due, sorted(c.Labels)
	if f.StatusCategory == portfolio.StatusDone {
		f.Finished = c.Finished
	}
	f.Fields = append(f.Fields, v.customFields(card.Fields, facts)...)
	slices.SortFunc(f.Fields, func(a, b portfolio.Field) int { return strings.Compare(a.ID, b.ID) })
	return nil
}
