package portfolio

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// milestoneOf puts one project with one milestone and returns the milestone.
func milestoneOf(t *testing.T, today string, p ProjectFact, m MilestoneFact, more ...Document) *MilestoneRow {
	t.Helper()
	l := newTestLog(t, today)
	p.Source = source("eng", "project", "PAY")
	m.Source = source("eng", "version", "1")
	m.Project = p.DocID()
	s := l.put(append([]Document{&p, &m}, more...)...)
	row, ok := s.Milestone(m.DocID())
	if !ok {
		t.Fatal("milestone eng/version/1 is missing")
	}
	return row
}

func codes(reasons []Reason) string {
	var codes []string
	for _, r := range reasons {
		codes = append(codes, r.Code)
	}
	return strings.Join(codes, " ")
}

func TestComputedHealthOfAMilestone(t *testing.T) {
	d := func(s string) Date { return day(t, s) }
	// 1 January to 11 April are 100 days of plan.
	planned := func(due string) MilestoneFact {
		return MilestoneFact{Start: d("2026-01-01"), Baseline: d("2026-04-11"), Due: d(due)}
	}
	goLive := func(m MilestoneFact) MilestoneFact {
		m.Name = "Go-live"
		return m
	}
	for _, c := range []struct {
		story  string
		today  string
		fact   MilestoneFact
		phase  StatusCategory
		want   Health
		reason string
	}{
		{"on its baseline", "2026-03-01", planned("2026-04-11"), "", HealthGreen, ReasonSlipInLimit},
		{"earlier than its baseline", "2026-03-01", planned("2026-04-01"), "", HealthGreen, ReasonSlipInLimit},
		{"5 % late is still green", "2026-03-01", planned("2026-04-16"), "", HealthGreen, ReasonSlipInLimit},
		{"6 % late is yellow", "2026-03-01", planned("2026-04-17"), "", HealthYellow, ReasonSlip},
		{"15 % late is still yellow", "2026-03-01", planned("2026-04-26"), "", HealthYellow, ReasonSlip},
		{"16 % late is red", "2026-03-01", planned("2026-04-27"), "", HealthRed, ReasonSlipLarge},
		{"a plan of 10 days counts as 30: 1 day late is green", "2026-03-01",
			MilestoneFact{Start: d("2026-04-01"), Baseline: d("2026-04-11"), Due: d("2026-04-12")}, "", HealthGreen, ReasonSlipInLimit},
		{"a plan of 10 days counts as 30: 4 days late are yellow", "2026-03-01",
			MilestoneFact{Start: d("2026-04-01"), Baseline: d("2026-04-11"), Due: d("2026-04-15")}, "", HealthYellow, ReasonSlip},
		{"without dates nothing is known", "2026-03-01", MilestoneFact{}, "", HealthUnknown, ReasonNoDates},
		{"without a due date slip is left out", "2026-03-01", MilestoneFact{Baseline: d("2026-04-11")}, "", HealthUnknown, ReasonNoBaseline},
		{"a cancelled one is unknown", "2026-03-01",
			MilestoneFact{Baseline: d("2026-04-11"), Due: d("2026-09-01"), StatusCategory: StatusCancelled}, "", HealthUnknown, ReasonCancelled},
		{"one of a cancelled project is unknown", "2026-03-01", planned("2026-09-01"), StatusCancelled, HealthUnknown, ReasonCancelled},
		{"a finished one is frozen on its actual date", "2027-01-01",
			MilestoneFact{Start: d("2026-01-01"), Baseline: d("2026-04-11"), Due: d("2026-04-11"), Finished: d("2026-05-11")}, "", HealthRed, ReasonSlipLarge},
		{"done without a date leaves slip out", "2026-03-01",
			MilestoneFact{Baseline: d("2026-04-11"), Due: d("2026-04-11"), StatusCategory: StatusDone}, "", HealthUnknown, ReasonNoActualDate},
		{"a go-live is not past due on its day", "2026-04-11", goLive(planned("2026-04-11")), "", HealthGreen, ReasonSlipInLimit},
		{"a go-live is past due on the day after", "2026-04-12", goLive(planned("2026-04-11")), "", HealthRed, ReasonGoLivePastDue},
		{"an ordinary milestone past due is not red for that", "2026-04-12", planned("2026-04-11"), "", HealthGreen, ReasonSlipInLimit},
	} {
		t.Run(c.story, func(t *testing.T) {
			rules := &Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng"}},
				Rules: []Rule{{When: `milestone.name == "Go-live"`, Set: Assignment{Kind: MilestoneGoLive}}}}
			m := milestoneOf(t, c.today, ProjectFact{StatusCategory: c.phase}, c.fact, rules)
			if m.Health.Computed != c.want || !strings.Contains(codes(m.Health.Reasons), c.reason) {
				t.Errorf("computed health = %s because of %s, want %s because of %s", m.Health.Computed, codes(m.Health.Reasons), c.want, c.reason)
			}
			if m.Health.Computed != HealthUnknown && !strings.Contains(codes(m.Health.Reasons), ReasonInputsMissing) {
				t.Errorf("reasons = %s, want the conditions named that were left out", codes(m.Health.Reasons))
			}
		})
	}
}

func TestThresholdsOfAKind(t *testing.T) {
	settings := &Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng"}},
		Rules:  []Rule{{When: `milestone.name == "Key"`, Set: Assignment{Kind: MilestoneKey}}},
		Health: []HealthThresholds{{GreenSlip: 0.2}, {Kind: MilestoneKey, RedSlip: 0.08, GreenSlip: 0.01}}}
	fact := MilestoneFact{Start: day(t, "2026-01-01"), Baseline: day(t, "2026-04-11"), Due: day(t, "2026-04-21")} // 10 %
	if m := milestoneOf(t, "2026-03-01", ProjectFact{}, fact, settings); m.Health.Computed != HealthGreen {
		t.Errorf("an ordinary milestone 10 %% late is %s, want GREEN under greenSlip 0.2", m.Health.Computed)
	}
	fact.Name = "Key"
	if m := milestoneOf(t, "2026-03-01", ProjectFact{}, fact, settings); m.Health.Computed != HealthRed {
		t.Errorf("a key milestone 10 %% late is %s, want RED under redSlip 0.08", m.Health.Computed)
	}
}

func TestOnHoldIsUnknown(t *testing.T) {
	settings := &Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng"}}, Statuses: []StatusPhase{{Status: "paused", Phase: PhaseOnHold}}}
	m := milestoneOf(t, "2026-03-01", ProjectFact{Status: "Paused"},
		MilestoneFact{Baseline: day(t, "2026-04-11"), Due: day(t, "2026-04-11")}, settings)
	if m.Health.Computed != HealthUnknown || codes(m.Health.Reasons) != ReasonOnHold {
		t.Errorf("health = %s because of %s, want UNKNOWN because of ON_HOLD", m.Health.Computed, codes(m.Health.Reasons))
	}
}

// A first seen date is a baseline only after 14 days of observation, and the
// day on which that ends is a commit that turns the row by itself.
func TestFirstSeenBaselineCountsAfterTwoWeeks(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	m := &MilestoneFact{Source: source("eng", "version", "1"), Record: Record{FirstSeen: day(t, "2026-03-01")},
		Due: day(t, "2026-08-01"), History: DueHistory{First: day(t, "2026-05-01"), LaterMoves: 2}}
	l.put(m)
	row, _ := l.now.Milestone(m.DocID())
	if row.BaselineBasis != BaselineFirstSeen || row.BaselineDate != day(t, "2026-05-01") || row.SlipCount != 2 {
		t.Errorf("baseline = %s (%s), %d moves; want 2026-05-01 (FIRST_SEEN), 2 moves", row.BaselineDate, row.BaselineBasis, row.SlipCount)
	}
	if row.Health.Computed != HealthUnknown || codes(row.Health.Reasons) != ReasonBaselineNew {
		t.Errorf("health on the first day = %s because of %s, want UNKNOWN because of BASELINE_NEW", row.Health.Computed, codes(row.Health.Reasons))
	}
	if row.ChangesOn != day(t, "2026-03-15") {
		t.Errorf("changes on %s, want 2026-03-15", row.ChangesOn)
	}
	l.today("2026-03-14")
	if !l.last.IsEmpty() || l.last.Recomputed != 0 {
		t.Errorf("the 13th day changed %v and computed %d rows, want nothing", l.last.Changes, l.last.Recomputed)
	}
	l.today("2026-03-15")
	if row, _ = l.now.Milestone(m.DocID()); row.Health.Computed != HealthRed {
		t.Errorf("health on the 15th of March = %s, want RED: 92 days late", row.Health.Computed)
	}
	if len(l.last.Changes) != 1 || !slices.Contains(l.last.Changes[0].Fields, "health.computed") {
		t.Errorf("diff = %v, want the milestone's computed health", l.last.Changes)
	}
}

func TestReadHistoryIsObservedFromItsBeginning(t *testing.T) {
	m := milestoneOf(t, "2026-03-01", ProjectFact{}, MilestoneFact{
		Record: Record{FirstSeen: day(t, "2026-03-01")}, Due: day(t, "2026-05-10"),
		History: DueHistory{First: day(t, "2026-05-01"), Read: true, Moves: []DueMove{{On: day(t, "2026-01-10"), From: day(t, "2026-05-01"), To: day(t, "2026-05-10")}}}})
	if m.Health.Computed == HealthUnknown {
		t.Errorf("health = UNKNOWN because of %s, want a known one: the tool's history begins in January", codes(m.Health.Reasons))
	}
}

func TestUpstreamGoLiveLaterThanOwnStart(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	l.put(&Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng"}, {ID: "ops"}},
		Rules: []Rule{{When: `milestone.name contains "live"`, Set: Assignment{Kind: MilestoneGoLive}}}})
	upstream := &MilestoneFact{Source: source("ops", "row", "7"), Name: "Inventory live", Due: day(t, "2026-05-01"), Baseline: day(t, "2026-05-01")}
	own := &MilestoneFact{Source: source("eng", "version", "1"), Name: "Point of sale", Start: day(t, "2026-05-10"), Due: day(t, "2026-09-01"), Baseline: day(t, "2026-09-01")}
	link := &DependencyFact{Source: source("eng", "link", "1"), Predecessor: LinkEnd{Ref: upstream.DocID()}, Successor: LinkEnd{Ref: own.DocID()}}
	l.put(upstream, own, link)
	if m, _ := l.now.Milestone(own.DocID()); m.Health.Computed != HealthGreen {
		t.Fatalf("health = %s because of %s, want GREEN while the upstream go-live comes first", m.Health.Computed, codes(m.Health.Reasons))
	}
	late := *upstream
	late.Due = day(t, "2026-05-11")
	l.put(&late)
	m, _ := l.now.Milestone(own.DocID())
	if m.Health.Computed != HealthRed || !strings.Contains(codes(m.Health.Reasons), ReasonUpstreamGoLive) {
		t.Fatalf("health = %s because of %s, want RED because of the upstream go-live", m.Health.Computed, codes(m.Health.Reasons))
	}
	i := slices.IndexFunc(m.Health.Reasons, func(r Reason) bool { return r.Code == ReasonUpstreamGoLive })
	if r := m.Health.Reasons[i]; r.About != upstream.DocID() || strings.Contains(r.Message, "Inventory") {
		t.Errorf("reason = %+v, want one that is about %s and does not name it in its sentence", r, upstream.DocID())
	}
	d, _ := l.now.Dependency(link.DocID())
	if !d.CrossTool || d.Violated == nil || *d.Violated {
		t.Errorf("dependency = %+v, want one across tools that is not violated", d)
	}
	muchLater := late
	muchLater.Due = day(t, "2026-10-01")
	l.put(&muchLater)
	if d, _ := l.now.Dependency(link.DocID()); d.Violated == nil || !*d.Violated {
		t.Error("the dependency is not violated, though its predecessor ends after its successor")
	}
}

func TestReportedHealthGrowsOld(t *testing.T) {
	l := newTestLog(t, "2026-03-15")
	p := &ProjectFact{Source: source("eng", "project", "PAY")}
	m := &MilestoneFact{Source: source("eng", "version", "1"), Project: p.DocID(), Start: day(t, "2026-01-01"), Baseline: day(t, "2026-04-11"), Due: day(t, "2026-06-01")}
	r := &StatusReportFact{Source: source("eng", "report", "1"), Project: p.DocID(), Health: "On track", ReportedAt: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	l.put(p, m, r)
	row, _ := l.now.Project(p.DocID())
	if h := row.Health; h.Reported != HealthGreen || h.Computed != HealthRed || !h.Disagreement || h.Overall != HealthRed || h.ReportedAt != day(t, "2026-03-01") {
		t.Errorf("14 days after the report: %+v, want reported GREEN, computed RED, disagreement, overall RED", h)
	}
	l.today("2026-03-16")
	row, _ = l.now.Project(p.DocID())
	if h := row.Health; h.Reported != HealthUnknown || h.Disagreement || !strings.Contains(codes(h.Reasons), ReasonReportOld) {
		t.Errorf("15 days after the report: %+v, want reported UNKNOWN, never green", h)
	}
}

func TestNewestReportWins(t *testing.T) {
	l := newTestLog(t, "2026-03-15")
	p := &ProjectFact{Source: source("eng", "project", "PAY")}
	report := func(id, health string, dayOfMarch int) *StatusReportFact {
		return &StatusReportFact{Source: source("eng", "report", id), Project: p.DocID(), Health: health, ReportedAt: time.Date(2026, 3, dayOfMarch, 9, 0, 0, 0, time.UTC)}
	}
	l.put(p, report("1", "red", 10), report("2", "amber", 12), report("3", "green", 3))
	if row, _ := l.now.Project(p.DocID()); row.Health.Reported != HealthYellow {
		t.Errorf("reported = %s, want YELLOW of the newest report", row.Health.Reported)
	}
	l.put(&Override{Target: p.Key().String(), Field: "health", Value: Field{Type: FieldText, Text: "RED"}, Authored: Authored{Author: "ann", At: time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC)}})
	if row, _ := l.now.Project(p.DocID()); row.Health.Reported != HealthRed || row.Health.ReportedAt != day(t, "2026-03-14") {
		t.Errorf("reported = %s of %s, want RED of a person's word", row.Health.Reported, row.Health.ReportedAt)
	}
}

func TestAWordThatIsNoHealthIsNamed(t *testing.T) {
	h := judgeReport(report{word: "meh"}, day(t, "2026-03-01"), DefaultReportMaxAge)
	if h.health != HealthUnknown || codes(h.reasons) != ReasonReportUnknown || !strings.Contains(h.reasons[0].Message, `"meh"`) {
		t.Errorf("verdict = %+v, want UNKNOWN that names the word", h)
	}
}
