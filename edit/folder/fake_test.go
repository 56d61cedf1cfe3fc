package folder

import (
	"iter"

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
