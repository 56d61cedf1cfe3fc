package spreadsheet

import (
	"errors"
	"fmt"
)

// decide gives every column its type. The error is that of columns that must
// be read and cannot be: of dates that may mean two things, say.
func (g grammar) decide(t *table) error {
	var problems []error
	for _, c := range t.columns {
		if c.leftOut != "" {
			continue
		}
		c.field = c.name
		if c.meaning != "" {
			c.field = c.meaning
		} else if id := g.preset.fields[folded(c.name)]; id != "" {
			c.field = id
		}
		var problem string
		switch c.meaning {
		case asStart, asDue, asFinished, asBaseline, asForecast, asReported, asRaised:
			c.typ, c.strict = asDate, true
			problem = g.decideDate(t, c)
		case asBudget:
			c.typ, c.strict = asNumber, true
			problem = g.decideNumber(c)
		case asLabels, asObjectives:
			c.typ = asList
		case asSponsor:
			c.typ = asPerson
		case "", asProgress:
			problem = g.decidePlain(t, c)
		}
		if problem == "" {
			continue
		}
		if c.strict || g.mapped[folded(c.name)] || g.mapped[folded(c.field)] {
			problems = append(problems, fmt.Errorf("%s: %s", t.where(0, c), problem))
			continue
		}
		c.leftOut = problem
	}
	return errors.Join(problems...)
}

// nearly is the share of the values that make a column one of dates or
// numbers; the others stay texts.
const nearly = 0.9

// decidePlain tells the type of a column whose name asks for none.
func (g grammar) decidePlain(t *table, c *column) string {
	e := &c.seen
	enough := int(nearly*float64(e.filled) + 0.999)
	switch {
	case e.filled == 0:
		return ""
	case e.kinds[boolean] == e.filled:
		c.typ = asBoolean
	case e.dated+e.kinds[date] >= enough:
		c.typ = asDate
		return g.decideDate(t, c)
	case e.counted+e.kinds[number] >= enough && e.padded == 0:
		c.typ = asNumber
		return g.decideNumber(c)
	}
	return ""
}

// decideDate settles the order of a column's dates, and says what is wrong
// when it cannot.
func (g grammar) decideDate(t *table, c *column) string {
	e := &c.seen
	if e.serials > 0 && !t.serials {
		return "it has numbers that may be serial numbers of days; set date_system: 1900 or 1904"
	}
	for o, name := range orderNames {
		if name == g.settings.DateOrder && name != "" {
			c.order, c.told = order(o), orderWords[o]+", as the settings say"
			return ""
		}
	}
	f := e.order()
	switch {
	case f.contradicted:
		return fmt.Sprintf("no order of day and month fits all its dates: %s; mend them, or set date_order: dmy, mdy or ymd", f.cells())
	case !f.settled():
		return fmt.Sprintf("nothing tells whether day or month comes first: %s can mean two dates; set date_order: dmy, mdy or ymd", f.cells())
	}
	if o, turned := e.turned(); turned {
		return fmt.Sprintf("some cells are dates and some are text that no program could read %s, as %s; every day of the dates, as %s in row %d, is one that could be a month: "+
			"a program may have swapped them; mend the texts, or set date_order: %s if the dates are right",
			orderWords[o], finding[order]{between: []sight{*e.against[o]}}.cells(), e.native.text, e.native.row, f.value)
	}
	c.order = f.value
	if e.dated > e.fixed {
		c.told = orderWords[f.value]
		if f.told != nil {
			c.told += fmt.Sprintf(", as row %d tells: %s", f.told.row, clipped(f.told.text))
		}
	}
	return ""
}

// decideNumber settles the decimal point of a column's numbers.
func (g grammar) decideNumber(c *column) string {
	e := &c.seen
	if e.percent > 0 && e.bare > 0 {
		return fmt.Sprintf("%d of its numbers are per cent and %d are not: 100%% and 1 cannot be told apart", e.percent, e.bare)
	}
	if sign, between := e.mixed(); sign != "" {
		return fmt.Sprintf("%s are of different currencies, and %s is that of several countries: write each as in 100 USD", finding[point]{between: between}.cells(), sign)
	}
	c.percent = e.percent > 0
	for p, name := range pointNames {
		if name == g.settings.Decimal && name != "" {
			c.point, c.told = point(p), "decimal "+name+", as the settings say"
			return ""
		}
	}
	f := e.point()
	switch {
	case f.contradicted:
		return fmt.Sprintf("neither point nor comma fits before the fraction of all its numbers: %s; mend them, or set decimal: point or comma", f.cells())
	case !f.settled():
		return fmt.Sprintf("nothing tells whether point or comma stands before the fraction: %s can mean two numbers; set decimal: point or comma", f.cells())
	}
	c.point = f.value
	if f.told != nil {
		c.told = fmt.Sprintf("decimal %s, as row %d tells: %s", f.value, f.told.row, clipped(f.told.text))
	}
	return ""
}

// cells names the cells that a finding could not settle.
func (f finding[T]) cells() string {
	out := ""
	for i, s := range f.between {
		if i > 0 {
			out += " and "
		}
		out += fmt.Sprintf("%q in row %d", clipped(s.text), s.row)
	}
	return out
}
