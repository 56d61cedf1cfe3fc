package portfolio

import (
	"fmt"
	"math"

	"plumbline/portfolio/scoring"
)

// compare sets how far the orders by score and by money agree, and which
// projects stand farthest apart in them.
func (st *standings) compare(contestants []contestant) {
	var of []*contestant
	var scores, spends, jobScores, jobs []float64
	for i := range contestants {
		c := &contestants[i]
		s, ok := orNone(c.align.score)
		if !ok {
			continue
		}
		if c.money {
			of, scores, spends = append(of, c), append(scores, s), append(spends, c.spend)
		}
		if c.row.wsjf != nil {
			jobScores, jobs = append(jobScores, s), append(jobs, *c.row.wsjf)
		}
	}
	st.compared, st.jobs = len(of), len(jobs)
	st.tau, st.jobTau = tau(scores, spends), tau(jobScores, jobs)
	if st.spend.missing != nil {
		return
	}
	enough := st.enoughPlaces()
	byScore, byMoney := scoring.Ranks(scores), scoring.Ranks(spends)
	for i, c := range of {
		places := byScore[i] - byMoney[i]
		if places == 0 {
			continue
		}
		st.inversions = append(st.inversions, inversion{c.row.ID, byScore[i], byMoney[i], places, scores[i], spends[i] / st.spend.total})
		if places >= enough || -places >= enough {
			c.flags = append(c.flags, FlagRankInversion)
		}
	}
}

func tau(x, y []float64) *float64 {
	if t, ok := scoring.TauB(x, y); ok {
		return &t
	}
	return nil
}

// enoughPlaces is from how many places on an inversion is flagged.
func (st *standings) enoughPlaces() int {
	return max(InversionPlaces, int(math.Ceil(InversionShare*float64(st.compared))))
}

// tauReason says why there is no rank correlation of so many projects.
func tauReason(compared int, what string) *Reason {
	if compared < 2 {
		return &Reason{ReasonTooFew, fmt.Sprintf("Fewer than two ranked projects have both a score and %s.", what), ""}
	}
	return &Reason{ReasonTooFew, fmt.Sprintf("All ranked projects have the same score or the same %s.", what), ""}
}
