package jira

import (
	"strings"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/jira/jiratest"
	"plumbline/internal/secret"
)

func TestCheck(t *testing.T) {
	both(t, func(t *testing.T, site *jiratest.Site) {
		site.AddField(jiratest.Field{ID: "customfield_4", Name: "Health", Type: "option"})
		site.AddField(jiratest.Field{ID: "customfield_5", Name: "Health", Type: "array", Items: "option"})
		site.AddIssue("PAY", jiratest.Issue{Type: "Epic", Summary: "one"})
		site.SetZone("me", "Asia/Kathmandu")
		expires := time.Now().Add(10 * 24 * time.Hour).Truncate(time.Second)
		site.AddAccount(jiratest.Account{Token: token(t) + "-pat", User: "me", Expires: expires})
		isCloud := strings.HasSuffix(t.Name(), "Cloud")
		c := open(t, site, []string{"health", "Nowhere"}, func(s *Settings) {
			if !isCloud {
				s.Auth = Auth{Token: secret.New(token(t) + "-pat")}
			}
		})
		r, err := c.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		check(t, "site", []string{r.Site.Account, r.Site.TimeZone, r.Site.Type}, []string{"Pia Moser", "Asia/Kathmandu", "jira"})
		check(t, "fields", r.Fields, []connectors.FieldFound{
			{Asked: "health", ID: "customfield_4", Name: "Health", Type: "option"},
			{Asked: "health", ID: "customfield_5", Name: "Health", Type: "array of option"},
			{Asked: "Nowhere"},
		})
		check(t, "counts", r.Counts, []connectors.Count{{Of: "projects", Records: 1}, {Of: "issues that are milestones", Records: 1, Approximate: isCloud}})
		check(t, "may browse", r.Permissions[0].Held, true)
		warned := strings.Join(r.Warnings, "\n")
		if !strings.Contains(warned, `"Nowhere"`) || !strings.Contains(warned, "several fields") {
			t.Errorf("warnings = %q", warned)
		}
		if !isCloud && (!r.TokenExpires.Equal(expires) || !strings.Contains(warned, "expires")) {
			t.Errorf("token expires %v with warnings %q, want %v and a warning", r.TokenExpires, warned, expires)
		}
	})
}
