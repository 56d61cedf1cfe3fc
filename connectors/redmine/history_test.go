package redmine

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"plumbline/connectors/connectortest"
	"plumbline/connectors/redmine/redminetest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

const journalPath = "/issues/{}.json"

// movesOf writes the history of a milestone down.
func movesOf(t *testing.T, l *connectortest.Ledger, id string) string {
	t.Helper()
	h := fact[*portfolio.MilestoneFact](t, l, id).History
	text := fmt.Sprintf("read %v, first %s, later %d", h.Read, h.First, h.LaterMoves)
	for _, m := range h.Moves {
		text += fmt.Sprintf("; %s: %s to %s", m.On, m.From, m.To)
	}
	return text
}

// TestHistory reads the moves of due dates from before the first run.
func TestHistory(t *testing.T) {
	clock := newClock()
	site := newSite(t, clock.of())
	p := site.AddProject(redminetest.Project{Identifier: "pay", Name: "Payments"})
	v := site.AddVersion(redminetest.Version{Project: p.ID, Name: "Go-live", Due: "2026-05-01"})
	due := func(id int64, day string) {
		clock.later(24 * time.Hour)
		site.EditIssue(id, func(i *redminetest.Issue) { i.Due = day })
	}
	moved := site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Moved", Due: "2026-03-01"}).ID
	still := site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Never touched", Due: "2026-03-01"}).ID
	set := site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Set later"}).ID
	above := site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Above others", Due: "2026-03-01"}).ID
	odd := site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Odd", Due: "2026-03-01"}).ID
	due(moved, "2026-04-01")
	due(moved, "2026-03-15")
	due(moved, "")
	due(moved, "2026-06-01")
	due(set, "2026-03-10")
	due(above, "2026-03-20")
	clock.later(24 * time.Hour)
	site.InheritDue(above, "2026-04-30")
	due(odd, "2026-03-02")
	site.EditIssue(odd, func(i *redminetest.Issue) {
		for _, raw := range []string{`7`, `{"created_on":"soon","details":[{"property":"attr","name":"due_date","old_value":"2026-01-01","new_value":"2026-02-01"}]}`,
			`{"created_on":"2026-01-05T00:00:00Z","details":[{"property":"attr","name":"due_date","old_value":"whenever","new_value":"2026-02-01"}]}`,
			`{"created_on":"2026-01-05T00:00:00Z","details":[{"property":"cf","name":"due_date","old_value":"2026-01-01","new_value":"2026-02-01"}]}`,
			`{"created_on":"2026-01-05T00:00:00Z","details":null}`} {
			i.Journals = append(i.Journals, redminetest.Journal{Raw: []byte(raw)})
		}
	})
	site.EditVersion(v.ID, func(v *redminetest.Version) { v.Due = "2026-06-01" })

	c, l := open(t, site, nil, milestones), connectortest.NewLedger()
	pull(t, l, c)
	for id, want := range map[string]string{
		fmt.Sprint("ops/issue/", moved): "read true, first 2026-03-01, later 1; 2026-02-04: 2026-03-01 to 2026-04-01; 2026-02-05: 2026-04-01 to 2026-03-15; 2026-02-06: 2026-03-15 to ; 2026-02-07:  to 2026-06-01",
		fmt.Sprint("ops/issue/", still): "read false, first , later 0",
		fmt.Sprint("ops/issue/", set):   "read true, first 2026-03-10, later 0; 2026-02-08:  to 2026-03-10",
		fmt.Sprint("ops/issue/", above): "read true, first 2026-03-01, later 2; 2026-02-09: 2026-03-01 to 2026-03-20; 2026-02-10: 2026-03-20 to 2026-04-30",
		fmt.Sprint("ops/issue/", odd):   "read true, first 2026-03-01, later 1; 2026-02-11: 2026-03-01 to 2026-03-02",
		"ops/version/1":                 "read false, first , later 0", // a version has no journals
	} {
		check(t, id, movesOf(t, l, id), want)
	}
	check(t, "requests for journals: none for the issue that was never touched", site.Counts().ByPath[journalPath], 4)
	site.ResetCounts()
	due(moved, "2026-07-01")
	pull(t, l, c)
	sweep(t, l, c)
	check(t, "requests for journals in a quick run and a sweep", site.Counts().ByPath[journalPath], 0)
	check(t, "the due date", fact[*portfolio.MilestoneFact](t, l, fmt.Sprint("ops/issue/", moved)).Due, day(t, "2026-07-01"))
}

// TestHistoryIsBounded asks for the journals of the newest issues only, over the
// borders of pages, and of none where the settings say so.
func TestHistoryIsBounded(t *testing.T) {
	site := newSite(t, redminetest.Options{})
	site.Fill(3, 0, 250)
	for _, c := range []struct {
		history HistorySettings
		want    int
	}{{HistorySettings{}, 250}, {HistorySettings{Issues: 120}, 120}, {HistorySettings{Issues: 1}, 1}, {HistorySettings{Off: true}, 0}} {
		l := connectortest.NewLedger()
		site.ResetCounts()
		pull(t, l, open(t, site, nil, func(s *Settings) { milestones(s); s.Milestones.History = c.history }))
		check(t, fmt.Sprintf("requests for journals with %+v", c.history), site.Counts().ByPath[journalPath], c.want)
		check(t, "the newest was asked for", fact[*portfolio.MilestoneFact](t, l, "ops/issue/250").History.Read, c.want > 0)
		check(t, "the oldest was asked for", fact[*portfolio.MilestoneFact](t, l, "ops/issue/1").History.Read, c.want == 250)
	}
}

// TestHistoryVanishes: an issue that is gone between the listing and its
// journals costs nothing but its past.
func TestHistoryVanishes(t *testing.T) {
	site := newSite(t, redminetest.Options{})
	site.Fill(1, 0, 2)
	c, l := open(t, site, nil, milestones), connectortest.NewLedger()
	c.caller = c.http.Caller(func(next http.RoundTripper) http.RoundTripper {
		return trip(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/issues/1.json" {
				site.DeleteIssue(1)
			}
			return sign(secret.New(token(t)), next).RoundTrip(r)
		})
	})
	pull(t, l, c)
	check(t, "history", movesOf(t, l, "ops/issue/1")[:10], "read false")
	check(t, "history of the other", movesOf(t, l, "ops/issue/2")[:9], "read true")
}

// TestManyMoves keeps the last ones and counts all.
func TestManyMoves(t *testing.T) {
	var moves []portfolio.DueMove
	at := day(t, "2026-01-01")
	for n := range 70 {
		moves = append(moves, portfolio.DueMove{On: at, From: at.AddDays(n), To: at.AddDays(n + 1)})
	}
	h := dueHistory(moves, &portfolio.MilestoneFact{Due: at.AddDays(70)})
	check(t, "moves", len(h.Moves), portfolio.MaxMoves)
	check(t, "the last", h.Moves[portfolio.MaxMoves-1].To, at.AddDays(70))
	check(t, "later", h.LaterMoves, 70)
	check(t, "first", h.First, at)
}
