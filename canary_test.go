package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"plumbline/config"
	"plumbline/connectors/jira/jiratest"
	"plumbline/portfolio"
)

// A parrot stands before a Jira and repeats what it was sent in its refusals,
// as proxies do that were set up for debugging.
type parrot struct {
	jira   http.Handler
	manner atomic.Pointer[string]
}

func (p *parrot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	said := r.Header.Get("Authorization")
	if raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(said, "Basic ")); err == nil {
		said += " " + string(raw)
	}
	manner := ""
	if m := p.manner.Load(); m != nil {
		manner = *m
	}
	switch manner {
	case "refuse":
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]any{"errorMessages": []string{"no: " + said}, "errors": map[string]string{said: said}})
	case "unauthorized":
		w.Header().Set("WWW-Authenticate", said)
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(said))
	case "broken":
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"errorMessages": "` + said))
	case "html":
		w.Header().Set("Content-Type", "text/html; title="+said)
		_, _ = w.Write([]byte("<html>" + said))
	case "redirect":
		http.Redirect(w, r, "http://elsewhere.example/?token="+said, http.StatusFound)
	default:
		p.jira.ServeHTTP(w, r)
	}
}

// TestSecretsAppearNowhere plants secrets wherever one may be, provokes
// whatever might repeat them, and looks for them in all that comes out.
func TestSecretsAppearNowhere(t *testing.T) {
	t.Parallel()
	const token, email, password = "canary-of-the-tool", "canary@mail.example", "canary-of-the-database"
	key, hash := config.NewKey()
	unknown, _ := config.NewKey()
	basic := base64.StdEncoding.EncodeToString([]byte(email + ":" + token))
	secrets := map[string]string{"the tool's token": token, "the tool's credential": basic, "the database's password": password, "the API key": key, "a key that is not known": unknown}
	search := func(where, text string) {
		t.Helper()
		for what, secret := range secrets {
			if at := strings.Index(text, secret); at >= 0 {
				t.Errorf("%s shows %s: …%s…", where, what, text[max(0, at-80):min(len(text), at+80)])
			}
		}
	}

	jira := jiratest.New(jiratest.Options{})
	jira.AddUser(jiratest.User{ID: "me", Name: "Pia Moser"})
	jira.AddAccount(jiratest.Account{Email: email, Token: token, User: "me", Admin: true})
	jira.Fill("P", 3, 9, 9, "Epic")
	jira.AddIssue("P1", jiratest.Issue{ID: 10999, Key: "P1-99", Type: "Epic", Raw: []byte(`{"id": "10999", "key": "P1-99", "fields": {
		"summary": ["` + token + `"], "updated": "2026-02-03T09:30:00.000+0000", "description": "Basic ` + basic + `", "duedate": "` + token + `"}}`)})
	bird := &parrot{jira: jira}
	server := httptest.NewServer(bird)
	t.Cleanup(server.Close)
	manner := func(m string) { bird.manner.Store(&m) }

	where := settle(t, fmt.Sprintf(`connections:
  - id: eng
    type: jira
    url: %s
    allow_private: true
    auth: {email: %q, token: "${JIRA_TOKEN}"}
    every: 24h
keys:
  - {name: admin, role: admin, sha256: "${KEY_HASH}", scopes: ["*"]}
`, server.URL, email))
	where.env["JIRA_TOKEN"], where.env["KEY_HASH"], where.env["PLUMBLINE_LOG_LEVEL"] = token, fmt.Sprint(hash), "debug"
	command := func(code int, args ...string) string {
		t.Helper()
		p := start(t, where.env, args...)
		p.exits(code, patience)
		said := p.stdout.String() + p.stderr.String()
		search("plumbline "+strings.Join(args, " "), said)
		return said
	}
	manners := []string{"refuse", "unauthorized", "broken", "html", "redirect"}

	// The commands, over a tool that is in order and one that is not.
	command(exitOK, "config")
	command(exitOK, "config", "check")
	command(exitOK, "check")
	command(exitOK, "sync", "--dry-run")
	for _, m := range manners {
		manner(m)
		command(exitFailed, "check")
		command(exitFailed, "sync")
	}
	manner("")
	want(t, command(exitOK, "sync"), `^eng +\d+ +21 +0 +0 +[1-9] `)
	database := where.env["PLUMBLINE_STORE"]
	where.env["PLUMBLINE_STORE"] = "mongodb://u:" + password + "@127.0.0.1:1/plumbline?appName=" + password
	want(t, command(exitOK, "config"), `^store: mongodb://u:\*\*\*@127\.0\.0\.1:1/plumbline$`)
	where.env["PLUMBLINE_STORE"] = database

	// The server, asked with and without the key.
	p := start(t, where.env, "serve")
	s := p.site()
	admin := s.as("Authorization", "Bearer "+key)
	question := func(caller *site, query string) string {
		t.Helper()
		_, text := caller.post(query, map[string]any{"key": key, "token": token})
		search("the answer to "+query, text)
		return text
	}
	const everything = `{
		projects { nodes { name description sources { url } } }
		milestones { nodes { name key customFields { key text } sources { unreadable } } }
		connections { nodes { name account runs { nodes { error why } } } }
		quarantine { nodes { key reason raw } }
		people { nodes { name } }
	}`
	if text := question(admin, everything); !strings.Contains(text, "P1-99") || !strings.Contains(text, "***") {
		t.Errorf("the records with the secrets are not there:\n%s", text)
	}
	question(s, everything)
	question(s.as("X-Api-Key", unknown), everything)
	question(s.as("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(unknown+":"+unknown))), everything)
	question(admin, `{ `+key)
	question(admin, `query ($key: Int!) { projects(first: $key) { totalCount } }`)
	for _, m := range manners {
		manner(m)
		command(exitFailed, "check")
		command(exitFailed, "sync", "--full")
		question(admin, everything)
	}
	manner("")
	for _, path := range []string{
		"/", "/healthz", "/readyz", "/nowhere?key=" + key,
		"/export/projects.csv", "/export/milestones.json", "/export/milestones.csv?key=" + key, "/export/milestones.csv?filter=" + key,
		"/export/projects.csv?api_key=" + key, "/export/projects.csv?filter=%zz&api_key=" + key,
	} {
		_, text := admin.get(path)
		search(path, strings.ReplaceAll(text, "/nowhere?key="+key, ""))
	}
	if info, err := os.Stat(where.db + ".server"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file that leads commands to the server: %v, %v; want one for its owner only", info, err)
	}
	search("the file that leads commands to the server", read(t, where.db+".server"))
	p.signal(syscall.SIGTERM)
	p.exits(exitOK, grace)
	search("the server's log", p.stdout.String()+p.stderr.String())
	if strings.Contains(p.stderr.String(), email) {
		t.Error("the server's log shows the account's e-mail address")
	}
	want(t, p.stderr.String(), `level=DEBUG msg=request .*path=/rest/api/2/`)

	// What stays on the disk, as it lies there and as it is read.
	if err := filepath.WalkDir(filepath.Dir(where.db), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			search(path, read(t, path))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, v := range where.contents(t).Docs {
		text, err := json.Marshal(v.Doc)
		if err != nil {
			t.Fatal(err)
		}
		search("the document "+v.Doc.Key().String(), string(text))
		if q, ok := v.Doc.(*portfolio.Quarantine); ok {
			search("a raw record", string(q.Raw))
		}
	}
}
