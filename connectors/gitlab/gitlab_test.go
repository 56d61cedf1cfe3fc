package gitlab

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/connectortest/fake"
	"plumbline/connectors/gitlab/gitlabtest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

func check[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b portfolio.Date) bool { return a == b })); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func pull(t *testing.T, l *connectortest.Ledger, c connectors.Connector) {
	t.Helper()
	if err := l.Pull(t.Context(), c, nil); err != nil {
		t.Fatalf("pull: %v", err)
	}
}

func sweep(t *testing.T, l *connectortest.Ledger, c connectors.Connector) {
	t.Helper()
	if err := l.Sweep(t.Context(), c, nil); err != nil {
		t.Fatalf("sweep: %v", err)
	}
}

func fact[T portfolio.ToolFact](t *testing.T, l *connectortest.Ledger, id string) T {
	t.Helper()
	var none T
	for key, f := range l.Facts {
		if f, ok := f.(T); ok && key.ID == id {
			return f
		}
	}
	t.Fatalf("there is no %s of the type %T", id, none)
	return none
}

func ids(l *connectortest.Ledger) []string {
	var list []string
	for key, f := range l.Facts {
		if f.Origin().Presence == "" {
			list = append(list, key.ID)
		}
	}
	slices.Sort(list)
	return list
}

// everything asks for all that there is.
func everything(s *Settings) {
	s.Milestones.From = []string{"milestones", "epics", "label:gate", "label:go-live"}
}

// story is a small site with one of everything.
func story(t *testing.T, o gitlabtest.Options) *gitlabtest.Site {
	if o.Now == nil {
		o.Now = func() time.Time { return time.Date(2026, 2, 3, 9, 30, 0, 0, time.UTC) }
	}
	site := newSite(t, o)
	lea := site.AddUser(gitlabtest.User{Name: "Lea Dorn", Username: "lea"})
	top := site.AddGroup(gitlabtest.Group{Path: "health", Name: "Health"})
	sub := site.AddGroup(gitlabtest.Group{Path: "record", Name: "Health record", Parent: top.ID, Description: "One record"})
	p := site.AddProject(gitlabtest.Project{Path: "app", Name: "App", Group: sub.ID, Topics: []string{"b", "a", "a"}})
	own := site.AddProject(gitlabtest.Project{Path: "tools", Name: "Tools", Owner: lea.ID})
	site.AddProject(gitlabtest.Project{Path: "gone", Name: "Gone", Group: top.ID, Deletion: "2026-03-01"})
	site.AddProject(gitlabtest.Project{Path: "old", Name: "Old", Group: top.ID, Archived: true})
	site.AddProject(gitlabtest.Project{Path: "elsewhere", Name: "Elsewhere", NotMember: true})
	site.AddMilestone(gitlabtest.Milestone{Group: top.ID, Title: "Programme ends", Start: "2026-01-05", Due: "2026-12-31"})
	m := site.AddMilestone(gitlabtest.Milestone{Project: p.ID, Title: "Beta", Due: "2026-05-01", State: "closed"})
	site.AddMilestone(gitlabtest.Milestone{Project: own.ID, Title: "Next"})
	a := site.AddEpic(gitlabtest.Epic{Group: top.ID, Title: "Roll-out", Start: "2026-02-01", Due: "2026-06-30", Health: "at_risk"})
	b := site.AddEpic(gitlabtest.Epic{Group: sub.ID, Title: "Training", Parent: a.ID})
	site.EditEpic(b.ID, func(e *gitlabtest.Epic) { e.State = "closed" })
	site.AddLink(gitlabtest.Link{Epics: true, From: b.ID, To: a.ID})
	site.AddLink(gitlabtest.Link{Epics: true, From: b.ID, To: a.ID, Type: "relates_to"})
	i := site.AddIssue(gitlabtest.Issue{Project: p.ID, Title: "Security review", Labels: []string{"go-live", "gate"}, Due: "2026-04-01", Health: "on_track", Weight: 3, Assignee: lea.ID, Epic: a.ID, Milestone: m.ID})
	j := site.AddIssue(gitlabtest.Issue{Project: own.ID, Title: "Licences", Labels: []string{"gate"}})
	site.EditIssue(j.ID, func(i *gitlabtest.Issue) { i.State = "closed" })
	site.AddIssue(gitlabtest.Issue{Project: p.ID, Title: "A bug"})
	site.AddLink(gitlabtest.Link{From: j.ID, To: i.ID})
	site.AddMember("project", p.ID, lea.ID, 50)
	return site
}

func TestWhatBecomesWhat(t *testing.T) {
	site := story(t, gitlabtest.Options{})
	l := connectortest.NewLedger()
	c := open(t, site, []string{"health_status", "Weight", "visibility"}, func(s *Settings) { everything(s); s.Projects.Lead = "owner" })
	pull(t, l, c)
	check(t, "site", l.Site, portfolio.Site{Connection: "dev", Type: "gitlab", Instance: "gitlab.example.com", Title: "GitLab (gitlab.example.com)", Version: "17.5.1", Account: "Pia Moser"})
	check(t, "what is there", ids(l), []string{
		"dev/epic/1", "dev/epic/2", "dev/epiclink/1", "dev/group/1", "dev/group/2", "dev/issue/1", "dev/issue/2", "dev/issuelink/3",
		"dev/milestone/1", "dev/milestone/2", "dev/milestone/3", "dev/project/1", "dev/project/2", "dev/user/2",
	})
	g := fact[*portfolio.ProjectFact](t, l, "dev/group/2")
	check(t, "a group below another", []string{g.Name, g.Source.Key, g.Parent, g.Description, g.URL}, []string{"Health record", "health/record", "dev/group/1", "One record", address + "/groups/health/record"})
	p := fact[*portfolio.ProjectFact](t, l, "dev/project/1")
	check(t, "a project", []string{p.Name, p.Source.Key, p.Parent, p.Category, p.Lead, strings.Join(p.Labels, " ")}, []string{"App", "health/record/app", "dev/group/2", "health/record", "dev/user/2", "a b"})
	check(t, "its fields", p.Fields, []portfolio.Field{{ID: "visibility", Name: "Visibility", Type: portfolio.FieldText, Text: "private"}})
	check(t, "a person's own project", fact[*portfolio.ProjectFact](t, l, "dev/project/2").Lead, "dev/user/2")
	check(t, "presence", []portfolio.Presence{fact[*portfolio.ProjectFact](t, l, "dev/project/3").Presence, fact[*portfolio.ProjectFact](t, l, "dev/project/4").Presence},
		[]portfolio.Presence{portfolio.PresenceDeleted, portfolio.PresenceArchived})
	for id, want := range map[string][]string{
		"dev/milestone/1": {"Programme ends", "Group milestone", "dev/group/1", "", "2026-01-05", "2026-12-31", "", "active TODO", ""},
		"dev/milestone/2": {"Beta", "Milestone", "dev/project/1", "", "", "2026-05-01", "", "closed DONE", ""},
		"dev/epic/1":      {"Roll-out", "Epic", "dev/group/1", "", "2026-02-01", "2026-06-30", "", "opened TODO", "health&1"},
		"dev/epic/2":      {"Training", "Epic", "dev/group/2", "dev/epic/1", "", "", "2026-02-03", "closed DONE", "health/record&1"},
		"dev/issue/1":     {"Security review", "Issue", "dev/project/1", "dev/epic/1", "", "2026-04-01", "", "opened TODO", "health/record/app#1"},
		"dev/issue/2":     {"Licences", "Issue", "dev/project/2", "", "", "", "2026-02-03", "closed DONE", "lea/tools#1"},
	} {
		m := fact[*portfolio.MilestoneFact](t, l, id)
		check(t, id, []string{m.Name, m.Type, m.Project, m.Parent, m.Start.String(), m.Due.String(), m.Finished.String(), m.Status + " " + string(m.StatusCategory), m.Source.Key}, want)
	}
	check(t, "health of an epic", fact[*portfolio.MilestoneFact](t, l, "dev/epic/1").Fields, []portfolio.Field{{ID: "health_status", Name: "Health status", Type: portfolio.FieldText, Text: "at_risk"}})
	check(t, "fields of an issue", fact[*portfolio.MilestoneFact](t, l, "dev/issue/1").Fields, []portfolio.Field{
		{ID: "health_status", Name: "Health status", Type: portfolio.FieldText, Text: "on_track"}, {ID: "weight", Name: "Weight", Type: portfolio.FieldNumber, Number: "3"},
	})
	check(t, "what blocks an epic", *fact[*portfolio.DependencyFact](t, l, "dev/epiclink/1"), portfolio.DependencyFact{
		Source: portfolio.Source{Connection: "dev", Kind: "epiclink", ID: "1", Scope: "epic-links"}, Type: "blocks",
		Predecessor: portfolio.LinkEnd{Ref: "dev/epic/2", Key: "health/record&1", Name: "Training", Project: "dev/group/2"},
		Successor:   portfolio.LinkEnd{Ref: "dev/epic/1", Key: "health&1", Name: "Roll-out", Project: "dev/group/1"},
	})
	d := fact[*portfolio.DependencyFact](t, l, "dev/issuelink/3")
	check(t, "what blocks an issue", []string{d.Predecessor.Ref, d.Predecessor.Name, d.Successor.Ref, d.Successor.Name}, []string{"dev/issue/2", "Licences", "dev/issue/1", "Security review"})
	writes := l.Writes
	pull(t, l, c)
	sweep(t, l, c)
	check(t, "writes without a change", l.Writes, writes)
}

// TestNotForUs holds that what was switched off, or has no licence any more, is
// not called deleted.
func TestNotForUs(t *testing.T) {
	site := story(t, gitlabtest.Options{})
	c, l := open(t, site, nil, everything), connectortest.NewLedger()
	pull(t, l, c)
	site.EditProject(1, func(p *gitlabtest.Project) { p.NoMilestones = true })
	site.SetFree(true)
	sweep(t, l, c)
	for _, id := range []string{"dev/milestone/2", "dev/epic/1", "dev/epic/2"} {
		check(t, id, fact[*portfolio.MilestoneFact](t, l, id).Presence, portfolio.PresenceAccessLost)
	}
}

// TestScope reads a part of a site: a group with all below it, or projects
// without groups.
func TestScope(t *testing.T) {
	site := story(t, gitlabtest.Options{})
	for _, c := range []struct {
		change func(*Settings)
		want   string
	}{
		{func(s *Settings) { s.Projects.Groups = []string{"health/record"} }, "dev/group/2 dev/milestone/2 dev/project/1"},
		{func(s *Settings) { s.Projects.Groups = []string{"2"}; s.Projects.From = []string{"projects"} }, "dev/milestone/2 dev/project/1"},
		{func(s *Settings) { s.Projects.From = []string{"groups"} }, "dev/group/1 dev/group/2 dev/milestone/1"},
	} {
		l := connectortest.NewLedger()
		pull(t, l, open(t, site, nil, c.change))
		check(t, "what is there", strings.Join(ids(l), " "), c.want)
		for key, f := range l.Facts {
			if p, ok := f.(*portfolio.ProjectFact); ok && p.Parent != "" && l.Facts[portfolio.Key{Kind: portfolio.KindProject, ID: p.Parent}] == nil {
				t.Errorf("%s names %s, which is not read", key, p.Parent)
			}
		}
	}
	c := open(t, site, nil, func(s *Settings) { s.Projects.Groups = []string{"not/there"} })
	if err := connectortest.NewLedger().Pull(t.Context(), c, nil); err == nil || !strings.Contains(err.Error(), "projects.groups") || !strings.Contains(err.Error(), "answered 404") {
		t.Errorf("error = %v, want one that names the setting", err)
	}
}

// TestWhatIsGone tells deleted, hidden and out of scope from each other.
func TestWhatIsGone(t *testing.T) {
	for _, admin := range []bool{false, true} {
		site := story(t, gitlabtest.Options{})
		site.AddAccount(gitlabtest.Account{Token: token(t), User: 1, Admin: admin})
		c, l := open(t, site, nil, everything), connectortest.NewLedger()
		pull(t, l, c)
		site.DeleteMilestone(2)
		site.HideProject(token(t), 2, true)
		site.DeleteEpic(2)
		site.EditIssue(1, func(i *gitlabtest.Issue) { i.Labels = nil })
		site.EditProject(1, func(p *gitlabtest.Project) { p.NotMember = true })
		pull(t, l, c)
		sweep(t, l, c)
		hidden := portfolio.PresenceAccessLost
		if admin {
			hidden = portfolio.PresenceDeleted
		}
		for id, want := range map[string]portfolio.Presence{
			"dev/milestone/1": "", "dev/milestone/2": portfolio.PresenceDeleted, "dev/milestone/3": hidden, "dev/epic/1": "", "dev/epic/2": portfolio.PresenceDeleted,
			"dev/issue/1": portfolio.PresenceOutOfScope, "dev/issue/2": hidden,
		} {
			check(t, id, fact[*portfolio.MilestoneFact](t, l, id).Presence, want)
		}
		check(t, "the project that we are no member of", fact[*portfolio.ProjectFact](t, l, "dev/project/1").Presence, portfolio.PresenceOutOfScope)
		check(t, "the hidden project", fact[*portfolio.ProjectFact](t, l, "dev/project/2").Presence, hidden)
		check(t, "a link whose end is gone", fact[*portfolio.DependencyFact](t, l, "dev/epiclink/1").Presence, portfolio.PresenceDeleted)
	}
}

// TestNoLicence holds that epics without a licence are none, and that a check
// says so.
func TestNoLicence(t *testing.T) {
	site := story(t, gitlabtest.Options{Free: true})
	c, l := open(t, site, []string{"health_status", "sparkle"}, everything), connectortest.NewLedger()
	pull(t, l, c)
	if slices.ContainsFunc(ids(l), func(id string) bool { return strings.HasPrefix(id, "dev/epic") }) {
		t.Errorf("there are epics: %v", ids(l))
	}
	r, err := c.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	warnings := strings.Join(r.Warnings, "\n")
	for _, want := range []string{"group 1 has no epics", `no field "sparkle"`} {
		if !strings.Contains(warnings, want) {
			t.Errorf("warnings %q, want %q among them", warnings, want)
		}
	}
	check(t, "would read", r.Counts, []connectors.Count{{Of: "groups", Records: 2}, {Of: "projects", Records: 4}})
}

// TestSigningIn reads with a token of OAuth, with an old release, and with a
// token that is wrong or expires soon.
func TestSigningIn(t *testing.T) {
	site := story(t, gitlabtest.Options{Version: "14.10.5"})
	site.AddAccount(gitlabtest.Account{Token: "oauth", User: 1, Bearer: true})
	site.AddAccount(gitlabtest.Account{Token: "soon", User: 1, Expires: "2026-02-20", Scopes: []string{"read_user"}})
	with := func(token string, bearer bool) *Connector {
		c := open(t, site, nil, func(s *Settings) { s.Auth = Auth{Token: secret.New(token), Bearer: bearer} })
		c.now = func() time.Time { return time.Date(2026, 2, 3, 9, 30, 0, 0, time.UTC) }
		return c
	}
	l := connectortest.NewLedger()
	pull(t, l, with("oauth", true))
	check(t, "version", l.Site.Version, "14.10.5")
	for _, c := range []*Connector{with("oauth", false), with(token(t), true), with("nobody's", false)} {
		if err := connectortest.NewLedger().Pull(t.Context(), c, nil); !errors.Is(err, connectors.ErrUnauthorized) {
			t.Errorf("error = %v, want ErrUnauthorized", err)
		}
	}
	r, err := with("soon", false).Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.Permissions[0].Held || !slices.Contains(r.Warnings, "the token expires on 2026-02-20") || r.TokenExpires.IsZero() {
		t.Errorf("a token without read_api that expires soon: %+v", r)
	}
}

// TestManyRecords holds that nothing depends on a total, which GitLab does not
// tell above 10,000.
func TestManyRecords(t *testing.T) {
	site := newSite(t, gitlabtest.Options{})
	site.Fill(1, 10_150)
	l := connectortest.NewLedger()
	pull(t, l, open(t, site, nil, nil))
	check(t, "milestones", len(l.Names()), 10_150)
}

// TestReset holds that a 429 which only says when the limit is reset is obeyed.
func TestReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, gitlabtest.Options{})
		site.Fill(1, 1)
		site.Inject(fake.Fault{Kind: gitlabtest.TooManyReset, After: 40 * time.Second, Times: 1, Skip: 2})
		start := time.Now()
		pull(t, connectortest.NewLedger(), open(t, site, nil, nil))
		if took := time.Since(start); took < 39*time.Second || took > 42*time.Second {
			t.Errorf("took %v, want the 40 s until the limit is reset", took)
		}
		site.Inject(fake.Fault{Kind: gitlabtest.TooManyReset, After: 30 * time.Minute})
		var limited *connectors.RateLimited
		if err := connectortest.NewLedger().Pull(t.Context(), open(t, site, nil, nil), nil); !errors.As(err, &limited) {
			t.Errorf("error = %v, want RateLimited", err)
		}
	})
}

// TestLastingEmptyPage holds that a page which stays empty though others follow
// is an error.
func TestLastingEmptyPage(t *testing.T) {
	site := newSite(t, gitlabtest.Options{})
	site.Fill(1, 150)
	site.Inject(fake.Fault{Kind: fake.EmptyPage, Path: "/milestones"})
	if err := connectortest.NewLedger().Pull(t.Context(), open(t, site, nil, nil), nil); err == nil || !strings.Contains(err.Error(), "is empty, but others follow") {
		t.Errorf("error = %v", err)
	}
}
