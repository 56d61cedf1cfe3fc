package portfolio

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio/scoring"
)

func when(t testing.TB, s string) *When {
	t.Helper()
	w, err := ParseWhen(s)
	if err != nil {
		t.Fatal(err)
	}
	return &w
}

// told is a history in a line for each point.
func pointsOf(h *ProjectHistory) []string {
	var lines []string
	for _, m := range h.Points {
		line := m.Period() + " "
		switch {
		case m.Reason != nil:
			line += m.Reason.Code
		case m.Now:
			line += "now " + string(*m.Health())
		default:
			line += m.ObservedOn.String() + " " + string(*m.Health())
		}
		if m.ObservedAs != "" {
			line += " as " + m.ObservedAs
		}
		lines = append(lines, line)
	}
	return lines
}

func historyOf(t testing.TB, s *Snapshot, c Caller, id string, from string, every Period) *ProjectHistory {
	t.Helper()
	p, err := s.View(c).Project(id)
	if err != nil {
		t.Fatal(err)
	}
	h, err := p.History(when(t, from), nil, &every)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHistorySaysWhatWasNotObserved(t *testing.T) {
	l := reportedLog(t, "2026-02-26") // a Thursday
	l.put(reporting("1", "GREEN"))
	l.endDay("2026-02-27")
	l.put(reporting("1", "YELLOW"), reporting("2", "GREEN"))
	l.endDay("2026-03-02") // nothing ran on the weekend
	l.put(reporting("1", "RED"))
	l.endDay("2026-03-03")

	h := historyOf(t, l.now, Local, "eng/project/1", "2026-02-25", PeriodDay)
	want := []string{
		"2026-02-25 NOT_OBSERVED", "2026-02-26 2026-02-26 GREEN", "2026-02-27 2026-02-27 YELLOW",
		"2026-02-28 NOT_OBSERVED", "2026-03-01 NOT_OBSERVED", "2026-03-02 2026-03-02 RED", "2026-03-03 now RED",
	}
	if diff := cmp.Diff(want, pointsOf(h)); diff != "" {
		t.Errorf("by day (-want +got):\n%s", diff)
	}
	if h.Trend != DirectionWorsening || h.ObservedSince != day(t, "2026-02-26") {
		t.Errorf("trend %s, observed since %s", h.Trend, h.ObservedSince)
	}
	// Of a week the last observed day tells.
	h = historyOf(t, l.now, Local, "eng/project/2", "2026-02-16", PeriodWeek)
	if diff := cmp.Diff([]string{"2026-W08 NOT_OBSERVED", "2026-W09 2026-02-27 GREEN", "2026-W10 now GREEN"}, pointsOf(h)); diff != "" {
		t.Errorf("by week (-want +got):\n%s", diff)
	}
	h = historyOf(t, l.now, Local, "eng/project/2", "2026-02-26", PeriodDay)
	if got := pointsOf(h)[0]; got != "2026-02-26 NOT_THERE" {
		t.Errorf("before the project was there: %s", got)
	}
	p, _ := l.now.View(Local).Project("eng/project/1")
	for _, c := range []struct{ from, to string }{{"2026-03-03", "2026-03-01"}, {"2026-03-01", "2026-03-04"}, {"2020-01-01", "2026-03-01"}} {
		daily := PeriodDay
		if _, err := p.History(when(t, c.from), when(t, c.to), &daily); !errors.Is(err, ErrInvalid) {
			t.Errorf("from %s to %s: %v, want ErrInvalid", c.from, c.to, err)
		}
	}
	loading := l.now.WithObserved(ObservedPending(0))
	if got := pointsOf(historyOf(t, loading, Local, "eng/project/1", "2026-03-02", PeriodDay))[0]; got != "2026-03-02 "+ReasonHistoryLoading {
		t.Errorf("while the history is read: %s", got)
	}
}

// A project that is joined to another goes on as a part of it; its own days
// are still told of, and a project whose primary is another member now has the
// history of the id it stood under.
func TestHistoryOfJoinedProjects(t *testing.T) {
	l := reportedLog(t, "2026-03-01")
	l.put(reporting("1", "GREEN"), reporting("2", "RED"))
	l.endDay("2026-03-02")
	l.endDay("2026-03-03")
	l.put(&Link{Primary: "eng/project/1", Members: []string{"eng/project/2"}})
	l.endDay("2026-03-04")
	h := historyOf(t, l.now, Local, "eng/project/2", "2026-03-01", PeriodDay) // a redirect
	if got := pointsOf(h)[0]; got != "2026-03-01 2026-03-01 GREEN" {
		t.Errorf("the first day of the joined project: %s", got)
	}
	want := []*FormerProject{{"eng/project/2", day(t, "2026-03-01"), day(t, "2026-03-02")}}
	if diff := cmp.Diff(want, h.StoodAlone, cmp.AllowUnexported(Date{}, FormerProject{})); diff != "" {
		t.Errorf("who stood alone (-want +got):\n%s", diff)
	}
	// The link says now that the other one is the primary.
	l.remove((&Link{Primary: "eng/project/1", Members: []string{"eng/project/2"}}).Key())
	l.put(&Link{Primary: "eng/project/2", Members: []string{"eng/project/1"}})
	l.endDay("2026-03-05")
	h = historyOf(t, l.now, Local, "eng/project/2", "2026-03-03", PeriodDay)
	if got := pointsOf(h)[0]; got != "2026-03-03 2026-03-03 GREEN as eng/project/1" {
		t.Errorf("a day under the former id: %s", got)
	}
	if got := pointsOf(h)[1]; got[len(got)-len("2026-03-04"):] == "eng/project/1" {
		t.Errorf("the day under its own id: %s", got)
	}
}

func TestHealthTrendCountsWhatWas(t *testing.T) {
	l := reportedLog(t, "2026-03-01")
	gone := reporting("3", "YELLOW")
	l.put(reporting("1", "RED"), reporting("2", "GREEN"), gone)
	l.endDay("2026-03-02")
	gone = reporting("3", "YELLOW")
	gone.Presence = PresenceDeleted
	l.put(reporting("1", "YELLOW"), gone, reporting("4", "sad"))
	l.endDay("2026-03-03")
	l.put(reporting("1", "GREEN"))
	daily := PeriodDay
	trend, err := l.now.View(Local).HealthTrend(when(t, "2026-02-28"), nil, &daily, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range trend.Points {
		if c.Reason != nil {
			got = append(got, c.Reason.Code)
			continue
		}
		got = append(got, fmt.Sprintf("%s %d/%d/%d/%d=%d", c.On, *c.Green(), *c.Yellow(), *c.Red(), *c.Unknown(), *c.Total()))
	}
	want := []string{"NOT_OBSERVED", "2026-03-01 1/1/1/0=3", "2026-03-02 1/1/0/1=3", "2026-03-03 2/0/0/1=3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("trend (-want +got):\n%s", diff)
	}
	if trend.Trend != DirectionImproving {
		t.Errorf("trend %s, want IMPROVING", trend.Trend)
	}
	none, err := l.now.View(Caller{Role: RoleViewer, Departments: []string{"finance"}}).HealthTrend(when(t, "2026-03-01"), nil, &daily, nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := *none.Points[0].Total(); n != 0 {
		t.Errorf("another department is told of %d projects", n)
	}
}

// The chance is that of the transitions seen, and its calibration compares only
// with what was known when it would have been told.
func TestRedRiskFollowsTheWeeksSeen(t *testing.T) {
	l := reportedLog(t, "2026-01-04") // a Sunday
	const projects = 20
	words := []string{"GREEN", "GREEN", "YELLOW", "RED"}
	var want scoring.Transitions
	history := make([][]int, projects)
	colour := map[string]int{"GREEN": scoring.ColourGreen, "YELLOW": scoring.ColourYellow, "RED": scoring.ColourRed}
	for week := range 12 {
		var docs []Document
		for i := range projects {
			word := words[(week*7+i*i+week*i/3)%len(words)]
			docs = append(docs, reporting(fmt.Sprint(i), word))
			history[i] = append(history[i], colour[word])
		}
		l.put(docs...)
		l.endDay(day(t, "2026-01-04").AddDays(7*week + 7).String())
	}
	steps := 0
	for _, h := range history {
		for i := 1; i < len(h); i++ {
			if h[i-1] != scoring.ColourRed {
				want[h[i-1]][h[i]]++
				steps++
			}
		}
	}
	v := l.now.View(Local)
	if got := v.weekly(); got.transitions != want || got.steps != steps || steps < minTransitions {
		t.Fatalf("transitions %v of %d steps, want %v of %d", got.transitions, got.steps, want, steps)
	}
	seen := map[string]bool{}
	for i := range projects {
		p, err := v.Project(fmt.Sprintf("eng/project/%d", i))
		if err != nil {
			t.Fatal(err)
		}
		risk, err := p.RedRisk(nil)
		if err != nil {
			t.Fatal(err)
		}
		switch health := p.ProjectRow.Health.Overall; health {
		case HealthRed:
			if risk.Probability != nil || risk.Reason.Code != ReasonAlreadyRed {
				t.Errorf("project %d is red: %+v", i, risk)
			}
		default:
			if risk.Reason != nil || *risk.Probability != want.RedWithin(colour[string(health)], 5) {
				t.Errorf("project %d: %v, %v", i, risk.Probability, risk.Reason)
			}
		}
		seen[string(p.ProjectRow.Health.Overall)] = true
	}
	if len(seen) < 3 {
		t.Errorf("the projects are only %v; the test is to see every colour", seen)
	}
	// The same by the definition.
	const periods = 2
	var known scoring.Transitions
	var sum float64
	n, knownSteps := 0, 0
	for week := 0; week+periods < 12; week++ {
		if week > 0 {
			for _, h := range history {
				if h[week-1] != scoring.ColourRed {
					known[h[week-1]][h[week]]++
					knownSteps++
				}
			}
		}
		if knownSteps < minTransitions {
			continue
		}
		for _, h := range history {
			if h[week] == scoring.ColourRed {
				continue
			}
			chance, outcome := known.RedWithin(h[week], periods), 0.0
			for _, later := range h[week+1 : week+1+periods] {
				if later == scoring.ColourRed {
					outcome = 1
				}
			}
			sum += (chance - outcome) * (chance - outcome)
			n++
		}
	}
	within := 14
	c, err := v.RedRiskCalibration(&within)
	if err != nil {
		t.Fatal(err)
	}
	if c.Reason != nil || c.Predictions != n || n == 0 || math.Abs(*c.Brier-sum/float64(n)) > 1e-9 {
		t.Errorf("calibration %+v, want a score of %.9f of %d", c, sum/float64(max(n, 1)), n)
	}
	inBuckets := 0
	for _, b := range c.Buckets {
		inBuckets += b.Count
		if b.Predicted < b.From || b.Predicted > b.To {
			t.Errorf("the bucket from %g to %g has the mean %g", b.From, b.To, b.Predicted)
		}
	}
	if inBuckets != n {
		t.Errorf("the buckets hold %d of %d predictions", inBuckets, n)
	}
	few, err := l.now.WithObserved(nil).View(Local).RedRiskCalibration(nil)
	if err != nil || few.Brier != nil || few.Reason.Code != ReasonNoPredictions {
		t.Errorf("without observations: %+v, %v", few, err)
	}
	for _, days := range []int{0, -1, 366} {
		if _, err := v.RedRiskCalibration(&days); !errors.Is(err, ErrInvalid) {
			t.Errorf("withinDays %d: %v, want ErrInvalid", days, err)
		}
	}
}

func TestDateMovesSayHowManyThereWere(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	first := day(t, "2026-01-01")
	var moves []DueMove
	for i := range MaxMoves {
		moves = append(moves, DueMove{On: first.AddDays(i), From: first.AddDays(100 + i), To: first.AddDays(101 + i)})
	}
	l.put(&ProjectFact{Source: source("eng", "project", "1"), Name: "Pay"},
		&MilestoneFact{Source: source("eng", "version", "1"), Project: "eng/project/1", Name: "Beta", Due: first.AddDays(150),
			History: DueHistory{First: first, LaterMoves: 60, Moves: moves}},
		&MilestoneFact{Source: source("eng", "version", "2"), Project: "eng/project/1", Name: "Go", Due: first.AddDays(5),
			History: DueHistory{First: first, LaterMoves: 1, Moves: []DueMove{{On: first, To: first}, {On: first, From: first, To: first.AddDays(9)}, {On: first, From: first.AddDays(9), To: first.AddDays(5)}}}})
	m, err := l.now.View(Local).Milestone("eng/version/1")
	if err != nil {
		t.Fatal(err)
	}
	if d := m.DateMoves(); d.Count != 60 || d.LaterCount != 60 || d.Complete || len(d.Moves) != MaxMoves {
		t.Errorf("60 moves: %d, %d later, complete %v, %d listed", d.Count, d.LaterCount, d.Complete, len(d.Moves))
	}
	m, _ = l.now.View(Local).Milestone("eng/version/2")
	d := m.DateMoves()
	if d.Count != 3 || d.LaterCount != 1 || !d.Complete || d.Moves[0].Days() != nil || *d.Moves[1].Days() != 9 || *d.Moves[2].Days() != -4 {
		t.Errorf("3 moves: %+v", d)
	}
}

// benchHistory is a portfolio with a year of observations.
func benchHistory(b testing.TB) *View {
	const days = 366
	s := benchSnapshot(b, 10_000, 10_000)
	return s.WithObserved(NewObserved(yearOfObservations(10_000, days, benchToday.AddDays(-days)), 0)).View(Local)
}

func BenchmarkNewlyRedOverAWeek(b *testing.B) {
	v := benchHistory(b)
	week := SpanOf(PeriodWeek, benchToday).Previous()
	for b.Loop() {
		v.NewlyRed(week)
	}
}

func BenchmarkHealthTrendOver52Weeks(b *testing.B) {
	v := benchHistory(b)
	from, weekly := When{date: benchToday.AddDays(-51 * 7)}, PeriodWeek
	for b.Loop() {
		if t, err := v.HealthTrend(&from, nil, &weekly, nil); err != nil || len(t.Points) != 52 {
			b.Fatal(len(t.Points), err)
		}
	}
}

func BenchmarkRedRiskOfAYear(b *testing.B) {
	v := benchHistory(b)
	for b.Loop() {
		if c, err := v.snap.View(Local).RedRiskCalibration(nil); err != nil || c.Brier == nil {
			b.Fatal(c, err)
		}
	}
}
