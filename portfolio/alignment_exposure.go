package portfolio

import (
	"math"

	"plumbline/portfolio/scoring"
)

// An exposure is how much of what serves an objective is at risk: projects
// whose overall health is YELLOW or RED.
type exposure struct {
	projects []int     // by place in the weights
	shares   []float64 // of the spend of the objective; nil when there is no spend
}

func (s *Snapshot) exposure() *exposure {
	return s.risk.get(func() *exposure {
		st := s.standing()
		e := &exposure{}
		if st.weights == nil {
			return e
		}
		w := st.weights
		e.projects, e.shares = make([]int, len(w.objectives)), make([]float64, len(w.objectives))
		spent := make([]float64, len(w.objectives))
		serves := make([]*ProjectRow, len(w.objectives))
		for row := range s.Projects() {
			a := row.alignment
			if !a.ranked || a.score == nil || *a.score == 0 {
				continue
			}
			atRisk := row.Health.Overall == HealthYellow || row.Health.Overall == HealthRed
			spend := st.places[row.ID].spend
			w.spread(a, func(leaf int, points float64) {
				for at := leaf; at >= 0; at = w.objectives[at].parent {
					share := spend * points / *a.score
					spent[at] += share
					if !atRisk {
						continue
					}
					e.shares[at] += share
					if serves[at] != row {
						serves[at] = row
						e.projects[at]++
					}
				}
			})
		}
		for i := range e.shares {
			if spent[i] > 0 {
				e.shares[i] = scoring.Round9(e.shares[i] / spent[i])
			} else {
				e.shares[i] = math.NaN()
			}
		}
		return e
	})
}
