package folder

import (
	"context"
	"iter"
	"strings"
	"sync"
	"testing"

	"plumbline/portfolio"
)

// recorded is a Source of documents at hand.
type recorded []portfolio.Document

func (r recorded) Documents(kind portfolio.Kind) iter.Seq[portfolio.Versioned] {
	return func(yield func(portfolio.Versioned) bool) {
		for _, d := range r {
			if d.Key().Kind == kind && !yield(portfolio.Versioned{Rev: 1, Doc: d}) {
				return
			}
		}
	}
}

// stateOf is what a store holds once it has taken a batch.
func stateOf(b *Batch) recorded {
	var all recorded
	for _, c := range b.Changes {
		all = append(all, c.Put)
	}
	return all
}

// A ledger is an Editor and a Reader in memory. It refuses what says so, and
// objectives of a strategy that is not there.
type ledger struct {
	t         testing.TB
	mu        sync.Mutex
	documents map[portfolio.Key]portfolio.Versioned
	revision  int64
	commits   int
	// stale makes it show what was there at this revision, as a replica does
	// that is behind.
	stale *portfolio.Snapshot
	fails error
}

func newLedger(t testing.TB) *ledger {
	return &ledger{t: t, documents: map[portfolio.Key]portfolio.Versioned{}}
}

func (l *ledger) Snapshot() *portfolio.Snapshot {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stale != nil {
		return l.stale
	}
	state := portfolio.State{Position: portfolio.Position{Revision: l.revision}}
	for _, v := range l.documents {
		state.Docs = append(state.Docs, v)
	}
	s, err := portfolio.NewSnapshot(state)
	if err != nil {
		l.t.Fatal(err)
	}
	return s
}

func (l *ledger) Wait(context.Context, int64) (*portfolio.Snapshot, error) {
	l.mu.Lock()
	l.stale = nil
	l.mu.Unlock()
	return l.Snapshot(), nil
}

func (l *ledger) Edit(_ context.Context, e portfolio.Edit) (portfolio.EditResult, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails != nil {
		return portfolio.EditResult{}, l.fails
	}
	after := map[portfolio.Key]bool{}
	for key := range l.documents {
		after[key] = true
	}
	for _, c := range e.Changes {
		if c.Put != nil {
			after[c.Put.Key()] = true
		} else {
			delete(after, c.Delete)
		}
	}
	var result portfolio.EditResult
	refuse := func(code portfolio.UserErrorCode, text string, path ...string) {
		result.Errors = append(result.Errors, portfolio.UserError{Code: code, Message: text, Path: path})
	}
	for _, c := range e.Changes {
		outcome := portfolio.EditOutcome{What: portfolio.OutcomeDeleted, Key: c.Delete}
		if c.Put != nil {
			outcome.Key = c.Put.Key()
			before, exists := l.documents[outcome.Key]
			switch {
			case !exists:
				outcome.What = portfolio.OutcomeCreated
			case sameText(before.Doc, c.Put) && (c.Author == "" || c.Author == before.Doc.(portfolio.RecordedFact).Authorship().Author):
				outcome.What = portfolio.OutcomeUnchanged
			default:
				outcome.What = portfolio.OutcomeUpdated
			}
			if c.Expect != nil && *c.Expect != before.Rev {
				refuse(portfolio.UserErrorConflict, "It has moved.", c.Path...)
			}
			if o, ok := c.Put.(*portfolio.ObjectiveFact); ok && !after[(&portfolio.StrategyFact{Slug: o.Strategy}).Key()] {
				refuse(portfolio.UserErrorNotFound, "There is no strategy "+o.Strategy+".", append(c.Path, "strategy")...)
			}
		}
		if c.Delete.Kind == portfolio.KindStrategy {
			for key := range after {
				if key.Kind == portfolio.KindObjective {
					refuse(portfolio.UserErrorInUse, "It is in use.", c.Path...)
				}
			}
		}
		result.Outcomes = append(result.Outcomes, outcome)
	}
	if len(result.Errors) > 0 || e.DryRun {
		return result, nil
	}
	next := l.revision + 1
	for i, c := range e.Changes {
		switch result.Outcomes[i].What {
		case portfolio.OutcomeDeleted:
			delete(l.documents, c.Delete)
		case portfolio.OutcomeCreated, portfolio.OutcomeUpdated:
			c.Put.Authorship().Author = e.Author
			if c.Author != "" {
				c.Put.Authorship().Author = c.Author
			}
			l.documents[c.Put.Key()] = portfolio.Versioned{Rev: next, Doc: c.Put}
		default:
			continue
		}
		l.revision, result.Revision = next, next
	}
	l.commits++
	return result, nil
}

// sameText compares what two documents say by what would be written of them.
func sameText(a, b portfolio.Document) bool {
	if f, ok := a.(*portfolio.FolderFact); ok {
		return strings.Join(f.Hashes, " ") == strings.Join(b.(*portfolio.FolderFact).Hashes, " ")
	}
	one, _, _ := Write(recorded{a}, nil)
	other, _, _ := Write(recorded{b}, nil)
	return all(one) == all(other)
}
