package spreadsheet

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// Check implements connectors.Checker: how each column was understood, with
// samples, and how much there is to read.
func (c *Connector) Check(ctx context.Context) (connectors.Report, error) {
	r := connectors.Report{Site: *c.site()}
	if c.source == nil && c.upload == nil {
		r.Warnings = append(r.Warnings, "it waits for files that are sent to it: send one to see how its columns are understood")
		return r, nil
	}
	b, err := newBook(&c.settings, c.env.Fields)
	if err != nil {
		return r, fmt.Errorf("spreadsheet: %w", err)
	}
	defer b.close()
	_, err = c.fill(ctx, b, "")
	if err == nil {
		err = b.understand()
	}
	for _, t := range b.tables {
		r.Fields = append(r.Fields, t.found(len(b.tables) > 1)...)
		r.Counts = append(r.Counts, connectors.Count{Of: "rows: " + t.name() + ", " + t.describe(), Records: int(t.count)})
	}
	for _, f := range c.env.Fields {
		if !b.has(f) {
			r.Fields = append(r.Fields, connectors.FieldFound{Asked: f})
		}
	}
	r.Warnings = append(r.Warnings, b.warnings()...)
	if err == nil {
		err = c.count(ctx, b, &r)
	}
	if err != nil {
		return r, fmt.Errorf("spreadsheet: %w", err)
	}
	return r, nil
}

// count converts everything once, and tells what would be read.
func (c *Connector) count(ctx context.Context, b *book, r *connectors.Report) error {
	v := newConversion(c.env.Connection, b)
	counts := map[portfolio.Kind]int{}
	unread := 0
	var reasons []string
	err := b.walk(func(rec *record) error {
		out := v.convert(rec)
		for _, f := range out.facts {
			counts[f.Key().Kind]++
		}
		if out.quarantined != nil {
			if unread++; len(reasons) < 5 {
				reasons = append(reasons, strings.ReplaceAll(out.quarantined.Reason, "\n", "; "))
			}
		}
		return ctx.Err()
	})
	r.Counts = nil
	for _, kind := range []struct {
		of   portfolio.Kind
		word string
	}{
		{portfolio.KindProject, "projects"}, {portfolio.KindMilestone, "milestones"}, {portfolio.KindDependency, "dependencies"},
		{portfolio.KindPerson, "people"}, {portfolio.KindRisk, "risks"},
	} {
		r.Counts = append(r.Counts, connectors.Count{Of: kind.word, Records: counts[kind.of]})
	}
	for _, reason := range reasons {
		r.Warnings = append(r.Warnings, "cannot be read: "+reason)
	}
	if unread > len(reasons) {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d more rows cannot be read", unread-len(reasons)))
	}
	return err
}

// found tells how the columns of a table were understood.
func (t *table) found(several bool) (fields []connectors.FieldFound) {
	for _, c := range t.columns {
		if c.name == "" {
			continue
		}
		f := connectors.FieldFound{Asked: c.name, ID: c.name, Samples: c.seen.samples}
		if several {
			f.Asked = t.name() + ", " + c.name
			f.ID = f.Asked
		}
		if c.leftOut != "" {
			f.Understood = "not read: " + c.leftOut
			if c.leftOut == ignoredBySettings { // for it may hold what nobody is to see
				f.Samples = nil
			}
			fields = append(fields, f)
			continue
		}
		f.Type = typeWords[c.typ]
		if c.percent {
			f.Type = "per cent"
		}
		f.Understood = "a field of its own"
		if c.meaning != "" {
			f.Understood = c.meaning
			if !c.set {
				f.Understood += ", guessed by its name"
			}
		} else if c.field != c.name {
			f.Understood = "the field " + c.field
		}
		if c.told != "" {
			f.Understood += "; " + c.told
		}
		fields = append(fields, f)
	}
	return fields
}

// has tells whether a field that the mapping names is in any table.
func (b *book) has(name string) bool {
	for _, native := range []string{"name", "key", "category", "status"} {
		if name == native {
			return true
		}
	}
	for _, t := range b.tables {
		for _, c := range t.columns {
			if c.leftOut == "" && (c.name == name || c.field == name) {
				return true
			}
		}
	}
	return false
}

// warnings are what is not read of the files.
func (b *book) warnings() []string {
	warnings := append([]string(nil), b.skipped...)
	for _, t := range b.tables {
		for _, c := range t.columns {
			switch {
			case c.leftOut == "" || c.seen.filled == 0:
			case c.name == "":
				warnings = append(warnings, fmt.Sprintf("%s: column %s is not read: it has values, as %s, but no name", t.where(0, nil), columnName(c.index), quotedList(c.seen.samples)))
			case c.leftOut != ignoredBySettings:
				warnings = append(warnings, fmt.Sprintf("%s is not read: %s", t.where(0, c), c.leftOut))
			}
		}
		if n, words := t.neither(b.grammar.levels()); n > 0 {
			warnings = append(warnings, fmt.Sprintf("%s: %d rows are not read, for %s is none of projects, milestones and risks: %s; the setting levels can name them", t.where(0, nil), n, t.by[asLevel].name, words))
		}
		if n := t.unusable(); n > 0 {
			warnings = append(warnings, fmt.Sprintf("%s: %d cells hold an error or a formula without a saved value", t.where(0, nil), n))
		}
	}
	return warnings
}

// neither counts the rows whose level is a word that is none of ours.
func (t *table) neither(levels map[string]string) (n int, words string) {
	c := t.by[asLevel]
	if c == nil || t.rows != "" {
		return 0, ""
	}
	var list []string
	for word, count := range c.seen.words {
		if levels[folded(word)] == "" {
			n += count
			list = append(list, word)
		}
	}
	slices.Sort(list)
	return n, quotedList(list)
}

// unusable counts the cells that hold nothing that can be used.
func (t *table) unusable() (n int) {
	for _, c := range t.columns {
		if c.leftOut == "" {
			n += c.seen.kinds[bad]
		}
	}
	return n
}
