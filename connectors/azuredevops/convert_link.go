package azuredevops

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

// linkRecord is a row of the feed of links. Older versions of the API have
// everything beside rel, newer ones in attributes.
type linkRecord struct {
	Rel string `json:"rel"`
	linkEnds
	Attributes *linkEnds `json:"attributes"`
}

type linkEnds struct {
	Source  int64  `json:"sourceId"`
	Target  int64  `json:"targetId"`
	Active  *bool  `json:"isActive"`
	Changed string `json:"changedDate"`
}

// source and target are the ends as the forward direction of the type has
// them, whichever end the row was told from.
func (l linkRecord) source() int64 {
	if strings.HasSuffix(l.Rel, reverse) {
		return l.Target
	}
	return l.Source
}

func (l linkRecord) target() int64 {
	if strings.HasSuffix(l.Rel, reverse) {
		return l.Source
	}
	return l.Target
}

// kind is the reference name of the link type, without its direction.
func (l linkRecord) kind() string {
	return strings.TrimSuffix(strings.TrimSuffix(l.Rel, forward), reverse)
}

// id names a link, which has no id of its own: there is one of a type between
// two work items, told from either end.
func (l linkRecord) id() string {
	id := strconv.FormatInt(l.source(), 10) + "-" + strconv.FormatInt(l.target(), 10)
	if l.kind() != dependencyType {
		id += "-" + l.kind()
	}
	return id
}

func parseLink(raw json.RawMessage) (linkRecord, error) {
	var l linkRecord
	if err := record.Decode(raw, &l); err != nil {
		return l, err
	}
	if l.Attributes != nil {
		l.linkEnds = *l.Attributes
	}
	var problems []error
	if l.Source <= 0 {
		problems = append(problems, record.Missing("sourceId", "the id of a work item"))
	}
	if l.Target <= 0 {
		problems = append(problems, record.Missing("targetId", "the id of a work item"))
	}
	return l, errors.Join(problems...)
}

// dependency converts a link of which the ends are known. One between work
// items that are not read is nothing to us.
func (v conversion) dependency(l linkRecord) (portfolio.ToolFact, bool) {
	removed := l.Active != nil && !*l.Active
	if !removed && !v.ours(l.source()) && !v.ours(l.target()) {
		return nil, false
	}
	f := &portfolio.DependencyFact{
		Source:      portfolio.Source{Connection: v.connection, Kind: kindLink, ID: l.id(), Scope: scopeLinks},
		Type:        l.kind(),
		Predecessor: v.end(l.source()), Successor: v.end(l.target()),
	}
	if at, err := parseTime(l.Changed); err == nil {
		f.UpdatedAt = at
	}
	if removed {
		f.Presence = portfolio.PresenceDeleted
	}
	return f, true
}

// ours tells whether a work item is a project or a milestone.
func (v conversion) ours(id int64) bool {
	b := v.known[id]
	return v.reads(b.Type) && !v.riskTypes[strings.ToLower(b.Type)] && v.readsIn(b.Project)
}

func (v conversion) end(id int64) portfolio.LinkEnd {
	key := strconv.FormatInt(id, 10)
	return portfolio.LinkEnd{Ref: v.doc(kindItem, key), Key: key, Name: record.Truncate(strings.TrimSpace(v.known[id].Title), maxName)}
}
