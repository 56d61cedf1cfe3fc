package portfolio

import (
	"slices"
	"strings"
	"sync"
)

// GroupCost is the field group of budgets and what is computed from them.
const GroupCost = "cost"

// A View is a snapshot as one caller sees it, made once for a request: what
// the caller may not see is not there, whichever way it is asked for. It is
// safe for many goroutines.
type View struct {
	snap   *Snapshot
	caller Caller

	// divisions are the departments that a limited caller may see, those
	// below the named ones included; nil for a caller without a limit.
	divisions map[string]bool

	reach     sync.Once
	reachable map[string]bool // documents that visible projects and milestones name

	// consents is the newest snapshot, of the view of a former one.
	consents *Snapshot

	alike lazy[likeness] // of what a limited caller sees
	pairs lazy[[]*joinPair]
	week  lazy[weeks] // of what the caller sees

	continued func()
}

// View returns the snapshot as the caller sees it.
func (s *Snapshot) View(c Caller) *View {
	v := &View{snap: s, caller: c}
	// Whom no door has given a role sees nothing.
	if len(c.Departments) > 0 || !c.May(RoleViewer) {
		v.divisions = s.divisionsUnder(c.Departments)
	}
	return v
}

// divisionsUnder returns departments and all that lie below them.
func (s *Snapshot) divisionsUnder(slugs []string) map[string]bool {
	below := map[string][]string{}
	for d := range s.Departments() {
		below[d.ParentID] = append(below[d.ParentID], d.ID)
	}
	all := map[string]bool{}
	for next := slices.Clone(slugs); len(next) > 0; next = next[1:] {
		if slug := next[0]; slug != "" && !all[slug] {
			all[slug] = true
			next = append(next, below[slug]...)
		}
	}
	return all
}

// Data is the data revision that the view shows.
func (v *View) Data() Position { return v.snap.Data() }

// Position is the place in the log that the view shows, bookkeeping included.
func (v *View) Position() Position { return v.snap.Position() }

// Caller is who looks.
func (v *View) Caller() Caller { return v.caller }

// WhenContinued has f called whenever a page was answered that another one
// follows, so that the snapshot is worth keeping. It must be set before the
// view is used; f may be called by many goroutines.
func (v *View) WhenContinued(f func()) { v.continued = f }

// limited reports whether the caller sees only some departments.
func (v *View) limited() bool { return v.divisions != nil }

// sees reports whether the caller may see a project; nil is no project.
func (v *View) sees(p *ProjectRow) bool {
	return v.divisions == nil || (p != nil && v.divisions[p.DepartmentID])
}

// seesMilestone reports whether the caller may see a milestone: when they may
// see its project.
func (v *View) seesMilestone(m *MilestoneRow) bool {
	if v.divisions == nil {
		return true
	}
	p, _ := v.snap.Project(m.ProjectID)
	return v.sees(p)
}

// seesRisk reports whether the caller may see a risk: when they may see its
// project, or the department that was said.
func (v *View) seesRisk(r *RiskRow) bool {
	if v.divisions == nil || v.divisions[r.division] {
		return true
	}
	p, _ := v.snap.Project(r.ProjectID)
	return v.sees(p)
}

// seesDependency reports whether the caller may see one of its ends.
func (v *View) seesDependency(d *DependencyRow) bool {
	if v.divisions == nil {
		return true
	}
	return v.seesEnd(&d.Predecessor) || v.seesEnd(&d.Successor)
}

// seesEnd reports whether the caller may see the project of an end. The end
// of a project that is not synced belongs to no department.
func (v *View) seesEnd(e *EndRow) bool {
	if v.divisions == nil {
		return true
	}
	p, _ := v.snap.Project(e.ProjectID)
	return v.sees(p)
}

// seesPerson reports whether the caller may see a person: one that something
// they may see names.
func (v *View) seesPerson(p *PersonRow) bool { return v.divisions == nil || v.reached()[p.ID] }

func (v *View) seesDepartment(d *DepartmentRow) bool {
	return v.divisions == nil || v.divisions[d.ID]
}

// seesKPI reports whether the caller may see a KPI: when they may see its
// department.
func (v *View) seesKPI(k *KPIRow) bool { return v.divisions == nil || v.divisions[k.DepartmentID] }

// seesTool reports whether the caller may see a connection: one from which
// something they may see comes.
func (v *View) seesTool(c *ConnectionRow) bool { return v.divisions == nil || v.reached()[c.ID] }

// seesOperations reports whether the caller may see how synchronisation goes.
// What it counts is of the whole portfolio, so a limited caller may not.
func (v *View) seesOperations() bool { return v.divisions == nil }

// reached returns the people and connections behind what a limited caller may
// see.
func (v *View) reached() map[string]bool {
	v.reach.Do(func() {
		v.reachable = map[string]bool{}
		for division := range v.divisions {
			if d, ok := v.snap.Department(division); ok {
				v.reachable[d.HeadID] = true
			}
			for _, k := range v.snap.kpisOfDepartment(division) {
				v.reachable[k.OwnerID] = true
			}
			for _, id := range v.snap.ProjectsOf(division) {
				p, ok := v.snap.Project(id)
				if !ok {
					continue
				}
				v.reachable[p.ManagerID] = true
				v.reachable[p.SponsorID] = true
				v.reachUsers(p.Custom)
				for _, member := range p.Members {
					v.reachable[connectionOf(member)] = true
				}
				for _, milestone := range v.snap.MilestonesOf(id) {
					if m, ok := v.snap.Milestone(milestone); ok {
						v.reachable[m.OwnerID] = true
						v.reachUsers(m.Custom)
						v.reachable[connectionOf(m.ID)] = true
					}
				}
				for _, r := range v.snap.risksOf(p) {
					v.reachable[r.OwnerID] = true
					v.reachUsers(r.Custom)
					if !r.recorded() {
						v.reachable[connectionOf(r.ID)] = true
					}
				}
			}
		}
		v.reachRecords()
		delete(v.reachable, "")
	})
	return v.reachable
}

// reachRecords adds the people that records name which the caller may see.
func (v *View) reachRecords() {
	var words []string
	for division := range v.divisions {
		words = append(words, divisionWord(division))
		for _, id := range v.snap.ProjectsOf(division) {
			if p, ok := v.snap.Project(id); ok {
				words = append(words, v.snap.projectWords(p)...)
			}
		}
	}
	for _, kind := range append([]Kind{KindRecordedRisk}, registers...) {
		refs := v.snap.refs[kind]
		if refs.count == 0 {
			continue
		}
		for _, word := range words {
			for _, id := range refs.of(word) {
				doc, _ := v.snap.Document(Key{kind, id})
				record := doc.Doc.(Registered)
				if !v.seesRecord(record) {
					continue
				}
				for _, word := range record.Bearing().Words {
					if name, ok := strings.CutPrefix(word, personPrefix); ok {
						if p, ok := v.snap.PersonByReference(name); ok {
							v.reachable[p.ID] = true
						}
					}
				}
			}
		}
	}
}

// reachUsers adds the people that custom fields name.
func (v *View) reachUsers(fields []Field) {
	for i := range fields {
		if fields[i].Type == FieldUser {
			v.reachable[fields[i].Text] = true
		}
	}
}

// mayRead reports whether the caller may read a reason's sentence: when they
// may see what it is about.
func (v *View) mayRead(r *Reason) bool {
	if r.About == "" || v.divisions == nil {
		return true
	}
	if m, ok := v.snap.Milestone(r.About); ok {
		return v.seesMilestone(m)
	}
	if d, ok := v.snap.Dependency(r.About); ok {
		return v.seesDependency(d)
	}
	p, _ := v.snap.Project(r.About)
	return v.sees(p)
}
