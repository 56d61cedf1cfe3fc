package portfolio

import (
	"cmp"
	"math"
	"time"

	"github.com/shopspring/decimal"
)

// OrderDirection is the direction of one term of an order.
type OrderDirection string

// The values of OrderDirection.
const (
	Ascending  OrderDirection = "ASC"
	Descending OrderDirection = "DESC"
)

// NullsOrder says where rows without a value go.
type NullsOrder string

// The values of NullsOrder.
const (
	NullsFirst NullsOrder = "FIRST"
	NullsLast  NullsOrder = "LAST"
)

// OrderBy is one term of an order by fields of type F.
type OrderBy[F any] struct {
	Field     F
	Direction *OrderDirection
	Nulls     *NullsOrder
}

// orderOf makes an order of its terms, which are OrderBy under the name of what
// is ordered: sort says by what rows are sorted for each field, and id by what in
// the end.
func orderOf[R, F any, T ~struct {
	Field     F
	Direction *OrderDirection
	Nulls     *NullsOrder
}](terms []*T, id func(*R) string, sort func(F) func(*R) sortValue) ordering[R] {
	o := ordering[R]{id: id}
	for _, t := range terms {
		by := OrderBy[F](*t)
		o.terms = append(o.terms, newTerm(sort(by.Field), by.Direction, by.Nulls))
	}
	return o
}

// A sortValue is a value that rows are sorted by, compared member by member.
type sortValue struct {
	null bool
	text string
	num  int64
	dec  *decimal.Decimal
}

var nothing = sortValue{null: true}

// maxSortText is how much of a text rows are sorted by, in bytes; beyond it the
// id decides. Cursors hold these texts, and they have to fit into a URL.
const maxSortText = 256

func textValue(s string) sortValue {
	return sortValue{null: s == "", text: s[:min(len(s), maxSortText)]}
}

func numberValue(n int) sortValue { return sortValue{num: int64(n)} }

func optionalNumber(n *int) sortValue {
	if n == nil {
		return nothing
	}
	return numberValue(*n)
}

// floatValue sorts a computed figure as it is shown, by its nine decimals.
// Figures beyond what a whole number of them holds are equal.
func floatValue(f *float64) sortValue {
	if f == nil {
		return nothing
	}
	return sortValue{num: int64(min(max(math.Round(*f*1e9), -maxNumber), maxNumber))}
}

func dateValue(d Date) sortValue { return sortValue{null: d.IsZero(), num: int64(d.n)} }

func timeValue(t time.Time) sortValue {
	if t.IsZero() {
		return nothing
	}
	return sortValue{num: t.UnixMicro()}
}

func boolValue(b bool) sortValue {
	if b {
		return sortValue{num: 1}
	}
	return sortValue{}
}

// compare orders values that are both there: text first without regard to
// case, so that it reads like an index, and then exactly.
func (a sortValue) compare(b sortValue) int {
	if c := compareText(a.text, b.text); c != 0 {
		return c
	}
	if c := cmp.Compare(a.num, b.num); c != 0 {
		return c
	}
	switch {
	case a.dec != nil && b.dec != nil:
		return a.dec.Cmp(*b.dec)
	case a.dec != nil:
		return 1
	case b.dec != nil:
		return -1
	}
	return 0
}

// compareText compares without regard to the case of Latin letters, and
// exactly where that does not decide.
func compareText(a, b string) int {
	for i := range min(len(a), len(b)) {
		x, y := lower(a[i]), lower(b[i])
		if x != y {
			return cmp.Compare(x, y)
		}
	}
	if c := cmp.Compare(len(a), len(b)); c != 0 {
		return c
	}
	return cmp.Compare(a, b)
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + ('a' - 'A')
	}
	return b
}

// rank maps a value to a number that never contradicts compare: a smaller rank
// is a smaller value, and equal ranks of whole numbers are equal values. It
// leaves 0 and the largest number to rows without a value.
func (a sortValue) rank() uint64 {
	var r uint64
	switch {
	case a.text != "":
		for i := range 8 {
			r <<= 8
			if i < len(a.text) {
				r |= uint64(lower(a.text[i]))
			}
		}
	case a.dec != nil:
		bits := math.Float64bits(a.dec.InexactFloat64())
		if bits>>63 == 1 {
			r = ^bits
		} else {
			r = bits | 1<<63
		}
	default:
		return uint64(min(max(a.num, -maxNumber), maxNumber)+maxNumber) + 1
	}
	return r>>1 + 1
}

// maxNumber is more than any whole number that rows are sorted by: a count, a
// day, or an instant in microseconds.
const maxNumber = 1 << 61

// A term is one column that rows are sorted by.
type term[R any] struct {
	value func(*R) sortValue
	// mixed is set where the member that holds the value differs from row to
	// row, as with custom fields; ranks would contradict compare there.
	mixed      bool
	descending bool
	nullsFirst bool
}

// newTerm makes a term; nil stands for the default, ascending with rows
// without a value last.
func newTerm[R any](value func(*R) sortValue, direction *OrderDirection, nulls *NullsOrder) term[R] {
	return term[R]{
		value:      value,
		descending: direction != nil && *direction == Descending,
		nullsFirst: nulls != nil && *nulls == NullsFirst,
	}
}

func (t *term[R]) compare(a, b sortValue) int {
	switch {
	case a.null && b.null:
		return 0
	case a.null != b.null:
		if a.null == t.nullsFirst {
			return -1
		}
		return 1
	case t.descending:
		return b.compare(a)
	}
	return a.compare(b)
}

func (t *term[R]) rank(v sortValue) uint64 {
	switch {
	case v.null && t.nullsFirst:
		return 0
	case v.null:
		return math.MaxUint64
	case t.mixed:
		return 1
	case t.descending:
		return math.MaxUint64 - v.rank()
	}
	return v.rank()
}

// An ordering sorts rows by its terms and at last by their id, so that no two
// rows are equal.
type ordering[R any] struct {
	terms []term[R]
	id    func(*R) string
}

// position is where a row stands in an ordering.
type position struct {
	values []sortValue
	id     string
}

func (o *ordering[R]) position(r *R) position {
	p := position{id: o.id(r), values: make([]sortValue, len(o.terms))}
	for i := range o.terms {
		p.values[i] = o.terms[i].value(r)
	}
	return p
}

// rank is the rank of a row by the first term.
func (o *ordering[R]) rank(r *R) uint64 {
	if len(o.terms) == 0 {
		return 0
	}
	return o.terms[0].rank(o.terms[0].value(r))
}

// second is the rank of a row by the second term, which decides among rows
// of equal rank in the first. Where that is of texts or decimals, of which
// different ones may have the same rank, it says nothing.
func (o *ordering[R]) second(r *R) uint64 {
	if len(o.terms) < 2 || o.terms[0].mixed {
		return 0
	}
	if first := o.terms[0].value(r); first.text != "" || first.dec != nil {
		return 0
	}
	return o.terms[1].rank(o.terms[1].value(r))
}

func (o *ordering[R]) rankAt(p position) uint64 {
	if len(o.terms) == 0 {
		return 0
	}
	return o.terms[0].rank(p.values[0])
}

func (o *ordering[R]) compare(a, b *R) int {
	for i := range o.terms {
		t := &o.terms[i]
		if c := t.compare(t.value(a), t.value(b)); c != 0 {
			return c
		}
	}
	return cmp.Compare(o.id(a), o.id(b))
}

func (o *ordering[R]) compareTo(r *R, p position) int {
	for i := range o.terms {
		t := &o.terms[i]
		if c := t.compare(t.value(r), p.values[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(o.id(r), p.id)
}
