package portfolio

// A LessonFilter says which lessons are meant. Every member that is given must
// hold.
type LessonFilter struct {
	And []*LessonFilter
	Or  []*LessonFilter
	Not *LessonFilter

	ID             *IDComparator
	Key            *StringComparator
	Title          *StringComparator
	Category       *StringComparator
	WhatHappened   *StringComparator
	Cause          *StringComparator
	Recommendation *StringComparator
	// Project is a condition on the project where it was learned.
	Project    *ProjectFilter
	Department *StringComparator
	// AppliedTo is a condition on some project that it was applied to.
	AppliedTo *ProjectFilter
	Learned   *DateComparator
	// Applied is whether it was applied to a project at all.
	Applied *bool
}

func (f *LessonFilter) joined() (and, or, not []nounFilter[LessonFact]) {
	return joins[LessonFact](f.And, f.Or, f.Not)
}

func (f *LessonFilter) conditions(c *compiler, all *conditions[LessonFact]) {
	holds(all, c.ids(f.ID, KindLesson), func(l *LessonFact) string { return l.Slug })
	holds(all, f.Key.compile(), func(l *LessonFact) string { return l.Slug })
	holds(all, f.Title.compile(), func(l *LessonFact) string { return l.Title })
	holds(all, f.Category.compile(), func(l *LessonFact) string { return l.Category })
	holds(all, f.WhatHappened.compile(), func(l *LessonFact) string { return l.WhatHappened })
	holds(all, f.Cause.compile(), func(l *LessonFact) string { return l.Cause })
	holds(all, f.Recommendation.compile(), func(l *LessonFact) string { return l.Recommendation })
	holds(all, f.Learned.compile(c.today), func(l *LessonFact) Date { return l.Learned })
	holdsAs(all, f.Applied, c.view.appliedLesson)
	onRecordDepartment(c, all, f.Department)
	c.somewhere(all, f.Project, func(l *LessonFact) []string { return []string{l.Project} })
	c.somewhere(all, f.AppliedTo, func(l *LessonFact) []string { return l.AppliedTo })
}

// somewhere adds a condition on one of the projects of a lesson that the caller
// may see.
func (c *compiler) somewhere(all *conditions[LessonFact], f *ProjectFilter, of func(*LessonFact) []string) {
	if f == nil {
		return
	}
	c.related(func() {
		t := orTrue(compile(c, f))
		all.costly = append(all.costly, func(l *LessonFact) bool {
			for _, p := range c.view.projectsNamed(of(l)) {
				if t(p.ProjectRow) {
					return true
				}
			}
			return false
		})
	})
}

// LessonOrderField is a value that lessons can be sorted by.
type LessonOrderField string

// The values of LessonOrderField.
const (
	LessonByKey        LessonOrderField = "KEY"
	LessonByTitle      LessonOrderField = "TITLE"
	LessonByCategory   LessonOrderField = "CATEGORY"
	LessonByProject    LessonOrderField = "PROJECT"
	LessonByDepartment LessonOrderField = "DEPARTMENT"
	LessonByLearned    LessonOrderField = "LEARNED"
	LessonByApplied    LessonOrderField = "APPLIED"
)

// LessonOrder is one term of an order of lessons.
type LessonOrder OrderBy[LessonOrderField]

// lessonSort says by what lessons are sorted for each field.
func (v *View) lessonSort(field LessonOrderField) func(*LessonFact) sortValue {
	switch field {
	case LessonByKey:
		return func(f *LessonFact) sortValue { return textValue(f.Slug) }
	case LessonByTitle:
		return func(f *LessonFact) sortValue { return textValue(f.Title) }
	case LessonByCategory:
		return func(f *LessonFact) sortValue { return textValue(f.Category) }
	case LessonByProject:
		return func(f *LessonFact) sortValue { return v.projectNameOf(f.Project) }
	case LessonByDepartment:
		return func(f *LessonFact) sortValue { return v.departmentNameOf(f) }
	case LessonByLearned:
		return func(f *LessonFact) sortValue { return dateValue(f.Learned) }
	case LessonByApplied:
		return func(f *LessonFact) sortValue { return numberValue(len(v.projectsNamed(f.AppliedTo))) }
	}
	return nil
}
