package jira

import (
	"strings"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

type linkRecord struct {
	ID   string `json:"id"`
	Type struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"type"`
	Inward  *stubRecord `json:"inwardIssue"`
	Outward *stubRecord `json:"outwardIssue"`
}

type stubRecord struct {
	ID     string `json:"id"`
	Key    string `json:"key"`
	Fields struct {
		Summary string    `json:"summary"`
		Type    issueType `json:"issuetype"`
	} `json:"fields"`
}

// dependencies are the issue's links of blocking types. The same link seen
// from its other end gives the very same fact, so nothing in it depends on
// which end was read.
func (v conversion) dependencies(r *issueRecord, c issueCore) []portfolio.ToolFact {
	var facts []portfolio.ToolFact
	for _, l := range c.Links {
		direction := v.links[l.Type.ID]
		other, outward := l.Outward, true
		if other == nil {
			other, outward = l.Inward, false
		}
		if direction == 0 || other == nil || other.ID == "" || l.ID == "" {
			continue
		}
		us := portfolio.LinkEnd{Ref: v.doc(kindIssue, r.ID), Key: r.Key, Name: record.Truncate(strings.TrimSpace(c.Summary), maxName)}
		them := portfolio.LinkEnd{Ref: v.doc(kindIssue, other.ID), Key: other.Key, Name: record.Truncate(strings.TrimSpace(other.Fields.Summary), maxName)}
		f := &portfolio.DependencyFact{
			Source:      portfolio.Source{Connection: v.connection, Kind: kindLink, ID: l.ID, Scope: scopeLinks},
			Type:        l.Type.Name,
			Predecessor: us, Successor: them,
		}
		if outward != (direction == blocks) {
			f.Predecessor, f.Successor = them, us
		}
		facts = append(facts, f)
	}
	return facts
}
