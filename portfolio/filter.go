package portfolio

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// maxRelations is how many relations a filter may follow one inside another:
// each multiplies the rows that are looked at.
const maxRelations = 3

// A compiler turns the filters of one request into predicates.
type compiler struct {
	view  *View
	today Date
	rows  int // of the list that is filtered, as far as that is known
	depth int // of relations followed
	err   error
}

func (v *View) compiler() *compiler { return &compiler{view: v, today: v.snap.Today()} }

func (c *compiler) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
	}
}

// related compiles a condition on related rows, unless relations are nested
// too deep.
func (c *compiler) related(compile func()) {
	if c.depth == maxRelations {
		c.fail("a filter may follow %d relations one inside another, not more", maxRelations)
		return
	}
	c.depth++
	compile()
	c.depth--
}

// A noun's filter: what it says itself, and how it is joined with others.
type nounFilter[R any] interface {
	// conditions appends what the filter itself says.
	conditions(*compiler, *conditions[R])
	// joined returns its and, or and not.
	joined() (and, or, not []nounFilter[R])
}

// conditions are predicates that must all hold.
type conditions[R any] struct {
	tests []test[*R]
	// costly are those that look beyond the row; they come last.
	costly []test[*R]
}

// holds adds a condition on a value of the row; nil is none.
func holds[R, V any](c *conditions[R], t test[V], of func(*R) V) {
	if t != nil {
		c.tests = append(c.tests, func(r *R) bool { return t(of(r)) })
	}
}

// compile returns the predicate of a filter, nil when everything satisfies it.
func compile[R any](c *compiler, f nounFilter[R]) test[*R] {
	var own conditions[R]
	f.conditions(c, &own)
	own.tests = append(own.tests, own.costly...)
	and, or, negated := f.joined()
	for _, other := range and {
		if t := compile(c, other); t != nil {
			own.tests = append(own.tests, t)
		}
	}
	if or != nil {
		own.tests = append(own.tests, compileOr(c, or))
	}
	for _, other := range negated {
		t := compile(c, other)
		own.tests = append(own.tests, func(r *R) bool { return t != nil && !t(r) })
	}
	return allTests(own.tests)
}

func compileOr[R any](c *compiler, filters []nounFilter[R]) test[*R] {
	either := make([]test[*R], len(filters))
	for i, f := range filters {
		either[i] = compile(c, f)
	}
	return func(r *R) bool {
		for _, t := range either {
			if t == nil || t(r) {
				return true
			}
		}
		return false
	}
}

// joins turns the and, or and not of a filter into what compile takes. An
// empty or is satisfied by nothing; a missing one by everything.
func joins[R any, F any, P interface {
	*F
	nounFilter[R]
}](and, or []P, negated P) (a, o, n []nounFilter[R]) {
	lift := func(filters []P) []nounFilter[R] {
		if filters == nil {
			return nil
		}
		lifted := make([]nounFilter[R], 0, len(filters))
		for _, f := range filters {
			lifted = append(lifted, f)
		}
		return lifted
	}
	if negated != nil {
		n = []nounFilter[R]{negated}
	}
	return lift(and), lift(or), n
}

// A presenceFilter is one that can ask for rows that a tool no longer shows.
type presenceFilter interface {
	presence() *PresenceComparator
}

var _ = []presenceFilter{(*ProjectFilter)(nil), (*MilestoneFilter)(nil), (*DependencyFilter)(nil), (*RiskFilter)(nil), (*PersonFilter)(nil)}

// asksPresence reports whether a filter says anything of presence anywhere.
func asksPresence[R any](f nounFilter[R]) bool {
	if p, ok := f.(presenceFilter); ok && p.presence() != nil {
		return true
	}
	and, or, negated := f.joined()
	return slices.ContainsFunc(slices.Concat(and, or, negated), asksPresence[R])
}

// compilePresent compiles a filter that, unless it speaks of presence itself,
// leaves out what the tools no longer show.
func compilePresent[R any](c *compiler, f nounFilter[R], of func(*R) Presence) test[*R] {
	var tests []test[*R]
	if !asksPresence(f) {
		tests = append(tests, func(r *R) bool { return of(r) == PresencePresent })
	}
	if t := compile(c, f); t != nil {
		tests = append(tests, t)
	}
	return allTests(tests)
}

// ids compiles a condition on global ids of the kinds into one on document ids.
func (c *compiler) ids(i *IDComparator, kinds ...Kind) test[string] {
	if i == nil {
		return nil
	}
	s := &StringComparator{Null: i.Null, In: c.docIDs(i.In, kinds), Nin: c.docIDs(i.Nin, kinds)}
	if i.Eq != nil {
		s.Eq = &c.docIDs([]string{*i.Eq}, kinds)[0]
	}
	if i.Neq != nil {
		s.Neq = &c.docIDs([]string{*i.Neq}, kinds)[0]
	}
	return s.compile()
}

func (c *compiler) docIDs(global []string, kinds []Kind) []string {
	if global == nil {
		return nil
	}
	ids := make([]string, len(global))
	for i, g := range global {
		key, err := ParseNodeID(g)
		switch {
		case err != nil:
			c.fail("%q is not an id of this API", g)
		case !slices.Contains(kinds, key.Kind):
			c.fail("%q is the id of a %s, where that of a %s is compared", g, key.Kind, kinds[0])
		case key.Kind == KindProject:
			key.ID = c.view.snap.unified(key.ID)
		}
		ids[i] = key.ID
	}
	return ids
}

// A CustomFieldFilter is a condition on one custom field, named by its name or
// by the tool's id of it. A value of another type than the condition's counts
// as missing.
type CustomFieldFilter struct {
	Key      string
	Text     *StringComparator
	Number   *DecimalComparator
	Date     *DateComparator
	DateTime *DateTimeComparator
	Boolean  *BooleanComparator
	List     *ListComparator
	// Null is whether the field is missing altogether.
	Null *bool
}

func (f *CustomFieldFilter) compile(c *compiler) test[[]Field] {
	var tests []test[[]Field]
	typed := func(want FieldType, t func(*Field) bool) {
		tests = append(tests, func(fields []Field) bool {
			field := customField(fields, f.Key)
			if field != nil && field.Type != want && (want != FieldText || field.Type != FieldUser) {
				field = nil
			}
			return t(field)
		})
	}
	if t := f.Text.compile(); t != nil {
		typed(FieldText, func(field *Field) bool { return t(orZero(field, func(f *Field) string { return f.Text })) })
	}
	if t := f.Number.compile(); t != nil {
		typed(FieldNumber, func(field *Field) bool { return t(numberOf(field)) })
	}
	if t := f.Date.compile(c.today); t != nil {
		typed(FieldDate, func(field *Field) bool { return t(orZero(field, func(f *Field) Date { return f.Date })) })
	}
	if t := f.DateTime.compile(c.today); t != nil {
		typed(FieldTime, func(field *Field) bool { return t(orZero(field, func(f *Field) time.Time { return f.Time })) })
	}
	if t := f.Boolean.compile(); t != nil {
		typed(FieldBool, func(field *Field) bool { return t(orZero(field, func(f *Field) *bool { return &f.Bool })) })
	}
	if t := f.List.compile(); t != nil {
		typed(FieldList, func(field *Field) bool { return t(orZero(field, func(f *Field) []string { return f.List })) })
	}
	if f.Null != nil {
		want := *f.Null
		tests = append(tests, func(fields []Field) bool { return (customField(fields, f.Key) == nil) == want })
	}
	return allTests(tests)
}

// customField finds a custom field by its name, or else by the tool's id of it.
func customField(fields []Field, key string) *Field {
	for i := range fields {
		if fields[i].Name == key {
			return &fields[i]
		}
	}
	for i := range fields {
		if fields[i].ID == key {
			return &fields[i]
		}
	}
	return nil
}

func orZero[V any](f *Field, of func(*Field) V) V {
	if f == nil {
		var zero V
		return zero
	}
	return of(f)
}

// numberOf returns the number of a field, nil when there is none.
func numberOf(f *Field) *decimal.Decimal {
	if f == nil || f.Type != FieldNumber {
		return nil
	}
	d, err := decimal.NewFromString(f.Number)
	if err != nil {
		return nil
	}
	return &d
}

// customValue is what rows are sorted by when the order names a custom field.
func (v *View) customValue(fields []Field, key string) sortValue {
	f := customField(fields, key)
	if f == nil {
		return nothing
	}
	switch f.Type {
	case FieldNumber:
		if d := numberOf(f); d != nil {
			return sortValue{dec: d}
		}
		return nothing
	case FieldDate:
		return dateValue(f.Date)
	case FieldTime:
		return timeValue(f.Time)
	case FieldBool:
		return boolValue(f.Bool)
	case FieldList:
		if len(f.List) == 0 {
			return nothing
		}
		return textValue(f.List[0])
	case FieldUser:
		return v.personName(f.Text)
	}
	return textValue(f.Text)
}
