package sync

import (
	"context"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// toolKinds are the kinds of document that connectors yield.
var toolKinds = []portfolio.Kind{
	portfolio.KindProject, portfolio.KindMilestone, portfolio.KindDependency,
	portfolio.KindPerson, portfolio.KindStatusReport, portfolio.KindRisk,
}

// A rollCall holds what is stored against what a tool lists. It judges only
// documents that were put before the listing's start, and it remembers ids
// only.
type rollCall struct {
	start     int64     // the revision before which a document must have been put
	startedAt time.Time // by the store's clock
	// partial tells that the reading began in the middle, so that nothing
	// follows from what it did not show.
	partial bool
	seen    map[portfolio.Key]struct{}
	// begun counts what was seen of scopes whose listing has not ended.
	begun map[connectors.Scope]int
	ended map[connectors.Scope]*attendance
	order []*attendance // as they ended
	// present are the ids that are stored as present, by scope, in the kinds
	// of which a listing has ended.
	present map[portfolio.Kind]map[string][]string
	// ask are records to be looked up: listed but not stored, stored as gone
	// but listed, or quarantined.
	ask []portfolio.Key
}

// attendance is what one complete listing of a scope showed.
type attendance struct {
	scope   connectors.Scope
	endedAt time.Time
	missing []portfolio.Key
}

// newRoll begins a roll call at the revision that the run is at.
func (r *run) newRoll(partial bool) {
	r.roll = &rollCall{
		start: r.rev, startedAt: r.engine.store.last(), partial: partial,
		seen:    map[portfolio.Key]struct{}{},
		begun:   map[connectors.Scope]int{},
		ended:   map[connectors.Scope]*attendance{},
		present: map[portfolio.Kind]map[string][]string{},
	}
}

// see notes that the tool showed a record.
func (c *rollCall) see(key portfolio.Key, b *batch) {
	if _, again := c.seen[key]; again {
		return
	}
	c.seen[key] = struct{}{}
	v, ok := b.document(key)
	if !ok {
		return
	}
	source := v.Doc.(portfolio.ToolFact).Origin()
	scope := connectors.Scope{Name: source.Scope, Of: key.Kind}
	if _, over := c.ended[scope]; !over && source.Scope != "" && !lost(source.Presence) {
		c.begun[scope]++
	}
}

// resumable reports whether the listing could go on from here after an
// interruption: no scope is half seen and nothing waits to be looked up.
func (c *rollCall) resumable() bool {
	if len(c.begun) > 0 || len(c.ask) > 0 {
		return false
	}
	for _, a := range c.order {
		if len(a.missing) > 0 {
			return false
		}
	}
	return true
}

// complete ends the listing of a scope: what is stored in it, and was not
// seen, is missing.
func (c *rollCall) complete(ctx context.Context, r *run, scope connectors.Scope) error {
	if c.partial || c.ended[scope] != nil {
		return nil
	}
	if c.present[scope.Of] == nil {
		c.present[scope.Of] = r.presentBefore(c.start, scope.Of)
	}
	now, err := r.engine.store.now(ctx)
	if err != nil {
		return err
	}
	a := &attendance{scope: scope, endedAt: now, missing: c.unseen(scope)}
	c.ended[scope] = a
	c.order = append(c.order, a)
	delete(c.begun, scope)
	return nil
}

// unseen returns what is stored in a scope and was not seen.
func (c *rollCall) unseen(scope connectors.Scope) (missing []portfolio.Key) {
	for _, id := range c.present[scope.Of][scope.Name] {
		key := portfolio.Key{Kind: scope.Of, ID: id}
		if _, ok := c.seen[key]; !ok {
			missing = append(missing, key)
		}
	}
	return missing
}

// addVanished adds the scopes that hold documents but were not listed at all,
// as the versions of a deleted project: all they hold is missing.
func (c *rollCall) addVanished(r *run) {
	now := r.engine.store.last()
	for _, kind := range toolKinds {
		if c.present[kind] == nil {
			c.present[kind] = r.presentBefore(c.start, kind)
		}
		for name := range c.present[kind] {
			scope := connectors.Scope{Name: name, Of: kind}
			if c.ended[scope] != nil {
				continue
			}
			if missing := c.unseen(scope); len(missing) > 0 {
				c.order = append(c.order, &attendance{scope: scope, endedAt: now, missing: missing})
			}
		}
	}
}

// presentBefore returns the ids of a kind that were put at or before the
// revision and that the tool showed last time, by scope.
func (r *run) presentBefore(start int64, kind portfolio.Kind) map[string][]string {
	ids := map[string][]string{}
	for source, rev := range r.present(kind) {
		if rev <= start && source.Scope != "" {
			ids[source.Scope] = append(ids[source.Scope], source.DocID())
		}
	}
	return ids
}

// present yields the sources of the connection's documents of a kind that
// are not lost, with their revisions.
func (r *run) present(kind portfolio.Kind) func(yield func(*portfolio.Source, int64) bool) {
	return func(yield func(*portfolio.Source, int64) bool) {
		for v := range r.known.documents(kind) {
			source := v.Doc.(portfolio.ToolFact).Origin()
			if source.Connection != r.conn.ID || lost(source.Presence) {
				continue
			}
			if !yield(source, v.Rev) {
				return
			}
		}
	}
}
