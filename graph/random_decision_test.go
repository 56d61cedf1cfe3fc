package graph_test

import (
	"fmt"
	"math/rand/v2"

	"plumbline/portfolio"
)

// decided are decisions and lessons with everything that they may hold, and
// some with as little as there may be.
func (w *oddWorld) decided(chance *rand.Rand) []portfolio.Document {
	docs := []portfolio.Document{
		&portfolio.DecisionFact{
			Slug: "open", Title: "Open", Description: "What?", Type: portfolio.DecisionGate, Projects: []string{"eng:ORD-100"}, Blocks: []string{"eng/issue/0", "eng/issue/2", "eng/issue/4", "eng/issue/6", "eng/issue/8"},
			Decider: "ada@example.com", Raised: portfolio.NewDate(2026, 1, 5), Due: portfolio.NewDate(2026, 2, 5),
			Actions:  []portfolio.RecordedAction{{Title: "Ask", Owner: "ada@example.com", Due: portfolio.NewDate(2026, 2, 1), Done: portfolio.NewDate(2026, 2, 2)}},
			Authored: portfolio.Authored{Author: "key:pmo", At: oddDates[5].Time()},
		},
		&portfolio.DecisionFact{Slug: "eng", Title: "Made", Department: "open", Decider: "Nobody", Raised: portfolio.NewDate(2026, 1, 5), Decided: portfolio.NewDate(2026, 1, 9), Outcome: "Yes."},
		lesson("open", "eng:ORD-100", "eng:ORD-104"), lesson("eng", "eng:ORD-102"),
	}
	for i := range 40 {
		o := &oddity{Rand: chance, hidden: chance.IntN(2) == 0}
		docs = append(docs, o.decision(i), o.lesson(i))
	}
	return docs
}

func lesson(key, project string, appliedTo ...string) *portfolio.LessonFact {
	return &portfolio.LessonFact{
		Slug: key, Title: "Interfaces are tested too late", Category: "integration", Project: project, WhatHappened: "The interface was tested in the last week.", Cause: "Nobody asked.",
		Recommendation: "Test interfaces in the first month.", AppliedTo: appliedTo, Learned: portfolio.NewDate(2026, 2, 1), Authored: portfolio.Authored{Author: "key:pmo", At: oddDates[5].Time()},
	}
}

// somewhere are references to some projects, of which those that may be seen
// decide whether the record may be.
func (o *oddity) somewhere() []string {
	refs := []string{o.ref("project", oddProjects)}
	if o.one(2) {
		refs = append(refs, o.ref("project", oddProjects))
	}
	if o.one(4) {
		refs = append(refs, "vault/project/1", "pmo:"+unseen)
	}
	return refs
}

// said is a text that must not be empty, as package edit sees to.
func (o *oddity) said() string { return "- " + o.text() }

func (o *oddity) decision(i int) portfolio.Document {
	f := &portfolio.DecisionFact{
		Slug: fmt.Sprintf("d%d", i), Title: o.said(), Description: o.maybe(o.text()), Projects: o.somewhere(), Decider: o.maybe(o.ref("user", oddPeople)),
		Raised: oddDates[1+o.IntN(len(oddDates)-1)], Due: o.date(), Blocks: []string{o.ref("issue", oddMilestones), "vault/issue/1"}, Authored: o.authored(),
	}
	if o.one(2) {
		f.Decided, f.Outcome = o.date(), o.said()
	}
	if o.one(4) && !o.hidden {
		f.Department = "open-below"
	}
	for range o.IntN(3) {
		f.Actions = append(f.Actions, portfolio.RecordedAction{Title: o.said(), Owner: o.maybe(o.ref("user", oddPeople)), Due: o.date(), Done: o.date()})
	}
	return f
}

func (o *oddity) lesson(i int) portfolio.Document {
	refs := o.somewhere()
	return &portfolio.LessonFact{
		Slug: fmt.Sprintf("l%d", i), Title: o.said(), Category: o.said(), Project: refs[0], WhatHappened: o.said() + " " + o.text(), Cause: o.maybe(o.text()),
		Recommendation: o.said(), AppliedTo: refs[1:], Learned: o.date(), Authored: o.authored(),
	}
}
