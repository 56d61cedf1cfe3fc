package scoring

import (
	"cmp"
	"errors"
	"math"
	"slices"
)

// A Panel is what several judges say together and each for themselves.
type Panel struct {
	// Group are the weights by the geometric means of the judgements.
	Group *Priorities
	// Judges are the weights of each, in their order; nil for a judge whose own
	// judgements do not connect all items.
	Judges []*Priorities
	// Consensus is 1 when all judges have the same weights, 0 when they share
	// none: 1 - the mean over pairs of judges of half the sum of |w - w'|. It is
	// nil, with the reason, when fewer than two judges have weights.
	Consensus       *float64
	ConsensusReason Code
	// Spread are the pairs that several judged, those first on which judges
	// differ most.
	Spread []PairSpread
}

// PairSpread is how far judges are apart on one pair, A before B.
type PairSpread struct {
	A, B int
	// Low and High are the least and the most that any judge said A is as
	// important as B.
	Low, High float64
	// Spread is High divided by Low: 1 when all agree.
	Spread float64
}

// PrioritiseTogether returns the weights of n items by several judges. Their
// judgements may be incomplete: a pair counts with the geometric mean over
// those who judged it. The error is that of Prioritise for the first judge who
// breaks the scale, or a *NotConnected for all of them together; with that the
// panel is returned too, without Group.
func PrioritiseTogether(n int, judges [][]Judgement) (*Panel, error) {
	var all []Judgement
	panel := &Panel{Judges: make([]*Priorities, len(judges))}
	each := make([]*comparisons, len(judges))
	for i, judgements := range judges {
		var err error
		if each[i], err = newComparisons(n, judgements); err != nil {
			return nil, err
		}
		all = append(all, each[i].judgements()...)
		panel.Judges[i], err = each[i].prioritise()
		if gap := (*NotConnected)(nil); err != nil && !errors.As(err, &gap) {
			return nil, err
		}
	}
	panel.Consensus, panel.ConsensusReason = consensus(panel.Judges)
	panel.Spread = spread(n, each)
	var err error
	panel.Group, err = Prioritise(n, all)
	return panel, err
}

// judgements are the pairs that were judged.
func (c *comparisons) judgements() []Judgement {
	var all []Judgement
	for a, row := range c.times {
		for b := a + 1; b < len(row); b++ {
			if row[b] != 0 {
				all = append(all, Judgement{a, b, row[b]})
			}
		}
	}
	return all
}

func consensus(judges []*Priorities) (*float64, Code) {
	apart, pairs := 0.0, 0
	for i, p := range judges {
		for _, q := range judges[i+1:] {
			if p == nil || q == nil {
				continue
			}
			pairs++
			for k := range p.Weights {
				apart += math.Abs(p.Weights[k]-q.Weights[k]) / 2
			}
		}
	}
	if pairs == 0 {
		return nil, FewerThanTwoJudges
	}
	return value(1 - apart/float64(pairs))
}

func spread(n int, judges []*comparisons) []PairSpread {
	var all []PairSpread
	for a := range n {
		for b := a + 1; b < n; b++ {
			low, high, count := math.Inf(1), 0.0, 0
			for _, judge := range judges {
				if times := judge.times[a][b]; times != 0 {
					low, high = min(low, times), max(high, times)
					count++
				}
			}
			if count > 1 {
				all = append(all, PairSpread{a, b, Round9(low), Round9(high), Round9(high / low)})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y PairSpread) int { return cmp.Compare(y.Spread, x.Spread) })
	return all
}
