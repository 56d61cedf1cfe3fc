package main

import (
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"plumbline/config"
	"plumbline/connectors/jira/jiratest"
)

func TestWithoutKeysNobodyElseIsListenedTo(t *testing.T) {
	t.Parallel()
	for _, listen := range []string{"0.0.0.0:0", ":0", "[::]:0", "plumbline.example.com:8080"} {
		p := start(t, settle(t, "connections: []").env, "serve", "--listen", listen)
		p.exits(exitUsage, patience)
		want(t, p.stderr.String(), `there are no keys; expected a loopback address, or keys \(plumbline token new makes one\)$`)
	}
}

// keyed is a server with keys, over TLS, and the keys in the clear.
func keyed(t *testing.T, roles ...string) (*site, []string) {
	t.Helper()
	jira := newJira(t, jiratest.Options{})
	for i, department := range []string{"Finance", "Research", "Research"} {
		project := jira.AddProject(jiratest.Project{Key: fmt.Sprint("P", i), Name: fmt.Sprint("Project ", i), Category: department})
		jira.AddVersion(project.Key, jiratest.Version{Name: "Launch of " + project.Name, Release: "2031-05-01"})
	}
	yaml := jira.connection("every: 24h", "fields: {department: category}") + "keys:\n"
	var secrets []string
	for i, role := range roles {
		key, hash := config.NewKey()
		secrets = append(secrets, key)
		yaml += fmt.Sprintf("  - {name: key-%d, sha256: %s, %s}\n", i, hash, role)
	}
	where := settle(t, yaml)
	cert, private, pool := certificate(t)
	where.env["PLUMBLINE_TLS_CERT"], where.env["PLUMBLINE_TLS_KEY"] = cert, private
	where.env["PLUMBLINE_LISTEN"] = "0.0.0.0:0"
	p := start(t, where.env, "serve")
	address := p.logged(`msg=listening address=https://\S+:(\d+)`)[1]
	p.logged(`msg="run ended".*state=SUCCEEDED`)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}
	return &site{t: t, url: "https://127.0.0.1:" + address, client: client}, secrets
}

const countProjects = `{ projects { totalCount } milestones { totalCount } }`

type counts struct {
	Projects   struct{ TotalCount int }
	Milestones struct{ TotalCount int }
}

func TestKeysDecideWhoMayAskWhat(t *testing.T) {
	t.Parallel()
	s, keys := keyed(t, "role: viewer", "role: editor", "role: admin", "role: viewer, departments: [research]", "role: viewer, expires: 2001-01-31")
	viewer, editor, admin, research, expired := keys[0], keys[1], keys[2], keys[3], keys[4]

	for path, status := range map[string]int{"/healthz": http.StatusOK, "/readyz": http.StatusOK, "/": http.StatusOK} {
		if got, _ := s.get(path); got != status {
			t.Errorf("%s without a key is answered with %d, want %d", path, got, status)
		}
	}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("whoever:"+viewer))
	eventually(t, patience, "what the run has read", func() bool {
		return tell[counts](s.as("Authorization", "Bearer "+viewer), countProjects, nil).Milestones.TotalCount > 0
	})
	for _, c := range []struct {
		how, header, value string
		status, projects   int
	}{
		{"no key", "Accept", "*/*", http.StatusUnauthorized, 0},
		{"an unknown key", "Authorization", "Bearer plb_unknown", http.StatusUnauthorized, 0},
		{"an expired key", "X-Api-Key", expired, http.StatusUnauthorized, 0},
		{"a bearer token", "Authorization", "Bearer " + viewer, http.StatusOK, 3},
		{"a password", "Authorization", basic, http.StatusOK, 3},
		{"X-API-Key", "X-Api-Key", viewer, http.StatusOK, 3},
		{"a key of one department", "X-Api-Key", research, http.StatusOK, 2},
	} {
		caller := s.as(c.header, c.value)
		status, text := caller.post(countProjects, nil)
		if status != c.status {
			t.Errorf("%s is answered with %d, want %d: %s", c.how, status, c.status, text)
		}
		if c.status == http.StatusOK {
			if got := tell[counts](caller, countProjects, nil); got.Projects.TotalCount != c.projects || got.Milestones.TotalCount != c.projects {
				t.Errorf("%s sees %+v, want %d projects and milestones", c.how, got, c.projects)
			}
		} else if !strings.Contains(text, `"UNAUTHENTICATED"`) {
			t.Errorf("%s is answered with %s, want the code UNAUTHENTICATED", c.how, text)
		}
	}

	// What a key may not see is not there, however it is asked for.
	limited := s.as("X-Api-Key", research)
	type finance struct {
		Project     *struct{ Name string }
		Departments struct{ Nodes []struct{ Name string } }
		Milestones  struct{ TotalCount int }
	}
	hidden := tell[finance](limited, `{
		project(ref: {source: {connection: "eng", key: "P0"}}) { name }
		departments { nodes { name } }
		milestones(filter: {name: {contains: "Project 0"}}) { totalCount }
	}`, nil)
	if hidden.Project != nil || hidden.Milestones.TotalCount != 0 || fmt.Sprint(hidden.Departments.Nodes) != "[{Research}]" {
		t.Errorf("a key of one department sees %+v of another", hidden)
	}

	const startSync = `mutation { startSync(input: {connections: ["eng"]}) { connections userErrors { message } } }`
	for key, code := range map[string]string{viewer: "FORBIDDEN", research: "FORBIDDEN", editor: "", admin: ""} {
		if got := ask[any](s.as("X-Api-Key", key), startSync, nil); got.code() != code {
			t.Errorf("startSync is answered with %q %v, want %q", got.code(), got.Errors, code)
		}
	}
}

// TestEveryRoleAtEveryDoor knocks at all doors with all keys.
func TestEveryRoleAtEveryDoor(t *testing.T) {
	t.Parallel()
	s, keys := keyed(t, "role: viewer", "role: editor", "role: admin", "role: viewer, departments: [research]", "role: viewer, scopes: [export-url]", "role: viewer, expires: 2001-01-31")
	eventually(t, patience, "what the run has read", func() bool {
		return tell[counts](s.as("Authorization", "Bearer "+keys[0]), countProjects, nil).Milestones.TotalCount > 0
	})
	// The first project is of another department than the limited key's.
	const all, limited = "Project 0", "Project 1"
	for _, door := range []struct {
		path    string
		open    bool // to whoever comes
		portion bool // shows projects, to each key its own
	}{
		{"/healthz", true, false}, {"/readyz", true, false}, {"/", true, false},
		{"/schema.graphql", false, false},
		{"/graphql?query={projects{nodes{name}}milestones{nodes{name}}}", false, true},
		{"/export/projects.csv", false, true}, {"/export/projects.json", false, true},
		{"/export/milestones.csv", false, true}, {"/export/milestones.json", false, true},
	} {
		knock := func(who string, caller *site, path string, status int, sees, missing string) {
			t.Helper()
			got, text := caller.get(path)
			if door.open {
				status = http.StatusOK
			}
			if !door.portion {
				sees, missing = "", all
			}
			if got != status || !strings.Contains(text, sees) || (missing != "" && strings.Contains(text, missing)) {
				t.Errorf("%s, opened by %s: %d, want %d with %q and without %q:\n%s", door.path, who, got, status, sees, missing, text)
			}
		}
		knock("nobody", s, door.path, http.StatusUnauthorized, "", all)
		knock("an unknown key", s.as("X-Api-Key", "plb_unknown"), door.path, http.StatusUnauthorized, "", all)
		knock("an expired key", s.as("X-Api-Key", keys[5]), door.path, http.StatusUnauthorized, "", all)
		for i, role := range []string{"a viewer", "an editor", "an admin"} {
			for _, header := range []http.Header{
				{"X-Api-Key": {keys[i]}},
				{"Authorization": {"Bearer " + keys[i]}},
				{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("excel:"+keys[i]))}},
			} {
				knock(role, &site{t: t, url: s.url, client: s.client, header: header}, door.path, http.StatusOK, all, "")
			}
		}
		knock("a viewer of a department", s.as("X-Api-Key", keys[3]), door.path, http.StatusOK, limited, all)

		// A key in the URL is taken where tables are read, if it may be there.
		status := http.StatusUnauthorized
		if strings.HasPrefix(door.path, "/export/") {
			status = http.StatusOK
		}
		join := "?"
		if strings.Contains(door.path, "?") {
			join = "&"
		}
		for who, c := range map[string]struct {
			key    string
			status int
		}{"a key for URLs in the URL": {keys[4], status}, "another key in the URL": {keys[0], http.StatusUnauthorized}} {
			sees, missing := all, ""
			if c.status != http.StatusOK {
				sees, missing = "", all
			}
			knock(who, s, door.path+join+"api_key="+c.key, c.status, sees, missing)
		}
	}
	answer, err := s.client.Get(s.url + "/export/projects.csv")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if challenges := strings.Join(answer.Header.Values("WWW-Authenticate"), ", "); !strings.Contains(challenges, "Basic realm") {
		t.Errorf("a table challenges with %s, so Excel asks for no password", challenges)
	}
}
