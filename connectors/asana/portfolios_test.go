package asana

import (
	"slices"
	"testing"

	"plumbline/connectors/asana/asanatest"
	"plumbline/connectors/connectortest/fake"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

func TestPortfoliosAsParents(t *testing.T) {
	site, o := organisation(t)
	e := read(t, open(t, site, nil, func(s *Settings) { s.Portfolios.Parents = true }))
	change := get[*portfolio.ProjectFact](e, kindPortfolio, o.change)
	check(t, "a portfolio", []string{change.Name, change.Category, change.Lead, change.Parent}, []string{"Change", "Portfolio", doc(kindUser, o.me), doc(kindPortfolio, o.programme)})
	check(t, "a project in it", get[*portfolio.ProjectFact](e, kindProject, o.web).Parent, doc(kindPortfolio, o.change))
	check(t, "a project above it", get[*portfolio.ProjectFact](e, kindProject, o.app).Parent, doc(kindPortfolio, o.programme))
	site.DeletePortfolio(o.change)
	site.AddPortfolio(asanatest.Portfolio{GID: o.programme, Name: "All of it", Owner: o.me, Items: []string{o.web}})
	e.again()
	e.sweep()
	check(t, "a deleted portfolio", get[*portfolio.ProjectFact](e, kindPortfolio, o.change).Presence, portfolio.PresenceDeleted)
	check(t, "a project in another one now", get[*portfolio.ProjectFact](e, kindProject, o.web).Parent, doc(kindPortfolio, o.programme))
	check(t, "a project in none now", get[*portfolio.ProjectFact](e, kindProject, o.app).Parent, "")
}

func TestProjectsThatAreRead(t *testing.T) {
	site, o := organisation(t)
	for name, tc := range map[string]struct {
		settings ProjectSettings
		want     []string
	}{
		"all":                       {ProjectSettings{}, []string{"App", "New website", "Old shop"}},
		"by gid":                    {ProjectSettings{IDs: []string{o.app}}, []string{"App"}},
		"by team":                   {ProjectSettings{Teams: []string{"marketing"}}, []string{"New website"}},
		"by portfolio":              {ProjectSettings{Portfolios: []string{o.change}}, []string{"New website"}},
		"by a portfolio of several": {ProjectSettings{Portfolios: []string{o.programme}}, []string{"App", "New website"}},
		"by several ways":           {ProjectSettings{IDs: []string{o.old}, Teams: []string{"IT"}}, []string{"App", "Old shop"}},
	} {
		e := read(t, open(t, site, nil, func(s *Settings) { s.Projects = tc.settings }))
		var got []string
		for _, f := range e.Facts {
			if p, ok := f.(*portfolio.ProjectFact); ok {
				got = append(got, p.Name)
			}
		}
		slices.Sort(got)
		check(t, name, got, tc.want)
	}
	e := read(t, open(t, site, nil, nil))
	narrow := open(t, site, nil, func(s *Settings) { s.Projects.Teams = []string{"IT"} })
	e.Cursor, e.c = nil, narrow
	e.again()
	e.sweep()
	check(t, "a project that is read no more", get[*portfolio.ProjectFact](e, kindProject, o.web).Presence, portfolio.PresenceOutOfScope)
	check(t, "its milestone", get[*portfolio.MilestoneFact](e, kindTask, o.goLive).Presence, portfolio.PresenceOutOfScope)
	check(t, "a task that is in a project that is read", get[*portfolio.MilestoneFact](e, kindTask, o.both).Project, doc(kindProject, o.app))
}

// TestWhichPortfolios holds that a user reads their own, a service account all
// of them, and a plan without any none.
func TestWhichPortfolios(t *testing.T) {
	site, o := organisation(t)
	kims := site.AddPortfolio(asanatest.Portfolio{Name: "Of Kim", Owner: o.kim, Items: []string{o.app}})
	robot := site.AddUser(asanatest.User{Name: "Robot"})
	site.AddAccount(asanatest.Account{Token: token(t) + "-robot", User: robot, Service: true})
	groups := func(change func(*Settings)) []string {
		e := read(t, open(t, site, []string{"Portfolios"}, change))
		for _, f := range get[*portfolio.ProjectFact](e, kindProject, o.app).Fields {
			return f.List
		}
		return nil
	}
	check(t, "those of the account", groups(nil), []string{"All of it"})
	check(t, "those that are named", groups(func(s *Settings) { s.Portfolios.IDs = []string{kims} }), []string{"Of Kim"})
	check(t, "all", groups(func(s *Settings) {
		s.Auth.Token = secret.New(token(t) + "-robot")
		s.Portfolios.Service = true
	}), []string{"All of it", "Of Kim"})
	mend := site.Inject(fake.Fault{Kind: asanatest.PaymentRequired, Path: "/portfolios"})
	check(t, "none on a small plan", groups(nil), []string(nil))
	mend()
}
