package folder

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"plumbline/internal/spelling"
	"plumbline/portfolio"
)

// A Source has what is recorded; *portfolio.Snapshot is one.
type Source interface {
	Documents(portfolio.Kind) iter.Seq[portfolio.Versioned]
}

// Write returns what is recorded as files, in one canonical form whoever
// recorded it: the same documents give the same bytes, and reading the files
// gives the same documents. names are the lists wanted, all of them without
// any. Lists without entries are left out. The warnings are of what files
// cannot hold, and of what tools own, which no file could take over.
func Write(from Source, names []string) (files []File, warnings []string, err error) {
	for _, name := range names {
		if listNamed(name) == nil {
			return nil, nil, fmt.Errorf("%w: there is no list %q; %s", portfolio.ErrInvalid, name, spelling.DidYouMean(name, Lists()))
		}
	}
	texts := map[string]*strings.Builder{}
	for _, l := range lists {
		if len(names) > 0 && !slices.Contains(names, l.name) {
			continue
		}
		entries, left := l.entries(from)
		if n := l.ofTools(from); n > 0 {
			left = append(left, fmt.Sprintf("%d %s: tools own them, and have them", n, l.name))
		}
		warnings = append(warnings, left...)
		if len(entries) == 0 {
			continue
		}
		b, begun := texts[l.file]
		if !begun {
			b = &strings.Builder{}
			texts[l.file] = b
			files = append(files, File{Name: l.file})
		} else {
			b.WriteByte('\n')
		}
		if strings.HasSuffix(l.file, ".csv") {
			writeTable(b, l, entries)
		} else {
			writeList(b, l, entries)
		}
	}
	for i := range files {
		files[i].Data = []byte(texts[files[i].Name].String())
	}
	return files, warnings, nil
}

// entries are what a source has of the list, sorted by their keys.
func (l *list) entries(from Source) (entries []map[string]reflect.Value, left []string) {
	var facts []portfolio.RecordedFact
	for v := range from.Documents(l.kind) {
		if f, ok := v.Doc.(portfolio.RecordedFact); ok && portfolio.Readable(f) && !ofTool(f) {
			facts = append(facts, withoutUnreadable(from, f))
		}
	}
	slices.SortFunc(facts, func(a, b portfolio.RecordedFact) int { return strings.Compare(a.Key().ID, b.Key().ID) })
	if l.overrides {
		return l.sayings(facts)
	}
	for _, f := range facts {
		entry := map[string]reflect.Value{}
		for _, m := range l.members {
			if v, said := m.said(reflect.ValueOf(f).Elem()); said {
				entry[m.name] = v
			}
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

// ofTools counts what a source has of the list that tools own.
func (l *list) ofTools(from Source) (n int) {
	for v := range from.Documents(l.kind) {
		if f, ok := v.Doc.(portfolio.RecordedFact); ok && ofTool(f) {
			n++
		}
	}
	return n
}

func ofTool(f portfolio.RecordedFact) bool {
	return strings.HasPrefix(f.Authorship().Author, portfolio.AuthorOfTool)
}

// said is the value of the member in a fact or in an element of a list, and
// whether there is anything to write.
func (m member) said(in reflect.Value) (reflect.Value, bool) {
	v := in.FieldByIndex(m.index)
	if v.Kind() == reflect.Pointer {
		return v.Elem(), !v.IsNil()
	}
	return v, m.needed || !v.IsZero()
}

// withoutUnreadable is a document without the name of what nobody may read: a
// quick win that has a quote without consent is written as if it had none.
func withoutUnreadable(from Source, f portfolio.RecordedFact) portfolio.RecordedFact {
	win, ok := f.(*portfolio.QuickWinFact)
	if !ok || win.Quote == "" {
		return f
	}
	for v := range from.Documents(portfolio.KindQuote) {
		if v.Doc.Key().ID == win.Quote && !portfolio.Readable(v.Doc) {
			bare := *win
			bare.Quote = ""
			return &bare
		}
	}
	return f
}

// sayings put overrides of one target with one reason into one entry.
func (l *list) sayings(facts []portfolio.RecordedFact) (entries []map[string]reflect.Value, left []string) {
	reference := l.members[0].name
	type saying struct{ to, reason string }
	entriesOf := map[saying]map[string]reflect.Value{}
	var order []saying
	for _, f := range facts {
		o, ok := f.(*portfolio.Override)
		if !ok {
			continue
		}
		to, ours := strings.CutPrefix(o.Target, reference+":")
		if !ours {
			continue
		}
		m, known := l.member(o.Field)
		v, wrong := reflect.Value{}, ""
		switch {
		case known && m.name != reference && m.name != reasonMember && m.name != fieldsMember:
			v, wrong = valueOf(m, o.Value)
		case known || fieldText(o.Value, "") == "":
			wrong = "files cannot hold it"
		}
		if wrong != "" {
			left = append(left, fmt.Sprintf("the field %s of %s: %s", o.Field, o.Target, wrong))
			continue
		}
		at := saying{to, o.Reason}
		entry := entriesOf[at]
		if entry == nil {
			entry = map[string]reflect.Value{reference: reflect.ValueOf(to)}
			if o.Reason != "" {
				entry[reasonMember] = reflect.ValueOf(o.Reason)
			}
			entriesOf[at] = entry
			order = append(order, at)
		}
		if v.IsValid() {
			entry[m.name] = v
			continue
		}
		var fields []portfolio.Field
		if before, ok := entry[fieldsMember]; ok {
			fields = before.Interface().([]portfolio.Field)
		}
		value := o.Value
		value.ID = o.Field
		entry[fieldsMember] = reflect.ValueOf(append(fields, value)) // sorted, as the facts are
	}
	slices.SortFunc(order, func(a, b saying) int {
		if c := strings.Compare(a.to, b.to); c != 0 {
			return c
		}
		return strings.Compare(a.reason, b.reason)
	})
	for _, at := range order {
		entries = append(entries, entriesOf[at])
	}
	return entries, left
}

// plain is a scalar without its quotes.
func plain(v reflect.Value) string {
	switch value := v.Interface().(type) {
	case decimal.Decimal:
		return value.String()
	case fmt.Stringer: // dates, amounts
		return value.String()
	}
	if v.Kind() == reflect.String {
		return newlines.Replace(v.String())
	}
	return fmt.Sprint(v.Interface())
}

// writeTable writes a list as CSV, every column of it.
func writeTable(b *strings.Builder, l *list, entries []map[string]reflect.Value) {
	var columns []member
	for _, m := range l.members {
		if m.flat() {
			columns = append(columns, m)
		}
	}
	for i, m := range columns {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(m.name)
	}
	b.WriteByte('\n')
	for _, entry := range entries {
		for i, m := range columns {
			if i > 0 {
				b.WriteByte(',')
			}
			if v, ok := entry[m.name]; ok {
				b.WriteString(cellOf(v))
			}
		}
		b.WriteByte('\n')
	}
}

// cellOf is a value as a cell of a table.
func cellOf(v reflect.Value) string {
	if v.Kind() == reflect.Slice {
		items := make([]string, v.Len())
		for i := range items {
			items[i] = v.Index(i).String()
		}
		return quotedCell(strings.Join(items, listSeparator))
	}
	if v.Kind() != reflect.String {
		return quotedCell(plain(v))
	}
	return quotedCell(guarded(plain(v)))
}

func quotedCell(text string) string {
	if strings.ContainsAny(text, ",;\"\n") || strings.TrimSpace(text) != text {
		return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	return text
}
