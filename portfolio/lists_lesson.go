package portfolio

import (
	"cmp"
	"slices"
	"strings"
)

type (
	// LessonConnection is a page of lessons.
	LessonConnection struct {
		*Connection[LessonFact, Lesson]
	}
	// LessonEdge is a lesson in a list.
	LessonEdge = Edge[Lesson]
)

// Lessons lists the lessons that the filter means; nil means all.
func (v *View) Lessons(filter *LessonFilter, orderBy []*LessonOrder, r PageRequest) (*LessonConnection, error) {
	return v.lessonsIn("lessons", recordsOf[LessonFact](v.snap, KindLesson), filter, orderBy, r)
}

func (v *View) lessonsIn(scope string, facts []*LessonFact, filter *LessonFilter, orderBy []*LessonOrder, r PageRequest) (*LessonConnection, error) {
	f := cmp.Or(filter, &LessonFilter{})
	page, err := listRecords(v, scope, facts, f, orderBy, orderOf(orderBy, recordID[LessonFact], v.lessonSort), r, v.lessonOf)
	if err != nil {
		return nil, err
	}
	return &LessonConnection{page}, nil
}

// Lessons are those that were learned in the project, or applied to it.
func (p *Project) Lessons(filter *LessonFilter, orderBy []*LessonOrder, first *int, after *string, last *int, before *string) (*LessonConnection, error) {
	facts := recordsOfProject[LessonFact](p, KindLesson)
	return p.view.lessonsIn("lessons of "+p.ProjectRow.ID, facts, filter, orderBy, pageRequest(first, after, last, before))
}

// LessonAggregates are figures over the lessons of a list.
type LessonAggregates struct {
	view *View
	each func(func(*LessonFact))
}

// Aggregates are figures over the whole list, not over the page.
func (c *LessonConnection) Aggregates() *LessonAggregates {
	return &LessonAggregates{c.list.view, c.list.each}
}

// Count counts the lessons.
func (a *LessonAggregates) Count() int { return countRows(a.each) }

// Applied counts those that were applied to a project.
func (a *LessonAggregates) Applied() int { return countWhere(a.each, a.view.appliedLesson) }

// CategoryCount counts the lessons of a category.
type CategoryCount struct {
	Category string
	Count    int
}

// ByCategory counts the lessons of each category, the most frequent first.
func (a *LessonAggregates) ByCategory() []CategoryCount {
	counts := map[string]int{}
	a.each(func(f *LessonFact) { counts[f.Category]++ })
	all := make([]CategoryCount, 0, len(counts))
	for category, n := range counts {
		all = append(all, CategoryCount{category, n})
	}
	slices.SortFunc(all, func(a, b CategoryCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Category, b.Category))
	})
	return all
}

// appliedLesson reports whether a lesson was applied to a project that the
// caller may see.
func (v *View) appliedLesson(f *LessonFact) bool { return len(v.projectsNamed(f.AppliedTo)) > 0 }
