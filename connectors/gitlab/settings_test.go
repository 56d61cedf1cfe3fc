package gitlab

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"plumbline/connectors"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

func TestSettings(t *testing.T) {
	good := func() Settings { return Settings{URL: address, Auth: Auth{Token: secret.New("t")}} }
	for _, change := range []func(*Settings){
		func(*Settings) {}, everything,
		func(s *Settings) {
			s.URL, s.Auth = "http://intern:8080/gitlab/", Auth{File: "/run/secrets/gitlab", Bearer: true}
		},
		func(s *Settings) { s.WebhookSecret = secret.New(signingToken) },
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
		"after the path":        func(s *Settings) { s.URL = "https://x.example?private_token=1" },
		"auth.token is missing": func(s *Settings) { s.Auth.Token = secret.String{} },
		"beside auth.token":     func(s *Settings) { s.Auth.File = "/run/secrets/gitlab" },
		"concurrency":           func(s *Settings) { s.Concurrency = 33 },
		"requests_per_second":   func(s *Settings) { s.RequestsPerSecond = -1 },
		"projects.from":         func(s *Settings) { s.Projects.From = []string{"epics"} },
		"projects.groups":       func(s *Settings) { s.Projects.Groups = []string{""} },
		"projects.lead":         func(s *Settings) { s.Projects.Lead = "guest" },
		"milestones.from":       func(s *Settings) { s.Milestones.From = []string{"Epic"} },
		"without a label":       func(s *Settings) { s.Milestones.From = []string{"label: "} },
		"issues belong":         func(s *Settings) { s.Projects.From, s.Milestones.From = []string{"groups"}, []string{"label:x"} },
		"epics belong":          func(s *Settings) { s.Projects.From, s.Milestones.From = []string{"projects"}, []string{"epics"} },
		"not base64":            func(s *Settings) { s.WebhookSecret = secret.New("whsec_%") },
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
	if _, err := signingKey(secret.New(signingPrefix + base64.StdEncoding.EncodeToString(nil))); err == nil {
		t.Error("an empty signing token is taken")
	}
}
