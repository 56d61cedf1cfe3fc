package gitlab

import (
	"encoding/json"
	"strconv"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

// The types of links. Every other one has no order in time.
const (
	linkBlocks    = "blocks"
	linkBlockedBy = "is_blocked_by"
)

// epicLink converts a link between two epics. It is listed once for each group
// whose epics it joins, and is the same each time.
func (v conversion) epicLink(raw json.RawMessage) converted {
	var r struct {
		ID     int64       `json:"id"`
		Type   string      `json:"link_type"`
		Source *epicRecord `json:"source_epic"`
		Target *epicRecord `json:"target_epic"`
	}
	err := record.Decode(raw, &r)
	if err == nil && (r.ID == 0 || r.Source == nil || r.Target == nil) {
		err = record.Missing("source_epic", "both of the epics")
	}
	if err != nil {
		return v.quarantine(portfolio.KindDependency, kindEpicLink, scopeEpicLinks, raw, err)
	}
	end := func(e *epicRecord) portfolio.LinkEnd {
		return portfolio.LinkEnd{Ref: v.doc(kindEpic, e.ID), Key: e.References.Full, Name: clean(e.Title, maxName), Project: v.docOfGroup(e.Group)}
	}
	return v.link(kindEpicLink, scopeEpicLinks, r.ID, r.Type, end(r.Source), end(r.Target))
}

// issueLink converts a link of an issue to the one in the record, which says
// what that one is to the issue. The same link is read at its other end.
func (v conversion) issueLink(from issueRecord, raw json.RawMessage) converted {
	var r struct {
		issueRecord
		LinkID int64  `json:"issue_link_id"`
		Type   string `json:"link_type"`
	}
	err := record.Decode(raw, &r)
	if err == nil && (r.LinkID == 0 || r.ID == 0) {
		err = record.Missing("issue_link_id", "the id of the link")
	}
	if err != nil {
		return v.quarantine(portfolio.KindDependency, kindIssueLink, scopeIssueLinks, raw, err)
	}
	end := func(i issueRecord) portfolio.LinkEnd {
		return portfolio.LinkEnd{Ref: v.doc(kindIssue, i.ID), Key: i.References.Full, Name: clean(i.Title, maxName), Project: v.docOfProject(i.Project)}
	}
	return v.link(kindIssueLink, scopeIssueLinks, r.LinkID, r.Type, end(from), end(r.issueRecord))
}

// link makes the dependency that says that one end blocks the other.
func (v conversion) link(kind, scope string, id int64, what string, from, to portfolio.LinkEnd) converted {
	switch what {
	case linkBlocks:
	case linkBlockedBy:
		from, to = to, from
	default:
		return converted{}
	}
	return converted{facts: []portfolio.ToolFact{&portfolio.DependencyFact{
		Source:      portfolio.Source{Connection: v.connection, Kind: kind, ID: strconv.FormatInt(id, 10), Scope: scope},
		Type:        linkBlocks,
		Predecessor: from, Successor: to,
	}}}
}
