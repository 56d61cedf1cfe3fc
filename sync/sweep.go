package sync

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// fetchSize is how many records are looked up with one question.
const fetchSize = 100

// sweep reads the complete listings and judges what they lack.
func (r *run) sweep(ctx context.Context) error {
	lister := r.reader.(connectors.Lister)
	whole := len(r.cursor.Listing) == 0
	for again := false; ; again = true {
		r.newRoll(false)
		err := r.patiently(ctx, func() error {
			r.told.again()
			return each(ctx, r, func(ctx context.Context) iter.Seq2[connectors.Page, error] {
				return lister.List(ctx, connectors.Cursor(maps.Clone(r.cursor.Listing)))
			}, func(p connectors.Page) error { return r.takeListed(ctx, p) })
		})
		if errors.Is(err, connectors.ErrCursor) && !again {
			r.cursor.Listing, r.unsaved, whole = nil, true, true
			continue
		}
		if err != nil {
			return err
		}
		break
	}
	if err := r.lookUp(ctx); err != nil {
		return err
	}
	if whole {
		r.roll.addVanished(r)
	}
	r.cursor.Listing, r.unsaved = nil, true
	return r.judge(ctx, true)
}

// takeListed saves what a page of a listing changed. The listing's position
// is saved only where no scope is half seen: an interrupted listing goes on
// from there, and what a scope's listing showed before is known to nobody.
func (r *run) takeListed(ctx context.Context, page connectors.Page) error {
	b := r.newBatch()
	for _, key := range page.Seen {
		if r.curious(b, key) {
			r.roll.ask = append(r.roll.ask, key)
		}
	}
	if err := r.take(ctx, b, page); err != nil {
		return err
	}
	for _, scope := range page.Complete {
		if err := r.roll.complete(ctx, r, scope); err != nil {
			return err
		}
	}
	if page.Next != nil && r.roll.resumable() {
		r.cursor.Listing, r.unsaved = maps.Clone(page.Next), true
	}
	r.report(true, page)
	return r.saveChanged(ctx, b)
}

// curious reports whether a listed record must be looked up: it is not
// stored, or it is stored as gone and has come back.
func (r *run) curious(b *batch, key portfolio.Key) bool {
	if _, bad := r.bad[key]; bad {
		return false // looked up with all that are quarantined
	}
	v, ok := b.document(key)
	return !ok || lost(v.Doc.(portfolio.ToolFact).Origin().Presence)
}

// lookUp fetches the records that the listing made us curious about, and all
// quarantined ones that it did not show with their content.
func (r *run) lookUp(ctx context.Context) error {
	fetcher, ok := r.reader.(connectors.Fetcher)
	if !ok {
		return r.welcomeBack(ctx)
	}
	ask := slices.DeleteFunc(r.roll.ask, func(key portfolio.Key) bool { return !r.curious(r.newBatch(), key) })
	ask = append(ask, r.stillBad()...)
	for chunk := range slices.Chunk(ask, fetchSize) {
		answers, err := r.fetch(ctx, fetcher, chunk)
		if err != nil {
			return err
		}
		if err := r.takeFetched(ctx, answers); err != nil {
			return err
		}
	}
	r.roll.ask = nil
	return nil
}

// stillBad are the quarantined records that this run has not tried again.
func (r *run) stillBad() (keys []portfolio.Key) {
	for key, met := range r.bad {
		if !met {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b portfolio.Key) int { return cmp.Compare(a.String(), b.String()) })
	return keys
}

// welcomeBack marks records that were gone and are listed again as present,
// where the tool cannot be asked for them; their content is the last known.
func (r *run) welcomeBack(ctx context.Context) error {
	b, err := r.dated(ctx)
	if err != nil {
		return err
	}
	for _, key := range r.roll.ask {
		if v, ok := r.known.document(key); ok {
			back := clone(v.Doc.(portfolio.ToolFact))
			back.Origin().Presence = ""
			r.count(b, WhatChanged, v.Doc.(portfolio.ToolFact), back)
			r.renew(b, v.Doc.(portfolio.ToolFact), back)
		}
	}
	r.roll.ask = nil
	return r.saveChanged(ctx, b)
}

// dated returns an empty batch that knows what time it is.
func (r *run) dated(ctx context.Context) (*batch, error) {
	now, err := r.engine.store.now(ctx)
	if err != nil {
		return nil, err
	}
	b := r.newBatch()
	b.now, b.today = now, portfolio.DateOf(now.In(r.zone))
	return b, nil
}

// sketch returns a record as it was last known, for a tool to find it by.
func (r *run) sketch(key portfolio.Key) (portfolio.ToolFact, error) {
	if fact, _, ok := find[portfolio.ToolFact](r.known, key); ok {
		return fact, nil
	}
	doc, err := portfolio.NewDocument(key.Kind)
	if err != nil {
		return nil, err
	}
	fact, ok := doc.(portfolio.ToolFact)
	parts := strings.SplitN(key.ID, "/", 3)
	if !ok || len(parts) != 3 {
		return nil, fmt.Errorf("%w: the connector listed %s, which is no record of a tool", portfolio.ErrInvalid, key)
	}
	*fact.Origin() = portfolio.Source{Connection: parts[0], Kind: parts[1], ID: parts[2]}
	if q, _, ok := find[*portfolio.Quarantine](r.known, quarantineKey(key)); ok {
		*fact.Origin() = q.Source
	}
	return fact, nil
}

// fetch looks records up.
func (r *run) fetch(ctx context.Context, fetcher connectors.Fetcher, keys []portfolio.Key) (answers []connectors.Fetched, err error) {
	facts := make([]portfolio.ToolFact, len(keys))
	for i, key := range keys {
		if facts[i], err = r.sketch(key); err != nil {
			return nil, err
		}
	}
	err = r.patiently(ctx, func() error {
		return each(ctx, r, func(ctx context.Context) iter.Seq2[[]connectors.Fetched, error] {
			return func(yield func([]connectors.Fetched, error) bool) { yield(fetcher.Fetch(ctx, facts)) }
		}, func(got []connectors.Fetched) error {
			answers = got
			return nil
		})
	})
	return answers, err
}

// takeFetched saves what became of records that are not stored as present:
// the ones that are there are written, the others leave the quarantine.
func (r *run) takeFetched(ctx context.Context, answers []connectors.Fetched) error {
	b, err := r.dated(ctx)
	if err != nil {
		return err
	}
	for _, answer := range answers {
		if err := r.takeAnswer(b, answer); err != nil {
			return err
		}
		if _, bad := r.bad[answer.Key]; bad && lost(answer.Presence) {
			b.remove(quarantineKey(answer.Key))
			delete(r.bad, answer.Key)
		}
	}
	return r.saveChanged(ctx, b)
}

// takeAnswer adds a fetched record that is there to the batch.
func (r *run) takeAnswer(b *batch, answer connectors.Fetched) error {
	switch {
	case answer.Fact != nil:
		return r.fact(b, answer.Fact, true)
	case answer.Unreadable != nil:
		r.quarantine(b, answer.Unreadable)
	}
	return nil
}
