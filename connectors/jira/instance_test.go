package jira

import (
	"testing"
	"testing/synctest"

	"plumbline/connectors/connectortest/fake"
	"plumbline/connectors/jira/jiratest"
)

func TestInstance(t *testing.T) {
	const (
		id      = "0c3130ff-1a2b-4c3d-8e4f-5a6b7c8d9e0f"
		address = "https://example.atlassian.net"
		path    = "/_edge/tenant_info"
	)
	for name, tc := range map[string]struct {
		options jiratest.Options
		url     string
		scoped  bool
		fault   fake.Fault
		want    string // empty is an error
	}{
		"a Cloud site tells its id":           {options: jiratest.Options{CloudID: id}, want: id},
		"a scoped token's address holds it":   {options: jiratest.Options{CloudID: id}, url: "https://api.atlassian.com/ex/jira/" + id + "/", scoped: true, want: id},
		"a proxy knows no such path":          {options: jiratest.Options{CloudID: id}, fault: fake.Fault{Kind: fake.NotFound, Path: path}, want: address},
		"a proxy refuses the path":            {options: jiratest.Options{CloudID: id}, fault: fake.Fault{Kind: fake.Unauthorized, Path: path}, want: address},
		"a login page is there":               {options: jiratest.Options{CloudID: id}, fault: fake.Fault{Kind: fake.HTML, Path: path}, want: address},
		"out of order, which is not withheld": {options: jiratest.Options{CloudID: id}, fault: fake.Fault{Kind: fake.InternalError, Path: path}},
		"Data Center has its address":         {options: jiratest.Options{Deployment: jiratest.DataCenter, BaseURL: address}, want: address},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // a refusal that may pass is asked again, after a while
				site := newSite(t, tc.options)
				if tc.scoped {
					site.AddAccount(jiratest.Account{Email: "pmo@example.com", Token: token(t), User: "me", Scoped: true})
				}
				if tc.fault.Kind != "" {
					site.Inject(tc.fault)
				}
				s, err := open(t, site, nil, func(s *Settings) {
					if tc.url != "" {
						s.URL = tc.url
					}
				}).begin(t.Context())
				if tc.want == "" {
					if err == nil {
						t.Errorf("instance = %q, want an error: the address would look like another site", s.site.Instance)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				check(t, "instance", s.site.Instance, tc.want)
				if n := site.Counts().ByPath["GET "+path]; tc.scoped && n > 0 {
					t.Errorf("%d requests for an id that the address holds", n)
				}
			})
		})
	}
}

// TestRenamedSite holds that a new name is no new site.
func TestRenamedSite(t *testing.T) {
	site := newSite(t, jiratest.Options{})
	r := read(t, open(t, site, nil, nil))
	before := r.Site
	site.Rename("https://renamed.atlassian.net")
	r.again()
	check(t, "instance", r.Site.Instance, before.Instance)
	check(t, "titles", []string{before.Title, r.Site.Title}, []string{"Jira (example.atlassian.net)", "Jira (renamed.atlassian.net)"})
}
