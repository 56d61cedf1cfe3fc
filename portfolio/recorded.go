package portfolio

import (
	"fmt"
	"time"
)

// Override is a person's value for one field of a project or milestone. It
// wins over the tools' values, which stay visible.
type Override struct {
	// Target is what was addressed, as kind:id; the id may be a reference, as
	// in project:pmo:PMO-7.
	Target string `json:"target"`
	// Field is the portfolio's name of the field, such as department or due.
	Field    string `json:"field"`
	Value    Field  `json:"value"`
	Reason   string `json:"reason,omitempty"`
	Authored `json:",inline"`
}

// Link joins facts of several tools into one project, or keeps a rule from
// joining them. One that names milestones of one project says that the members
// go on as the primary: see continued.go.
type Link struct {
	// Primary is the document id of the project whose id the joined one keeps.
	Primary string   `json:"primary"`
	Members []string `json:"members"`
	// Apart turns the link round: these are not the same, whatever rules say.
	Apart    bool `json:"apart,omitempty"`
	Authored `json:",inline"`
}

// MaxRaw is how much of an unreadable record's JSON is kept, in bytes.
const MaxRaw = 64 << 10

// Quarantine is a record that could not be read. It counts as seen; its last
// good version stays.
type Quarantine struct {
	Source    `json:",inline"`
	Of        Kind      `json:"of"` // the kind of document it would have been
	Reason    string    `json:"reason"`
	Raw       []byte    `json:"raw,omitempty"` // at most MaxRaw, secrets masked, for admins only
	Converter int       `json:"converter"`     // the converter version that failed
	Since     time.Time `json:"since"`
}

// Hold says that a listing lost more than is believable, so that none of its
// changes of presence was written.
type Hold struct {
	Connection string    `json:"connection"`
	Scope      string    `json:"scope"` // "" for the connection and kind over all scopes
	Of         Kind      `json:"of"`
	Had        int       `json:"had"`  // present 24 hours ago
	Lost       int       `json:"lost"` // since then, were the listing believed
	Samples    []string  `json:"samples,omitempty"`
	Since      time.Time `json:"since"`
	// ConfirmedBy is who said the losses are real; the next sweep writes them.
	ConfirmedBy string `json:"confirmedBy,omitempty"`
}

// Site is the tool's instance behind a connection, as it was first met.
type Site struct {
	Connection string `json:"connection"`
	Type       string `json:"type"`
	// Instance is the tool's own id of itself; another one is an error until accepted.
	Instance string `json:"instance"`
	Title    string `json:"title,omitempty"`
	Version  string `json:"version,omitempty"`
	Account  string `json:"account,omitempty"` // who we are there
	TimeZone string `json:"timeZone,omitempty"`
}

// Clock is the civil date that views take as today.
type Clock struct {
	Today Date `json:"today"`
	// TimeZone is the IANA zone that today was read in; only another zone may
	// move the day back.
	TimeZone string `json:"timeZone,omitempty"`
}

// Run is one sync of one connection, and while RUNNING the lease on it.
type Run struct {
	Connection string    `json:"connection"`
	Number     int64     `json:"number"`
	State      RunState  `json:"state"`
	Holder     string    `json:"holder,omitempty"` // the process that runs it
	Mode       string    `json:"mode"`             // FULL, CHANGES, SWEEP or IMPORT
	Why        string    `json:"why,omitempty"`    // what made it so, as in "mapping changed"
	StartedAt  time.Time `json:"startedAt"`
	EndedAt    time.Time `json:"endedAt,omitempty,omitzero"`
	ParkedTill time.Time `json:"parkedTill,omitempty,omitzero"`
	// DueAt is when the connection is read next, as it stood when the run
	// ended or was parked; zero when it is read only on request.
	DueAt     time.Time `json:"dueAt,omitempty,omitzero"`
	Error     string    `json:"error,omitempty"`
	Beat      int64     `json:"beat"` // grows with every commit of the holder
	Takeovers int       `json:"takeovers,omitempty"`
	Tally     Tally     `json:"tally"`
}

// Tally counts what a run did.
type Tally struct {
	Read        int           `json:"read"`
	New         int           `json:"new"`
	Changed     int           `json:"changed"`
	Gone        int           `json:"gone"`
	Quarantined int           `json:"quarantined"`
	Requests    int           `json:"requests"`
	Waited      time.Duration `json:"waited"` // for rate limits
	Pages       int           `json:"pages"`
	Total       int           `json:"total,omitempty"` // records expected, 0 when unknown
}

// SyncCursor is how far a connection has been read.
type SyncCursor struct {
	Connection string `json:"connection"`
	// Streams holds the connector's own positions.
	Streams map[string]StreamCursor `json:"streams,omitempty"`
	// Listing holds the positions of an unfinished sweep.
	Listing map[string]StreamCursor `json:"listing,omitempty"`
	// Request and Converter are those the cursor was made with; a difference
	// makes the next run a full one.
	Request   string `json:"request,omitempty"`
	Converter int    `json:"converter,omitempty"`
}

// StreamCursor is the position in one stream of a connector. Since moves only
// at a run's end; Position resumes a run that was interrupted.
type StreamCursor struct {
	Since    string `json:"since,omitempty"`
	Position string `json:"position,omitempty"`
}

// RunModeImport is the mode of a run that read a file which somebody sent.
const RunModeImport = "IMPORT"

// Pass is the last complete pass over one scope of a connection.
type Pass struct {
	Connection string    `json:"connection"`
	Scope      string    `json:"scope"`
	Of         Kind      `json:"of"`
	StartedAt  time.Time `json:"startedAt"`
	EndedAt    time.Time `json:"endedAt"`
	Count      int       `json:"count"`
	// Missing are ids that one complete listing lacked, where the tool cannot
	// be asked for them directly and a second listing must agree.
	Missing []string `json:"missing,omitempty"`
	// Losses are the losses of the last 24 hours, newest last.
	Losses []Loss `json:"losses,omitempty"`
}

// Loss counts records of one scope that became absent at one time.
type Loss struct {
	At    time.Time `json:"at"`
	Count int       `json:"count"`
}

// Key identifies the document: one override for each field of a target.
func (o *Override) Key() Key { return Key{KindOverride, o.Target + "#" + o.Field} }

// Key identifies the document.
func (l *Link) Key() Key {
	if l.Apart {
		return Key{KindLink, l.Primary + "!"}
	}
	return Key{KindLink, l.Primary}
}

// Key identifies the document.
func (q *Quarantine) Key() Key { return Key{KindQuarantine, string(q.Of) + ":" + q.DocID()} }

// Key identifies the document.
func (h *Hold) Key() Key {
	return Key{KindHold, h.Connection + "/" + string(h.Of) + "/" + h.Scope}
}

// Key identifies the document.
func (s *Site) Key() Key { return Key{KindSite, s.Connection} }

// Key identifies the document: there is one clock.
func (*Clock) Key() Key { return Key{KindClock, "clock"} }

// Key identifies the document.
func (r *Run) Key() Key { return RunKey(r.Connection, r.Number) }

// RunKey identifies the numbered run of a connection.
func RunKey(connection string, number int64) Key {
	return Key{KindRun, connection + "/" + runNumber(number)}
}

// Key identifies the document.
func (c *SyncCursor) Key() Key { return Key{KindCursor, c.Connection} }

// Key identifies the document.
func (p *Pass) Key() Key { return Key{KindPass, p.Connection + "/" + string(p.Of) + "/" + p.Scope} }

// runNumber pads a number so that runs sort as text.
func runNumber(n int64) string { return fmt.Sprintf("%09d", n) }
