package jira

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

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
	id := idOf(raw)
	if id == "" || id == "null" {
		sum := sha256.Sum256(raw)
		id = "unreadable-" + hex.EncodeToString(sum[:8])
	}
	kept := raw[:min(len(raw), portfolio.MaxRaw)]
	return converted{id: id, quarantined: &portfolio.Quarantine{
		Source:    portfolio.Source{Connection: v.connection, Kind: kind, ID: id, Scope: scope},
		Of:        of,
		Reason:    reason.Error(),
		Raw:       slices.Clone(kept),
		Converter: converter,
	}}
}

type userRecord struct {
	AccountID    string `json:"accountId"`
	Key          string `json:"key"`
	Name         string `json:"name"`
	DisplayName  string `json:"displayName"`
	EmailAddress string `json:"emailAddress"`
	Active       *bool  `json:"active"`
}

func (u *userRecord) id() string {
	if u == nil {
		return ""
	}
	return firstOf(u.AccountID, u.Key, u.Name)
}

// user returns the document id of a person and adds the person to the facts.
func (v conversion) user(u *userRecord, facts *[]portfolio.ToolFact) string {
	id := u.id()
	if id == "" {
		return ""
	}
	p := portfolio.PersonFact{
		Source:   portfolio.Source{Connection: v.connection, Kind: kindUser, ID: id},
		Name:     truncate(firstOf(u.DisplayName, u.Name, id), maxName),
		Email:    u.EmailAddress,
		Inactive: u.Active != nil && !*u.Active,
	}
	if v.person != nil {
		p = v.person(p)
	}
	*facts = append(*facts, &p)
	return p.DocID()
}

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
		Issues json.Number `json:"totalIssueCount"`
		Last   string      `json:"lastIssueUpdateTime"`
	} `json:"insight"`
}

var errNoID = errors.New("the record has no id")

// project converts a record of the project listing.
func (v conversion) project(raw json.RawMessage) (converted, projectRecord) {
	var r projectRecord
	err := json.Unmarshal(raw, &r)
	if err == nil && r.ID == "" {
		err = errNoID
	}
	if err != nil {
		return v.quarantine(portfolio.KindProject, kindProject, scopeProjects, raw, err), r
	}
	out := converted{id: r.ID}
	f := &portfolio.ProjectFact{
		Source: portfolio.Source{
			Connection: v.connection, Kind: kindProject, ID: r.ID, Key: r.Key, URL: v.address("browse", r.Key), Scope: scopeProjects,
		},
		Name: truncate(firstOf(strings.TrimSpace(r.Name), r.Key, r.ID), maxName),
		Lead: v.user(r.Lead, &out.facts),
	}
	switch {
	case r.Deleted:
		f.Presence = portfolio.PresenceDeleted
	case r.Archived:
		f.Presence = portfolio.PresenceArchived
	}
	if r.Description != nil {
		f.Description = truncate(wikiText(*r.Description), maxDescription)
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
		if n, ok := plainNumber(r.Insight.Issues.String()); ok {
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

type versionRecord struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Archived    bool        `json:"archived"`
	Released    bool        `json:"released"`
	StartDate   string      `json:"startDate"`
	ReleaseDate string      `json:"releaseDate"`
	ProjectID   json.Number `json:"projectId"`
	Driver      string      `json:"driver"`
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
	if err := json.Unmarshal(raw, &r); err != nil {
		return bad(err)
	}
	if r.ID == "" {
		return bad(errNoID)
	}
	f := &portfolio.MilestoneFact{
		Source: portfolio.Source{
			Connection: v.connection, Kind: kindVersion, ID: r.ID, Scope: scopeVersions, URL: v.address("projects", project.Key, "versions", r.ID),
		},
		Name:    truncate(firstOf(strings.TrimSpace(r.Name), r.ID), maxName),
		Type:    "Version",
		Project: v.doc(kindProject, firstOf(project.ID, r.ProjectID.String())),
		Status:  "Unreleased",
	}
	var err error
	if f.Start, err = parseDay(r.StartDate); err != nil {
		return bad(fmt.Errorf("startDate: %w", err))
	}
	if f.Due, err = parseDay(r.ReleaseDate); err != nil {
		return bad(fmt.Errorf("releaseDate: %w", err))
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
