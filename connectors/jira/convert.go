package jira

import (
	"encoding/json"
	"net/url"
	"time"

	"plumbline/internal/record"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// The tool's own kinds of record, and the listings that cover them.
const (
	kindProject = "project"
	kindVersion = "version"
	kindIssue   = "issue"
	kindLink    = "issuelink"
	kindUser    = "user"

	scopeProjects      = "projects"
	scopeIssueProjects = "issue-projects"
	scopeVersions      = "versions"
	scopeIssues        = "issues"
	scopeRisks         = "risks"
	scopeLinks         = "links"
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
	// parents tells Data Center's parents, which are given by key only.
	parents map[string]parent
	// cards are the issues that hold the fields of Jira's projects, by project id.
	cards map[string]issueRecord
	// histories are the due dates' changes of issues, by id, where they were read.
	histories map[string][]dueChange
	// person adds what is known of a user from elsewhere; nil leaves it as it is.
	person func(portfolio.PersonFact) portfolio.PersonFact
}

// converted is what one record became.
type converted struct {
	facts       []portfolio.ToolFact
	quarantined *portfolio.Quarantine
	id          string
	updated     time.Time // of an issue
	core        issueCore // of an issue
}

func (v conversion) doc(kind, id string) string { return portfolio.DocID(v.connection, kind, id) }

func (v conversion) address(parts ...string) string {
	if v.info.BaseURL == "" {
		return ""
	}
	u, err := url.JoinPath(v.info.BaseURL, parts...)
	if err != nil {
		return ""
	}
	return u
}

// quarantine keeps a record that cannot be read, with the reason.
func (v conversion) quarantine(of portfolio.Kind, kind, scope string, raw json.RawMessage, reason error) converted {
	id := record.ID(raw)
	if id == "" {
		id = record.StandIn(raw)
	}
	kept := []byte(v.hidden.Mask(string(raw)))
	kept = kept[:min(len(kept), portfolio.MaxRaw)]
	return converted{id: id, quarantined: &portfolio.Quarantine{
		Source:    portfolio.Source{Connection: v.connection, Kind: kind, ID: id, Scope: scope},
		Of:        of,
		Reason:    v.hidden.Mask(reason.Error()),
		Raw:       kept,
		Converter: converter,
	}}
}
