package portfolio

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func account(connection, id, name, email string) *PersonFact {
	return &PersonFact{Source: source(connection, "user", id), Name: name, Email: email}
}

// identities is who is who, as "id basis: accounts" lines.
func identities(s *Snapshot) []string {
	var all []string
	for i := range s.Identities() {
		all = append(all, i.ID+" "+string(i.Basis)+": "+strings.Join(i.AccountIDs, " "))
	}
	return all
}

func TestWhoIsWho(t *testing.T) {
	ada, bob := account("eng", "ada", "Ada Lovelace", "ada@example.com"), account("eng", "bob", "Bob Ross", "")
	for _, test := range []struct {
		what string
		docs []Document
		want []string
	}{
		{"one address in one tool says nothing", []Document{ada, account("eng", "ada2", "Ada", "ada@example.com")}, nil},
		{
			"one address in two tools, whatever its case", []Document{ada, account("ops", "al", "A. L.", "Ada@Example.com")},
			[]string{"ada@example.com EMAIL: eng/user/ada ops/user/al"},
		},
		{"one name in two tools says nothing", []Document{bob, account("ops", "bob", "Bob Ross", "")}, nil},
		{
			"recorded by account and by address",
			[]Document{ada, bob, account("ops", "rob", "Rob", "rob@example.com"), &IdentityFact{Slug: "bob", Name: "Bob", Accounts: []string{"eng/user/bob", "ROB@example.com"}}},
			[]string{"bob EXPLICIT: eng/user/bob ops/user/rob"},
		},
		{
			"recorded by the person's address",
			[]Document{ada, account("ops", "al", "A. L.", "ada@example.com"), &IdentityFact{Slug: "ada", Name: "Ada", Email: "Ada@example.com"}},
			[]string{"ada EXPLICIT: eng/user/ada ops/user/al"},
		},
		{
			"an account brings others of its address",
			[]Document{ada, account("ops", "al", "A. L.", "ada@example.com"), &IdentityFact{Slug: "ada", Name: "Ada", Accounts: []string{"eng/user/ada"}}},
			[]string{"ada EXPLICIT: eng/user/ada ops/user/al"},
		},
		{
			"not where two people share an address",
			[]Document{
				ada, account("ops", "bob", "Bob", "ada@example.com"), account("ops", "eve", "Eve", "ada@example.com"),
				&IdentityFact{Slug: "ada", Name: "Ada", Accounts: []string{"eng/user/ada"}},
				&IdentityFact{Slug: "bob", Name: "Bob", Accounts: []string{"ops/user/bob"}},
			},
			[]string{"ada EXPLICIT: eng/user/ada", "bob EXPLICIT: ops/user/bob"},
		},
		{"a person of no account", []Document{&IdentityFact{Slug: "eve", Name: "Eve", Accounts: []string{"eng/user/none"}}}, []string{"eve EXPLICIT: "}},
	} {
		s := newTestLog(t, "2026-03-01").put(test.docs...)
		if d := cmp.Diff(test.want, identities(s)); d != "" {
			t.Errorf("%s (-want +got):\n%s", test.what, d)
		}
	}
}

func TestPeopleAreReferredTo(t *testing.T) {
	gone := account("eng", "gone", "Bob Ross", "bob@example.com")
	gone.Inactive = true
	s := newTestLog(t, "2026-03-01").put(
		account("eng", "ada", "Ada Lovelace", "ada@example.com"), gone, account("ops", "bob", "Bob Ross", "bob@example.com"),
		&IdentityFact{Slug: "painter", Name: "Robert Ross", Email: "bob@example.com"},
		&IdentityFact{Slug: "eve", Name: "Eve"},
	)
	for reference, want := range map[string]string{
		"eng/user/ada":     "eng/user/ada",
		"eng/user/gone":    "eng/user/gone", // it is meant, in use or not
		" ADA@example.com": "eng/user/ada",
		"ada lovelace":     "eng/user/ada",
		"painter":          "ops/user/bob", // the account that is in use
		"Bob Ross":         "ops/user/bob",
		"Robert Ross":      "ops/user/bob",
		"bob@example.com":  "ops/user/bob",
		"eve":              "",
		"nobody":           "",
		"":                 "",
	} {
		got := ""
		if p, ok := s.PersonByReference(reference); ok {
			got = p.ID
		}
		if got != want {
			t.Errorf("%q leads to %q, want %q", reference, got, want)
		}
	}
}

func TestHeadOfADepartmentIsFoundWhenThePersonIsRead(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	head := func() string {
		t.Helper()
		d, ok := l.now.Department("care")
		if !ok {
			t.Fatal("there is no department care")
		}
		return d.HeadID
	}
	l.put(&DepartmentFact{Slug: "care", Name: "Care", Head: "chief"})
	if got := head(); got != "" {
		t.Errorf("head = %q before anybody was read", got)
	}
	l.put(account("eng", "ada", "Ada", "ada@example.com"))
	l.put(&IdentityFact{Slug: "chief", Name: "Ada", Accounts: []string{"ada@example.com"}})
	if got := head(); got != "eng/user/ada" {
		t.Errorf("head = %q, want the account of the identity", got)
	}
	l.put(account("eng", "ada", "Ada", "other@example.com"))
	if got := head(); got != "" {
		t.Errorf("head = %q, whose address is another now", got)
	}
}

func TestSponsorIsFoundByTheKeyOfAnIdentity(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	l.put(
		&ProjectFact{Source: source("eng", "project", "1"), Name: "Pay"},
		&Override{Target: "project:eng/project/1", Field: "sponsor", Value: Field{Type: FieldText, Text: "chief"}},
		account("eng", "ada", "Ada", ""),
	)
	s := l.put(&IdentityFact{Slug: "chief", Name: "Ada", Accounts: []string{"eng/user/ada"}})
	if p, _ := s.Project("eng/project/1"); p.SponsorID != "eng/user/ada" {
		t.Errorf("sponsor = %q", p.SponsorID)
	}
}

func TestSuggestionsAreNeverDecided(t *testing.T) {
	s := newTestLog(t, "2026-03-01").put(
		account("eng", "bob", "Bob Ross", "bob@example.com"),
		account("ops", "bob", "BOB ROSS", ""),
		account("ops", "other", "Bob Ross", "bob@elsewhere.example"),        // an address of his own
		account("eng", "eve", "Eve", ""), account("eng", "eve2", "Eve", ""), // two people in one tool
	)
	v := s.View(Caller{Role: RoleViewer})
	for id, want := range map[string]string{"eng/user/bob": "ops/user/bob", "ops/user/bob": "eng/user/bob", "ops/user/other": "", "eng/user/eve": ""} {
		var got []string
		for _, p := range v.person(id).SuggestedSame() {
			got = append(got, p.PersonRow.ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("suggested for %s: %v, want %q", id, got, want)
		}
	}
	if len(identities(s)) > 0 {
		t.Errorf("a suggestion was decided: %v", identities(s))
	}
}

func TestIdentityIsSeenWithOneOfItsAccounts(t *testing.T) {
	project := func(id, department, lead string) *ProjectFact {
		return &ProjectFact{Source: source("eng", "project", id), Name: id, Lead: lead, Fields: []Field{{ID: "d", Name: "d", Type: FieldText, Text: department}}}
	}
	s := newTestLog(t, "2026-03-01").put(
		&Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng", Fields: []FieldMapping{{To: "department", Field: "d"}}}, {ID: "ops"}}},
		project("1", "Care", "eng/user/ada"), project("2", "IT", "eng/user/bob"),
		account("eng", "ada", "Ada", "ada@example.com"), account("ops", "ada", "Ada", "ada@example.com"),
		account("eng", "bob", "Bob", "bob@example.com"), account("ops", "bob", "Bob", "bob@example.com"),
		&IdentityFact{Slug: "eve", Name: "Eve"},
	)
	page, err := s.View(Caller{Role: RoleViewer, Departments: []string{"care"}}).Identities(nil, PageRequest{})
	if err != nil {
		t.Fatal(err)
	}
	nodes := page.Nodes()
	if len(nodes) != 1 || nodes[0].Name() != "Ada" || len(nodes[0].Accounts()) != 1 {
		t.Errorf("a viewer of one department sees %d identities, the first with %d accounts", len(nodes), len(nodes[0].Accounts()))
	}
	if page, err = s.View(Caller{Role: RoleViewer}).Identities(nil, PageRequest{}); err != nil || page.TotalCount() != 3 {
		t.Errorf("a viewer of everything sees %d identities, %v", page.TotalCount(), err)
	}
}
