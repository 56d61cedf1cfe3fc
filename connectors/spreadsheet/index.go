package spreadsheet

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"plumbline/portfolio"
)

// A place is where a row stands.
type place struct {
	table, row int32
}

// An index tells who is who among all rows.
type index struct {
	// first and twins are where the rows of an id stand.
	first map[portfolio.Key]place
	twins map[portfolio.Key][]place
	// byKey and byName lead from lower case to ids of projects.
	byKey, byName map[string][]string
	// made are the projects that only milestones name: where they first do.
	made map[string]place
	// listed tells that some row is a project.
	listed bool
}

// A record is a row and who it is.
type record struct {
	table   *table
	at      place
	row     row
	of      portfolio.Kind
	id      string
	project string // id, of a milestone or risk
	problem error  // it cannot be told who it is
	skip    bool   // it is neither a project nor a milestone
}

// key is what the row is known by. A row that has no id is known by where it
// stands, for want of anything better.
func (r *record) key() portfolio.Key {
	id := r.id
	if id == "" {
		id = fmt.Sprintf("%s, row %d", r.table.where(0, nil), r.row.number)
	}
	return portfolio.Key{Kind: r.of, ID: id}
}

// makeIndex passes over all rows: projects first, for milestones may be known
// by theirs.
func (b *book) makeIndex() error {
	b.index = index{
		first: map[portfolio.Key]place{}, twins: map[portfolio.Key][]place{},
		byKey: map[string][]string{}, byName: map[string][]string{}, made: map[string]place{},
	}
	for _, of := range []portfolio.Kind{portfolio.KindProject, portfolio.KindMilestone, portfolio.KindRisk} {
		err := b.walk(func(r *record) error {
			if r.of != of || r.skip || r.id == "" {
				return nil
			}
			key := r.key()
			if _, known := b.index.first[key]; known {
				b.index.twins[key] = append(b.index.twins[key], r.at)
				return nil
			}
			b.index.first[key] = r.at
			if of == portfolio.KindProject {
				b.index.enlist(r)
			} else if _, known := b.index.made[r.project]; r.problem == nil && !known && b.makesProjects() {
				b.index.made[r.project] = r.at
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (x *index) enlist(r *record) {
	x.listed = true
	note := func(words map[string][]string, meaning string) {
		if word := strings.ToLower(oneSpaced(r.table.word(r.row, meaning))); word != "" {
			words[word] = append(words[word], r.id)
		}
	}
	note(x.byKey, asKey)
	note(x.byName, asName)
}

// oneSpaced is a text with single spaces between its words.
func oneSpaced(s string) string { return strings.Join(strings.Fields(s), " ") }

// makesProjects tells whether projects are made of the names that milestones
// give: where no row is one.
func (b *book) makesProjects() bool {
	return !b.index.listed && b.grammar.settings.References != referenceIDs
}

// walk gives all rows, each with who it is, in the order in which they are
// told.
func (b *book) walk(do func(*record) error) error {
	levels := b.grammar.levels()
	for n, t := range b.tables {
		above := "" // the project that was listed last
		err := b.rows.each(t, func(r row) error {
			rec := record{table: t, at: place{int32(n), int32(r.number)}, row: r}
			b.identify(&rec, levels, &above)
			return do(&rec)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// identify tells whether a row is a project or a milestone, and its id.
func (b *book) identify(r *record, levels map[string]string, above *string) {
	rows := r.table.rows
	if rows == "" {
		level := r.table.word(r.row, asLevel)
		if rows = levels[folded(level)]; level == "" {
			c := r.table.by[asLevel]
			r.of, r.problem = portfolio.KindProject, fmt.Errorf("%s: nothing tells whether the row is a project, a milestone or a risk", r.table.where(r.row.number, c))
			return
		}
	}
	switch rows {
	case rowsProjects:
		r.of = portfolio.KindProject
		if r.id, r.problem = r.identity(""); r.problem == nil {
			*above = r.id
		}
	case rowsMilestones, rowsRisks:
		if r.of = portfolio.KindMilestone; rows == rowsRisks {
			r.of = portfolio.KindRisk
		}
		if r.project, r.problem = b.projectOf(r, *above); r.problem != nil {
			// Its id may not need its project.
			if c := r.table.identity(asID, asKey); c != nil {
				r.id, _ = r.identity("")
			}
			return
		}
		r.id, r.problem = r.identity(r.project)
	default:
		r.skip = true
	}
}

// identity is the row's id: what is in the column of ids, else of keys, else
// its name. A milestone's name is one only within its project.
func (r *record) identity(project string) (string, error) {
	t := r.table
	c := t.identity(asID, asKey, asName)
	value := r.row.at(c.index)
	switch value.kind {
	case bad:
		return "", r.wrong(c, value)
	case blank:
		return "", fmt.Errorf("%s: there is no %s, by which the row is known", t.where(r.row.number, c), c.meaning)
	}
	id := oneSpaced(value.String())
	if c.meaning == asName {
		id = strings.ToLower(id)
		if project != "" {
			id = project + "/" + id
		}
	}
	return shortID(id), nil
}

// word is what the row is called.
func (r *record) word() string {
	kind, _ := kindOf(r.of)
	return kind
}

// wrong is the error of a cell that cannot be used.
func (r *record) wrong(c *column, value cell) error {
	return fmt.Errorf("%s: %s", r.table.where(r.row.number, c), value.text)
}

// maxID is how long an id may be, in bytes. A longer one is kept by its hash.
const maxID = 200

func shortID(id string) string {
	if len(id) <= maxID {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return strings.ToValidUTF8(id[:maxID-32], "") + "-" + hex.EncodeToString(sum[:8])
}

var errNoProject = errors.New("no project has it as id, key or name")

// projectOf is the id of a milestone's project.
func (b *book) projectOf(r *record, above string) (string, error) {
	c := r.table.by[asProject]
	if c == nil {
		c = r.table.by[asParent]
	}
	value := cell{}
	if c != nil {
		value = r.row.at(c.index)
	}
	switch {
	case value.kind == bad:
		return "", r.wrong(c, value)
	case value.valueless() && above != "":
		return above, nil // in a list that is ordered as an outline
	case value.valueless() && c == nil:
		return "", fmt.Errorf("%s: the %s has no project: no column names it, and no row above is one", r.table.where(r.row.number, nil), r.word())
	case value.valueless():
		return "", fmt.Errorf("%s: the %s has no project", r.table.where(r.row.number, c), r.word())
	}
	word := oneSpaced(value.String())
	if !b.index.listed {
		return shortID(word), nil
	}
	id, err := b.index.project(word)
	if err != nil {
		return "", fmt.Errorf("%s: %q: %w", r.table.where(r.row.number, c), clipped(word), err)
	}
	return id, nil
}

// project finds a project by its id, else its key, else its name.
func (x *index) project(word string) (string, error) {
	if id := shortID(word); x.has(portfolio.KindProject, id) {
		return id, nil
	}
	lower := strings.ToLower(word)
	for _, words := range []map[string][]string{x.byKey, x.byName} {
		switch ids := words[lower]; len(ids) {
		case 0:
		case 1:
			return ids[0], nil
		default:
			return "", fmt.Errorf("several projects are called so: %s", strings.Join(ids[:min(len(ids), 5)], ", "))
		}
	}
	return "", errNoProject
}

func (x *index) has(of portfolio.Kind, id string) bool {
	_, ok := x.first[portfolio.Key{Kind: of, ID: id}]
	return ok
}
