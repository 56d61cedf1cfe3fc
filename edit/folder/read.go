package folder

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"plumbline/internal/spelling"
	"plumbline/portfolio"
)

// Read reads files into a batch. The problems are all that can be told
// without knowing what is recorded already; what can be read is in the batch
// all the same, so that package edit can judge it and everything is told at
// once. Neither is ever nil.
func Read(files []File) (*Batch, Problems) {
	r := &reader{batch: &Batch{}, problems: Problems{}, first: map[portfolio.Key]*row{}}
	total := 0
	for _, f := range files {
		if total += len(f.Data); total > MaxTotal {
			r.broken(Problem{File: f.Name}, "the files are larger than %d bytes together", MaxTotal)
			break
		}
		r.file(f)
	}
	r.problems.Sort()
	return r.batch, r.problems
}

// Known reports whether a file of that name would be read: YAML and CSV.
func Known(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml", ".csv":
		return true
	}
	return false
}

// A reader adds what files say to a batch.
type reader struct {
	batch    *Batch
	problems Problems
	// first is the row that recorded a document.
	first map[portfolio.Key]*row
}

// report keeps a problem.
func (r *reader) report(at Problem, format string, args ...any) {
	at.Text = fmt.Sprintf(format, args...)
	r.problems = append(r.problems, at)
}

// broken keeps a problem that hides what else the file says.
func (r *reader) broken(at Problem, format string, args ...any) {
	r.batch.broken = true
	r.report(at, format, args...)
}

// lost keeps a problem that hides an entry of the list.
func (r *reader) lost(l *list, at Problem, format string, args ...any) {
	r.batch.broken = r.batch.broken || l.referred
	r.report(at, format, args...)
}

// blame keeps a problem of a row.
func (r *reader) blame(of *row, path []string, format string, args ...any) {
	of.wrong = true
	r.report(of.at(path), format, args...)
}

func (r *reader) file(f File) {
	most, read := MaxCSV, r.table
	switch strings.ToLower(path.Ext(f.Name)) {
	case ".yaml", ".yml":
		most, read = MaxYAML, r.lists
	case ".csv":
	default:
		r.broken(Problem{File: f.Name}, "this is neither YAML (.yaml, .yml) nor CSV (.csv)")
		return
	}
	if len(f.Data) > most {
		r.broken(Problem{File: f.Name}, "the file is larger than %d bytes; divide it", most)
		return
	}
	content, line, wrong := decode(f.Data)
	if wrong != "" {
		r.broken(Problem{File: f.Name, Line: line}, "%s", wrong)
		return
	}
	read(f.Name, content)
}

// full reports, once, that there is no room for another row.
func (r *reader) full(at Problem) bool {
	if len(r.batch.Changes) < portfolio.MaxEdits {
		return false
	}
	if !r.batch.broken {
		r.broken(at, "more than %d entries cannot be recorded at once", portfolio.MaxEdits)
	}
	return true
}

// entry is a row while it is read: the fact, or what is said of the fields of
// a project or milestone.
type entry struct {
	*row
	fact portfolio.RecordedFact
	// said holds, in a list of overrides, the values by member.
	said map[string]reflect.Value
	// given are the members that say something.
	given []string
}

func (r *reader) begin(l *list, at *row) *entry {
	at.list = l
	e := &entry{row: at}
	if l.overrides {
		e.said = map[string]reflect.Value{}
		return e
	}
	doc, err := portfolio.NewDocument(l.kind)
	if err != nil {
		panic(err) // the lists are wrong
	}
	e.fact = doc.(portfolio.RecordedFact)
	return e
}

// value returns where a member of the entry goes.
func (e *entry) value(m member) reflect.Value {
	e.given = append(e.given, m.name)
	if e.fact != nil {
		return reflect.ValueOf(e.fact).Elem().FieldByIndex(m.index)
	}
	v := reflect.New(m.typ).Elem()
	e.said[m.name] = v
	return v
}

// end adds the entry to the batch.
func (r *reader) end(e *entry) {
	for _, m := range e.list.members {
		if m.needed && !slices.Contains(e.given, m.name) {
			r.blame(e.row, nil, "%s is missing; expected %s", m.name, expected(m.typ))
		}
	}
	n := len(r.batch.rows)
	r.batch.rows = append(r.batch.rows, e.row)
	if e.fact != nil {
		r.once(e.row, nil, e.fact.Key())
		r.batch.add(e.row, n, e.fact)
		return
	}
	to, fields := e.overrides()
	if len(fields) == 0 && !e.wrong {
		r.blame(e.row, nil, "this says nothing of the %s; expected %s", e.list.members[0].name, spelling.OneOf(e.list.names()[1:]))
	}
	for _, o := range fields {
		if to == "" {
			continue // it is missing, which is told
		}
		path := []string{o.Field}
		if _, known := e.said[o.Field]; !known {
			path = []string{fieldsMember, o.Field}
		}
		r.once(e.row, path, o.Key())
		r.batch.add(e.row, n, o, path...)
	}
}

// once reports that a document was recorded before.
func (r *reader) once(at *row, path []string, key portfolio.Key) {
	before, twice := r.first[key]
	switch {
	case !twice:
		r.first[key] = at
	case !at.wrong || len(path) > 0:
		r.blame(at, path, "this is said already at %s", before.where())
	}
}

// where is the place of the row itself.
func (r *row) where() string { return fmt.Sprintf("%s:%d", r.file, r.line) }

// overrides are what an entry of a list of overrides says: of what, and each
// of its fields.
func (e *entry) overrides() (to string, all []*portfolio.Override) {
	reference, reason := e.list.members[0].name, ""
	if v, ok := e.said[reference]; ok {
		to = v.String()
	}
	if v, ok := e.said[reasonMember]; ok {
		reason = v.String()
	}
	say := func(name string, value portfolio.Field) {
		all = append(all, &portfolio.Override{Target: reference + ":" + to, Field: name, Value: value, Reason: reason})
	}
	for _, m := range e.list.members[1:] {
		v, ok := e.said[m.name]
		switch {
		case !ok || m.name == reasonMember:
		case m.typ == fieldsType:
			for _, f := range v.Interface().([]portfolio.Field) {
				say(f.ID, f)
			}
		default:
			say(m.name, fieldOf(m, v))
		}
	}
	return to, all
}
