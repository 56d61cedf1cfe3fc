package redmine

import (
	"encoding/json"
	"strconv"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

// The statuses of a project. An archived one is shown to nobody.
const (
	statusActive = 1
	statusClosed = 5
)

type projectRecord struct {
	ID          int64             `json:"id"`
	Name        string            `json:"name"`
	Identifier  string            `json:"identifier"`
	Description string            `json:"description"`
	Parent      *ref              `json:"parent"`
	Status      int               `json:"status"`
	Custom      []json.RawMessage `json:"custom_fields"`
	times
}

// project converts a project, which somebody leads or nobody.
func (v conversion) project(raw json.RawMessage, lead *ref) converted {
	bad := func(err error) converted {
		return v.quarantine(portfolio.KindProject, kindProject, scopeProjects, raw, err)
	}
	var r projectRecord
	if err := record.Decode(raw, &r); err != nil {
		return bad(err)
	}
	if r.ID == 0 {
		return bad(record.Missing("id", anID))
	}
	created, updated, err := r.read()
	if err != nil {
		return bad(err)
	}
	var out converted
	f := &portfolio.ProjectFact{
		Source:      v.source(kindProject, scopeProjects, r.ID, created, updated),
		Name:        clean(firstOf(r.Name, r.Identifier, strconv.FormatInt(r.ID, 10)), maxName),
		Description: clean(r.Description, maxDescription),
		Lead:        v.user(lead, &out.facts),
	}
	f.Source.Key = r.Identifier
	f.URL = v.base + "/projects/" + firstOf(r.Identifier, f.ID)
	if r.Parent != nil {
		f.Parent = v.docOfProject(r.Parent.ID)
	}
	switch r.Status {
	case statusActive:
		f.Status = "active"
	case statusClosed:
		f.Status, f.StatusCategory = "closed", portfolio.StatusDone
	case 0: // older than 2.1, or null
	default:
		f.Status = strconv.Itoa(r.Status)
	}
	f.Fields = v.customFields(r.Custom, &out.facts)
	out.facts = append(out.facts, f)
	return out
}
