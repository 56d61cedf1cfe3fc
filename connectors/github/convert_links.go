package github

import (
	"fmt"

	"plumbline/portfolio"
)

// The types of relations, as people call them there.
const (
	typeBlocked  = "Blocked by"
	typeSubIssue = "Sub-issue"
)

// end is one of the two issues of a relation.
type end struct {
	id    int64
	key   string
	title string
}

// dependency says that one issue comes before another: what blocks before what
// is blocked, a sub-issue before its parent. GitHub gives relations no id, so
// the two issues are it.
func (v conversion) dependency(kind string, before, after end) *portfolio.DependencyFact {
	f := &portfolio.DependencyFact{
		Source:      portfolio.Source{Connection: v.connection, Kind: kind, ID: fmt.Sprintf("%d-%d", before.id, after.id), Scope: scopeDependencies},
		Type:        typeBlocked,
		Predecessor: portfolio.LinkEnd{Ref: v.doc(kindIssue, before.id), Key: before.key, Name: truncate(before.title, maxName)},
		Successor:   portfolio.LinkEnd{Ref: v.doc(kindIssue, after.id), Key: after.key, Name: truncate(after.title, maxName)},
	}
	if kind == kindSubIssue {
		f.Type = typeSubIssue
	}
	return f
}
