package spreadsheet

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// A book is everything that one reading found, understood.
type book struct {
	grammar grammar
	rows    *rowStore
	tables  []*table
	// skipped are sheets that are not read, and why.
	skipped []string
	index   index
}

// newBook is an empty one; it is to be closed.
func newBook(s *Settings, fields []string) (*book, error) {
	rows, err := newRowStore()
	if err != nil {
		return nil, err
	}
	return &book{grammar: newGrammar(s, fields), rows: rows}, nil
}

// close gives the temporary file back, of which nothing can be lost.
func (b *book) close() { _ = b.rows.file.Close() }

// add reads a file of a day. Its tables are not understood before all were
// read.
func (b *book) add(name string, asOf portfolio.Date, f connectors.File) error {
	wrap := func(err error) error {
		if err == nil {
			return nil
		}
		return fmt.Errorf("%s: %w", name, err)
	}
	packed, err := isWorkbook(f)
	if err != nil {
		return wrap(err)
	}
	s := b.grammar.settings
	if !packed {
		settings, wanted := s.sheet(name)
		if !wanted {
			return wrap(errors.New("the setting sheets names other files only"))
		}
		c := b.collect(name, "", asOf, settings)
		c.from1904, c.serials = s.from1904()
		how, err := readText(f, s, b.grammar.knows(settings), c.row)
		if err == nil {
			c.how = how.encoding
			if how.separator != 0 {
				c.how += ", separated by " + separatorName(how.separator)
			}
			err = c.end()
		}
		if err == nil && c.table == nil {
			err = fmt.Errorf("no row has the names of columns: %s", c.why)
		}
		return wrap(err)
	}
	w, err := openWorkbook(f)
	if err != nil {
		return wrap(err)
	}
	found := 0
	for _, sheet := range w.sheets {
		settings, wanted := s.sheet(sheet.name)
		switch {
		case !wanted:
			b.skip(name, sheet.name, "the setting sheets does not name it")
			continue
		case sheet.hidden && settings.Name == "":
			b.skip(name, sheet.name, "it is hidden")
			continue
		}
		c := b.collect(name, sheet.name, asOf, settings)
		c.from1904, c.serials = w.from1904, true
		if err := w.readSheet(sheet, c.row); err != nil {
			return wrap(err)
		}
		if err := c.end(); err != nil {
			return wrap(err)
		}
		switch {
		case c.table != nil:
			found++
		case settings.Name != "":
			return wrap(fmt.Errorf("sheet %q: no row has the names of columns: %s", sheet.name, c.why))
		default:
			b.skip(name, sheet.name, c.why)
		}
	}
	if found == 0 {
		return wrap(fmt.Errorf("no sheet has a table that can be read: %s", strings.Join(b.skipped, "; ")))
	}
	return nil
}

func (b *book) skip(file, sheet, why string) {
	b.skipped = append(b.skipped, fmt.Sprintf("sheet %q of %s is not read: %s", sheet, file, why))
}

// A collector takes the rows of a sheet in, finds the names of columns in the
// first of them and keeps the others.
type collector struct {
	book        *book
	file, sheet string
	asOf        portfolio.Date
	settings    SheetSettings
	how         string
	from1904    bool
	serials     bool

	top   []row // until the header is found
	table *table
	why   string // there is no table
	over  bool   // the sheet is not read any more
}

func (b *book) collect(file, sheet string, asOf portfolio.Date, settings SheetSettings) *collector {
	return &collector{book: b, file: file, sheet: sheet, asOf: asOf, settings: settings}
}

func (c *collector) row(r row) error {
	switch {
	case c.over, r.empty():
		return nil
	case c.table != nil:
		return c.keep(r)
	}
	c.top = append(c.top, row{r.number, slices.Clone(r.cells)})
	if len(c.top) < max(headerSearch, c.settings.Header) {
		return nil
	}
	return c.begin()
}

// begin finds the header in the rows at the top.
func (c *collector) begin() error {
	h, ok := findHeader(c.top, c.settings.Header, c.book.grammar.knows(c.settings))
	if !ok {
		c.over, c.why = true, "none of its first rows has two names that are known; set columns, or sheets: {header: …}"
		if len(c.top) == 0 {
			c.why = "it is empty"
		}
		return nil
	}
	t := newTable(c.file, c.sheet, h, c.settings, c.book.grammar.settings.Ignore)
	t.asOf = c.asOf
	t.from1904, t.serials, t.first = c.from1904, c.serials, c.book.rows.size
	c.table = t
	rest := c.top[h.used:]
	c.top = nil
	for _, r := range rest {
		if err := c.keep(r); err != nil {
			return err
		}
	}
	return nil
}

func (c *collector) keep(r row) error {
	if c.table.header.repeats(r) {
		return nil
	}
	c.table.see(r)
	if c.table.count++; c.table.count > maxRows {
		return fmt.Errorf("there are more than the %d rows that are read of a sheet", maxRows)
	}
	return c.book.rows.put(r)
}

// end is called when the sheet has no more rows.
func (c *collector) end() error {
	if c.table == nil && !c.over {
		if err := c.begin(); err != nil {
			return err
		}
	}
	t := c.table
	if t == nil {
		return nil
	}
	t.how = c.how
	if missing := c.book.grammar.give(t); len(missing) > 0 {
		return fmt.Errorf("%s: no column is called %q, as the settings say; the columns are %s", t.where(t.header.row, nil), missing[0], quotedList(t.header.names))
	}
	if c.why = t.usable(); c.why != "" {
		c.table = nil
		return nil
	}
	c.book.tables = append(c.book.tables, t)
	return nil
}

func quotedList(names []string) string {
	var out []string
	for _, n := range names {
		if n != "" {
			out = append(out, fmt.Sprintf("%q", clipped(n)))
		}
	}
	return strings.Join(out, ", ")
}

// understand gives all columns their types, once all files were read, and
// finds out who is who. Sheets of projects come first from then on.
func (b *book) understand() error {
	var problems []error
	for _, t := range b.tables {
		if err := b.grammar.decide(t); err != nil {
			problems = append(problems, err)
		}
	}
	for meaning, name := range b.grammar.settings.Columns {
		if name != "" && !slices.ContainsFunc(b.tables, func(t *table) bool { return t.named(name) != nil }) {
			problems = append(problems, fmt.Errorf("no sheet has a column called %q, as the setting columns says for %s", name, meaning))
		}
	}
	if len(b.tables) == 0 {
		problems = append(problems, errors.New("there is no file to read"))
	}
	slices.SortStableFunc(b.tables, func(x, y *table) int { return turn(x) - turn(y) })
	if err := errors.Join(problems...); err != nil {
		return err
	}
	return b.makeIndex()
}

// turn is when the rows of a table are told.
func turn(t *table) int {
	switch t.rows {
	case rowsProjects:
		return 0
	case rowsMilestones:
		return 2
	case rowsRisks:
		return 3
	default:
		return 1
	}
}
