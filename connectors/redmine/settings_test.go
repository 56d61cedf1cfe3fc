package redmine

import (
	"errors"
	"strings"
	"testing"

	"plumbline/connectors"
	"plumbline/connectors/redmine/redminetest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

func TestSettings(t *testing.T) {
	good := func() Settings { return Settings{URL: address, Auth: Auth{Token: secret.New("k")}} }
	for _, change := range []func(*Settings){
		func(*Settings) {},
		func(s *Settings) { s.URL = "http://intern:8080/redmine/" },
		func(s *Settings) { s.Auth = Auth{File: "/run/secrets/redmine"} },
		func(s *Settings) { s.Milestones.From = []string{"versions", "Milestone", "3"} },
	} {
		s := good()
		change(&s)
		if err := s.Validate(); err != nil {
			t.Errorf("%+v: %v", s, err)
		}
	}
	for want, change := range map[string]func(*Settings){
		"url is missing":        func(s *Settings) { s.URL = "" },
		"begins with https":     func(s *Settings) { s.URL = "ftp://x" },
		"user or password":      func(s *Settings) { s.URL = "https://me:pw@x.example" },
		"after the path":        func(s *Settings) { s.URL = "https://x.example?key=1" },
		"auth.token is missing": func(s *Settings) { s.Auth.Token = secret.String{} },
		"beside auth.token":     func(s *Settings) { s.Auth.File = "/run/secrets/redmine" },
		"concurrency":           func(s *Settings) { s.Concurrency = 33 },
		"requests_per_second":   func(s *Settings) { s.RequestsPerSecond = -1 },
		"projects.keys":         func(s *Settings) { s.Projects.Keys = []string{""} },
		"history.issues":        func(s *Settings) { s.Milestones.History.Issues = -1 },
		"milestones.from":       func(s *Settings) { s.Milestones.From = []string{""} },
	} {
		s := good()
		change(&s)
		err := s.Validate()
		if err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, portfolio.ErrInvalid) {
			t.Errorf("error = %v, want one with %q", err, want)
		}
		if _, err := s.Open(connectors.Env{}); err == nil {
			t.Errorf("%s: settings that are wrong can be opened", want)
		}
	}
}

// TestUnknownTracker holds that a tracker that is not there is named with those
// that are.
func TestUnknownTracker(t *testing.T) {
	site := newSite(t, redminetest.Options{})
	c := open(t, site, nil, func(s *Settings) { s.Milestones.From = []string{"Epic"} })
	for _, err := range c.Pull(t.Context(), nil) {
		if err == nil || !strings.Contains(err.Error(), `"Epic", which is not there; there are Bug, Feature`) {
			t.Errorf("error = %v", err)
		}
	}
}

// TestDescribed holds that whatever changes what is asked for changes the
// description, and nothing else does.
func TestDescribed(t *testing.T) {
	site := newSite(t, redminetest.Options{})
	base, _ := open(t, site, []string{"A", "B"}, nil).Describe()
	same, _ := open(t, site, []string{"B", "A", "A"}, func(s *Settings) { s.Concurrency = 2 }).Describe()
	check(t, "the same question", same, base)
	for name, change := range map[string]func(*Settings){
		"projects":     func(s *Settings) { s.Projects.Keys = []string{"pay"} },
		"lead":         func(s *Settings) { s.Projects.Lead.Role = "Owner" },
		"milestones":   milestones,
		"cancelled":    func(s *Settings) { s.Milestones.Cancelled = []string{"Rejected"} },
		"dependencies": func(s *Settings) { s.Dependencies.Off = true },
	} {
		if other, _ := open(t, site, []string{"A", "B"}, change).Describe(); other == base {
			t.Errorf("another answer to %s is described the same", name)
		}
	}
}
