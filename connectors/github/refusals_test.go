package github

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/connectortest/fake"
	"plumbline/connectors/github/githubtest"
	"plumbline/internal/secret"
)

// between changes what a site answers.
type between struct {
	site   http.RoundTripper
	change func(*http.Request, *http.Response)
}

func (b between) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.site.RoundTrip(r)
	if err == nil {
		b.change(r, resp)
	}
	return resp, err
}

// TestRefusalsSayHowToMendThem holds that whoever keeps the connection is told
// what to do, and that what single sign-on leaves out is no empty list.
func TestRefusalsSayHowToMendThem(t *testing.T) {
	refuse := func(status int, sso, path string) func(*http.Request, *http.Response) {
		return func(r *http.Request, resp *http.Response) {
			if !strings.Contains(r.URL.Path, path) {
				return
			}
			resp.StatusCode = status
			if sso != "" {
				resp.Header.Set(ssoHeader, sso)
			}
		}
	}
	for want, change := range map[string]func(*http.Request, *http.Response){
		"user answered 401; the token is wrong, has expired or was revoked":                                       refuse(401, "", "/user"),
		"orgs/acme/repos answered 403; the token lacks a permission":                                              refuse(403, "", "/repos"),
		"authorise the token for single sign-on at https://github.com/orgs/acme/sso?authorization_request=x":      refuse(403, "required; url=https://github.com/orgs/acme/sso?authorization_request=x", "/repos"),
		"the repositories of acme are left out; authorise the token for single sign-on: Settings, Developer sett": refuse(200, "partial-results; organizations=7, ACME", "/orgs/acme/repos"),
		"": refuse(200, "partial-results; organizations=999999999", "/orgs/acme/repos"),
	} {
		synctest.Test(t, func(t *testing.T) {
			site := newSite(t, githubtest.Options{})
			site.Fill("acme", 2, 2)
			var acme owner
			if _, err := open(t, site, nil, nil).get(t.Context(), "users/acme", &acme); err != nil {
				t.Fatal(err)
			}
			transport := between{site.Transport(), func(r *http.Request, resp *http.Response) {
				change(r, resp)
				if sso := resp.Header.Get(ssoHeader); sso != "" {
					resp.Header.Set(ssoHeader, strings.ReplaceAll(sso, "ACME", fmt.Sprint(acme.ID)))
				}
			}}
			s := Settings{Auth: Auth{Token: secret.New(token(t))}, Owners: []string{"acme"}}
			c, err := s.Open(connectors.Env{Connection: "code", Transport: transport})
			if err != nil {
				t.Fatal(err)
			}
			err = connectortest.NewLedger().Pull(t.Context(), c, nil)
			if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("error = %v, want one that says %q", err, want)
			}
		})
	}
}

// TestCheckOfWhatARunNeeds holds that a check does not end well where a run
// would fail, and that a field which nobody named is not missed.
func TestCheckOfWhatARunNeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, githubtest.Options{})
		site.Fill("acme", 2, 2)
		site.AddBoard(githubtest.Board{Owner: "acme", Title: "Portfolio", Fields: []githubtest.BoardField{{ID: "PVTF_1", Name: "Target date", Type: "DATE"}}})
		boards := func(s *Settings) { s.Projects.From = []string{"repositories", "boards"} }
		report, err := open(t, site, nil, boards).Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		check(t, "fields", report.Fields, []connectors.FieldFound{{Asked: "Target date", ID: "PVTF_1", Name: "Target date", Type: "date"}})
		report, err = open(t, site, nil, func(s *Settings) { boards(s); s.Milestones.Start = "Kick-off" }).Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		check(t, "a field that was named", report.Fields[1], connectors.FieldFound{Asked: "Kick-off"})
		report, err = open(t, site, nil, func(s *Settings) { boards(s); s.Projects.Boards = []string{"acme/1", "acme/99"} }).Check(t.Context())
		if err != nil || !strings.HasPrefix(report.Warnings[0], "projects.boards has acme/99, which is not there") || strings.Contains(strings.Join(report.Warnings, ""), "acme/1,") {
			t.Errorf("warnings %v, %v; want one of the board that is not there", report.Warnings, err)
		}
		for path, name := range map[string]string{"/milestones": "Issues: read", "graphql": "Projects: read"} {
			mend := site.Inject(fake.Fault{Kind: fake.Forbidden, Path: path})
			report, err := open(t, site, nil, boards).Check(t.Context())
			mend()
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, p := range report.Permissions {
				found = found || p.Name == name && p.Required && !p.Held
			}
			if !found {
				t.Errorf("without %s: %+v", name, report.Permissions)
			}
		}
	})
}
