package azuredevops

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/azuredevops/azuredevopstest"
	"plumbline/connectors/connectortest/fake"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

func TestCheck(t *testing.T) {
	site := newSite(t, azuredevopstest.Options{})
	site.AddField(azuredevopstest.Field{Name: "Health", Ref: "Custom.Health", Type: "string"})
	site.AddField(azuredevopstest.Field{Name: "Health", Ref: "Other.Health", Type: "string", Identity: true})
	a, b := site.AddItem(item{Project: "Pay", Type: "Epic"}).ID, site.AddItem(item{Project: "Pay", Type: "Epic"}).ID
	site.AddLink(azuredevopstest.Dependency, a, b)
	c := open(t, site, []string{"Health", "Nowhere"}, func(s *Settings) {
		s.Projects.From, s.Milestones.From = []string{"projects", "Initiative"}, []string{"epics"}
	})
	r, err := c.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	check(t, "site", []string{r.Site.Title, r.Site.Account, r.Deployment, r.Site.Type}, []string{"example", "Pia Moser", "hosted", "azuredevops"})
	check(t, "counts", r.Counts, []connectors.Count{
		{Of: "projects", Records: 1}, {Of: "work items of the type Initiative"}, {Of: "work items of the type Epic", Records: 2}, {Of: "changes of links, which may take them away again", Records: 1},
	})
	check(t, "fields", r.Fields, []connectors.FieldFound{
		{Asked: "Health", ID: "Custom.Health", Name: "Health", Type: "string"}, {Asked: "Health", ID: "Other.Health", Name: "Health", Type: "identity"}, {Asked: "Nowhere"},
	})
	for _, want := range []string{`no field "Nowhere"`, `called "Health"`, `the type "Initiative"`} {
		if !slices.ContainsFunc(r.Warnings, func(w string) bool { return strings.Contains(w, want) }) {
			t.Errorf("no warning has %s: %v", want, r.Warnings)
		}
	}
	for _, p := range r.Permissions {
		check(t, p.Name, p.Held, true)
	}
	mend := site.Inject(fake.Fault{Kind: fake.Forbidden, Path: "wiql"})
	r, err = c.Check(t.Context())
	if err != nil || r.Permissions[0].Held {
		t.Errorf("without the scope for work items: %+v, %v", r.Permissions, err)
	}
	mend()
	for _, feed := range []string{"workitemrevisions", "workitemlinks"} { // what a run follows is asked for too
		mend = site.Inject(fake.Fault{Kind: fake.Forbidden, Path: feed})
		r, err = c.Check(t.Context())
		if err != nil || !r.Permissions[1].Required || r.Permissions[1].Held || !r.Permissions[0].Held {
			t.Errorf("without the %s: %+v, %v", feed, r.Permissions, err)
		}
		mend()
	}
	site.Inject(fake.Fault{Kind: fake.InternalError, Path: "workitemlinks"})
	if _, err := c.Check(t.Context()); err == nil {
		t.Error("a check that could not ask ended well")
	}
}

// TestAProjectThatIsMisspelt holds that its name is told beside those that are
// there: by the check when others are found, and by a run when none is.
func TestAProjectThatIsMisspelt(t *testing.T) {
	site := newSite(t, azuredevopstest.Options{})
	named := func(names ...string) *Connector {
		return open(t, site, nil, func(s *Settings) { s.Projects.Names = names })
	}
	want := `projects.names has "Payy", which is not there or may not be seen; this account sees Pay`
	r, err := named("Pay", "Payy").Check(t.Context())
	if err != nil || !slices.Contains(r.Warnings, want) {
		t.Errorf("warnings %v, %v; want %q", r.Warnings, err, want)
	}
	if err := connectorError(named("Payy"), t); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error = %v, want %q", err, want)
	}
	for n := range 12 {
		site.AddProject(azuredevopstest.Project{Name: fmt.Sprint("P", n)})
	}
	if err := connectorError(named("Payy"), t); err == nil || !strings.Contains(err.Error(), " and 3 more") {
		t.Errorf("error = %v, want one that names ten projects", err)
	}
}

// TestATokenThatIsNotTakenSaysHowToMendIt holds it for every way of Azure
// DevOps to say so.
func TestATokenThatIsNotTakenSaysHowToMendIt(t *testing.T) {
	for _, o := range []azuredevopstest.Options{{}, {SignIn: 302}, {SignIn: 401}, {Public: true}} {
		c := open(t, newSite(t, o), nil, func(s *Settings) { s.Auth.Token = secret.New("wrong") })
		if err := connectorError(c, t); err == nil || !strings.Contains(err.Error(), "the token is wrong, has expired") || !strings.Contains(err.Error(), "under auth") {
			t.Errorf("%+v: error = %v, want one that says how to mend it", o, err)
		}
	}
}

func TestSettingsSayWhatIsWrong(t *testing.T) {
	good := func() Settings {
		return Settings{URL: "https://dev.azure.com/example", Auth: Auth{Token: secret.New("t")}}
	}
	s := good()
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Settings){
		"url is missing":                       func(s *Settings) { s.URL = "" },
		"begins with https://":                 func(s *Settings) { s.URL = "dev.azure.com/example" },
		"names no organisation":                func(s *Settings) { s.URL = "https://dev.azure.com/" },
		"names more than the organisation":     func(s *Settings) { s.URL = "https://dev.azure.com/example/Pay" },
		"holds a user or password":             func(s *Settings) { s.URL = "https://a:b@dev.azure.com/example" },
		"something after the path":             func(s *Settings) { s.URL += "?x=1" },
		"auth.token is missing":                func(s *Settings) { s.Auth = Auth{} },
		"auth.token_file is given beside":      func(s *Settings) { s.Auth.File = "x" },
		"timezone is":                          func(s *Settings) { s.TimeZone = "Berlin" },
		"api_version is":                       func(s *Settings) { s.APIVersion = "7" },
		"concurrency is 99":                    func(s *Settings) { s.Concurrency = 99 },
		"requests_per_second is below 0":       func(s *Settings) { s.RequestsPerSecond = -1 },
		`projects.from has "epics"`:            func(s *Settings) { s.Projects.From = []string{"epics"} },
		`milestones.from has "projects"`:       func(s *Settings) { s.Milestones.From = []string{"projects"} },
		"milestones.from has iterations, but":  func(s *Settings) { s.Projects.From, s.Milestones.From = []string{"Epic"}, []string{"iterations"} },
		`has "epics", which projects.from has`: func(s *Settings) { s.Projects.From, s.Milestones.From = []string{"Epic"}, []string{"epics"} },
		`risks.from has "epics": the name`:     func(s *Settings) { s.Risks.From = []string{"epics"} },
		`risks.from has ""`:                    func(s *Settings) { s.Risks.From = []string{""} },
		`risks.from has "Epic", which is`:      func(s *Settings) { s.Risks.From = []string{"Epic"} },
		"dependencies.blocks has":              func(s *Settings) { s.Dependencies.Blocks = []string{dependencyType + "-Forward"} },
	} {
		s := good()
		change(&s)
		err := s.Validate()
		if !errors.Is(err, portfolio.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want one that says %q", err, want)
		}
	}
	for want, from := range map[string][]string{"iterations epics": nil, "features": {"Epic"}, "epics": {"Initiative"}, "iterations features": {"projects", "epic"}} {
		s := good()
		s.Projects.From = from
		check(t, strings.Join(from, " "), strings.Join(s.milestonesFrom(), " "), want)
	}
	s = good()
	s.Milestones.From = []string{"iterations"}
	if s.blocks() != nil || len(s.itemTypes()) != 0 {
		t.Errorf("with iterations only, links %v of %v are read", s.blocks(), s.itemTypes())
	}
}

// TestATokenInAFileIsReplaced holds that a token that ends with the page to
// sign in is replaced by the file's, in the middle of a run.
func TestATokenInAFileIsReplaced(t *testing.T) {
	for _, signIn := range []int{203, 302, 401} {
		site := azuredevopstest.New(azuredevopstest.Options{SignIn: signIn})
		pia := site.AddUser(azuredevopstest.User{Name: "Pia", Email: "pia@example.com"})
		site.AddProject(azuredevopstest.Project{Name: "Pay"})
		site.AddAccount(azuredevopstest.Account{Token: token(t) + "-new", User: pia})
		file := filepath.Join(t.TempDir(), "token")
		write := func(text string) {
			if err := os.WriteFile(file, []byte(text+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write(token(t) + "-old")
		c := open(t, site, nil, func(s *Settings) { s.Auth = Auth{File: file} })
		if err := connectorError(c, t); !errors.Is(err, connectors.ErrUnauthorized) || strings.Contains(err.Error(), token(t)) {
			t.Errorf("%d: error = %v, want ErrUnauthorized without the token", signIn, err)
		}
		write(token(t) + "-new")
		if err := connectorError(c, t); err != nil {
			t.Errorf("%d: with the new token: %v", signIn, err)
		}
	}
}

// TestOnlyIterations holds that a connection without work items reads
// quickly, and not everything each time.
func TestOnlyIterations(t *testing.T) {
	site := newSite(t, azuredevopstest.Options{})
	site.AddIteration(iteration{Project: "Pay", Name: "Sprint", Start: "2026-01-05", Finish: "2026-01-16"})
	r := read(t, open(t, site, nil, func(s *Settings) { s.Milestones.From = []string{"iterations"} }))
	check(t, "milestones", r.count(portfolio.KindMilestone), 1)
	site.ResetCounts()
	r.again()
	if n := site.Counts(); n.Requests != 3 {
		t.Errorf("a quick run made %d requests, want 3: %v", n.Requests, n.ByPath)
	}
	r.sweep()
}

// TestAQuickRunSeesWhatHappensBeforeTheFirstLink holds that the hierarchy is
// followed from the first run on, also where no link has a token yet.
func TestAQuickRunSeesWhatHappensBeforeTheFirstLink(t *testing.T) {
	now := time.Date(2026, 2, 3, 9, 0, 0, 0, time.UTC)
	site := newSite(t, azuredevopstest.Options{Now: func() time.Time { return now }})
	above, below := site.AddItem(item{Project: "Pay", Type: "Epic"}).ID, site.AddItem(item{Project: "Pay", Type: "Epic"}).ID
	r := read(t, open(t, site, nil, nil))
	now = now.Add(time.Hour)
	site.SetParent(below, above)
	now = now.Add(time.Hour)
	r.again()
	check(t, "parent", r.milestone(below).Parent, r.milestone(above).DocID())
}

func TestACancelledRunSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range open(t, newSite(t, azuredevopstest.Options{}), nil, nil).Pull(ctx, nil) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v, want context.Canceled", err)
		}
	}
}
