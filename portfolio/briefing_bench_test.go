package portfolio

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
)

// benchRecorded are what people have recorded of so many projects: two risks
// and half an issue and a decision of each, a fifth of a quick win and a tenth
// of a quote, over a year.
func benchRecorded(projects, milestones int) []Document {
	var docs []Document
	on := func(i int) Date { return benchToday.AddDays(-(i * 7 % 365)) }
	project := func(i int) string { return fmt.Sprintf("eng:P%d", 10_000+i%projects) }
	for i := range 2 * projects {
		probability, impact, residual := decimal.New(int64(1+i%9), -1), decimal.New(int64(1000*(1+i%50)), 0), decimal.New(1, -1)
		r := &RecordedRiskFact{
			Slug: fmt.Sprintf("risk-%d", i), Title: fmt.Sprintf("Risk number %d", i), Project: project(i), Milestone: benchID(i * 13 % milestones),
			Probability: &probability, Impact: &impact, ResidualProbability: &residual, ResidualImpact: &impact, Currency: "EUR", Raised: on(i),
		}
		if i%3 == 0 {
			r.Response, r.Closed = ResponsePrevented, on(i/3)
		}
		docs = append(docs, r)
	}
	for i := range projects / 2 {
		issue := &IssueFact{Slug: fmt.Sprintf("issue-%d", i), Title: fmt.Sprintf("Issue number %d", i), Project: project(2 * i), Severity: []IssueSeverity{SeverityLow, SeverityCritical}[i/2%2], Raised: on(i)}
		decision := &DecisionFact{Slug: fmt.Sprintf("decision-%d", i), Title: fmt.Sprintf("Decision number %d", i), Projects: []string{project(3 * i)}, Blocks: []string{benchID(i * 17 % milestones)}, Decider: fmt.Sprintf("Person %d", i%500), Raised: on(i), Due: on(i).AddDays(20)}
		if i%3 == 0 {
			issue.Resolved, decision.Decided, decision.Outcome = on(i/3), on(i/3), "Yes"
		}
		docs = append(docs, issue, decision)
	}
	for i := range projects / 5 {
		amount := decimal.New(int64(i), 0)
		docs = append(docs, &QuickWinFact{Slug: fmt.Sprintf("win-%d", i), Title: fmt.Sprintf("Win number %d", i), Project: project(5 * i), Achieved: on(i), Amount: &amount, Unit: "EUR", Quote: fmt.Sprintf("quote-%d", i)})
	}
	for i := range projects / 10 {
		docs = append(docs, &QuoteFact{Slug: fmt.Sprintf("quote-%d", i), Text: "It works.", By: "Ada", Said: on(i), Project: project(10 * i), Consent: i%2 == 0})
	}
	return docs
}

// BenchmarkBriefingOfRecords makes a briefing of everything that it can tell of
// and reads every part of it. The one of a department looks at the same.
func BenchmarkBriefingOfRecords(b *testing.B) {
	const projects, milestones = 10_000, 100_000
	state := benchKPIState(projects, milestones)
	for _, doc := range benchRecorded(projects, milestones) {
		state.Docs = append(state.Docs, Versioned{1, doc})
	}
	s, err := NewSnapshot(state)
	if err != nil {
		b.Fatal(err)
	}
	s = s.WithObserved(benchObserved(s))
	department := "digital-health"
	for name, of := range map[string]*string{"all": nil, "a department": &department} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				briefing, err := s.View(Local).Briefing(nil, of, Date{})
				if err != nil {
					b.Fatal(err)
				}
				readBriefing(b, briefing)
			}
		})
	}
}

// readBriefing reads every part of a briefing, none of which may be empty.
func readBriefing(b *testing.B, briefing *Briefing) {
	b.Helper()
	total := func(what string, count int, err error) {
		if err != nil || count == 0 {
			b.Fatalf("%s: %d, %v", what, count, err)
		}
	}
	for name, list := range map[string]func(*int, *string) (*MilestoneConnection, error){
		"completed": briefing.Completed, "due next": briefing.DueNext, "go-lives ahead": briefing.GoLivesAhead,
	} {
		milestones, err := list(nil, nil)
		total(name, milestones.TotalCount(), err)
	}
	for name, list := range map[string]func(*int, *string) (*ProjectConnection, error){"red": briefing.Red, "newly red": briefing.NewlyRed, "recovered": briefing.Recovered} {
		projects, err := list(nil, nil)
		total(name, projects.TotalCount(), err)
	}
	for name, list := range map[string]func(*int, *string) (*RiskConnection, error){"prevented": briefing.RisksPrevented, "open": briefing.RisksOpen} {
		risks, err := list(nil, nil)
		total(name, risks.TotalCount(), err)
	}
	for name, list := range map[string]func(*int, *string) (*IssueConnection, error){"opened": briefing.IssuesOpened, "critical": briefing.IssuesCritical} {
		issues, err := list(nil, nil)
		total(name, issues.TotalCount(), err)
	}
	for name, list := range map[string]func(*int, *string) (*DecisionConnection, error){"pending": briefing.DecisionsPending, "made": briefing.DecisionsMade} {
		decisions, err := list(nil, nil)
		total(name, decisions.TotalCount(), err)
	}
	movements, err := briefing.KpiMovements(nil, nil)
	total("KPIs", movements.TotalCount(), err)
	wins, err := briefing.Wins(nil, nil)
	total("wins", wins.TotalCount(), err)
	quotes, err := briefing.Quotes(nil, nil)
	total("quotes", quotes.TotalCount(), err)
	total("headline", len(briefing.Headline()), nil)
	briefing.Gaps()
	briefing.Health()
	briefing.Costs()
	briefing.Misalignment()
}

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
