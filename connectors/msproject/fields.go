package msproject

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"plumbline/portfolio"
)

// A native is an element of a task that is kept as a field, under its own
// name.
type native struct {
	name  string
	typ   portfolio.FieldType
	asked bool // only when the mapping names it
}

// natives are the elements of tasks that become fields. Amounts of money come
// only when the mapping says what they are: whoever may see a field may not
// always see money.
var natives = []native{
	{"PercentComplete", portfolio.FieldNumber, false},
	{"PhysicalPercentComplete", portfolio.FieldNumber, true},
	{"PercentWorkComplete", portfolio.FieldNumber, true},
	{"Priority", portfolio.FieldNumber, true},
	{"Critical", portfolio.FieldBool, true},
	{"Deadline", portfolio.FieldDate, false},
	{"Contact", portfolio.FieldText, false},
	{"Notes", portfolio.FieldText, true},
	{"Hyperlink", portfolio.FieldText, true},
	{"HyperlinkAddress", portfolio.FieldText, true},
	{"SubprojectName", portfolio.FieldText, false},
	{"OutlineNumber", portfolio.FieldText, true},
	{"ActualStart", portfolio.FieldDate, true},
	{"Duration", hoursType, true},
	{"Work", hoursType, true},
	{"ActualWork", hoursType, true},
	{"RemainingWork", hoursType, true},
	{"Cost", moneyType, true},
	{"ActualCost", moneyType, true},
	{"RemainingCost", moneyType, true},
}

// Types of values that a field does not have: both become numbers.
const (
	hoursType portfolio.FieldType = "hours"
	moneyType portfolio.FieldType = "money"
)

// value makes a field of a text; false when there is nothing in it.
func value(id, name string, typ portfolio.FieldType, text string) (f portfolio.Field, ok bool, err error) {
	f = portfolio.Field{ID: id, Type: typ}
	if name != id {
		f.Name = name
	}
	if text == "" {
		return f, false, nil
	}
	wrong := func(wanted string) (portfolio.Field, bool, error) {
		return f, false, fmt.Errorf("%s is %.40q: %s was expected", firstOf(name, id), text, wanted)
	}
	switch typ {
	case portfolio.FieldDate:
		f.Date, err = day(firstOf(name, id), text)
		return f, !f.Date.IsZero(), err
	case portfolio.FieldBool:
		f.Bool = isSet(text)
	case portfolio.FieldNumber:
		if f.Number, ok = number(text); !ok {
			return wrong("a number")
		}
	case moneyType:
		f.Type = portfolio.FieldNumber
		if f.Number, ok = amount(text); !ok {
			return wrong("an amount")
		}
	case hoursType:
		f.Type = portfolio.FieldNumber
		m, ok := minutes(text)
		if !ok {
			return wrong("a duration such as PT8H0M0S")
		}
		f.Number = hours(m)
	default:
		f.Type, f.Text = portfolio.FieldText, truncate(text, maxFieldText)
	}
	return f, true, nil
}

// baselineField are the names of the fields that baselines make.
var baselineField = regexp.MustCompile(`^Baseline(10|[1-9])?(Start|Finish|Cost|Work)$`)

// taskFields are the fields of a task: some of its own elements, its further
// baselines, and its custom fields.
func (v *conversion) taskFields(t *task, d dates) ([]portfolio.Field, error) {
	var fields []portfolio.Field
	add := func(id, name string, typ portfolio.FieldType, text string) error {
		f, ok, err := value(id, name, typ, text)
		if ok {
			fields = append(fields, f)
		}
		return err
	}
	for _, n := range natives {
		if n.asked && !v.wanted[n.name] {
			continue
		}
		if err := add(n.name, n.name, n.typ, t.values[n.name]); err != nil {
			return nil, err
		}
	}
	for _, b := range t.baselines {
		// Number 0 is the milestone's own baseline.
		name := "Baseline"
		if n := b["Number"]; n != "" && n != "0" {
			name += truncate(n, 2)
		}
		if err := add(name+"Finish", name+"Finish", portfolio.FieldDate, b["Finish"]); err != nil {
			return nil, err
		}
		for _, part := range []native{{"Start", portfolio.FieldDate, true}, {"Cost", moneyType, true}, {"Work", hoursType, true}} {
			if !v.wanted[name+part.name] {
				continue
			}
			if err := add(name+part.name, name+part.name, part.typ, b[part.name]); err != nil {
				return nil, err
			}
		}
	}
	for _, a := range t.attributes {
		id, text := a["FieldID"], a["Value"]
		if id == "" {
			continue
		}
		name := truncate(firstOf(v.fields[id], id), maxName)
		typ := typeOf(v.types[id], text)
		if typ == moneyType && !v.wanted[id] && !v.wanted[name] {
			continue
		}
		if err := add(truncate(id, 40), name, typ, text); err != nil {
			return nil, err
		}
	}
	return sorted(fields), nil
}

// headFields are the fields of the file's project.
func (v *conversion) headFields() []portfolio.Field {
	var fields []portfolio.Field
	for _, name := range []string{"Author", "Company"} {
		if f, ok, _ := value(name, name, portfolio.FieldText, v.head[name]); ok {
			fields = append(fields, f)
		}
	}
	// A date that is odd here is nothing that the plan depends on.
	if f, ok, err := value("StatusDate", "StatusDate", portfolio.FieldDate, v.head["StatusDate"]); ok && err == nil {
		fields = append(fields, f)
	}
	return sorted(fields)
}

// sorted puts fields in the order of their ids; of one id the first stays.
func sorted(fields []portfolio.Field) []portfolio.Field {
	slices.SortStableFunc(fields, func(a, b portfolio.Field) int { return strings.Compare(a.ID, b.ID) })
	return slices.CompactFunc(fields, func(a, b portfolio.Field) bool { return a.ID == b.ID })
}

// typeOf tells the type of a custom field by Project's own name of it, such
// as Number3 or Enterprise Date12. In other languages it has other names;
// there the shape of the value tells dates and durations.
func typeOf(name, text string) portfolio.FieldType {
	name = strings.TrimPrefix(name, "Enterprise ")
	name = strings.TrimPrefix(name, "Project ")
	name = strings.TrimPrefix(name, "Baseline ")
	switch word := strings.TrimRight(name, "0123456789"); word {
	case "Text", "Outline Code":
		return portfolio.FieldText
	case "Start", "Finish", "Date":
		return portfolio.FieldDate
	case "Number":
		return portfolio.FieldNumber
	case "Cost":
		return moneyType
	case "Flag":
		return portfolio.FieldBool
	case "Duration":
		return hoursType
	}
	if _, ok := minutes(text); ok {
		return hoursType
	}
	if len(text) == len("2026-03-31T17:00:00") && text[10] == 'T' {
		if _, err := day("", text); err == nil {
			return portfolio.FieldDate
		}
	}
	return portfolio.FieldText
}
