package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// A Recorder makes edits; *edit.Editor is one. What a tool has of the things
// that people record goes the way of everything that is recorded, so that one
// set of rules holds for it.
type Recorder interface {
	// Edit makes all changes or none. What is wrong with them is in the result;
	// the error is the store's.
	Edit(ctx context.Context, e portfolio.Edit) (portfolio.EditResult, error)
}

// reported are the kinds that people record and that a tool may report.
var reported = []portfolio.Kind{
	portfolio.KindObjective, portfolio.KindKPI, portfolio.KindKeyResult, portfolio.KindContribution, portfolio.KindMeasurement,
}

// told is what a run was told of what people record.
type told struct {
	facts map[portfolio.Key]portfolio.RecordedFact
	all   bool // the tool has no other
}

// again forgets what was told of a reading that was broken off.
func (t *told) again() {
	if !t.all {
		*t = told{}
	}
}

// take notes what a page tells. What is told after all was told is told anew.
func (t *told) take(page connectors.Page) error {
	if t.all && (page.RecordedAll || len(page.Recorded) > 0) {
		*t = told{}
	}
	for _, f := range page.Recorded {
		if !slices.Contains(reported, f.Key().Kind) {
			return fmt.Errorf("%w: the connector reports %s, and no tool reports a %s", portfolio.ErrInvalid, f.Key(), f.Key().Kind)
		}
		if t.facts == nil {
			t.facts = map[portfolio.Key]portfolio.RecordedFact{}
		}
		t.facts[f.Key()] = f
	}
	t.all = t.all || page.RecordedAll
	return nil
}

// record applies what the run was told as one edit, if it was told all. What is
// wrong with it does not fail the run: the tool's projects are right whatever
// its goals are.
func (r *run) record(ctx context.Context) error {
	if !r.told.all || r.engine.Recorder == nil {
		return nil
	}
	if err := r.known.refresh(ctx); err != nil {
		return err
	}
	b, err := r.dated(ctx)
	if err != nil {
		return err
	}
	changes, ends := r.recording(b.today)
	if r.believable(b, ends) {
		changes = append(changes, ends...)
		slices.SortFunc(changes, func(a, b portfolio.EditChange) int { return slices.Compare(a.Path, b.Path) })
	}
	var wrong []portfolio.UserError
	if len(changes) > 0 {
		// An edit does not expect the lease, so we see first that it is ours.
		if err := r.beat(ctx); err != nil {
			return err
		}
		if wrong, err = r.edit(ctx, changes); err != nil {
			return err
		}
	}
	r.complain(b, wrong)
	if err := r.saveChanged(ctx, b); !errors.Is(err, errMoved) {
		return err
	}
	return nil // somebody confirms the hold at this very moment: the next run sees it
}

// scopeGoals is the listing of all objectives that a tool reports.
var scopeGoals = connectors.Scope{Name: "goals", Of: portfolio.KindObjective}

// believable reports whether so many objectives may have gone at once. If not,
// none of them ends until somebody confirms it, as with all that is listed.
func (r *run) believable(b *batch, ends []portfolio.EditChange) bool {
	l := losses{hold: r.hold(scopeGoals)}
	var lost []portfolio.Key
	for _, c := range ends {
		if o, ok := c.Put.(*portfolio.ObjectiveFact); ok {
			lost = append(lost, o.Key())
		}
	}
	for v := range r.known.documents(portfolio.KindObjective) {
		if o, ok := v.Doc.(*portfolio.ObjectiveFact); ok && o.OwnedByTool(r.conn.ID) && inForce(o, b.today) {
			l.had++
		}
	}
	if l.lost = len(lost); l.tooMany(r.engine.Hold) {
		r.keepHold(b, scopeGoals, l, lost)
		return false
	}
	r.endHold(b, l.hold)
	return true
}

// edit makes the changes and returns what is wrong with them. What belongs to
// others is left to them; with anything else wrong nothing is recorded.
func (r *run) edit(ctx context.Context, changes []portfolio.EditChange) (wrong []portfolio.UserError, err error) {
	for len(changes) > 0 {
		result, err := r.engine.Recorder.Edit(ctx, portfolio.Edit{
			Caller: portfolio.Local, Author: r.author(), Changes: changes, DryRun: r.dry != nil,
		})
		if err != nil {
			return nil, fmt.Errorf("record what the tool reports: %w", err)
		}
		if len(result.Errors) == 0 {
			r.listRecorded(result.Outcomes)
			return wrong, nil
		}
		left := others(changes, result.Errors)
		wrong = append(wrong, result.Errors...)
		if left == nil {
			return wrong, nil
		}
		changes = left
	}
	return wrong, nil
}

// others are the changes without those that the owners of documents refuse; nil
// when something else is wrong too.
func others(changes []portfolio.EditChange, errs []portfolio.UserError) []portfolio.EditChange {
	refused := map[string]bool{}
	for _, e := range errs {
		if !ofOthers(e.Code) {
			return nil
		}
		refused[strings.Join(e.Path[:min(len(e.Path), 2)], " ")] = true
	}
	left := []portfolio.EditChange{}
	for _, c := range changes {
		if !refused[strings.Join(c.Path, " ")] {
			left = append(left, c)
		}
	}
	if len(left) == len(changes) {
		return nil // nothing that could be left out
	}
	return left
}

func (r *run) author() string { return portfolio.AuthorOfTool + r.conn.ID }

// listRecorded tells whoever asked for a dry run what would be recorded.
func (r *run) listRecorded(outcomes []portfolio.EditOutcome) {
	if r.dry == nil {
		return
	}
	whats := map[portfolio.Outcome]What{
		portfolio.OutcomeCreated: WhatNew, portfolio.OutcomeUpdated: WhatChanged, portfolio.OutcomeDeleted: WhatGone,
	}
	for _, o := range outcomes {
		if what, ok := whats[o.What]; ok {
			r.dry.list(Change{Key: o.Key, What: what})
		}
	}
}

// maxUnrecorded is how many sentences about what could not be recorded are kept.
const maxUnrecorded = 20

// complain keeps what is wrong with what the tool reports where unreadable
// records are kept, one for each sentence, and takes back what is mended.
func (r *run) complain(b *batch, wrong []portfolio.UserError) {
	blocked := slices.ContainsFunc(wrong, func(e portfolio.UserError) bool { return !ofOthers(e.Code) })
	kept := map[portfolio.Key]bool{}
	counts, first := map[string]int{}, []portfolio.UserError{}
	for _, e := range wrong {
		if counts[e.Message]++; counts[e.Message] == 1 && len(first) < maxUnrecorded {
			first = append(first, e)
		}
	}
	for _, e := range first {
		kind, id := portfolio.KindObjective, "goals"
		if len(e.Path) > 1 {
			kind, id = portfolio.Kind(e.Path[0]), e.Path[1]
		}
		reason := e.Message
		if n := counts[e.Message]; n > 1 {
			reason += fmt.Sprintf(" (So with %d others.)", n-1)
		}
		if blocked {
			reason += " Until that is mended, nothing is recorded of the objectives and KPIs that the tool reports."
		} else {
			reason += " What the tool reports of it is left out."
		}
		q := &portfolio.Quarantine{
			Source: portfolio.Source{Connection: r.conn.ID, Kind: string(kind), ID: id, Key: id},
			Of:     kind, Reason: reason, Since: b.now,
		}
		if kept[q.Key()] {
			continue
		}
		kept[q.Key()] = true
		r.run.Tally.Quarantined++
		r.unrecorded = append(r.unrecorded, reason)
		if before, _, ok := find[*portfolio.Quarantine](r.known, q.Key()); ok && before.Reason == q.Reason {
			continue
		}
		b.add(q)
	}
	for v := range r.known.documents(portfolio.KindQuarantine) {
		q, ok := v.Doc.(*portfolio.Quarantine)
		if ok && q.Connection == r.conn.ID && slices.Contains(reported, q.Of) && !kept[q.Key()] {
			b.remove(q.Key())
		}
	}
}

// ofOthers reports whether an error says that a document belongs to others.
func ofOthers(code portfolio.UserErrorCode) bool {
	switch code {
	case portfolio.UserErrorOwnedByFile, portfolio.UserErrorOwnedByTool, portfolio.UserErrorTaken:
		return true
	default:
		return false
	}
}

// Unrecorded says what could not be recorded of what the tool of a connection
// reported when it was last read, and why.
func Unrecorded(docs Documents, connection string) (sentences []string) {
	for v := range docs.Documents(portfolio.KindQuarantine) {
		if q, ok := v.Doc.(*portfolio.Quarantine); ok && q.Connection == connection && slices.Contains(reported, q.Of) {
			sentences = append(sentences, q.Reason)
		}
	}
	slices.Sort(sentences)
	return sentences
}
