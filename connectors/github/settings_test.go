package github

import (
	"errors"
	"strings"
	"testing"

	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// TestMistakesAreNamed holds that each mistake is named, and good settings pass.
func TestMistakesAreNamed(t *testing.T) {
	for _, c := range []struct {
		change func(*Settings)
		want   string
	}{
		{func(*Settings) {}, ""},
		{func(s *Settings) { s.Owners = nil }, "owners is missing"},
		{func(s *Settings) { s.Owners, s.Projects.Repositories = nil, []string{"acme/api"} }, ""},
		{func(s *Settings) { s.Owners = []string{"acme/api"} }, `owners has "acme/api"`},
		{func(s *Settings) { s.URL = "github.com" }, "url is not an address"},
		{func(s *Settings) { s.URL = "https://me:pw@github.com" }, "url holds a user"},
		{func(s *Settings) { s.Auth.Token = secret.String{} }, "auth.token is missing"},
		{func(s *Settings) { s.Auth.File = "x" }, "three ways to sign in"},
		{func(s *Settings) { s.Auth = Auth{App: &AppAuth{}} }, "auth.app.id is missing"},
		{func(s *Settings) { s.Projects.From = []string{"projects"} }, "repositories or boards"},
		{func(s *Settings) { s.Projects.Repositories = []string{"api"} }, "owner/name"},
		{func(s *Settings) { s.Projects.Boards = []string{"acme/seven"} }, "owner/number"},
		{func(s *Settings) { s.Milestones.From = []string{"items"} }, "leaves out boards"},
		{func(s *Settings) { s.Milestones.From = []string{"epics"} }, "issue type, or label:"},
		{func(s *Settings) { s.Milestones.From = []string{"label:"} }, "one name after the colon"},
		{func(s *Settings) {
			s.Projects.From = []string{"repositories", "boards"}
			s.Milestones.From = []string{"items", "type:Epic"}
		}, "not of both"},
		{func(s *Settings) { s.Concurrency = 99 }, "from 1 to 32"},
	} {
		s := Settings{Owners: []string{"acme"}, Auth: Auth{Token: secret.New("t")}}
		c.change(&s)
		err := s.Validate()
		if c.want == "" && err == nil {
			continue
		}
		if c.want == "" || !errors.Is(err, portfolio.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error = %v, want %q", err, c.want)
		}
	}
}
