package portfolio

import "testing"

// benchObserved are a year of observations, in which a fiftieth of the projects
// changes every day.
func benchObserved(s *Snapshot) *Observed {
	healths := []Health{HealthGreen, HealthYellow, HealthRed}
	var docs []Versioned
	for n := range 365 {
		day := benchToday.AddDays(n - 365)
		whole := n == 0 || day.Time().Day() == 1
		var part []ObservedProject
		i := 0
		for p := range s.Projects() {
			if i++; whole || (i+n)%50 == 0 {
				health := healths[(i+n/50)%len(healths)]
				part = append(part, ObservedProject{ID: p.ID, Overall: health, Reported: HealthGreen, Computed: health, Phase: PhaseActive, Presence: PresencePresent})
			}
		}
		parts := (len(part) + ObservedProjects - 1) / ObservedProjects
		for k := range parts {
			docs = append(docs, Versioned{int64(n + 1), &ObservationFact{
				Day: day, Part: k + 1, Parts: parts, Whole: whole, Of: int64(n + 1),
				Projects: part[k*ObservedProjects : min(len(part), (k+1)*ObservedProjects)],
			}})
		}
	}
	return NewObserved(docs, 0)
}

// BenchmarkBriefing makes a briefing of a year of observations and reads every
// list of it.
func BenchmarkBriefing(b *testing.B) {
	eachSize(b, func(b *testing.B, projects, milestones int) {
		s := benchSnapshot(b, projects, milestones)
		s = s.WithObserved(benchObserved(s))
		b.ReportAllocs()
		for b.Loop() {
			briefing, err := s.View(Local).Briefing(nil, nil, Date{})
			if err != nil {
				b.Fatal(err)
			}
			completed, err := briefing.Completed(nil, nil)
			if err != nil || completed.TotalCount() == 0 {
				b.Fatal("nothing is completed", err)
			}
			for _, list := range []func(*int, *string) (*MilestoneConnection, error){briefing.DueNext, briefing.Overdue, briefing.GoLivesAhead} {
				if _, err := list(nil, nil); err != nil {
					b.Fatal(err)
				}
			}
			for _, list := range []func(*int, *string) (*ProjectConnection, error){briefing.Red, briefing.Disagreeing, briefing.NewlyRed, briefing.Recovered} {
				if _, err := list(nil, nil); err != nil {
					b.Fatal(err)
				}
			}
			if red, _ := briefing.NewlyRed(nil, nil); red.TotalCount() == 0 || len(briefing.Health()) != healthPoints || len(briefing.Headline()) == 0 {
				b.Fatal("there is no history")
			}
		}
	})
}
