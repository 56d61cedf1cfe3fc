package github

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/connectortest/fake"
	"plumbline/connectors/github/githubtest"
	"plumbline/internal/secret"
)

// TestCheck holds what is said of a token that has less than it needs.
func TestCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, githubtest.Options{})
		site.Fill("acme", 3, 2)
		site.AddBoard(githubtest.Board{Owner: "acme", Title: "Portfolio", Fields: boardFields[:1]})
		site.AddAccount(githubtest.Account{Token: token(t) + "c", User: "pia", Scope: []string{"read:project"}, Expires: time.Now().AddDate(0, 0, 10)})
		c := open(t, site, nil, func(s *Settings) {
			s.Auth.Token = secret.New(token(t) + "c")
			s.Projects.From = []string{"repositories", "boards"}
		})
		report, err := c.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		check(t, "expires", report.TokenExpires, time.Now().AddDate(0, 0, 10).UTC())
		check(t, "counts", report.Counts, []connectors.Count{{Of: "repositories", Records: 3}, {Of: "boards", Records: 1}})
		held := map[string]bool{}
		for _, p := range report.Permissions {
			name, _, _ := strings.Cut(p.Name, ":")
			held[name] = p.Held
		}
		check(t, "permissions", held, map[string]bool{
			"Metadata": true, "Issues": true, "Projects": true, "scope repo": false, "scope read": true, "core": true, "graphql": true,
		})
		warnings := strings.Join(report.Warnings, "; ")
		if !strings.Contains(warnings, "expires on") || !strings.Contains(warnings, `no board has a date field "Start date"`) || len(report.Warnings) != 2 {
			t.Errorf("warnings: %s", warnings)
		}
		site.Inject(fake.Fault{Kind: fake.Forbidden, Path: "/milestones"})
		report, err = c.Check(t.Context())
		if err != nil || report.Permissions[1].Held {
			t.Errorf("a token without Issues: %v, %v", report.Permissions, err)
		}
	})
}

// TestExpiry holds that a header which tells the present time is not believed.
func TestExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, githubtest.Options{})
		site.Fill("acme", 1, 1)
		site.AddAccount(githubtest.Account{Token: token(t) + "m", User: "pia", Expires: time.Now().AddDate(0, 2, 0), Misdated: true})
		c := open(t, site, nil, func(s *Settings) { s.Auth.Token = secret.New(token(t) + "m") })
		report, err := c.Check(t.Context())
		if err != nil || !report.TokenExpires.IsZero() || len(report.Warnings) > 0 {
			t.Errorf("expires %v, warnings %v, %v; want none", report.TokenExpires, report.Warnings, err)
		}
	})
}

// TestEnterpriseServer holds that an Enterprise Server is found below its own
// address, by both of its APIs.
func TestEnterpriseServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, githubtest.Options{BaseURL: "https://github.acme.example/api/v3", Version: "3.19.1"})
		site.Fill("acme", 1, 150)
		site.AddBoard(githubtest.Board{Owner: "acme", Title: "Portfolio"})
		c := open(t, site, nil, func(s *Settings) {
			s.URL = "https://github.acme.example/"
			s.Projects.From = []string{"repositories", "boards"}
		})
		r := read(t, c)
		check(t, "milestones", len(r.Names()), 150)
		check(t, "site", []string{r.Site.Instance, r.Site.Version, r.Site.Title}, []string{"github.acme.example", "3.19.1", "GitHub (github.acme.example)"})
	})
	for given, want := range map[string]string{
		"": "https://api.github.com/", "https://github.com": "https://api.github.com/", "https://api.github.com/": "https://api.github.com/",
		"https://acme.ghe.com": "https://api.acme.ghe.com/", "https://git.acme.example/api/v3": "https://git.acme.example/api/v3/",
	} {
		u, err := (&Settings{URL: given}).apiURL()
		if err != nil || u.String() != want {
			t.Errorf("the API of %q is %v, %v; want %s", given, u, err, want)
		}
	}
}
