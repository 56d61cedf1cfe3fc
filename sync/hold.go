package sync

import (
	"time"

	"plumbline/portfolio"
)

// HoldLimits say what loss is believed without asking a person.
type HoldLimits struct {
	// Share of what was there 24 hours ago, if at least AtLeast are lost.
	Share   float64
	AtLeast int
	// Above so many it is held whatever its share.
	Above int
}

// DefaultHold holds a loss of more than a fifth, at least 3, or of more than
// 500.
var DefaultHold = HoldLimits{Share: 0.2, AtLeast: 3, Above: 500}

// lossWindow is the time within which losses are added up.
const lossWindow = 24 * time.Hour

// maxSamples is how many lost records a hold names.
const maxSamples = 10

// exceeded reports whether so many lost of what was there are too many.
func (l HoldLimits) exceeded(lost, had int) bool {
	return lost > l.Above || lost >= l.AtLeast && float64(lost) > l.Share*float64(had)
}

// losses are what a listing, or all of a kind together, would take away.
type losses struct {
	had    int // present now
	lost   int // by this listing
	recent int // in the last 24 hours before it
	hold   *portfolio.Hold
}

// tooMany reports whether the losses are to be held: they are beyond the
// limit and nobody has confirmed them. What was confirmed is what the hold
// showed, and on top of it no more than needs no confirmation.
func (l losses) tooMany(limits HoldLimits) bool {
	if l.lost == 0 || !limits.exceeded(l.lost+l.recent, l.had+l.recent) {
		return false
	}
	return !l.confirmed() || limits.exceeded(l.lost+l.recent-l.hold.Lost, l.had)
}

func (l losses) confirmed() bool { return l.hold != nil && l.hold.ConfirmedBy != "" }

// trusted reports whether somebody confirmed the losses and they are still
// what was confirmed.
func (l losses) trusted(limits HoldLimits) bool { return l.confirmed() && !l.tooMany(limits) }
