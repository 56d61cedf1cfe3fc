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

// override puts what people said over what the tools say, raises rev to the
// revision of the last word, and returns the fields that were overridden.
// Targets are all ids that lead to the row.
func (b *builder) override(m *mapped, kind Kind, targets []string, connection string, rev *int64) map[string]bool {
	overrides := b.refsOf(KindOverride)
	if overrides.count == 0 {
		return nil
	}
	var all []Versioned
	for _, id := range targets {
		for _, key := range overrides.of(Key{kind, id}.String()) {
			if v, ok := b.factsOf(KindOverride).get(key); ok {
				all = append(all, v)
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, compareOverrides)
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
