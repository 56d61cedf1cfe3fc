package portfolio

import (
	"strings"
	"sync"

	"plumbline/portfolio/scoring"
)

// A likeness tells which lessons resemble one another. It is made of the
// lessons that a caller may see and of no others: how rare a word is among
// those that they may not see would show in the scores.
type likeness struct {
	lessons []*LessonFact // by key
	texts   *scoring.Texts

	neighboured sync.Once
	neighbours  [][]scoring.Match
}

// newLikeness takes lessons by key.
func newLikeness(lessons []*LessonFact) *likeness {
	texts := make([]string, len(lessons))
	for i, f := range lessons {
		// The title says in a few words what the rest is about, so it counts
		// twice.
		texts[i] = strings.Join([]string{f.Title, f.Title, f.WhatHappened, f.Cause, f.Recommendation}, "\n")
	}
	return &likeness{lessons: lessons, texts: scoring.NewTexts(texts)}
}

// likeness is made once for all snapshots between which no lesson changed;
// what only a limited caller sees, once for their view.
func (v *View) likeness() *likeness {
	if !v.limited() {
		return v.snap.likeness.get(func() *likeness { return newLikeness(recordsOf[LessonFact](v.snap, KindLesson)) })
	}
	return v.alike.get(func() *likeness { return newLikeness(seenRecords(v, recordsOf[LessonFact](v.snap, KindLesson))) })
}

// commonLikeness is the score from which two lessons are taken for the same
// problem.
const commonLikeness = 0.3

// near are the lessons that are about the same as each one.
func (l *likeness) near() [][]scoring.Match {
	l.neighboured.Do(func() { l.neighbours = l.texts.Neighbours(commonLikeness) })
	return l.neighbours
}

// nextLikeness is that of the next snapshot.
func (b *builder) nextLikeness() *lazy[likeness] {
	if b.recordsTaken(KindLesson) {
		return new(lazy[likeness])
	}
	return b.old.likeness
}

func compareLesson(f *LessonFact, key string) int { return strings.Compare(f.Slug, key) }
