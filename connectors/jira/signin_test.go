package jira

import (
	"errors"
	"strings"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/jira/jiratest"
)

func TestSigningIn(t *testing.T) {
	for name, tc := range map[string]struct {
		options jiratest.Options
		account jiratest.Account
		change  func(*Settings)
		good    bool
	}{
		"e-mail and token":           {jiratest.Options{}, jiratest.Account{Email: "a@example.com"}, func(s *Settings) { s.Auth.Email = "a@example.com" }, true},
		"another e-mail":             {jiratest.Options{}, jiratest.Account{Email: "a@example.com"}, func(s *Settings) { s.Auth.Email = "b@example.com" }, false},
		"not signed in, but let in":  {jiratest.Options{Anonymous: true}, jiratest.Account{Email: "a@example.com"}, func(s *Settings) { s.Auth.Email = "b@example.com" }, false},
		"personal access token":      {jiratest.Options{Deployment: jiratest.DataCenter}, jiratest.Account{}, func(s *Settings) { s.Auth.Email = "" }, true},
		"user name and password":     {jiratest.Options{Deployment: jiratest.DataCenter}, jiratest.Account{Email: "pia"}, func(s *Settings) { s.Auth.Email = "pia" }, true},
		"service account":            {jiratest.Options{CloudID: "c-1"}, jiratest.Account{Scoped: true}, func(s *Settings) { s.Auth.Email = ""; s.URL = "https://api.atlassian.com/ex/jira/c-1" }, true},
		"scoped token":               {jiratest.Options{CloudID: "c-1"}, jiratest.Account{Email: "a@example.com", Scoped: true}, func(s *Settings) { s.Auth.Email = "a@example.com"; s.URL = "https://api.atlassian.com/ex/jira/c-1/" }, true},
		"scoped token, site address": {jiratest.Options{CloudID: "c-1"}, jiratest.Account{Email: "a@example.com", Scoped: true}, func(s *Settings) { s.Auth.Email = "a@example.com" }, false},
		"expired":                    {jiratest.Options{}, jiratest.Account{Email: "pmo@example.com", Expires: time.Now().Add(-time.Hour)}, nil, false},
		"expired, but let in":        {jiratest.Options{Anonymous: true}, jiratest.Account{Email: "pmo@example.com", Expires: time.Now().Add(-time.Hour)}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			site := jiratest.New(tc.options)
			site.AddUser(jiratest.User{ID: "me", Name: "Pia", Zone: "UTC"})
			tc.account.Token, tc.account.User = token(t), "me"
			site.AddAccount(tc.account)
			site.AddProject(jiratest.Project{Key: "PUB", Name: "Public", Public: true})
			l := connectortest.NewLedger()
			err := l.Pull(t.Context(), open(t, site, nil, tc.change), nil)
			if tc.good != (err == nil) || !tc.good && !errors.Is(err, connectors.ErrUnauthorized) {
				t.Errorf("error = %v, want success %v, or ErrUnauthorized", err, tc.good)
			}
			if err == nil && (l.Site.Account != "Pia" || l.Site.Instance == "" || l.Site.Type != "jira") {
				t.Errorf("site = %+v", l.Site)
			}
			if err != nil && strings.Contains(err.Error(), token(t)) {
				t.Errorf("the error shows the token: %v", err)
			}
		})
	}
}

func TestAnotherAccountReadsEverythingAnew(t *testing.T) {
	site := newSite(t, jiratest.Options{})
	r := read(t, open(t, site, nil, nil))
	site.AddUser(jiratest.User{ID: "other", Name: "Olga"})
	site.AddAccount(jiratest.Account{Email: "olga@example.com", Token: token(t), User: "other"})
	err := r.Pull(t.Context(), open(t, site, nil, func(s *Settings) { s.Auth.Email = "olga@example.com" }), nil)
	if !errors.Is(err, connectors.ErrCursor) {
		t.Errorf("error = %v, want ErrCursor", err)
	}
	r.Cursor = connectors.Cursor{streamIssues: {Since: "1", Position: "not ours"}}
	if err := r.Pull(t.Context(), r.c, nil); !errors.Is(err, connectors.ErrCursor) {
		t.Errorf("error = %v, want ErrCursor for a position that cannot be read", err)
	}
}
