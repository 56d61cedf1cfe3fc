package portfolio

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plumbline/portfolio/scoring"
)

// A CommonProblem is what lessons of two projects or more are about.
type CommonProblem struct {
	lessons []*LessonFact // the one that the others resemble comes first
	// projects are where they were learned.
	projects []string
	view     *View
}

// maxProblems is how many common problems are told at once.
const maxProblems = 100

// CommonProblems are groups of similar lessons that were learned in two
// projects or more, of those that the filter means: the ones of most projects
// first.
func (v *View) CommonProblems(filter *LessonFilter, first *int) ([]*CommonProblem, error) {
	n := 10
	if first != nil {
		n = *first
	}
	if n < 0 || n > maxProblems {
		return nil, fmt.Errorf("%w: first is %d; it is from 0 to %d", ErrInvalid, n, maxProblems)
	}
	c := v.compiler()
	keep := orTrue(compile(c, cmp.Or(filter, &LessonFilter{})))
	if c.err != nil {
		return nil, c.err
	}
	index := v.likeness()
	all := []*CommonProblem{}
	meant := make([]bool, len(index.lessons))
	for i, f := range index.lessons {
		meant[i] = keep(f)
	}
	for _, star := range scoring.Stars(index.near(), func(at int) bool { return meant[at] }) {
		p := &CommonProblem{view: v}
		for _, m := range star {
			p.lessons = append(p.lessons, index.lessons[m.At])
			if project := v.projectNamed(index.lessons[m.At].Project); project != nil {
				p.projects = append(p.projects, project.ProjectRow.ID)
			}
		}
		if p.projects = distinct(p.projects...); len(p.projects) > 1 {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *CommonProblem) int {
		return cmp.Or(cmp.Compare(len(b.projects), len(a.projects)), cmp.Compare(len(b.lessons), len(a.lessons)),
			strings.Compare(a.lessons[0].Slug, b.lessons[0].Slug))
	})
	return all[:min(n, len(all))], nil
}

// Title is that of the lesson that all others resemble.
func (p *CommonProblem) Title() string { return p.lessons[0].Title }

// Count counts the lessons.
func (p *CommonProblem) Count() int { return len(p.lessons) }

// Category is what most of the lessons are called, the first by name of those
// that are as frequent.
func (p *CommonProblem) Category() string {
	counts := map[string]int{}
	for _, f := range p.lessons {
		counts[f.Category]++
	}
	category := p.lessons[0].Category
	for name, n := range counts {
		if n > counts[category] || n == counts[category] && name < category {
			category = name
		}
	}
	return category
}

// Projects are where the lessons were learned, by name.
func (p *CommonProblem) Projects() []*Project {
	all := make([]*Project, 0, len(p.projects))
	for _, id := range p.projects {
		all = append(all, p.view.project(id))
	}
	return byName(all)
}

// byName sorts projects.
func byName(projects []*Project) []*Project {
	slices.SortFunc(projects, func(a, b *Project) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name()), strings.ToLower(b.Name())), strings.Compare(a.ProjectRow.ID, b.ProjectRow.ID))
	})
	return projects
}

// Lessons are what was learned, the one that all others resemble first and
// then the most similar ones.
func (p *CommonProblem) Lessons() []*Lesson {
	all := make([]*Lesson, len(p.lessons))
	for i, f := range p.lessons {
		all[i] = p.view.lessonOf(f)
	}
	return all
}

// Recommendation is the one that was applied in most projects; of several, the
// one that most lessons give, then that of the lesson nearest to the others.
func (p *CommonProblem) Recommendation() string { return p.used().recommendation }

// AppliedTo are the projects where that recommendation was applied, by name.
func (p *CommonProblem) AppliedTo() []*Project {
	return byName(p.view.projectsNamed(p.used().appliedTo))
}

// usedRecommendation is a recommendation that some of the lessons give, and
// where it was applied.
type usedRecommendation struct {
	recommendation string
	lessons        int
	appliedTo      []string
	projects       int // of appliedTo, as far as the caller sees them
}

func (p *CommonProblem) used() *usedRecommendation {
	var all []*usedRecommendation
	known := map[string]*usedRecommendation{}
	for _, f := range p.lessons {
		words := strings.Join(strings.Fields(strings.ToLower(f.Recommendation)), " ")
		if known[words] == nil {
			known[words] = &usedRecommendation{recommendation: f.Recommendation}
			all = append(all, known[words])
		}
		known[words].lessons++
		known[words].appliedTo = append(known[words].appliedTo, f.AppliedTo...)
	}
	for _, u := range all {
		u.projects = len(p.view.projectsNamed(u.appliedTo))
	}
	return slices.MaxFunc(all, func(a, b *usedRecommendation) int { // the first of those that are equal
		return cmp.Or(cmp.Compare(a.projects, b.projects), cmp.Compare(a.lessons, b.lessons))
	})
}
