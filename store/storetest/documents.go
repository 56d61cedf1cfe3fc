package storetest

import (
	"fmt"
	"strconv"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// Exactly makes cmp compare documents by what they hold.
var Exactly = cmp.Options{
	cmp.Comparer(func(a, b portfolio.Date) bool { return a == b }),
	cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) }),
	cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) && a.Location() == b.Location() }),
}

// Milestone returns the numbered milestone of a large believable portfolio,
// ten for each project.
func Milestone(n int) *portfolio.MilestoneFact {
	due := portfolio.NewDate(2026, time.January, 1).AddDays(n % 700)
	id := strconv.Itoa(10_000 + n)
	return &portfolio.MilestoneFact{
		Source: portfolio.Source{
			Connection: "eng", Kind: "version", ID: id, Key: "v" + id,
			URL:       "https://example.atlassian.net/projects/P/versions/" + id,
			Scope:     fmt.Sprintf("versions/%d", n/10),
			UpdatedAt: time.Date(2026, time.March, 1, 12, 0, n%60, 0, time.UTC),
			Presence:  portfolio.PresencePresent,
		},
		Record: portfolio.Record{
			FirstSeen: portfolio.NewDate(2026, time.January, 1),
			SyncedAt:  time.Date(2026, time.March, 1, 12, 5, 0, 0, time.UTC),
		},
		Name:           fmt.Sprintf("Release %d", n),
		Type:           "Version",
		Project:        portfolio.DocID("eng", "project", strconv.Itoa(10_000+n/10)),
		Owner:          portfolio.DocID("eng", "person", strconv.Itoa(n%500)),
		Status:         "In Progress",
		StatusCategory: portfolio.StatusInProgress,
		Start:          due.AddDays(-90),
		Due:            due,
		Work:           &portfolio.WorkDone{Todo: 3, InProgress: 2, Done: n % 10},
		History:        portfolio.DueHistory{First: due.AddDays(-14), LaterMoves: 1, Moves: []portfolio.DueMove{{On: due.AddDays(-30), From: due.AddDays(-14), To: due}}},
	}
}

// Project returns the numbered project of the same portfolio.
func Project(n int) *portfolio.ProjectFact {
	id := strconv.Itoa(10_000 + n)
	return &portfolio.ProjectFact{
		Source: portfolio.Source{
			Connection: "eng", Kind: "project", ID: id, Key: fmt.Sprintf("P%d", n),
			URL: "https://example.atlassian.net/browse/P" + id, Scope: "projects", Presence: portfolio.PresencePresent,
		},
		Record: portfolio.Record{FirstSeen: portfolio.NewDate(2026, time.January, 1), SyncedAt: time.Date(2026, time.March, 1, 12, 5, 0, 0, time.UTC)},
		Name:   fmt.Sprintf("Project %d", n), Category: "Digital", Lead: portfolio.DocID("eng", "person", strconv.Itoa(n%500)),
		Fields: []portfolio.Field{
			{ID: "customfield_10101", Name: "Budget", Type: portfolio.FieldNumber, Number: strconv.Itoa(n * 1000)},
			{ID: "customfield_10102", Name: "Department", Type: portfolio.FieldText, Text: fmt.Sprintf("Department %d", n%12)},
		},
	}
}
