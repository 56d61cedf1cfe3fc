package jira

import (
	"errors"
	"strings"
	"testing"

	"plumbline/connectors"
	"plumbline/connectors/jira/jiratest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

func TestSettings(t *testing.T) {
	good := func() Settings {
		return Settings{URL: "https://example.atlassian.net", Auth: Auth{Token: secret.New("t")}}
	}
	for _, change := range []func(*Settings){
		func(*Settings) {},
		func(s *Settings) { s.URL = "http://jira.intern:8080/jira" },
		func(s *Settings) { s.Auth = Auth{File: "/run/secrets/jira"} },
		func(s *Settings) { s.Milestones.From = []string{"versions", "epics", "Milestone", "jql: labels = x"} },
		func(s *Settings) {
			s.Projects.From = []string{"projects", "Initiative"}
			s.Milestones.From = []string{"children"}
		},
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
		"after the path":        func(s *Settings) { s.URL = "https://x.example?x=1" },
		"auth.token is missing": func(s *Settings) { s.Auth.Token = secret.String{} },
		"beside auth.token":     func(s *Settings) { s.Auth.File = "/run/secrets/jira" },
		"concurrency":           func(s *Settings) { s.Concurrency = 33 },
		"requests_per_second":   func(s *Settings) { s.RequestsPerSecond = -1 },
		"projects.from":         func(s *Settings) { s.Projects.From = []string{"versions"} },
		"without a clause":      func(s *Settings) { s.Milestones.From = []string{"jql: "} },
		"ORDER BY":              func(s *Settings) { s.Milestones.From = []string{"jql: labels = x order  by key"} },
		"names no issue type":   func(s *Settings) { s.Milestones.From = []string{"children"} },
		"versions belong":       func(s *Settings) { s.Projects.From, s.Milestones.From = []string{"Initiative"}, []string{"versions"} },
		"projects.card":         func(s *Settings) { s.Projects.From, s.Projects.Card = []string{"Initiative"}, "Card" },
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

func TestWhatIsAskedIsDescribed(t *testing.T) {
	site := newSite(t, jiratest.Options{})
	request := func(fields []string, change func(*Settings)) string {
		r, _ := open(t, site, fields, change).Describe()
		return r
	}
	base := request([]string{"a", "b"}, nil)
	check(t, "fields in another order", request([]string{"b", "a", "b"}, nil), base)
	check(t, "the default spelled out", request([]string{"a", "b"}, func(s *Settings) { s.Milestones.From = []string{"versions", "epics"} }), base)
	for name, other := range map[string]string{
		"another field": request([]string{"a"}, nil),
		"project keys":  request([]string{"a", "b"}, func(s *Settings) { s.Projects.Keys = []string{"PAY"} }),
		"milestones":    request([]string{"a", "b"}, func(s *Settings) { s.Milestones.From = []string{"epics"} }),
	} {
		if other == base {
			t.Errorf("%s changes what is asked but not its description", name)
		}
	}
}
