package spreadsheet

import (
	"slices"
	"strings"
)

// A sight is a cell that proves something.
type sight struct {
	row  int
	text string
}

// kept is a copy to keep: most sights prove nothing new and stay on the stack.
func (s sight) kept() *sight { return &s }

// evidence is what the cells of one column tell together. It grows with the
// number of different kinds of value, not with the rows.
type evidence struct {
	filled  int // cells with a value
	absent  int // cells that say there is none
	kinds   [bad + 1]int
	samples []string
	words   map[string]int // short values and how often they occur; nil when there are too many
	// repeated tells that a value occurred twice among those.
	repeated bool

	// Dates written as text.
	dated  int // of any order
	fixed  int // that need no order
	packed int // as 20260301
	// against holds the first cell that each order cannot read.
	against [orders]*sight
	// missed counts the cells that each order cannot read.
	missed [orders]int
	// native is the first cell that is a date in a workbook; lateDay tells that
	// the day of one of those cannot be a month.
	native  *sight
	lateDay bool
	// open holds a cell that a pair of orders reads differently.
	open map[[2]order]sight

	// Numbers written as text.
	counted   int
	padded    int
	percent   int              // also of a workbook
	bare      int              // numbers without per cent
	units     map[string]sight // the first amount of each currency or sign
	againstBy [points]*sight
	openBy    *sight
	serials   int // whole numbers that can be a day's serial number
}

const (
	maxSamples = 3
	maxWords   = 50
)

// see takes in a cell.
func (e *evidence) see(rowNumber int, c cell) {
	if c.kind == blank {
		return
	}
	if c.valueless() {
		e.absent++
		return
	}
	e.filled++
	e.kinds[c.kind]++
	e.sample(c.String())
	switch c.kind {
	case text:
		e.seeText(sight{rowNumber, c.text})
	case number:
		e.seeUnit(sight{rowNumber, c.String()}, c.unit, c.text)
		if isSerial(c.text) {
			e.serials++
		}
	case date:
		if e.native == nil {
			e.native = sight{rowNumber, c.text}.kept()
		}
		e.lateDay = e.lateDay || c.text[len("2026-03-"):] > "12"
	}
}

func (e *evidence) sample(s string) {
	s = clipped(s)
	if len(e.samples) < maxSamples && !slices.Contains(e.samples, s) {
		e.samples = append(e.samples, s)
	}
	if e.words == nil && e.filled == 1 {
		e.words = map[string]int{}
	}
	if e.words != nil {
		word := strings.ToLower(s)
		e.words[word]++
		e.repeated = e.repeated || e.words[word] > 1
		if len(e.words) > maxWords {
			e.words = nil
		}
	}
}

func (e *evidence) seeText(s sight) {
	if !strings.ContainsAny(s.text, "0123456789") {
		return
	}
	if r := readDate(s.text); r.isDate() {
		e.seeDate(s, r)
	}
	if a := readNumber(s.text); a.isNumber() {
		e.seeNumber(s, a)
	}
}

func (e *evidence) seeDate(s sight, r reading) {
	e.dated++
	if !r.fixed.IsZero() {
		e.fixed++
		return
	}
	for o := range orders {
		if r.by[o].IsZero() {
			e.missed[o]++
			if e.against[o] == nil {
				e.against[o] = s.kept()
			}
			continue
		}
		for other := o + 1; other < orders; other++ {
			if !r.by[other].IsZero() && r.by[other] != r.by[o] {
				if e.open == nil {
					e.open = map[[2]order]sight{}
				}
				if _, known := e.open[[2]order{o, other}]; !known {
					e.open[[2]order{o, other}] = s
				}
			}
		}
	}
}

func (e *evidence) seeNumber(s sight, a amount) {
	e.counted++
	if a.padded {
		e.padded++
	}
	e.seeUnit(s, a.unit, a.by[dot]+a.by[comma])
	if !compact(s.text).IsZero() {
		e.packed++
	}
	if isSerial(s.text) {
		e.serials++
	}
	for p := range points {
		if a.by[p] == "" && e.againstBy[p] == nil {
			e.againstBy[p] = s.kept()
		}
	}
	if a.by[dot] != "" && a.by[comma] != "" && a.by[dot] != a.by[comma] && e.openBy == nil {
		e.openBy = s.kept()
	}
}

// seeUnit counts per cent; nothing is nothing with it or without.
func (e *evidence) seeUnit(s sight, unit, plain string) {
	if _, known := e.units[unit]; unit != "" && unit != "%" && !known && len(e.units) < maxWords {
		if e.units == nil {
			e.units = map[string]sight{}
		}
		e.units[unit] = s
	}
	switch {
	case unit == "%":
		e.percent++
	case strings.Trim(plain, "0") != "":
		e.bare++
	}
}

// A finding is the order or point that the evidence leaves.
type finding[T any] struct {
	value T
	// told is the cell that settled it; nil when every way reads the column alike.
	told *sight
	// between are the cells of an ambiguity or a contradiction.
	between []sight
	// contradicted tells that no way reads all cells.
	contradicted bool
}

func (f finding[T]) settled() bool { return len(f.between) == 0 }

// order weighs the evidence for the order of dates.
func (e *evidence) order() finding[order] {
	var left []order
	for o := range orders {
		if e.against[o] == nil {
			left = append(left, o)
		}
	}
	if len(left) == 0 {
		return finding[order]{between: distinct(e.against[dayFirst], e.against[monthFirst]), contradicted: true}
	}
	for i, o := range left {
		for _, other := range left[i+1:] {
			if s, differs := e.open[[2]order{o, other}]; differs {
				return finding[order]{between: []sight{s}}
			}
		}
	}
	f := finding[order]{value: left[0]}
	if f.value == dayFirst {
		f.told = e.against[monthFirst]
	} else {
		f.told = e.against[dayFirst]
	}
	return f
}

// point weighs the evidence for the decimal point.
func (e *evidence) point() finding[point] {
	switch {
	case e.againstBy[dot] != nil && e.againstBy[comma] != nil:
		return finding[point]{between: distinct(e.againstBy[dot], e.againstBy[comma]), contradicted: true}
	case e.againstBy[dot] != nil:
		return finding[point]{value: comma, told: e.againstBy[dot]}
	case e.againstBy[comma] != nil:
		return finding[point]{value: dot, told: e.againstBy[comma]}
	case e.openBy != nil:
		return finding[point]{between: []sight{*e.openBy}}
	}
	return finding[point]{value: dot}
}

// turned finds an order under which none of the dates that are text can be
// read, in a column whose other cells are dates of which every day can be a
// month: a program that was set to this order made dates of what it could read,
// and swapped their days and months.
func (e *evidence) turned() (order, bool) {
	texts := e.dated - e.fixed
	if texts == 0 || e.fixed > 0 || e.native == nil || e.lateDay {
		return 0, false
	}
	for _, o := range []order{dayFirst, monthFirst} {
		if e.missed[o] == texts {
			return o, true
		}
	}
	return 0, false
}

// mixed finds two amounts of different currencies, one of which shows a sign
// that is of several countries.
func (e *evidence) mixed() (sign string, between []sight) {
	if len(e.units) < 2 {
		return "", nil
	}
	for unit, s := range e.units {
		between = append(between, s)
		if !isoCurrency.MatchString(unit) && (sign == "" || unit < sign) {
			sign = unit
		}
	}
	slices.SortFunc(between, func(a, b sight) int { return a.row - b.row })
	return sign, between[:2]
}

func distinct(sights ...*sight) (list []sight) {
	for _, s := range sights {
		if s != nil {
			list = append(list, *s)
		}
	}
	return list
}

// isSerial tells whether a whole number can be the serial number of a day from
// 1954 to 2119 in either system.
func isSerial(s string) bool {
	return len(s) == 5 && s >= "20000" && s <= "80000" && strings.Trim(s, "0123456789") == ""
}
