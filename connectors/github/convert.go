package github

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"plumbline/internal/record"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// The tool's own kinds of record, and the listings that cover them.
const (
	kindRepository = "repository"
	kindMilestone  = "milestone"
	kindIssue      = "issue"
	kindBoard      = "board"
	kindIteration  = "iteration"
	kindItem       = "item"
	kindUpdate     = "statusupdate"
	kindUser       = "user"
	kindBlocked    = "blockedby"
	kindSubIssue   = "subissue"

	scopeRepositories = "repositories"
	scopeMilestones   = "milestones"
	scopeIssues       = "issues"
	scopeRisks        = "risks"
	scopeDependencies = "dependencies"
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
	fields     map[string]bool // that the mapping names
	start, due string          // names of the date fields
	risks      []string        // types and labels whose issues are risks
	// nodes are the ids by which GraphQL knows the people that REST told of, and
	// names what people are called, both by the id of the person.
	nodes, names *sync.Map
	// properties are the custom properties of repositories, by their id.
	properties map[int64][]portfolio.Field
	// issueFields are the names of an organisation's issue fields, by their id.
	issueFields map[int64]string
}

func (c *Connector) conversion(s *session) conversion {
	v := conversion{
		session: s, connection: c.env.Connection, hidden: c.hidden, fields: map[string]bool{}, risks: c.settings.Risks.From,
		nodes: new(sync.Map), names: c.names,
		start: firstOf(c.settings.Milestones.Start, defaultStart), due: firstOf(c.settings.Milestones.Due, defaultDue),
	}
	for _, f := range c.env.Fields {
		v.fields[f] = true
	}
	return v
}

// converted is what one record became.
type converted struct {
	facts       []portfolio.ToolFact
	quarantined *portfolio.Quarantine
	topics      []string  // of a repository
	id          int64     // of an issue
	issue       end       // that an item is
	updated     time.Time // of an item, or of its issue
}

// keys are those of the facts that a listing covers.
func (v converted) keys() []portfolio.Key {
	var keys []portfolio.Key
	if q := v.quarantined; q != nil {
		keys = append(keys, portfolio.Key{Kind: q.Of, ID: q.DocID()})
	}
	for _, f := range v.facts {
		if k := f.Key(); k.Kind != portfolio.KindPerson {
			keys = append(keys, k)
		}
	}
	return keys
}

func (v conversion) doc(kind string, id int64) string {
	return portfolio.DocID(v.connection, kind, strconv.FormatInt(id, 10))
}

// source is where a record of GitHub comes from.
func (v conversion) source(kind string, id int64, scope string) portfolio.Source {
	return portfolio.Source{Connection: v.connection, Kind: kind, ID: strconv.FormatInt(id, 10), Scope: scope}
}

// quarantine keeps a record that cannot be read, with the reason.
func (v conversion) quarantine(of portfolio.Kind, kind, scope string, raw json.RawMessage, reason error) converted {
	id := idOf(raw)
	if id == "" {
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

type userRecord struct {
	ID    int64  `json:"id"`
	Node  string `json:"node_id"`
	Login string `json:"login"`
	Type  string `json:"type"`
}

// user returns the document id of a person and adds the person to the facts.
// Organisations and bots are nobody.
func (v conversion) user(u *userRecord, facts *[]portfolio.ToolFact) string {
	if u == nil || u.ID == 0 || u.Type != "" && u.Type != "User" {
		return ""
	}
	p := &portfolio.PersonFact{Source: v.source(kindUser, u.ID, ""), Name: truncate(firstOf(u.Login, strconv.FormatInt(u.ID, 10)), maxName)}
	p.Source.Key = u.Login
	if v.nodes != nil {
		v.nodes.Store(p.ID, u.Node)
	}
	*facts = append(*facts, p)
	return p.DocID()
}

type repositoryRecord struct {
	ID          int64       `json:"id"`
	Name        string      `json:"name"`
	FullName    string      `json:"full_name"`
	Owner       *userRecord `json:"owner"`
	Description string      `json:"description"`
	URL         string      `json:"html_url"`
	Archived    bool        `json:"archived"`
	HasIssues   *bool       `json:"has_issues"`
	Topics      []string    `json:"topics"`
	Visibility  string      `json:"visibility"`
	Language    string      `json:"language"`
	Created     string      `json:"created_at"`
}

// repository converts a record of a listing of repositories. What it returns
// beside has its id and name, if there are any, also when something else in it
// cannot be read: its milestones do not depend on that.
func (v conversion) repository(raw json.RawMessage) (converted, repository) {
	var r repositoryRecord
	var at instants
	err := record.Decode(raw, &r)
	repo := repository{id: r.ID, fullName: r.FullName, archived: r.Archived, issues: r.HasIssues == nil || *r.HasIssues}
	created := at.read("created_at", r.Created)
	switch {
	case err == nil && r.ID == 0:
		err = errNoID
	case err == nil && !strings.Contains(r.FullName, "/"):
		err = &record.Mismatch{Field: "full_name", Expected: "owner/name", Found: record.Quoted(r.FullName)}
	case err == nil:
		err = at.err
	}
	if err != nil {
		if !strings.Contains(repo.fullName, "/") {
			repo.id = 0
		}
		return v.quarantine(portfolio.KindProject, kindRepository, scopeRepositories, raw, err), repo
	}
	out := converted{topics: r.Topics}
	f := &portfolio.ProjectFact{
		Source: v.source(kindRepository, r.ID, scopeRepositories),
		Name:   truncate(firstOf(r.Name, r.FullName), maxName), Description: truncate(strings.TrimSpace(r.Description), maxDescription),
		Labels: sorted(r.Topics),
	}
	f.Source.Key, f.URL, f.CreatedAt = r.FullName, r.URL, created
	if r.Owner != nil {
		f.Category = r.Owner.Login
	}
	f.Lead = v.user(r.Owner, &out.facts)
	if r.Archived {
		f.Presence = portfolio.PresenceArchived
	}
	f.Fields = append(f.Fields, v.properties[r.ID]...)
	for name, value := range map[string]string{"visibility": r.Visibility, "language": r.Language} {
		if v.fields[name] && value != "" {
			f.Fields = append(f.Fields, portfolio.Field{ID: name, Name: name, Type: portfolio.FieldText, Text: value})
		}
	}
	sortFields(f.Fields)
	out.facts = append(out.facts, f)
	return out, repo
}

func sortFields(fields []portfolio.Field) {
	slices.SortFunc(fields, func(a, b portfolio.Field) int { return strings.Compare(a.ID, b.ID) })
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

// milestoneType is GitHub's word for a milestone of a repository.
const milestoneType = "Milestone"

type milestoneRecord struct {
	ID          int64       `json:"id"`
	Number      int64       `json:"number"`
	Title       string      `json:"title"`
	Description string      `json:"description"`
	State       string      `json:"state"`
	URL         string      `json:"html_url"`
	Creator     *userRecord `json:"creator"`
	Open        int         `json:"open_issues"`
	Closed      int         `json:"closed_issues"`
	Due         string      `json:"due_on"`
	Created     string      `json:"created_at"`
	Updated     string      `json:"updated_at"`
	ClosedAt    string      `json:"closed_at"`
}

// milestone converts a milestone of a repository.
func (v conversion) milestone(raw json.RawMessage, repo repository) converted {
	var r milestoneRecord
	var at instants
	err := record.Decode(raw, &r)
	if err == nil && r.ID == 0 {
		err = errNoID
	}
	created, updated, closed := at.read("created_at", r.Created), at.read("updated_at", r.Updated), at.read("closed_at", r.ClosedAt)
	due := at.due("due_on", r.Due)
	if err == nil {
		err = at.err
	}
	if err != nil {
		out := v.quarantine(portfolio.KindMilestone, kindMilestone, scopeMilestones, raw, err)
		out.quarantined.URL = r.URL
		return out
	}
	var out converted
	f := &portfolio.MilestoneFact{
		Source: v.source(kindMilestone, r.ID, scopeMilestones),
		Name:   truncate(firstOf(r.Title, fmt.Sprintf("Milestone %d", r.Number)), maxName), Type: milestoneType,
		Project: v.doc(kindRepository, repo.id), Status: r.State, Due: due,
	}
	f.URL, f.CreatedAt, f.UpdatedAt = r.URL, created, updated
	if r.Open+r.Closed > 0 {
		f.Work = &portfolio.WorkDone{Todo: r.Open, Done: r.Closed}
	}
	f.StatusCategory = category(r.State, "", r.Closed > 0)
	if f.StatusCategory == portfolio.StatusDone {
		f.Finished = dayOf(closed)
	}
	f.Owner = v.user(r.Creator, &out.facts)
	if text := strings.TrimSpace(r.Description); v.fields["description"] && text != "" {
		f.Fields = append(f.Fields, portfolio.Field{ID: "description", Name: "description", Type: portfolio.FieldText, Text: truncate(text, maxFieldText)})
	}
	if repo.archived {
		f.Presence = portfolio.PresenceArchived
	}
	out.facts = append(out.facts, f)
	return out
}

// category is what a state amounts to; of one that is not known, nothing.
func category(state, reason string, begun bool) portfolio.StatusCategory {
	switch {
	case state == "closed" && (reason == "not_planned" || reason == "duplicate"):
		return portfolio.StatusCancelled
	case state == "closed":
		return portfolio.StatusDone
	case state == "open" && begun:
		return portfolio.StatusInProgress
	case state == "open":
		return portfolio.StatusTodo
	}
	return ""
}
