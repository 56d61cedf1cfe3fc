package portfolio

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func quoted(slug, text string, consent bool) *QuoteFact {
	return &QuoteFact{Slug: slug, Text: text, By: "A nurse", Consent: consent}
}

func snapshotOf(t *testing.T, docs ...Document) *Snapshot {
	t.Helper()
	s, err := NewSnapshot(State{})
	if err != nil {
		t.Fatal(err)
	}
	next, _ := s.Apply(Commit{Position: Position{Revision: 1}, Data: Position{Revision: 1}, Put: docs})
	return next
}

func after(s *Snapshot, c Commit) (*Snapshot, Diff) {
	c.Revision = s.Position().Revision + 1
	c.Data = c.Position
	return s.Apply(c)
}

// changesOf are the changes of quotes and quick wins, in words.
func changesOf(d Diff) []string {
	words := []string{}
	for _, c := range d.Changes {
		if c.Kind == KindQuote || c.Kind == KindQuickWin {
			words = append(words, string(c.What)+" "+c.ID)
			words = append(words, c.Fields...)
		}
	}
	return words
}

// Differences treat a quote without consent as if it were not there, and do not
// tell that a quick win names one.
func TestAQuoteWithoutConsentIsInNoDifference(t *testing.T) {
	s := snapshotOf(t, &QuickWinFact{Slug: "w", Title: "Won"})
	for _, c := range []struct {
		name   string
		commit Commit
		want   []string
	}{
		{"recorded without consent", Commit{Put: []Document{quoted("q", "Words.", false)}}, []string{}},
		{"named by a quick win", Commit{Put: []Document{&QuickWinFact{Slug: "w", Title: "Won", Quote: "q"}}}, []string{}},
		{"with other words", Commit{Put: []Document{quoted("q", "Other words.", false)}}, []string{}},
		{"with consent", Commit{Put: []Document{quoted("q", "Other words.", true)}}, []string{"ADDED q"}},
		{"with other words and consent", Commit{Put: []Document{quoted("q", "Words.", true)}}, []string{"CHANGED q", "text"}},
		{"with consent taken back", Commit{Put: []Document{quoted("q", "Words.", false)}}, []string{"REMOVED q"}},
		{"deleted without consent", Commit{Delete: []Key{{KindQuote, "q"}}}, []string{}},
		{"a new quick win", Commit{Put: []Document{&QuickWinFact{Slug: "w", Title: "Won twice", Quote: "another"}}}, []string{"CHANGED w", "title"}},
	} {
		next, diff := after(s, c.commit)
		if d := cmp.Diff(c.want, changesOf(diff)); d != "" {
			t.Errorf("%s: diff (-want +got):\n%s", c.name, d)
		}
		if d := cmp.Diff(c.want, changesOf(Compare(s, next))); d != "" {
			t.Errorf("%s: comparison (-want +got):\n%s", c.name, d)
		}
		s = next
	}
}

// The registers that everything else reads hold no quote without consent.
func TestRegistersHoldNoQuoteWithoutConsent(t *testing.T) {
	s := snapshotOf(t,
		&QuoteFact{Slug: "yes", Text: "Yes.", By: "A", Department: "labs", Consent: true},
		&QuoteFact{Slug: "no", Text: "No.", By: "B", Department: "labs"},
	)
	for name, found := range map[string][]*QuoteFact{
		"recordsOf":           recordsOf[QuoteFact](s, KindQuote),
		"recordsFoundBy":      recordsFoundBy[QuoteFact](s, KindQuote, divisionWord("labs")),
		"recordsOfDepartment": recordsOfDepartment[QuoteFact](s, KindQuote, "labs"),
	} {
		if len(found) != 1 || found[0].Slug != "yes" {
			t.Errorf("%s: %d quotes, want only the one with consent", name, len(found))
		}
	}
	if v := s.View(Local); v.quote("no") != nil || v.seesRecord(&QuoteFact{Slug: "no"}) {
		t.Error("the view shows a quote without consent")
	}
}

// In a former snapshot a quote is read only while its very words have consent
// today.
func TestConsentIsThatOfToday(t *testing.T) {
	past := snapshotOf(t, quoted("q", "Words.", true), &QuickWinFact{Slug: "w", Title: "Won", Quote: "q"})
	renamed := quoted("q", "Words.", true)
	renamed.By = "A clerk"
	moved := quoted("q", "Words.", true)
	moved.Department = "labs"
	for _, c := range []struct {
		name  string
		today Commit
		read  bool
	}{
		{"still with consent", Commit{}, true},
		{"of another department", Commit{Put: []Document{moved}}, true},
		{"consent was taken back", Commit{Put: []Document{quoted("q", "Words.", false)}}, false},
		{"the words were changed", Commit{Put: []Document{quoted("q", "Other words.", true)}}, false},
		{"who said it was changed", Commit{Put: []Document{renamed}}, false},
		{"it was deleted", Commit{Delete: []Key{{KindQuote, "q"}}}, false},
	} {
		today, _ := after(past, c.today)
		v := past.View(Local)
		v.ConsentsOf(today)
		quotes, err := v.Quotes(nil, nil, PageRequest{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = v.Node(NodeID(KindQuote, "q"))
		read := []bool{quotes.TotalCount() == 1, err == nil, v.quote("q") != nil, v.quickWin("w").Quote() != nil}
		if slices.Contains(read, !c.read) {
			t.Errorf("%s: in the list, by id, by key, by its quick win: %v, want %v", c.name, read, c.read)
		}
	}
}
