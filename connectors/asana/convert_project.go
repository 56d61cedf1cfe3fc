package asana

import (
	"cmp"
	"encoding/json"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

type projectRecord struct {
	GID         string          `json:"gid"`
	Name        string          `json:"name"`
	Archived    bool            `json:"archived"`
	Completed   bool            `json:"completed"`
	CompletedAt json.RawMessage `json:"completed_at"`
	CreatedAt   json.RawMessage `json:"created_at"`
	ModifiedAt  json.RawMessage `json:"modified_at"`
	StartOn     json.RawMessage `json:"start_on"`
	DueOn       json.RawMessage `json:"due_on"`
	Notes       string          `json:"notes"`
	URL         string          `json:"permalink_url"`
	Owner       *named          `json:"owner"`
	Team        *named          `json:"team"`
	Status      *named          `json:"current_status_update"`
	Custom      []customField   `json:"custom_fields"`
}

// report is the gid of the newest status update, or nothing.
func (p *projectRecord) report() string {
	if p.Status == nil {
		return ""
	}
	return p.Status.GID
}

// The words for how a project or task stands, as Asana has no others.
const (
	statusComplete   = "Complete"
	statusIncomplete = "Incomplete"
)

// project converts a record of the project listing. The record that it returns
// has its gid, if there is any, also when something else in it cannot be read:
// the tasks of a project do not depend on the rest of it.
func (v *conversion) project(raw json.RawMessage) (converted, *projectRecord) {
	p := new(projectRecord)
	err := record.Decode(raw, p)
	if err == nil && !isGID(p.GID) {
		err = errNoGID
	}
	var r reader
	source := portfolio.Source{
		Connection: v.connection, Kind: kindProject, ID: p.GID, URL: p.URL, Scope: scopeProjects,
		CreatedAt: r.instant("created_at", p.CreatedAt), UpdatedAt: r.instant("modified_at", p.ModifiedAt),
	}
	f := &portfolio.ProjectFact{
		Source: source, Name: cmp.Or(tidy(p.Name, maxName), p.GID), Description: tidy(p.Notes, maxDescription),
		Status: statusIncomplete, StatusCategory: portfolio.StatusInProgress,
		Start: r.day("start_on", p.StartOn), Due: r.day("due_on", p.DueOn),
	}
	finished := r.instant("completed_at", p.CompletedAt)
	if err = cmp.Or(err, r.err()); err != nil {
		out := v.quarantine(portfolio.KindProject, kindProject, scopeProjects, raw, err)
		p.GID = gidOf(raw)
		return out, p
	}
	out := converted{gid: p.GID}
	if p.Completed {
		f.Status, f.StatusCategory = statusComplete, portfolio.StatusDone
		f.Finished = dayOf(finished)
	}
	if p.Archived {
		f.Presence = portfolio.PresenceArchived
	}
	if p.Team != nil {
		f.Category = tidy(p.Team.Name, maxName)
	}
	f.Lead = v.user(p.Owner, &out.facts)
	f.Fields = v.custom(p.Custom, &out.facts)
	if v.asks(fieldTeam) && f.Category != "" {
		f.Fields = append(f.Fields, portfolio.Field{ID: "team", Name: fieldTeam, Type: portfolio.FieldText, Text: f.Category})
	}
	groups := v.groups[p.GID]
	if list := names(groups); v.asks(fieldPortfolios) && len(list) > 0 {
		f.Fields = append(f.Fields, portfolio.Field{ID: "portfolios", Name: fieldPortfolios, Type: portfolio.FieldList, List: list})
	}
	f.Fields = append(f.Fields, v.goalsOf(p.GID)...)
	if v.tree && len(groups) > 0 {
		f.Parent = v.doc(kindPortfolio, groups[0].GID)
	}
	sortFields(f.Fields)
	out.facts = append(out.facts, f)
	return out, p
}

// portfolio converts a portfolio that stands above its projects.
func (v *conversion) portfolio(raw json.RawMessage) converted {
	var p projectRecord // it has nothing that a project has not
	err := record.Decode(raw, &p)
	if err == nil && !isGID(p.GID) {
		err = errNoGID
	}
	var r reader
	f := &portfolio.ProjectFact{
		Source: portfolio.Source{
			Connection: v.connection, Kind: kindPortfolio, ID: p.GID, URL: p.URL, Scope: scopePortfolios, CreatedAt: r.instant("created_at", p.CreatedAt),
		},
		Name: cmp.Or(tidy(p.Name, maxName), p.GID), Category: "Portfolio",
		Start: r.day("start_on", p.StartOn), Due: r.day("due_on", p.DueOn),
	}
	if err = cmp.Or(err, r.err()); err != nil {
		return v.quarantine(portfolio.KindProject, kindPortfolio, scopePortfolios, raw, err)
	}
	if p.Archived {
		f.Presence = portfolio.PresenceArchived
	}
	if above := v.groups[p.GID]; len(above) > 0 {
		f.Parent = v.doc(kindPortfolio, above[0].GID)
	}
	out := converted{gid: p.GID}
	f.Lead = v.user(p.Owner, &out.facts)
	f.Fields = v.goalsOf(p.GID)
	out.facts = append(out.facts, f)
	return out
}

// goalsOf are the names of the goals that a project or portfolio supports, as
// the field that a mapping can take its objectives from.
func (v *conversion) goalsOf(gid string) []portfolio.Field {
	list := names(v.supported[gid])
	if len(list) == 0 {
		return nil
	}
	return []portfolio.Field{{ID: "goals", Name: fieldGoals, Type: portfolio.FieldList, List: list}}
}
