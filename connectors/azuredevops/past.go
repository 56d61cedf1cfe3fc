package azuredevops

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"sync"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// past is how due dates moved before the first run, as the feed tells it that
// has every revision of a work item. It is read once for a full run, some
// numbers for each work item that ever had a date, and lies in memory until
// that run ends: one that is interrupted goes on where it stopped, and after a
// restart the feed is read once more. From then on the engine observes.
type past struct {
	mu      sync.Mutex
	account string // who read it: another one sees other work items
	token   string // where the feed goes on
	of      map[int64]*moves
}

// moves are those of one work item's due date.
type moves struct {
	portfolio.DueHistory
	due portfolio.Date // as the last revision has it
	at  time.Time      // when that was made
}

// readPast follows the feed of all revisions to its end.
func (r *run) readPast() error {
	if r.settings.Milestones.History.Off || len(r.settings.milestoneTypes()) == 0 || len(r.dueFields()) == 0 {
		return nil
	}
	p := &r.Connector.past
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.account != r.account || p.of == nil {
		p.account, p.token, p.of = r.account, "", map[int64]*moves{}
	}
	query := question{Types: r.settings.milestoneTypes(), Fields: append(r.dueFields(), fieldChanged), Deleted: true, Identities: true}
	_, err := r.read(feed{
		path: revisionsPath, stage: stagePast,
		ask: func(token url.Values) (b batch, err error) { return b, r.ask(r.ctx, revisionsPath, token, query, &b) },
		use: func(raws []json.RawMessage) error {
			for _, raw := range raws {
				r.follow(p.of, raw)
			}
			return nil
		},
		reached: func(token string) { p.token = token },
	}, p.token, url.Values{})
	if errors.Is(err, connectors.ErrCursor) {
		p.of = nil
	}
	r.conversion.past = p.of
	return err
}

// forgetPast makes room: what it told is in the store.
func (c *Connector) forgetPast() {
	c.past.mu.Lock()
	defer c.past.mu.Unlock()
	c.past.of = nil
}

// dueFields are those of the fields for a due date that there are.
func (s *session) dueFields() []string {
	return slices.DeleteFunc([]string{fieldTarget, fieldDue, fieldFinish}, func(ref string) bool { return slices.Contains(s.lacking, ref) })
}

// follow adds a revision to the moves of its work item. One that cannot be
// read is left out: a gap in the past is better than no work item. The day of
// a move is that of the settings' time zone.
func (v conversion) follow(of map[int64]*moves, raw json.RawMessage) {
	rec := parseItem(raw)
	at, err := decodeTime(fieldChanged, rec.fields[fieldChanged])
	if rec.err != nil || err != nil || at.IsZero() {
		return
	}
	due, err := v.due(rec)
	if err != nil {
		return
	}
	m := of[rec.id]
	switch {
	case m == nil && due.IsZero():
		return // nothing to remember of those that never have a date
	case m == nil:
		m = &moves{DueHistory: portfolio.DueHistory{Read: true, First: due}, due: due}
		if of[rec.id] = m; rec.rev > 1 { // it was there without a date
			m.Moves = []portfolio.DueMove{{On: v.dayOf(at), To: due}}
		}
	case at.Before(m.at):
		return
	case due != m.due:
		if !m.due.IsZero() && due.After(m.due) {
			m.LaterMoves++
		}
		m.Moves = append(m.Moves, portfolio.DueMove{On: v.dayOf(at), From: m.due, To: due})
		m.Moves = slices.Delete(m.Moves, 0, max(0, len(m.Moves)-portfolio.MaxMoves))
		m.due = due
	}
	m.at = at
}

// due is the due date of a work item: the first of the fields that has one.
func (v conversion) due(r itemRecord) (due portfolio.Date, err error) {
	for _, name := range []string{fieldTarget, fieldDue, fieldFinish} {
		at, wrong := decodeTime(name, r.fields[name])
		if err = errors.Join(err, wrong); due.IsZero() {
			due = v.day(at)
		}
	}
	return due, err
}

// history is what the past tells of a work item; nothing when it was not read.
func (v conversion) history(id int64) portfolio.DueHistory {
	if v.past == nil {
		return portfolio.DueHistory{}
	}
	if m := v.past[id]; m != nil {
		h := m.DueHistory
		h.Moves = slices.Clone(h.Moves)
		return h
	}
	return portfolio.DueHistory{Read: true}
}
