package portfolio

import (
	"fmt"
	"slices"
)

// A Lesson is a lesson as one caller sees it.
type Lesson struct {
	*LessonFact
	view *View
}

// Lesson returns a lesson by its key, or ErrNotFound.
func (v *View) Lesson(key string) (*Lesson, error) {
	if l := v.lesson(key); l != nil {
		return l, nil
	}
	return nil, fmt.Errorf("%w: no lesson %q", ErrNotFound, key)
}

func (v *View) lesson(key string) *Lesson {
	if f := recordOf[LessonFact](v, KindLesson, key); f != nil {
		return v.lessonOf(f)
	}
	return nil
}

func (v *View) lessonOf(f *LessonFact) *Lesson { return &Lesson{f, v} }

// IsNode marks a type of the interface Node.
func (*Lesson) IsNode() {}

// ID is the global id.
func (l *Lesson) ID() string { return NodeID(KindLesson, l.Slug) }

// Key is what people call it, unique among lessons.
func (l *Lesson) Key() string { return l.Slug }

// Project is where it was learned.
func (l *Lesson) Project() *Project { return l.view.projectNamed(l.LessonFact.Project) }

// Department learned it.
func (l *Lesson) Department() *Department { return l.view.departmentOfRecord(l.LessonFact) }

// AppliedTo are the projects that did what it recommends.
func (l *Lesson) AppliedTo() []*Project { return l.view.projectsNamed(l.LessonFact.AppliedTo) }

// leastSimilar is the score below which lessons share no more than words that
// many texts have.
const leastSimilar = 0.1

// maxSimilar is how many similar lessons are told at once.
const maxSimilar = 50

// A SimilarLesson is a lesson that resembles another one.
type SimilarLesson struct {
	Lesson *Lesson
	// Score is from 0 to 1, the same words as often.
	Score float64
}

// Recorded says who recorded it, and when.
func (l *Lesson) Recorded() *Recorded { return l.view.recorded(l.LessonFact.Key()) }

// Similar are the lessons that resemble it, the most similar first.
func (l *Lesson) Similar(first *int) ([]*SimilarLesson, error) {
	n := 5
	if first != nil {
		n = *first
	}
	if n < 0 || n > maxSimilar {
		return nil, fmt.Errorf("%w: first is %d; it is from 0 to %d", ErrInvalid, n, maxSimilar)
	}
	index := l.view.likeness()
	at, known := slices.BinarySearchFunc(index.lessons, l.Slug, compareLesson)
	if !known {
		return []*SimilarLesson{}, nil
	}
	matches := index.texts.Nearest(at, leastSimilar)
	all := make([]*SimilarLesson, 0, min(n, len(matches)))
	for _, m := range matches[:min(n, len(matches))] {
		all = append(all, &SimilarLesson{l.view.lessonOf(index.lessons[m.At]), m.Score})
	}
	return all, nil
}
