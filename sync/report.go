package sync

import (
	"time"

	"plumbline/portfolio"
)

// A Report is what a Sync did.
type Report struct {
	Rows []Row // one for each connection, in the order of the configuration
}

// Failed counts the connections whose run did not succeed; a parked run
// counts too, for its data is not complete.
func (r Report) Failed() (n int) {
	for _, row := range r.Rows {
		if row.Err != nil || row.State != portfolio.RunSucceeded {
			n++
		}
	}
	return n
}

// A Row is what became of one connection.
type Row struct {
	Connection string
	Run        int64 // number, 0 when none began
	State      portfolio.RunState
	Mode       string
	Why        string
	Tally      portfolio.Tally
	Took       time.Duration
	ParkedTill time.Time // by the store's clock, when State is PARKED
	// Held are the holds that are in force after the run.
	Held []*portfolio.Hold
	// Changes are what a dry run would write.
	Changes []Change
	// Quarantined are the records of a file that could not be read, the first
	// of them.
	Quarantined []portfolio.Quarantine
	// Unrecorded says what the tool reports of objectives and KPIs and could
	// not be recorded, and why.
	Unrecorded []string
	Err        error
}

// A Change is one document that a dry run would write.
type Change struct {
	Key  portfolio.Key
	What What
	// Fields are the tool's fields that would change, when What is CHANGED.
	Fields []string
}

// What happens to a document.
type What string

// The values of What.
const (
	WhatNew         What = "NEW"
	WhatChanged     What = "CHANGED"
	WhatGone        What = "GONE"
	WhatQuarantined What = "QUARANTINED"
)

// Progress is how far a run has come.
type Progress struct {
	Connection string
	// Listing tells that the changes are read and the listings are under way.
	Listing bool
	// Done and Total are the connector's; Total is 0 when unknown.
	Done, Total int
	Tally       portfolio.Tally
}
