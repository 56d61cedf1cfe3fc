package portfolio

import (
	"slices"
	"testing"
)

func TestDueAsItWasKnown(t *testing.T) {
	d := func(s string) Date { return day(t, s) }
	h := &DueHistory{Moves: []DueMove{{On: d("2026-01-10"), To: d("2026-03-15")}, {On: d("2026-02-20"), From: d("2026-03-15"), To: d("2026-03-30")}, {On: d("2026-03-20"), From: d("2026-03-30"), To: d("2026-05-01")}}}
	row := &MilestoneRow{BaselineDate: d("2026-03-01"), TargetDate: d("2026-05-01")}
	for before, want := range map[string]string{"2026-01-01": "", "2026-01-10": "", "2026-02-01": "2026-03-15", "2026-03-01": "2026-03-30", "2026-04-01": "2026-05-01"} {
		if got := dueAsKnown(row, h, d(before)); got.String() != want {
			t.Errorf("before %s it was due on %q, want %q", before, got, want)
		}
	}
	if got := dueAsKnown(row, &DueHistory{}, d("2026-03-01")); got != d("2026-03-01") {
		t.Errorf("without moves it was due on %s, want its baseline", got)
	}
	if got := dueAsKnown(&MilestoneRow{TargetDate: d("2026-05-01")}, &DueHistory{}, d("2026-03-01")); got != d("2026-05-01") {
		t.Errorf("without a baseline it was due on %s, want the date it has", got)
	}
}

func TestPredictabilityByMonth(t *testing.T) {
	l := newTestLog(t, "2026-03-15")
	put := func(id, due, finished string, status StatusCategory) {
		m := &MilestoneFact{Source: source("eng", "version", id), Due: day(t, due), StatusCategory: status}
		if finished != "" {
			m.Finished = day(t, finished)
		}
		l.put(m)
	}
	put("1", "2026-02-10", "2026-02-10", StatusDone)
	put("2", "2026-02-11", "2026-02-12", StatusDone)
	put("3", "2026-02-28", "", StatusInProgress)
	put("4", "2026-02-28", "", StatusCancelled)
	put("5", "2026-03-15", "", StatusInProgress) // today, so not late yet
	put("6", "2026-03-20", "2026-03-01", StatusDone)
	put("7", "2026-02-01", "", StatusDone) // nobody knows when
	p, err := l.now.View(Local).Predictability(whenOf("2026-01-31"), whenOf("2026-03-01"), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got [][2]int
	for _, m := range p.Months {
		got = append(got, [2]int{m.Due, m.OnTime})
	}
	if want := [][2]int{{0, 0}, {4, 1}, {1, 1}}; !slices.Equal(got, want) {
		t.Errorf("due and on time = %v, want %v", got, want)
	}
	if p.Due() != 5 || *p.Percentage() != 40 || p.Months[0].Percentage() != nil || p.Months[0].Reason().Code != "NONE_DUE" {
		t.Errorf("due %d, %v %%, January %v", p.Due(), *p.Percentage(), p.Months[0].Reason())
	}
	for _, wrong := range [][2]string{{"2026-03-01", "2026-02-28"}, {"2000-01-01", "2026-01-01"}} {
		if _, err := l.now.View(Local).Predictability(whenOf(wrong[0]), whenOf(wrong[1]), nil); err == nil {
			t.Errorf("from %s to %s is answered", wrong[0], wrong[1])
		}
	}
}

func TestSlipBuckets(t *testing.T) {
	for days, want := range map[int]SlipBucket{-400: SlipEarly, -1: SlipEarly, 0: SlipOnTime, 1: SlipWeek, 7: SlipWeek, 8: SlipMonth, 30: SlipMonth, 31: SlipSeason, 90: SlipSeason, 91: SlipLonger} {
		if got := slipBuckets[slipBucket(days)].bucket; got != want {
			t.Errorf("%d days are %s, want %s", days, got, want)
		}
	}
}

func TestForecastOfAProject(t *testing.T) {
	build := func(today string, finished ...string) *Project {
		l := newTestLog(t, today)
		p := &ProjectFact{Source: source("eng", "project", "1"), Start: day(t, "2026-01-05")}
		l.put(p)
		for i, on := range finished {
			m := &MilestoneFact{Source: source("eng", "version", string(rune('a'+i))), Project: p.DocID()}
			if on != "" {
				m.Finished, m.StatusCategory = day(t, on), StatusDone
			}
			l.put(m)
		}
		row, _ := l.now.View(Local).Project(p.DocID())
		return row
	}
	// One milestone in every week: with two left it takes two weeks.
	steady := build("2026-02-18", "2026-01-07", "2026-01-14", "2026-01-21", "2026-01-28", "2026-02-04", "2026-02-11", "", "")
	f := steady.Forecast(new(day(t, "2026-03-03")))
	if !slices.Equal(f.Samples, []int{1, 1, 1, 1, 1, 1}) || f.Remaining != 2 || f.P50 != day(t, "2026-03-04") || f.P95 != f.P50 || *f.OnTarget != 0 {
		t.Errorf("samples %v, %d left, P50 %s, P95 %s, on target %v", f.Samples, f.Remaining, f.P50, f.P95, *f.OnTarget)
	}
	if f := steady.Forecast(new(day(t, "2026-03-04"))); *f.OnTarget != 1 {
		t.Errorf("on 4 March it is done with %v", *f.OnTarget)
	}
	if f := steady.Forecast(new(day(t, "2026-01-01"))); *f.OnTarget != 0 {
		t.Errorf("a day that is past is met with %v", *f.OnTarget)
	}
	if f := steady.Forecast(nil); f.OnTarget != nil || f.Reason.Code != "NO_TARGET" || f.P80.IsZero() {
		t.Errorf("without a target: %v because of %v, P80 %s", f.OnTarget, f.Reason, f.P80)
	}
	for story, c := range map[string]struct {
		p    *Project
		want string
	}{
		"five weeks":      {build("2026-02-11", "2026-01-07", ""), "TOO_FEW_SAMPLES"},
		"nothing ended":   {build("2026-02-18", "", ""), "NOTHING_FINISHED"},
		"no milestones":   {build("2026-02-18"), "NO_MILESTONES"},
		"before its time": {build("2025-12-01", ""), "TOO_FEW_SAMPLES"},
	} {
		if f := c.p.Forecast(nil); f.Reason == nil || f.Reason.Code != c.want || !f.P50.IsZero() {
			t.Errorf("%s: P50 %s because of %v, want none because of %s", story, f.P50, f.Reason, c.want)
		}
	}
}

// Where work items are observed, they tell more than the few milestones do.
func TestAForecastCountsTheWorkThatWasObserved(t *testing.T) {
	l := newTestLog(t, "2026-01-04") // a Sunday
	p := &ProjectFact{Source: source("eng", "project", "1"), Start: day(t, "2026-01-01")}
	l.put(p)
	milestone := func(id string, work *WorkDone) {
		l.put(&MilestoneFact{Source: source("eng", "version", id), Project: p.DocID(), Work: work})
	}
	forecast := func() *CompletionForecast {
		row, _ := l.now.View(Local).Project(p.DocID())
		return row.Forecast(nil)
	}
	milestone("a", &WorkDone{Todo: 100})
	sunday := day(t, "2026-01-04")
	for _, done := range []int{0, 4, 8, 6, 10, 14, 18} { // two were taken off the list in the third week
		milestone("a", &WorkDone{Todo: 100 - done, Done: done})
		l.endDay(sunday.AddDays(1).String())
		sunday = sunday.AddDays(7)
		l.put(&Clock{Today: sunday})
	}
	f := forecast()
	if f.Method != ForecastByWork || !slices.Equal(f.Samples, []int{4, 4, 0, 4, 4, 4}) || f.Remaining != 82 {
		t.Fatalf("%s: samples %v, %d left; want the work of six weeks", f.Method, f.Samples, f.Remaining)
	}
	if f.From != day(t, "2026-01-05") || f.To != day(t, "2026-02-15") || f.P50.IsZero() || f.P95.Before(f.P50) {
		t.Errorf("weeks %s to %s, P50 %s, P95 %s", f.From, f.To, f.P50, f.P95)
	}
	milestone("b", nil)
	if f := forecast(); f.Method != ForecastByMilestones {
		t.Errorf("%s, though an open milestone counts no work", f.Method)
	}
}
