package portfolio

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// DataQualityPartCode names a part of a data-quality score.
type DataQualityPartCode string

// The values of DataQualityPartCode.
const (
	QualityCompleteness DataQualityPartCode = "COMPLETENESS"
	QualityFreshness    DataQualityPartCode = "FRESHNESS"
	QualityValidity     DataQualityPartCode = "VALIDITY"
	QualityConsistency  DataQualityPartCode = "CONSISTENCY"
)

// DataQualityCode names a check of data.
type DataQualityCode string

// The values of DataQualityCode.
const (
	QualityProjectDates      DataQualityCode = "PROJECT_DATES"
	QualityProjectManager    DataQualityCode = "PROJECT_MANAGER"
	QualityProjectDepartment DataQualityCode = "PROJECT_DEPARTMENT"
	QualityProjectHealth     DataQualityCode = "PROJECT_HEALTH"
	QualityMilestoneDue      DataQualityCode = "MILESTONE_DUE"
	QualityMilestoneOwner    DataQualityCode = "MILESTONE_OWNER"

	QualityLastRun      DataQualityCode = "LAST_RUN"
	QualityCompletePass DataQualityCode = "COMPLETE_PASS"
	QualityListingHeld  DataQualityCode = "LISTING_HELD"

	QualityReadable         DataQualityCode = "READABLE"
	QualityProjectOrder     DataQualityCode = "PROJECT_DATES_IN_ORDER"
	QualityMilestoneOrder   DataQualityCode = "MILESTONE_DATES_IN_ORDER"
	QualityFinishedInFuture DataQualityCode = "NOT_FINISHED_IN_FUTURE"

	QualityProjectNames     DataQualityCode = "PROJECT_NAMES_ONCE"
	QualityAccounts         DataQualityCode = "ACCOUNTS_TOLD_APART"
	QualityDependencyEnds   DataQualityCode = "DEPENDENCIES_KNOWN"
	QualityMilestoneProject DataQualityCode = "MILESTONES_HAVE_PROJECT"
	QualityReferences       DataQualityCode = "REFERENCES_LEAD_SOMEWHERE"
)

// shownExamples is how many examples a check lists.
const shownExamples = 5

// DataQuality is how far data can be relied upon: a score with its parts.
type DataQuality struct {
	Parts []*DataQualityPart
}

// A DataQualityPart is one side of it.
type DataQualityPart struct {
	Code   DataQualityPartCode
	Checks []*DataQualityCheck
	reason *Reason // why nothing was looked at
}

// A DataQualityCheck is one thing that was looked at.
type DataQualityCheck struct {
	Code DataQualityCode
	// Of is how many were looked at, and Wrong how many of them are not right.
	Of, Wrong int
	Examples  []*DataQualityExample
	sentence  string // "%d of %d …", what is wrong with them
}

// A DataQualityExample is one that is not right.
type DataQualityExample struct {
	ID   string // the global id; "" when there is no such thing
	Name string
}

// check begins a check.
func (p *DataQualityPart) check(code DataQualityCode, sentence string) *DataQualityCheck {
	c := &DataQualityCheck{Code: code, Examples: []*DataQualityExample{}, sentence: sentence}
	p.Checks = append(p.Checks, c)
	return c
}

// look counts one thing.
func (c *DataQualityCheck) look(right bool, kind Kind, id, name string) {
	c.Of++
	if right {
		return
	}
	c.Wrong++
	if len(c.Examples) < shownExamples {
		e := &DataQualityExample{Name: cmp.Or(name, id)}
		if kind != "" {
			e.ID = NodeID(kind, id)
		}
		c.Examples = append(c.Examples, e)
	}
}

// Score is 100 times the share that is right; nil when there was nothing to
// look at.
func (c *DataQualityCheck) Score() *float64 {
	if c.Of == 0 {
		return nil
	}
	score := rounded(100 * float64(c.Of-c.Wrong) / float64(c.Of))
	return &score
}

// Message says what is wrong.
func (c *DataQualityCheck) Message() string { return fmt.Sprintf(c.sentence, c.Wrong, c.Of) }

// Score is the mean of its checks that looked at something; nil is explained by
// ScoreReason.
func (p *DataQualityPart) Score() *float64 {
	return meanScore(p.Checks, (*DataQualityCheck).Score)
}

// ScoreReason says why there is no score.
func (p *DataQualityPart) ScoreReason() *Reason {
	switch {
	case p.Score() != nil:
		return nil
	case p.reason != nil:
		return p.reason
	}
	return &Reason{Code: ReasonNothingToCheck, Message: "There is nothing that could be looked at."}
}

// Score is the mean of the parts that have one; nil when none has.
func (q *DataQuality) Score() *float64 { return meanScore(q.Parts, (*DataQualityPart).Score) }

// ScoreReason says why there is no score.
func (q *DataQuality) ScoreReason() *Reason {
	if q.Score() != nil {
		return nil
	}
	return &Reason{Code: ReasonNothingToCheck, Message: "There is nothing that could be looked at."}
}

func meanScore[E any](of []E, score func(E) *float64) *float64 {
	sum, n := 0.0, 0
	for _, e := range of {
		if s := score(e); s != nil {
			sum += *s
			n++
		}
	}
	if n == 0 {
		return nil
	}
	mean := rounded(sum / float64(n))
	return &mean
}

// Reasons say what the score is short of 100 for, what costs most first.
func (q *DataQuality) Reasons() []*Reason {
	type cost struct {
		lost   float64 // of the score, but for the number of parts
		reason *Reason
	}
	var costs []cost
	for _, p := range q.Parts {
		scored := 0
		for _, c := range p.Checks {
			if c.Of > 0 {
				scored++
			}
		}
		for _, c := range p.Checks {
			if c.Wrong > 0 {
				costs = append(costs, cost{(100 - *c.Score()) / float64(scored), &Reason{Code: string(c.Code), Message: c.Message()}})
			}
		}
	}
	slices.SortStableFunc(costs, func(a, b cost) int { return cmp.Compare(b.lost, a.lost) })
	reasons := make([]*Reason, len(costs))
	for i, c := range costs {
		reasons[i] = c.reason
	}
	return reasons
}

// misfits are what does not fit together in the whole portfolio.
type misfits struct {
	// named are the projects that are not over, by name in lower case where
	// several have one.
	named map[string][]string
	// references are what people refer to as projects, each with the
	// connection that it names; "" is none.
	references []pointing
}

// A pointing is a reference to a project in something that people recorded.
type pointing struct {
	connection string
	reference  string
	from       Key
	leads      bool
}

func (s *Snapshot) misfits() *misfits {
	return s.governance.quality.get(func() *misfits {
		m := &misfits{named: map[string][]string{}}
		for p := range s.Projects() {
			if name := plainName(p.Name); name != "" && p.unfinished() {
				m.named[name] = append(m.named[name], p.ID)
			}
		}
		for name, ids := range m.named {
			if len(ids) == 1 {
				delete(m.named, name)
			}
		}
		for c := range s.contributions.ordered.all() {
			m.point(s, Key{KindContribution, c.ID}, c.ProjectRef)
		}
		for l := range s.kpiLinks.ordered.all() {
			m.point(s, Key{KindKPILink, l.ID}, l.Reference)
		}
		for _, kind := range registers {
			for _, d := range documentsOf[Document](s, kind) {
				if r, ok := d.(Registered); ok && Readable(d) {
					for _, reference := range r.Bearing().Projects {
						m.point(s, d.Key(), reference)
					}
				}
			}
		}
		return m
	})
}

func (m *misfits) point(s *Snapshot, from Key, reference string) {
	if reference == "" {
		return
	}
	connection := ""
	if !strings.HasPrefix(reference, pmoReference) {
		connection = reference[:max(0, strings.IndexAny(reference, ":/"))]
	}
	_, leads := s.ProjectByReference(reference)
	m.references = append(m.references, pointing{connection, reference, from, leads})
}

// plainName is a name as duplicates are found by: without case and spaces
// around and between.
func plainName(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// unfinished reports whether a tool shows a project that is not over.
func (p *ProjectRow) unfinished() bool {
	return p.Presence == PresencePresent && p.Phase != PhaseDone && p.Phase != PhaseCancelled
}
