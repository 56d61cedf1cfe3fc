package portfolio

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// lookalikes are the same undertaking in two tools, and others that only look a
// little like it.
func lookalikes(t *testing.T) *testLog {
	l := newTestLog(t, "2026-03-01")
	project := func(connection, id, key, name string) *ProjectFact {
		p := &ProjectFact{Source: source(connection, "project", id), Name: name}
		p.Source.Key = key
		return p
	}
	tills, again := project("eng", "1", "POS", "Point-of-sale replacement"), project("ops", "7", "T-7", "Replacement of the point of sale")
	tills.Due, again.Due = day(t, "2026-05-01"), day(t, "2026-05-10")
	tills.Lead, again.Lead = "eng/user/ada", "ops/user/17"
	other, same := project("eng", "2", "WEB", "Website"), project("eng", "3", "WEB2", "Website")
	key := project("ops", "8", "web", "Something else entirely")
	l.put(&Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "ops"}, {ID: "eng"}}}, tills, again, other, same, key,
		&PersonFact{Source: source("eng", "user", "ada"), Name: "Ada"}, &PersonFact{Source: source("ops", "user", "17"), Name: "ada"})
	for i, name := range []string{"Pilot", "Go-live", "Training"} {
		l.put(&MilestoneFact{Source: source("eng", "version", fmt.Sprint(i)), Name: name, Project: tills.DocID()})
		if i < 2 {
			l.put(&MilestoneFact{Source: source("ops", "step", fmt.Sprint(i)), Name: name + " ", Project: again.DocID()})
		}
	}
	return l
}

func suggestions(t *testing.T, v *View, least float64) []*JoinSuggestion {
	t.Helper()
	page, err := v.JoinSuggestions(&least, PageRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return page.Nodes()
}

func TestProjectsOfSeveralToolsThatLookLikeOneAreSuggested(t *testing.T) {
	l := lookalikes(t)
	v := l.now.View(Local)
	all := suggestions(t, v, DefaultJoinScore)
	if len(all) != 1 {
		t.Fatalf("%d suggestions, want that of the tills", len(all))
	}
	s := all[0]
	if s.Primary().ProjectRow.ID != "ops/project/7" || s.Member().ProjectRow.ID != "eng/project/1" {
		t.Errorf("primary %s, member %s; want the connection that stands first", s.Primary().ProjectRow.ID, s.Member().ProjectRow.ID)
	}
	apart, codes := 1.0, []JoinEvidence(nil)
	for _, r := range s.Reasons() {
		apart *= 1 - r.Weight
		codes = append(codes, r.Code)
	}
	if want := []JoinEvidence{EvidenceName, EvidenceMilestones, EvidenceManager, EvidenceTargetDate}; !slices.Equal(codes, want) && !slices.Equal(codes, []JoinEvidence{want[1], want[0], want[2], want[3]}) {
		t.Errorf("reasons %v, want %v", codes, want)
	}
	if math.Abs(s.Score()-(1-apart)) > 1e-8 {
		t.Errorf("score %v, want %v", s.Score(), 1-apart)
	}
	// Of the same key alone, below the usual score; two of one tool never.
	if all := suggestions(t, v, 0.5); len(all) != 2 || all[1].Reasons()[0].Code != EvidenceKey || all[1].Member().ProjectRow.ID != "eng/project/2" {
		t.Errorf("from 0.5: %d suggestions", len(all))
	}
	p := v.project("eng/project/1")
	if own, err := p.JoinSuggestions(nil); err != nil || len(own) != 1 || own[0].Score() != s.Score() {
		t.Errorf("of the project: %v, %v", own, err)
	}
	for _, wrong := range []float64{0.49, 1.1, math.NaN()} {
		if _, err := v.JoinSuggestions(&wrong, PageRequest{}); err == nil {
			t.Errorf("a score of %v is taken", wrong)
		}
	}
}

// Neither what is joined nor what somebody keeps apart is suggested again.
func TestADecidedPairIsNotSuggestedAgain(t *testing.T) {
	for _, apart := range []bool{false, true} {
		l := lookalikes(t)
		link := &Link{Primary: "eng/project/1", Members: []string{"ops/project/7"}, Apart: apart}
		l.put(link)
		if all := suggestions(t, l.now.View(Local), DefaultJoinScore); len(all) != 0 {
			t.Errorf("apart %v: still suggested", apart)
		}
		l.remove(link.Key())
		if all := suggestions(t, l.now.View(Local), DefaultJoinScore); len(all) != 1 {
			t.Errorf("apart %v: after the link is gone, %d suggestions", apart, len(all))
		}
	}
}

// Who does not see one of the two is told of neither.
func TestASuggestionIsForWhoSeesBoth(t *testing.T) {
	l := lookalikes(t)
	l.put(&DepartmentFact{Slug: "it", Name: "IT"}, &Override{Target: "project:eng/project/1", Field: "department", Value: Field{Type: FieldText, Text: "it"}})
	caller := Caller{Name: "some", Role: RoleViewer, Departments: []string{"it"}}
	v := l.now.View(caller)
	if v.project("eng/project/1") == nil || v.project("ops/project/7") != nil {
		t.Fatal("the caller should see the one and not the other")
	}
	if all := suggestions(t, v, LeastJoinScore); len(all) != 0 {
		t.Errorf("%d suggestions, want none", len(all))
	}
}

// BenchmarkJoinSuggestions looks for the same undertakings among 10,000 projects
// of two tools, a tenth of which are in both under names that differ a little.
func BenchmarkJoinSuggestions(b *testing.B) {
	words := strings.Fields(`replacement migration portal ledger payroll warehouse telehealth pharmacy ward admission billing claims
		archive network identity safety training booking laboratory imaging transport kitchen energy contract supplier`)
	state := State{Position: Position{Revision: 1}, Data: Position{Revision: 1}}
	for i := range 10_000 {
		n, connection := i, "eng"
		if i%2 == 1 {
			connection = "ops"
		}
		if i%20 == 1 {
			n = i - 1
		}
		word := func(at int) string { return fmt.Sprintf("%d%s", at%400, words[at%25]) } // 400 words are in use
		name := fmt.Sprintf("%s %s of %s %s", words[n%25], word(n*7919), word(n*104_729), word(n/25))
		if n != i {
			name = "The " + name
		}
		state.Docs = append(state.Docs, Versioned{1, &ProjectFact{Source: source(connection, "project", fmt.Sprint(i)), Name: name}})
	}
	s, err := NewSnapshot(state)
	if err != nil {
		b.Fatal(err)
	}
	pairs := 0
	for b.Loop() {
		s.governance = new(governance)
		pairs = len(s.View(Local).joinPairs())
	}
	b.ReportMetric(float64(pairs), "pairs")
}
