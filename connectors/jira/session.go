package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumbline/connectors"
	"plumbline/internal/inorder"
	"plumbline/portfolio"
)

// session is what is asked anew at the start of every run: who we are, what
// time it is there, and what the site's words mean today.
type session struct {
	cloud   bool
	api     string // rest/api/3/ or rest/api/2/
	site    portfolio.Site
	account string
	zone    *time.Location
	started time.Time // by the tool's clock
	info    serverInfo

	realProjects bool // Jira's projects are projects

	fields     []field // those to ask for beside the fixed ones
	missing    []string
	repeated   []string // names that several fields have
	epicLink   string   // Data Center: the field that names an issue's epic
	parentLink string   // Data Center with Advanced Roadmaps: the field that names the parent

	types        []issueType
	projectTypes map[string]bool
	cardTypes    map[string]bool // of the issues that hold a Jira project's fields
	plainTypes   map[string]bool // of milestones, whatever their parent
	childTypes   map[string]bool // of milestones if their parent is a project
	clauses      []string        // JQL clauses of milestones
	scope        string          // JQL that keeps to the wanted projects, or empty
	wanted       map[string]bool // ids of the wanted Jira projects; nil is all
	links        map[string]linkDirection
	linkNames    []string
}

type serverInfo struct {
	BaseURL        string `json:"baseUrl"`
	Version        string `json:"version"`
	DeploymentType string `json:"deploymentType"`
	ServerTime     string `json:"serverTime"`
	ServerTitle    string `json:"serverTitle"`
}

type myself struct {
	AccountID   string `json:"accountId"`
	Key         string `json:"key"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
	TimeZone    string `json:"timeZone"`
}

type field struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Schema struct {
		Type   string `json:"type"`
		Items  string `json:"items"`
		Custom string `json:"custom"`
	} `json:"schema"`
}

// named tells whether the field is the one that somebody means, by id or name.
func (f field) named(asked string) bool { return f.ID == asked || strings.EqualFold(f.Name, asked) }

type issueType struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Subtask bool   `json:"subtask"`
	Level   *int   `json:"hierarchyLevel"`
}

// linkDirection tells which end of a link waits.
type linkDirection int

const (
	blocks    linkDirection = iota + 1 // this outward that: that waits
	dependsOn                          // this outward that: this waits
)

// begin asks who we are and what the site's words mean.
func (c *Connector) begin(ctx context.Context) (*session, error) {
	s := &session{zone: time.UTC, realProjects: c.settings.realProjects()}
	if err := c.get(ctx, "rest/api/2/serverInfo", nil, &s.info); err != nil {
		return nil, err
	}
	s.cloud = strings.EqualFold(s.info.DeploymentType, "Cloud")
	s.api = "rest/api/2/"
	if s.cloud {
		s.api = "rest/api/3/"
	}
	var me myself
	if err := c.get(ctx, s.api+"myself", nil, &me); err != nil {
		return nil, err
	}
	s.account = firstOf(me.AccountID, me.Key, me.Name)
	if s.account == "" {
		return nil, fmt.Errorf("%w: the site answers without knowing us", connectors.ErrUnauthorized)
	}
	if zone, err := time.LoadLocation(me.TimeZone); err == nil && me.TimeZone != "" {
		s.zone = zone
	} else if !s.cloud {
		return nil, fmt.Errorf("the account's time zone %q is unknown here; searches by time would miss changes", me.TimeZone)
	}
	s.started = c.now()
	if at, err := parseTime(s.info.ServerTime); err == nil && !at.IsZero() {
		s.started = at
	}
	s.site = portfolio.Site{
		Connection: c.env.Connection, Type: "jira", Instance: strings.TrimSuffix(s.info.BaseURL, "/"),
		Title: s.info.ServerTitle, Version: s.info.Version, Account: me.DisplayName, TimeZone: me.TimeZone,
	}
	for _, step := range []func(context.Context, *session) error{c.readFields, c.readTypes, c.readLinkTypes, c.readWanted} {
		if err := step(ctx, s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

const (
	epicLinkKey   = "com.pyxis.greenhopper.jira:gh-epic-link"
	parentLinkKey = "com.atlassian.jpo:jpo-custom-field-parent"
)

// readFields finds the fields that the mapping names. A name may belong to
// several fields, as team-managed projects each have their own: all are read.
func (c *Connector) readFields(ctx context.Context, s *session) error {
	var all []field
	if err := c.get(ctx, s.api+"field", nil, &all); err != nil {
		return err
	}
	for _, f := range all {
		switch f.Schema.Custom {
		case epicLinkKey:
			s.epicLink = f.ID
		case parentLinkKey:
			s.parentLink = f.ID
		}
	}
	for _, asked := range c.env.Fields {
		found := 0
		for _, f := range all {
			if f.named(asked) {
				found++
				if !slices.ContainsFunc(s.fields, func(o field) bool { return o.ID == f.ID }) {
					s.fields = append(s.fields, f)
				}
			}
		}
		switch {
		case found == 0:
			s.missing = append(s.missing, asked)
		case found > 1:
			s.repeated = append(s.repeated, asked)
		}
	}
	slices.SortFunc(s.fields, func(a, b field) int { return strings.Compare(a.ID, b.ID) })
	return nil
}

// readTypes finds out which issue types are projects and which milestones. A
// type that does not exist is an error: it must not read as "no milestones".
func (c *Connector) readTypes(ctx context.Context, s *session) error {
	if err := c.get(ctx, s.api+"issuetype", nil, &s.types); err != nil {
		return err
	}
	s.projectTypes, s.plainTypes, s.childTypes = map[string]bool{}, map[string]bool{}, map[string]bool{}
	s.cardTypes = map[string]bool{}
	if card := c.settings.Projects.Card; card != "" {
		if err := s.addTypes(s.cardTypes, card, "projects.card"); err != nil {
			return err
		}
	}
	for _, name := range c.settings.projectTypes() {
		if err := s.addTypes(s.projectTypes, name, "projects.from"); err != nil {
			return err
		}
	}
	for _, from := range c.settings.milestonesFrom() {
		clause, isJQL := strings.CutPrefix(from, jqlPrefix)
		switch {
		case from == fromVersions:
		case isJQL:
			s.clauses = append(s.clauses, "("+strings.TrimSpace(clause)+")")
		case from == fromEpics:
			for _, t := range s.types {
				if t.Level != nil && *t.Level == 1 || t.Level == nil && strings.EqualFold(t.Name, "Epic") {
					s.plainTypes[t.ID] = true
				}
			}
		case from == fromChildren:
			s.addChildTypes()
		default:
			if err := s.addTypes(s.plainTypes, from, "milestones.from"); err != nil {
				return err
			}
		}
	}
	for _, t := range s.types { // what is a project or its card is no milestone
		if s.projectTypes[t.ID] || s.cardTypes[t.ID] {
			delete(s.plainTypes, t.ID)
			delete(s.childTypes, t.ID)
		}
	}
	return nil
}

func (s *session) addTypes(to map[string]bool, name, setting string) error {
	found := false
	var names []string
	for _, t := range s.types {
		if t.ID == name || strings.EqualFold(t.Name, name) {
			to[t.ID], found = true, true
		}
		names = append(names, t.Name)
	}
	if !found {
		slices.Sort(names)
		return fmt.Errorf("%w: %s names the issue type %q, which is not there; there are %s",
			portfolio.ErrInvalid, setting, name, strings.Join(slices.Compact(names), ", "))
	}
	return nil
}

// addChildTypes adds the types one level below the projects' types. Data
// Center does not tell levels; there any type but a sub-task may be a child.
func (s *session) addChildTypes() {
	levels := map[int]bool{}
	for _, t := range s.types {
		if s.projectTypes[t.ID] && t.Level != nil {
			levels[*t.Level-1] = true
		}
	}
	for _, t := range s.types {
		if t.Level != nil && levels[*t.Level] || t.Level == nil && !t.Subtask {
			s.childTypes[t.ID] = true
		}
	}
}

// usual tells the direction of a link type by its English wording.
var usual = map[string]linkDirection{
	"blocks": blocks, "precedes": blocks, "is followed by": blocks, "has to be done before": blocks, "is required by": blocks, "is predecessor of": blocks,
	"depends on": dependsOn, "is blocked by": dependsOn, "requires": dependsOn, "has to be done after": dependsOn, "is successor of": dependsOn,
}

func (c *Connector) readLinkTypes(ctx context.Context, s *session) error {
	s.links = map[string]linkDirection{}
	d := c.settings.Dependencies
	if d.Off {
		return nil
	}
	var list struct {
		IssueLinkTypes []struct {
			ID      string `json:"id"`
			Name    string `json:"name"`
			Outward string `json:"outward"`
		} `json:"issueLinkTypes"`
	}
	if err := c.get(ctx, s.api+"issueLinkType", nil, &list); err != nil {
		return err
	}
	named := map[string]linkDirection{}
	for _, n := range d.Blocks {
		named[strings.ToLower(n)] = blocks
	}
	for _, n := range d.DependsOn {
		named[strings.ToLower(n)] = dependsOn
	}
	met := map[string]bool{}
	for _, t := range list.IssueLinkTypes {
		direction := usual[strings.ToLower(t.Outward)]
		if len(named) > 0 {
			direction = 0
			for _, n := range []string{t.ID, strings.ToLower(t.Name)} {
				if to, ok := named[n]; ok {
					direction, met[n] = to, true
				}
			}
		}
		if direction != 0 {
			s.links[t.ID] = direction
			s.linkNames = append(s.linkNames, t.Name)
		}
	}
	for n := range named {
		if !met[n] {
			return fmt.Errorf("%w: dependencies name the link type %q, which is not there", portfolio.ErrInvalid, n)
		}
	}
	return nil
}

// readWanted finds the projects that the settings name. One that is gone is
// left to the listings, which tell why; if none is left, that is an error.
func (c *Connector) readWanted(ctx context.Context, s *session) error {
	keys := c.settings.Projects.Keys
	if len(keys) == 0 {
		return nil
	}
	s.wanted = map[string]bool{}
	var ids []string
	for id, err := range inorder.Map(ctx, c.concurrency(), keys, func(ctx context.Context, key string) (string, error) {
		var p struct {
			ID      string `json:"id"`
			Deleted bool   `json:"deleted"`
		}
		err := c.get(ctx, s.api+"project/"+pathEscape(key), nil, &p)
		if hasStatus(err, 404) || p.Deleted {
			return "", nil
		}
		return p.ID, err
	}) {
		if err != nil {
			return err
		}
		if id != "" {
			s.wanted[id] = true
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return fmt.Errorf("%w: none of the projects %s is visible to this account", connectors.ErrUnauthorized, strings.Join(keys, ", "))
	}
	s.scope = "project in (" + strings.Join(ids, ", ") + ")"
	return nil
}

// projectsJQL and milestonesJQL are the restrictions that find the issues
// that are projects and milestones; empty when there are none.
func (s *session) projectsJQL() string {
	return s.within(typesClause(s.projectTypes))
}

func (s *session) milestonesJQL() string {
	return s.within(append(typesClause(s.plainTypes, s.childTypes), s.clauses...))
}

func (s *session) issuesJQL() string {
	return s.within(append(typesClause(s.projectTypes, s.plainTypes, s.childTypes), s.clauses...))
}

// cardsJQL finds the issues that hold the fields of Jira's projects.
func (s *session) cardsJQL() string {
	jql := strings.Join(typesClause(s.cardTypes), "")
	if jql != "" && s.scope != "" {
		jql = s.scope + " AND " + jql
	}
	return jql
}

func typesClause(sets ...map[string]bool) []string {
	var ids []string
	for _, set := range sets {
		for id := range set {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	return []string{"issuetype in (" + strings.Join(slices.Compact(ids), ", ") + ")"}
}

func (s *session) within(clauses []string) string {
	if len(clauses) == 0 {
		return ""
	}
	jql := strings.Join(clauses, " OR ")
	if len(clauses) > 1 {
		jql = "(" + jql + ")"
	}
	if len(s.cardTypes) > 0 && len(s.clauses) > 0 {
		// a clause of the settings may find what is a card
		jql += " AND issuetype not in (" + strings.Join(slices.Sorted(maps.Keys(s.cardTypes)), ", ") + ")"
	}
	if s.scope != "" {
		jql = s.scope + " AND " + jql
	}
	return jql
}

// wants tells whether the records of a Jira project are read.
func (s *session) wants(project string) bool { return s.wanted == nil || s.wanted[project] }

// issueFields are the fields to ask for of an issue.
func (s *session) issueFields() []string {
	list := []string{
		"summary", "issuetype", "project", "status", "duedate", "assignee", "labels", "parent", "created", "updated", "resolutiondate",
	}
	if len(s.projectTypes) > 0 {
		list = append(list, "description")
	}
	if len(s.links) > 0 {
		list = append(list, "issuelinks")
	}
	list = append(list, s.parentFields()...)
	for _, f := range s.fields {
		if !slices.Contains(list, f.ID) {
			list = append(list, f.ID)
		}
	}
	return list
}

// parentFields are Data Center's fields that stand for a parent.
func (s *session) parentFields() []string {
	if s.cloud {
		return nil
	}
	var list []string
	for _, id := range []string{s.parentLink, s.epicLink} {
		if id != "" {
			list = append(list, id)
		}
	}
	return list
}

// numeric turns Jira's ids, which are numbers in text, into numbers; a record
// of another tool never gets here, so what is no number sorts first.
func numeric(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// idOf reads the id of a record that may be unreadable otherwise.
func idOf(raw json.RawMessage) string {
	var r struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(raw, &r) != nil {
		return ""
	}
	return strings.Trim(string(r.ID), `"`)
}
