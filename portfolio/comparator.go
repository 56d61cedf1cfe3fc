package portfolio

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Comparators are conditions on one value. Every member that is given must
// hold. A missing value satisfies null: true, neq and nin, and nothing else,
// so that neq is always the contrary of eq.

// A StringComparator is a condition on a text; the empty text is a missing one.
type StringComparator struct {
	Eq         *string
	Neq        *string
	In         []string
	Nin        []string
	Lt         *string
	Lte        *string
	Gt         *string
	Gte        *string
	Contains   *string
	StartsWith *string
	Null       *bool
	// IgnoreCase makes every member compare without regard to case.
	IgnoreCase *bool
}

// An IntComparator is a condition on a whole number.
type IntComparator struct {
	Eq, Neq          *int
	In, Nin          []int
	Lt, Lte, Gt, Gte *int
	Null             *bool
}

// A DecimalComparator is a condition on an exact decimal.
type DecimalComparator struct {
	Eq, Neq          *decimal.Decimal
	In, Nin          []decimal.Decimal
	Lt, Lte, Gt, Gte *decimal.Decimal
	Null             *bool
}

// A FloatComparator is a condition on a computed figure, as it is shown.
type FloatComparator struct {
	Eq, Neq          *float64
	In, Nin          []float64
	Lt, Lte, Gt, Gte *float64
	Null             *bool
}

// A DateComparator is a condition on a civil date.
type DateComparator struct {
	Eq, Neq          *When
	In, Nin          []When
	Lt, Lte, Gt, Gte *When
	Null             *bool
}

// A DateTimeComparator is a condition on an instant.
type DateTimeComparator struct {
	Eq, Neq          *Moment
	Lt, Lte, Gt, Gte *Moment
	Null             *bool
}

// A BooleanComparator is a condition on a yes or no.
type BooleanComparator struct {
	Eq, Neq *bool
	Null    *bool
}

// An IDComparator is a condition on a global id.
type IDComparator struct {
	Eq, Neq *string
	In, Nin []string
	Null    *bool
}

// A ListComparator is a condition on a list of texts.
type ListComparator struct {
	Contains    *string
	ContainsAny []string
	ContainsAll []string
	Empty       *bool
	IgnoreCase  *bool
}

// An EnumComparator is a condition on a value of a closed list.
type EnumComparator[E ~string] struct {
	Eq, Neq *E
	In, Nin []E
	Null    *bool
}

type (
	// HealthComparator is a condition on a health.
	HealthComparator = EnumComparator[Health]
	// PhaseComparator is a condition on a phase.
	PhaseComparator = EnumComparator[Phase]
	// PresenceComparator is a condition on a presence.
	PresenceComparator = EnumComparator[Presence]
	// MilestoneKindComparator is a condition on a kind of milestone.
	MilestoneKindComparator = EnumComparator[MilestoneKind]
	// StatusCategoryComparator is a condition on a category of status.
	StatusCategoryComparator = EnumComparator[StatusCategory]
	// BaselineBasisComparator is a condition on where a baseline comes from.
	BaselineBasisComparator = EnumComparator[BaselineBasis]
	// IdentityBasisComparator is a condition on the basis of an identity.
	IdentityBasisComparator = EnumComparator[IdentityBasis]
	// RunStateComparator is a condition on the state of a run.
	RunStateComparator = EnumComparator[RunState]
)

// A test is a compiled condition on one value.
type test[V any] func(V) bool

// all joins tests; nil, for no test at all, when there is none.
func allTests[V any](tests []test[V]) test[V] {
	switch len(tests) {
	case 0:
		return nil
	case 1:
		return tests[0]
	}
	return func(v V) bool {
		for _, t := range tests {
			if !t(v) {
				return false
			}
		}
		return true
	}
}

// fewValues is up to how many values a list is searched from its beginning;
// of more a set is made.
const fewValues = 8

func oneOf[V comparable](values []V) test[V] {
	if len(values) <= fewValues {
		return func(v V) bool { return slices.Contains(values, v) }
	}
	set := make(map[V]struct{}, len(values))
	for _, v := range values {
		set[v] = struct{}{}
	}
	return func(v V) bool { _, ok := set[v]; return ok }
}

func not[V any](t test[V]) test[V] { return func(v V) bool { return !t(v) } }

// present makes a test that fails for a missing value.
func present[V any](missing, t test[V]) test[V] {
	return func(v V) bool { return !missing(v) && t(v) }
}

func isNull[V any](missing test[V], null *bool, tests []test[V]) []test[V] {
	if null == nil {
		return tests
	}
	want := *null
	return append(tests, func(v V) bool { return missing(v) == want })
}

func (c *StringComparator) compile() test[string] {
	if c == nil {
		return nil
	}
	fold := c.IgnoreCase != nil && *c.IgnoreCase
	equal := func(want string) test[string] {
		if fold {
			return func(s string) bool { return strings.EqualFold(s, want) }
		}
		return func(s string) bool { return s == want }
	}
	anyOf := func(want []string) test[string] {
		if fold {
			return func(s string) bool {
				return slices.ContainsFunc(want, func(w string) bool { return strings.EqualFold(s, w) })
			}
		}
		return oneOf(want)
	}
	compare := strings.Compare
	if fold {
		compare = compareFold
	}
	missing := func(s string) bool { return s == "" }
	var tests []test[string]
	add := func(t test[string]) { tests = append(tests, present(missing, t)) }
	if c.Eq != nil {
		add(equal(*c.Eq))
	}
	if c.Neq != nil {
		tests = append(tests, not(present(missing, equal(*c.Neq))))
	}
	if c.In != nil {
		add(anyOf(c.In))
	}
	if c.Nin != nil {
		tests = append(tests, not(present(missing, anyOf(c.Nin))))
	}
	for _, b := range []struct {
		limit *string
		holds func(int) bool
	}{{c.Lt, below}, {c.Lte, notAbove}, {c.Gt, above}, {c.Gte, notBelow}} {
		if b.limit != nil {
			add(func(s string) bool { return b.holds(compare(s, *b.limit)) })
		}
	}
	if c.Contains != nil {
		want := *c.Contains
		if fold {
			add(containsFold(want))
		} else {
			add(func(s string) bool { return strings.Contains(s, want) })
		}
	}
	if c.StartsWith != nil {
		want := *c.StartsWith
		if fold {
			add(startsWithFold(want))
		} else {
			add(func(s string) bool { return strings.HasPrefix(s, want) })
		}
	}
	return allTests(isNull(missing, c.Null, tests))
}

func pointers[V any](values []V) []*V {
	if values == nil {
		return nil
	}
	all := make([]*V, len(values))
	for i := range values {
		all[i] = &values[i]
	}
	return all
}

func (c *BooleanComparator) compile() test[*bool] {
	if c == nil {
		return nil
	}
	missing := func(b *bool) bool { return b == nil }
	var tests []test[*bool]
	if c.Eq != nil {
		want := *c.Eq
		tests = append(tests, func(b *bool) bool { return b != nil && *b == want })
	}
	if c.Neq != nil {
		other := *c.Neq
		tests = append(tests, func(b *bool) bool { return b == nil || *b != other })
	}
	return allTests(isNull(missing, c.Null, tests))
}

func (c *EnumComparator[E]) compile() test[E] {
	if c == nil {
		return nil
	}
	missing := func(e E) bool { return e == "" }
	var tests []test[E]
	if c.Eq != nil {
		want := *c.Eq
		tests = append(tests, func(e E) bool { return e == want })
	}
	if c.Neq != nil {
		other := *c.Neq
		tests = append(tests, func(e E) bool { return e != other })
	}
	if c.In != nil {
		tests = append(tests, oneOf(c.In))
	}
	if c.Nin != nil {
		tests = append(tests, not(oneOf(c.Nin)))
	}
	return allTests(isNull(missing, c.Null, tests))
}

func (c *ListComparator) compile() test[[]string] {
	if c == nil {
		return nil
	}
	equal := func(a, b string) bool { return a == b }
	if c.IgnoreCase != nil && *c.IgnoreCase {
		equal = strings.EqualFold
	}
	contains := func(list []string, want string) bool {
		return slices.ContainsFunc(list, func(s string) bool { return equal(s, want) })
	}
	var tests []test[[]string]
	if c.Contains != nil {
		want := *c.Contains
		tests = append(tests, func(list []string) bool { return contains(list, want) })
	}
	if c.ContainsAny != nil {
		tests = append(tests, func(list []string) bool {
			return slices.ContainsFunc(c.ContainsAny, func(want string) bool { return contains(list, want) })
		})
	}
	for _, want := range c.ContainsAll {
		tests = append(tests, func(list []string) bool { return contains(list, want) })
	}
	if c.Empty != nil {
		want := *c.Empty
		tests = append(tests, func(list []string) bool { return (len(list) == 0) == want })
	}
	return allTests(tests)
}
