package gitlab

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/gitlab/gitlabtest"
	"plumbline/internal/secret"
)

// token is the test's own, and another one when the test runs again: requests
// with one credential share a limiter, which must not outlive virtual time.
func token(t testing.TB) string {
	t.Helper()
	return filepath.Base(filepath.Dir(t.TempDir()))
}

const address = "https://gitlab.example.com"

// newSite is a site with an account.
func newSite(t testing.TB, o gitlabtest.Options) *gitlabtest.Site {
	t.Helper()
	site := gitlabtest.New(o)
	me := site.AddUser(gitlabtest.User{Name: "Pia Moser", Username: "pia"})
	site.AddAccount(gitlabtest.Account{Token: token(t), User: me.ID})
	return site
}

// open makes a connector to the site, with settings changed as wanted.
func open(t testing.TB, site *gitlabtest.Site, fields []string, change func(*Settings)) *Connector {
	t.Helper()
	s := Settings{URL: address, Auth: Auth{Token: secret.New(token(t))}, WebhookSecret: secret.New(signingToken)}
	if change != nil {
		change(&s)
	}
	c, err := s.Open(connectors.Env{Connection: "dev", Fields: fields, Transport: site.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}

var signingToken = signingPrefix + base64.StdEncoding.EncodeToString([]byte("a key of thirty-two bytes, surely"))

// signature signs a delivery as GitLab does.
func signature(id, timestamp string, body []byte) string {
	key, err := signingKey(secret.New(signingToken))
	if err != nil {
		panic(err) // it is written above
	}
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte(id + "." + timestamp + "."))
	sum.Write(body)
	return signatureVersion + base64.StdEncoding.EncodeToString(sum.Sum(nil))
}

func TestContract(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool {
		site := newSite(t, gitlabtest.Options{})
		group := site.AddGroup(gitlabtest.Group{Path: "pay", Name: "Payments"}).ID
		var projects, ids []int64
		edit := func(i int, change func(*gitlabtest.Milestone)) { site.EditMilestone(ids[i], change) }
		tool := connectortest.Tool{
			Open: func(testing.TB) connectors.Connector { return open(t, site, []string{"description"}, nil) },
			Add: func(name string) {
				if len(ids)%250 == 0 { // pages end with a project, and a project has several of GitLab's
					n := len(projects) + 1
					projects = append(projects, site.AddProject(gitlabtest.Project{Path: fmt.Sprintf("p%d", n), Name: fmt.Sprintf("Project %d", n), Group: group}).ID)
				}
				ids = append(ids, site.AddMilestone(gitlabtest.Milestone{Project: projects[len(projects)-1], Title: name, Due: "2000-05-01"}).ID)
			},
			Rename:   func(i int, name string) { edit(i, func(m *gitlabtest.Milestone) { m.Title = name }) },
			Delete:   func(i int) { site.DeleteMilestone(ids[i]) },
			Describe: func(i int, text string) { edit(i, func(m *gitlabtest.Milestone) { m.Text = text }) },
			Status:   func(i int, status string) { edit(i, func(m *gitlabtest.Milestone) { m.State = status }) },
			Spoil: func(i int) func() {
				edit(i, func(m *gitlabtest.Milestone) { m.Raw = fmt.Appendf(nil, `{"id":%d,"title":{"odd":true}}`, m.ID) })
				return func() { edit(i, func(m *gitlabtest.Milestone) { m.Raw = nil }) }
			},
			Empty: func(i int) func() {
				edit(i, func(m *gitlabtest.Milestone) {
					m.Raw = fmt.Appendf(nil, `{"id":%d,"iid":null,"project_id":null,"title":null,"description":null,"state":null,"start_date":null,"due_date":null,"created_at":null,"updated_at":null,"web_url":null}`, m.ID)
				})
				return func() { edit(i, func(m *gitlabtest.Milestone) { m.Raw = nil }) }
			},
			Send: func(i int) connectortest.Sent {
				body := fmt.Appendf(nil, `{"object_kind":"milestone","event_type":"milestone","object_attributes":{"id":%d}}`, ids[i])
				at := fmt.Sprint(time.Now().Unix())
				header := http.Header{headerID: {"d-1"}, headerTimestamp: {at}, headerSignature: {signature("d-1", at, body)}}
				return connectortest.Sent{Header: header, Body: body, SignsBody: true}
			},
			Pages:   []int{0, 1, 99, 100, 101, 205},
			Several: 2150,
		}
		const milestones = "/milestones"
		tool.Break = connectortest.NewMenu(milestones, 3).Break(site)
		return tool
	})
}
