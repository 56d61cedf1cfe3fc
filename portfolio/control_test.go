package portfolio

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTheControlsAreThoseOfTheirCodes(t *testing.T) {
	if len(controls) != len(ControlCodes) {
		t.Fatalf("%d controls, %d codes", len(controls), len(ControlCodes))
	}
	for i, c := range controls {
		if c.code != ControlCodes[i] || c.title == "" || c.description == "" || c.judge == nil || c.why == nil || c.mend == "" {
			t.Errorf("control %d is %+v, want that of %s, whole", i, c.code, ControlCodes[i])
		}
	}
}

// governedLog has a project that passes everything, one that passes nothing,
// and projects of which controls say nothing.
func governedLog(t *testing.T) *testLog {
	t.Helper()
	l := newTestLog(t, "2026-03-01")
	field := func(id, text string) Field { return Field{ID: id, Name: id, Type: FieldText, Text: text} }
	l.put(
		&Settings{TimeZone: "UTC", ReportMaxAge: 10, Connections: []ConnectionSettings{{ID: "eng", Fields: []FieldMapping{
			{To: "department", Field: "department"}, {To: "sponsor", Field: "sponsor"}, {To: "budget", Field: "budget", Currency: "EUR"}, {To: "health", Field: "health"},
		}}}},
		&PersonFact{Source: source("eng", "user", "ada"), Name: "Ada"},
		&DepartmentFact{Slug: "care", Name: "Care"},
		&StrategyFact{Slug: "s", Name: "S", Leading: true},
		&StrategyVersionFact{Strategy: "s", Version: "1", Method: WeightEqual},
		&ObjectiveFact{Slug: "o", Strategy: "s", Name: "O"},
		&ProjectFact{Source: source("eng", "project", "GOOD"), Name: "Good", Lead: "eng/user/ada", StatusCategory: StatusInProgress,
			Fields: []Field{field("department", "Care"), field("sponsor", "Ada"), field("budget", "1000")}},
		&StatusReportFact{Source: source("eng", "report", "1"), Project: "eng/project/GOOD", Health: "green", ReportedAt: day(t, "2026-02-20").Time()},
		&MilestoneFact{Source: source("eng", "version", "1"), Name: "Live", Project: "eng/project/GOOD", Due: day(t, "2026-06-01"), Baseline: day(t, "2026-06-01")},
		&Override{Target: "milestone:eng/version/1", Field: "kind", Value: text("GO_LIVE")},
		&Override{Target: "milestone:eng/version/1", Field: "contingency", Value: text("The old one stays.")},
		&RiskFact{Source: source("eng", "issue", "1"), Title: "R", Project: "eng/project/GOOD", Owner: "eng/user/ada"},
		&ContributionFact{Project: "eng:GOOD", Objective: "o", Strength: fraction("0.5")},
		&DecisionFact{Slug: "d", Title: "D", Projects: []string{"eng:GOOD"}, Raised: day(t, "2026-01-01"), Due: day(t, "2026-03-01")},

		&ProjectFact{Source: source("eng", "project", "POOR"), Name: "Poor", StatusCategory: StatusInProgress, Due: day(t, "2026-06-01")},
		&MilestoneFact{Source: source("eng", "version", "2"), Name: "Key", Project: "eng/project/POOR", Due: day(t, "2026-06-01")},
		&Override{Target: "milestone:eng/version/2", Field: "kind", Value: text("KEY")},
		&RiskFact{Source: source("eng", "issue", "2"), Title: "Open", Project: "eng/project/POOR"},
		&RiskFact{Source: source("eng", "issue", "3"), Title: "Closed", Project: "eng/project/POOR", StatusCategory: StatusDone},
		&DecisionFact{Slug: "late", Title: "Late", Projects: []string{"eng:POOR", "eng/project/POOR"}, Raised: day(t, "2026-01-01"), Due: day(t, "2026-02-28")},

		&ProjectFact{Source: source("eng", "project", "OVER"), Name: "Over", StatusCategory: StatusDone},
		&ProjectFact{Source: gone(source("eng", "project", "GONE")), Name: "Gone", StatusCategory: StatusInProgress},
	)
	return l
}

func standsOf(v *View, id string) string {
	var all []string
	for _, c := range v.project(id).Controls() {
		all = append(all, fmt.Sprintf("%s %s", c.Code, c.Outcome))
	}
	return strings.Join(all, "\n")
}

func all(outcome ControlOutcome) string {
	var stands []string
	for _, code := range ControlCodes {
		stands = append(stands, fmt.Sprintf("%s %s", code, outcome))
	}
	return strings.Join(stands, "\n")
}

func TestHowProjectsStandToTheControls(t *testing.T) {
	l := governedLog(t)
	for id, want := range map[string]ControlOutcome{"GOOD": ControlPassed, "POOR": ControlFailed, "OVER": ControlNotApplicable, "GONE": ControlNotApplicable} {
		if diff := cmp.Diff(all(want), standsOf(l.now.View(Local), "eng/project/"+id)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
	report := l.now.View(Local).Controls("", true)
	n := len(ControlCodes)
	if want := (ControlCounts{Applicable: 2 * n, Passed: n, Failed: n}); report.ControlCounts != want || *report.PassRate() != 0.5 {
		t.Errorf("report = %+v at %v, want %+v at 0.5", report.ControlCounts, *report.PassRate(), want)
	}
	// The report of the good one is older than ten days on 3 March, and its
	// decision is late.
	late := l.today("2026-03-03")
	stands := standsOf(late.View(Local), "eng/project/GOOD")
	for _, want := range []string{"RECENT_STATUS FAILED", "DECISIONS_IN_TIME FAILED", "SPONSOR PASSED"} {
		if !strings.Contains(stands, want) {
			t.Errorf("on 3 March: %s, want %s", stands, want)
		}
	}
}

func TestAnExceptionHoldsUntilItsLastDay(t *testing.T) {
	l := governedLog(t)
	sponsor := func(s *Snapshot) string {
		c := s.View(Local).project("eng/project/POOR").Controls()[0]
		told := string(c.Outcome)
		if x := c.Exception(); x != nil {
			told += " " + x.Key()
		}
		if r := c.ExceptionReason(); r != nil {
			told += " " + r.Code
		}
		return told
	}
	x := &ControlExceptionFact{Slug: "x", Control: ControlSponsor, Project: "eng:POOR", Reason: "R", ApprovedBy: "Ada", Until: day(t, "2026-03-02")}
	for _, c := range []struct {
		now  *Snapshot
		want string
	}{
		{l.now, "FAILED"},
		{l.put(x), "EXCEPTED x"},
		{l.today("2026-03-02"), "EXCEPTED x"},
		{l.today("2026-03-03"), "FAILED x EXCEPTION_EXPIRED"},
		{l.put(&ControlExceptionFact{Slug: "y", Control: ControlSponsor, Project: "eng/project/POOR", Reason: "R", ApprovedBy: "Ada"}), "EXCEPTED y"},
		{l.remove(Key{KindControlException, "y"}, x.Key()), "FAILED"},
	} {
		if got := sponsor(c.now); got != c.want {
			t.Errorf("on %s: %s, want %s", c.now.Today(), got, c.want)
		}
	}
	s := l.put(x, &ControlExceptionFact{Slug: "all", Control: ControlManager, Project: "eng:POOR", Reason: "R", ApprovedBy: "Ada"})
	for _, c := range s.View(Local).Controls("", true).Controls {
		if c.Code == ControlManager && (c.Applicable != 2 || c.Excepted != 1 || *c.PassRate() != 1) {
			t.Errorf("manager = %+v at %v, want the excepted one to count neither way", c.ControlCounts, *c.PassRate())
		}
	}
}

func TestTheControlOfMoneyIsForThoseWhoReadIt(t *testing.T) {
	l := governedLog(t)
	v := l.put(&ControlExceptionFact{Slug: "x", Control: ControlBudget, Project: "eng:POOR", Reason: "R", ApprovedBy: "Ada"}).View(Caller{Role: RoleViewer})
	if stands := standsOf(v, "eng/project/POOR"); strings.Contains(stands, "BUDGET") {
		t.Errorf("without the field group cost: %s", stands)
	}
	if r := v.Controls("", true); len(r.Controls) != len(ControlCodes)-1 || r.Applicable != 2*(len(ControlCodes)-1) {
		t.Errorf("without the field group cost the report is %+v", r.ControlCounts)
	}
	findings, err := v.ControlFindings(nil, PageRequest{})
	if err != nil || findings.TotalCount() != len(ControlCodes)-1 {
		t.Errorf("%d findings, %v", findings.TotalCount(), err)
	}
	if v.controlException("x") != nil {
		t.Error("an exception tells that there is no budget")
	}
}

// Programmes need no go-live or budget of their own, but somebody in charge.
func TestControlsOfAProgramme(t *testing.T) {
	l := governedLog(t)
	s := l.put(&ProjectFact{Source: source("eng", "project", "PART"), Name: "Part", Parent: "eng/project/POOR", StatusCategory: StatusInProgress})
	stands := standsOf(s.View(Local), "eng/project/POOR")
	for _, want := range []string{"SPONSOR FAILED", "RECENT_STATUS FAILED", "BASELINE NOT_APPLICABLE", "GO_LIVE NOT_APPLICABLE", "BUDGET NOT_APPLICABLE", "OBJECTIVE NOT_APPLICABLE"} {
		if !strings.Contains(stands, want) {
			t.Errorf("a programme: %s\nwant %s", stands, want)
		}
	}
}

func TestDataQualityOfAConnection(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	yesterday := time.Date(2026, 2, 28, 23, 0, 0, 0, time.UTC)
	s := l.put(
		&PersonFact{Source: source("eng", "user", "ada"), Name: "Ada"},
		&PersonFact{Source: source("ops", "user", "ada"), Name: "ADA"},
		&ProjectFact{Source: source("eng", "project", "A"), Name: "Same  name", Lead: "eng/user/ada", Start: day(t, "2026-01-01"), Due: day(t, "2025-06-01"), StatusCategory: StatusInProgress},
		&ProjectFact{Source: source("ops", "project", "B"), Name: "same Name", StatusCategory: StatusInProgress},
		&MilestoneFact{Source: source("eng", "version", "1"), Name: "M", Project: "eng/project/A", Due: day(t, "2026-06-01")},
		&MilestoneFact{Source: source("eng", "version", "2"), Name: "N", Project: "eng/project/NONE", Finished: day(t, "2026-06-01"), StatusCategory: StatusDone},
		&ContributionFact{Project: "eng:A", Objective: "o", Strength: fraction("1")},
		&AssignmentFact{Slug: "a", Project: "eng:NONE", Person: "Ada", Allocation: fraction("1")},
		&Quarantine{Source: source("eng", "version", "9"), Of: KindMilestone, Reason: "R"},
		&Run{Connection: "eng", Number: 1, State: RunSucceeded, Mode: "FULL", StartedAt: yesterday, EndedAt: yesterday},
	)
	q := s.View(Local).DataQuality("eng", "")
	got := map[string]string{}
	for _, p := range q.Parts {
		for _, c := range p.Checks {
			got[string(c.Code)] = fmt.Sprintf("%d/%d", c.Wrong, c.Of)
		}
	}
	want := map[string]string{
		"PROJECT_DATES": "0/1", "PROJECT_MANAGER": "0/1", "PROJECT_DEPARTMENT": "1/1", "PROJECT_HEALTH": got["PROJECT_HEALTH"],
		"MILESTONE_DUE": "0/1", "MILESTONE_OWNER": "1/1",
		"LAST_RUN": "0/1", "COMPLETE_PASS": got["COMPLETE_PASS"], "LISTING_HELD": "0/1",
		"READABLE": "1/5", "PROJECT_DATES_IN_ORDER": "1/1", "MILESTONE_DATES_IN_ORDER": "0/0", "NOT_FINISHED_IN_FUTURE": "1/1",
		"PROJECT_NAMES_ONCE": "1/1", "DEPENDENCIES_KNOWN": "0/0", "ACCOUNTS_TOLD_APART": "1/1", "MILESTONES_HAVE_PROJECT": "1/2", "REFERENCES_LEAD_SOMEWHERE": "1/2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("wrong of looked at (-want +got):\n%s", diff)
	}
	// READABLE 80, dates 0, the future 0: of the checks that looked at something.
	for _, p := range q.Parts {
		if p.Code == QualityValidity && *p.Score() != 26.666666667 {
			t.Errorf("validity = %v, want (80 + 0 + 0) / 3", *p.Score())
		}
	}
	sum, n := 0.0, 0
	for _, p := range q.Parts {
		if s := p.Score(); s != nil {
			sum, n = sum+*s, n+1
		}
	}
	if *q.Score() != rounded(sum/float64(n)) || len(q.Reasons()) < 8 {
		t.Errorf("score = %v of %v parts, reasons %v", *q.Score(), n, q.Reasons())
	}
	// Whoever sees a part learns nothing of the names of the rest, nor of how
	// synchronisation goes.
	s = l.put(
		&DepartmentFact{Slug: "care", Name: "Care"},
		&Override{Target: "project:eng:A", Field: "department", Value: text("care")},
	)
	limited := s.View(Caller{Role: RoleViewer, Departments: []string{"care"}}).DataQuality("eng", "")
	for _, p := range limited.Parts {
		if p.Code == QualityFreshness && (p.Score() != nil || p.ScoreReason().Code != ReasonScope) {
			t.Errorf("freshness for a limited caller = %v", p.Score())
		}
		for _, c := range p.Checks {
			if c.Code == QualityProjectNames && c.Wrong != 0 {
				t.Error("a name that is had by a hidden project too counts as a duplicate")
			}
		}
	}
	if s.View(Caller{Role: RoleViewer, Departments: []string{"care"}}).DataQuality("ops", "") != nil {
		t.Error("the score of a connection that the caller does not see")
	}
}

// BenchmarkInspection looks at 10,000 projects with 100,000 milestones, and
// then reports of what was seen.
func BenchmarkInspection(b *testing.B) {
	s, err := NewSnapshot(benchState(10_000, 100_000))
	if err != nil {
		b.Fatal(err)
	}
	v := s.View(Local)
	b.Run("inspect", func(b *testing.B) {
		for b.Loop() {
			if len(s.inspect().projects) == 0 {
				b.Fatal("no project is governed")
			}
		}
	})
	b.Run("report", func(b *testing.B) {
		for b.Loop() {
			v.Controls("", true)
		}
	})
	b.Run("quality", func(b *testing.B) {
		for b.Loop() {
			v.DataQuality("", "")
		}
	})
	b.Run("workforce", func(b *testing.B) {
		for b.Loop() {
			s.newWorkforce()
		}
	})
}

func gone(s Source) Source {
	s.Presence = PresenceDeleted
	return s
}
