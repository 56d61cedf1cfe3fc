package azuredevops

import (
	"errors"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/azuredevops/azuredevopstest"
	"plumbline/connectors/connectortest/fake"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// TestTheMovesOfADueDateBeforeTheFirstRun holds that they are told with their
// days, from the feed and without a request for each work item.
func TestTheMovesOfADueDateBeforeTheFirstRun(t *testing.T) {
	for name, o := range map[string]azuredevopstest.Options{"services": {}, "server": {Server: true}} {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2025, 11, 3, 23, 30, 0, 0, time.UTC) // the 4th in Berlin
			o.Now = func() time.Time { return now }
			site := newSite(t, o)
			add := func(target string) int64 {
				return site.AddItem(item{Project: "Pay", Type: "Epic", Title: "Step", Target: target}).ID
			}
			slipped, late, never := add("2026-02-01"), add(""), add("")
			odd := site.AddItem(item{Project: "Pay", Type: "Epic", Raw: []byte(`{"id":4,"fields":7}`)}).ID
			task := site.AddItem(item{Project: "Pay", Type: "Task", Target: "2026-02-01"}).ID
			move := func(id int64, target string) {
				now = now.AddDate(0, 0, 1)
				site.EditItem(id, func(i *item) { i.Target = target })
			}
			move(slipped, "2026-03-01") // the 5th
			move(slipped, "2026-03-01") // another field was changed on the 6th
			move(slipped, "2026-02-15") // the 7th
			move(late, "2026-05-01")    // the 8th
			move(slipped, "")           // the 9th
			move(slipped, "2026-04-01") // the 10th
			move(task, "2026-09-01")
			site.EditItem(odd, func(i *item) { i.Raw = nil })
			site.EditItem(never, func(i *item) { i.Title = "Still undated" })
			site.ResetCounts()
			r := read(t, open(t, site, nil, func(s *Settings) {
				if s.TimeZone = "Europe/Berlin"; o.Server {
					onServer(s)
				}
			}))
			step := func(on, from, to string) portfolio.DueMove {
				d := func(text string) (d portfolio.Date) {
					if text != "" {
						d = day(t, text)
					}
					return d
				}
				return portfolio.DueMove{On: d(on), From: d(from), To: d(to)}
			}
			for id, want := range map[int64]portfolio.DueHistory{
				slipped: {Read: true, First: day(t, "2026-02-01"), LaterMoves: 1, Moves: []portfolio.DueMove{
					step("2025-11-05", "2026-02-01", "2026-03-01"), step("2025-11-07", "2026-03-01", "2026-02-15"),
					step("2025-11-09", "2026-02-15", ""), step("2025-11-10", "", "2026-04-01"),
				}},
				late:  {Read: true, First: day(t, "2026-05-01"), Moves: []portfolio.DueMove{step("2025-11-08", "", "2026-05-01")}},
				never: {Read: true},
				odd:   {Read: true},
			} {
				check(t, r.milestone(id).Name, r.milestone(id).History, want)
			}
			asked := site.Counts().ByPath
			for path, n := range asked {
				if n > 4 { // the feed: every revision, the latest, and once more where a field is refused
					t.Errorf("%s was asked %d times for four work items: %v", path, n, asked)
				}
			}
			site.ResetCounts()
			site.EditItem(late, func(i *item) { i.Target = "2026-06-01" })
			r.again()
			check(t, "due after a quick run", r.milestone(late).Due, day(t, "2026-06-01"))
			for path, n := range site.Counts().ByPath {
				if n > 2 { // the links, of two sorts
					t.Errorf("a quick run asked %s %d times", path, n)
				}
			}
		})
	}
}

func TestThePastIsLeftAloneWhereItIsNotWanted(t *testing.T) {
	for name, change := range map[string]func(*Settings){
		"history is off":  func(s *Settings) { s.Milestones.History.Off = true },
		"iterations only": func(s *Settings) { s.Milestones.From = []string{"iterations"} },
	} {
		site := newSite(t, azuredevopstest.Options{})
		id := site.AddItem(item{Project: "Pay", Type: "Epic", Target: "2026-02-01"}).ID
		site.EditItem(id, func(i *item) { i.Target = "2026-03-01" })
		r := read(t, open(t, site, nil, change))
		if n := site.Counts().ByPath["POST /example/_apis/wit/reporting/workitemrevisions"]; n > 1 {
			t.Errorf("%s: the feed of revisions was asked %d times", name, n)
		}
		if name == "history is off" {
			check(t, name, r.milestone(id).History, portfolio.DueHistory{})
		}
	}
}

// TestAnInterruptedReadingOfThePastGoesOn holds that it goes on where it
// stopped in the same process, and begins again in another one or as another
// account, with the same outcome.
func TestAnInterruptedReadingOfThePastGoesOn(t *testing.T) {
	site := newSite(t, azuredevopstest.Options{MaxBatch: 10})
	id := site.AddItem(item{Project: "Pay", Type: "Epic", Target: "2026-02-01"}).ID
	for i := range 95 {
		site.EditItem(id, func(x *item) { x.Target = "2026-03-01"; x.Title = time.Duration(i).String() })
	}
	site.EditItem(id, func(x *item) { x.Target = "2026-04-01" })
	other := site.AddUser(azuredevopstest.User{Name: "Kim", Email: "kim@example.com"})
	site.AddAccount(azuredevopstest.Account{Token: token(t) + "-kim", User: other})
	interrupted := func() *Connector {
		c := open(t, site, nil, nil)
		mend := site.Inject(fake.Fault{Kind: azuredevopstest.SignIn, Path: "workitemrevisions", Skip: 7})
		defer mend()
		if err := connectorError(c, t); !errors.Is(err, connectors.ErrUnauthorized) {
			t.Fatalf("error = %v, want ErrUnauthorized", err)
		}
		return c
	}
	for name, tc := range map[string]struct {
		next func(*Connector) *Connector
		most int
	}{
		"in the same process": {func(c *Connector) *Connector { return c }, 3 + 1},
		"after a restart":     {func(*Connector) *Connector { return open(t, site, nil, nil) }, 10 + 1},
		"as another account": {func(c *Connector) *Connector {
			k := open(t, site, nil, func(s *Settings) { s.Auth.Token = secret.New(token(t) + "-kim") })
			k.past.account, k.past.token, k.past.of = c.past.account, c.past.token, c.past.of
			return k
		}, 10 + 1},
	} {
		c := tc.next(interrupted())
		site.ResetCounts()
		r := read(t, c)
		if n := site.Counts().ByPath["POST /example/_apis/wit/reporting/workitemrevisions"]; n != tc.most {
			t.Errorf("%s: the feed of revisions was asked %d times, want %d", name, n, tc.most)
		}
		h := r.milestone(id).History
		check(t, name, []string{h.First.String(), h.Moves[0].To.String(), h.Moves[1].To.String()}, []string{"2026-02-01", "2026-03-01", "2026-04-01"})
		if c.past.of != nil {
			t.Errorf("%s: the past is still in memory", name)
		}
	}
}

// TestATokenOfThePastThatIsRefusedIsForgotten holds it, or no run would end.
func TestATokenOfThePastThatIsRefusedIsForgotten(t *testing.T) {
	site := newSite(t, azuredevopstest.Options{})
	site.AddItem(item{Project: "Pay", Type: "Epic", Target: "2026-02-01"})
	c := open(t, site, nil, nil)
	read(t, c)
	c.past.token, c.past.of = "from another organisation", map[int64]*moves{}
	if err := connectorError(c, t); !errors.Is(err, connectors.ErrCursor) {
		t.Errorf("error = %v, want ErrCursor", err)
	}
	read(t, c)
}

// TestOnlyTheLastMovesAreKept holds it, with all of them counted.
func TestOnlyTheLastMovesAreKept(t *testing.T) {
	site := newSite(t, azuredevopstest.Options{})
	id := site.AddItem(item{Project: "Pay", Type: "Epic", Target: "2026-02-01"}).ID
	for i := range portfolio.MaxMoves + 10 {
		site.EditItem(id, func(x *item) { x.Target = day(t, "2026-02-01").AddDays(i + 1).String() })
	}
	h := read(t, open(t, site, nil, nil)).milestone(id).History
	check(t, "moves", []int{len(h.Moves), h.LaterMoves}, []int{portfolio.MaxMoves, portfolio.MaxMoves + 10})
	check(t, "first and last", []string{h.First.String(), h.Moves[len(h.Moves)-1].To.String()}, []string{"2026-02-01", "2026-04-02"})
}
