package edit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plumbline/portfolio"
)

// A scope says what a caller may change who sees only some departments: the
// KPIs of those departments and their measurements, and what is recorded of
// their projects and milestones. What is the whole organisation's (departments,
// people, strategies and all below them) they may not: an alias of a department
// could make the projects of another one visible to them.
//
// What is not there is answered like what may not be seen.
type scope struct {
	snapshot *portfolio.Snapshot
	caller   portfolio.Caller
	view     *portfolio.View
	byKey    map[string][]string // ids of milestones, by connection:key
	links    map[link]portfolio.Document
}

// A link is what a project does for an objective or a KPI, whichever reference
// leads to the project.
type link struct {
	kind        portfolio.Kind
	project, to string
}

// linkOf takes a contribution or a link to a KPI apart.
func linkOf(d portfolio.Document) (project, to string, ok bool) {
	switch f := d.(type) {
	case *portfolio.ContributionFact:
		return f.Project, f.Objective, true
	case *portfolio.KPILinkFact:
		return f.Project, f.KPI, true
	}
	return "", "", false
}

// linksOfFiles are the contributions and links that files own.
func (s *scope) linksOfFiles() map[link]portfolio.Document {
	if s.links != nil {
		return s.links
	}
	s.links = map[link]portfolio.Document{}
	for _, kind := range []portfolio.Kind{portfolio.KindContribution, portfolio.KindKPILink} {
		for v := range s.snapshot.Documents(kind) {
			project, to, _ := linkOf(v.Doc)
			if !isFile(ownerOf(v.Doc)) {
				continue
			}
			if row, ok := s.snapshot.ProjectByReference(project); ok {
				s.links[link{kind, row.ID, to}] = v.Doc
			}
		}
	}
	return s.links
}

func newScope(s *portfolio.Snapshot, c portfolio.Caller) *scope {
	return &scope{snapshot: s, caller: c, view: s.View(c)}
}

// forbidden says why the caller may not make the change; "" when they may.
// Both what there is and what there will be must be theirs.
func (c *check) forbidden(before portfolio.Versioned) string {
	if c.key.Kind == portfolio.KindOverride && strings.HasSuffix(c.key.ID, "#budget") && !c.scope.caller.Reads(portfolio.GroupCost) {
		// Whether a value is unchanged would tell what it is.
		return "The key may not read budgets, so it may not write them; it needs the field group cost."
	}
	if c.key.Kind == portfolio.KindCost && !c.scope.caller.Reads(portfolio.GroupCost) {
		return "The key may not read costs, so it may not write them; it needs the field group cost."
	}
	if !c.scope.caller.Reads(portfolio.GroupCost) && c.change.Put != nil && (holdsMoney(before.Doc) || holdsMoney(c.change.Put)) {
		// Nor may they replace what they cannot see.
		return "The key may not read amounts of money, so it may not write them; it needs the field group cost."
	}
	if len(c.scope.caller.Departments) == 0 {
		return ""
	}
	for _, doc := range []portfolio.Document{before.Doc, c.change.Put} {
		if doc != nil && !c.own(doc) {
			return fmt.Sprintf("The key may change only what belongs to its departments; the %s is not theirs, or not there.", c.noun())
		}
	}
	if before.Doc == nil && c.change.Put == nil {
		return fmt.Sprintf("The key may change only what belongs to its departments; the %s is not theirs, or not there.", c.noun())
	}
	return ""
}

// holdsMoney reports whether a document has amounts of the field group cost,
// budgets apart.
func holdsMoney(d portfolio.Document) bool {
	f, ok := d.(*portfolio.RecordedRiskFact)
	return ok && (f.Impact != nil || f.ResidualImpact != nil)
}

// visible reports whether an error may name a document. A quote without consent
// it never names.
func (c *check) visible(doc portfolio.Document) bool {
	return portfolio.Readable(doc) && c.theirs(doc)
}

// theirs reports whether the caller has no limit, or a document belongs to
// their departments.
func (c *check) theirs(doc portfolio.Document) bool {
	return len(c.scope.caller.Departments) == 0 || c.own(doc)
}

// own reports whether a document belongs to the caller's departments.
func (c *check) own(doc portfolio.Document) bool {
	switch f := doc.(type) {
	case *portfolio.KPIFact:
		return c.scope.department(f.Department)
	case *portfolio.MeasurementFact:
		return c.ownKPI(f.KPI)
	case *portfolio.KPILinkFact:
		return c.ownKPI(f.KPI) && c.scope.project(f.Project)
	case *portfolio.ContributionFact:
		return c.scope.project(f.Project)
	case *portfolio.Override:
		return c.scope.override(f)
	case *portfolio.Link:
		for _, id := range append([]string{f.Primary}, f.Members...) {
			if !c.scope.project(id) {
				return false
			}
		}
		return true
	case portfolio.Registered:
		return c.scope.record(f.Bearing())
	}
	return false
}

// record reports whether a record is of visible projects and departments only,
// and of one at least.
func (s *scope) record(b portfolio.Bearing) bool {
	if b.Common || b.Department != "" && !s.department(b.Department) {
		return false
	}
	of := b.Department != ""
	for _, ref := range b.Projects {
		if ref == "" {
			continue
		}
		if !s.project(ref) {
			return false
		}
		of = true
	}
	return of
}

func (c *check) ownKPI(key string) bool {
	kpi := findAs[portfolio.KPIFact](c.draft, portfolio.KindKPI, key)
	return kpi != nil && c.scope.department(kpi.Department)
}

func (s *scope) department(slug string) bool {
	_, err := s.view.Node(portfolio.NodeID(portfolio.KindDepartment, slug))
	return err == nil
}

// project reports whether a reference leads to a visible project.
func (s *scope) project(ref string) bool {
	row, ok := s.snapshot.ProjectByReference(ref)
	if !ok {
		return false
	}
	_, err := s.view.Project(row.ID)
	return err == nil
}

// milestone reports whether a reference leads to milestones of which all are
// visible.
func (s *scope) milestone(ref string) bool {
	if isDocumentID(ref) {
		_, err := s.view.Milestone(ref)
		return err == nil
	}
	ids := s.milestones(ref)
	for _, id := range ids {
		if _, err := s.view.Milestone(id); err != nil {
			return false
		}
	}
	return len(ids) > 0
}

// shownMilestones are the ids of the milestones of a tool's key that it still
// shows.
func (c *check) shownMilestones(ref string) []string {
	if isDocumentID(ref) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.scope.milestones(ref)), func(id string) bool {
		m, ok := c.snapshot.Milestone(id)
		return !ok || m.Presence != portfolio.PresencePresent
	})
}

// milestones are the ids of the milestones with a tool's key or, of one without
// a key, with its id.
func (s *scope) milestones(ref string) []string {
	if s.byKey == nil {
		s.byKey = map[string][]string{}
		for m := range s.snapshot.Milestones() {
			parts := strings.SplitN(m.ID, "/", 3)
			ref := parts[0] + ":" + cmp.Or(m.Key, parts[2])
			s.byKey[ref] = append(s.byKey[ref], m.ID)
		}
	}
	return s.byKey[ref]
}

// overridden are the projects or milestones that the id of an override leads
// to.
func (s *scope) overridden(id string) (rows []portfolio.Key) {
	target, _, _ := strings.Cut(id, "#")
	kind, ref, _ := strings.Cut(target, ":")
	switch portfolio.Kind(kind) {
	case portfolio.KindProject:
		if row, ok := s.snapshot.ProjectByReference(ref); ok {
			rows = append(rows, portfolio.Key{Kind: portfolio.KindProject, ID: row.ID})
		}
	case portfolio.KindMilestone:
		ids := []string{ref}
		if !isDocumentID(ref) {
			ids = s.milestones(ref)
		}
		for _, id := range ids {
			rows = append(rows, portfolio.Key{Kind: portfolio.KindMilestone, ID: id})
		}
	}
	return rows
}

// override reports whether a field is of a visible project or milestone, and
// does not give a project away to another department.
func (s *scope) override(f *portfolio.Override) bool {
	kind, ref, _ := strings.Cut(f.Target, ":")
	switch portfolio.Kind(kind) {
	case portfolio.KindProject:
		return s.project(ref) && (f.Field != "department" || s.department(f.Value.Text))
	case portfolio.KindMilestone:
		return s.milestone(ref)
	}
	return false
}
