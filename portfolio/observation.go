package portfolio

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// An ObservationFact is what up to ObservedProjects projects were at the close
// of one day: only what differs from the day that was observed before, unless
// it is whole. The documents of a day are written in the commit that ends it,
// so they all have its revision.
//
// Two rules make the range of documents readable without asking for more. The
// first observation in each month is whole, so nobody reads back further than
// a month to know what did not change. And a day whose revision is lower than
// that of an earlier day was undone by a clock that moved back: it is passed
// over, and will be written again when it ends again.
type ObservationFact struct {
	Day Date `json:"day"`
	// Part counts the documents of the day from 1 to Parts.
	Part  int `json:"part"`
	Parts int `json:"parts"`
	// Whole says that a value which is not given is not known, and that a
	// project which no part names is not there.
	Whole bool `json:"whole,omitempty"`
	// Of is the revision of the portfolio that was observed.
	Of       int64             `json:"of"`
	Projects []ObservedProject `json:"projects,omitempty"`
}

// ObservedProjects is how many projects one document is about, at most.
const ObservedProjects = 1000

// An ObservedProject is what is new of one project. A value that is absent is
// what it was; of a project that was not there, and in a whole observation, it
// is not known.
type ObservedProject struct {
	ID string `json:"id"`
	// Gone says that the project is no longer there under this id.
	Gone     bool     `json:"gone,omitempty"`
	Overall  Health   `json:"overall,omitempty"`
	Reported Health   `json:"reported,omitempty"`
	Computed Health   `json:"computed,omitempty"`
	Phase    Phase    `json:"phase,omitempty"`
	Presence Presence `json:"presence,omitempty"`
	Score    *float64 `json:"score,omitempty"` // alignment, 0 to 100
	SlipDays *int     `json:"slipDays,omitempty"`
	Forecast Date     `json:"forecast,omitempty,omitzero"`
	// WorkDone and WorkTotal count the work items behind its milestones.
	WorkDone  *int `json:"workDone,omitempty"`
	WorkTotal *int `json:"workTotal,omitempty"`
	// Spent is the actual cost up to the day, as Money writes it.
	Spent string `json:"spent,omitempty"`
	// Cleared names the values that were known and are not any more.
	Cleared []string `json:"cleared,omitempty"`
}

// Key identifies the document. Ids sort by day.
func (f *ObservationFact) Key() Key {
	return Key{KindObservation, fmt.Sprintf("%s/%04d", f.Day, f.Part)}
}

// An Observation is what a project was at the close of a day.
type Observation struct {
	// On is the day that was observed: the one that was asked for, or the last
	// before it.
	On        Date
	Overall   Health
	Reported  Health
	Computed  Health
	Phase     Phase
	Presence  Presence
	Score     *float64 // alignment, 0 to 100
	SlipDays  *int
	Forecast  Date
	WorkDone  *int
	WorkTotal *int

	spent string // field group cost
}

// Progress is the share of the work that is done, 0 to 1; nil when no tool
// tells of any.
func (o *Observation) Progress() *float64 {
	if o.WorkDone == nil || o.WorkTotal == nil || *o.WorkTotal == 0 {
		return nil
	}
	share := rounded(float64(*o.WorkDone) / float64(*o.WorkTotal))
	return &share
}

// parseMoney reads what Money.String wrote; nil when it is none.
func parseMoney(text string) *Money {
	amount, currency, ok := strings.Cut(text, " ")
	if !ok {
		return nil
	}
	d, err := decimal.NewFromString(amount)
	if err != nil {
		return nil
	}
	return &Money{d, currency}
}
