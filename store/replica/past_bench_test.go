package replica_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/replica"
	"plumbline/store/storetest"
)

// The portfolio of which the past is asked, and the days of its history.
const (
	pastProjects   = 10_000
	pastMilestones = 100_000
	pastDays       = 365
)

var pastToday = portfolio.NewDate(2026, time.December, 31)

// pastYear is a file with a year of a large portfolio. Each day 200 milestones
// and 20 projects change, a few milestones come and go, and the day that ends
// is observed: 1,000 of its projects differ from the day before.
func pastYear(b *testing.B) store.Log {
	b.Helper()
	log := newLog(b)
	random := rand.New(rand.NewPCG(4, 7))
	put := func(change store.Change) {
		if _, err := log.Commit(b.Context(), change); err != nil {
			b.Fatal(err)
		}
	}
	first := pastToday.AddDays(-pastDays)
	change := store.Change{Put: []portfolio.Document{&portfolio.Clock{Today: first, TimeZone: "UTC"}, &portfolio.Settings{
		TimeZone: "UTC",
		Rules:    []portfolio.Rule{{When: `milestone.name matches "9$"`, Set: portfolio.Assignment{Kind: portfolio.MilestoneGoLive}}},
		Joins:    []portfolio.JoinRule{{By: "pmoId"}},
	}}}
	add := func(doc portfolio.Document) {
		if change.Put = append(change.Put, doc); len(change.Put) >= 5_000 {
			put(change)
			change.Put = nil
		}
	}
	for n := range pastProjects {
		add(storetest.Project(n))
	}
	for n := range pastMilestones {
		add(storetest.Milestone(n))
	}
	for day := first; day.Before(pastToday); day = day.AddDays(1) {
		for range 200 {
			m := storetest.Milestone(random.IntN(pastMilestones))
			m.Due, m.Work.Done = m.Due.AddDays(random.IntN(60)), random.IntN(20)
			change.Put = append(change.Put, m)
		}
		for range 20 {
			p := storetest.Project(random.IntN(pastProjects))
			p.Name = fmt.Sprintf("Project of %s", day)
			change.Put = append(change.Put, p)
		}
		change.Put = append(change.Put, storetest.Milestone(pastMilestones+day.DaysSince(first)))
		if gone := day.DaysSince(first) - 10; gone >= 0 {
			change.Delete = []portfolio.Key{storetest.Milestone(pastMilestones + gone).Key()}
		}
		once := map[portfolio.Key]bool{}
		kept := change.Put[:0]
		for _, doc := range change.Put {
			if !once[doc.Key()] {
				kept = append(kept, doc)
			}
			once[doc.Key()] = true
		}
		change.Put = kept
		put(change)
		change = store.Change{Put: append(observedOf(day, random), &portfolio.Clock{Today: day.AddDays(1), TimeZone: "UTC"})}
	}
	put(change)
	return log
}

// observedOf is what was observed of a day: of all projects on the first day of
// a month, else of a tenth of them.
func observedOf(day portfolio.Date, random *rand.Rand) []portfolio.Document {
	whole := day.Time().Day() == 1
	each := 10
	if whole || day == pastToday.AddDays(-pastDays) {
		each, whole = 1, true
	}
	var docs []portfolio.Document
	for n := random.IntN(each); n < pastProjects; {
		f := &portfolio.ObservationFact{Day: day, Whole: whole, Of: int64(day.DaysSince(pastToday) + pastDays + 1)}
		for ; n < pastProjects && len(f.Projects) < portfolio.ObservedProjects; n += each {
			slip := random.IntN(60)
			f.Projects = append(f.Projects, portfolio.ObservedProject{
				ID: storetest.Project(n).DocID(), Overall: portfolio.HealthGreen, Computed: portfolio.HealthGreen, Reported: portfolio.HealthUnknown,
				Phase: portfolio.PhaseActive, Presence: portfolio.PresencePresent, SlipDays: &slip, Forecast: day.AddDays(slip),
			})
		}
		docs = append(docs, f)
	}
	for i, doc := range docs {
		f := doc.(*portfolio.ObservationFact)
		f.Part, f.Parts = i+1, len(docs)
	}
	return docs
}

// openPast is a replica of the year that has read what was observed.
func openPast(b *testing.B, log store.Log, options replica.Options) *replica.Replica {
	b.Helper()
	options.Day = func(context.Context, *time.Location) (portfolio.Date, error) { return pastToday, nil }
	r := open(b, log, options)
	until(b, func() bool { return !r.Snapshot().Observed().Pending() })
	if days := len(r.Snapshot().Observed().Days()); days != pastDays {
		b.Fatalf("%d days were observed, want %d", days, pastDays)
	}
	return r
}

func asOf(b *testing.B, r *replica.Replica, day portfolio.Date) *portfolio.Snapshot {
	b.Helper()
	s, err := r.AsOf(b.Context(), day, portfolio.SettingsThen)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// What a past day takes that nobody has asked for, the reading of it included,
// what it takes again, and what comparing it with today does.
func BenchmarkThePast(b *testing.B) {
	log := pastYear(b)
	for _, ago := range []int{30, pastDays - 1} {
		b.Run(fmt.Sprintf("first use/%d days ago", ago), func(b *testing.B) {
			r := openPast(b, log, replica.Options{PastFor: time.Nanosecond}) // each one is the first
			for b.Loop() {
				asOf(b, r, pastToday.AddDays(-ago))
			}
		})
	}
	r := openPast(b, log, replica.Options{})
	past := asOf(b, r, pastToday.AddDays(-30))
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			if asOf(b, r, pastToday.AddDays(-30)).Today() != past.Today() {
				b.Fatal("another day")
			}
		}
	})
	for name, caller := range map[string]portfolio.Caller{
		"for all":  portfolio.Local,
		"for some": {Role: portfolio.RoleViewer, Departments: []string{"none"}},
	} {
		b.Run("changes of a month/"+name, func(b *testing.B) {
			var total int
			for b.Loop() {
				changes, err := r.Snapshot().View(caller).Changes(past.View(caller), nil, portfolio.PageRequest{})
				if err != nil {
					b.Fatal(err)
				}
				total = changes.TotalCount()
			}
			b.ReportMetric(float64(total), "changes")
		})
	}
}
