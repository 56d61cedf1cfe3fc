package replica_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/boltstore"
	"plumbline/store/replica"
	"plumbline/store/storetest"
)

// Going back to any day through the store and the replica gives what the
// commits up to its close amount to: by the links, rules and settings of that
// day, so that what was joined later stands there under its own ids.
func TestAPastDayThroughTheStoreEqualsRebuild(t *testing.T) {
	rounds := 1
	if cases, err := strconv.Atoi(os.Getenv("PLUMBLINE_PROPERTY_CASES")); err == nil {
		rounds = max(1, cases/1000)
	}
	joined, alone := 0, 0
	for range rounds {
		rapid.Check(t, func(rt *rapid.T) {
			h := newPastHistory(t, rt)
			defer h.close()
			for range rapid.IntRange(2, 6).Draw(rt, "days") {
				h.turn()
				for range rapid.IntRange(0, 4).Draw(rt, "commits") {
					h.commit()
				}
			}
			if rapid.Bool().Draw(rt, "restart") {
				h.restart()
			}
			for day, want := range h.closes {
				h.compare(day, want)
			}
			j, a := h.joins()
			joined, alone = joined+j, alone+a
		})
	}
	if !t.Failed() && (joined == 0 || alone == 0) {
		t.Errorf("%d projects were joined, of which %d stood alone before; the test is to see both", joined, alone)
	}
}

// A pastHistory is a random history in a store and, beside it, what its commits
// amount to.
type pastHistory struct {
	t       *rapid.T
	path    string
	log     *boltstore.Store
	replica *replica.Replica
	docs    map[portfolio.Key]portfolio.Versioned
	day     portfolio.Date
	closes  map[portfolio.Date]portfolio.State
}

func newPastHistory(t *testing.T, rt *rapid.T) *pastHistory {
	h := &pastHistory{
		t: rt, path: filepath.Join(t.TempDir(), "plumbline.db"), day: march(1),
		docs: map[portfolio.Key]portfolio.Versioned{}, closes: map[portfolio.Date]portfolio.State{},
	}
	h.open()
	return h
}

func (h *pastHistory) open() {
	var err error
	if h.log, err = boltstore.Open(h.path, boltstore.Options{}); err != nil {
		h.t.Fatal(err)
	}
	h.replica, err = replica.Open(context.Background(), h.log, replica.Options{
		PublishEvery: time.Microsecond,
		Day: func(context.Context, *time.Location) (portfolio.Date, error) {
			return portfolio.Date{}, errors.New("the test turns it")
		},
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *pastHistory) close() {
	h.replica.Close()
	_ = h.log.Close()
}

func (h *pastHistory) restart() {
	h.close()
	h.open()
}

// turn begins another day, now and then some days later.
func (h *pastHistory) turn() {
	h.day = h.day.AddDays(rapid.IntRange(1, 3).Draw(h.t, "days later"))
	h.put(store.Change{Put: []portfolio.Document{&portfolio.Clock{Today: h.day, TimeZone: "UTC"}}})
}

func (h *pastHistory) put(change store.Change) {
	c, err := h.log.Commit(context.Background(), change)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, key := range change.Delete {
		delete(h.docs, key)
	}
	state := portfolio.State{Position: c.Position, Data: c.Data, At: c.At}
	for _, doc := range change.Put {
		if !doc.Key().Kind.Operational() {
			h.docs[doc.Key()] = portfolio.Versioned{Rev: c.Revision, Doc: doc}
		}
	}
	state.Docs = slices.Collect(maps.Values(h.docs))
	h.closes[h.day] = state
	if _, err := h.replica.Wait(context.Background(), c.Revision); err != nil {
		h.t.Fatal(err)
	}
}

// commit puts and deletes some of a few documents that bear on each other.
func (h *pastHistory) commit() {
	var change store.Change
	touched := map[portfolio.Key]bool{}
	for range rapid.IntRange(1, 4).Draw(h.t, "documents") {
		doc := h.document()
		key := doc.Key()
		_, known := h.docs[key]
		switch {
		case touched[key]:
		case known && rapid.IntRange(0, 3).Draw(h.t, "delete") == 0 && key.Kind != portfolio.KindSettings:
			change.Delete = append(change.Delete, key)
		default:
			change.Put = append(change.Put, doc)
		}
		touched[key] = true
	}
	h.put(change)
}

func (h *pastHistory) document() portfolio.Document {
	word := func(words ...string) string { return rapid.SampledFrom(words).Draw(h.t, "word") }
	project := func() *portfolio.ProjectFact {
		p := storetest.Project(rapid.IntRange(0, 2).Draw(h.t, "project"))
		p.Connection = word("eng", "ops")
		return p
	}
	day := func() portfolio.Date { return march(rapid.IntRange(1, 30).Draw(h.t, "day")) }
	switch rapid.IntRange(0, 8).Draw(h.t, "kind") {
	case 0, 1, 2:
		p := project()
		p.Name, p.Source.Key, p.Category, p.Due = word("Pay", "Ship", "Heal"), word("A", "B"), word("Care", "Money"), day()
		return p
	case 3, 4:
		m := storetest.Milestone(rapid.IntRange(0, 3).Draw(h.t, "milestone"))
		m.Project, m.Name, m.Due = project().DocID(), word("Go-live", "Beta"), day()
		return m
	case 5:
		return &portfolio.Link{Primary: project().DocID(), Members: []string{project().DocID()}}
	case 6:
		return &portfolio.DepartmentFact{Slug: word("care", "money"), Name: word("Care", "Money", "Other"), Aliases: []string{word("Care", "Money")}}
	case 7:
		return &portfolio.Override{Target: "project:" + project().DocID(), Field: "priority", Value: portfolio.Field{Type: portfolio.FieldText, Text: word("high", "low")}}
	}
	s := &portfolio.Settings{
		TimeZone: "UTC",
		Connections: []portfolio.ConnectionSettings{
			{ID: "eng", Name: word("Engineering", "Product"), Fields: []portfolio.FieldMapping{{To: "department", Field: "category"}}}, {ID: "ops", Name: "Operations"},
		},
		Rules: []portfolio.Rule{{When: fmt.Sprintf("milestone.name == %q", word("Go-live", "Beta")), Set: portfolio.Assignment{Kind: portfolio.MilestoneGoLive}}},
	}
	if by := word("", "key", "name"); by != "" {
		s.Joins = []portfolio.JoinRule{{By: by}}
	}
	return s
}

// compare goes back to a day, by its own settings and by those of now.
func (h *pastHistory) compare(day portfolio.Date, state portfolio.State) {
	for settings, state := range map[portfolio.SettingsOf]portfolio.State{
		portfolio.SettingsThen: state, portfolio.SettingsNow: state.WithSettingsOf(h.replica.Snapshot()),
	} {
		want, err := portfolio.NewSnapshot(state)
		if err != nil {
			h.t.Fatal(err)
		}
		got, err := h.replica.AsOf(context.Background(), day, settings)
		if err != nil {
			h.t.Fatal(err)
		}
		if diff := portfolio.Compare(want, got).Changes; len(diff) > 0 {
			h.t.Fatalf("%s by the settings of %s: %d things differ from what its commits amount to: %+v", day, settings, len(diff), diff)
		}
		if day != h.day && (got.Position() != want.Position() || got.Today() != day) {
			h.t.Fatalf("%s by the settings of %s: it is at %v on %s, want %v", day, settings, got.Position(), got.Today(), want.Position())
		}
		if a, b := standing(want), standing(got); a != b {
			h.t.Fatalf("%s by the settings of %s: there stand %s, want %s", day, settings, b, a)
		}
	}
}

// standing are the projects with their members.
func standing(s *portfolio.Snapshot) string {
	var all []string
	for p := range s.Projects() {
		all = append(all, p.ID+" of "+strings.Join(p.Members, " "))
	}
	return strings.Join(all, ", ")
}

// joins counts the members of today's projects that are joined, and those of
// them that stood alone on a past day, as they must be told then.
func (h *pastHistory) joins() (joined, alone int) {
	for p := range h.replica.Snapshot().Projects() {
		for _, id := range p.Members {
			if id == p.ID {
				continue
			}
			joined++
			for day := range h.closes {
				past, err := h.replica.AsOf(context.Background(), day, portfolio.SettingsThen)
				if err != nil {
					h.t.Fatal(err)
				}
				if was, ok := past.Project(id); ok && was.ID == id {
					alone++
					break
				}
			}
		}
	}
	return joined, alone
}
