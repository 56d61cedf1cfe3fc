package jira

import (
	"slices"
	"strings"
)

// projectsJQL, milestonesJQL and risksJQL are the restrictions that find the
// issues that are projects, milestones and risks; empty when there are none.
func (s *session) projectsJQL() string { return s.within(typesClause(s.projectTypes)) }
func (s *session) risksJQL() string    { return s.within(typesClause(s.riskTypes)) }

func (s *session) milestonesJQL() string {
	return s.within(append(typesClause(s.plainTypes, s.childTypes), s.clauses...), s.cardTypes, s.riskTypes)
}

// issuesJQL finds all three.
func (s *session) issuesJQL() string {
	return s.within(append(typesClause(s.projectTypes, s.plainTypes, s.childTypes, s.riskTypes), s.clauses...), s.cardTypes)
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

// within joins clauses, leaves out types that a clause of the settings may find
// beside what it is for, and keeps to the wanted projects.
func (s *session) within(clauses []string, without ...map[string]bool) string {
	if len(clauses) == 0 {
		return ""
	}
	jql := strings.Join(clauses, " OR ")
	if len(clauses) > 1 {
		jql = "(" + jql + ")"
	}
	if others := typesClause(without...); len(others) > 0 && len(s.clauses) > 0 {
		jql += " AND " + strings.Replace(others[0], " in ", " not in ", 1)
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
