package portfolio

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// endDay commits a later date with what was observed of the day that ends.
func (l *testLog) endDay(next string) *Snapshot {
	return l.put(append(observed(l.now), &Clock{Today: day(l.t, next)})...)
}

// observed are the documents of a day as they are committed.
func observed(s *Snapshot) []Document {
	var docs []Document
	for _, f := range s.Observe() {
		docs = append(docs, f)
	}
	return docs
}

// Whatever happens to a portfolio, its history tells of each day what the rows
// told at its close; a history that is read back, from any month on, tells the
// same as the one that grew.
func TestHistoryTellsWhatWasAtTheCloseOfEachDay(t *testing.T) {
	checkProperty(t, 200, func(t *rapid.T) {
		h := newHistory(t)
		today := NewDate(2026, time.January, rapid.IntRange(1, 31).Draw(t, "first day"))
		h.begin(&Clock{Today: today})
		type observedPortfolio map[string]Observation
		told := map[Date]observedPortfolio{}
		var docs []Versioned
		commit := func(put []Document, deleted []Key) {
			c := Commit{At: time.Unix(0, 0).UTC(), Put: put, Delete: deleted}
			c.Revision = h.now.Position().Revision + 1
			c.Data = c.Position
			next, _ := h.now.Apply(c)
			h.now = next
			for _, d := range put {
				if d.Key().Kind == KindObservation {
					docs = append(docs, Versioned{c.Revision, d})
				} else {
					h.docs[d.Key()] = Versioned{c.Revision, d}
				}
			}
			for _, key := range deleted {
				delete(h.docs, key)
			}
		}
		for range rapid.IntRange(1, 10).Draw(t, "days") {
			for range rapid.IntRange(0, 2).Draw(t, "commits") {
				c := h.commit()
				if slices.ContainsFunc(c.Put, func(d Document) bool { return d.Key().Kind == KindClock }) ||
					slices.Contains(c.Delete, (*Clock)(nil).Key()) {
					continue
				}
				commit(c.Put, c.Delete)
			}
			was := observedPortfolio{}
			for p := range h.now.Projects() {
				was[p.ID] = h.now.observe(p)
			}
			// The clock may have moved back: those days never ended.
			for d := range told {
				if !d.Before(today) {
					delete(told, d)
				}
			}
			told[today] = was
			ended := observed(h.now)
			switch {
			case h.chance(8):
				today = today.AddDays(40) // an outage
			default:
				today = today.AddDays(1)
			}
			commit(append(ended, &Clock{Today: today}), nil)
			if h.chance(8) {
				today = today.AddDays(-rapid.IntRange(1, 3).Draw(t, "back"))
				commit([]Document{&Clock{Today: today}}, nil)
			}
		}
		check := func(what string, o *Observed, from Date) {
			for d, was := range told {
				if d.Before(from) {
					continue
				}
				if !o.saw(d) {
					t.Fatalf("%s: %s was not observed; only %v", what, d, o.Days())
				}
				for id, want := range was {
					got, ok := o.At(id, d)
					if !ok {
						t.Fatalf("%s: %s was not there on %s", what, id, d)
					}
					if diff := cmp.Diff(want, got, cmp.AllowUnexported(Observation{}), cmp.AllowUnexported(Date{})); diff != "" {
						t.Fatalf("%s: %s on %s (-was +told):\n%s", what, id, d, diff)
					}
				}
				for _, id := range o.ids {
					if _, ok := o.At(id, d); ok && !has(was, id) {
						t.Fatalf("%s: %s is told to have been there on %s", what, id, d)
					}
				}
			}
		}
		check("as it grew", h.now.Observed(), Date{})
		read := NewObserved(docs, 0)
		check("read back", read, Date{})
		var recent []Versioned
		from := ObservedFrom(today, 20)
		for _, v := range docs {
			if !v.Doc.(*ObservationFact).Day.Before(from) {
				recent = append(recent, v)
			}
		}
		check("of the last days", NewObserved(recent, 0), from)
		cut := rapid.IntRange(0, len(docs)).Draw(t, "read so far")
		pending := ObservedPending(0)
		for _, v := range docs[cut:] {
			pending = pending.with([]Versioned{v})
		}
		overlap := min(len(docs), cut+rapid.IntRange(0, 3).Draw(t, "overlap"))
		for overlap < len(docs) && overlap > 0 && docs[overlap].Rev == docs[overlap-1].Rev {
			overlap++ // a commit is read whole
		}
		check("completed while commits came", pending.Completed(docs[:overlap]), Date{})
	})
}

func has[V any](m map[string]V, key string) bool { _, ok := m[key]; return ok }

func TestOnlyTheDaysThatAreKeptStay(t *testing.T) {
	l := newTestLog(t, "2026-01-01")
	l.now = l.now.WithObserved(ObservedPending(10).Completed(nil))
	project := &ProjectFact{Source: source("eng", "project", "1"), Name: "Pay"}
	l.put(project)
	first := day(t, "2026-01-01")
	for i := range 30 {
		word := []string{"Open", "Paused"}[i%2]
		l.put(&ProjectFact{Source: source("eng", "project", "1"), Name: "Pay", Status: word, Start: first, Due: first.AddDays(40 + i)})
		l.endDay(first.AddDays(i + 1).String())
	}
	o := l.now.Observed()
	if got := o.Days(); len(got) != 10 || got[0] != first.AddDays(20) || got[9] != first.AddDays(29) {
		t.Fatalf("days %v, want the last 10", got)
	}
	for i := 20; i < 30; i++ {
		got, ok := o.At("eng/project/1", first.AddDays(i))
		if !ok || got.Forecast != first.AddDays(40+i) {
			t.Errorf("on %s: forecast %s, want %s", first.AddDays(i), got.Forecast, first.AddDays(40+i))
		}
	}
	if _, ok := o.At("eng/project/1", first.AddDays(19)); ok {
		t.Error("a day is told of that is no longer kept")
	}
	if n := len(o.forecast.days); n != 10 {
		t.Errorf("%d values of a forecast are kept, want 10", n)
	}
	if r := l.now.View(Local).unobserved(first); r.Code != ReasonNotKept {
		t.Errorf("reason %s, want %s", r.Code, ReasonNotKept)
	}
}

// yearOfObservations are the documents of a year: each day 2 % of the projects
// get another forecast or slip and 10 % do work, health turns about once in 40
// days, and every score is another one once a quarter.
func yearOfObservations(projects, days int, first Date) []Versioned {
	random := rand.New(rand.NewPCG(1, 2))
	now := make([]Observation, projects)
	ids := make([]string, projects)
	for i := range now {
		ids[i] = fmt.Sprintf("eng/project/%d", 10_000+i)
		score, slip, done, total := rounded(random.Float64()*100), random.IntN(30), 0, 100+random.IntN(200)
		now[i] = Observation{Overall: HealthGreen, Reported: HealthUnknown, Computed: HealthGreen, Phase: PhaseActive, Presence: PresencePresent,
			Score: &score, SlipDays: &slip, Forecast: first.AddDays(random.IntN(300)), WorkDone: &done, WorkTotal: &total, spent: "1000 EUR"}
	}
	healths := []Health{HealthGreen, HealthGreen, HealthYellow, HealthRed}
	var docs []Versioned
	for d := range days {
		on := first.AddDays(d)
		whole := d == 0 || on.Time().Day() == 1
		var changed []ObservedProject
		for i := range now {
			was := now[i]
			o := was
			if random.IntN(50) == 0 {
				slip := *o.SlipDays + 5
				o.SlipDays, o.Forecast = &slip, o.Forecast.AddDays(5)
			}
			if random.IntN(10) == 0 {
				done := *o.WorkDone + 1
				o.WorkDone = &done
			}
			if random.IntN(40) == 0 {
				o.Computed = healths[random.IntN(4)]
				o.Overall = o.Computed
			}
			if d%91 == 90 {
				score := rounded(random.Float64() * 100)
				o.Score = &score
			}
			if on.Time().Day() == 28 {
				o.spent = fmt.Sprintf("%d EUR", 1000*d+i)
			}
			now[i] = o
			if whole {
				changed = append(changed, o.changes(ids[i], nil))
			} else if !o.same(&was) {
				changed = append(changed, o.changes(ids[i], &was))
			}
		}
		parts := max(1, (len(changed)+ObservedProjects-1)/ObservedProjects)
		for p := range parts {
			part := changed[p*ObservedProjects : min(len(changed), (p+1)*ObservedProjects)]
			docs = append(docs, Versioned{int64(d + 2), &ObservationFact{Day: on, Part: p + 1, Parts: parts, Whole: whole, Of: int64(d + 1), Projects: part}})
		}
	}
	return docs
}

func BenchmarkObservedLoad(b *testing.B) {
	docs := yearOfObservations(10_000, 400, benchToday.AddDays(-400))
	b.ResetTimer()
	for b.Loop() {
		o := NewObserved(docs, 0)
		b.ReportMetric(float64(o.Bytes())/1e6, "MB")
	}
}

func BenchmarkObservedDay(b *testing.B) {
	docs := yearOfObservations(10_000, 401, benchToday.AddDays(-401))
	last := docs[len(docs)-1].Rev
	cut := slices.IndexFunc(docs, func(v Versioned) bool { return v.Rev == last })
	o := NewObserved(docs[:cut], 0)
	for b.Loop() {
		o.with(docs[cut:])
	}
}
