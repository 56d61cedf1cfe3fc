package replica_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/replica"
	"plumbline/store/storetest"
)

// Replicas that follow one log show the same, whenever each of them began and
// however many commits each took at once: also over midnight and when the
// rules change. One that loads what the others followed shows it too.
func TestReplicasAgreeOnEveryView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(t)
		days := &calendar{at: time.Date(2026, time.March, 1, 23, 0, 0, 0, time.UTC)}
		first := open(t, log, replica.Options{Day: days.day})
		replicas := []*replica.Replica{first, open(t, log, replica.Options{Day: days.day, PublishEvery: 5 * time.Second})}
		random := rand.New(rand.NewPCG(6, 4))
		for round := range 30 {
			for range 1 + random.IntN(5) {
				if _, err := log.Commit(t.Context(), randomChange(random)); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Duration(random.IntN(400)) * time.Millisecond)
			}
			switch round % 10 {
			case 3:
				days.set(days.at.AddDate(0, 0, 1+random.IntN(20)))
			case 5:
				apply(t, first, ruled(random), fmt.Sprint("file-", round), false)
			case 7:
				replicas = append(replicas, open(t, log, replica.Options{Day: days.day}))
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			want := first.Snapshot()
			for i, r := range replicas[1:] {
				got := r.Snapshot()
				if got.Position() != want.Position() || got.Today() != want.Today() || got.Counts() != want.Counts() {
					t.Fatalf("round %d: replica %d is at %v on %s with %+v, the first at %v on %s with %+v", round, i+1,
						got.Position(), got.Today(), got.Counts(), want.Position(), want.Today(), want.Counts())
				}
				if diff := portfolio.Compare(want, got); len(diff.Changes) > 0 {
					t.Fatalf("round %d: replica %d shows other values than the first: %+v", round, i+1, diff.Changes[0])
				}
			}
		}
		if days := first.Snapshot().Today(); days == portfolio.NewDate(2026, time.March, 1) || len(replicas) < 4 {
			t.Errorf("the test ends on %s with %d replicas; it is to pass midnights and late beginners", days, len(replicas))
		}
		for _, r := range replicas {
			r.Close()
		}
	})
}

// randomChange edits some of a few documents that refer to each other.
func randomChange(random *rand.Rand) store.Change {
	day := func() portfolio.Date { return portfolio.NewDate(2026, time.March, 1).AddDays(random.IntN(90)) }
	var change store.Change
	for n := range 8 {
		switch random.IntN(6) {
		case 0:
			p := storetest.Project(n)
			p.Due, p.Name = day(), fmt.Sprint("Project ", random.IntN(3))
			change.Put = append(change.Put, p)
		case 1, 2:
			m := storetest.Milestone(n)
			m.Project, m.Due, m.History.First = storetest.Project(n/2).DocID(), day(), day()
			m.Name = []string{"Go-live", "Beta"}[random.IntN(2)]
			change.Put = append(change.Put, m)
		case 3:
			change.Delete = append(change.Delete, storetest.Milestone(n).Key())
		}
	}
	if len(change.Put)+len(change.Delete) == 0 {
		change.Put = append(change.Put, storetest.Project(0))
	}
	return change
}

// ruled are settings that decide kinds and health in another way each time.
func ruled(random *rand.Rand) portfolio.Settings {
	s := settings([]string{"UTC", "Pacific/Auckland"}[random.IntN(2)])
	s.Rules = []portfolio.Rule{{
		When: []string{`milestone.name matches "(?i)go.?live"`, `milestone.name == "Beta"`}[random.IntN(2)],
		Set:  portfolio.Assignment{Kind: portfolio.MilestoneGoLive},
	}}
	s.Health = []portfolio.HealthThresholds{{GreenSlip: 0.1 + random.Float64()/2, RedSlip: 0.8}}
	return s
}
