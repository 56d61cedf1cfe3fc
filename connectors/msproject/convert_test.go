package msproject

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/msproject/msprojecttest"
	"plumbline/portfolio"
)

const planGUID = "5F1B3C1A-0000-4B11-9C55-1A2B3C4D5E6F"

func on(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 17, 0, 0, 0, time.UTC)
}

// story is a plan with one of everything.
func story() *msprojecttest.Plan {
	return &msprojecttest.Plan{
		GUID: "{" + planGUID + "}", Title: "Roll-out", Manager: "ann example", Start: on(1, 5), Finish: on(9, 30),
		Fields: [][3]string{
			{"188743731", "Text1", "Department"}, {"188743767", "Number1", ""}, {"188743786", "Cost1", "Budget"},
			{"188743752", "Flag1", "Steering"}, {"188743945", "Date1", "Promised"}, {"188743783", "Duration1", "Buffer"},
		},
		Tasks: []msprojecttest.Task{
			{UID: 0, Name: "Roll-out", Summary: true, Percent: 40, Fields: map[string]string{"188743731": "IT", "188743786": "1250000"}},
			{UID: 7, Level: 1, Name: "Build", Summary: true, Start: on(1, 5), Finish: on(3, 31), Percent: 100},
			{UID: 3, Level: 2, Name: "Design", Start: on(1, 5), Finish: on(2, 20), Percent: 100, Resources: []int{2, 1}},
			{},
			{UID: 9, Level: 2, Name: "Accepted", Milestone: true, Start: on(3, 31), Finish: on(3, 31), Percent: 100, Resources: []int{1},
				Baselines: []time.Time{on(3, 15), on(3, 20)},
				Links:     []msprojecttest.Link{{UID: 3, Type: 1, Lag: 9600}, {UID: 12, Type: 1, Cross: `C:\plans\Network.mpp\15`}},
				Fields:    map[string]string{"188743767": "3.50", "188743752": "1", "188743945": "2026-03-10T08:00:00", "188743783": "PT12H0M0S", "188743786": "99"}},
			{UID: 4, Level: 1, Name: "Run", Summary: true, Start: on(4, 1), Finish: on(9, 30)},
			{UID: 5, Level: 2, Name: "Train", Start: on(4, 1), Finish: on(9, 29), Percent: 30, Links: []msprojecttest.Link{{UID: 9, Type: 3, Lag: -4800}}},
			{UID: 6, Level: 2, Name: "Live", Milestone: true, Start: on(9, 30), Finish: on(9, 30), Links: []msprojecttest.Link{{UID: 5, Type: 0}, {UID: 9, Type: 2}, {UID: 99, Type: 1}}},
		},
		Resources: []msprojecttest.Resource{{UID: 1, Name: "Ann Example", Email: "ann@example.com"}, {UID: 2, Name: "Ben"}, {UID: 3, Name: "Idle"}},
	}
}

// imported are the facts of one plan, sent under a name.
func importedFacts(t *testing.T, s Settings, name string, plan []byte, fields ...string) *connectortest.Ledger {
	t.Helper()
	l := connectortest.NewLedger()
	if err := l.Pull(t.Context(), importer(t, s, name, plan, fields...), nil); err != nil {
		t.Fatal(err)
	}
	return l
}

func importer(t *testing.T, s Settings, name string, plan []byte, fields ...string) connectors.Connector {
	t.Helper()
	c, err := s.Open(connectors.Env{Connection: "plans", Fields: fields})
	if err != nil {
		t.Fatal(err)
	}
	i, err := c.(connectors.Importer).Import(name, bytes.NewReader(plan))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func got[T portfolio.ToolFact](t *testing.T, l *connectortest.Ledger, kind portfolio.Kind, id string) T {
	t.Helper()
	f, ok := l.Facts[portfolio.Key{Kind: kind, ID: id}].(T)
	if !ok {
		t.Fatalf("there is no %s %s among\n%s", kind, id, l.Export())
	}
	return f
}

func want(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(fmt.Sprint(want), fmt.Sprint(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestAFileIsAProject(t *testing.T) {
	l := importedFacts(t, Settings{}, `C:\plans\roll-out.xml`, story().XML(), "Budget")
	id := strings.ToLower(planGUID)
	p := got[*portfolio.ProjectFact](t, l, portfolio.KindProject, "plans/project/"+id)
	want(t, "project", []any{p.Name, p.Source.Key, p.Scope, p.Start, p.Due, p.Status, p.StatusCategory}, []any{"Roll-out", "roll-out.xml", "files", "2026-01-05", "2026-09-30", "In progress", "IN_PROGRESS"})
	want(t, "fields", p.Fields, []portfolio.Field{
		{ID: "188743731", Name: "Department", Type: portfolio.FieldText, Text: "IT"},
		{ID: "188743786", Name: "Budget", Type: portfolio.FieldNumber, Number: "12500"},
		{ID: "PercentComplete", Type: portfolio.FieldNumber, Number: "40"},
	})
	lead := got[*portfolio.PersonFact](t, l, portfolio.KindPerson, p.Lead)
	want(t, "lead, who is a resource", []string{lead.Name, lead.Email}, []string{"Ann Example", "ann@example.com"})
	want(t, "milestones", l.Names(), []string{"Accepted", "Live"})
}

func TestAMilestoneHasDatesBaselineOwnerAndFields(t *testing.T) {
	l := importedFacts(t, Settings{}, "roll-out.xml", story().XML())
	id := "plans/task/" + strings.ToLower(planGUID)
	m := got[*portfolio.MilestoneFact](t, l, portfolio.KindMilestone, id+":9")
	want(t, "milestone", []any{m.Type, m.Due, m.Finished, m.Baseline, m.StatusCategory, m.Parent}, []any{"Milestone", "2026-03-31", "2026-03-31", "2026-03-15", "DONE", ""})
	want(t, "owner", got[*portfolio.PersonFact](t, l, portfolio.KindPerson, m.Owner).Name, "Ann Example")
	want(t, "fields", m.Fields, []portfolio.Field{
		{ID: "188743752", Name: "Steering", Type: portfolio.FieldBool, Bool: true},
		{ID: "188743767", Name: "Number1", Type: portfolio.FieldNumber, Number: "3.50"},
		{ID: "188743783", Name: "Buffer", Type: portfolio.FieldNumber, Number: "12"},
		{ID: "188743945", Name: "Promised", Type: portfolio.FieldDate, Date: portfolio.NewDate(2026, 3, 10)},
		{ID: "Baseline1Finish", Type: portfolio.FieldDate, Date: portfolio.NewDate(2026, 3, 20)},
		{ID: "BaselineFinish", Type: portfolio.FieldDate, Date: portfolio.NewDate(2026, 3, 15)},
		{ID: "PercentComplete", Type: portfolio.FieldNumber, Number: "100"},
	})
	people := 0
	for key := range l.Facts {
		if key.Kind == portfolio.KindPerson {
			people++
		}
	}
	want(t, "people, of whom one works on nothing", people, 2)
}

func TestLinksOfAllTypesBecomeDependencies(t *testing.T) {
	l := importedFacts(t, Settings{}, "roll-out.xml", story().XML())
	var told []string
	for key, f := range l.Facts {
		if d, ok := f.(*portfolio.DependencyFact); ok {
			told = append(told, fmt.Sprintf("%s: %s before %s, %s, %d days, scope %s", key.ID[strings.Index(key.ID, ":")+1:], d.Predecessor.Name, d.Successor.Name, d.Type, d.LagDays, d.Scope[:6]))
		}
	}
	slices.Sort(told)
	want(t, "dependencies", strings.Join(told, "\n"), strings.Join([]string{
		`5:9: Accepted before Train, Start-to-start (SS), -1 days, scope tasks:`,
		`6:5: Train before Live, Finish-to-finish (FF), 0 days, scope tasks:`,
		`6:9: Accepted before Live, Start-to-finish (SF), 0 days, scope tasks:`,
		`9:3: Design before Accepted, Finish-to-start (FS), 2 days, scope tasks:`,
		`9:C:\plans\Network.mpp\15: Task 15 of Network.mpp before Accepted, Finish-to-start (FS), 0 days, scope tasks:`,
	}, "\n"))
	l = importedFacts(t, Settings{Dependencies: DependencySettings{Off: true}}, "roll-out.xml", story().XML())
	for key := range l.Facts {
		if key.Kind == portfolio.KindDependency {
			t.Errorf("%s was read although dependencies are off", key)
		}
	}
}

func TestSummaryTasksBecomeProjectsOrMilestones(t *testing.T) {
	id := "plans/task/" + strings.ToLower(planGUID)
	l := importedFacts(t, Settings{Projects: ProjectSettings{Level: 1}}, "roll-out.xml", story().XML())
	p := got[*portfolio.ProjectFact](t, l, portfolio.KindProject, id+":4")
	want(t, "a project of level 1", []any{p.Name, p.Parent, p.Due, p.Status}, []any{"Run", "plans/project/" + strings.ToLower(planGUID), "2026-09-30", "Not started"})
	want(t, "the project of its milestone", got[*portfolio.MilestoneFact](t, l, portfolio.KindMilestone, id+":6").Project, id+":4")

	l = importedFacts(t, Settings{Milestones: MilestoneSettings{From: []string{"summary", "tasks"}}}, "roll-out.xml", story().XML())
	want(t, "milestones of summary tasks and tasks", l.Names(), []string{"Build", "Design", "Run", "Train"})
	m := got[*portfolio.MilestoneFact](t, l, portfolio.KindMilestone, id+":7")
	want(t, "a summary task counts what lies below it", []any{m.Type, *m.Work}, []any{"Summary task", portfolio.WorkDone{Done: 2}})
	want(t, "the parent of a task", got[*portfolio.MilestoneFact](t, l, portfolio.KindMilestone, id+":5").Parent, id+":4")
}

// A row's number in the plan changes with every row that is put before it.
func TestARowThatMovesStaysTheSameMilestone(t *testing.T) {
	before := importedFacts(t, Settings{}, "a.xml", story().XML())
	moved := story()
	moved.Tasks[4], moved.Tasks[2] = moved.Tasks[2], moved.Tasks[4]
	moved.Tasks = slices.Insert(moved.Tasks, 1, msprojecttest.Task{}, msprojecttest.Task{UID: 50, Level: 1, Name: "New"})
	want(t, "facts", importedFacts(t, Settings{}, "a.xml", moved.XML()).Export(), before.Export())
}

func TestAPlanWithoutAGUIDIsKnownByItsFile(t *testing.T) {
	for _, guid := range []string{"", "00000000-0000-0000-0000-000000000000", "x"} {
		plan := story()
		plan.GUID, plan.Title, plan.Tasks[0].Name = guid, "", ""
		plan.Tasks[0].Raw = "<UID>0</UID>"
		l := importedFacts(t, Settings{}, "Roll-out 2026.xml", plan.XML())
		want(t, "project", got[*portfolio.ProjectFact](t, l, portfolio.KindProject, "plans/project/file:Roll-out 2026.xml").Name, "Roll-out 2026")
		got[*portfolio.MilestoneFact](t, l, portfolio.KindMilestone, "plans/task/file:Roll-out 2026.xml:9")
	}
}

func TestOddRecordsArePutAsideAndTheRestIsRead(t *testing.T) {
	plan := story()
	odd := func(raw string) { plan.Tasks = append(plan.Tasks, msprojecttest.Task{Raw: raw}) }
	odd("<UID>nine</UID><Name>A</Name>")
	odd("<UID>9</UID><Name>Twice</Name><Milestone>1</Milestone>")
	odd("<UID>20</UID><Name>B</Name><Milestone>1</Milestone><Finish>31.03.2026</Finish>")
	odd("<UID>21</UID><Name>C</Name><Milestone>1</Milestone><PercentComplete>120</PercentComplete>")
	odd("<UID>22</UID><Name>D</Name><Milestone>1</Milestone><PredecessorLink><PredecessorUID>9</PredecessorUID><Type>7</Type></PredecessorLink>")
	odd("<UID>23</UID><Name>E</Name><Milestone>1</Milestone><PredecessorLink><PredecessorUID>9</PredecessorUID><LinkLag>99999999999</LinkLag></PredecessorLink>")
	odd("<UID>24</UID><Name>F</Name><Milestone>1</Milestone><PredecessorLink><PredecessorUID>x</PredecessorUID></PredecessorLink>")
	odd("<UID>25</UID><Name>G</Name><Milestone>1</Milestone><ExtendedAttribute><FieldID>188743767</FieldID><Value>many</Value></ExtendedAttribute>")
	l := importedFacts(t, Settings{}, "roll-out.xml", plan.XML())
	var reasons []string
	for _, q := range l.Quarantined {
		reasons = append(reasons, string(q.Of)+" "+q.Reason)
		if len(q.Raw) == 0 || q.Converter != converter {
			t.Errorf("%s: raw %q, converter %d", q.Reason, q.Raw, q.Converter)
		}
	}
	slices.Sort(reasons)
	want(t, "reasons", strings.Join(reasons, "\n"), strings.Join([]string{
		`dependency roll-out.xml: task 22: the type of a link is "7": 0 (FF), 1 (FS), 2 (SF) or 3 (SS) was expected`,
		`dependency roll-out.xml: task 23: LinkLag is 99999999999, which is more than 100000 days`,
		`dependency roll-out.xml: task 24: PredecessorUID is "x": the number of a task was expected`,
		`milestone roll-out.xml: UID 9 is that of an earlier task of this plan too`,
		`milestone roll-out.xml: UID is "nine": the number of the task was expected`,
		`milestone roll-out.xml: task 20: Finish is "31.03.2026": a date such as 2026-03-31T17:00:00 was expected`,
		`milestone roll-out.xml: task 21: PercentComplete is "120": a whole number from 0 to 100 was expected`,
		`milestone roll-out.xml: task 25: Number1 is "many": a number was expected`,
	}, "\n"))
	want(t, "milestones", l.Names(), []string{"Accepted", "D", "E", "F", "Live"})
}

func TestATaskOfAnotherPlanIsAnEndWithItsName(t *testing.T) {
	plan := story()
	plan.Tasks = append(plan.Tasks,
		msprojecttest.Task{Raw: "<UID>30</UID><Name>Cable laid</Name><Milestone>1</Milestone><ExternalTask>1</ExternalTask>"},
		msprojecttest.Task{UID: 31, Level: 1, Name: "Connected", Milestone: true, Links: []msprojecttest.Link{{UID: 30, Type: 1}}})
	l := importedFacts(t, Settings{}, "roll-out.xml", plan.XML())
	want(t, "milestones", l.Names(), []string{"Accepted", "Connected", "Live"})
	for _, f := range l.Facts {
		if d, ok := f.(*portfolio.DependencyFact); ok && d.Successor.Name == "Connected" {
			want(t, "predecessor", []string{d.Predecessor.Name, d.Predecessor.Project}, []string{"Cable laid", ""})
			return
		}
	}
	t.Error("the link to a task of another plan is lost")
}
