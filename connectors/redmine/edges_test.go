package redmine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/connectortest/fake"
	"plumbline/connectors/redmine/redminetest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// TestWhoLeads picks the member who has been in the role for longest, those who
// only inherit it after those who have it themselves, and no group.
func TestWhoLeads(t *testing.T) {
	clock := newClock()
	site := newSite(t, clock.of())
	team := site.AddUser(redminetest.User{First: "Team", Group: true})
	ana := site.AddUser(redminetest.User{Login: "ana", First: "Ana", Last: "Pm", Mail: "ana@example.com"})
	bob := site.AddUser(redminetest.User{Login: "bob", First: "Bob", Last: "Pm", Mail: "bob@example.com", HidesMail: true})
	p := site.AddProject(redminetest.Project{Identifier: "pay", Name: "Payments"})
	for n := range 110 { // the one who counts is on the second page
		u := site.AddUser(redminetest.User{Login: fmt.Sprint("d", n), First: "Dev", Last: fmt.Sprint(n)})
		site.AddMember(p.ID, u.ID, "Developer", false)
	}
	site.AddMember(p.ID, team.ID, "Manager", false)
	site.AddMember(p.ID, bob.ID, "Manager", true)
	site.AddMember(p.ID, ana.ID, "Manager", false)
	c, l := open(t, site, nil, nil), connectortest.NewLedger()
	pull(t, l, c)
	lead := func() string { return fact[*portfolio.ProjectFact](t, l, "ops/project/1").Lead }
	check(t, "who leads", lead(), portfolio.DocID("ops", "user", fmt.Sprint(ana.ID)))
	check(t, "people", count(l)[portfolio.KindPerson], 1)
	check(t, "e-mail address", fact[*portfolio.PersonFact](t, l, lead()).Email, "ana@example.com")

	other := open(t, site, nil, func(s *Settings) { s.Projects.Lead.Role = "5" })
	pull(t, l, other)
	check(t, "nobody is in the role", lead(), "")
	off := open(t, site, nil, func(s *Settings) { s.Projects.Lead.Off = true })
	site.ResetCounts()
	pull(t, l, off)
	check(t, "requests for members", site.Counts().ByPath["/projects/{}/memberships.json"], 0)

	// A quick run believes what it knows; a sweep asks.
	pull(t, l, c)
	site.AddMember(p.ID, bob.ID, "Manager", false)
	site.ResetCounts()
	pull(t, l, c)
	check(t, "requests for members in a quick run", site.Counts().ByPath["/projects/{}/memberships.json"], 0)
	sweep(t, l, c)
	check(t, "requests for members in a sweep", site.Counts().ByPath["/projects/{}/memberships.json"], 2)
	check(t, "who leads", lead(), portfolio.DocID("ops", "user", fmt.Sprint(ana.ID)))
}

// TestPeople holds what is known of people, of whom records give a name alone.
func TestPeople(t *testing.T) {
	for _, admin := range []bool{false, true} {
		clock := newClock()
		site := newSite(t, clock.of())
		site.AddAccount(redminetest.Account{Key: token(t), User: 1, Admin: admin})
		team := site.AddUser(redminetest.User{First: "Team", Group: true})
		ana := site.AddUser(redminetest.User{Login: "ana", First: "Ana", Last: "Pm", Mail: "ana@example.com", HidesMail: true, Locked: true})
		f := site.AddField(redminetest.Field{Name: "Sponsor", Of: "project", Format: "user"})
		p := site.AddProject(redminetest.Project{Identifier: "pay", Name: "Payments", Fields: map[int64]any{f.ID: fmt.Sprint(ana.ID)}})
		site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Team's", Assignee: team.ID})
		site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Ana's", Assignee: ana.ID})
		c, l := open(t, site, []string{"Sponsor"}, milestones), connectortest.NewLedger()
		pull(t, l, c)
		check(t, "a group", fact[*portfolio.PersonFact](t, l, "ops/user/2").Name, "Team")
		a := fact[*portfolio.PersonFact](t, l, "ops/user/3")
		want, field := []string{"Ana Pm", "", "false"}, portfolio.Field{ID: "cf_1", Name: "Sponsor", Type: portfolio.FieldText, Text: "3"}
		if admin {
			want[1], want[2] = "ana@example.com", "true"
			field.Type, field.Text = portfolio.FieldUser, "ops/user/3"
		}
		check(t, "a locked user who hides the address", []string{a.Name, a.Email, fmt.Sprint(a.Inactive)}, want)
		check(t, "a field that names her", fact[*portfolio.ProjectFact](t, l, "ops/project/1").Fields[0], field)
		site.EditUser(ana.ID, func(u *redminetest.User) { u.Mail, u.HidesMail = "pm@example.com", false })
		pull(t, l, c)
		check(t, "the address before it is asked for again", fact[*portfolio.PersonFact](t, l, "ops/user/3").Email, want[1])
		clock.later(25 * time.Hour)
		c.now = clock.now
		c.people.known[3] = person{asked: clock.now().Add(-25 * time.Hour)}
		sweep(t, l, c)
		check(t, "the address a day later", fact[*portfolio.PersonFact](t, l, "ops/user/3").Email, "pm@example.com")
	}
}

// TestFieldValues types values by the formats that an administrator may read.
func TestFieldValues(t *testing.T) {
	site := newSite(t, redminetest.Options{})
	site.AddAccount(redminetest.Account{Key: token(t), User: 1, Admin: true})
	values, names := map[int64]any{}, []string{}
	for _, f := range []struct {
		name, format string
		value        any
	}{
		{"a date", "date", "2026-05-01"}, {"b no date", "date", "soon"}, {"c int", "int", "42"}, {"d float", "float", "1.50"}, {"e huge", "float", "1e999999"},
		{"f yes", "bool", "1"}, {"g no", "bool", "0"}, {"h several", "list", []string{"x", "", "y"}}, {"i none", "list", []string{}}, {"j empty", "string", ""},
		{"k null", "string", nil}, {"l text", "text", " two\r\nlines "}, {"m number", "string", json.Number("7")}, {"n user", "user", "nobody"},
	} {
		made := site.AddField(redminetest.Field{Name: f.name, Of: "version", Format: f.format})
		values[made.ID], names = f.value, append(names, strings.ToUpper(f.name))
	}
	site.AddField(redminetest.Field{Name: "not asked for", Of: "version", Format: "string"})
	p := site.AddProject(redminetest.Project{Identifier: "pay", Name: "Payments"})
	site.AddVersion(redminetest.Version{Project: p.ID, Name: "M", Fields: values})
	c, l := open(t, site, names, nil), connectortest.NewLedger()
	pull(t, l, c)
	got := map[string]string{}
	for _, f := range fact[*portfolio.MilestoneFact](t, l, "ops/version/1").Fields {
		got[f.Name] = strings.TrimSpace(fmt.Sprintf("%s %s%s%s%s", f.Type, f.Text, f.Number, f.Date, strings.Join(f.List, ",")))
		if f.Type == portfolio.FieldBool {
			got[f.Name] += fmt.Sprint(" ", f.Bool)
		}
	}
	check(t, "fields", got, map[string]string{
		"a date": "DATE 2026-05-01", "b no date": "TEXT soon", "c int": "NUMBER 42", "d float": "NUMBER 1.5", "e huge": "TEXT 1e999999",
		"f yes": "BOOLEAN true", "g no": "BOOLEAN false", "h several": "LIST x,y", "l text": "TEXT two\nlines", "m number": "TEXT 7", "n user": "TEXT nobody",
	})
}

// TestShiftingProjects renames and adds projects while they are listed: none is
// missed, whatever order the pages come in.
func TestShiftingProjects(t *testing.T) {
	site := newSite(t, redminetest.Options{})
	for n := range 250 {
		site.AddProject(redminetest.Project{Identifier: fmt.Sprint("p", n), Name: fmt.Sprintf("Project %03d", n)})
	}
	c := open(t, site, nil, func(s *Settings) { s.Projects.Lead.Off = true })
	shifts := 0
	c.caller = c.http.Caller(func(next http.RoundTripper) http.RoundTripper {
		return trip(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/projects.json" && r.URL.Query().Get("offset") == "99" && shifts < 2 {
				shifts++ // the last one moves to the front: it is on a page that was read already
				site.EditProject(int64(251-shifts), func(p *redminetest.Project) { p.Name = "A" + p.Name })
			}
			return sign(secret.New(token(t)), next).RoundTrip(r)
		})
	})
	l := connectortest.NewLedger()
	pull(t, l, c)
	check(t, "projects", count(l)[portfolio.KindProject], 250)
	check(t, "shifts", shifts, 2)

	c.caller = c.http.Caller(func(next http.RoundTripper) http.RoundTripper {
		return trip(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/projects.json" && r.URL.Query().Get("offset") == "99" {
				shifts++
				site.EditProject(int64(251-shifts), func(p *redminetest.Project) { p.Name = "A" + p.Name })
			}
			return sign(secret.New(token(t)), next).RoundTrip(r)
		})
	})
	if err := l.Pull(t.Context(), c, nil); err == nil || !strings.Contains(err.Error(), "the listing changed each of the 4 times") {
		t.Errorf("error = %v", err)
	}
}

type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestEmptyPages holds that a listing which counts records but shows none is an
// error, never the end.
func TestEmptyPages(t *testing.T) {
	for path, want := range map[string]string{"/issues.json": "a page without issues", "/projects.json": "an empty page at 0 of 1"} {
		site := newSite(t, redminetest.Options{})
		p := site.AddProject(redminetest.Project{Identifier: "pay", Name: "Payments"})
		site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Design"})
		site.Inject(fake.Fault{Kind: fake.EmptyPage, Path: path})
		if err := connectortest.NewLedger().Pull(t.Context(), open(t, site, nil, milestones), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error = %v, want %q", path, err, want)
		}
	}
}

// TestUncounted holds that a listing which does not tell how many records it has
// is an error: nobody knows where it ends.
func TestUncounted(t *testing.T) {
	for _, path := range []string{"/issues.json", "/projects.json"} {
		site := newSite(t, redminetest.Options{})
		site.Fill(150, 0, 150)
		c := open(t, site, nil, func(s *Settings) { milestones(s); s.Projects.Lead.Off = true })
		c.caller = c.http.Caller(func(next http.RoundTripper) http.RoundTripper {
			return trip(func(r *http.Request) (*http.Response, error) {
				resp, err := sign(secret.New(token(t)), next).RoundTrip(r)
				if err == nil && r.URL.Path == path {
					body, _ := io.ReadAll(resp.Body)
					resp.Body = io.NopCloser(bytes.NewReader(bytes.ReplaceAll(body, []byte("total_count"), []byte("nometa"))))
				}
				return resp, err
			})
		})
		if err := connectortest.NewLedger().Pull(t.Context(), c, nil); err == nil || !strings.Contains(err.Error(), "total_count") {
			t.Errorf("%s: error = %v, want one that names total_count", path, err)
		}
	}
}

// TestSigningIn holds what a key that is wrong, taken away or replaced means,
// and an interface that is switched off.
func TestSigningIn(t *testing.T) {
	clock := newClock()
	site := newSite(t, clock.of())
	site.AddProject(redminetest.Project{Identifier: "pay", Name: "Payments"})
	file := filepath.Join(t.TempDir(), "key")
	write := func(key string) {
		if err := os.WriteFile(file, []byte(key+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(token(t))
	c, l := open(t, site, nil, func(s *Settings) { s.Auth = Auth{File: file} }), connectortest.NewLedger()
	pull(t, l, c)
	site.Revoke(token(t))
	refused(t, l.Pull(t.Context(), c, nil))
	site.AddAccount(redminetest.Account{Key: "a-new-key", User: 1})
	write("a-new-key")
	pull(t, l, c)
	check(t, "projects", count(l)[portfolio.KindProject], 1)
	other := site.AddUser(redminetest.User{Login: "other"})
	site.AddAccount(redminetest.Account{Key: "another-account", User: other.ID})
	write("another-account")
	if err := l.Pull(t.Context(), c, nil); !errors.Is(err, connectors.ErrCursor) {
		t.Errorf("error = %v, want ErrCursor: the cursor is another account's", err)
	}
	site.CloseAPI(true)
	if err := l.Pull(t.Context(), c, nil); err == nil || !strings.Contains(err.Error(), "is the REST web service enabled") {
		t.Errorf("error = %v", err)
	}
	if _, err := (&Settings{URL: address, Auth: Auth{File: file + "-not"}}).Open(connectors.Env{}); err == nil || !strings.Contains(err.Error(), "auth.token_file") {
		t.Errorf("error = %v, want one that names the setting", err)
	}
}

// TestSecretsStayHidden holds that a key which somebody wrote into a record is
// not kept with it.
func TestSecretsStayHidden(t *testing.T) {
	site := newSite(t, redminetest.Options{})
	site.AddProject(redminetest.Project{ID: 7, Identifier: "pay", Name: "x", Raw: fmt.Appendf(nil, `{"id":7,"name":7,"description":"use %s"}`, token(t))})
	l := connectortest.NewLedger()
	pull(t, l, open(t, site, nil, nil))
	for _, q := range l.Quarantined {
		if strings.Contains(string(q.Raw), token(t)) || !strings.Contains(string(q.Raw), "use ***") || q.Reason != "field name: a text was expected, a number was found" {
			t.Errorf("kept: %s, because %s", q.Raw, q.Reason)
		}
	}
	check(t, "quarantined", len(l.Quarantined), 1)
}

func TestCheck(t *testing.T) {
	site := newSite(t, redminetest.Options{})
	site.AddField(redminetest.Field{Name: "Health", Of: "project", Format: "list"})
	site.AddField(redminetest.Field{Name: "Health", Of: "issue", Format: "list"})
	p := site.AddProject(redminetest.Project{Identifier: "pay", Name: "Payments"})
	site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Design"})
	for _, admin := range []bool{false, true} {
		site.AddAccount(redminetest.Account{Key: token(t), User: 1, Admin: admin})
		c := open(t, site, []string{"cf_1", "Health", "sparkle", "done_ratio"}, func(s *Settings) { milestones(s); s.Projects.Keys = []string{"pay", "gone"} })
		r, err := c.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		format, missing := "", `no field "sparkle" was seen`
		if admin {
			format, missing = "list", `there is no field "sparkle"`
		}
		check(t, "administrator", r.Permissions[0].Held, admin)
		check(t, "counts", r.Counts, []connectors.Count{{Of: "projects", Records: 1}, {Of: "issues that are milestones", Records: 1}})
		check(t, "fields", r.Fields, []connectors.FieldFound{
			{Asked: "cf_1", ID: "cf_1", Name: "Health", Type: format}, {Asked: "Health", ID: "cf_1", Name: "Health", Type: format}, {Asked: "sparkle"},
			{Asked: "done_ratio", ID: "done_ratio", Name: "% Done", Type: "number"},
		})
		for _, want := range []string{`projects.keys names "gone"`, `several fields are called "Health"`, missing, "none of the first 1 projects has a member"} {
			if !strings.Contains(strings.Join(r.Warnings, "\n"), want) {
				t.Errorf("warnings %q, want %q among them", r.Warnings, want)
			}
		}
	}
}

// FuzzRecord converts what strangers write: nothing in a record may bring the
// reader down, and what is kept of one that cannot be read has a reason.
func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"id":1,"project":{"id":1},"tracker":{"id":4},"status":{"id":1,"name":"New"},"subject":"x","due_date":"2026-05-01","custom_fields":[{"id":1,"name":"a","value":["b"]}],"relations":[{"id":1,"issue_id":1,"issue_to_id":2,"relation_type":"precedes","delay":2}]}`))
	f.Add([]byte(`{"id":1,"project":{"id":1},"tracker":{"id":5},"subject":"x","due_date":"2026-05-01"}`))
	f.Add([]byte(`{"id":1e99,"name":"\ud800","status":"open","project":{"id":-1}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return
		}
		v := conversion{
			session:    &session{asked: []string{"a", "done_ratio"}, trackers: map[int64]tracker{4: {ref: ref{ID: 4}}, 5: {ref: ref{ID: 5}}}, risks: map[int64]bool{5: true}, fields: map[int64]string{1: "float"}},
			connection: "ops", hidden: new(secret.Hidden), versions: true, links: true,
		}
		for _, c := range []converted{v.issue(raw), v.version(raw), v.project(raw, &ref{ID: 3})} {
			if q := c.quarantined; q != nil && (q.Reason == "" || q.ID == "" || len(c.facts) > 0) {
				t.Errorf("quarantined without a reason or an id: %+v", c)
			}
			for _, fact := range c.facts {
				if fact.Origin().ID == "" || fact.Key().ID == "" {
					t.Errorf("a fact without an id: %+v", fact)
				}
			}
		}
	})
}
