package jira

import (
	"encoding/json"
	"strings"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

type versionRecord struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Archived    bool            `json:"archived"`
	Released    bool            `json:"released"`
	StartDate   json.RawMessage `json:"startDate"`
	ReleaseDate json.RawMessage `json:"releaseDate"`
	Driver      string          `json:"driver"`
	Status      *struct {
		Unmapped   int `json:"unmapped"`
		ToDo       int `json:"toDo"`
		InProgress int `json:"inProgress"`
		Done       int `json:"done"`
	} `json:"issuesStatusForFixVersion"`
}

// version converts a version of the project.
func (v conversion) version(raw json.RawMessage, project projectRecord) converted {
	bad := func(err error) converted {
		return v.quarantine(portfolio.KindMilestone, kindVersion, scopeVersions, raw, err)
	}
	var r versionRecord
	if err := record.Decode(raw, &r); err != nil {
		return bad(err)
	}
	if r.ID == "" {
		return bad(errNoID)
	}
	f := &portfolio.MilestoneFact{
		Source: portfolio.Source{
			Connection: v.connection, Kind: kindVersion, ID: r.ID, Scope: scopeVersions,
		},
		Name:    record.Truncate(firstOf(strings.TrimSpace(r.Name), r.ID), maxName),
		Type:    "Version",
		Project: v.doc(kindProject, project.ID),
		Status:  "Unreleased",
	}
	if project.Key != "" { // it may have been what could not be read
		f.URL = v.address("projects", project.Key, "versions", r.ID)
	}
	var err error
	if f.Start, err = decodeDay("startDate", r.StartDate); err != nil {
		return bad(err)
	}
	if f.Due, err = decodeDay("releaseDate", r.ReleaseDate); err != nil {
		return bad(err)
	}
	if r.Driver != "" {
		f.Owner = v.doc(kindUser, r.Driver)
	}
	if s := r.Status; s != nil && s.Unmapped+s.ToDo+s.InProgress+s.Done > 0 {
		f.Work = &portfolio.WorkDone{Todo: s.ToDo + s.Unmapped, InProgress: s.InProgress, Done: s.Done}
	}
	f.StatusCategory = portfolio.StatusTodo
	if f.Work != nil && f.Work.InProgress+f.Work.Done > 0 {
		f.StatusCategory = portfolio.StatusInProgress
	}
	if r.Released {
		// Jira's release date is the planned one until the version is
		// released, and the actual one from then on.
		f.Status, f.StatusCategory, f.Finished = "Released", portfolio.StatusDone, f.Due
	}
	if r.Archived || project.Archived {
		f.Presence = portfolio.PresenceArchived
	}
	return converted{id: r.ID, facts: []portfolio.ToolFact{f}}
}
