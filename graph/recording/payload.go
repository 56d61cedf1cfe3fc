// Package recording holds what the mutations that record something take and
// answer: rows that are facts with the version their writer has seen, and what
// became of them.
//
// It validates nothing, which package edit does, and knows nothing of GraphQL
// but the shape of its inputs.
package recording

import (
	"strconv"

	"plumbline/portfolio"
)

// A Payload is what became of a mutation.
type Payload struct {
	Results    []Result
	Revision   string // empty when nothing was written
	Replayed   bool
	UserErrors []portfolio.UserError
}

// A Result is what became of one row.
type Result struct {
	ID      string // global
	Key     string
	Outcome portfolio.Outcome
	Version string // empty when there is none
}

// NewPayload is the answer of an edit; each row is one change unless rows says
// how many changes each was.
func NewPayload(result portfolio.EditResult, rows []int) *Payload {
	p := &Payload{Revision: revision(result.Revision), Replayed: result.Replayed, UserErrors: result.Errors}
	if rows == nil {
		for _, o := range result.Outcomes {
			p.Results = append(p.Results, newResult(o))
		}
		return p
	}
	next := result.Outcomes
	for _, n := range rows {
		n = min(n, len(next))
		p.Results = append(p.Results, together(next[:n]))
		next = next[n:]
	}
	return p
}

func newResult(o portfolio.EditOutcome) Result {
	return Result{ID: portfolio.NodeID(o.Key.Kind, o.Key.ID), Key: o.Key.ID, Outcome: o.What, Version: revision(o.Version)}
}

// revision writes a revision or version; 0 is none.
func revision(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
