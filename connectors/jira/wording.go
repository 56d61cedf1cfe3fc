package jira

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"plumbline/connectors"
	"plumbline/internal/inorder"
	"plumbline/portfolio"
)

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
	s.cardTypes, s.riskTypes = map[string]bool{}, map[string]bool{}
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
	for _, name := range c.settings.Risks.From {
		if err := s.addTypes(s.riskTypes, name, "risks.from"); err != nil {
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
	for _, t := range s.types { // what is a project, its card or a risk is no milestone
		if s.projectTypes[t.ID] && s.riskTypes[t.ID] {
			return fmt.Errorf("%w: the issue type %s is named in projects.from and in risks.from; expected one of them", portfolio.ErrInvalid, t.Name)
		}
		if s.projectTypes[t.ID] || s.cardTypes[t.ID] || s.riskTypes[t.ID] {
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
