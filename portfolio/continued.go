package portfolio

import (
	"maps"
	"slices"
)

// A milestone of a tool that has moved goes on as another milestone: a link
// names that one as its primary and the former ones as its members. Both stay
// rows of their own, because both are what a tool says. What people recorded of
// a former one stays where it was recorded, and counts for the one that it goes
// on as. That holds while both are of one project, so unlinking the projects
// gives everything back.

// A milestoneIndex finds what links milestones, in a snapshot or in the making
// of one.
type milestoneIndex interface {
	// linked are the links that name an id, those that keep apart left out.
	linked(id string) []*Link
	// milestoneFact is the fact of a milestone; nil when there is none.
	milestoneFact(id string) *MilestoneFact
	// unified is the id of the project that a project fact belongs to.
	unified(id string) string
}

// nextOf is the milestone that a link says another one goes on as: of several
// the first by id; "" when there is none.
func nextOf(in milestoneIndex, id string) string {
	next := ""
	for _, l := range in.linked(id) {
		if l.Primary != id && (next == "" || l.Primary < next) && slices.Contains(l.Members, id) && ofOneProject(in, id, l.Primary) {
			next = l.Primary
		}
	}
	return next
}

// ofOneProject reports whether two milestones are there, and of one project.
func ofOneProject(in milestoneIndex, a, b string) bool {
	x, y := in.milestoneFact(a), in.milestoneFact(b)
	return x != nil && y != nil && in.unified(x.Project) == in.unified(y.Project)
}

// continued is the id of the milestone that one goes on as, over however many
// moves; its own when it does not. Links in a circle lead nowhere.
func continued(in milestoneIndex, id string) string {
	at, passed := id, []string(nil)
	for next := nextOf(in, at); next != ""; next = nextOf(in, at) {
		if passed = append(passed, at); slices.Contains(passed, next) {
			return id
		}
		at = next
	}
	return at
}

// formers are the ids of the milestones that go on as this one, by id.
func formers(in milestoneIndex, id string) []string {
	var found []string
	queue := []string{id}
	for len(queue) > 0 {
		primary := queue[0]
		queue = queue[1:]
		for _, l := range in.linked(primary) {
			if l.Primary != primary {
				continue
			}
			for _, member := range l.Members {
				if member != id && !slices.Contains(found, member) && continued(in, member) == id {
					found = append(found, member)
					queue = append(queue, member)
				}
			}
		}
	}
	slices.Sort(found)
	return found
}

// targetsOfMilestone are the names by which an override may be addressed to a
// milestone: its id, the tool's key, and those of the ones that go on as it.
func targetsOfMilestone(in milestoneIndex, id string) []string {
	var targets []string
	for _, each := range append([]string{id}, formers(in, id)...) {
		targets = append(targets, each)
		if f := in.milestoneFact(each); f != nil {
			targets = append(targets, keyReference(&f.Source))
		}
	}
	return distinct(targets...)
}

// beginContinued makes the milestones dirty that links name or named, and those
// that are linked with dirty ones, over however many links: where a milestone
// goes on may change with any of them, for one that comes or goes may be the
// first by id of another one's several.
func (b *builder) beginContinued() {
	for id := range b.dirty.linked {
		if b.milestoneFact(id) != nil {
			b.decideKindOf(id, checkKind)
		}
	}
	if b.refsOf(KindLink).count == 0 {
		return
	}
	queue := slices.Collect(maps.Keys(b.dirty.milestones))
	reached := maps.Clone(b.dirty.milestones)
	for len(queue) > 0 {
		id := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, l := range b.linked(id) {
			for _, other := range append([]string{l.Primary}, l.Members...) {
				if _, known := reached[other]; known {
					continue
				}
				reached[other] = checkKind
				queue = append(queue, other)
				if b.milestoneFact(other) != nil {
					b.decideKindOf(other, checkKind)
				}
			}
		}
	}
}

func (b *builder) linked(id string) []*Link {
	return linksNaming(b.refsOf(KindLink).of(id), b.factsOf(KindLink).get)
}

func (s *Snapshot) linked(id string) []*Link {
	return linksNaming(s.refs[KindLink].of(id), s.facts[KindLink].get)
}

func linksNaming(keys []string, document func(key string) (Versioned, bool)) []*Link {
	var links []*Link
	for _, key := range keys {
		v, _ := document(key)
		if l, ok := v.Doc.(*Link); ok && !l.Apart {
			links = append(links, l)
		}
	}
	return links
}

func (b *builder) milestoneFact(id string) *MilestoneFact {
	v, _ := b.factsOf(KindMilestone).get(id)
	f, _ := v.Doc.(*MilestoneFact)
	return f
}

func (s *Snapshot) milestoneFact(id string) *MilestoneFact {
	v, _ := s.facts[KindMilestone].get(id)
	f, _ := v.Doc.(*MilestoneFact)
	return f
}

// ContinuedMilestone returns the milestone that one goes on as; itself when it
// does not.
func (s *Snapshot) ContinuedMilestone(m *MilestoneRow) *MilestoneRow {
	if id := continued(s, m.ID); id != m.ID {
		if next, ok := s.Milestone(id); ok {
			return next
		}
	}
	return m
}

// continuedIDs compares with the milestones that those of a comparator go on as.
func (c *compiler) continuedIDs(i *IDComparator) *IDComparator {
	if i == nil {
		return nil
	}
	lead := func(global string) string {
		if key, err := ParseNodeID(global); err == nil && key.Kind == KindMilestone {
			return NodeID(KindMilestone, continued(c.view.snap, key.ID))
		}
		return global // which is wrong, and said so later
	}
	led := *i
	for _, one := range []**string{&led.Eq, &led.Neq} {
		if *one != nil {
			id := lead(**one)
			*one = &id
		}
	}
	for _, several := range []*[]string{&led.In, &led.Nin} {
		*several = slices.Clone(*several)
		for n, id := range *several {
			(*several)[n] = lead(id)
		}
	}
	return &led
}
