package portfolio

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plumbline/portfolio/scoring"
)

// JoinEvidence is something that makes two projects look like one.
type JoinEvidence string

// The values of JoinEvidence.
const (
	EvidencePMOID      JoinEvidence = "PMO_ID"
	EvidenceName       JoinEvidence = "NAME"
	EvidenceKey        JoinEvidence = "KEY"
	EvidenceMilestones JoinEvidence = "MILESTONES"
	EvidenceManager    JoinEvidence = "MANAGER"
	EvidenceTargetDate JoinEvidence = "TARGET_DATE"
	EvidenceDepartment JoinEvidence = "DEPARTMENT"
)

// How much each evidence weighs by itself, as the probability that two projects
// are one. They were set by judgement, not measured: what matters is the order,
// and that no single weak one passes DefaultJoinScore.
const (
	weightPMOID      = 0.95
	weightName       = 0.8 // of names of the same words
	weightKey        = 0.5
	weightMilestones = 0.5 // where all milestones of the smaller one have the other's names
	weightManager    = 0.2
	weightTargetDate = 0.15
	weightDepartment = 0.1
)

// The limits of what is looked at.
const (
	// DefaultJoinScore is the least score of what is suggested unless another is
	// asked for, and LeastJoinScore what can be asked for.
	DefaultJoinScore = 0.6
	LeastJoinScore   = 0.5
	// likeNames is the similarity from which names count.
	likeNames = 0.6
	// likeTargets is how many days may lie between two target dates.
	likeTargets = 14
	// fewestCommon is how many milestones of one name count.
	fewestCommon = 2
)

// A joinPair is two projects of different tools that look like one.
type joinPair struct {
	// primary stands first in the order of connections; its id would stay.
	primary, member *ProjectRow
	score           float64
	reasons         []JoinReason
}

func (p *joinPair) id() string { return p.primary.ID + "\n" + p.member.ID }

// A JoinReason is one evidence that two projects are the same.
type JoinReason struct {
	Code JoinEvidence
	// Weight is the probability, 0 to 1, that it makes by itself.
	Weight  float64
	message string
	args    []any
}

// Message is the evidence in a sentence.
func (r *JoinReason) Message() string { return fmt.Sprintf(r.message, r.args...) }

// joinPairs are the pairs among some projects that look like one and that
// nothing joins or keeps apart, in no order.
func (s *Snapshot) joinPairs(rows []*ProjectRow) []*joinPair {
	names := make([]string, len(rows))
	byWord := map[string][]int{} // a PMO id or a key leads to projects
	for i, row := range rows {
		names[i] = row.Name
		for _, word := range []string{wordOf("pmo ", row.PMOID), wordOf("key ", row.Key)} {
			if word != "" {
				byWord[word] = append(byWord[word], i)
			}
		}
	}
	found := map[[2]int]float64{} // of two places, the smaller first: the likeness of their names
	for i, matches := range scoring.NewTexts(names).Neighbours(likeNames) {
		for _, m := range matches {
			if i < m.At {
				found[[2]int{i, m.At}] = m.Score
			}
		}
	}
	for _, alike := range byWord {
		for n, i := range alike {
			for _, j := range alike[n+1:] {
				found[[2]int{i, j}] += 0
			}
		}
	}
	pairs := make([]*joinPair, 0, len(found))
	for at, likeness := range found {
		if p := s.joinPair(rows[at[0]], rows[at[1]], likeness); p != nil {
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// wordOf is what projects of the same value are found by; nothing where the
// value is too short to mean anything.
func wordOf(kind, value string) string {
	if value = strings.ToLower(strings.TrimSpace(value)); len(value) < 2 {
		return ""
	}
	return kind + value
}

// joinPair weighs what speaks for two projects being one; nil where that is too
// little, they are of one tool, or somebody has said that they are not the same.
func (s *Snapshot) joinPair(a, b *ProjectRow, likeness float64) *joinPair {
	for _, x := range a.Members {
		for _, y := range b.Members {
			if connectionOf(x) == connectionOf(y) {
				return nil
			}
		}
	}
	if cmp.Or(cmp.Compare(s.plan.rank(connectionOf(a.ID)), s.plan.rank(connectionOf(b.ID))), strings.Compare(a.ID, b.ID)) > 0 {
		a, b = b, a
	}
	p := &joinPair{primary: a, member: b, score: 1}
	if same := wordOf("", a.PMOID); same != "" && same == wordOf("", b.PMOID) {
		p.add(EvidencePMOID, weightPMOID, "Both have the PMO id %s.", a.PMOID)
	}
	switch {
	case strings.EqualFold(strings.TrimSpace(a.Name), strings.TrimSpace(b.Name)):
		p.add(EvidenceName, weightName, "Both are called %s.", a.Name)
	case likeness >= likeNames:
		p.add(EvidenceName, weightName*likeness, "Their names have %.0f %% in common.", 100*likeness)
	}
	if same := wordOf("", a.Key); same != "" && same == wordOf("", b.Key) {
		p.add(EvidenceKey, weightKey, "Both have the key %s.", a.Key)
	}
	if x, y := s.managerOf(a), s.managerOf(b); x != "" && x == y {
		p.add(EvidenceManager, weightManager, "The same person leads both.")
	}
	if !a.TargetDate.IsZero() && !b.TargetDate.IsZero() {
		if days := a.TargetDate.DaysSince(b.TargetDate); -likeTargets <= days && days <= likeTargets {
			p.add(EvidenceTargetDate, weightTargetDate, "They are due %d days apart.", max(days, -days))
		}
	}
	if a.DepartmentID != "" && a.DepartmentID == b.DepartmentID {
		p.add(EvidenceDepartment, weightDepartment, "Both are of the department %s.", a.departmentName)
	}
	if p.score*(1-weightMilestones) > 1-LeastJoinScore {
		return nil // their milestones, which take longer, could not change that
	}
	if common, fewer := s.commonMilestones(a, b); common >= fewestCommon {
		p.add(EvidenceMilestones, weightMilestones*float64(common)/float64(fewer), "%d of %d milestones have the same names.", common, fewer)
	}
	if p.score = scoring.Round9(1 - p.score); p.score < LeastJoinScore || s.keptApart(a, b) {
		return nil
	}
	return p
}

// add takes an evidence in: until all are, the score is the probability that
// none of them is right, taken to be independent of one another.
func (p *joinPair) add(code JoinEvidence, weight float64, message string, args ...any) {
	p.score *= 1 - weight
	p.reasons = append(p.reasons, JoinReason{code, scoring.Round9(weight), message, args})
}

// keptApart reports whether a link keeps two projects apart.
func (s *Snapshot) keptApart(a, b *ProjectRow) bool {
	for _, id := range a.led() {
		for _, key := range s.refs[KindLink].of(id) {
			v, _ := s.Document(Key{KindLink, key})
			l, ok := v.Doc.(*Link)
			if !ok || !l.Apart {
				continue
			}
			for _, other := range b.led() {
				if other == l.Primary || slices.Contains(l.Members, other) {
					return true
				}
			}
		}
	}
	return false
}

// commonMilestones counts the names that milestones of both projects have, and
// the milestones of the one that has fewer.
func (s *Snapshot) commonMilestones(a, b *ProjectRow) (common, fewer int) {
	of := func(p *ProjectRow) map[string]bool {
		names := map[string]bool{}
		for _, m := range s.milestonesOf(p.ID) {
			if m.Presence == PresencePresent && m.Name != "" {
				names[strings.ToLower(strings.TrimSpace(m.Name))] = true
			}
		}
		return names
	}
	x, y := of(a), of(b)
	for name := range x {
		if y[name] {
			common++
		}
	}
	return common, min(len(x), len(y))
}

// managerOf tells people apart across tools.
func (s *Snapshot) managerOf(p *ProjectRow) string {
	account, ok := s.Person(p.ManagerID)
	if !ok {
		return ""
	}
	return cmp.Or(s.workerOfAccount(account).identity, strings.ToLower(account.Email), strings.ToLower(account.Name))
}

// joinPairs are the pairs among the projects that the caller may see and that
// their tools still show.
func (v *View) joinPairs() []*joinPair {
	compute := func() *[]*joinPair {
		var rows []*ProjectRow
		for p := range v.snap.Projects() {
			if p.Presence == PresencePresent && v.sees(p) {
				rows = append(rows, p)
			}
		}
		pairs := v.snap.joinPairs(rows)
		return &pairs
	}
	if v.limited() {
		return *v.pairs.get(compute)
	}
	return *v.snap.governance.pairs.get(compute)
}

// JoinSuggestions lists the pairs of projects of different tools that are
// probably the same one, of those with at least the score, the surest first.
func (v *View) JoinSuggestions(minScore *float64, r PageRequest) (*JoinSuggestionConnection, error) {
	least, err := leastScore(minScore)
	if err != nil {
		return nil, err
	}
	keep := func(p *joinPair) bool { return p.score >= least }
	page, err := simpleList(v.compiler(), "joinSuggestions", v.joinPairs(), least, keep, (*joinPair).id, (*joinPair).surest, r,
		func(p *joinPair) *JoinSuggestion { return &JoinSuggestion{p, v} })
	if err != nil {
		return nil, err
	}
	return &JoinSuggestionConnection{page}, nil
}

// JoinSuggestions are the suggestions of at least the score that a project is
// in, the surest first.
func (p *Project) JoinSuggestions(minScore *float64) ([]*JoinSuggestion, error) {
	least, err := leastScore(minScore)
	if err != nil {
		return nil, err
	}
	all := []*JoinSuggestion{}
	for _, pair := range p.view.joinPairs() {
		if pair.score >= least && (pair.primary.ID == p.ProjectRow.ID || pair.member.ID == p.ProjectRow.ID) {
			all = append(all, &JoinSuggestion{pair, p.view})
		}
	}
	slices.SortFunc(all, func(a, b *JoinSuggestion) int {
		return cmp.Or(cmp.Compare(b.pair.score, a.pair.score), strings.Compare(a.pair.id(), b.pair.id()))
	})
	return all, nil
}

func (p *joinPair) surest() sortValue {
	score := -p.score
	return floatValue(&score)
}

func leastScore(asked *float64) (float64, error) {
	if asked == nil {
		return DefaultJoinScore, nil
	}
	if !(*asked >= LeastJoinScore && *asked <= 1) {
		return 0, fmt.Errorf("%w: minScore is %v; it is from %v to 1", ErrInvalid, *asked, LeastJoinScore)
	}
	return *asked, nil
}

type (
	// JoinSuggestionConnection is a page of suggestions.
	JoinSuggestionConnection struct {
		*Connection[joinPair, JoinSuggestion]
	}
	// JoinSuggestionEdge is a suggestion in a list.
	JoinSuggestionEdge = Edge[JoinSuggestion]
)

// A JoinSuggestion is two projects of different tools that are probably one.
type JoinSuggestion struct {
	pair *joinPair
	view *View
}

// Primary is the project whose id would stay.
func (s *JoinSuggestion) Primary() *Project { return s.view.project(s.pair.primary.ID) }

// Member is the project that would become a part of it.
func (s *JoinSuggestion) Member() *Project { return s.view.project(s.pair.member.ID) }

// Score is how sure it is, 0 to 1.
func (s *JoinSuggestion) Score() float64 { return s.pair.score }

// Reasons are what speaks for it, the strongest first.
func (s *JoinSuggestion) Reasons() []*JoinReason {
	reasons := make([]*JoinReason, len(s.pair.reasons))
	for i := range s.pair.reasons {
		reasons[i] = &s.pair.reasons[i]
	}
	slices.SortStableFunc(reasons, func(a, b *JoinReason) int { return cmp.Compare(b.Weight, a.Weight) })
	return reasons
}
