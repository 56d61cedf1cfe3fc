package portfolio

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// goesOn is a project in two tools, joined, of which the milestones of the one
// go on as those of the other.
func goesOn(t *testing.T) (*testLog, *Link) {
	l := newTestLog(t, "2026-03-01")
	old, now := &ProjectFact{Source: source("eng", "project", "1")}, &ProjectFact{Source: source("ops", "project", "9")}
	step := func(p *ProjectFact, id, key string) *MilestoneFact {
		f := &MilestoneFact{Source: source(p.Connection, "version", id), Name: id, Project: p.DocID(), Due: day(t, "2026-08-01")}
		f.Source.Key = key
		return f
	}
	projects := &Link{Primary: now.DocID(), Members: []string{old.DocID()}}
	l.put(old, now, step(old, "1", "A"), step(old, "2", "B"), step(now, "91", "A"), step(now, "92", ""),
		projects, &Link{Primary: "ops/version/91", Members: []string{"eng/version/1"}}, &Link{Primary: "ops/version/92", Members: []string{"eng/version/2"}})
	return l, projects
}

func TestWhatIsRecordedOfAMilestoneCountsForTheOneThatItGoesOnAs(t *testing.T) {
	l, projects := goesOn(t)
	l.put(
		&Override{Target: "milestone:eng/version/1", Field: "contingency", Value: text("By hand")},
		&Override{Target: "milestone:eng:B", Field: "name", Value: text("Second")},
		&RecordedRiskFact{Slug: "R1", Title: "Late", Project: "eng/project/1", Milestone: "eng/version/1"},
		&RecordedRiskFact{Slug: "R2", Title: "Dear", Project: "eng/project/1", Milestone: "eng:B"},
		&DecisionFact{Slug: "D1", Title: "Go?", Projects: []string{"eng/project/1"}, Blocks: []string{"eng:A"}, Raised: day(t, "2026-02-01")},
	)
	look := func() string {
		out := ""
		for _, id := range []string{"eng/version/1", "eng/version/2", "ops/version/91", "ops/version/92"} {
			row, _ := l.now.Milestone(id)
			m, err := l.now.View(Local).Milestone(id)
			if err != nil {
				t.Fatal(err)
			}
			risks, err := m.Risks(nil, nil, nil, nil, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			out += fmt.Sprintf("%s %q said %d:", id, row.Name, len(l.now.OverridesOf(Key{KindMilestone, id})))
			if row.said != nil {
				out += " " + row.said.contingency
			}
			for _, r := range risks.Nodes() {
				out += " " + r.Key
			}
			for _, d := range m.WaitsFor() {
				out += " " + d.Slug
			}
			out += "\n"
		}
		return out
	}
	joined := `eng/version/1 "1" said 1: By hand R1 D1
eng/version/2 "Second" said 1: R2
ops/version/91 "91" said 1: By hand R1 D1
ops/version/92 "Second" said 1: R2
`
	if d := cmp.Diff(joined, look()); d != "" {
		t.Errorf("linked (-want +got):\n%s", d)
	}
	l.remove(projects.Key())
	apart := `eng/version/1 "1" said 1: By hand R1 D1
eng/version/2 "Second" said 1: R2
ops/version/91 "91" said 0:
ops/version/92 "92" said 0:
`
	if d := cmp.Diff(apart, look()); d != "" {
		t.Errorf("with the projects unlinked (-want +got):\n%s", d)
	}
	l.put(projects)
	if d := cmp.Diff(joined, look()); d != "" {
		t.Errorf("linked again (-want +got):\n%s", d)
	}
}

func TestMilestonesThatGoOnInACircleStayWhatTheyAre(t *testing.T) {
	l, _ := goesOn(t)
	l.put(&Link{Primary: "eng/version/1", Members: []string{"ops/version/91"}}, &Link{Primary: "eng/version/2", Members: []string{"ops/version/91"}})
	for id, want := range map[string]string{
		"eng/version/1": "eng/version/1", "ops/version/91": "ops/version/91", "eng/version/2": "ops/version/92", "ops/version/92": "ops/version/92",
	} {
		if m, ok := l.now.MilestoneByReference(id); !ok || m.ID != want {
			t.Errorf("%s leads to %+v, want %s", id, m, want)
		}
	}
	if got := formers(l.now, "ops/version/92"); !slices.Equal(got, []string{"eng/version/2"}) {
		t.Errorf("%v go on as ops/version/92", got)
	}
}

// What was recorded moves with links and unlinks of milestones and projects, in
// whatever order they come.
func TestGoingOnDoesNotDependOnTheOrderOfCommits(t *testing.T) {
	checkProperty(t, 200, func(t *rapid.T) {
		h := newHistory(t)
		for range rapid.IntRange(6, 25).Draw(t, "commits") {
			c := Commit{}
			c.Revision = h.now.Position().Revision + 1
			c.Data = c.Position
			d := h.goingOn()
			if _, there := h.docs[d.Key()]; there && h.chance(3) {
				c.Delete = []Key{d.Key()}
			} else {
				c.Put = []Document{d}
			}
			applied, _ := h.now.Apply(c)
			h.accept(c, applied)
			if d := sameSnapshot(rebuild(t, h.state()), applied); d != "" {
				t.Fatalf("revision %d: applied differs from rebuilt (-rebuilt +applied):\n%s\ncommit: %s", c.Revision, d, describe(c))
			}
			for m := range applied.Milestones() {
				if next := applied.ContinuedMilestone(m); applied.ContinuedMilestone(next) != next {
					t.Fatalf("%s goes on as %s, which goes on itself", m.ID, next.ID)
				} else if next != m && (next.ProjectID != m.ProjectID || !slices.Contains(formers(applied, next.ID), m.ID)) {
					t.Fatalf("%s of %s goes on as %s of %s, which does not know it", m.ID, m.ProjectID, next.ID, next.ProjectID)
				}
			}
		}
	})
}

// goingOn is a document that bears on which milestone goes on as which, and on
// what was recorded of them.
func (h *history) goingOn() Document {
	switch h.word("project", "milestone", "milestone", "link", "milestone link", "milestone link", "override", "override") {
	case "project":
		return &ProjectFact{Source: h.source("project", 2)}
	case "milestone":
		return &MilestoneFact{Source: h.source("version", 3), Name: "Beta", Project: h.projectID()}
	case "link":
		return &Link{Primary: h.projectID(), Members: []string{h.projectID()}}
	case "milestone link":
		return &Link{Primary: h.milestoneID(), Members: []string{h.milestoneID(), h.milestoneID()}}
	}
	target := h.milestoneID()
	if h.chance(2) {
		target = h.word("eng", "ops") + ":" + h.word("A", "B", "C", "1", "2")
	}
	return &Override{Target: "milestone:" + target, Field: "name", Value: Field{Type: FieldText, Text: h.word("One", "Two", "Three")}}
}
