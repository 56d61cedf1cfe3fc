package portfolio

import (
	"fmt"
	"slices"
	"time"
)

// ProjectGroupField is a value by which projects are grouped.
type ProjectGroupField string

// The values of ProjectGroupField.
const (
	GroupProjectsByDepartment     ProjectGroupField = "DEPARTMENT"
	GroupProjectsByPhase          ProjectGroupField = "PHASE"
	GroupProjectsByHealth         ProjectGroupField = "HEALTH"
	GroupProjectsByReportedHealth ProjectGroupField = "REPORTED_HEALTH"
	GroupProjectsByComputedHealth ProjectGroupField = "COMPUTED_HEALTH"
	GroupProjectsByConnection     ProjectGroupField = "CONNECTION"
	GroupProjectsByManager        ProjectGroupField = "MANAGER"
	GroupProjectsBySponsor        ProjectGroupField = "SPONSOR"
	GroupProjectsByCategory       ProjectGroupField = "CATEGORY"
	GroupProjectsByPriority       ProjectGroupField = "PRIORITY"
	GroupProjectsBySourceStatus   ProjectGroupField = "SOURCE_STATUS"
	GroupProjectsByPresence       ProjectGroupField = "PRESENCE"
	GroupProjectsByTargetMonth    ProjectGroupField = "TARGET_MONTH"
	GroupProjectsByTargetQuarter  ProjectGroupField = "TARGET_QUARTER"
	GroupProjectsByTargetYear     ProjectGroupField = "TARGET_YEAR"
	GroupProjectsByObjective      ProjectGroupField = "PRIMARY_OBJECTIVE"
	GroupProjectsByCustomField    ProjectGroupField = "CUSTOM_FIELD"
)

// MilestoneGroupField is a value by which milestones are grouped.
type MilestoneGroupField string

// The values of MilestoneGroupField.
const (
	GroupMilestonesByKind           MilestoneGroupField = "KIND"
	GroupMilestonesByHealth         MilestoneGroupField = "HEALTH"
	GroupMilestonesByReportedHealth MilestoneGroupField = "REPORTED_HEALTH"
	GroupMilestonesByComputedHealth MilestoneGroupField = "COMPUTED_HEALTH"
	GroupMilestonesByProject        MilestoneGroupField = "PROJECT"
	GroupMilestonesByDepartment     MilestoneGroupField = "DEPARTMENT"
	GroupMilestonesByOwner          MilestoneGroupField = "OWNER"
	GroupMilestonesByType           MilestoneGroupField = "TYPE"
	GroupMilestonesByConnection     MilestoneGroupField = "CONNECTION"
	GroupMilestonesBySourceStatus   MilestoneGroupField = "SOURCE_STATUS"
	GroupMilestonesByStatusCategory MilestoneGroupField = "STATUS_CATEGORY"
	GroupMilestonesByPresence       MilestoneGroupField = "PRESENCE"
	GroupMilestonesByTargetMonth    MilestoneGroupField = "TARGET_MONTH"
	GroupMilestonesByTargetQuarter  MilestoneGroupField = "TARGET_QUARTER"
	GroupMilestonesByTargetYear     MilestoneGroupField = "TARGET_YEAR"
	GroupMilestonesByCustomField    MilestoneGroupField = "CUSTOM_FIELD"
)

// textGrouping groups by a text that is its own label.
func textGrouping[R any](of func(*R) string) grouping[R] {
	return grouping[R]{of: func(r *R) groupValue { return groupValue{text: of(r)} }, key: func(groupValue, *GroupKey) {}}
}

// enumGrouping groups by a value of a closed list, in the order of that list.
func enumGrouping[R any, E ~string](of func(*R) E, values []E) grouping[R] {
	g := textGrouping(func(r *R) string { return string(of(r)) })
	g.order = func(v groupValue) int { return slices.Index(values, E(v.text)) }
	return g
}

// nodeGrouping groups by the id of a thing that has a name. What the caller
// may not see is no value.
func nodeGrouping[R any](of func(*R) string, node func(id string) Node) grouping[R] {
	return grouping[R]{
		of: func(r *R) groupValue { return groupValue{text: of(r)} },
		key: func(v groupValue, k *GroupKey) {
			k.Node = node(v.text)
			if k.Node == nil {
				k.Value, k.Label = "", ""
				return
			}
			k.Value, k.Label = k.Node.ID(), nodeName(k.Node)
		},
	}
}

// periodGrouping groups by the period of so many months in which a date lies.
func periodGrouping[R any](of func(*R) Date, months int) grouping[R] {
	return grouping[R]{
		of: func(r *R) groupValue { return groupValue{num: of(r).periodStart(months).n} },
		key: func(v groupValue, k *GroupKey) {
			k.From = Date{v.num}
			k.To = k.From.AddMonths(months).AddDays(-1)
			k.Value = k.From.String()
			t := k.From.Time()
			switch months {
			case 1:
				k.Label = t.Format("2006-01")
			case 3:
				k.Label = fmt.Sprintf("%d-Q%d", t.Year(), (int(t.Month())+2)/3)
			default:
				k.Label = t.Format("2006")
			}
		},
	}
}

// periodStart is the first day of the period of so many months, a divisor of
// 12, in which d lies.
func (d Date) periodStart(months int) Date {
	if d.IsZero() {
		return d
	}
	t := d.Time()
	return NewDate(t.Year(), t.Month()-(t.Month()-1)%time.Month(months), 1)
}

func (v *View) departmentNode(id string) Node { return orNil(v.department(id)) }
func (v *View) personNode(id string) Node     { return orNil(v.person(id)) }
func (v *View) projectNode(id string) Node    { return orNil(v.project(id)) }
func (v *View) objectiveNode(id string) Node  { return orNil(v.objective(id)) }
func (v *View) toolNode(id string) Node       { return orNil(v.tool(id)) }

// nodeName is the name of a node that has one.
func nodeName(n Node) string {
	if named, ok := n.(interface{ Name() string }); ok {
		return named.Name()
	}
	return n.ID()
}

var presences = []Presence{
	PresencePresent, PresenceArchived, PresenceDeleted, PresenceAccessLost, PresenceOutOfScope, PresenceConnectionRemoved,
}

func (v *View) projectGrouping(field ProjectGroupField, custom *string) (g grouping[ProjectRow], err error) {
	switch field {
	case GroupProjectsByDepartment:
		g = nodeGrouping(func(p *ProjectRow) string { return p.DepartmentID }, v.departmentNode)
	case GroupProjectsByPhase:
		g = enumGrouping(func(p *ProjectRow) Phase { return p.Phase }, phases)
	case GroupProjectsByHealth:
		g = enumGrouping(func(p *ProjectRow) Health { return p.Health.Overall }, healths)
	case GroupProjectsByReportedHealth:
		g = enumGrouping(func(p *ProjectRow) Health { return p.Health.Reported }, healths)
	case GroupProjectsByComputedHealth:
		g = enumGrouping(func(p *ProjectRow) Health { return p.Health.Computed }, healths)
	case GroupProjectsByConnection:
		g = nodeGrouping(func(p *ProjectRow) string { return connectionOf(p.ID) }, v.toolNode)
	case GroupProjectsByManager:
		g = nodeGrouping(func(p *ProjectRow) string { return p.ManagerID }, v.personNode)
	case GroupProjectsBySponsor:
		g = nodeGrouping(func(p *ProjectRow) string { return p.SponsorID }, v.personNode)
	case GroupProjectsByCategory:
		g = textGrouping(func(p *ProjectRow) string { return p.Category })
	case GroupProjectsByPriority:
		g = textGrouping(func(p *ProjectRow) string { return p.Priority })
	case GroupProjectsBySourceStatus:
		g = textGrouping(func(p *ProjectRow) string { return p.SourceStatus })
	case GroupProjectsByPresence:
		g = enumGrouping(func(p *ProjectRow) Presence { return p.Presence }, presences)
	case GroupProjectsByTargetMonth:
		g = periodGrouping(func(p *ProjectRow) Date { return p.TargetDate }, 1)
	case GroupProjectsByTargetQuarter:
		g = periodGrouping(func(p *ProjectRow) Date { return p.TargetDate }, 3)
	case GroupProjectsByTargetYear:
		g = periodGrouping(func(p *ProjectRow) Date { return p.TargetDate }, 12)
	case GroupProjectsByObjective:
		g = nodeGrouping(func(p *ProjectRow) string { return p.alignment.primary }, v.objectiveNode)
	case GroupProjectsByCustomField:
		key, err := customKey(custom)
		if err != nil {
			return g, err
		}
		g = textGrouping(func(p *ProjectRow) string { return v.customText(p.Custom, key) })
	}
	g.field = string(field)
	return g, g.check()
}

func (v *View) milestoneGrouping(field MilestoneGroupField, custom *string) (g grouping[MilestoneRow], err error) {
	switch field {
	case GroupMilestonesByKind:
		g = enumGrouping(func(m *MilestoneRow) MilestoneKind { return m.Kind }, mkinds)
	case GroupMilestonesByHealth:
		g = enumGrouping(func(m *MilestoneRow) Health { return m.Health.Overall }, healths)
	case GroupMilestonesByReportedHealth:
		g = enumGrouping(func(m *MilestoneRow) Health { return m.Health.Reported }, healths)
	case GroupMilestonesByComputedHealth:
		g = enumGrouping(func(m *MilestoneRow) Health { return m.Health.Computed }, healths)
	case GroupMilestonesByProject:
		g = nodeGrouping(func(m *MilestoneRow) string { return m.ProjectID }, v.projectNode)
	case GroupMilestonesByDepartment:
		g = nodeGrouping(v.departmentOfMilestone, v.departmentNode)
	case GroupMilestonesByOwner:
		g = nodeGrouping(func(m *MilestoneRow) string { return m.OwnerID }, v.personNode)
	case GroupMilestonesByType:
		g = textGrouping(func(m *MilestoneRow) string { return m.Type })
	case GroupMilestonesByConnection:
		g = nodeGrouping(func(m *MilestoneRow) string { return connectionOf(m.ID) }, v.toolNode)
	case GroupMilestonesBySourceStatus:
		g = textGrouping(func(m *MilestoneRow) string { return m.SourceStatus })
	case GroupMilestonesByStatusCategory:
		g = enumGrouping(func(m *MilestoneRow) StatusCategory { return m.StatusCategory },
			[]StatusCategory{StatusTodo, StatusInProgress, StatusDone, StatusCancelled})
	case GroupMilestonesByPresence:
		g = enumGrouping(milestonePresence, presences)
	case GroupMilestonesByTargetMonth:
		g = periodGrouping(func(m *MilestoneRow) Date { return m.TargetDate }, 1)
	case GroupMilestonesByTargetQuarter:
		g = periodGrouping(func(m *MilestoneRow) Date { return m.TargetDate }, 3)
	case GroupMilestonesByTargetYear:
		g = periodGrouping(func(m *MilestoneRow) Date { return m.TargetDate }, 12)
	case GroupMilestonesByCustomField:
		key, err := customKey(custom)
		if err != nil {
			return g, err
		}
		g = textGrouping(func(m *MilestoneRow) string { return v.customText(m.Custom, key) })
	}
	g.field = string(field)
	return g, g.check()
}

func (g *grouping[R]) check() error {
	if g.of == nil {
		return fmt.Errorf("%w: %q is not known to group by", ErrInvalid, g.field)
	}
	return nil
}

func (v *View) departmentOfMilestone(m *MilestoneRow) string {
	p, ok := v.snap.Project(m.ProjectID)
	if !ok {
		return ""
	}
	return p.DepartmentID
}

// customText is the value of a custom field as a text that groups by it: of a
// USER the name.
func (v *View) customText(fields []Field, key string) string {
	f := customField(fields, key)
	if f == nil {
		return ""
	}
	if f.Type == FieldUser {
		return v.personName(f.Text).text
	}
	return textOf(*f)
}
