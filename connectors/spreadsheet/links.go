package spreadsheet

import (
	"regexp"
	"strconv"
	"strings"

	"plumbline/portfolio"
)

// dependencies are the row's predecessors and successors. A link that both its
// ends name is told once, as the first of them has it.
func (v *conversion) dependencies(r *record) []portfolio.ToolFact {
	var facts []portfolio.ToolFact
	us := v.end(r.of, r.id)
	for _, column := range []struct {
		meaning string
		before  bool
	}{{asPredecessors, true}, {asSuccessors, false}} {
		words := r.table.word(r.row, column.meaning)
		if words == "" {
			continue
		}
		for _, word := range listed(words) {
			link, ok := v.link(r, word)
			if !ok {
				continue
			}
			f := &portfolio.DependencyFact{Type: link.typ, LagDays: link.lag, Predecessor: link.end, Successor: us}
			if !column.before {
				f.Predecessor, f.Successor = us, link.end
			}
			id := shortID(strings.TrimPrefix(f.Predecessor.Ref, v.connection+"/") + " > " + strings.TrimPrefix(f.Successor.Ref, v.connection+"/"))
			if v.links[id] || f.Predecessor.Ref == f.Successor.Ref {
				continue
			}
			v.links[id] = true
			f.Source = portfolio.Source{Connection: v.connection, Kind: kindDependency, ID: id, Scope: scopeDependencies}
			facts = append(facts, f)
		}
	}
	return facts
}

// end is a row as the end of a link. Its name is left out: the same link may be
// told by either end.
func (v *conversion) end(of portfolio.Kind, id string) portfolio.LinkEnd {
	kind, _ := kindOf(of)
	return portfolio.LinkEnd{Ref: v.doc(kind, id)}
}

type link struct {
	end portfolio.LinkEnd
	typ string
	lag int // days
}

// linkType takes off what planning programs write behind an id: the type of
// the link and its lag, as in 12FS+2d.
var linkType = regexp.MustCompile(`(?i)^(.*?)\s*(FS|SS|FF|SF)(?:\s*([+-])\s*(\d{1,4})\s*(d|days?|w|wks?|weeks?)?)?$`)

// link finds what a word names: among the rows of the same kind by id, then
// among the others, then among projects by key and name. What nobody is called
// stays a stub.
func (v *conversion) link(r *record, word string) (link, bool) {
	if end, ok := v.find(r, word); ok {
		return link{end: end, typ: "FS"}, true
	}
	l := link{typ: "FS"}
	if m := linkType.FindStringSubmatch(word); m != nil && m[1] != "" {
		word, l.typ = m[1], strings.ToUpper(m[2])
		if l.lag, _ = strconv.Atoi(m[4]); strings.HasPrefix(strings.ToLower(m[5]), "w") { // no digits are no lag
			l.lag *= 7
		}
		if m[3] == "-" {
			l.lag = -l.lag
		}
		if end, ok := v.find(r, word); ok {
			l.end = end
			return l, true
		}
	}
	kind, _ := kindOf(r.of)
	id := shortID(word)
	l.end = portfolio.LinkEnd{Ref: v.doc(kind, id), Key: truncate(word, maxName)}
	return l, id != ""
}

func (v *conversion) find(r *record, word string) (portfolio.LinkEnd, bool) {
	kinds := []portfolio.Kind{portfolio.KindMilestone, portfolio.KindProject}
	if r.of == portfolio.KindProject {
		kinds[0], kinds[1] = kinds[1], kinds[0]
	}
	ids := []string{shortID(word)}
	if r.of == portfolio.KindMilestone { // by its name, in the same project
		ids = append(ids, shortID(r.project+"/"+strings.ToLower(word)))
	}
	for _, of := range kinds {
		for _, id := range ids {
			if v.book.index.has(of, id) {
				return v.end(of, id), true
			}
		}
	}
	if id, err := v.book.index.project(word); err == nil {
		return v.end(portfolio.KindProject, id), true
	}
	return portfolio.LinkEnd{}, false
}
