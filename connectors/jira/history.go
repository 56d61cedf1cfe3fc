package jira

import (
	"encoding/json"
	"slices"
	"time"

	"plumbline/portfolio"
)

type changeRecord struct {
	Created json.RawMessage `json:"created"`
	Items   []struct {
		Field   string `json:"field"`
		FieldID string `json:"fieldId"`
		From    string `json:"from"`
		To      string `json:"to"`
	} `json:"items"`
}

// dueChange is one change of a due date.
type dueChange struct {
	at       time.Time
	from, to portfolio.Date
}

// dueChanges picks the changes of the due date, oldest first. An entry that
// cannot be read is left out: a gap in the past is better than no issue.
func dueChanges(histories []changeRecord) []dueChange {
	var out []dueChange
	for _, h := range histories {
		at, err := changeTime(h.Created)
		if err != nil || at.IsZero() {
			continue
		}
		for _, i := range h.Items {
			if i.FieldID != "duedate" && i.Field != "duedate" {
				continue
			}
			from, err1 := parseDay(i.From)
			to, err2 := parseDay(i.To)
			if err1 == nil && err2 == nil && from != to {
				out = append(out, dueChange{at, from, to})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b dueChange) int { return a.at.Compare(b.at) })
	return out
}

// history sums the changes up. Days are those of the account's time zone.
func (v conversion) history(changes []dueChange, due portfolio.Date) portfolio.DueHistory {
	h := portfolio.DueHistory{Read: true, First: due}
	for i, c := range changes {
		if i == 0 {
			h.First = c.from
			if h.First.IsZero() {
				h.First = c.to
			}
		}
		if !c.from.IsZero() && c.to.After(c.from) {
			h.LaterMoves++
		}
		h.Moves = append(h.Moves, portfolio.DueMove{On: portfolio.DateOf(c.at.In(v.zone)), From: c.from, To: c.to})
	}
	if n := len(h.Moves) - portfolio.MaxMoves; n > 0 {
		h.Moves = slices.Clone(h.Moves[n:])
	}
	return h
}
