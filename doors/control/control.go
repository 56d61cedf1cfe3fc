// Package control lets the commands of one machine speak to the server that
// holds the bolt file, instead of waiting for its lock. The server listens on
// a loopback port of its own and writes the address and a key made for this
// one run into a file beside the store, readable by its owner only.
//
// It is not an API for other machines or other programs, and it holds no
// knowledge of syncing, checking or storing: both ends speak to an Operator.
package control

import (
	"context"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// An Operator does what commands ask for. In the server it is the engine and
// the store themselves, in a command either those or a Client.
type Operator interface {
	// Sync makes one run of each connection named, all of them if none is, and
	// tells progress from one goroutine at a time. What failed is in the rows;
	// the error says that the request itself made no sense, or got lost.
	Sync(ctx context.Context, request SyncRequest, progress func(Progress)) ([]Row, error)
	// SyncFile makes one run of a connection with a file of this machine.
	SyncFile(ctx context.Context, request FileRequest) (Row, error)
	// Confirm says that the losses of the holds of a connection are real; scope
	// "*" means every hold it has. It returns those that were confirmed.
	Confirm(ctx context.Context, request ConfirmRequest) ([]portfolio.Hold, error)
	// Check tries connections out without writing anything.
	Check(ctx context.Context, connections []string) ([]Check, error)
	// Apply commits the settings whatever the log holds, and reports whether
	// they differed.
	Apply(ctx context.Context, settings portfolio.Settings) (changed bool, err error)
	// SetClock commits the day that views take as today and returns the one it
	// was before.
	SetClock(ctx context.Context, today portfolio.Date) (before portfolio.Date, err error)
	// Brief prints a briefing of what its own caller, the machine's owner, may
	// see: everything.
	Brief(ctx context.Context, request BriefRequest) (File, error)
	// Relink carries the projects of a tool that moved over to the connection
	// that reads it now.
	Relink(ctx context.Context, request RelinkRequest) (RelinkReport, error)
	Files
}

// A SyncRequest asks for runs now.
type SyncRequest struct {
	Connections   []string `json:"connections,omitempty"`
	Full          bool     `json:"full,omitempty"`          // read everything, whatever the cursor says
	Sweep         bool     `json:"sweep,omitempty"`         // list everything after reading the changes
	DryRun        bool     `json:"dryRun,omitempty"`        // write nothing
	AcceptNewSite bool     `json:"acceptNewSite,omitempty"` // another instance of the tool is right
}

// A FileRequest says which connection is to read a file of this machine.
type FileRequest struct {
	Connection string `json:"connection"`
	Path       string `json:"path"`             // absolute
	DryRun     bool   `json:"dryRun,omitempty"` // write nothing
}

// Progress is how far the run of one connection has come.
type Progress struct {
	Connection string `json:"connection"`
	// Listing tells that the changes are read and the listings are under way.
	Listing bool `json:"listing,omitempty"`
	// Done and Total count records; Total is 0 when unknown.
	Done  int             `json:"done"`
	Total int             `json:"total,omitempty"`
	Tally portfolio.Tally `json:"tally"`
}

// A Row is what became of one connection.
type Row struct {
	Connection string             `json:"connection"`
	State      portfolio.RunState `json:"state,omitempty"`
	Mode       string             `json:"mode,omitempty"` // FULL, CHANGES, SWEEP or IMPORT
	Why        string             `json:"why,omitempty"`
	Tally      portfolio.Tally    `json:"tally"`
	Took       time.Duration      `json:"took"`
	ParkedTill time.Time          `json:"parkedTill,omitzero"`
	Held       []portfolio.Hold   `json:"held,omitempty"`
	// Changes are what a dry run would write.
	Changes []Change `json:"changes,omitempty"`
	// Unrecorded says what the tool reports of objectives and KPIs and could
	// not be recorded, and why.
	Unrecorded []string `json:"unrecorded,omitempty"`
	// Error says why the run did not succeed; empty when it did.
	Error string `json:"error,omitempty"`
}

// Succeeded reports whether the connection was read to its end.
func (r Row) Succeeded() bool { return r.Error == "" && r.State == portfolio.RunSucceeded }

// A Change is one document that a dry run would write.
type Change struct {
	Kind   portfolio.Kind `json:"kind"`
	ID     string         `json:"id"`
	What   string         `json:"what"` // NEW, CHANGED, GONE or QUARANTINED
	Fields []string       `json:"fields,omitempty"`
}

// A ConfirmRequest names the holds that are right.
type ConfirmRequest struct {
	Connection string `json:"connection"`
	Scope      string `json:"scope"`
	Author     string `json:"author"`
}

// EveryScope stands for all holds of a connection.
const EveryScope = "*"

// A Check is what trying a connection out found.
type Check struct {
	Connection string            `json:"connection"`
	Type       string            `json:"type"`
	Report     connectors.Report `json:"report"`
	// Error says why there is no report, or none that is whole.
	Error string `json:"error,omitempty"`
}
