package sync

import (
	"context"
	"slices"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// A verdict is what follows from one listing's missing records.
type verdict struct {
	*attendance
	losses
	pass portfolio.Pass
	gone []gone
	// unsure are records that a second listing must lack too.
	unsure []portfolio.Key
}

// gone is a record that the tool does not show any more.
type gone struct {
	key portfolio.Key
	// as is empty for what was not looked up, because the listing is held
	// whatever has become of it.
	as portfolio.Presence
}

// weigh gives a verdict its numbers as they stand now.
func (r *run) weigh(v *verdict, had map[connectors.Scope]int) {
	v.pass = portfolio.Pass{Connection: r.conn.ID, Scope: v.scope.Name, Of: v.scope.Of}
	if before, _, ok := find[*portfolio.Pass](r.known, v.pass.Key()); ok {
		v.pass = *before
	}
	v.losses = losses{had: had[v.scope], lost: len(v.gone) + len(v.unsure), hold: r.hold(v.scope)}
	v.pass.Losses, v.recent = recentLosses(&v.pass, r.engine.store.last())
}

// hold returns the hold on a scope, or nil.
func (r *run) hold(scope connectors.Scope) *portfolio.Hold {
	hold, _, _ := find[*portfolio.Hold](r.known, holdOf(r.conn.ID, scope).Key())
	return hold
}

func holdOf(connection string, scope connectors.Scope) *portfolio.Hold {
	return &portfolio.Hold{Connection: connection, Scope: scope.Name, Of: scope.Of}
}

// overall is the scope of a hold on all listings of a kind.
func overall(kind portfolio.Kind) connectors.Scope { return connectors.Scope{Of: kind} }

// allConfirmed reports whether somebody said that a kind's losses are real.
func (r *run) allConfirmed(kind portfolio.Kind) bool {
	return losses{hold: r.hold(overall(kind))}.confirmed()
}

// counted counts what is stored as present in each scope of the kinds judged.
func (r *run) counted(kinds []portfolio.Kind) map[connectors.Scope]int {
	had := map[connectors.Scope]int{}
	for _, kind := range kinds {
		for source := range r.present(kind) {
			had[connectors.Scope{Name: source.Scope, Of: kind}]++
		}
	}
	return had
}

func kindsOf(verdicts []*verdict) (kinds []portfolio.Kind) {
	for _, v := range verdicts {
		if !slices.Contains(kinds, v.scope.Of) {
			kinds = append(kinds, v.scope.Of)
		}
	}
	return kinds
}

// decide writes what is believed of the verdicts and holds the rest.
func (r *run) decide(ctx context.Context, verdicts []*verdict, whole bool) error {
	b, err := r.dated(ctx)
	if err != nil {
		return err
	}
	kinds := kindsOf(verdicts)
	had := r.counted(kinds)
	for _, kind := range kinds {
		var here []*verdict
		for _, v := range verdicts {
			if v.scope.Of == kind {
				v.gone = slices.DeleteFunc(v.gone, func(g gone) bool { return !r.isPresent(g.key) })
				r.weigh(v, had)
				here = append(here, v)
			}
		}
		r.decideKind(b, kind, here, had, whole)
	}
	r.dropUnlisted(b)
	if whole {
		pass := wholePass(r.conn.ID)
		pass.StartedAt, pass.EndedAt = r.roll.startedAt, b.now
		for _, n := range had {
			pass.Count += n
		}
		b.add(pass)
		r.dropPasses(b)
	}
	return r.save(ctx, b)
}

// dropPasses removes the passes of scopes that this listing of all scopes did
// not show, once they have no losses that are still counted.
func (r *run) dropPasses(b *batch) {
	for v := range r.known.documents(portfolio.KindPass) {
		pass := v.Doc.(*portfolio.Pass)
		if pass.Connection != r.conn.ID || pass.Key() == wholePass(r.conn.ID).Key() {
			continue
		}
		_, judged := b.at[pass.Key()]
		if _, recent := recentLosses(pass, b.now); !judged && recent == 0 {
			b.remove(pass.Key())
		}
	}
}

// decideKind decides all listings of one kind. One event makes one hold: what
// is held over all scopes is not held scope by scope as well.
func (r *run) decideKind(b *batch, kind portfolio.Kind, verdicts []*verdict, had map[connectors.Scope]int, whole bool) {
	limits := r.engine.Hold
	all, several := r.together(kind, verdicts, had)
	holdAll := several && all.tooMany(limits)
	if !whole && all.lost > 0 && all.hold != nil && !all.confirmed() {
		holdAll = true // the listing of a few scopes cannot end what all of them began
	}
	var samples []portfolio.Key
	for _, v := range verdicts {
		trusted := v.trusted(limits) || all.trusted(limits)
		switch {
		case v.lost == 0 || trusted || !holdAll && !v.tooMany(limits):
			r.believe(b, v, trusted)
			r.endHold(b, v.hold)
		case holdAll:
			r.doubt(b, v)
			r.endHold(b, v.hold)
			samples = append(samples, v.names()...)
		default:
			r.doubt(b, v)
			r.keepHold(b, v.scope, v.losses, v.names())
		}
	}
	switch {
	case holdAll:
		r.keepHold(b, overall(kind), all, samples)
	case whole, r.req.file != nil && all.trusted(limits):
		r.endHold(b, all.hold)
	}
}

// together adds the losses of a kind up over all its scopes, and tells
// whether there are several. What was confirmed for a scope is not counted.
func (r *run) together(kind portfolio.Kind, verdicts []*verdict, had map[connectors.Scope]int) (all losses, several bool) {
	all.hold = r.hold(overall(kind))
	scopes := map[string]struct{}{}
	for scope, n := range had {
		if scope.Of == kind {
			all.had += n
			scopes[scope.Name] = struct{}{}
		}
	}
	for v := range r.known.documents(portfolio.KindPass) {
		if pass := v.Doc.(*portfolio.Pass); pass.Connection == r.conn.ID && pass.Of == kind {
			_, recent := recentLosses(pass, r.engine.store.last())
			all.recent += recent
			scopes[pass.Scope] = struct{}{}
		}
	}
	for _, v := range verdicts {
		if !v.trusted(r.engine.Hold) {
			all.lost += v.lost
		}
	}
	return all, len(scopes) > 1
}

// believe writes the losses of a listing. Losses that a person confirmed are
// not counted against later ones.
func (r *run) believe(b *batch, v *verdict, confirmed bool) {
	pass, written := r.passOf(v), 0
	b.add(pass) // before the losses, should they need more than one commit
	for _, g := range v.gone {
		if g.as == "" {
			continue
		}
		stored, _, ok := find[portfolio.ToolFact](r.known, g.key)
		if !ok {
			continue
		}
		fact := clone(stored)
		fact.Origin().Presence = g.as
		*fact.Kept() = *stored.Kept()
		r.count(b, WhatChanged, stored, fact)
		r.renew(b, stored, fact)
		written++
	}
	for _, key := range v.unsure {
		pass.Missing = append(pass.Missing, key.ID)
	}
	pass.Count -= written
	switch {
	case confirmed:
		pass.Losses = nil
	case written > 0:
		pass.Losses = append(pass.Losses, portfolio.Loss{At: b.now, Count: written})
	}
}

// doubt writes that a listing was complete, and nothing of what it lacked.
func (r *run) doubt(b *batch, v *verdict) { b.add(r.passOf(v)) }

func (r *run) passOf(v *verdict) *portfolio.Pass {
	pass := v.pass
	pass.StartedAt, pass.EndedAt, pass.Count, pass.Missing = r.roll.startedAt, v.endedAt, v.had, nil
	return &pass
}

// names are the records that a listing would take away.
func (v *verdict) names() []portfolio.Key {
	names := slices.Clone(v.unsure)
	for _, g := range v.gone {
		names = append(names, g.key)
	}
	return names
}

// keepHold puts a hold, unless it says what is stored already.
func (r *run) keepHold(b *batch, scope connectors.Scope, l losses, lost []portfolio.Key) {
	hold := holdOf(r.conn.ID, scope)
	hold.Had, hold.Lost, hold.Since = l.had+l.recent, l.lost+l.recent, b.now
	for _, key := range lost[:min(len(lost), maxSamples)] {
		hold.Samples = append(hold.Samples, key.ID)
	}
	slices.Sort(hold.Samples)
	r.held[hold.Key()] = hold
	if l.hold != nil {
		hold.Since = l.hold.Since
		if l.hold.Had == hold.Had && l.hold.Lost == hold.Lost && !l.confirmed() && slices.Equal(l.hold.Samples, hold.Samples) {
			return
		}
	}
	b.expecting(hold.Key())
	b.add(hold)
}

// endHold deletes a hold, if there is one.
func (r *run) endHold(b *batch, hold *portfolio.Hold) {
	if hold != nil {
		delete(r.held, hold.Key())
		b.expecting(hold.Key())
		b.remove(hold.Key())
	}
}

// dropUnlisted takes records out of quarantine that were not listed where a
// complete listing should have shown them.
func (r *run) dropUnlisted(b *batch) {
	for key := range r.bad {
		q, rev, ok := find[*portfolio.Quarantine](r.known, quarantineKey(key))
		if !ok || rev > r.roll.start {
			continue
		}
		_, seen := r.roll.seen[key]
		if !seen && r.roll.ended[connectors.Scope{Name: q.Scope, Of: q.Of}] != nil {
			b.remove(quarantineKey(key))
			delete(r.bad, key)
		}
	}
}

// isPresent reports whether a record is stored as one that the tool shows.
func (r *run) isPresent(key portfolio.Key) bool {
	fact, _, ok := find[portfolio.ToolFact](r.known, key)
	return ok && !lost(fact.Origin().Presence)
}

// expecting makes the batch fail with errMoved if a person writes the
// document before it is committed.
func (b *batch) expecting(key portfolio.Key) {
	v, _ := b.run.known.document(key)
	if b.expect == nil {
		b.expect = map[portfolio.Key]int64{}
	}
	b.expect[key] = v.Rev
}

// recentLosses are those of a pass within the window.
func recentLosses(p *portfolio.Pass, now time.Time) (recent []portfolio.Loss, count int) {
	for _, l := range p.Losses {
		if now.Sub(l.At) < lossWindow {
			recent = append(recent, l)
			count += l.Count
		}
	}
	return recent, count
}
