package graph_test

import (
	"fmt"
	"math/rand/v2"

	"plumbline/portfolio"
)

// observed are the closes of the last days of 56 weeks of all projects, some of
// which did not stand on each of them. A week in five was not observed.
func (w *oddWorld) observed(chance *rand.Rand) []portfolio.Document {
	var docs []portfolio.Document
	healths := []portfolio.Health{portfolio.HealthGreen, portfolio.HealthYellow, portfolio.HealthRed, portfolio.HealthUnknown}
	phases := []portfolio.Phase{"", portfolio.PhaseActive, portfolio.PhaseActive, portfolio.PhaseDone}
	today := w.now.Today()
	for week := 56; week > 0; week-- {
		on := today.AddDays(-7 * week) // 1 March 2026 is a Sunday
		if week%5 == 3 {
			continue
		}
		f := &portfolio.ObservationFact{Day: on, Part: 1, Parts: 1, Whole: true, Of: 1}
		for n := range oddProjects {
			for _, connection := range []string{"eng", "ops", "vault"} {
				if chance.IntN(6) == 0 {
					continue
				}
				p := portfolio.ObservedProject{
					ID:      portfolio.DocID(connection, "project", fmt.Sprint(n)),
					Overall: healths[chance.IntN(4)], Reported: healths[chance.IntN(4)], Computed: healths[chance.IntN(4)],
					Phase: phases[chance.IntN(4)], Presence: portfolio.PresencePresent,
				}
				if chance.IntN(2) == 0 {
					score, slip, done, total := chance.Float64()*100, chance.IntN(40)-10, chance.IntN(10), 10
					p.Score, p.SlipDays, p.WorkDone, p.WorkTotal = &score, &slip, &done, &total
					p.Forecast, p.Spent = on.AddDays(slip), fmt.Sprint(chance.IntN(1000), " EUR")
				}
				f.Projects = append(f.Projects, p)
			}
		}
		docs = append(docs, f)
	}
	return docs
}
