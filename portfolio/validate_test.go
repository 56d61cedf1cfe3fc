package portfolio

import (
	"errors"
	"strings"
	"testing"
)

func TestValidateNamesEveryProblem(t *testing.T) {
	s := &Settings{
		TimeZone: "Europe/Nowhere",
		Connections: []ConnectionSettings{
			{ID: "eng", Fields: []FieldMapping{
				{To: "budget", Field: "f1"}, {To: "kind", Field: "f2", Values: []ValueMapping{{From: "x", To: "HUGE"}}}, {To: "health", Field: "f3"}, {To: "health", Field: "f4"}}},
			{ID: "eng"}, {}, {ID: "a/b"}},
		Rules: []Rule{
			{When: `milestone.name == "x"`, Set: Assignment{Kind: MilestoneKey}},
			{When: `milestone.nam == "x"`, Set: Assignment{Kind: MilestoneKey}},
			{When: `project.key`, Set: Assignment{Department: "x"}},
			{When: `true`},
			{When: `now().Year() > 2026`, Set: Assignment{Phase: "SOON"}},
			{When: ``, Set: Assignment{Kind: "BIG"}}},
		Joins:        []JoinRule{{By: "colour"}},
		Statuses:     []StatusPhase{{Status: "Open", Phase: "OPEN"}},
		Health:       []HealthThresholds{{GreenSlip: 0.5, RedSlip: 0.1}, {Kind: "BIG"}},
		ReportMaxAge: -1,
	}
	err := s.Validate()
	if !errors.Is(err, ErrInvalid) {
		t.Fatalf("err = %v, want ErrInvalid", err)
	}
	for _, want := range []string{
		`"Europe/Nowhere" is not a time zone`, `connection "eng" is listed twice`, `connection has no id`, `must not contain /`,
		`field budget needs a currency`, `"HUGE" is not a kind of milestone`, `field health is mapped twice`,
		`rule 2: type portfolio.RuleMilestone has no field nam (1:11)`, `rule 3:`, `rule 4: sets nothing`, `rule 5: unknown name now (1:1)`,
		`rule 5: "SOON" is not a phase`, `rule 6: when is empty`, `rule 6: "BIG" is not a kind`,
		`"colour" is not a field to join by`, `status 1: "OPEN" is not a phase`, `health 1: greenSlip 0.5 is above redSlip 0.1`, `health 2: "BIG"`, `reportMaxAge: -1`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the problems do not name %q", want)
		}
	}
	if strings.Contains(err.Error(), "rule 1:") {
		t.Error("a good rule is named as a problem")
	}
	if t.Failed() {
		t.Log(err)
	}
}

func TestValidateAcceptsGoodSettings(t *testing.T) {
	if err := benchSettings().Validate(); err != nil {
		t.Error(err)
	}
}

func TestSnapshotServesWhatIsRightInBrokenSettings(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	l.put(&Settings{TimeZone: "nowhere", Connections: []ConnectionSettings{{ID: "eng"}}, Rules: []Rule{
		{When: `broken(`, Set: Assignment{Kind: MilestoneKey}}, {When: `true`, Set: Assignment{Kind: MilestoneGoLive}}}},
		&MilestoneFact{Source: source("eng", "version", "1")})
	if m, _ := l.now.Milestone("eng/version/1"); m.Kind != MilestoneGoLive {
		t.Errorf("kind = %s, want that of the rule that compiles", m.Kind)
	}
	if len(l.now.Problems()) != 2 {
		t.Errorf("problems = %v, want the zone and the rule", l.now.Problems())
	}
}
