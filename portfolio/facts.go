package portfolio

import (
	"cmp"
	"time"
)

// Source says where a tool's fact comes from. (Connection, Kind, ID) is its
// identity and never changes; key, URL and scope are attributes and may.
type Source struct {
	Connection string `json:"connection"`
	// Kind is the tool's own kind of record, such as project, version or issue.
	Kind string `json:"kind"`
	// ID is the tool's immutable id.
	ID  string `json:"id"`
	Key string `json:"key,omitempty"`
	URL string `json:"url,omitempty"`
	// Scope names the complete listing that covers this record, so that a
	// listing without it proves that it is gone.
	Scope     string    `json:"scope,omitempty"`
	CreatedAt time.Time `json:"createdAt,omitempty,omitzero"`
	UpdatedAt time.Time `json:"updatedAt,omitempty,omitzero"`
	// Presence is what the tool or the last sweep tells; empty means PRESENT.
	Presence Presence `json:"presence,omitempty"`
}

// DocID is the id of a tool's record as a document: connection/kind/id.
func (s Source) DocID() string { return DocID(s.Connection, s.Kind, s.ID) }

// Handle is what people call the record in a reference: the tool's key or, where
// it has none, the tool's id.
func (s *Source) Handle() string { return cmp.Or(s.Key, s.ID) }

// Origin returns the source itself, for code that handles facts of any type.
func (s *Source) Origin() *Source { return s }

// DocID joins the identity of a tool's record into a document id.
func DocID(connection, kind, id string) string { return connection + "/" + kind + "/" + id }

// Record is what the engine keeps about a tool's fact beside what the tool
// said. It is outside the content that decides whether a fact has changed.
type Record struct {
	// FirstSeen is the civil date of the first write.
	FirstSeen Date `json:"firstSeen,omitempty,omitzero"`
	// SyncedAt is when the current content was written, by the store's clock.
	SyncedAt time.Time `json:"syncedAt,omitempty,omitzero"`
	// GoneSince is the civil date since when the record is not PRESENT.
	GoneSince Date `json:"goneSince,omitempty,omitzero"`
	// Unreadable is why the newest version could not be read; the content is
	// then that of the last good one.
	Unreadable string `json:"unreadable,omitempty"`
}

// Kept returns the record itself, for code that handles facts of any type.
func (r *Record) Kept() *Record { return r }

// A ToolFact is a document that a connector yields.
type ToolFact interface {
	Document
	Origin() *Source
	Kept() *Record
}

// ProjectFact is what a tool says about a project, unmapped.
type ProjectFact struct {
	Source `json:",inline"`
	Record `json:",inline"`

	Name        string `json:"name"`
	Description string `json:"description,omitempty"` // plain text, at most 4,000 characters
	Category    string `json:"category,omitempty"`
	// Parent is the document id of the project this one belongs to.
	Parent string `json:"parent,omitempty"`
	// Lead is the document id of the person who leads it.
	Lead           string         `json:"lead,omitempty"`
	Status         string         `json:"status,omitempty"`
	StatusCategory StatusCategory `json:"statusCategory,omitempty"`
	Start          Date           `json:"start,omitempty,omitzero"`
	Due            Date           `json:"due,omitempty,omitzero"`
	Finished       Date           `json:"finished,omitempty,omitzero"`
	Labels         []string       `json:"labels,omitempty"`
	Fields         []Field        `json:"fields,omitempty"` // sorted by ID
}

// MilestoneFact is what a tool says about a milestone, unmapped, with the
// history of its due date as it was observed.
type MilestoneFact struct {
	Source `json:",inline"`
	Record `json:",inline"`

	Name string `json:"name"`
	// Type is the tool's word for this sort of milestone, such as Version or Epic.
	Type string `json:"type,omitempty"`
	// Project is the document id of the project it belongs to.
	Project string `json:"project"`
	// Parent is the document id of the milestone or project above it, if the
	// tool has one besides Project.
	Parent         string         `json:"parent,omitempty"`
	Owner          string         `json:"owner,omitempty"` // document id of a person
	Status         string         `json:"status,omitempty"`
	StatusCategory StatusCategory `json:"statusCategory,omitempty"`
	Start          Date           `json:"start,omitempty,omitzero"`
	Due            Date           `json:"due,omitempty,omitzero"`
	Finished       Date           `json:"finished,omitempty,omitzero"`
	// Baseline is the tool's own baseline of the due date, where it has one.
	Baseline Date      `json:"baseline,omitempty,omitzero"`
	Work     *WorkDone `json:"work,omitempty"`
	Labels   []string  `json:"labels,omitempty"`
	Fields   []Field   `json:"fields,omitempty"` // sorted by ID

	History DueHistory `json:"history,omitempty,omitzero"`
}

// WorkDone counts the work items behind a milestone by the state they are in.
type WorkDone struct {
	Todo       int `json:"todo,omitempty"`
	InProgress int `json:"inProgress,omitempty"`
	Done       int `json:"done,omitempty"`
}

// MaxMoves is how many of the last moves of a due date a milestone keeps.
const MaxMoves = 50

// DueHistory is how a due date moved. A connector may give what the tool
// remembers; the engine adds what it observes. It is outside the content that
// decides whether a fact has changed.
type DueHistory struct {
	// First is the first due date ever known: the baseline of last resort.
	First Date `json:"first,omitempty,omitzero"`
	// LaterMoves counts every move to a later date, also those no longer kept.
	LaterMoves int `json:"laterMoves,omitempty"`
	// Moves are the last MaxMoves moves, oldest first.
	Moves []DueMove `json:"moves,omitempty"`
	// Read tells that the tool's own history was read into this one.
	Read bool `json:"read,omitempty"`
}

// IsZero reports whether nothing is known of the history.
func (h DueHistory) IsZero() bool {
	return h.First.IsZero() && h.LaterMoves == 0 && len(h.Moves) == 0 && !h.Read
}

// DueMove is one change of a due date; From or To is zero when the date was
// set for the first time or taken away.
type DueMove struct {
	On   Date `json:"on"`
	From Date `json:"from,omitempty,omitzero"`
	To   Date `json:"to,omitempty,omitzero"`
}

// DependencyFact says that one record of a tool must come before another. The
// same link seen from both ends is one fact.
type DependencyFact struct {
	Source `json:",inline"`
	Record `json:",inline"`

	Type        string  `json:"type"` // the tool's name of the link type
	Predecessor LinkEnd `json:"predecessor"`
	Successor   LinkEnd `json:"successor"`
	LagDays     int     `json:"lagDays,omitempty"`
}

// LinkEnd is one end of a dependency. When its record is not synced itself, key
// and name are what is known of it.
type LinkEnd struct {
	// Ref is the document id (without a kind) of a project or milestone.
	Ref     string `json:"ref"`
	Key     string `json:"key,omitempty"`
	Name    string `json:"name,omitempty"`
	Project string `json:"project,omitempty"` // document id of its project, if known
}

// PersonFact is an account of a person in a tool.
type PersonFact struct {
	Source `json:",inline"`
	Record `json:",inline"`

	Name     string `json:"name"`
	Email    string `json:"email,omitempty"`
	Inactive bool   `json:"inactive,omitempty"`
}

// StatusReportFact is a report on a project written in a tool that has such.
type StatusReportFact struct {
	Source `json:",inline"`
	Record `json:",inline"`

	Project    string    `json:"project"`
	Health     string    `json:"health"` // the tool's word, mapped in the view
	Text       string    `json:"text,omitempty"`
	Author     string    `json:"author,omitempty"` // document id of a person
	ReportedAt time.Time `json:"reportedAt,omitempty,omitzero"`
}

// RiskFact is a risk recorded in a tool that has such.
type RiskFact struct {
	Source `json:",inline"`
	Record `json:",inline"`

	Project        string         `json:"project"`
	Title          string         `json:"title"`
	Status         string         `json:"status,omitempty"`
	StatusCategory StatusCategory `json:"statusCategory,omitempty"`
	Owner          string         `json:"owner,omitempty"`
	Raised         Date           `json:"raised,omitempty,omitzero"`
	Due            Date           `json:"due,omitempty,omitzero"`
	Closed         Date           `json:"closed,omitempty,omitzero"`
	Fields         []Field        `json:"fields,omitempty"`
}

// A Field is one custom field as the tool holds it: its id, its name at the
// time of reading, and a typed value of which only the member that Type names
// is set.
type Field struct {
	ID   string    `json:"id"`
	Name string    `json:"name,omitempty"`
	Type FieldType `json:"type"`
	// Text holds TEXT, and the person's document id of USER.
	Text string `json:"text,omitempty"`
	// Number holds NUMBER as an exact decimal in plain notation.
	Number string    `json:"number,omitempty"`
	Date   Date      `json:"date,omitempty,omitzero"`
	Time   time.Time `json:"time,omitempty,omitzero"`
	Bool   bool      `json:"bool,omitempty"`
	List   []string  `json:"list,omitempty"`
}

// Key identifies the document.
func (f *ProjectFact) Key() Key { return Key{KindProject, f.DocID()} }

// Key identifies the document.
func (f *MilestoneFact) Key() Key { return Key{KindMilestone, f.DocID()} }

// Key identifies the document.
func (f *DependencyFact) Key() Key { return Key{KindDependency, f.DocID()} }

// Key identifies the document.
func (f *PersonFact) Key() Key { return Key{KindPerson, f.DocID()} }

// Key identifies the document.
func (f *StatusReportFact) Key() Key { return Key{KindStatusReport, f.DocID()} }

// Key identifies the document.
func (f *RiskFact) Key() Key { return Key{KindRisk, f.DocID()} }
