package redmine

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"plumbline/internal/record"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// Redmine's own kinds of record, and the listings that cover them.
const (
	kindProject  = "project"
	kindVersion  = "version"
	kindIssue    = "issue"
	kindRelation = "relation"
	kindUser     = "user"

	scopeProjects  = "projects"
	scopeVersions  = "versions"
	scopeIssues    = "issues"
	scopeRisks     = "risks"
	scopeRelations = "relations"
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
	aTime = "a time such as 2026-03-31T09:30:00Z"
	anID  = "the id of the record"
)

// conversion turns raw records into facts. It is pure: whatever it depends on
// is in it.
type conversion struct {
	*session
	connection string
	base       string // address of Redmine
	hidden     *secret.Hidden
	versions   bool // they are milestones
	links      bool // relations are dependencies
}

// converted is what one record became.
type converted struct {
	facts       []portfolio.ToolFact
	quarantined *portfolio.Quarantine
}

func (v conversion) doc(kind string, id int64) string {
	return portfolio.DocID(v.connection, kind, strconv.FormatInt(id, 10))
}

func (v conversion) source(kind, scope string, id int64, created, updated time.Time) portfolio.Source {
	return portfolio.Source{
		Connection: v.connection, Kind: kind, ID: strconv.FormatInt(id, 10), Scope: scope, CreatedAt: created, UpdatedAt: updated,
	}
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

// times are when a record was made and changed.
type times struct {
	Created json.RawMessage `json:"created_on"`
	Updated json.RawMessage `json:"updated_on"`
}

func (t times) read() (created, updated time.Time, err error) {
	if created, err = record.Text("created_on", t.Created, aTime, parseTime); err == nil {
		updated, err = record.Text("updated_on", t.Updated, aTime, parseTime)
	}
	return created, updated, err
}

func parseTime(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	return t.UTC().Truncate(time.Millisecond), err
}

func decodeDay(name string, raw json.RawMessage) (portfolio.Date, error) {
	return record.Text(name, raw, aDay, portfolio.ParseDate)
}

// clean makes a text one that can be stored and cuts it to n characters.
func clean(text string, n int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	return record.Truncate(strings.TrimSpace(text), n)
}
