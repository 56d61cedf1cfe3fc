package sync

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"time"

	"plumbline/portfolio"
)

// A batch is what one page changes. Later records of a page see the earlier.
type batch struct {
	run    *run
	now    time.Time // by the store's clock
	today  portfolio.Date
	put    []portfolio.Document
	at     map[portfolio.Key]int // of a document in put
	del    map[portfolio.Key]struct{}
	expect map[portfolio.Key]int64
}

func (r *run) newBatch() *batch {
	return &batch{run: r, at: map[portfolio.Key]int{}}
}

// unsavedRev is the revision of documents that are in a batch only.
const unsavedRev = math.MaxInt64

// document returns the newest version of a document, the batch included.
func (b *batch) document(key portfolio.Key) (portfolio.Versioned, bool) {
	if i, ok := b.at[key]; ok {
		return portfolio.Versioned{Rev: unsavedRev, Doc: b.put[i]}, true
	}
	if _, ok := b.del[key]; ok {
		return portfolio.Versioned{}, false
	}
	return b.run.known.document(key)
}

func (b *batch) add(doc portfolio.Document) {
	key := doc.Key()
	delete(b.del, key)
	if i, ok := b.at[key]; ok {
		b.put[i] = doc
		return
	}
	b.at[key] = len(b.put)
	b.put = append(b.put, doc)
}

func (b *batch) remove(key portfolio.Key) {
	if b.del == nil {
		b.del = map[portfolio.Key]struct{}{}
	}
	b.del[key] = struct{}{}
}

func (b *batch) empty() bool { return len(b.put) == 0 && len(b.del) == 0 }

func (b *batch) deleted() (keys []portfolio.Key) {
	for key := range b.del {
		keys = append(keys, key)
	}
	return keys
}

// fact adds a tool's record to the batch if it says something new. A record
// that was fetched answers our own question, so it is believed even when the
// tool dates it before the stored one.
func (r *run) fact(b *batch, given portfolio.ToolFact, fetched bool) error {
	key := given.Key()
	if c := given.Origin().Connection; c != r.conn.ID {
		return fmt.Errorf("%w: the connector gave %s, which is of connection %q", portfolio.ErrInvalid, key, c)
	}
	r.run.Tally.Read++
	fact := clone(given)
	if source := fact.Origin(); source.Presence == portfolio.PresencePresent {
		source.Presence = ""
	}
	v, known := b.document(key)
	r.roll.see(key, b)
	if _, bad := r.bad[key]; bad {
		b.remove(quarantineKey(key))
		delete(r.bad, key)
	}
	if !known {
		*fact.Kept() = portfolio.Record{FirstSeen: b.today}
		r.count(b, WhatNew, nil, fact)
		r.renew(b, nil, fact)
		return nil
	}
	stored := v.Doc.(portfolio.ToolFact)
	if !fetched && !r.req.Full && older(fact, stored) {
		return nil
	}
	equal := portfolio.SameContent(stored, fact)
	*fact.Kept() = *stored.Kept()
	fact.Kept().Unreadable = ""
	switch {
	case !equal:
		r.count(b, WhatChanged, stored, fact)
		r.renew(b, stored, fact)
	case stored.Kept().Unreadable != "" || remembersMore(stored, fact):
		keepHistory(stored, fact, b.today)
		b.add(fact)
	}
	return nil
}

// renew adds a fact with new content to the batch.
func (r *run) renew(b *batch, stored, fact portfolio.ToolFact) {
	kept := fact.Kept()
	kept.SyncedAt = b.now
	switch {
	case fact.Origin().Presence == "":
		kept.GoneSince = portfolio.Date{}
	case kept.GoneSince.IsZero():
		kept.GoneSince = b.today
	}
	keepHistory(stored, fact, b.today)
	b.add(fact)
}

func keepHistory(stored, fact portfolio.ToolFact, today portfolio.Date) {
	if m, ok := fact.(*portfolio.MilestoneFact); ok {
		before, _ := stored.(*portfolio.MilestoneFact)
		m.History = observe(before, m, today)
	}
}

// remembersMore reports whether the tool's own history of a due date came
// with the fact and was not read before.
func remembersMore(stored, fact portfolio.ToolFact) bool {
	now, ok := fact.(*portfolio.MilestoneFact)
	return ok && now.History.Read && !stored.(*portfolio.MilestoneFact).History.Read
}

// older reports whether the tool dates a before b.
func older(a, b portfolio.ToolFact) bool {
	x, y := a.Origin().UpdatedAt, b.Origin().UpdatedAt
	return !x.IsZero() && x.Before(y)
}

// lost reports whether a tool does not show a record any more.
func lost(p portfolio.Presence) bool {
	switch p {
	case portfolio.PresenceDeleted, portfolio.PresenceAccessLost, portfolio.PresenceOutOfScope:
		return true
	default:
		return false
	}
}

// count adds a written fact to the tally, and to the list of a dry run.
func (r *run) count(b *batch, what What, stored, fact portfolio.ToolFact) {
	if what == WhatChanged && lost(fact.Origin().Presence) && !lost(stored.Origin().Presence) {
		what = WhatGone
	}
	if r.dry != nil {
		var fields []string
		if what == WhatChanged {
			fields = portfolio.ChangedFields(stored, fact)
		}
		if !r.dry.list(Change{Key: fact.Key(), What: what, Fields: fields}) {
			return
		}
	}
	switch what {
	case WhatNew:
		r.run.Tally.New++
	case WhatChanged:
		r.run.Tally.Changed++
	case WhatGone:
		r.run.Tally.Gone++
	}
}

// maxOdd is how many unreadable records of a file are told to its sender.
const maxOdd = 100

// quarantine adds a record that cannot be read to the batch, and tells so on
// its last good version.
func (r *run) quarantine(b *batch, given *portfolio.Quarantine) {
	q := *given
	q.Raw = q.Raw[:min(len(q.Raw), portfolio.MaxRaw)]
	if r.req.file != nil && len(r.odd) < maxOdd {
		r.odd = append(r.odd, q)
	}
	record := portfolio.Key{Kind: q.Of, ID: q.DocID()}
	r.run.Tally.Read++
	r.roll.see(record, b)
	if !r.bad[record] {
		r.run.Tally.Quarantined++
	}
	r.bad[record] = true
	before, _, known := find[*portfolio.Quarantine](b, q.Key())
	if q.Since = b.now; known {
		q.Since = before.Since
	}
	if !known || q.Reason != before.Reason || q.Converter != before.Converter || !bytes.Equal(q.Raw, before.Raw) || !portfolio.SameSource(q.Source, before.Source) {
		b.add(&q)
		if r.dry != nil {
			r.dry.list(Change{Key: record, What: WhatQuarantined})
		}
	}
	if v, ok := b.document(record); ok {
		if stored, isFact := v.Doc.(portfolio.ToolFact); isFact && stored.Kept().Unreadable != q.Reason {
			marked := clone(stored)
			marked.Kept().Unreadable = q.Reason
			b.add(marked)
		}
	}
}

// quarantineKey is the key under which a record is quarantined.
func quarantineKey(record portfolio.Key) portfolio.Key {
	return portfolio.Key{Kind: portfolio.KindQuarantine, ID: record.String()}
}

// quarantined returns the keys of the records that are quarantined, none of
// them met yet. What could not be recorded is no record that can be looked up.
func quarantined(docs Documents, connection string) map[portfolio.Key]bool {
	keys := map[portfolio.Key]bool{}
	for v := range docs.Documents(portfolio.KindQuarantine) {
		if q := v.Doc.(*portfolio.Quarantine); q.Connection == connection && !slices.Contains(reported, q.Of) {
			keys[portfolio.Key{Kind: q.Of, ID: q.DocID()}] = false
		}
	}
	return keys
}

// dryRun collects what a run would write.
type dryRun struct {
	changes []Change
	listed  map[portfolio.Key]struct{}
}

// list adds a change, unless one of the same document is listed already:
// nothing is written, so a record that a page repeats looks changed again.
func (d *dryRun) list(c Change) bool {
	if _, ok := d.listed[c.Key]; ok {
		return false
	}
	d.listed[c.Key] = struct{}{}
	d.changes = append(d.changes, c)
	return true
}
