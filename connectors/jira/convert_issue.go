package jira

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

type issueRecord struct {
	ID        string                     `json:"id"`
	Key       string                     `json:"key"`
	Fields    map[string]json.RawMessage `json:"fields"`
	Changelog *struct {
		Histories []changeRecord `json:"histories"`
	} `json:"changelog"`
}

// project is the id of the issue's project, or nothing.
func (r *issueRecord) project() string {
	var p struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(r.Fields["project"], &p) != nil {
		return ""
	}
	return p.ID
}

type statusRecord struct {
	Name     string `json:"name"`
	Category *struct {
		Key string `json:"key"`
	} `json:"statusCategory"`
}

// categories maps Jira's status categories; another one stays empty, and the
// status itself is kept as it is.
var categories = map[string]portfolio.StatusCategory{
	"new": portfolio.StatusTodo, "indeterminate": portfolio.StatusInProgress, "done": portfolio.StatusDone,
}

func (s statusRecord) category() portfolio.StatusCategory {
	if s.Category == nil {
		return ""
	}
	return categories[s.Category.Key]
}

// issueCore are the fields of an issue that Jira itself defines.
type issueCore struct {
	Summary     string
	Type        issueType
	Project     projectRecord
	Status      statusRecord
	Assignee    *userRecord
	Labels      []string
	Links       []linkRecord
	Parent      *stubRecord
	Due         portfolio.Date
	Finished    portfolio.Date
	Created     time.Time
	Updated     time.Time
	Description string
}

// core decodes the fields of an issue one by one, so that the reason of a
// failure names the field.
func (r *issueRecord) core() (issueCore, error) {
	var c issueCore
	var problems []error
	read := func(name string, into any) {
		if raw, ok := r.Fields[name]; ok {
			if err := record.Field(name, raw, into); err != nil {
				problems = append(problems, err)
			}
		}
	}
	day := func(name string, into *portfolio.Date) {
		var err error
		if *into, err = decodeDay(name, r.Fields[name]); err != nil {
			problems = append(problems, err)
		}
	}
	instant := func(name string, into *time.Time) {
		var err error
		if *into, err = decodeTime(name, r.Fields[name]); err != nil {
			problems = append(problems, err)
		}
	}
	read("summary", &c.Summary)
	read("issuetype", &c.Type)
	read("project", &c.Project)
	read("status", &c.Status)
	read("assignee", &c.Assignee)
	read("labels", &c.Labels)
	read("issuelinks", &c.Links)
	read("parent", &c.Parent)
	day("duedate", &c.Due)
	day("resolutiondate", &c.Finished)
	instant("created", &c.Created)
	instant("updated", &c.Updated)
	c.Description = record.Truncate(richText(r.Fields["description"]), maxDescription)
	if _, asked := r.Fields["project"]; asked && c.Project.ID == "" && len(problems) == 0 {
		problems = append(problems, record.Missing("project", "the project that the issue is in"))
	}
	return c, errors.Join(problems...)
}

// issue converts an issue into the project, milestone or risk that it is, with
// the people and dependencies in it. It gives no fact for an issue that is none.
func (v conversion) issue(raw json.RawMessage) converted {
	var r issueRecord
	err := record.Decode(raw, &r)
	if err == nil && r.ID == "" {
		err = errNoID
	}
	if err != nil {
		return v.quarantine(portfolio.KindMilestone, kindIssue, scopeIssues, raw, err)
	}
	c, err := r.core()
	of, scope := v.becomes(c.Type.ID)
	if err != nil {
		out := v.quarantine(of, kindIssue, scope, raw, err)
		out.quarantined.Source.Key, out.updated = r.Key, c.Updated
		return out
	}
	out := converted{id: r.ID, updated: c.Updated, core: c}
	source := portfolio.Source{
		Connection: v.connection, Kind: kindIssue, ID: r.ID, Key: r.Key, URL: v.address("browse", r.Key), Scope: scope,
		CreatedAt: c.Created, UpdatedAt: c.Updated,
	}
	name := record.Truncate(firstOf(strings.TrimSpace(c.Summary), r.Key, r.ID), maxName)
	category := c.Status.category()
	if category != portfolio.StatusDone {
		c.Finished = portfolio.Date{}
	}
	labels := sorted(c.Labels)
	switch of {
	case portfolio.KindRisk:
		return v.risk(&r, out, &portfolio.RiskFact{
			Source: source, Title: name, Status: c.Status.Name, StatusCategory: category,
			Raised: v.dayOf(c.Created), Due: c.Due, Closed: c.Finished,
		})
	case portfolio.KindProject:
		f := &portfolio.ProjectFact{
			Source: source, Name: name, Description: c.Description, Status: c.Status.Name, StatusCategory: category,
			Due: c.Due, Finished: c.Finished, Labels: labels,
		}
		if c.Project.Category != nil {
			f.Category = c.Project.Category.Name
		}
		if v.realProjects {
			f.Parent = v.doc(kindProject, c.Project.ID)
		}
		f.Lead = v.user(c.Assignee, &out.facts)
		f.Fields = v.customFields(r.Fields, &out.facts)
		out.facts = append(out.facts, f)
	default:
		above := v.parentOf(&r, c)
		f := &portfolio.MilestoneFact{
			Source: source, Name: name, Type: c.Type.Name, Status: c.Status.Name, StatusCategory: category,
			Due: c.Due, Finished: c.Finished, Labels: labels,
		}
		switch {
		case v.projectTypes[above.typeID]:
			f.Project = v.doc(kindIssue, above.id)
		case !v.realProjects || v.childTypes[c.Type.ID] && !v.plainTypes[c.Type.ID]:
			return out // a child without a parent that is a project
		default:
			f.Project = v.doc(kindProject, c.Project.ID)
			if v.plainTypes[above.typeID] || v.childTypes[above.typeID] {
				f.Parent = v.doc(kindIssue, above.id)
			}
		}
		f.Owner = v.user(c.Assignee, &out.facts)
		f.Fields = v.customFields(r.Fields, &out.facts)
		if r.Changelog != nil {
			f.History = v.history(dueChanges(r.Changelog.Histories), c.Due)
		} else if v.histories != nil {
			f.History = v.history(v.histories[r.ID], c.Due)
		}
		out.facts = append(out.facts, f)
	}
	out.facts = append(out.facts, v.dependencies(&r, c)...)
	return out
}

// becomes tells what an issue of a type becomes, and the listing that covers it.
func (v conversion) becomes(typeID string) (of portfolio.Kind, scope string) {
	switch {
	case v.projectTypes[typeID]:
		return portfolio.KindProject, scopeIssueProjects
	case v.riskTypes[typeID]:
		return portfolio.KindRisk, scopeRisks
	}
	return portfolio.KindMilestone, scopeIssues
}

// sorted puts labels in order; none is nil.
func sorted(labels []string) []string {
	if len(labels) == 0 {
		return nil
	}
	labels = slices.Clone(labels)
	slices.Sort(labels)
	return slices.Compact(labels)
}
