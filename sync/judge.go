package sync

import (
	"context"
	"errors"
	"slices"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// judge decides what became of the records that the listings lacked, and
// writes it unless it is too much to be believed. Whole tells that every
// scope of the connection was listed.
func (r *run) judge(ctx context.Context, whole bool) error {
	_, lister := r.reader.(connectors.Lister)
	if len(r.roll.order) == 0 && (!whole || !lister) {
		return nil
	}
	if err := r.known.refresh(ctx); err != nil {
		return err
	}
	verdicts, err := r.examine(ctx)
	if err != nil {
		return err
	}
	const tries = 3 // a hold may be confirmed at this very moment
	for try := 1; ; try++ {
		if err := r.known.refresh(ctx); err != nil {
			return err
		}
		err := r.decide(ctx, verdicts, whole)
		if !errors.Is(err, errMoved) || try == tries {
			return err
		}
	}
}

// examine finds out what became of each missing record: by asking the tool,
// or else by comparing with the listing before.
func (r *run) examine(ctx context.Context) ([]*verdict, error) {
	verdicts := make([]*verdict, len(r.roll.order))
	for i, a := range r.roll.order {
		verdicts[i] = &verdict{attendance: a}
	}
	if fetcher, ok := r.reader.(connectors.Fetcher); ok {
		return verdicts, r.interrogate(ctx, fetcher, verdicts)
	}
	for _, v := range verdicts {
		r.weigh(v, nil)
		sure := v.confirmed() || r.allConfirmed(v.scope.Of)
		for _, key := range v.missing {
			if sure || slices.Contains(v.pass.Missing, key.ID) {
				v.gone = append(v.gone, gone{key, portfolio.PresenceDeleted})
			} else {
				v.unsure = append(v.unsure, key)
			}
		}
	}
	return verdicts, nil
}

// interrogate looks the missing records up. Where a scope's losses are too
// many already, the rest of it is not asked for: none of it will be written.
func (r *run) interrogate(ctx context.Context, fetcher connectors.Fetcher, verdicts []*verdict) error {
	had := r.counted(kindsOf(verdicts))
	about := map[portfolio.Key]*verdict{}
	var chunk []portfolio.Key
	ask := func() error {
		answers, err := r.fetch(ctx, fetcher, chunk)
		if err != nil {
			return err
		}
		chunk = chunk[:0]
		b, err := r.dated(ctx)
		if err != nil {
			return err
		}
		for _, answer := range answers {
			v := about[answer.Key]
			if v != nil && lost(answer.Presence) && answer.Fact == nil {
				v.gone = append(v.gone, gone{answer.Key, answer.Presence})
			} else if err := r.takeAnswer(b, answer); err != nil {
				return err
			}
		}
		return r.saveChanged(ctx, b)
	}
	for _, v := range verdicts {
		r.weigh(v, had)
		for i, key := range v.missing {
			if v.lost = len(v.gone); v.tooMany(r.engine.Hold) && !r.allConfirmed(v.scope.Of) {
				for _, rest := range v.missing[i:] {
					v.gone = append(v.gone, gone{key: rest})
				}
				break
			}
			about[key] = v
			if chunk = append(chunk, key); len(chunk) == fetchSize {
				if err := ask(); err != nil {
					return err
				}
			}
		}
	}
	if len(chunk) > 0 {
		return ask()
	}
	return nil
}
