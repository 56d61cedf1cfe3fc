package graph_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"plumbline/portfolio"
)

// A querist writes random queries that the schema accepts. What has arguments
// is always called something that nothing else is called, so fields that
// meet in fragments never disagree.
type querist struct {
	schema *ast.Schema
	*rand.Rand
	// ids and cursors are from earlier answers.
	ids, cursors []string

	names     int
	apart     bool // the next fields get a name of their own
	variables map[string]any
	declared  []string
	fragments []string
	spread    map[string][]string // fragments by their type
	pages     []string            // the root lists that go on by a variable
	day       any                 // that all root fields are of; nil for now
	settings  any                 // that shape it
}

// A question is a query with its variables.
type question struct {
	text      string
	variables map[string]any
	// pages are the aliases of root lists; the cursor to go on from is the
	// variable of the same name.
	pages []string
}

// An enumValue is written without quotes in a document.
type enumValue string

// draft writes a query of 1 to 3 root fields.
func (q *querist) draft() question {
	q.names, q.variables, q.declared, q.fragments, q.pages = 0, map[string]any{}, nil, nil, nil
	q.spread = map[string][]string{}
	q.day, q.settings = nil, enumValue(portfolio.SettingsThen)
	if q.one(5) {
		q.day = []any{oddPast, oddToday}[q.IntN(2)]
	}
	var body strings.Builder
	for range 1 + q.IntN(3) {
		fields := q.schema.Query.Fields
		f := fields[q.IntN(len(fields))]
		for strings.HasPrefix(f.Name, "__") || q.day != nil && f.Directives.ForName("operational") != nil {
			f = fields[q.IntN(len(fields))]
		}
		q.field(&body, f, 5, true)
	}
	head := "query"
	if len(q.declared) > 0 {
		head += " Random(" + strings.Join(q.declared, ", ") + ")"
	}
	return question{
		text:      head + " {" + body.String() + " }" + strings.Join(q.fragments, ""),
		variables: q.variables,
		pages:     q.pages,
	}
}

func (q *querist) one(n int) bool { return q.IntN(n) == 0 }

func (q *querist) name(prefix string) string {
	q.names++
	return fmt.Sprintf("%s%d", prefix, q.names)
}

// selection writes what is asked of a type; depth bounds the objects below.
func (q *querist) selection(b *strings.Builder, of *ast.Definition, depth int) {
	b.WriteString(" {")
	defer b.WriteString(" }")
	if of.IsAbstractType() || q.one(6) {
		b.WriteString(" __typename")
	}
	if of.IsAbstractType() {
		for _, possible := range q.schema.PossibleTypes[of.Name] {
			if q.one(3) {
				fmt.Fprintf(b, " ... on %s {", possible.Name)
				q.apart = true // the same name may be of another type elsewhere
				q.some(b, possible, depth-1)
				b.WriteString(" }")
			}
		}
	}
	if known := q.spread[of.Name]; len(known) > 0 && q.one(4) {
		fmt.Fprintf(b, " ...%s%s", known[q.IntN(len(known))], q.directive())
	} else if depth > 1 && q.one(8) {
		name := q.name("F")
		var text strings.Builder
		fmt.Fprintf(&text, " fragment %s on %s", name, of.Name)
		q.fields(&text, of, depth-1)
		q.fragments = append(q.fragments, text.String())
		q.spread[of.Name] = append(q.spread[of.Name], name)
		fmt.Fprintf(b, " ...%s%s", name, q.directive())
	}
	if q.one(12) {
		fmt.Fprintf(b, " ... on %s%s", of.Name, q.directive())
		q.fields(b, of, depth-1)
	}
	q.some(b, of, depth)
}

// fields is a selection of fields alone.
func (q *querist) fields(b *strings.Builder, of *ast.Definition, depth int) {
	b.WriteString(" {")
	q.some(b, of, depth)
	b.WriteString(" }")
}

// some writes at least one field of a type.
func (q *querist) some(b *strings.Builder, of *ast.Definition, depth int) {
	apart := q.apart
	var leaves, objects ast.FieldList
	for _, f := range of.Fields {
		switch {
		case strings.HasPrefix(f.Name, "__"):
		case q.schema.Types[f.Type.Name()].IsLeafType():
			leaves = append(leaves, f)
		default:
			objects = append(objects, f)
		}
	}
	wanted := min(1+q.IntN(5), len(leaves))
	for _, i := range q.Perm(len(leaves))[:wanted] {
		q.apart = apart
		q.field(b, leaves[i], depth, false)
	}
	if depth > 0 && len(objects) > 0 {
		for _, i := range q.Perm(len(objects))[:min(1+q.IntN(2), len(objects))] {
			q.apart = apart
			q.field(b, objects[i], depth-1, false)
		}
		return
	}
	if wanted == 0 {
		b.WriteString(" __typename")
	}
}

// field writes one field with its arguments and what is asked below it.
func (q *querist) field(b *strings.Builder, f *ast.FieldDefinition, depth int, root bool) {
	arguments := q.arguments(f, root)
	alias := ""
	if arguments != "" || q.apart || q.one(10) {
		alias = q.name("a")
		if root && strings.Contains(arguments, "$after_") {
			alias = strings.TrimPrefix(arguments[strings.Index(arguments, "$")+1:], "after_")
			alias = alias[:strings.IndexAny(alias, ",)")]
		}
	}
	q.apart = false
	b.WriteByte(' ')
	if alias != "" {
		b.WriteString(alias + ": ")
	}
	b.WriteString(f.Name + arguments)
	if !root { // a root list that is left out cannot be paged through
		b.WriteString(q.directive())
	}
	below := q.schema.Types[f.Type.Name()]
	if below.IsLeafType() {
		return
	}
	if root && strings.HasSuffix(below.Name, "Connection") {
		b.WriteString(" { pageInfo { endCursor hasNextPage revisionChanged } totalCount")
		q.some(b, below, depth)
		b.WriteString(" }")
		return
	}
	q.selection(b, below, depth)
}

// directive is a @skip or @include, rarely.
func (q *querist) directive() string {
	if !q.one(25) {
		return ""
	}
	name := []string{"skip", "include"}[q.IntN(2)]
	condition := "true"
	if q.one(2) {
		condition = q.variable("Boolean!", q.one(2))
	}
	return fmt.Sprintf(" @%s(if: %s)", name, condition)
}

// variable declares a variable and returns its name.
func (q *querist) variable(of string, value any) string {
	name := q.name("v")
	declared := "$" + name + ": " + of
	if !strings.HasSuffix(of, "!") && q.one(4) {
		declared += " = " + literal(value) // and is not sent
	} else {
		q.variables[name] = value
	}
	q.declared = append(q.declared, declared)
	return "$" + name
}

// arguments writes the arguments of a field, or nothing.
func (q *querist) arguments(f *ast.FieldDefinition, root bool) string {
	var list []string
	given := map[string]bool{}
	add := func(name string, of *ast.Type, value any) {
		given[name] = true
		var text string
		if q.one(4) {
			text = q.variable(of.String(), value)
		} else {
			text = literal(value)
		}
		list = append(list, name+": "+text)
	}
	paged := f.Arguments.ForName("after") != nil
	for _, a := range f.Arguments {
		switch {
		case paged && slices.Contains([]string{"first", "after", "last", "before"}, a.Name):
		case root && a.Name == "asOf":
			if q.day != nil {
				add(a.Name, a.Type, q.day)
			}
		case root && a.Name == "asOfSettings":
			if q.one(3) {
				add(a.Name, a.Type, q.settings)
			}
		case a.Name == "customField": // goes with CUSTOM_FIELD, below
		case a.Type.NonNull || q.one(3):
			add(a.Name, a.Type, q.argument(f, a))
		}
	}
	if strings.Contains(strings.Join(list, " ")+fmt.Sprint(q.variables), "CUSTOM_FIELD") && f.Arguments.ForName("customField") != nil {
		list = append(list, "customField: "+literal(q.text()))
	}
	if !paged {
		return enclosed(list)
	}
	switch {
	case root && q.one(2):
		// Paging: the cursor is a variable, null at first.
		page := q.name("page")
		q.pages = append(q.pages, page)
		q.declared = append(q.declared, "$after_"+page+": String")
		list = slices.Insert(list, 0, "after: $after_"+page, "first: "+fmt.Sprint(1+q.IntN(4)))
	case q.one(120) && len(q.cursors) > 0: // of another list, most likely
		add("after", f.Arguments.ForName("after").Type, q.cursors[q.IntN(len(q.cursors))])
	case q.one(200):
		add("first", f.Arguments.ForName("first").Type, []any{-1, 1 << 30, -1 << 31}[q.IntN(3)])
	case q.one(5) && f.Arguments.ForName("last") != nil:
		add("last", f.Arguments.ForName("last").Type, q.IntN(5))
	case !root || q.one(2):
		add("first", f.Arguments.ForName("first").Type, q.IntN(4))
	}
	return enclosed(list)
}

func enclosed(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return "(" + strings.Join(list, ", ") + ")"
}

// argument makes a value for an argument that is not about paging.
func (q *querist) argument(f *ast.FieldDefinition, a *ast.ArgumentDefinition) any {
	switch a.Name {
	case "id":
		return q.id()
	case "ids":
		ids := []any{}
		for range q.IntN(5) {
			ids = append(ids, q.id())
		}
		return ids
	case "by":
		values := q.schema.Types[a.Type.Name()].EnumValues
		list := []any{}
		for _, i := range q.Perm(len(values))[:1+q.IntN(3)] {
			list = append(list, enumValue(values[i].Name))
		}
		return list
	case "dryRun": // which leaves out all other fields
		return false
	case "of":
		return []any{0, 50, 99.9, 100, 12.5}[q.IntN(5)]
	case "department": // one that there is, most often; of the others nothing is found
		return []any{nil, "open", "open-below", "shut", q.text()}[q.IntN(5)]
	case "on": // a day, most often one that has begun
		return []any{nil, "2026-03-01", "2026-02-15", "2025-01-01", "0001-01-01", "9999-12-31"}[q.IntN(6)]
	case "slipDays":
		return []any{0, 5, 40, 365, 36_500, -3}[q.IntN(6)]
	case "minScore":
		return []any{0.5, 0.6, 0.875, 1, nil}[q.IntN(5)]
	case "maxLag", "last": // of what is no page
		if !q.one(100) {
			return q.IntN(37)
		}
	}
	return q.value(a.Type, 3)
}

// value makes a value of an input type.
func (q *querist) value(of *ast.Type, depth int) any {
	if !of.NonNull && q.one(20) {
		return nil
	}
	if of.Elem != nil {
		list := []any{}
		for range q.IntN(3) {
			list = append(list, q.value(of.Elem, depth-1))
		}
		return list
	}
	definition := q.schema.Types[of.NamedType]
	switch definition.Kind {
	case ast.Enum:
		return enumValue(definition.EnumValues[q.IntN(len(definition.EnumValues))].Name)
	case ast.InputObject:
		return q.input(definition, depth)
	}
	switch definition.Name {
	case "ID":
		return q.id()
	case "Int":
		return []any{0, 1, 2, 5, -3, 14, 365, -1 << 31, 1<<31 - 1}[q.IntN(9)]
	case "Float":
		return q.Float64() * 100
	case "Boolean":
		return q.one(2)
	case "Decimal":
		return []any{"0", "1200.50", "-1", "99999999999999999999.000000001", 7}[q.IntN(5)]
	case "DateOrDuration", "Date":
		return []any{"P0D", "-P30D", "P1Y6M", "P2W", "2026-03-01", "2025-01-01", "0001-01-01", "9999-12-31", "P9000Y"}[q.IntN(9)]
	case "DateTimeOrDuration", "DateTime":
		return []any{"P0D", "-P7D", "2026-03-01", "2026-02-27T10:30:00Z", "2026-02-27T10:30:00.123+05:30"}[q.IntN(5)]
	}
	return q.text()
}

// input makes an input object; the deeper, the fewer members.
func (q *querist) input(definition *ast.Definition, depth int) any {
	object := []member{}
	if definition.Directives.ForName("oneOf") != nil {
		f := definition.Fields[q.IntN(len(definition.Fields))]
		of := *f.Type
		of.NonNull = true
		return append(object, member{f.Name, q.value(&of, depth-1)})
	}
	for _, f := range definition.Fields {
		nested := q.schema.Types[f.Type.Name()].Kind == ast.InputObject
		if f.Type.NonNull && f.DefaultValue == nil || (!nested || depth > 0) && q.one(max(2, len(definition.Fields)/2)) {
			if f.Name == "customField" {
				continue
			}
			object = append(object, member{f.Name, q.value(f.Type, depth-1)})
		}
	}
	if custom := definition.Fields.ForName("customField"); custom != nil {
		for _, m := range object {
			if m.value == enumValue("CUSTOM_FIELD") {
				object = append(object, member{"customField", q.text()})
			}
		}
	}
	return object
}

func (q *querist) id() string {
	if len(q.ids) == 0 || q.one(10) {
		return q.text()
	}
	return q.ids[q.IntN(len(q.ids))]
}

// text is a text that some of the portfolio's records have.
func (q *querist) text() string { return oddTexts[q.IntN(len(oddTexts))] }

// literal writes a value as a document has it.
func literal(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case enumValue:
		return string(v)
	case []any:
		parts := make([]string, len(v))
		for i, element := range v {
			parts[i] = literal(element)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []member:
		parts := make([]string, len(v))
		for i, m := range v {
			parts[i] = m.key + ": " + literal(m.value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// plain turns a value into what JSON has for variables.
func plain(value any) any {
	switch v := value.(type) {
	case []any:
		list := make([]any, len(v))
		for i, element := range v {
			list[i] = plain(element)
		}
		return list
	case []member:
		object := map[string]any{}
		for _, m := range v {
			object[m.key] = plain(m.value)
		}
		return object
	}
	return value
}
