package portfolio

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

func below(c int) bool    { return c < 0 }
func notAbove(c int) bool { return c <= 0 }
func above(c int) bool    { return c > 0 }
func notBelow(c int) bool { return c >= 0 }

// An interval holds compiled conditions on a value that has an order.
type interval[V any] struct {
	missing test[V]
	compare func(a, b V) int
	tests   []test[V]
}

func (i *interval[V]) add(limit *V, holds func(int) bool) {
	if limit == nil {
		return
	}
	to := *limit
	i.tests = append(i.tests, present(i.missing, func(v V) bool { return holds(i.compare(v, to)) }))
}

func (i *interval[V]) unequal(other *V) {
	if other == nil {
		return
	}
	to := *other
	i.tests = append(i.tests, func(v V) bool { return i.missing(v) || i.compare(v, to) != 0 })
}

func (i *interval[V]) among(values []V, want bool) {
	if values == nil {
		return
	}
	i.tests = append(i.tests, func(v V) bool {
		found := !i.missing(v) && slices.ContainsFunc(values, func(to V) bool { return i.compare(v, to) == 0 })
		return found == want
	})
}

func same(c int) bool { return c == 0 }

// An optionalInt is a number that may be missing.
type optionalInt struct {
	n    int
	here bool
}

func optionalOf(n *int) optionalInt {
	if n == nil {
		return optionalInt{}
	}
	return optionalInt{*n, true}
}

func (c *IntComparator) compile() test[optionalInt] {
	if c == nil {
		return nil
	}
	i := interval[optionalInt]{
		missing: func(v optionalInt) bool { return !v.here },
		compare: func(a, b optionalInt) int { return a.n - b.n },
	}
	for _, b := range []struct {
		limit *int
		holds func(int) bool
	}{{c.Eq, same}, {c.Lt, below}, {c.Lte, notAbove}, {c.Gt, above}, {c.Gte, notBelow}} {
		if b.limit != nil {
			i.add(&optionalInt{*b.limit, true}, b.holds)
		}
	}
	if c.Neq != nil {
		i.unequal(&optionalInt{*c.Neq, true})
	}
	i.among(optionalInts(c.In), true)
	i.among(optionalInts(c.Nin), false)
	return allTests(isNull(i.missing, c.Null, i.tests))
}

func optionalInts(values []int) []optionalInt {
	if values == nil {
		return nil
	}
	all := make([]optionalInt, len(values))
	for i, n := range values {
		all[i] = optionalInt{n, true}
	}
	return all
}

func (c *DecimalComparator) compile() test[*decimal.Decimal] {
	if c == nil {
		return nil
	}
	i := interval[*decimal.Decimal]{
		missing: func(d *decimal.Decimal) bool { return d == nil },
		compare: func(a, b *decimal.Decimal) int { return a.Cmp(*b) },
	}
	bounded(&i, c.Eq, c.Neq, c.Lt, c.Lte, c.Gt, c.Gte)
	i.among(pointers(c.In), true)
	i.among(pointers(c.Nin), false)
	return allTests(isNull(i.missing, c.Null, i.tests))
}

func (c *FloatComparator) compile() test[*float64] {
	if c == nil {
		return nil
	}
	i := interval[*float64]{
		missing: func(f *float64) bool { return f == nil },
		compare: func(a, b *float64) int { return cmp.Compare(*a, *b) },
	}
	bounded(&i, c.Eq, c.Neq, c.Lt, c.Lte, c.Gt, c.Gte)
	i.among(pointers(c.In), true)
	i.among(pointers(c.Nin), false)
	return allTests(isNull(i.missing, c.Null, i.tests))
}

func (c *DateComparator) compile(today Date) test[Date] {
	if c == nil {
		return nil
	}
	i := interval[Date]{missing: Date.IsZero, compare: Date.Compare}
	for _, b := range []struct {
		limit *When
		holds func(int) bool
	}{{c.Eq, same}, {c.Lt, below}, {c.Lte, notAbove}, {c.Gt, above}, {c.Gte, notBelow}} {
		if b.limit != nil {
			on := b.limit.On(today)
			i.add(&on, b.holds)
		}
	}
	if c.Neq != nil {
		on := c.Neq.On(today)
		i.unequal(&on)
	}
	i.among(datesOf(c.In, today), true)
	i.among(datesOf(c.Nin, today), false)
	return allTests(isNull(i.missing, c.Null, i.tests))
}

func datesOf(values []When, today Date) []Date {
	if values == nil {
		return nil
	}
	all := make([]Date, len(values))
	for i, w := range values {
		all[i] = w.On(today)
	}
	return all
}

func (c *DateTimeComparator) compile(today Date) test[time.Time] {
	if c == nil {
		return nil
	}
	i := interval[time.Time]{missing: time.Time.IsZero, compare: time.Time.Compare}
	for _, b := range []struct {
		limit *Moment
		holds func(int) bool
	}{{c.Eq, same}, {c.Lt, below}, {c.Lte, notAbove}, {c.Gt, above}, {c.Gte, notBelow}} {
		if b.limit != nil {
			at := b.limit.At(today)
			i.add(&at, b.holds)
		}
	}
	if c.Neq != nil {
		at := c.Neq.At(today)
		i.unequal(&at)
	}
	return allTests(isNull(i.missing, c.Null, i.tests))
}

// bounded adds the limits that are given to the tests of a value that may be
// missing.
func bounded[T any](i *interval[*T], eq, neq, lt, lte, gt, gte *T) {
	for _, b := range []struct {
		limit *T
		holds func(int) bool
	}{{eq, same}, {lt, below}, {lte, notAbove}, {gt, above}, {gte, notBelow}} {
		if b.limit != nil {
			i.add(&b.limit, b.holds)
		}
	}
	if neq != nil {
		i.unequal(&neq)
	}
}
