package asana

import (
	"testing"
	"time"

	"plumbline/connectors/asana/asanatest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

func withRisks(s *Settings) { s.Risks.From = []string{"section:Risks", "field:Gate=Hazard"} }

func TestRisks(t *testing.T) {
	site, o := organisation(t)
	inSection := func(name string) string {
		return site.AddTask(asanatest.Task{Name: name, Projects: []string{o.web}, Sections: map[string]string{o.web: "Risks"}})
	}
	late := site.AddTask(asanatest.Task{
		Name: "Texts come late", Subtype: "milestone", Assignee: o.kim, DueOn: "2026-05-01", Projects: []string{o.web},
		Custom: map[string]any{o.gateField: "Hazard", o.notes: "likely"}, Created: time.Date(2026, 2, 3, 10, 0, 0, 0, time.UTC),
	})
	crowd, sale, gone := inSection("The site is overrun"), inSection("No sale"), inSection("Nobody comes")

	e := read(t, open(t, site, []string{"Notes"}, withRisks))
	f := get[*portfolio.RiskFact](e, kindTask, late)
	check(t, "a risk", []string{f.Title, f.Project, f.Owner, f.Status, string(f.StatusCategory), f.Due.String(), f.Raised.String(), f.Scope},
		[]string{"Texts come late", doc(kindProject, o.web), doc(kindUser, o.kim), "Incomplete", "TODO", "2026-05-01", "2026-02-03", "risks"})
	check(t, "its fields", f.Fields, []portfolio.Field{{ID: o.notes, Name: "Notes", Type: portfolio.FieldText, Text: "likely"}})
	check(t, "risks", e.count(portfolio.KindRisk), 4)
	check(t, "milestones", e.count(portfolio.KindMilestone), 3)

	site.EditTask(crowd, func(x *asanatest.Task) { x.Completed = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC) })
	site.EditTask(sale, func(x *asanatest.Task) { x.Sections = map[string]string{o.web: "Launch"} })
	site.DeleteTask(gone)
	e.again()
	check(t, "day it was closed", get[*portfolio.RiskFact](e, kindTask, crowd).Closed.String(), "2026-03-02")
	e.sweep()
	for _, c := range []struct {
		what, gid string
		want      portfolio.Presence
	}{
		{"one that stays", crowd, ""}, {"one that left the section", sale, portfolio.PresenceOutOfScope}, {"a deleted one", gone, portfolio.PresenceDeleted},
	} {
		check(t, c.what, get[*portfolio.RiskFact](e, kindTask, c.gid).Presence, c.want)
	}
}

func TestARiskThatCannotBeReadIsARiskInQuarantine(t *testing.T) {
	site, o := organisation(t)
	odd := site.AddTask(asanatest.Task{Name: "Texts come late", Projects: []string{o.web}})
	site.EditTask(odd, func(x *asanatest.Task) {
		x.Raw = []byte(`{"gid":"` + odd + `","name":"Texts come late","due_on":"soon","modified_at":"2026-03-01T10:00:00.000Z","projects":[{"gid":"` + o.web + `"}],` +
			`"memberships":[{"project":{"gid":"` + o.web + `"},"section":{"name":"Risks"}}]}`)
	})
	e := read(t, open(t, site, nil, withRisks))
	for _, q := range e.Quarantined {
		if q.ID == odd && q.Of == portfolio.KindRisk && q.Scope == scopeRisks {
			return
		}
	}
	t.Errorf("quarantined: %+v", e.Quarantined)
}

func TestRiskSettings(t *testing.T) {
	for _, from := range []string{"", "milestones", "tasks", "section:", "field:=x"} {
		s := Settings{Auth: Auth{Token: secret.New("t")}, Risks: RiskSettings{From: []string{from}}}
		if err := s.Validate(); err == nil {
			t.Errorf("risks.from %q is taken", from)
		}
	}
}
