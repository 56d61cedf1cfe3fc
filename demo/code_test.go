package demo

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
)

// lines are what a connection says of milestones, as what the files say of them.
func (p pulled) lines() []string {
	var lines []string
	for _, fact := range p.facts {
		if m, ok := fact.(*portfolio.MilestoneFact); ok {
			lines = append(lines, strings.TrimRight(fmt.Sprintf("%s %s %s %t %s", m.Name, m.Due, m.Finished, len(m.Labels) > 0, m.Presence), " "))
		}
	}
	slices.Sort(lines)
	return lines
}

// lines are what the files say of the milestones of a tool.
func (s *stage) lines() []string {
	var lines []string
	for _, p := range s.here() {
		for _, m := range p.Milestones {
			c, finished, presence := follow(p, m), "", ""
			if c.done {
				finished = s.date(c.finished)
			}
			if p.Archived {
				presence = string(portfolio.PresenceArchived)
			}
			lines = append(lines, strings.TrimRight(fmt.Sprintf("%s %s %s %t %s", m.Name, s.date(c.due), finished, m.Key, presence), " "))
		}
	}
	slices.Sort(lines)
	return lines
}

// after is how many things must come before others.
func (s *stage) after() (n int) {
	for _, p := range s.here() {
		for _, m := range p.Milestones {
			n += len(m.After)
		}
	}
	return n
}

func TestGitHubAndTheListSayWhatTheFilesTell(t *testing.T) {
	org := start(t, Options{})
	for id, tool := range open(t, org) {
		if id != "code" && id != "works" {
			continue
		}
		on, got := org.stageOf(id), pull(t, tool)
		if diff := cmp.Diff(on.lines(), got.lines()); diff != "" {
			t.Errorf("%s (-files +connector):\n%s", id, diff)
		}
		if c := got.count(); c.Dependencies != on.after() || c.Unreadable != 0 {
			t.Errorf("%s: %d dependencies and %d unreadable records, want %d and none", id, c.Dependencies, c.Unreadable, on.after())
		}
	}
}

// The list of a day says what was promised and reached on that day.
func TestTheListIsOfItsDay(t *testing.T) {
	org := start(t, Options{Past: 100})
	tool := open(t, org)["works"]
	of := func() map[string]string {
		said := map[string]string{}
		for _, fact := range pull(t, tool).facts {
			switch f := fact.(type) {
			case *portfolio.ProjectFact:
				said[f.ID] = f.Status
			case *portfolio.MilestoneFact:
				said[f.ID] = fmt.Sprintf("%s, due %s", f.Status, f.Due)
			}
		}
		return said
	}
	on := org.stageOf("works")
	then := of()
	org.PlayTo(0)
	now := of()
	for id, want := range map[string][2]string{
		"CW-027":   {"In progress", "Done"},
		"CW-036.3": {"In progress, due " + on.date(-25), "In progress, due " + on.date(-10)},
		"CW-036.4": {"Planned, due " + on.date(20), "In progress, due " + on.date(70)},
		"CW-044":   {"", "Planned"}, // not written down yet
	} {
		if got := [2]string{then[id], now[id]}; got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}

// Teams report every two weeks, in the words of GitHub.
func TestStatusUpdatesAreReports(t *testing.T) {
	org := start(t, Options{})
	words := map[string]int{}
	for _, fact := range pull(t, open(t, org)["code"]).facts {
		if f, ok := fact.(*portfolio.StatusReportFact); ok {
			words[f.Health]++
		}
	}
	if words["ON_TRACK"] < 20 || words["AT_RISK"] == 0 || words["COMPLETE"] != 1 {
		t.Errorf("reports by word: %v", words)
	}
}
