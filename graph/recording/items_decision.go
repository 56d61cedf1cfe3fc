package recording

import "plumbline/portfolio"

// The rows of upserts of decisions and lessons.
type (
	// Decision is a row of upsertDecisions.
	Decision struct {
		portfolio.DecisionFact
		Seen
	}
	// Lesson is a row of upsertLessons.
	Lesson struct {
		portfolio.LessonFact
		Seen
	}
)

// Fact implements Item.
func (i *Decision) Fact() portfolio.RecordedFact {
	i.Department, i.Decider = department(i.Department), person(i.Decider)
	for n, ref := range i.Projects {
		i.Projects[n] = project(ref)
	}
	for n, ref := range i.Blocks {
		i.Blocks[n] = IDOf(ref, portfolio.KindMilestone)
	}
	for n := range i.Actions {
		i.Actions[n].Owner = person(i.Actions[n].Owner)
	}
	return &i.DecisionFact
}

// Fact implements Item.
func (i *Lesson) Fact() portfolio.RecordedFact {
	i.Department, i.Project = department(i.Department), project(i.Project)
	for n, ref := range i.AppliedTo {
		i.AppliedTo[n] = project(ref)
	}
	return &i.LessonFact
}
