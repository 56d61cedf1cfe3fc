package asana

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/connectors"
	"plumbline/connectors/asana/asanatest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

func TestSettings(t *testing.T) {
	for want, change := range map[string]func(*Settings){
		"":                      func(*Settings) {},
		"auth.token is missing": func(s *Settings) { s.Auth = Auth{} },
		"auth.token_file is given beside auth.token":           func(s *Settings) { s.Auth.File = "/x" },
		"url is not an address":                                func(s *Settings) { s.URL = "app.asana.com" },
		"url holds a user or password":                         func(s *Settings) { s.URL = "https://a:b@app.asana.com/api/1.0" },
		"url has something after the path":                     func(s *Settings) { s.URL = "https://app.asana.com/api/1.0?x=1" },
		"concurrency is 33":                                    func(s *Settings) { s.Concurrency = 33 },
		"requests_per_second is below 0":                       func(s *Settings) { s.RequestsPerSecond = -1 },
		"webhook_secret_file is given beside":                  func(s *Settings) { s.WebhookSecret, s.WebhookSecretFile = secret.New("x"), "/x" },
		`projects.ids has "../users": a gid`:                   func(s *Settings) { s.Projects.IDs = []string{"1", "../users"} },
		`portfolios.ids has "": a gid`:                         func(s *Settings) { s.Portfolios.IDs = []string{""} },
		"projects.teams has an empty name":                     func(s *Settings) { s.Projects.Teams = []string{""} },
		`milestones.from has "section:": milestones`:           func(s *Settings) { s.Milestones.From = []string{"milestones", "section:"} },
		`milestones.from has "field:Gate=": milestones`:        func(s *Settings) { s.Milestones.From = []string{"field:Gate="} },
		`milestones.from has "Epic": milestones, approvals, t`: func(s *Settings) { s.Milestones.From = []string{"Epic"} },
	} {
		s := Settings{Auth: Auth{Token: secret.New("t")}}
		change(&s)
		err := s.Validate()
		if want == "" && err != nil || want != "" && (!errors.Is(err, portfolio.ErrInvalid) || !strings.Contains(err.Error(), want)) {
			t.Errorf("error = %v, want %q", err, want)
		}
	}
}

func TestDescribe(t *testing.T) {
	site, _ := newSite(t, asanatest.Options{})
	plain, _ := open(t, site, []string{"a", "b"}, nil).Describe()
	same, _ := open(t, site, []string{"b", "a", "a"}, func(s *Settings) {
		s.Concurrency, s.WebhookSecret, s.Milestones.From = 2, secret.New("another one"), []string{"milestones"}
	}).Describe()
	check(t, "what does not bear on what is read", same, plain)
	for name, change := range map[string]func(*Settings){
		"workspace":  func(s *Settings) { s.Workspace = "Example" },
		"projects":   func(s *Settings) { s.Projects.Teams = []string{"IT"} },
		"portfolios": func(s *Settings) { s.Portfolios.Parents = true },
		"milestones": func(s *Settings) { s.Milestones.From = []string{"tasks"} },
		"links":      func(s *Settings) { s.Dependencies.Off = true },
		"reports":    func(s *Settings) { s.Reports.Off = true },
	} {
		if other, _ := open(t, site, []string{"a", "b"}, change).Describe(); other == plain {
			t.Errorf("with other %s it is described alike", name)
		}
	}
}

// TestTokenFile holds that a token which is replaced is used in the middle of
// a run, and that none is shown.
func TestTokenFile(t *testing.T) {
	site, me := newSite(t, asanatest.Options{})
	project := site.AddProject(asanatest.Project{Name: "Website", Notes: "the token is " + token(t) + "-new"})
	site.AddAccount(asanatest.Account{Token: token(t) + "-new", User: me})
	path := filepath.Join(t.TempDir(), "token")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(token(t) + "-old")
	c := open(t, site, nil, func(s *Settings) { s.Auth = Auth{File: path} })
	for _, err := range c.Pull(t.Context(), nil) {
		if !errors.Is(err, connectors.ErrUnauthorized) || strings.Contains(err.Error(), token(t)) {
			t.Errorf("with the old token: %v, want ErrUnauthorized without the token", err)
		}
	}
	write(token(t) + "-new\n")
	site.EditProject(project, func(p *asanatest.Project) {
		p.Raw = []byte(`{"gid":"` + project + `","name":7,"notes":"` + token(t) + `-new"}`)
	})
	e := read(t, c)
	for _, q := range e.Quarantined {
		if strings.Contains(string(q.Raw), token(t)) || !strings.Contains(string(q.Raw), secret.Mask) {
			t.Errorf("the quarantined record shows the token: %s", q.Raw)
		}
		check(t, "the reason", q.Reason, "field name: a text was expected, a number was found")
	}
	check(t, "quarantined", len(e.Quarantined), 1)
	if _, err := (&Settings{Auth: Auth{File: path + "-missing"}}).Open(connectors.Env{Connection: "x"}); !errors.Is(err, portfolio.ErrInvalid) {
		t.Errorf("without its file: %v, want ErrInvalid", err)
	}
}

func TestCheck(t *testing.T) {
	site, _ := organisation(t)
	c := open(t, site, []string{"Budget", "Nowhere", "Portfolios"}, func(s *Settings) { s.Projects.Teams = []string{"IT", "Marketing", "Nobody"} })
	r, err := c.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	check(t, "the site", []string{r.Site.Account, r.Site.Title, r.Deployment}, []string{"Pia Moser", "Example", "Cloud"})
	check(t, "counts", r.Counts, []connectors.Count{
		{Of: "projects", Records: 2}, {Of: "archived projects"}, {Of: "milestones", Records: 4}, {Of: "portfolios", Records: 2},
	})
	var missing []string
	for _, f := range r.Fields {
		if f.ID == "" {
			missing = append(missing, f.Asked)
		}
	}
	check(t, "missing fields", missing, []string{"Nowhere"})
	warned := strings.Join(r.Warnings, "\n")
	for _, want := range []string{`no custom field "Nowhere"`, `no project is of the team "Nobody"`} {
		if !strings.Contains(warned, want) {
			t.Errorf("warnings = %q, want one of %s", warned, want)
		}
	}
}
