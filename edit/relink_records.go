package edit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"plumbline/portfolio"
)

// RelinkedRecords says what becomes of the records of one kind that name a
// project or milestone of the old connection.
type RelinkedRecords struct {
	// Kind is what a sentence calls them, such as risk.
	Kind string
	// Follow is how many lead to the new connection by all that they name.
	Follow int
	// Left are sentences about those that do not, and why.
	Left []string
}

// A namingRecord is something recorded that names projects or milestones.
type namingRecord struct {
	doc                  portfolio.Document
	projects, milestones []string // references
}

// named are the references to projects and milestones of a document. Those of
// links are not among them: a link is what they follow.
func named(doc portfolio.Document) (projects, milestones []string) {
	switch f := doc.(type) {
	case *portfolio.Override:
		kind, ref, _ := strings.Cut(f.Target, ":")
		if portfolio.Kind(kind) == portfolio.KindMilestone {
			return nil, []string{ref}
		}
		return []string{ref}, nil
	case *portfolio.ContributionFact:
		projects = []string{f.Project}
	case *portfolio.KPILinkFact:
		projects = []string{f.Project}
	case *portfolio.RecordedRiskFact:
		milestones = []string{f.Milestone}
	case *portfolio.QuickWinFact:
		milestones = []string{f.Milestone}
	case *portfolio.DecisionFact:
		milestones = f.Blocks
	}
	if f, ok := doc.(portfolio.Registered); ok {
		projects = f.Bearing().Projects
	}
	unnamed := func(ref string) bool { return ref == "" }
	return slices.DeleteFunc(slices.Clone(projects), unnamed), slices.DeleteFunc(slices.Clone(milestones), unnamed)
}

// readRecords reads what people recorded that names a project or milestone.
func (r *relinker) readRecords() {
	for _, kind := range slices.Sorted(maps.Keys(nouns)) {
		of := len(r.recorded)
		for v := range r.snapshot.Documents(kind) {
			projects, milestones := named(v.Doc)
			if len(projects)+len(milestones) > 0 {
				r.recorded = append(r.recorded, namingRecord{v.Doc, projects, milestones})
			}
			for _, ref := range milestones {
				r.named[ref] = true
			}
		}
		slices.SortFunc(r.recorded[of:], func(a, b namingRecord) int { return strings.Compare(a.doc.Key().ID, b.doc.Key().ID) })
	}
}

// report says what the records lead to in the portfolio as it will be.
func (r *relinker) report(after *portfolio.Snapshot) {
	byKind := map[string]*RelinkedRecords{}
	for _, record := range r.recorded {
		concerned, left := false, ""
		for _, ref := range record.projects {
			if ids := r.oldProjects(ref); len(ids) > 0 {
				concerned = true
				left = cmp.Or(left, r.whyProject(after, ref, ids))
			}
		}
		for _, ref := range record.milestones {
			if r.isOld(ref) {
				concerned = true
				left = cmp.Or(left, r.whyMilestone(after, ref))
			}
		}
		if !concerned {
			continue
		}
		noun := nouns[record.doc.Key().Kind]
		if byKind[noun] == nil {
			byKind[noun] = &RelinkedRecords{Kind: noun}
		}
		if left == "" {
			byKind[noun].Follow++
		} else {
			byKind[noun].Left = append(byKind[noun].Left, nounOf(record.doc.Key())+": "+left)
		}
	}
	for _, noun := range slices.Sorted(maps.Keys(byKind)) {
		r.Records = append(r.Records, *byKind[noun])
	}
	r.reportTwice(after)
}

// isOld reports whether a reference is an id or a key of the old connection.
func (r *relinker) isOld(ref string) bool {
	return strings.HasPrefix(ref, r.from+"/") || strings.HasPrefix(ref, r.from+":")
}

// oldProjects are the ids in the old connection of the project that a reference
// leads to, or the reference itself when it is of that connection and leads to
// none.
func (r *relinker) oldProjects(ref string) []string {
	p, ok := r.snapshot.ProjectByReference(ref)
	if !ok {
		if r.isOld(ref) {
			return []string{ref}
		}
		return nil
	}
	var ids []string
	for _, member := range p.Members {
		if strings.HasPrefix(member, r.from+"/") {
			ids = append(ids, member)
		}
	}
	return ids
}

// whyProject says why a reference to one of the old projects does not lead to
// the new connection; "" when it does.
func (r *relinker) whyProject(after *portfolio.Snapshot, ref string, old []string) string {
	p, ok := after.ProjectByReference(ref)
	there := func(id string) bool { return strings.HasPrefix(id, r.to+"/") }
	switch {
	case ok && slices.ContainsFunc(p.Members, there):
		return ""
	case slices.Equal(old, []string{ref}) && !ok:
		return fmt.Sprintf("it names %s, which leads to no project", ref)
	}
	for _, id := range old {
		switch {
		case slices.Contains(r.Ambiguous, id):
			return fmt.Sprintf("it names %s, which has several counterparts", ref)
		case slices.Contains(r.Owned, id):
			return fmt.Sprintf("it names %s, whose counterpart a file links", ref)
		case slices.Contains(r.Missing, id):
			return fmt.Sprintf("it names %s, which has no counterpart", ref)
		}
	}
	return fmt.Sprintf("it names %s, which leads elsewhere then; name the project by its id", ref)
}

// whyMilestone is whyProject of a reference to a milestone.
func (r *relinker) whyMilestone(after *portfolio.Snapshot, ref string) string {
	m, ok := after.MilestoneByReference(ref)
	switch {
	case !ok:
		return fmt.Sprintf("it names %s, which leads to no milestone", ref)
	case r.isOld(m.ID):
		return fmt.Sprintf("it names %s, a milestone without a counterpart", ref)
	}
	return ""
}
