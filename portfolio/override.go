package portfolio

import (
	"cmp"
	"slices"
	"strings"
)

// field is what an override bears on: owner is another name of manager.
func (o *Override) field() string {
	if o.Field == "owner" {
		return "manager"
	}
	return o.Field
}

// compareOverrides orders overrides by field and then by the revision at which
// they were put: of several of one field the last one wins.
func compareOverrides(a, b Versioned) int {
	x, y := a.Doc.(*Override), b.Doc.(*Override)
	if c := strings.Compare(x.field(), y.field()); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Rev, b.Rev); c != 0 {
		return c
	}
	return strings.Compare(x.Target, y.Target)
}

// targetsOfProject are the names by which an override may be addressed to a
// project: the ids that lead to it, the number that its tools know it by, and
// the tools' keys. An override that is addressed by what several projects have
// holds for all of them.
func targetsOfProject(ids []string, pmoID string, fact func(id string) *ProjectFact) []string {
	targets := slices.Clone(ids)
	if pmoID != "" {
		targets = append(targets, pmoReference+pmoID)
	}
	for _, id := range ids {
		if f := fact(id); f != nil {
			targets = append(targets, keyReference(&f.Source))
		}
	}
	return targets
}

// keyReference is how people refer to a record by what the tool calls it.
func keyReference(s *Source) string { return s.Connection + ":" + s.Handle() }

// overridesFor returns the overrides of a row that is addressed by any of the
// targets, by field and then by revision.
func overridesFor(kind Kind, targets []string, addressed func(target string) []string, document func(key string) (Versioned, bool)) []Versioned {
	var all []Versioned
	for _, target := range targets {
		for _, key := range addressed(Key{kind, target}.String()) {
			if v, ok := document(key); ok {
				all = append(all, v)
			}
		}
	}
	slices.SortFunc(all, compareOverrides)
	return all
}

// override puts what people said over what the tools say, raises rev to the
// revision of the last word, and returns the fields that were overridden.
func (b *builder) override(m *mapped, kind Kind, targets func() []string, connection string, rev *int64) map[string]bool {
	overrides := b.refsOf(KindOverride)
	if overrides.count == 0 {
		return nil
	}
	all := overridesFor(kind, targets(), overrides.of, b.factsOf(KindOverride).get)
	if len(all) == 0 {
		return nil
	}
	overridden := make(map[string]bool, len(all))
	for _, v := range all {
		o := v.Doc.(*Override)
		*rev = max(*rev, v.Rev)
		overridden[o.Field] = true
		if !slices.Contains(portfolioFields, o.Field) {
			custom := o.Value
			custom.Name = o.Field
			fillText(&custom.ID, o.Field) // every custom field has a key
			m.setCustom(custom)
			continue
		}
		m.set(b.plan, connection, o.Field, o.Value, "")
		if o.Field == "health" {
			m.healthOn = b.plan.day(o.At)
		}
	}
	return overridden
}

// markOverridden makes dirty what an override is addressed to.
func (b *builder) markOverridden(target Key) {
	switch target.Kind {
	case KindMilestone:
		b.decideKindOf(target.ID, checkKind)
		if connection, key, ok := strings.Cut(target.ID, ":"); ok && !strings.Contains(connection, "/") {
			b.dirty.keyedMilestones[keyReference(&Source{Connection: connection, Key: key})] = true
		}
	case KindProject:
		b.dirty.touched[target.ID] = true
		if number, ok := strings.CutPrefix(target.ID, pmoReference); ok {
			for _, id := range b.byPMO.of(number) {
				b.dirty.touched[id] = true
			}
		}
		connection, key, _ := strings.Cut(target.ID, ":")
		for _, id := range b.refsOf(KindProject).of(keyWord(connection, key)) {
			b.dirty.touched[id] = true
		}
	}
}

// beginOverrides makes the milestones dirty that overrides are addressed to by
// their key. Keys of milestones have no index: so few are addressed by it, and
// so rarely, that looking at all of them once is cheaper than keeping one.
func (b *builder) beginOverrides() {
	if len(b.dirty.keyedMilestones) == 0 {
		return
	}
	for id, v := range b.factsOf(KindMilestone).all() {
		if s := v.Doc.(*MilestoneFact).Origin(); b.dirty.keyedMilestones[keyReference(s)] {
			b.decideKindOf(id, checkKind)
		}
	}
}
