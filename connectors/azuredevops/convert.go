package azuredevops

import (
	"encoding/json"
	"net/url"
	"strings"

	"plumbline/internal/record"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// The tool's own kinds of record, and the listings that cover them.
const (
	kindProject   = "project"
	kindIteration = "iteration"
	kindItem      = "workitem"
	kindLink      = "link"
	kindUser      = "user"

	scopeProjects     = "projects"
	scopeItemProjects = "workitem-projects"
	scopeIterations   = "iterations"
	scopeItems        = "workitems"
	scopeRisks        = "risks"
	scopeLinks        = "links"
)

// The limits of texts, in characters.
const (
	maxName        = 1000
	maxDescription = 4000
	maxFieldText   = 16_000
)

// conversion turns raw records into facts. It is pure: whatever it depends on
// is in it.
type conversion struct {
	*session
	connection string
	hidden     *secret.Hidden
	// known tells the work items that others name, by id.
	known map[int64]brief
	// category tells what a state means; nil is not known.
	category func(t typeOf, state string) portfolio.StatusCategory
	// past tells how due dates moved, by the id of the work item; nil is not read.
	past map[int64]*moves
}

// converted is what one record became.
type converted struct {
	facts       []portfolio.ToolFact
	quarantined *portfolio.Quarantine
}

func (v conversion) doc(kind, id string) string { return portfolio.DocID(v.connection, kind, id) }

func (v conversion) address(parts ...string) string {
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	u, err := url.JoinPath(v.base, parts...)
	if err != nil {
		return ""
	}
	return u
}

// quarantine keeps a record that cannot be read, with the reason.
func (v conversion) quarantine(of portfolio.Kind, kind, id, scope string, raw json.RawMessage, reason error) converted {
	if id == "" || id == "0" {
		id = record.StandIn(raw)
	}
	kept := []byte(v.hidden.Mask(string(raw)))
	kept = kept[:min(len(kept), portfolio.MaxRaw)]
	return converted{quarantined: &portfolio.Quarantine{
		Source:    portfolio.Source{Connection: v.connection, Kind: kind, ID: id, Scope: scope},
		Of:        of,
		Reason:    v.hidden.Mask(reason.Error()),
		Raw:       kept,
		Converter: converter,
	}}
}

type projectRecord struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	State       string `json:"state"`
	Updated     string `json:"lastUpdateTime"`

	raw json.RawMessage
}

// unfinished tells that the project is not there yet, or not for long.
func (p projectRecord) unfinished() bool {
	switch p.State {
	case "new", "createPending", "deleting", "deleted":
		return true
	}
	return false
}

// project converts a record of the project listing. Azure DevOps' projects
// have neither an owner nor a state of their work nor dates.
func (v conversion) project(raw json.RawMessage) converted {
	var r projectRecord
	err := record.Decode(raw, &r)
	if err == nil && r.ID == "" {
		err = errNoID
	}
	id := strings.ToLower(r.ID)
	if err != nil {
		return v.quarantine(portfolio.KindProject, kindProject, id, scopeProjects, raw, err)
	}
	f := &portfolio.ProjectFact{
		Source: portfolio.Source{
			Connection: v.connection, Kind: kindProject, ID: id, Key: r.Name, URL: v.address(r.Name), Scope: scopeProjects,
		},
		Name:        record.Truncate(firstOf(strings.TrimSpace(r.Name), id), maxName),
		Description: record.Truncate(tidyText(r.Description), maxDescription),
	}
	if at, err := parseTime(r.Updated); err == nil && at.Year() > 1 { // a project that nobody touched says the year 1
		f.UpdatedAt = at
	}
	if r.State == "deleting" || r.State == "deleted" {
		f.Presence = portfolio.PresenceDeleted
	}
	return converted{facts: []portfolio.ToolFact{f}}
}
