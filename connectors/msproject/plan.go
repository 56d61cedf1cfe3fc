package msproject

import (
	"context"
	"io"
	"strconv"
)

// plan is what is kept in memory of a file: its head, the custom fields, the
// outline of its tasks, and who works on what. It is made by reading the whole
// file once, so a file that cannot be read to its end gives nothing at all.
type plan struct {
	head      map[string]string
	fields    map[string]string // name of a custom field by its id: its alias, or its own
	types     map[string]string // Project's own name of a custom field by its id, which tells its type
	tasks     map[int64]*row
	rows      int             // of tasks, blank and odd ones included
	twice     map[int64]bool  // numbers that several tasks have
	owners    map[int64]int64 // resource by task: the first that is assigned
	resources map[int64]resource
	assigned  map[int64]bool // resources that work on something
	perDay    float64        // minutes of a working day
}

// row is what the rest of a plan needs to know of a task.
type row struct {
	name      string
	parent    int64 // number of the summary task above; 0 is the plan
	level     int
	percent   int
	minutes   float64
	milestone bool
	summary   bool
	external  bool // stands for a task of another plan
	inactive  bool
	todo      int // tasks below that are no summaries, by how far they are
	doing     int
	done      int
}

type resource struct {
	name, email, guid string
	person, inactive  bool
}

var headValues = set(
	"GUID", "Name", "Title", "Subject", "Category", "Company", "Manager", "Author", "StartDate", "FinishDate", "StatusDate",
	"MinutesPerDay", "CurrencyCode", "SaveVersion",
)

var resourceValues = set("UID", "Name", "Type", "IsNull", "EmailAddress", "IsGeneric", "IsInactive", "GUID", "IsCostResource")

// readPlan reads a whole file.
func readPlan(ctx context.Context, r io.Reader) (*plan, error) {
	x, err := newDocument(r)
	if err != nil {
		return nil, err
	}
	if err := x.root(); err != nil {
		return nil, err
	}
	p := &plan{
		head: map[string]string{}, fields: map[string]string{}, types: map[string]string{}, tasks: map[int64]*row{},
		twice: map[int64]bool{}, owners: map[int64]int64{}, resources: map[int64]resource{}, assigned: map[int64]bool{},
	}
	if err := x.children(func(name string) (err error) {
		switch name {
		case "ExtendedAttributes":
			return x.children(func(string) error { return p.attribute(x) })
		case "Tasks":
			var above []int64
			return x.children(func(string) error {
				if err := ctx.Err(); err != nil {
					return err
				}
				return p.row(x, &above)
			})
		case "Resources":
			return x.children(func(string) error { return p.resource(x) })
		case "Assignments":
			return x.children(func(string) error {
				if err := ctx.Err(); err != nil {
					return err
				}
				return p.assignment(x)
			})
		}
		if !headValues[name] {
			return x.skip()
		}
		p.head[name], err = x.text()
		return err
	}); err != nil {
		return nil, err
	}
	if err := x.end(); err != nil {
		return nil, err
	}
	p.perDay = usualWorkingDay
	if n, err := strconv.ParseFloat(p.head["MinutesPerDay"], 64); err == nil && n >= 1 && n <= minutesOfDay {
		p.perDay = n
	}
	p.count()
	return p, nil
}

// attribute reads the definition of a custom field.
func (p *plan) attribute(x *document) error {
	values, err := x.record(attributeValues)
	if err != nil {
		return err
	}
	id := values["FieldID"]
	if id == "" {
		return nil
	}
	if len(p.fields) >= maxOther {
		return x.problem("the plan has more than %d custom fields", maxOther)
	}
	p.fields[id] = truncate(firstOf(values["Alias"], values["FieldName"]), maxName)
	p.types[id] = truncate(values["FieldName"], maxName)
	return nil
}

// row reads what the rest of the plan needs of a task. above are the tasks
// around it, by their levels.
func (p *plan) row(x *document, above *[]int64) error {
	values, err := x.record(briefValues)
	if err != nil {
		return err
	}
	if p.rows++; p.rows > maxTasks {
		return x.problem("the plan has more than %d tasks", maxTasks)
	}
	uid, ok := numberIn(values, "UID")
	if !ok || isSet(values["IsNull"]) {
		return nil // an odd one is told when it is converted
	}
	if p.tasks[uid] != nil {
		p.twice[uid] = true
		return nil
	}
	level, _ := strconv.Atoi(values["OutlineLevel"])
	level = min(max(level, 0), maxDepth)
	t := &row{
		name: truncate(firstOf(values["Name"], "Task "+values["UID"]), maxName), level: level,
		milestone: isSet(values["Milestone"]), summary: isSet(values["Summary"]), external: isSet(values["ExternalTask"]),
		inactive: values["Active"] != "" && !isSet(values["Active"]),
	}
	t.percent, _ = strconv.Atoi(values["PercentComplete"])
	t.minutes, _ = minutes(values["Duration"])
	if uid != 0 {
		for len(*above) > max(level-1, 0) {
			*above = (*above)[:len(*above)-1]
		}
		if len(*above) > 0 {
			t.parent = (*above)[len(*above)-1]
		}
		*above = append(*above, uid)
	}
	p.tasks[uid] = t
	return nil
}

func (p *plan) resource(x *document) error {
	values, err := x.record(resourceValues)
	if err != nil {
		return err
	}
	uid, ok := numberIn(values, "UID")
	if !ok || values["Name"] == "" || isSet(values["IsNull"]) {
		return nil
	}
	if len(p.resources) >= maxOther {
		return x.problem("the plan has more than %d resources", maxOther)
	}
	p.resources[uid] = resource{
		name: truncate(values["Name"], maxName), email: truncate(values["EmailAddress"], maxName), guid: values["GUID"],
		inactive: isSet(values["IsInactive"]),
		// Type 1 is work; material and cost are none that could own anything.
		person: (values["Type"] == "" || values["Type"] == "1") && !isSet(values["IsGeneric"]) && !isSet(values["IsCostResource"]),
	}
	return nil
}

var assignmentValues = set("TaskUID", "ResourceUID")

func (p *plan) assignment(x *document) error {
	values, err := x.record(assignmentValues)
	if err != nil {
		return err
	}
	t, ok := numberIn(values, "TaskUID")
	r, okToo := numberIn(values, "ResourceUID")
	if !ok || !okToo || !p.resources[r].person {
		return nil
	}
	p.assigned[r] = true
	if _, taken := p.owners[t]; !taken {
		p.owners[t] = r
	}
	return nil
}

// numberIn returns a whole number of a record, if it has one there.
func numberIn(values map[string]string, name string) (int64, bool) {
	n, err := strconv.ParseInt(values[name], 10, 64)
	return n, err == nil
}

// count adds the tasks up that lie below each summary task.
func (p *plan) count() {
	for uid, t := range p.tasks {
		if uid == 0 || t.summary || t.external || t.inactive {
			continue
		}
		for at := t.parent; at != 0; {
			above := p.tasks[at]
			switch {
			case t.percent >= 100:
				above.done++
			case t.percent > 0:
				above.doing++
			default:
				above.todo++
			}
			at = above.parent
		}
	}
}
