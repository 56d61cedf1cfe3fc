package gitlab

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumbline/internal/record"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// GitLab's own kinds of record, and the listings that cover them.
const (
	kindGroup     = "group"
	kindProject   = "project"
	kindMilestone = "milestone"
	kindEpic      = "epic"
	kindIssue     = "issue"
	kindEpicLink  = "epiclink"
	kindIssueLink = "issuelink"
	kindUser      = "user"

	scopeGroups          = "groups"
	scopeProjects        = "projects"
	scopeGroupMilestones = "group-milestones"
	scopeMilestones      = "milestones"
	scopeEpics           = "epics"
	scopeIssues          = "issues"
	scopeRisks           = "risks"
	scopeEpicLinks       = "epic-links"
	scopeIssueLinks      = "issue-links"
)

// The limits of texts, in characters.
const (
	maxName        = 1000
	maxDescription = 4000
	maxFieldText   = 16_000
)

// What is expected where the type alone does not tell.
const (
	aDay  = "a date such as 2026-03-31"
	aTime = "a time such as 2026-03-31T09:30:00.000Z"
	anID  = "the id of the record"
)

// conversion turns raw records into facts. It is pure: whatever it depends on
// is in it.
type conversion struct {
	*session
	want       *Settings // what is asked for
	connection string
	hidden     *secret.Hidden
}

// converted is what one record became.
type converted struct {
	facts       []portfolio.ToolFact
	quarantined *portfolio.Quarantine
}

func (v conversion) doc(kind string, id int64) string {
	return portfolio.DocID(v.connection, kind, strconv.FormatInt(id, 10))
}

// docOfGroup and docOfProject are document ids of what is read, or empty.
func (v conversion) docOfGroup(id int64) string {
	if id == 0 || !v.want.groups() || !v.groupIDs[id] {
		return ""
	}
	return v.doc(kindGroup, id)
}

func (v conversion) docOfProject(id int64) string {
	if id == 0 || !v.want.projects() || !v.owned[id] {
		return ""
	}
	return v.doc(kindProject, id)
}

// quarantine keeps a record that cannot be read, with the reason.
func (v conversion) quarantine(of portfolio.Kind, kind, scope string, raw json.RawMessage, reason error) converted {
	id := record.ID(raw)
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

// days and times that most records have.
type times struct {
	Created json.RawMessage `json:"created_at"`
	Updated json.RawMessage `json:"updated_at"`
	Closed  json.RawMessage `json:"closed_at"`
	Start   json.RawMessage `json:"start_date"`
	Due     json.RawMessage `json:"due_date"`
}

// fill puts them into a milestone.
func (t times) fill(f *portfolio.MilestoneFact) error {
	for _, one := range []struct {
		name string
		raw  json.RawMessage
		into *time.Time
	}{{"created_at", t.Created, &f.CreatedAt}, {"updated_at", t.Updated, &f.UpdatedAt}} {
		at, err := record.Text(one.name, one.raw, aTime, parseTime)
		if err != nil {
			return err
		}
		*one.into = at
	}
	for _, one := range []struct {
		name string
		raw  json.RawMessage
		into *portfolio.Date
	}{{"start_date", t.Start, &f.Start}, {"due_date", t.Due, &f.Due}} {
		day, err := record.Text(one.name, one.raw, aDay, portfolio.ParseDate)
		if err != nil {
			return err
		}
		*one.into = day
	}
	closed, err := record.Text("closed_at", t.Closed, aTime, parseTime)
	if err == nil && !closed.IsZero() && f.StatusCategory == portfolio.StatusDone {
		f.Finished = portfolio.DateOf(closed)
	}
	return err
}

func parseTime(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	return t.UTC().Truncate(time.Millisecond), err
}

// states maps the states of milestones, epics and issues; another one stays
// empty, and the state itself is kept as it is.
var states = map[string]portfolio.StatusCategory{
	"active": portfolio.StatusTodo, "opened": portfolio.StatusTodo, "closed": portfolio.StatusDone,
}

// clean makes a text one that can be stored and cuts it to n characters.
func clean(text string, n int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	return record.Truncate(strings.TrimSpace(text), n)
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

// userRecord is a user as other records name one. GitLab tells no e-mail
// address there.
type userRecord struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Username string `json:"username"`
	State    string `json:"state"`
}

// user returns the document id of a user and adds the person to the facts.
func (v conversion) user(u *userRecord, facts *[]portfolio.ToolFact) string {
	if u == nil || u.ID <= 0 {
		return ""
	}
	p := &portfolio.PersonFact{
		Source:   portfolio.Source{Connection: v.connection, Kind: kindUser, ID: strconv.FormatInt(u.ID, 10), Key: u.Username},
		Name:     clean(firstOf(u.Name, u.Username, strconv.FormatInt(u.ID, 10)), maxName),
		Inactive: u.State == "blocked" || u.State == "deactivated",
	}
	*facts = append(*facts, p)
	return p.DocID()
}

// text adds a field of text if the mapping names it and there is one.
func (v conversion) text(list *[]portfolio.Field, id, name, value string) {
	if value = clean(value, maxFieldText); value != "" && v.asksFor(id, name) {
		*list = append(*list, portfolio.Field{ID: id, Name: name, Type: portfolio.FieldText, Text: value})
	}
}

// asksFor tells whether the mapping names a field, by id or by name.
func (s *session) asksFor(id, name string) bool {
	return slices.ContainsFunc(s.asked, func(a string) bool { return a == id || strings.EqualFold(a, name) })
}
