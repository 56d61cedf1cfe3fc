package azuredevops

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/azuredevops/azuredevopstest"
	"plumbline/connectors/connectortest/fake"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

type (
	item      = azuredevopstest.Item
	iteration = azuredevopstest.Iteration
)

func TestWorkItemsAndIterationsAreMilestonesOfProjects(t *testing.T) {
	site := newSite(t, azuredevopstest.Options{Now: func() time.Time { return time.Date(2026, 2, 3, 9, 30, 0, 0, time.UTC) }})
	lea := site.AddUser(azuredevopstest.User{Name: "Lea Dorn", Email: "lea@example.com"})
	site.AddField(azuredevopstest.Field{Name: "Budget", Ref: "Custom.Budget", Type: "double"})
	site.AddField(azuredevopstest.Field{Name: "Sponsor", Ref: "Custom.Sponsor", Type: "string", Identity: true})
	site.AddField(azuredevopstest.Field{Name: "Gate", Ref: "Custom.Gate", Type: "dateTime"})
	till := site.AddProject(azuredevopstest.Project{Name: "Tills", Description: "New tills"})
	release := site.AddIteration(iteration{Project: "Tills", Name: "Release 1", Start: "2026-01-05", Finish: "2026-03-27"})
	past := site.AddIteration(iteration{Project: "Tills", Parent: release, Name: "Sprint 1", Start: "2026-01-05", Finish: "2026-01-16"})
	site.AddIteration(iteration{Project: "Tills", Name: "Some day"})
	epic := site.AddItem(item{
		Project: "Tills", Type: "Epic", Title: "Go-live Berlin", State: "Closed", Assigned: lea, Start: "2026-01-04T23:00:00Z", Target: "2026-05-01",
		Closed: "2026-01-30T22:30:00Z", Tags: []string{"wave 1", "Berlin"},
		Fields: map[string]any{"Custom.Budget": 250000.5, "Custom.Sponsor": "Lea Dorn <lea@example.com>", "Custom.Gate": "2026-03-30T22:00:00Z"},
	})
	c := open(t, site, []string{"budget", "Custom.Sponsor", "Gate", "System.Tags", "Nowhere"}, func(s *Settings) { s.TimeZone = "Europe/Berlin" })
	r := read(t, c)

	p := get[*portfolio.ProjectFact](r, kindProject, till)
	check(t, "project", []string{p.Name, p.Description, p.URL, p.Source.Key}, []string{"Tills", "New tills", site.BaseURL() + "/Tills", "Tills"})
	m := r.milestone(epic.ID)
	check(t, "milestone", []string{m.Name, m.Type, m.Project, m.Status, string(m.StatusCategory), m.URL},
		[]string{"Go-live Berlin", "Epic", "eng/project/" + till, "Closed", "DONE", fmt.Sprintf("%s/_workitems/edit/%d", site.BaseURL(), epic.ID)})
	check(t, "dates", []portfolio.Date{m.Start, m.Due, m.Finished}, []portfolio.Date{day(t, "2026-01-05"), day(t, "2026-05-01"), day(t, "2026-01-30")})
	check(t, "labels", m.Labels, []string{"Berlin", "wave 1"})
	check(t, "owner", get[*portfolio.PersonFact](r, kindUser, lea).Email, "lea@example.com")
	check(t, "owner of the milestone", m.Owner, "eng/user/"+lea)
	check(t, "fields", m.Fields, []portfolio.Field{
		{ID: "Custom.Budget", Name: "Budget", Type: portfolio.FieldNumber, Number: "250000.5"},
		{ID: "Custom.Gate", Name: "Gate", Type: portfolio.FieldDate, Date: day(t, "2026-03-31")},
		{ID: "Custom.Sponsor", Name: "Sponsor", Type: portfolio.FieldUser, Text: "eng/user/lea@example.com"},
		{ID: "System.Tags", Name: "Tags", Type: portfolio.FieldList, List: []string{"Berlin", "wave 1"}},
	})
	one := get[*portfolio.MilestoneFact](r, kindIteration, past)
	check(t, "past iteration", []string{one.Name, one.Type, one.Status, string(one.StatusCategory), one.Finished.String(), one.Parent},
		[]string{"Sprint 1", "Iteration", "past", "DONE", "2026-01-16", "eng/iteration/" + release})
	check(t, "current iteration", get[*portfolio.MilestoneFact](r, kindIteration, release).Status, "current")
	check(t, "milestones", r.count(portfolio.KindMilestone), 3)
}

func TestDeletionsAreTold(t *testing.T) {
	site := newSite(t, azuredevopstest.Options{})
	gone := site.AddProject(azuredevopstest.Project{Name: "Gone"})
	closed := site.AddProject(azuredevopstest.Project{Name: "Closed"})
	sprint := site.AddIteration(iteration{Project: "Pay", Name: "Sprint", Finish: "2026-01-16"})
	undated := site.AddIteration(iteration{Project: "Pay", Name: "Undated", Finish: "2026-01-16"})
	lost := site.AddIteration(iteration{Project: "Closed", Name: "Lost", Finish: "2026-01-16"})
	add := func(project string) int64 {
		return site.AddItem(item{Project: project, Type: "Epic", Title: "Step"}).ID
	}
	binned, destroyed, hidden, retyped, moved, inGone, inClosed := add("Pay"), add("Pay"), add("Pay"), add("Pay"), add("Pay"), add("Gone"), add("Closed")
	r := read(t, open(t, site, nil, nil))

	site.DeleteItem(binned)
	r.again()
	check(t, "in the bin, as the feed tells", r.milestone(binned).Presence, portfolio.PresenceDeleted)
	check(t, "its name", r.milestone(binned).Name, "Step")
	site.RestoreItem(binned)
	r.again()
	check(t, "out of the bin", r.milestone(binned).Presence, "")

	site.DeleteItem(binned)
	site.DestroyItem(destroyed)
	site.Hide(token(t), fmt.Sprint(hidden))
	site.EditItem(retyped, func(i *item) { i.Type = "Task" })
	site.MoveItem(moved, "Closed")
	site.DeleteProject(gone)
	site.DeleteIteration(sprint)
	site.EditIteration(undated, func(n *iteration) { n.Finish = "" })
	site.MoveItem(moved, "Pay")
	site.Hide(token(t), closed)
	r.sweep()
	for id, want := range map[int64]portfolio.Presence{
		binned: portfolio.PresenceDeleted, destroyed: portfolio.PresenceAccessLost, hidden: portfolio.PresenceAccessLost, retyped: portfolio.PresenceOutOfScope,
		moved: "", inGone: portfolio.PresenceDeleted, inClosed: portfolio.PresenceAccessLost,
	} {
		check(t, fmt.Sprint("work item ", id), r.milestone(id).Presence, want)
	}
	for id, want := range map[string]portfolio.Presence{sprint: portfolio.PresenceDeleted, undated: portfolio.PresenceOutOfScope, lost: portfolio.PresenceAccessLost} {
		check(t, "iteration "+id, get[*portfolio.MilestoneFact](r, kindIteration, id).Presence, want)
	}
	check(t, "deleted project", get[*portfolio.ProjectFact](r, kindProject, gone).Presence, portfolio.PresenceDeleted)
	check(t, "closed project", get[*portfolio.ProjectFact](r, kindProject, closed).Presence, portfolio.PresenceAccessLost)
}

// TestALinkIsOneDependency holds that a link is one fact whichever end tells
// of it, that a removed one is gone, and that links of other things are not ours.
func TestALinkIsOneDependency(t *testing.T) {
	for name, o := range map[string]azuredevopstest.Options{"services": {}, "server": {Server: true}} {
		t.Run(name, func(t *testing.T) {
			site := newSite(t, o)
			add := func(kind, title string) int64 { return site.AddItem(item{Project: "Pay", Type: kind, Title: title}).ID }
			a, b, task, other := add("Epic", "First"), add("Epic", "Second"), add("Task", "Third"), add("Task", "Fourth")
			site.AddLink(azuredevopstest.Dependency, a, b)
			site.AddLink(azuredevopstest.Dependency, b, task)
			site.AddLink(azuredevopstest.Dependency, task, other)
			site.AddLink("System.LinkTypes.Related", a, b)
			c := open(t, site, nil, func(s *Settings) {
				if o.Server {
					s.APIVersion = "7.0"
				}
			})
			r := read(t, c)
			check(t, "dependencies", r.count(portfolio.KindDependency), 2)
			d := get[*portfolio.DependencyFact](r, kindLink, fmt.Sprintf("%d-%d", a, b))
			check(t, "ends", []portfolio.LinkEnd{d.Predecessor, d.Successor}, []portfolio.LinkEnd{
				{Ref: fmt.Sprint("eng/workitem/", a), Key: fmt.Sprint(a), Name: "First"}, {Ref: fmt.Sprint("eng/workitem/", b), Key: fmt.Sprint(b), Name: "Second"},
			})
			stub := get[*portfolio.DependencyFact](r, kindLink, fmt.Sprintf("%d-%d", b, task))
			check(t, "an end that is not read", stub.Successor.Name, "Third")
			site.RemoveLink(azuredevopstest.Dependency, a, b)
			r.again()
			check(t, "removed", get[*portfolio.DependencyFact](r, kindLink, fmt.Sprintf("%d-%d", a, b)).Presence, portfolio.PresenceDeleted)
			check(t, "dependencies in all that is there", read(t, c).count(portfolio.KindDependency), 1)
			site.AddLink(azuredevopstest.Dependency, a, b)
			r.again()
			r.sweep()
			check(t, "dependencies after all", r.count(portfolio.KindDependency), 2)
		})
	}
	for _, raw := range []string{
		`{"rel":"System.LinkTypes.Dependency","sourceId":1,"targetId":2}`, `{"rel":"System.LinkTypes.Dependency-Forward","sourceId":1,"targetId":2}`,
		`{"rel":"System.LinkTypes.Dependency-Reverse","sourceId":2,"targetId":1}`, `{"rel":"System.LinkTypes.Dependency-Reverse","attributes":{"sourceId":2,"targetId":1,"isActive":true}}`,
	} {
		if l, err := parseLink([]byte(raw)); err != nil || l.id() != "1-2" || l.kind() != dependencyType {
			t.Errorf("%s is %s of %s, %v; want 1-2", raw, l.id(), l.kind(), err)
		}
	}
}

// TestALostLink holds what is said of links that a listing lacked.
func TestALostLink(t *testing.T) {
	site := newSite(t, azuredevopstest.Options{})
	a, b := site.AddItem(item{Project: "Pay", Type: "Epic"}).ID, site.AddItem(item{Project: "Pay", Type: "Epic"}).ID
	site.AddLink(azuredevopstest.Dependency, a, b)
	r := read(t, open(t, site, nil, nil))
	for _, id := range []int64{a, b} {
		site.EditItem(id, func(i *item) { i.Type = "Task" })
	}
	r.sweep()
	check(t, "between what is not read any more", get[*portfolio.DependencyFact](r, kindLink, fmt.Sprintf("%d-%d", a, b)).Presence, portfolio.PresenceOutOfScope)
	found, err := r.c.Fetch(t.Context(), []portfolio.ToolFact{&portfolio.DependencyFact{Source: portfolio.Source{Connection: "eng", Kind: kindLink, ID: fmt.Sprintf("%d-%d", b, a)}}})
	if err != nil || len(found) != 1 || found[0].Presence != portfolio.PresenceDeleted {
		t.Errorf("a link that is not there: %v, %v", found, err)
	}
}

// TestProjectsFromWorkItems holds that milestones belong to the nearest work
// item above them that is a project, and move with what is between.
func TestProjectsFromWorkItems(t *testing.T) {
	for name, o := range map[string]azuredevopstest.Options{"parents from the feed": {FeedParents: true}, "parents asked for": {}, "server": {Server: true}} {
		t.Run(name, func(t *testing.T) {
			site := newSite(t, o)
			add := func(kind, title string, parent int64) int64 {
				return site.AddItem(item{Project: "Pay", Type: kind, Title: title, Parent: parent, Description: "<p>About&nbsp;it</p>"}).ID
			}
			one, two := add("Epic", "One", 0), add("Epic", "Two", 0)
			feature := add("Feature", "Between", one)
			step, alone := add("Milestone", "Step", feature), add("Milestone", "Alone", 0)
			c := open(t, site, nil, func(s *Settings) {
				s.Projects.From, s.Milestones.From = []string{"Epic"}, []string{"features", "Milestone"}
				if o.Server {
					s.APIVersion = "7.0"
				}
			})
			r := read(t, c)
			doc := func(id int64) string { return fmt.Sprint("eng/workitem/", id) }
			check(t, "project", get[*portfolio.ProjectFact](r, kindItem, fmt.Sprint(one)).Description, "About it")
			check(t, "step", []string{r.milestone(step).Project, r.milestone(step).Parent}, []string{doc(one), doc(feature)})
			check(t, "milestones", r.count(portfolio.KindMilestone), 2)
			site.SetParent(feature, two)
			site.SetParent(alone, one)
			r.again()
			check(t, "moved", r.milestone(feature).Project, doc(two))
			check(t, "no longer alone", r.milestone(alone).Project, doc(one))
			r.sweep()
			check(t, "below what was moved", r.milestone(step).Project, doc(two))
			writes := r.Writes
			r.again()
			r.sweep()
			check(t, "writes when nothing happened", r.Writes-writes, 0)
		})
	}
}

func TestOnlyTheNamedProjectsAreRead(t *testing.T) {
	site := newSite(t, azuredevopstest.Options{})
	ours := site.AddProject(azuredevopstest.Project{Name: "It's ours"})
	in, out := site.AddItem(item{Project: "It's ours", Type: "Epic"}).ID, site.AddItem(item{Project: "Pay", Type: "Epic"}).ID
	wanted := func(names ...string) func(*Settings) { return func(s *Settings) { s.Projects.Names = names } }
	sprint := site.AddIteration(iteration{Project: "Pay", Name: "Sprint", Finish: "2026-01-16"})
	r := read(t, open(t, site, nil, wanted("it's OURS", "Pay")))
	check(t, "milestones of both", r.count(portfolio.KindMilestone), 3)
	r.c = open(t, site, nil, wanted("it's OURS"))
	r.Cursor = nil // other settings, so everything is read
	r.again()
	check(t, "iteration of one that is read no longer", get[*portfolio.MilestoneFact](r, kindIteration, sprint).Presence, portfolio.PresenceOutOfScope)
	check(t, "work item of one that is read no longer", r.milestone(out).Presence, portfolio.PresenceOutOfScope)
	check(t, "projects", r.count(portfolio.KindProject), 1)
	check(t, "milestones", r.count(portfolio.KindMilestone), 1)
	r.sweep()
	check(t, "name of one without a title", r.milestone(in).Name, fmt.Sprint("Epic ", in))
	site.EditProject("It's ours", func(p *azuredevopstest.Project) { p.Name = "Renamed" })
	site.MoveItem(in, "Pay")
	site.MoveItem(out, "Renamed")
	r.c = open(t, site, nil, wanted(ours))
	r.again()
	r.sweep()
	check(t, "moved out", r.milestone(in).Presence, portfolio.PresenceOutOfScope)
	check(t, "moved in", r.milestone(out).Presence, "")
	err := connectorError(open(t, site, nil, wanted("Nowhere")), t)
	if !errors.Is(err, connectors.ErrUnauthorized) {
		t.Errorf("error = %v, want ErrUnauthorized", err)
	}
}

// connectorError is the error of a run from the beginning.
func connectorError(c *Connector, t *testing.T) error {
	t.Helper()
	for _, err := range c.Pull(t.Context(), nil) {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestAResumedRunCompletesNothingThatItDidNotBegin holds that a listing whose
// beginning another process read does not prove anything gone.
func TestAResumedRunCompletesNothingThatItDidNotBegin(t *testing.T) {
	site := newSite(t, azuredevopstest.Options{MaxBatch: 500})
	for range 1200 {
		site.AddItem(item{Project: "Pay", Type: "Epic"})
	}
	scopes := func(since connectors.Cursor) (all []string, first connectors.Cursor) {
		for page, err := range open(t, site, nil, nil).Pull(t.Context(), since) {
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = page.Next
			}
			for _, s := range page.Complete {
				all = append(all, s.Name)
			}
		}
		return all, first
	}
	whole, cursor := scopes(nil)
	check(t, "a whole run", whole, []string{scopeProjects, scopeIterations, scopeItemProjects, scopeItems, scopeRisks, scopeLinks})
	resumed, _ := scopes(cursor)
	check(t, "the rest of a run", resumed, []string{scopeLinks})
}

func TestSigningIn(t *testing.T) {
	for name, tc := range map[string]struct {
		options azuredevopstest.Options
		account azuredevopstest.Account
		change  func(*Settings)
		good    bool
	}{
		"personal access token":           {change: func(*Settings) {}, good: true},
		"token of Entra":                  {account: azuredevopstest.Account{Bearer: true}, change: func(s *Settings) { s.Auth.Bearer = true }, good: true},
		"token of Entra as a password":    {account: azuredevopstest.Account{Bearer: true}},
		"wrong, answered with 203":        {change: func(s *Settings) { s.Auth.Token = secret.New("wrong") }},
		"wrong, answered with a redirect": {options: azuredevopstest.Options{SignIn: 302}, change: func(s *Settings) { s.Auth.Token = secret.New("wrong") }},
		"wrong, answered with 401":        {options: azuredevopstest.Options{SignIn: 401}, change: func(s *Settings) { s.Auth.Token = secret.New("wrong") }},
		"wrong, but let in":               {options: azuredevopstest.Options{Public: true}, change: func(s *Settings) { s.Auth.Token = secret.New("wrong") }},
		"expired":                         {account: azuredevopstest.Account{Expires: time.Now().Add(-time.Hour)}},
	} {
		t.Run(name, func(t *testing.T) {
			site := azuredevopstest.New(tc.options)
			tc.account.Token, tc.account.User = token(t), site.AddUser(azuredevopstest.User{Name: "Pia", Email: "pia@example.com"})
			site.AddAccount(tc.account)
			c := open(t, site, nil, tc.change)
			err := connectorError(c, t)
			if tc.good != (err == nil) || !tc.good && !errors.Is(err, connectors.ErrUnauthorized) {
				t.Errorf("error = %v, want success %v, or ErrUnauthorized", err, tc.good)
			}
			if err != nil && strings.Contains(err.Error(), token(t)) {
				t.Errorf("the error shows the token: %v", err)
			}
		})
	}
}

func TestAnswersThatAskToWaitAreObeyed(t *testing.T) {
	site := newSite(t, azuredevopstest.Options{})
	site.AddItem(item{Project: "Pay", Type: "Epic"})
	site.Inject(fake.Fault{Kind: fake.Delayed, After: time.Second, Times: 1, Path: "connectionData"})
	r := read(t, open(t, site, nil, nil))
	if early := site.Counts().TooEarly; len(early) > 0 {
		t.Errorf("requests came too early: %v", early)
	}
	if u := r.c.Usage(); u.Waited < 900*time.Millisecond {
		t.Errorf("usage = %+v, want to have waited a second", u)
	}
}

// TestATokenThatIsRefusedMeansToReadEverything holds that a feed's token that
// the tool does not take any more is told as a cursor that is not valid.
func TestATokenThatIsRefusedMeansToReadEverything(t *testing.T) {
	site := newSite(t, azuredevopstest.Options{})
	site.AddItem(item{Project: "Pay", Type: "Epic"})
	r := read(t, open(t, site, nil, nil))
	r.Cursor[streamItems] = portfolio.StreamCursor{Since: "from another organisation"}
	if err := r.Pull(t.Context(), r.c, nil); !errors.Is(err, connectors.ErrCursor) {
		t.Errorf("error = %v, want ErrCursor", err)
	}
	r.Cursor = connectors.Cursor{streamItems: {Position: "not ours"}}
	if err := r.Pull(t.Context(), r.c, nil); !errors.Is(err, connectors.ErrCursor) {
		t.Errorf("error = %v, want ErrCursor for a position that cannot be read", err)
	}
	r.Cursor = connectors.Cursor{streamAccount: {Since: "somebody else"}}
	if err := r.Pull(t.Context(), r.c, nil); !errors.Is(err, connectors.ErrCursor) {
		t.Errorf("error = %v, want ErrCursor for another account", err)
	}
}

func TestHints(t *testing.T) {
	c := open(t, newSite(t, azuredevopstest.Options{}), nil, nil)
	header := map[string][]string{secretHeader: {"hook"}}
	for kind, want := range map[string]connectors.Delivery{
		"workitem.updated": {Changed: true}, "workitem.created": {Changed: true}, "workitem.restored": {Changed: true},
		"workitem.deleted": {Changed: true, Listed: true}, "workitem.commented": {}, "git.push": {}, "build.complete": {},
	} {
		got, err := c.Hook(header, azuredevopstest.Event(kind, 7))
		if err != nil || got.ID == "" {
			t.Errorf("%s: %+v, %v", kind, got, err)
		}
		got.ID = ""
		check(t, kind, got, want)
	}
	for name, header := range map[string]map[string][]string{"nothing": {}, "another secret": {secretHeader: {"hooks"}}, "a wrong password": {"Authorization": {"Basic cGx1bWI6aG9vaw=="[:13]}}} {
		if _, err := c.Hook(header, azuredevopstest.Event("workitem.updated", 7)); !errors.Is(err, connectors.ErrUnauthorized) {
			t.Errorf("%s: %v, want ErrUnauthorized", name, err)
		}
	}
	open := open(t, newSite(t, azuredevopstest.Options{}), nil, func(s *Settings) { s.WebhookSecret = secret.String{} })
	if _, err := open.Hook(map[string][]string{secretHeader: {""}}, nil); !errors.Is(err, connectors.ErrUnauthorized) {
		t.Errorf("without a secret: %v, want ErrUnauthorized", err)
	}
}
