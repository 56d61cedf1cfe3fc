package azuredevops

import (
	"fmt"
	"testing"
	"time"

	"plumbline/connectors/azuredevops/azuredevopstest"
	"plumbline/portfolio"
)

func withRisks(s *Settings) { s.Risks.From = []string{"Risk"} }

func (r *reader) risk(item int64) *portfolio.RiskFact {
	r.t.Helper()
	return get[*portfolio.RiskFact](r, kindItem, fmt.Sprint(item))
}

// addRiskType makes a type as the CMMI process has it.
func addRiskType(site *azuredevopstest.Site) {
	site.AddType(azuredevopstest.ItemType{Name: "Risk", States: []azuredevopstest.State{{Name: "Proposed", Category: "Proposed"}, {Name: "Active", Category: "InProgress"}, {Name: "Closed", Category: "Completed"}}})
}

func TestRisks(t *testing.T) {
	for name, o := range map[string]azuredevopstest.Options{"services": {}, "server": {Server: true}} {
		t.Run(name, func(t *testing.T) {
			o.Now = func() time.Time { return time.Date(2026, 1, 9, 23, 30, 0, 0, time.UTC) }
			site := newSite(t, o)
			addRiskType(site)
			site.AddField(azuredevopstest.Field{Name: "Probability", Ref: "Microsoft.VSTS.CMMI.Probability", Type: "integer"})
			sue := site.AddUser(azuredevopstest.User{Name: "Sue Park", Email: "sue@example.com"})
			pay := site.AddProject(azuredevopstest.Project{Name: "Tills"})
			add := func(i item) int64 { i.Project, i.Type = "Tills", "Risk"; return site.AddItem(i).ID }
			flood := add(item{Title: "The cellar floods", State: "Active", Finish: "2026-03-01", Assigned: sue, Fields: map[string]any{"Microsoft.VSTS.CMMI.Probability": 25}})
			late, gone, destroyed := add(item{Title: "The tills come late"}), add(item{Title: "Nobody buys"}), add(item{Title: "Somebody erred"})
			epic := site.AddItem(item{Project: "Tills", Type: "Epic", Title: "Tills"}).ID
			site.AddLink(azuredevopstest.Dependency, flood, epic)
			site.AddLink(azuredevopstest.Dependency, flood, late)
			r := read(t, open(t, site, []string{"Probability"}, func(s *Settings) {
				withRisks(s)
				if s.TimeZone = "Europe/Berlin"; o.Server {
					onServer(s)
				}
			}))
			f := r.risk(flood)
			check(t, "risk", []string{f.Title, f.Source.Key, f.Project, f.Owner, f.Status, string(f.StatusCategory), f.Due.String(), f.Raised.String(), f.Scope},
				[]string{"The cellar floods", fmt.Sprint(flood), "eng/project/" + pay, "eng/user/" + sue, "Active", "IN_PROGRESS", "2026-03-01", "2026-01-10", "risks"})
			check(t, "probability", f.Fields, []portfolio.Field{{ID: "Microsoft.VSTS.CMMI.Probability", Name: "Probability", Type: portfolio.FieldNumber, Number: "25"}})
			check(t, "milestones", r.count(portfolio.KindMilestone), 1)
			check(t, "what a milestone waits for", r.count(portfolio.KindDependency), 1)

			site.EditItem(flood, func(i *item) { i.State, i.Closed = "Closed", "2026-02-03" })
			site.EditItem(late, func(i *item) { i.Type = "Task" })
			site.DeleteItem(gone)
			site.DestroyItem(destroyed)
			r.again()
			check(t, "day it was closed", r.risk(flood).Closed.String(), "2026-02-03")
			check(t, "in the bin, as the feed tells", r.risk(gone).Presence, portfolio.PresenceDeleted)
			r.sweep()
			for id, want := range map[int64]portfolio.Presence{flood: "", late: portfolio.PresenceOutOfScope, gone: portfolio.PresenceDeleted, destroyed: portfolio.PresenceAccessLost} {
				check(t, fmt.Sprint("risk ", id), r.risk(id).Presence, want)
			}
			writes := r.Writes
			r.again()
			r.sweep()
			check(t, "writes when nothing happened", r.Writes-writes, 0)
		})
	}
}

func TestARiskIsOfTheProjectAboveIt(t *testing.T) {
	site := newSite(t, azuredevopstest.Options{})
	addRiskType(site)
	above := site.AddItem(item{Project: "Pay", Type: "Initiative", Title: "Tills"}).ID
	under := site.AddItem(item{Project: "Pay", Type: "Risk", Title: "The tills come late", Parent: above}).ID
	loose := site.AddItem(item{Project: "Pay", Type: "Risk", Title: "The cellar floods"}).ID
	for name, c := range map[string]struct {
		from []string
		want []string // projects of the two risks
	}{
		"work items and projects": {[]string{"projects", "Initiative"}, []string{fmt.Sprint("eng/workitem/", above), ""}},
		"work items only":         {[]string{"Initiative"}, []string{fmt.Sprint("eng/workitem/", above)}},
	} {
		r := read(t, open(t, site, nil, func(s *Settings) { withRisks(s); s.Projects.From = c.from }))
		r.sweep()
		check(t, name, r.count(portfolio.KindRisk), len(c.want))
		check(t, name, r.risk(under).Project, c.want[0])
	}
	r := read(t, open(t, site, nil, withRisks))
	kind, _ := r.c.bareKind(r.risk(loose).Project)
	check(t, "of the Azure DevOps project", kind, kindProject)
}

func TestARiskThatCannotBeReadIsARiskInQuarantine(t *testing.T) {
	v := berlin(t)
	v.riskTypes = map[string]bool{"risk": true}
	got := v.item(parseItem([]byte(`{"id":7,"fields":{"System.WorkItemType":"Risk","System.TeamProject":"Pay","System.Title":{"odd":true}}}`)))
	if got.quarantined == nil || got.quarantined.Of != portfolio.KindRisk || got.quarantined.Scope != scopeRisks {
		t.Errorf("%+v", got.quarantined)
	}
}
