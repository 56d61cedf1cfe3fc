// Package connectors is the contract of everything that reads a tool. A
// connector knows how to ask its tool and how to turn records into facts; it
// knows nothing of storage, schedules, retries of runs or deletion. Those
// belong to package sync and to the HTTP client.
package connectors

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"time"

	"plumbline/portfolio"
)

// A Connector reads one tool through one connection.
type Connector interface {
	// Pull yields what changed since the cursor, page by page. The zero
	// cursor asks for everything. Each page is saved together with its Next
	// cursor in one commit; after an error it yields nothing more.
	Pull(ctx context.Context, since Cursor) iter.Seq2[Page, error]
}

// A Cursor says how far a connection has been read, by stream. The engine
// keeps it and gives it back; only the connector understands the strings.
type Cursor map[string]portfolio.StreamCursor

// A Page is what one step of reading brought.
type Page struct {
	// Site is set on the first page of every run: who answered.
	Site *portfolio.Site
	// Facts are whole records, converted.
	Facts []portfolio.ToolFact
	// Quarantined are records that could not be read.
	Quarantined []portfolio.Quarantine
	// Seen are records that a listing showed without their content.
	Seen []portfolio.Key
	// Recorded are objectives, contributions, key results, KPIs and measurements
	// that the tool has, whole and as people would record them; see
	// docs/connectors/writing-one.md. They are recorded together at the end of
	// the run in which RecordedAll was said, and in no other.
	Recorded []portfolio.RecordedFact
	// RecordedAll says that this run has told all that the tool has of them:
	// what it told before, and not in this run, is no longer there.
	RecordedAll bool
	// Complete names the scopes whose complete listing ended with this page:
	// a record of such a scope that was neither in Facts, Quarantined nor
	// Seen since the listing's start is no longer there.
	Complete []Scope
	// Next is the cursor to save with this page. Since moves only on the
	// last page of a run.
	Next Cursor
	// Done and Total are for a progress bar; Total is 0 when unknown.
	Done, Total int
}

// A Scope is what one complete listing covers. Facts name it in Source.Scope.
type Scope struct {
	Name string
	Of   portfolio.Kind
}

// A Lister gives complete listings, which find deletions and the changes of
// records that have no time of change. A tool whose Pull always reads
// everything needs none.
type Lister interface {
	// List yields complete listings of every scope. The zero cursor starts
	// from the beginning; a saved one resumes an interrupted sweep.
	List(ctx context.Context, from Cursor) iter.Seq2[Page, error]
}

// A Fetcher looks single records up, so that the engine can tell why a
// listing lacked them. Without it two complete listings must agree.
type Fetcher interface {
	// Fetch takes the facts as they were last known, because where a record
	// lived often tells why it is gone. One that was never stored, because it
	// was only listed or could not be read, comes with nothing but its Source.
	// A record that the answer leaves out is undecided.
	Fetch(ctx context.Context, lost []portfolio.ToolFact) ([]Fetched, error)
}

// Fetched is what became of one record.
type Fetched struct {
	Key portfolio.Key // of the fact that was asked for
	// Fact is the record, converted again, when it is there and in scope.
	Fact portfolio.ToolFact
	// Unreadable is set when it is there but could not be converted.
	Unreadable *portfolio.Quarantine
	// Presence is DELETED, ACCESS_LOST or OUT_OF_SCOPE when it is neither.
	Presence portfolio.Presence
}

// A Describer says what a cursor depends on beside the tool. When either
// value differs from the one a cursor was made with, the next run is a full
// one.
type Describer interface {
	// Request is a hash of what is asked of the tool: projects, fields, rules
	// of what becomes a milestone. Converter is the version of the conversion.
	Describe() (request string, converter int)
}

// A Checker tries a connection out without writing anything.
type Checker interface {
	Check(ctx context.Context) (Report, error)
}

// A Report is what a check found.
type Report struct {
	Site        portfolio.Site
	Deployment  string // such as Cloud or Server
	Permissions []Permission
	// TokenExpires is zero when the tool does not tell.
	TokenExpires time.Time
	Fields       []FieldFound
	Counts       []Count
	Warnings     []string
}

// Permission is something the account needs, and whether it has it.
type Permission struct {
	Name string
	Held bool
	Why  string // what goes missing without it
	// Required says that without it a run fails, so that nothing is read.
	Required bool
}

// FieldFound says whether a field that the mapping names exists.
type FieldFound struct {
	Asked string // id or name, as configured
	ID    string // empty when the tool has no such field
	Name  string
	Type  string
	// Understood says what a column was taken for where the tool does not tell
	// it, and why; Samples are some of its values.
	Understood string
	Samples    []string
}

// Count is how many records of a kind would be read.
type Count struct {
	Of          string // projects, versions, epics
	Records     int
	Approximate bool
}

// A Hooked connector understands what its tool sends when something changed. A
// delivery is a hint to ask soon: what it says is never stored.
type Hooked interface {
	// Hook checks over the raw bytes, in constant time, that a delivery comes
	// from the tool; ErrUnauthorized says that it does not.
	Hook(header http.Header, body []byte) (Delivery, error)
}

// A Delivery is what a tool sent.
type Delivery struct {
	// ID is the tool's own, the same when it sends the delivery once more;
	// empty where it has none.
	ID string
	// Changed says that something that is read may have changed.
	Changed bool
	// Listed says that only a complete listing will show it, as a deletion.
	Listed bool
	// Reply are headers of the answer that the tool waits for, as in a
	// handshake.
	Reply http.Header
}

// An Importer reads files that somebody sends, as it reads those that it finds
// itself.
type Importer interface {
	// Import makes a connector whose Pull reads this file as a whole; it is
	// used for one run, while the file stays open. Name is what the sender
	// calls the file; nothing is opened by it.
	Import(name string, file File) (Connector, error)
}

// A File is one that lies on disk as long as it is read.
type File interface {
	io.ReadSeeker
	io.ReaderAt
}

// Usage counts what a connector asked of its tool so far.
type Usage struct {
	Requests int
	Waited   time.Duration // for rate limits
}

// Metered connectors tell their usage.
type Metered interface {
	Usage() Usage
}

// Settings are the keys of one tool in a connection's configuration: a
// pointer to a struct with yaml tags, decoded strictly before it is used.
type Settings interface {
	// Validate names every setting that is missing or wrong, joined.
	Validate() error
	// Open makes the connector; it does not talk to the tool.
	Open(env Env) (Connector, error)
}

// Env is what the server lends to a connector.
type Env struct {
	// Connection is the id of the connection.
	Connection string
	// Fields are the tool's fields that the mapping names, by id or name.
	Fields []string
	Log    *slog.Logger
	// Transport replaces the network in tests and the demo; nil means the
	// guarded dialer.
	Transport http.RoundTripper
	// AllowPrivate lets the guarded dialer reach private addresses.
	AllowPrivate bool
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// The kinds of error that the engine branches on.
var (
	// ErrUnauthorized says that the tool does not accept the credential, or
	// answers as somebody else.
	ErrUnauthorized = errors.New("not authorised by the tool")
	// ErrCursor says that the cursor cannot be continued: read everything.
	ErrCursor = errors.New("cursor is no longer valid")
)

// RateLimited says that the tool asked to wait longer than a run may sleep.
type RateLimited struct {
	Until  time.Time // when to ask again, by our clock
	Reason string    // as the tool names it, or empty
}

// Error implements error.
func (e *RateLimited) Error() string {
	if e.Reason == "" {
		return "rate limited until " + e.Until.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("rate limited (%s) until %s", e.Reason, e.Until.UTC().Format(time.RFC3339))
}
