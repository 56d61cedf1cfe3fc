package portfolio

import (
	"cmp"
	"slices"
	"strings"
)

// A group is several project facts that are one project. A fact that is not
// joined has no group.
type group struct {
	primary string
	members []string // ids of facts, the primary first, then in the order of factOrder
	further []string // ids that links name and of which there is no fact
}

// joinable reports whether projects can be joined by a field.
func joinable(by string) bool { return by == "pmoId" || by == "key" || by == "name" }

// joinWords are the values that a project fact can be joined by, each with its
// rule. They are the tool's own: an override joins nothing, a link does.
func (p *plan) joinWords(f *ProjectFact) []string {
	var words []string
	for _, by := range p.joins {
		var value string
		switch by {
		case "key":
			value = f.Source.Key
		case "name":
			value = f.Name
		case "pmoId":
			m := p.mapFields(f.Connection, f.Fields, f.native)
			value = m.pmoID
		}
		if value = strings.TrimSpace(value); value != "" {
			words = append(words, by+"="+value)
		}
	}
	return words
}

// regroup decides again which facts are one project, for those in dirty and
// for all that are or were joined with them, and returns the ids of all facts
// whose group is another now.
func (b *builder) regroup(dirty map[string]bool) []string {
	if b.groups.count == 0 && len(b.plan.joins) == 0 && b.refsOf(KindLink).count == 0 {
		return nil
	}
	var changed []string
	seen := map[string]bool{}
	queue := make([]string, 0, len(dirty))
	for id := range dirty {
		queue = append(queue, id)
		if g, ok := b.groups.get(id); ok {
			queue = append(queue, g.members...)
			queue = append(queue, g.further...)
		}
	}
	for _, start := range queue {
		if seen[start] {
			continue
		}
		for _, g := range b.partition(b.component(start, seen)) {
			changed = append(changed, b.setGroup(g)...)
		}
	}
	return changed
}

// setGroup records a group and returns the ids for which it is another one.
func (b *builder) setGroup(g *group) []string {
	ids := append(slices.Clone(g.members), g.further...)
	alone := len(ids) == 1 || len(g.members) == 0
	var changed []string
	for _, id := range ids {
		old, had := b.groups.get(id)
		switch {
		case alone && had:
			b.groups.delete(id)
			changed = append(changed, id)
		case alone, had && old.equal(g):
		default:
			b.groups.set(id, g)
			changed = append(changed, id)
		}
	}
	return changed
}

func (g *group) equal(other *group) bool {
	return g.primary == other.primary && slices.Equal(g.members, other.members) && slices.Equal(g.further, other.further)
}

// component returns every id that links or rules connect with start, sorted.
func (b *builder) component(start string, seen map[string]bool) []string {
	seen[start] = true
	var found []string
	queue := []string{start}
	visit := func(ids []string) {
		for _, id := range ids {
			if !seen[id] {
				seen[id] = true
				queue = append(queue, id)
			}
		}
	}
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		found = append(found, id)
		for _, key := range b.refsOf(KindLink).of(id) {
			if l := b.link(key); l != nil && !l.Apart {
				visit([]string{l.Primary})
				visit(l.Members)
			}
		}
		if f := b.projectFact(id); f != nil {
			for _, word := range b.plan.joinWords(f) {
				visit(b.joinKeys.of(word))
			}
		}
	}
	slices.Sort(found)
	return found
}

// partition cuts a component into groups. Links join whatever they name; then
// each rule, in its order, joins what agrees, unless a link keeps two of the
// members apart.
func (b *builder) partition(ids []string) []*group {
	if len(ids) == 1 {
		return []*group{b.newGroup(ids, nil)}
	}
	clusters := newClusters(ids)
	preferred := map[string]bool{} // primaries of links that no other link makes a member
	apart := map[string][]string{}
	for _, id := range ids {
		for _, key := range b.refsOf(KindLink).of(id) {
			l := b.link(key)
			if l == nil {
				continue
			}
			if l.Apart {
				for _, other := range append([]string{l.Primary}, l.Members...) {
					if other != id {
						apart[id] = append(apart[id], other)
					}
				}
				continue
			}
			for _, member := range l.Members {
				clusters.join(l.Primary, member)
			}
			if _, known := preferred[l.Primary]; !known {
				preferred[l.Primary] = true
			}
			for _, member := range l.Members {
				if member != l.Primary {
					preferred[member] = false
				}
			}
		}
	}
	facts := b.inFactOrder(ids)
	for _, by := range b.plan.joins {
		agree := map[string][]string{}
		for _, id := range facts {
			for _, word := range b.plan.joinWords(b.projectFact(id)) {
				if !strings.HasPrefix(word, by+"=") {
					continue
				}
				for _, other := range agree[word] {
					if !clusters.keptApart(other, id, apart) {
						clusters.join(other, id)
						break
					}
				}
				agree[word] = append(agree[word], id)
			}
		}
	}
	var groups []*group
	for _, members := range clusters.all() {
		groups = append(groups, b.newGroup(members, preferred))
	}
	return groups
}

// newGroup orders the members of a group and names its primary.
func (b *builder) newGroup(ids []string, preferred map[string]bool) *group {
	g := &group{members: b.inFactOrder(ids)}
	for _, id := range ids {
		if b.projectFact(id) == nil {
			g.further = append(g.further, id)
		}
	}
	if len(g.members) == 0 {
		return g
	}
	for i, id := range g.members {
		if preferred[id] {
			g.members = slices.Insert(slices.Delete(g.members, i, i+1), 0, id)
			break
		}
	}
	g.primary = g.members[0]
	return g
}

// inFactOrder returns those ids that are facts, by the place of their
// connection in the settings, then by the tool's creation time, then by id.
func (b *builder) inFactOrder(ids []string) []string {
	facts := make([]*ProjectFact, 0, len(ids))
	for _, id := range ids {
		if f := b.projectFact(id); f != nil {
			facts = append(facts, f)
		}
	}
	slices.SortFunc(facts, func(x, y *ProjectFact) int {
		if c := cmp.Compare(b.plan.rank(x.Connection), b.plan.rank(y.Connection)); c != 0 {
			return c
		}
		if x.CreatedAt.IsZero() != y.CreatedAt.IsZero() {
			if y.CreatedAt.IsZero() {
				return -1
			}
			return 1
		}
		if c := x.CreatedAt.Compare(y.CreatedAt); c != 0 {
			return c
		}
		return strings.Compare(x.DocID(), y.DocID())
	})
	ordered := make([]string, len(facts))
	for i, f := range facts {
		ordered[i] = f.DocID()
	}
	return ordered
}

// clusters are disjoint sets of ids.
type clusters struct {
	of      map[string]int
	members [][]string
}

func newClusters(ids []string) *clusters {
	c := &clusters{of: make(map[string]int, len(ids)), members: make([][]string, len(ids))}
	for i, id := range ids {
		c.of[id], c.members[i] = i, []string{id}
	}
	return c
}

func (c *clusters) join(a, b string) {
	to, from := c.of[a], c.of[b]
	if to == from {
		return
	}
	for _, id := range c.members[from] {
		c.of[id] = to
	}
	c.members[to] = append(c.members[to], c.members[from]...)
	c.members[from] = nil
}

// keptApart reports whether joining a and b would put two ids together that
// are kept apart.
func (c *clusters) keptApart(a, b string, apart map[string][]string) bool {
	to := c.of[b]
	if c.of[a] == to {
		return false
	}
	for _, id := range c.members[c.of[a]] {
		for _, other := range apart[id] {
			if at, here := c.of[other]; here && at == to {
				return true
			}
		}
	}
	return false
}

func (c *clusters) all() [][]string {
	var all [][]string
	for _, members := range c.members {
		if len(members) > 0 {
			slices.Sort(members)
			all = append(all, members)
		}
	}
	return all
}
