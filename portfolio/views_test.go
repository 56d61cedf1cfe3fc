package portfolio

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func text(s string) Field { return Field{Type: FieldText, Text: s} }

func TestFirstRuleThatMatchesDecidesTheKind(t *testing.T) {
	goLive := `milestone.name matches "(?i)go.?live|launch"`
	settings := &Settings{TimeZone: "UTC",
		Connections: []ConnectionSettings{{ID: "eng", Type: "jira", Fields: []FieldMapping{{To: "kind", Field: "Importance"}}}},
		Rules: []Rule{
			{When: goLive, Set: Assignment{Kind: MilestoneGoLive}},
			{When: `connection.type == "jira" and "key" in milestone.labels`, Set: Assignment{Kind: MilestoneKey}},
			{When: `project.custom.Tier > 1`, Set: Assignment{Kind: MilestoneKey}},
			{When: `milestone.due >= "2027-01-01"`, Set: Assignment{Kind: MilestoneKey}},
		}}
	for _, c := range []struct {
		story string
		fact  MilestoneFact
		more  []Document
		kind  MilestoneKind
		rule  string
	}{
		{"by name", MilestoneFact{Name: "Go Live", Labels: []string{"key"}}, nil, MilestoneGoLive, goLive},
		{"by label", MilestoneFact{Labels: []string{"a", "key"}}, nil, MilestoneKey, settings.Rules[1].When},
		{"by date", MilestoneFact{Due: day(t, "2027-02-01")}, nil, MilestoneKey, settings.Rules[3].When},
		{"a missing custom field matches nothing", MilestoneFact{Name: "Beta"}, nil, MilestoneStandard, "default"},
		{"by the tool's field", MilestoneFact{Fields: []Field{{ID: "f1", Name: "Importance", Type: FieldText, Text: "go-live"}}}, nil, MilestoneGoLive, "field Importance"},
		{"a person's word wins", MilestoneFact{Name: "Go Live"},
			[]Document{&Override{Target: "milestone:eng/version/1", Field: "kind", Value: text("KEY")}}, MilestoneKey, "override"},
	} {
		t.Run(c.story, func(t *testing.T) {
			m := milestoneOf(t, "2026-03-01", ProjectFact{}, c.fact, append(c.more, settings)...)
			if m.Kind != c.kind || m.KindRule != c.rule {
				t.Errorf("kind = %s by %q, want %s by %q", m.Kind, m.KindRule, c.kind, c.rule)
			}
		})
	}
}

func TestMappingOverridesAndRulesOfAProject(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	ann := &PersonFact{Source: source("eng", "user", "1"), Name: "Ann Lee", Email: "ann@example.com"}
	p := &ProjectFact{Source: source("eng", "project", "PAY"), Name: "Payments", Category: "Care at home", Fields: []Field{
		{ID: "customfield_1", Name: "Budget", Type: FieldNumber, Number: "1200.50"},
		{ID: "customfield_2", Name: "Sponsor", Type: FieldText, Text: "Ann@Example.com"},
		{ID: "customfield_3", Name: "Tier", Type: FieldNumber, Number: "2"},
		{ID: "customfield_4", Name: "Stage", Type: FieldText, Text: "Waiting"},
	}}
	l.put(ann, p, &Settings{TimeZone: "UTC",
		Connections: []ConnectionSettings{{ID: "eng", Fields: []FieldMapping{
			{To: "department", Field: "category"},
			{To: "budget", Field: "customfield_1", Currency: "EUR"},
			{To: "sponsor", Field: "Sponsor"},
			{To: "tier", Field: "customfield_3"},
			{To: "phase", Field: "Stage", Values: []ValueMapping{{From: "waiting", To: "ON_HOLD"}}},
		}}},
		Rules: []Rule{{When: `project.custom.tier > 5`, Set: Assignment{Phase: PhaseDone}}}})
	row, _ := l.now.Project(p.DocID())
	if row.DepartmentID != "care-at-home" || row.SponsorID != ann.DocID() || row.Phase != PhaseOnHold || row.budget.String() != "1200.5 EUR" {
		t.Errorf("department %q, sponsor %q, phase %s, budget %s; want care-at-home, %s, ON_HOLD, 1200.5 EUR", row.DepartmentID, row.SponsorID, row.Phase, row.budget, ann.DocID())
	}
	if len(row.Custom) != 1 || row.Custom[0].Name != "tier" || row.Custom[0].Number != "2" {
		t.Errorf("custom fields = %+v, want tier alone", row.Custom)
	}
	l.put(&Override{Target: p.Key().String(), Field: "department", Value: text("Finance")})
	l.put(&Override{Target: p.Key().String(), Field: "due", Value: Field{Type: FieldDate, Date: day(t, "2026-07-01")}})
	row, _ = l.now.Project(p.DocID())
	if row.DepartmentID != "finance" || row.TargetDate != day(t, "2026-07-01") {
		t.Errorf("department %q, target %s; want those of the overrides", row.DepartmentID, row.TargetDate)
	}
	if v, _ := l.now.Document(p.Key()); v.Doc.(*ProjectFact).Category != "Care at home" {
		t.Error("the tool's own value is no longer visible")
	}
	l.remove(Key{KindOverride, p.Key().String() + "#department"})
	if row, _ = l.now.Project(p.DocID()); row.DepartmentID != "care-at-home" {
		t.Errorf("department without the override = %q, want the tool's", row.DepartmentID)
	}
}

func TestPhaseOfAProject(t *testing.T) {
	p := newPlan(&Settings{TimeZone: "UTC", Statuses: []StatusPhase{{Status: "Pitched", Phase: PhaseProposed}}})
	for _, c := range []struct {
		status   string
		category StatusCategory
		finished bool
		want     Phase
	}{
		{"pitched", StatusTodo, false, PhaseProposed},
		{"Open", StatusTodo, false, PhasePlanned},
		{"Doing", StatusInProgress, false, PhaseActive},
		{"Closed", StatusDone, false, PhaseDone},
		{"Rejected", StatusCancelled, false, PhaseCancelled},
		{"", "", false, PhaseActive},
		{"", "", true, PhaseDone},
	} {
		if got := p.phase(c.status, c.category, c.finished); got != c.want {
			t.Errorf("phase of %q (%s, finished %v) = %s, want %s", c.status, c.category, c.finished, got, c.want)
		}
	}
}

func joinedProjects(t *testing.T) (*testLog, *ProjectFact, *ProjectFact) {
	l := newTestLog(t, "2026-03-01")
	eng := &ProjectFact{Source: source("eng", "project", "PAY"), Name: "Payments", Labels: []string{"a"}}
	ops := &ProjectFact{Source: source("ops", "row", "17"), Name: "payments (PMO)", Category: "IT", Labels: []string{"b"}, Due: day(t, "2026-09-01")}
	l.put(eng, ops,
		&MilestoneFact{Source: source("eng", "version", "1"), Project: eng.DocID(), Due: day(t, "2026-08-01")},
		&MilestoneFact{Source: source("ops", "gate", "1"), Project: ops.DocID(), Due: day(t, "2026-07-01")})
	return l, eng, ops
}

func TestLinkJoinsProjectsAndUnlinkingSplitsThem(t *testing.T) {
	l, eng, ops := joinedProjects(t)
	l.put(&Override{Target: eng.Key().String(), Field: "priority", Value: text("high")})
	link := &Link{Primary: ops.DocID(), Members: []string{eng.DocID()}}
	l.put(link)
	one, _ := l.now.Project(eng.DocID())
	if one.ID != ops.DocID() || !slices.Equal(one.Members, []string{ops.DocID(), eng.DocID()}) {
		t.Fatalf("project = %s of %v, want the link's primary first", one.ID, one.Members)
	}
	if one.Priority != "high" || one.Category != "IT" || !slices.Equal(one.Labels, []string{"b", "a"}) {
		t.Errorf("priority %q, category %q, labels %v; want what all members and people say", one.Priority, one.Category, one.Labels)
	}
	if want := []string{"ops/gate/1", "eng/version/1"}; !slices.Equal(l.now.MilestonesOf(eng.DocID()), want) {
		t.Errorf("milestones = %v, want %v", l.now.MilestonesOf(eng.DocID()), want)
	}
	if got := l.now.Sources(eng.Key()); len(got) != 2 || got[0].ExternalID != "17" {
		t.Errorf("sources = %+v, want both, the primary first", got)
	}
	joined := slices.IndexFunc(l.last.Changes, func(c RowChange) bool { return c.ID == eng.DocID() })
	if joined < 0 || l.last.Changes[joined].What != RowJoined || l.last.Changes[joined].Project != ops.DocID() {
		t.Errorf("diff = %+v, want %s JOINED to %s", l.last.Changes, eng.DocID(), ops.DocID())
	}
	l.remove(link.Key())
	split := slices.IndexFunc(l.last.Changes, func(c RowChange) bool { return c.ID == eng.DocID() })
	if split < 0 || l.last.Changes[split].What != RowSplit || l.last.Changes[split].Project != ops.DocID() {
		t.Errorf("diff = %+v, want %s SPLIT from %s", l.last.Changes, eng.DocID(), ops.DocID())
	}
	if again, _ := l.now.Project(eng.DocID()); again.ID != eng.DocID() || again.Priority != "high" {
		t.Errorf("after unlinking: %s with priority %q, want its own id and the override given back", again.ID, again.Priority)
	}
}

func TestRuleJoinsByPMOIDUnlessALinkKeepsApart(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	fields := []FieldMapping{{To: "pmoId", Field: "PMO-ID"}}
	pmo := []Field{{ID: "f", Name: "PMO-ID", Type: FieldText, Text: "P-7"}}
	settings := &Settings{TimeZone: "UTC", Joins: []JoinRule{{By: "pmoId"}},
		Connections: []ConnectionSettings{{ID: "ops", Fields: fields}, {ID: "eng", Fields: fields}}}
	older := &ProjectFact{Source: source("eng", "project", "1"), Fields: pmo}
	older.CreatedAt = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	newer := &ProjectFact{Source: source("eng", "project", "0"), Fields: pmo}
	newer.CreatedAt = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	l.put(settings, older, newer)
	if p, _ := l.now.Project(newer.DocID()); p.ID != older.DocID() {
		t.Errorf("project = %s, want the one that was created first, %s", p.ID, older.DocID())
	}
	ops := &ProjectFact{Source: source("ops", "row", "1"), Fields: pmo}
	l.put(ops)
	if p, _ := l.now.Project(newer.DocID()); p.ID != ops.DocID() || len(p.Members) != 3 {
		t.Errorf("project = %s of %v, want that of the connection that comes first in the settings", p.ID, p.Members)
	}
	l.put(&Link{Primary: ops.DocID(), Members: []string{newer.DocID()}, Apart: true})
	if p, _ := l.now.Project(newer.DocID()); p.ID != newer.DocID() {
		t.Errorf("project = %s, want %s to be kept apart", p.ID, newer.DocID())
	}
	if p, _ := l.now.Project(older.DocID()); p.ID != ops.DocID() {
		t.Errorf("project = %s, want %s to be joined still", p.ID, older.DocID())
	}
}

func TestPresence(t *testing.T) {
	l, eng, ops := joinedProjects(t)
	gone := *eng
	gone.Presence, gone.GoneSince = PresenceDeleted, day(t, "2026-02-20")
	l.put(&gone)
	if p, _ := l.now.Project(eng.DocID()); p.Presence != PresenceDeleted || p.GoneSince != day(t, "2026-02-20") {
		t.Errorf("presence = %s since %s, want DELETED since 2026-02-20", p.Presence, p.GoneSince)
	}
	l.put(&Link{Primary: eng.DocID(), Members: []string{ops.DocID()}})
	if p, _ := l.now.Project(eng.DocID()); p.Presence != PresencePresent || p.ID != eng.DocID() {
		t.Errorf("%s is %s, want it PRESENT while one of its tools shows it", p.ID, p.Presence)
	}
	l.put(&Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng"}}})
	if m, _ := l.now.Milestone("ops/gate/1"); m.Presence != PresenceConnectionRemoved {
		t.Errorf("presence = %s, want CONNECTION_REMOVED once the settings do not name ops", m.Presence)
	}
	if p, _ := l.now.Project(eng.DocID()); p.Presence != PresenceDeleted {
		t.Errorf("presence = %s, want DELETED: nothing shows it any more", p.Presence)
	}
	if c, ok := l.now.Connection("ops"); !ok || !c.Removed {
		t.Errorf("connection ops = %+v, want it kept and removed", c)
	}
}

func TestDepartmentsRecordedAndNamed(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	mapping := []FieldMapping{{To: "department", Field: "category"}}
	l.put(&Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng", Fields: mapping}}},
		&ProjectFact{Source: source("eng", "project", "A"), Category: "digital health"},
		&ProjectFact{Source: source("eng", "project", "B"), Category: "Digital Health"},
		&ProjectFact{Source: source("eng", "project", "C"), Category: "DH"})
	d, _ := l.now.Department("digital-health")
	if diff := cmp.Diff(&DepartmentRow{ID: "digital-health", Name: "Digital Health"}, d); diff != "" {
		t.Errorf("a department that is only named:\n%s", diff)
	}
	l.put(&DepartmentFact{Slug: "digital", Name: "Digital Health", Aliases: []string{"dh"}})
	if got, want := l.now.ProjectsOf("digital"), []string{"eng/project/A", "eng/project/B", "eng/project/C"}; !slices.Equal(got, want) {
		t.Errorf("projects of the recorded department = %v, want %v by name and alias", got, want)
	}
	if _, still := l.now.Department("digital-health"); still {
		t.Error("a department is still there that no project names any more")
	}
}

func TestDependencyOnARecordThatIsNotSynced(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	p := &ProjectFact{Source: source("eng", "project", "PAY"), Name: "Payments"}
	m := &MilestoneFact{Source: source("eng", "version", "1"), Project: p.DocID(), Due: day(t, "2026-05-01")}
	q := &ProjectFact{Source: source("eng", "project", "INV"), Name: "Inventory"}
	d := &DependencyFact{Source: source("eng", "link", "1"), Type: "Blocks",
		Predecessor: LinkEnd{Ref: "eng/issue/99", Key: "INV-9", Name: "Stock service", Project: q.DocID()}, Successor: LinkEnd{Ref: m.DocID()}}
	l.put(p, m, q, d)
	row, _ := l.now.Dependency(d.DocID())
	if want := (EndRow{ProjectID: q.DocID(), Key: "INV-9", Name: "Stock service"}); row.Predecessor != want || row.Violated != nil {
		t.Errorf("predecessor = %+v, violated %v; want a stub in its project, %+v", row.Predecessor, row.Violated, want)
	}
	before, after := l.now.DependenciesOf(p.DocID())
	if !slices.Equal(before, []string{d.DocID()}) || after != nil {
		t.Errorf("dependencies of %s = %v, %v; want that of its milestone", p.ID, before, after)
	}
	if _, after := l.now.DependenciesOf(q.DocID()); !slices.Equal(after, []string{d.DocID()}) {
		t.Errorf("what depends on %s = %v, want that of the record in it", q.ID, after)
	}
}

func TestConnectionTellsHowItsReadingGoes(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	at := func(minute int) time.Time { return time.Date(2026, 3, 1, 12, minute, 0, 0, time.UTC) }
	connection := func() *ConnectionRow {
		c, ok := l.now.Connection("eng")
		if !ok {
			t.Fatal("connection eng is missing")
		}
		return c
	}
	l.put(&Run{Connection: "eng", Number: 1, State: RunSucceeded, EndedAt: at(1)},
		&Pass{Connection: "eng", Of: KindProject, Scope: "projects", EndedAt: at(1)}, &Pass{Connection: "eng", Of: KindMilestone, Scope: "versions/1", EndedAt: at(0)},
		&Quarantine{Source: source("eng", "issue", "1"), Of: KindMilestone}, &Hold{Connection: "eng", Of: KindMilestone})
	if c := connection(); c.LastSuccessAt != at(1) || c.LastCompleteAt != at(0) || c.Stale || !c.Held || c.Quarantined != 1 {
		t.Errorf("connection = %+v, want success at 12:01, complete since 12:00, held, 1 quarantined", c)
	}
	l.put(&Run{Connection: "eng", Number: 2, State: RunFailed, EndedAt: at(2)})
	l.put(&Run{Connection: "eng", Number: 3, State: RunRunning})
	if c := connection(); !c.Stale || c.LastRunNumber != 3 || c.LastSuccessAt != at(1) {
		t.Errorf("connection = %+v, want it stale while the run after a failed one is still going", c)
	}
	l.put(&Run{Connection: "eng", Number: 3, State: RunParked, DueAt: at(30)})
	if c := connection(); !c.Stale || c.NextDueAt != at(30) {
		t.Errorf("connection = %+v, want it stale and due at 12:30", c)
	}
	if runs := l.now.RunsOf("eng"); len(runs) != 3 || runs[0].Number != 3 {
		t.Errorf("runs = %v, want 3, the newest first", runs)
	}
	l.put(&Hold{Connection: "eng", Of: KindMilestone, ConfirmedBy: "ann"})
	if connection().Held {
		t.Error("the connection is held, though its hold is confirmed")
	}
}

func TestProjectByKeyPrefersWhatTheToolStillShows(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	old := &ProjectFact{Source: Source{Connection: "eng", Kind: "project", ID: "1", Key: "PAY", Presence: PresenceDeleted}}
	now := &ProjectFact{Source: Source{Connection: "eng", Kind: "project", ID: "2", Key: "PAY"}}
	l.put(old, now)
	if p, ok := l.now.ProjectByKey("eng", "PAY"); !ok || p.ID != now.DocID() {
		t.Errorf("project of key PAY = %+v, want %s", p, now.DocID())
	}
	if _, ok := l.now.ProjectByKey("ops", "PAY"); ok {
		t.Error("a key of one connection leads to a project of another")
	}
}

func TestChangedSettingsKeepRowsThatAreEqual(t *testing.T) {
	l, eng, ops := joinedProjects(t)
	before, _ := l.now.Project(eng.DocID())
	l.put(&Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng"}, {ID: "ops", Fields: []FieldMapping{{To: "department", Field: "category"}}}}})
	if after, _ := l.now.Project(eng.DocID()); after != before {
		t.Error("a project that the settings do not bear on is another row")
	}
	if p, _ := l.now.Project(ops.DocID()); p.DepartmentID != "it" {
		t.Errorf("department = %q, want that of the new mapping", p.DepartmentID)
	}
	if l.last.Recomputed < 4 {
		t.Errorf("%d rows computed again, want all", l.last.Recomputed)
	}
}

func TestTwoDocumentsOfOneKeyAreAnError(t *testing.T) {
	f := &ProjectFact{Source: source("eng", "project", "1")}
	_, err := NewSnapshot(State{Docs: []Versioned{{1, f}, {2, f}}})
	if err == nil || !strings.Contains(err.Error(), "project:eng/project/1") {
		t.Errorf("err = %v, want one that names the key", err)
	}
}

// A scope that is listed no longer does not hold back when a connection was
// last read completely: the pass over all of it tells.
func TestLastCompletePassIsThatOfTheWholeConnection(t *testing.T) {
	old, recent := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	s, err := NewSnapshot(State{Position: Position{Revision: 2}, Docs: []Versioned{
		{Rev: 1, Doc: &Site{Connection: "eng", Type: "jira"}},
		{Rev: 1, Doc: &Pass{Connection: "eng", Scope: "versions", Of: KindMilestone, StartedAt: old, EndedAt: old}},
		{Rev: 2, Doc: &Pass{Connection: "eng", Scope: "issues", Of: KindMilestone, StartedAt: recent, EndedAt: recent}},
		{Rev: 2, Doc: &Pass{Connection: "eng", StartedAt: recent, EndedAt: recent}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	c, _ := s.Connection("eng")
	if !c.LastCompleteAt.Equal(recent) {
		t.Errorf("last complete at %s, want %s", c.LastCompleteAt, recent)
	}
}
