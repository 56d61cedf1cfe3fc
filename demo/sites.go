package demo

import (
	"net/http"
	"strings"

	"plumbline/connectors/jira/jiratest"
)

// A tool is one site of the organisation and how people set it up.
type tool struct {
	deployment jiratest.Deployment
	public     string // the address that people use, in links
	account    jiratest.Account
	fields     fieldIDs
	health     map[string]string // how this site words a health
	names      []jiratest.Field
}

// fieldIDs are the custom fields of a site, by what we keep in them.
type fieldIDs struct {
	start, department, sponsor, budget, health, pmo, objectives, fallback string
}

// The custom field types of Jira that the sites use.
const (
	selectField   = "com.atlassian.jira.plugin.system.customfieldtypes:select"
	manyField     = "com.atlassian.jira.plugin.system.customfieldtypes:multiselect"
	userField     = "com.atlassian.jira.plugin.system.customfieldtypes:userpicker"
	numberField   = "com.atlassian.jira.plugin.system.customfieldtypes:float"
	dateField     = "com.atlassian.jira.plugin.system.customfieldtypes:datepicker"
	textField     = "com.atlassian.jira.plugin.system.customfieldtypes:textfield"
	textAreaField = "com.atlassian.jira.plugin.system.customfieldtypes:textarea"
)

// reader is the account that reads both sites.
const reader = "portfolio-office"

// sites are the tools by the ids of their connections: the hospitals' in the cloud, the pharmacies' on a machine
// of their own. They were set up years apart by people who never met.
var sites = map[string]tool{
	"health": {
		deployment: jiratest.Cloud, public: "https://health.larkmoor.example",
		account: jiratest.Account{Email: "pmo@larkmoor.example", Token: "demo-token-health", User: reader, Admin: true},
		fields: fieldIDs{
			start: "customfield_10015", department: "customfield_10041", sponsor: "customfield_10042", budget: "customfield_10043",
			health: "customfield_10044", pmo: "customfield_10045", objectives: "customfield_10046", fallback: "customfield_10047",
		},
		health: map[string]string{"Green": "Green", "Amber": "Amber", "Red": "Red"},
		names: []jiratest.Field{
			{ID: "customfield_10015", Name: "Start date", Type: "date", Custom: dateField},
			{ID: "customfield_10041", Name: "Department", Type: "option", Custom: selectField},
			{ID: "customfield_10042", Name: "Sponsor", Type: "user", Custom: userField},
			{ID: "customfield_10043", Name: "Budget", Type: "number", Custom: numberField},
			{ID: "customfield_10044", Name: "Health", Type: "option", Custom: selectField},
			{ID: "customfield_10045", Name: "PMO ID", Type: "string", Custom: textField},
			{ID: "customfield_10046", Name: "Objectives", Type: "array", Items: "option", Custom: manyField},
			{ID: "customfield_10047", Name: "Fall-back", Type: "string", Custom: textAreaField},
		},
	},
	"stores": {
		deployment: jiratest.DataCenter, public: "https://jira.stores.larkmoor.example",
		account: jiratest.Account{Token: "demo-token-stores", User: reader},
		fields: fieldIDs{
			start: "customfield_11301", department: "customfield_11302", sponsor: "customfield_11303", budget: "customfield_11304",
			health: "customfield_11305", pmo: "customfield_11306", objectives: "customfield_11307", fallback: "customfield_11308",
		},
		health: map[string]string{"Green": "On track", "Amber": "At risk", "Red": "Off track"},
		names: []jiratest.Field{
			{ID: "customfield_11301", Name: "Planned start", Type: "date", Custom: dateField},
			{ID: "customfield_11302", Name: "Business unit", Type: "option", Custom: selectField},
			{ID: "customfield_11303", Name: "Executive sponsor", Type: "user", Custom: userField},
			{ID: "customfield_11304", Name: "Approved budget", Type: "number", Custom: numberField},
			{ID: "customfield_11305", Name: "RAG", Type: "option", Custom: selectField},
			{ID: "customfield_11306", Name: "PMO number", Type: "string", Custom: textField},
			{ID: "customfield_11307", Name: "Serves objectives", Type: "array", Items: "option", Custom: manyField},
			{ID: "customfield_11308", Name: "Plan B", Type: "string", Custom: textAreaField},
		},
	},
}

// The issue types and statuses that both sites add to Jira's own.
const (
	typeCard       = "Project card" // holds the fields that a Jira project has no place for
	typeInitiative = "Initiative"
	typeEpic       = "Epic"

	statusToDo       = "To Do"
	statusInProgress = "In Progress"
	statusDone       = "Done"
	statusProposed   = "Proposed"
	statusOnHold     = "On hold"
	statusCancelled  = "Cancelled"

	linkBlocks = "Blocks"
	labelKey   = "key"
)

// A site is one tool with what was played into it.
type site struct {
	tool
	*stage
	jira *jiratest.Site

	projects   []*kept
	milestones []*record // in the order of the files
}

func (s *site) handler() http.Handler { return s.jira }

// kept is a project as the site has it.
type kept struct {
	*project
	issue string // key of its initiative or card
}

// record is a milestone as the site has it.
type record struct {
	*milestone
	course
	of    *kept
	on    changer
	issue string // key of its epic
	id    int64  // or id of its version, or of what it is on GitHub
}

// newSite sets a site up: people, fields, types, and no project yet.
func newSite(t tool, on *stage) *site {
	s := &site{tool: t, stage: on}
	s.jira = jiratest.New(jiratest.Options{Deployment: t.deployment, BaseURL: t.public, Now: s.clock.now})
	s.jira.AddUser(jiratest.User{ID: reader, Name: "Portfolio Office", Email: "pmo@larkmoor.example", Zone: Zone})
	s.jira.AddAccount(t.account)
	for _, d := range s.lib.departments {
		for _, name := range d.People {
			s.jira.AddUser(s.user(name))
		}
	}
	for _, f := range t.names {
		s.jira.AddField(f)
	}
	s.jira.AddType(jiratest.IssueType{ID: 10020, Name: typeCard})
	s.jira.AddStatus(jiratest.Status{ID: 10010, Name: statusProposed, Category: "new"})
	s.jira.AddStatus(jiratest.Status{ID: 10011, Name: statusOnHold, Category: "indeterminate"})
	s.jira.AddStatus(jiratest.Status{ID: 10012, Name: statusCancelled, Category: "done"})
	return s
}

// user is a person's account. Cloud hides e-mail addresses, the other does not.
func (s *site) user(name string) jiratest.User {
	u := jiratest.User{ID: accountID(name), Name: name, Zone: Zone}
	if s.deployment == jiratest.DataCenter {
		u.Email = u.ID + "@larkmoor.example"
	}
	return u
}

// accountID makes an account's id of a name: Viktor Halász is viktor.halasz.
func accountID(name string) string {
	return strings.NewReplacer(" ", ".", "á", "a").Replace(strings.ToLower(name))
}

// person is the value of a user field.
func (s *site) person(name string) map[string]any {
	if name == "" {
		return nil
	}
	if s.deployment == jiratest.DataCenter {
		return map[string]any{"key": accountID(name), "name": accountID(name), "displayName": name, "active": true}
	}
	return map[string]any{"accountId": accountID(name), "displayName": name, "active": true}
}

// option is the value of a select field.
func option(value string) map[string]any { return map[string]any{"value": value} }
