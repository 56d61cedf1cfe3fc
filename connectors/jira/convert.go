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
		if at, err := parseTime(r.Insight.Last); err == nil {
			f.UpdatedAt = at
		}
		if n, ok := plainNumber(r.Insight.Issues.String()); ok {
			f.Fields = []portfolio.Field{{ID: "insight.totalIssueCount", Name: "Issues", Type: portfolio.FieldNumber, Number: n}}
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

// sorted puts labels in order; none is nil.
func sorted(labels []string) []string {
	if len(labels) == 0 {
		return nil
	}
	labels = slices.Clone(labels)
	slices.Sort(labels)
	return slices.Compact(labels)
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

type issueRecord struct {
	ID        string                     `json:"id"`
	Key       string                     `json:"key"`
	Fields    map[string]json.RawMessage `json:"fields"`
	Changelog *struct {
		Histories []changeRecord `json:"histories"`
	} `json:"changelog"`
}

type statusRecord struct {
	Name     string `json:"name"`
	Category *struct {
		Key string `json:"key"`
	} `json:"statusCategory"`
}

// categories maps Jira's status categories; another one stays empty, and the
// status itself is kept as it is.
var categories = map[string]portfolio.StatusCategory{
	"new": portfolio.StatusTodo, "indeterminate": portfolio.StatusInProgress, "done": portfolio.StatusDone,
}

func (s statusRecord) category() portfolio.StatusCategory {
	if s.Category == nil {
		return ""
	}
	return categories[s.Category.Key]
}

type linkRecord struct {
	ID   string `json:"id"`
	Type struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"type"`
	Inward  *stubRecord `json:"inwardIssue"`
	Outward *stubRecord `json:"outwardIssue"`
}

type stubRecord struct {
	ID     string `json:"id"`
	Key    string `json:"key"`
	Fields struct {
		Summary string    `json:"summary"`
		Type    issueType `json:"issuetype"`
	} `json:"fields"`
}

// parent is what is known of the issue above another one.
type parent struct{ id, typeID string }

// issueCore are the fields of an issue that Jira itself defines.
type issueCore struct {
	Summary     string
	Type        issueType
	Project     projectRecord
	Status      statusRecord
	Assignee    *userRecord
	Labels      []string
	Links       []linkRecord
	Parent      *stubRecord
	Due         portfolio.Date
	Finished    portfolio.Date
	Created     time.Time
	Updated     time.Time
	Description string
}

// core decodes the fields of an issue one by one, so that the reason of a
// failure names the field.
func (r *issueRecord) core() (issueCore, error) {
	var c issueCore
	var problems []error
	read := func(name string, into any) {
		if raw, ok := r.Fields[name]; ok {
			if err := json.Unmarshal(raw, into); err != nil {
				problems = append(problems, fmt.Errorf("%s: %w", name, err))
			}
		}
	}
	day := func(name string, into *portfolio.Date) {
		var text string
		read(name, &text)
		var err error
		if *into, err = parseDay(text); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
	}
	instant := func(name string, into *time.Time) {
		var text string
		read(name, &text)
		var err error
		if *into, err = parseTime(text); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
	}
	read("summary", &c.Summary)
	read("issuetype", &c.Type)
	read("project", &c.Project)
	read("status", &c.Status)
	read("assignee", &c.Assignee)
	read("labels", &c.Labels)
	read("issuelinks", &c.Links)
	read("parent", &c.Parent)
	day("duedate", &c.Due)
	day("resolutiondate", &c.Finished)
	instant("created", &c.Created)
	instant("updated", &c.Updated)
	c.Description = truncate(richText(r.Fields["description"]), maxDescription)
	if _, asked := r.Fields["project"]; asked && c.Project.ID == "" && len(problems) == 0 {
		problems = append(problems, errors.New("project: the issue is in none"))
	}
	return c, errors.Join(problems...)
}

// issue converts an issue into the project or milestone that it is, with the
// people and dependencies in it. It gives no fact for an issue that is neither.
func (v conversion) issue(raw json.RawMessage) converted {
	var r issueRecord
	err := json.Unmarshal(raw, &r)
	if err == nil && r.ID == "" {
		err = errNoID
	}
	if err != nil {
		return v.quarantine(portfolio.KindMilestone, kindIssue, scopeIssues, raw, err)
	}
	c, err := r.core()
	project := v.projectTypes[c.Type.ID]
	if err != nil {
		of, scope := portfolio.KindMilestone, scopeIssues
		if project {
			of, scope = portfolio.KindProject, scopeIssueProjects
		}
		out := v.quarantine(of, kindIssue, scope, raw, err)
		out.quarantined.Source.Key, out.updated = r.Key, c.Updated
		return out
	}
	out := converted{id: r.ID, updated: c.Updated}
	source := portfolio.Source{
		Connection: v.connection, Kind: kindIssue, ID: r.ID, Key: r.Key, URL: v.address("browse", r.Key), CreatedAt: c.Created, UpdatedAt: c.Updated,
	}
	name := truncate(firstOf(strings.TrimSpace(c.Summary), r.Key, r.ID), maxName)
	category := c.Status.category()
	if category != portfolio.StatusDone {
		c.Finished = portfolio.Date{}
	}
	labels := sorted(c.Labels)
	if project {
		source.Scope = scopeIssueProjects
		f := &portfolio.ProjectFact{
			Source: source, Name: name, Description: c.Description, Status: c.Status.Name, StatusCategory: category,
			Due: c.Due, Finished: c.Finished, Labels: labels,
		}
		if c.Project.Category != nil {
			f.Category = c.Project.Category.Name
		}
		if v.realProjects {
			f.Parent = v.doc(kindProject, c.Project.ID)
		}
		f.Lead = v.user(c.Assignee, &out.facts)
		f.Fields = v.customFields(r.Fields, &out.facts)
		out.facts = append(out.facts, f)
	} else {
		above := v.parentOf(&r, c)
		f := &portfolio.MilestoneFact{
			Source: source, Name: name, Type: c.Type.Name, Status: c.Status.Name, StatusCategory: category,
			Due: c.Due, Finished: c.Finished, Labels: labels,
		}
		f.Scope = scopeIssues
		switch {
		case v.projectTypes[above.typeID]:
			f.Project = v.doc(kindIssue, above.id)
		case !v.realProjects || v.childTypes[c.Type.ID] && !v.plainTypes[c.Type.ID]:
			return out // a child without a parent that is a project
		default:
			f.Project = v.doc(kindProject, c.Project.ID)
			if v.plainTypes[above.typeID] || v.childTypes[above.typeID] {
				f.Parent = v.doc(kindIssue, above.id)
			}
		}
		f.Owner = v.user(c.Assignee, &out.facts)
		f.Fields = v.customFields(r.Fields, &out.facts)
		if r.Changelog != nil {
			f.History = v.history(dueChanges(r.Changelog.Histories), c.Due)
		} else if v.histories != nil {
			f.History = v.history(v.histories[r.ID], c.Due)
		}
		out.facts = append(out.facts, f)
	}
	out.facts = append(out.facts, v.dependencies(&r, c)...)
	return out
}

// parentOf finds the issue above: Cloud tells it for every level, Data Center
// for sub-tasks, and otherwise by the key in a custom field.
func (v conversion) parentOf(r *issueRecord, c issueCore) parent {
	if c.Parent != nil && c.Parent.ID != "" {
		return parent{c.Parent.ID, c.Parent.Fields.Type.ID}
	}
	for _, key := range v.parentKeys(r) {
		if p, ok := v.parents[key]; ok {
			return p
		}
	}
	return parent{}
}

// parentKeys are the keys that Data Center's parent fields hold.
func (v conversion) parentKeys(r *issueRecord) []string {
	var keys []string
	for _, id := range v.parentFields() {
		var key string
		raw := r.Fields[id]
		if json.Unmarshal(raw, &key) != nil {
			var object struct {
				Key  string `json:"key"`
				Data struct {
					Key string `json:"key"`
				} `json:"data"`
			}
			if json.Unmarshal(raw, &object) == nil {
				key = firstOf(object.Key, object.Data.Key)
			}
		}
		if key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// dependencies are the issue's links of blocking types. The same link seen
// from its other end gives the very same fact, so nothing in it depends on
// which end was read.
func (v conversion) dependencies(r *issueRecord, c issueCore) []portfolio.ToolFact {
	var facts []portfolio.ToolFact
	for _, l := range c.Links {
		direction := v.links[l.Type.ID]
		other, outward := l.Outward, true
		if other == nil {
			other, outward = l.Inward, false
		}
		if direction == 0 || other == nil || other.ID == "" || l.ID == "" {
			continue
		}
		us := portfolio.LinkEnd{Ref: v.doc(kindIssue, r.ID), Key: r.Key, Name: truncate(strings.TrimSpace(c.Summary), maxName)}
		them := portfolio.LinkEnd{Ref: v.doc(kindIssue, other.ID), Key: other.Key, Name: truncate(strings.TrimSpace(other.Fields.Summary), maxName)}
		f := &portfolio.DependencyFact{
			Source:      portfolio.Source{Connection: v.connection, Kind: kindLink, ID: l.ID, Scope: scopeLinks},
			Type:        l.Type.Name,
			Predecessor: us, Successor: them,
		}
		if outward != (direction == blocks) {
			f.Predecessor, f.Successor = them, us
		}
		facts = append(facts, f)
	}
	return facts
}

type changeRecord struct {
	Created json.RawMessage `json:"created"`
	Items   []struct {
		Field   string `json:"field"`
		FieldID string `json:"fieldId"`
		From    string `json:"from"`
		To      string `json:"to"`
	} `json:"items"`
}

// dueChange is one change of a due date.
type dueChange struct {
	at       time.Time
	from, to portfolio.Date
}

// dueChanges picks the changes of the due date, oldest first. An entry that
// cannot be read is left out: a gap in the past is better than no issue.
func dueChanges(histories []changeRecord) []dueChange {
	var out []dueChange
	for _, h := range histories {
		at, err := changeTime(h.Created)
		if err != nil || at.IsZero() {
			continue
		}
		for _, i := range h.Items {
			if i.FieldID != "duedate" && i.Field != "duedate" {
				continue
			}
			from, err1 := parseDay(i.From)
			to, err2 := parseDay(i.To)
			if err1 == nil && err2 == nil && from != to {
				out = append(out, dueChange{at, from, to})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b dueChange) int { return a.at.Compare(b.at) })
	return out
}

// history sums the changes up. Days are those of the account's time zone.
func (v conversion) history(changes []dueChange, due portfolio.Date) portfolio.DueHistory {
	h := portfolio.DueHistory{Read: true, First: due}
	for i, c := range changes {
		if i == 0 {
			h.First = c.from
			if h.First.IsZero() {
				h.First = c.to
			}
		}
		if !c.from.IsZero() && c.to.After(c.from) {
			h.LaterMoves++
		}
		h.Moves = append(h.Moves, portfolio.DueMove{On: portfolio.DateOf(c.at.In(v.zone)), From: c.from, To: c.to})
	}
	if n := len(h.Moves) - portfolio.MaxMoves; n > 0 {
		h.Moves = slices.Clone(h.Moves[n:])
	}
	return h
}
