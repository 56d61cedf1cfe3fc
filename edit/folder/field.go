package folder

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/shopspring/decimal"

	"plumbline/internal/spelling"
	"plumbline/internal/yamltree"
	"plumbline/portfolio"
)

// fieldOf is the value of an override as facts hold it.
func fieldOf(m member, v reflect.Value) portfolio.Field {
	f := portfolio.Field{ID: m.name, Type: portfolio.FieldText}
	switch value := v.Interface().(type) {
	case portfolio.Date:
		f.Type, f.Date = portfolio.FieldDate, value
	case decimal.Decimal:
		f.Type, f.Number = portfolio.FieldNumber, value.String()
	case portfolio.Money:
		f.Text = value.String()
	case []string:
		f.Type, f.List = portfolio.FieldList, value
	default:
		f.Text = v.String()
	}
	return f
}

// valueOf is the value of an override as a member of an entry, or what it is
// instead. A value of another type than the member's is taken by its text.
func valueOf(m member, f portfolio.Field) (reflect.Value, string) {
	v := reflect.New(m.typ).Elem()
	written := f.Text
	switch f.Type {
	case portfolio.FieldDate:
		written = f.Date.String()
	case portfolio.FieldNumber:
		written = f.Number
	case portfolio.FieldList:
		if m.typ == listType && len(f.List) > 0 {
			return reflect.ValueOf(f.List), ""
		}
	}
	if written == "" {
		return v, "the value is empty or of a type that files do not hold"
	}
	if wrong := set(v, written, isCell); wrong != "" {
		return v, wrong
	}
	return v, ""
}

// fieldTypes are what a field that the portfolio does not know may be said to
// be, where YAML itself does not tell: {date: 2026-03-01}.
var fieldTypes = map[string]portfolio.FieldType{
	"text": portfolio.FieldText, "date": portfolio.FieldDate, "time": portfolio.FieldTime, "user": portfolio.FieldUser,
}

// fields fills fields that the portfolio does not know.
func (r *reader) fields(e *entry, path []string, pairs []*ast.MappingValueNode, v reflect.Value) {
	var all []portfolio.Field
	for _, pair := range pairs {
		name, ok := yamltree.Name(pair)
		below := append(slices.Clone(path), name)
		e.mark(below, pair.Key)
		_, known := e.list.member(name)
		switch {
		case !ok:
			r.blame(e.row, below, "%s", noTricks)
			continue
		case known:
			r.blame(e.row, below, "this is a member of %s itself; write it there", e.list.name)
			continue
		case slices.ContainsFunc(all, func(f portfolio.Field) bool { return f.ID == name }):
			r.blame(e.row, below, "this stands here twice")
			continue
		}
		e.mark(below, pair.Value)
		f := portfolio.Field{ID: name}
		if wrong := fill(&f, pair.Value); wrong != "" {
			r.blame(e.row, below, "%s", wrong)
		}
		all = append(all, f)
	}
	v.Set(reflect.ValueOf(all))
}

// saysNothing is told of a field without a value.
const saysNothing = "this is empty; leave the field out"

// fill sets the value of a field from YAML and says what is wrong with it.
func fill(f *portfolio.Field, n ast.Node) string {
	written, kind, ok := scalar(n)
	switch {
	case isTrick(n):
		return noTricks
	case ok && written == "", yamltree.IsList(n) && len(n.(*ast.SequenceNode).Values) == 0:
		return saysNothing
	case ok && kind == isBool:
		f.Type, f.Bool = portfolio.FieldBool, written == "true"
	case ok && kind == isNumber:
		if _, wrong := number(written, kind); wrong != "" {
			return wrong
		}
		f.Type, f.Number = portfolio.FieldNumber, written
	case ok:
		f.Type, f.Text = portfolio.FieldText, written
	case yamltree.IsList(n):
		f.Type = portfolio.FieldList
		for _, item := range n.(*ast.SequenceNode).Values {
			text, kind, ok := scalar(item)
			if !ok || kind == isBool || text == "" {
				return "expected a list of texts, none of them empty"
			}
			f.List = append(f.List, text)
		}
	case len(yamltree.Pairs(n)) == 1:
		return fillTyped(f, yamltree.Pairs(n)[0])
	default:
		return fmt.Sprintf("found %s; expected text, a number, true or false, a list, or one such as {date: 2026-03-01}", kindOf(n))
	}
	return ""
}

// fillTyped sets a value whose type is said.
func fillTyped(f *portfolio.Field, pair *ast.MappingValueNode) string {
	name, _ := yamltree.Name(pair)
	written, _, ok := scalar(pair.Value)
	f.Type = fieldTypes[name]
	switch {
	case f.Type == "":
		return "there is no such type of value; " + spelling.DidYouMean(name, []string{"text", "date", "time", "user"})
	case !ok:
		return "expected one value after " + name
	case written == "":
		return saysNothing
	}
	switch f.Type {
	case portfolio.FieldDate:
		return set(reflect.ValueOf(&f.Date).Elem(), written, isText)
	case portfolio.FieldTime:
		t, err := time.Parse(time.RFC3339Nano, written)
		if err != nil {
			return quoted(written) + " is not an instant; expected one such as 2026-03-01T12:00:00Z"
		}
		f.Time = t.UTC()
	default:
		f.Text = written
	}
	return ""
}

// fieldText is a field that the portfolio does not know, as YAML in the margin
// of its name; "" when YAML cannot hold it.
func fieldText(f portfolio.Field, margin string) string {
	switch f.Type {
	case portfolio.FieldText:
		return " " + scalarTextOf(f.Text)
	case portfolio.FieldUser:
		return " {user: " + inQuotes(newlines.Replace(f.Text)) + "}"
	case portfolio.FieldDate:
		return " {date: " + f.Date.String() + "}"
	case portfolio.FieldTime:
		return " {time: " + inQuotes(f.Time.UTC().Format(time.RFC3339Nano)) + "}"
	case portfolio.FieldBool:
		return " " + strconv.FormatBool(f.Bool)
	case portfolio.FieldNumber:
		if plainNumber.MatchString(f.Number) && len(f.Number) <= longestNumber {
			return " " + f.Number
		}
	case portfolio.FieldList:
		text := ""
		for _, item := range f.List {
			text += "\n" + margin + "  - " + onOneLine(newlines.Replace(item))
		}
		return text
	}
	return ""
}

// scalarTextOf is a text on one line that is not taken for a number.
func scalarTextOf(text string) string {
	text = newlines.Replace(text)
	if written := onOneLine(text); !plainNumber.MatchString(written) && readsBackAsText(written, text) {
		return written
	}
	return inQuotes(text)
}
