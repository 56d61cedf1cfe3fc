package msproject

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// task is one row of a plan as it is written: nothing of it is believed yet.
type task struct {
	values     map[string]string // of its simple elements
	links      []map[string]string
	baselines  []map[string]string
	attributes []map[string]string
}

// taskValues are the elements of a task that are read.
var taskValues = set(
	"UID", "ID", "Name", "IsNull", "WBS", "OutlineNumber", "OutlineLevel", "Priority", "Start", "Finish", "Duration",
	"Milestone", "Summary", "Critical", "ExternalTask", "ExternalTaskProject", "SubprojectName", "PercentComplete",
	"PercentWorkComplete", "PhysicalPercentComplete", "ActualStart", "ActualFinish", "Active", "Notes", "Contact",
	"Deadline", "TotalSlack", "Work", "ActualWork", "RemainingWork", "Cost", "ActualCost", "RemainingCost", "Hyperlink", "HyperlinkAddress",
)

// briefValues are those that the rest of a plan needs of a task.
var briefValues = set(
	"UID", "Name", "IsNull", "OutlineLevel", "Milestone", "Summary", "ExternalTask", "PercentComplete", "Duration", "Active",
)

var (
	linkValues      = set("PredecessorUID", "Type", "CrossProject", "CrossProjectName", "LinkLag", "LagFormat")
	baselineValues  = set("Number", "Start", "Finish", "Duration", "Cost", "Work")
	attributeValues = set("FieldID", "FieldName", "Alias", "Value", "ValueGUID")
)

func set(names ...string) map[string]bool {
	all := make(map[string]bool, len(names))
	for _, name := range names {
		all[name] = true
	}
	return all
}

// record reads the simple elements that are wanted of the element that has
// just begun.
func (x *document) record(wanted map[string]bool) (map[string]string, error) {
	values := map[string]string{}
	err := x.children(func(name string) (err error) {
		if !wanted[name] {
			return x.skip()
		}
		values[name], err = x.text()
		return err
	})
	return values, err
}

// maxParts bounds the links, baselines and custom fields of one task.
const maxParts = 10_000

// task reads the task that has just begun.
func (x *document) task() (*task, error) {
	t := &task{values: map[string]string{}}
	add := func(list *[]map[string]string, wanted map[string]bool) error {
		if len(*list) >= maxParts {
			return x.problem("a task has more than %d links, baselines or custom fields", maxParts)
		}
		values, err := x.record(wanted)
		*list = append(*list, values)
		return err
	}
	err := x.children(func(name string) (err error) {
		switch {
		case taskValues[name]:
			t.values[name], err = x.text()
		case name == "PredecessorLink":
			err = add(&t.links, linkValues)
		case name == "Baseline":
			err = add(&t.baselines, baselineValues)
		case name == "ExtendedAttribute":
			err = add(&t.attributes, attributeValues)
		default:
			err = x.skip()
		}
		return err
	})
	return t, err
}

// uid is the number that a task keeps as long as it lives; ID is its row,
// which changes whenever a row is put before it.
func (t *task) uid() (int64, error) { return uidOf(t.values) }

func uidOf(values map[string]string) (int64, error) {
	n, err := strconv.ParseInt(values["UID"], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("UID is %.40q: the number of the task was expected", values["UID"])
	}
	return n, nil
}

// raw is what a task says, for whoever looks at why it was not read.
func (t *task) raw() []byte {
	all := map[string]any{}
	for name, value := range t.values {
		all[name] = truncate(value, maxFieldText)
	}
	for name, list := range map[string][]map[string]string{"PredecessorLink": t.links, "Baseline": t.baselines, "ExtendedAttribute": t.attributes} {
		if len(list) > 0 {
			all[name] = list
		}
	}
	raw, err := json.Marshal(all)
	if err != nil {
		panic(err) // maps of strings always encode
	}
	return raw
}
