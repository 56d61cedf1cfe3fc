package graph_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"plumbline/edit"
	"plumbline/portfolio"
)

// site is what a tool shows through one connection: the same undertaking under
// whatever ids.
func site(t *testing.T, connection string, ids ...string) []portfolio.Document {
	day, err := portfolio.ParseDate("2026-06-01")
	if err != nil {
		t.Fatal(err)
	}
	source := func(kind, id, key string) portfolio.Source {
		return portfolio.Source{Connection: connection, Kind: kind, ID: id, Key: key}
	}
	p := &portfolio.ProjectFact{Source: source("project", ids[0], "POS"), Name: "Tills"}
	return []portfolio.Document{
		p,
		&portfolio.MilestoneFact{Source: source("version", ids[1], "POS-1"), Name: "Pilot", Project: p.DocID(), Due: day},
		&portfolio.MilestoneFact{Source: source("version", ids[2], ""), Name: "Go-live", Project: p.DocID(), Due: day},
	}
}

// recordedOfSite is one record at least of every kind that names a project or
// milestone: by id, by key and, for milestones, by both.
func recordedOfSite(t *testing.T) []portfolio.RecordedFact {
	day := func(text string) portfolio.Date {
		d, err := portfolio.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	n := func(text string) *decimal.Decimal { d := decimal.RequireFromString(text); return &d }
	text := func(target, field, text string) *portfolio.Override {
		return &portfolio.Override{Target: target, Field: field, Value: portfolio.Field{Type: portfolio.FieldText, Text: text}}
	}
	const id, key, step, stepKey = "server/project/1", "server:POS", "server/version/12", "server:POS-1"
	all := []portfolio.RecordedFact{
		text("project:"+id, "priority", "high"), text("project:"+key, "justification", "By law"),
		text("milestone:"+step, "contingency", "Wait"), text("milestone:"+stepKey, "contingency", "By hand"),
		&portfolio.RecordedRiskFact{Slug: "r1", Title: "Late", Project: id, Milestone: step},
		&portfolio.RecordedRiskFact{Slug: "r2", Title: "Dear", Project: key, Milestone: stepKey},
		&portfolio.IssueFact{Slug: "i1", Title: "Broken", Project: key, Raised: day("2026-02-01")},
		&portfolio.AssumptionFact{Slug: "a1", Title: "Power", Project: id, Raised: day("2026-02-01")},
		&portfolio.DecisionFact{Slug: "d1", Title: "Which till?", Projects: []string{id}, Blocks: []string{step, stepKey}, Raised: day("2026-02-01")},
		&portfolio.LessonFact{Slug: "l1", Title: "Ask first", Category: "people", Project: id, WhatHappened: "x", Recommendation: "y", AppliedTo: []string{key}},
		&portfolio.QuickWinFact{Slug: "w1", Title: "Faster", Project: key, Milestone: stepKey, Achieved: day("2026-02-10")},
		&portfolio.QuoteFact{Slug: "q1", Text: "Good", By: "Ann", Project: id, Consent: true},
		&portfolio.SurveyFact{Slug: "s1", Name: "How?", Project: key, Sent: day("2026-02-01"), Invited: 10, Responses: 5},
		&portfolio.BenefitFact{Slug: "b1", Name: "Hours", Project: id, Unit: "h", Planned: *n("10"), Due: day("2026-12-01")},
		&portfolio.CycleFact{Slug: "c1", Name: "Spring", Starts: day("2026-01-15"), Ends: day("2026-04-15"), Goals: []portfolio.CycleGoal{{Title: "Pilot", Project: key}}},
		&portfolio.CostFact{Project: key, Period: "2026-01", Actual: n("100"), Currency: "EUR"},
		&portfolio.AssignmentFact{Slug: "as1", Project: id, Person: "Ann", Allocation: *n("0.5")},
		&portfolio.ControlExceptionFact{Slug: "e1", Control: "SPONSOR", Project: key, Reason: "small", ApprovedBy: "Ann"},
		&portfolio.StrategyFact{Slug: "plan", Name: "Plan"},
		&portfolio.StrategyVersionFact{Strategy: "plan", Version: "2026", Method: portfolio.WeightEqual, ValidFrom: day("2026-01-01")},
		&portfolio.ObjectiveFact{Slug: "grow", Strategy: "plan", Name: "Grow"},
		&portfolio.ContributionFact{Project: key, Objective: "grow", Strength: *n("0.8")},
		&portfolio.KPIFact{Slug: "sales", Name: "Sales", Direction: portfolio.HigherIsBetter, Period: portfolio.PeriodMonth},
		&portfolio.KPILinkFact{Project: id, KPI: "sales", ExpectedChange: n("3")},
	}
	return all
}

// TestEveryReferenceIsTried compares the records of the test with the fields
// that name projects and milestones, so that a new one is not forgotten.
func TestEveryReferenceIsTried(t *testing.T) {
	names := map[string]bool{"project": true, "projects": true, "appliedTo": true, "milestone": true, "blocks": true}
	tried := map[string]bool{}
	for _, doc := range recordedOfSite(t) {
		tried[fmt.Sprintf("%T", doc)] = true
		var look func(v reflect.Value, path string)
		look = func(v reflect.Value, path string) {
			switch v.Kind() {
			case reflect.Pointer:
				look(v.Elem(), path)
			case reflect.Slice:
				for i := range v.Len() {
					look(v.Index(i), path)
				}
			case reflect.Struct:
				for i := range v.NumField() {
					field := v.Type().Field(i)
					name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
					if names[name] && v.Field(i).IsZero() {
						t.Errorf("%s.%s names nothing", path, field.Name)
					} else if field.IsExported() && field.Type.Kind() != reflect.Map {
						look(v.Field(i), path+"."+field.Name)
					}
				}
			}
		}
		look(reflect.ValueOf(doc), fmt.Sprintf("%T", doc))
	}
	for _, kind := range portfolio.Kinds() {
		doc, err := portfolio.NewDocument(kind)
		if err != nil {
			t.Fatal(err)
		}
		if _, recorded := doc.(portfolio.RecordedFact); !recorded || tried[fmt.Sprintf("%T", doc)] {
			continue
		}
		of := reflect.TypeOf(doc).Elem()
		for i := range of.NumField() {
			if name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ","); names[name] {
				t.Errorf("%s.%s is not tried", of, of.Field(i).Name)
			}
		}
	}
}

// TestWhatWasRecordedFollowsAToolThatMoved asks the same of every kind of record
// before a relink and after it, by the ids of before.
func TestWhatWasRecordedFollowsAToolThatMoved(t *testing.T) {
	w := newWorld(t)
	w.put(&portfolio.Clock{Today: portfolio.NewDate(2026, time.March, 1)}, &portfolio.Settings{TimeZone: "UTC", Connections: []portfolio.ConnectionSettings{{ID: "server"}, {ID: "cloud"}}})
	w.put(site(t, "server", "1", "11", "12")...)
	for _, doc := range recordedOfSite(t) {
		w.put(doc)
	}
	project := portfolio.NodeID(portfolio.KindProject, "server/project/1")
	step := portfolio.NodeID(portfolio.KindMilestone, "server/version/12")
	variables, err := json.Marshal(map[string]any{"project": project, "step": step})
	if err != nil {
		t.Fatal(err)
	}
	const lists = `query($project: ID!, $step: ID!) {
  risks(filter: {project: {id: {eq: $project}}, recorded: true}) { nodes { key project { name } milestone { name } } }
  threatening: risks(filter: {milestone: {eq: $step}, recorded: true}) { nodes { key } }
  decisions(filter: {project: {id: {eq: $project}}}) { nodes { key projects { name } blocks { name } } }
  issues { nodes { key project { name } } }
  assumptions { nodes { key project { name } } }
  lessons { nodes { key project { name } appliedTo { name } } }
  quickWins { nodes { key project { name } milestone { name } } }
  quotes { nodes { key project { name } } }
}`
	const more = `{
  surveys { nodes { key project { name } } }
  benefits { nodes { key project { name } } }
  cycles { nodes { key goals { title project { name } } } }
  costs { nodes { period project { name } } }
  assignments { nodes { key project { name } } }
  controlExceptions { nodes { key project { name } } }
  contributions { nodes { state project { name } } }
  kpiLinks { nodes { reference project { name } } }
}`
	const ofOne = `query($project: ID!, $step: ID!) {
  project(ref: {id: $project}) { ...all }
  node(id: $step) { ... on Milestone { contingency risks { nodes { key } } waitsFor { key } overrides { field value wins } } }
}
fragment all on Project {
  name priority justification
  overrides { field value wins }
  risks(filter: {recorded: true}) { nodes { key milestone { name } } }
  issues { nodes { key } } assumptions { nodes { key } } decisions { nodes { key blocks { name } } } lessons { nodes { key } }
  quickWins { nodes { key milestone { name } } } quotes { nodes { key } } surveys { nodes { key } } benefits { nodes { key } }
  costs { nodes { period actual } } assignments { nodes { key } } controls { code outcome }
  alignment { score { value } contributions { nodes { strength state } } } kpis { nodes { kpiKey expectedChange } }
}`
	answer := func(variables json.RawMessage) string {
		all := ""
		for _, question := range []string{lists, more, ofOne} {
			all += string(indented(t, w.ask(portfolio.Local, question, variables)))
		}
		return all
	}
	before := answer(variables)
	for _, unanswered := range []string{`"errors"`, `"nodes": []`, `"project": null`, `"milestone": null`, `"contingency": null`, `"UNKNOWN_PROJECT"`} {
		if strings.Contains(before, unanswered) {
			t.Fatalf("%s before anything has moved:\n%s", unanswered, before)
		}
	}
	w.put(site(t, "cloud", "901", "911", "912")...)
	plan, err := edit.Relink(w.now, "server", "cloud", edit.RelinkByKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range plan.Records {
		if len(kind.Left) > 0 || kind.Follow == 0 {
			t.Errorf("%s: %d follow, and not %q", kind.Kind, kind.Follow, kind.Left)
		}
	}
	if len(plan.Records) != 16 {
		t.Errorf("%d kinds of records follow: %+v", len(plan.Records), plan.Records)
	}
	w.past = w.now
	for _, change := range plan.Changes {
		w.put(change.Put)
	}
	if diff := cmp.Diff(before, answer(variables)); diff != "" {
		t.Errorf("by the old ids, after the tool has moved (-before +after):\n%s", diff)
	}
	moved, err := json.Marshal(map[string]any{
		"project": portfolio.NodeID(portfolio.KindProject, "cloud/project/901"), "step": portfolio.NodeID(portfolio.KindMilestone, "cloud/version/912"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, answer(moved)); diff != "" {
		t.Errorf("by the new ids (-before +after):\n%s", diff)
	}
	const then = `{ projects(asOf: "2026-02-28") { nodes { key priority sources { connection } } } risks(asOf: "2026-02-28", filter: {recorded: true}) { nodes { key milestone { connection { name } } } } }`
	if past := string(w.ask(portfolio.Local, then, nil)); !strings.Contains(past, `"sources":[{"connection":"server"}]`) || !strings.Contains(past, `"priority":"high"`) {
		t.Errorf("the day before: %s", past)
	}
	// With the old connection taken out of the configuration nothing is lost.
	w.put(&portfolio.Settings{TimeZone: "UTC", Connections: []portfolio.ConnectionSettings{{ID: "cloud"}}})
	if diff := cmp.Diff(before, answer(moved)); diff != "" {
		t.Errorf("without the old connection (-before +after):\n%s", diff)
	}
}
