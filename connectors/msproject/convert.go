package msproject

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"plumbline/portfolio"
)

// The tool's own kinds of record, and the listings that cover them.
const (
	kindProject  = "project"
	kindTask     = "task"
	kindLink     = "link"
	kindResource = "resource"
	kindManager  = "manager"
	kindExternal = "external"

	scopeFiles = "files"  // the projects that files are
	scopeTasks = "tasks:" // and a project's id: whatever lies in its file
)

// conversion turns what a plan says into facts. It is pure: whatever it
// depends on is in it.
type conversion struct {
	*plan
	settings   *Settings
	connection string
	wanted     map[string]bool // fields that the mapping names
	file       string          // name of the file
	id         string          // of its project
}

// guid is what Microsoft Project writes for one, with or without braces.
var guid = regexp.MustCompile(`^\{?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}?$`)

// identity is the id of a file's project: its own where it has one, and else
// the name of the file.
func identity(file, text string) string {
	if m := guid.FindStringSubmatch(text); m != nil && strings.Trim(m[1], "0-") != "" {
		return strings.ToLower(m[1])
	}
	return "file:" + file
}

func (v *conversion) scope() string { return scopeTasks + v.id }

func (v *conversion) project() string { return portfolio.DocID(v.connection, kindProject, v.id) }

func (v *conversion) taskID(uid int64) string { return v.id + ":" + strconv.FormatInt(uid, 10) }

func (v *conversion) taskDoc(uid int64) string {
	return portfolio.DocID(v.connection, kindTask, v.taskID(uid))
}

func (v *conversion) source(kind, id string) portfolio.Source {
	return portfolio.Source{Connection: v.connection, Kind: kind, ID: id, Scope: v.scope()}
}

// name is what the plan is called: its title, or its file's name.
func (v *conversion) name() string {
	name := v.head["Title"]
	if root := v.tasks[0]; name == "" && root != nil && root.name != "Task 0" {
		name = root.name
	}
	if name == "" {
		name = withoutEnd(v.head["Name"])
	}
	return truncate(firstOf(name, withoutEnd(v.file), v.id), maxName)
}

func withoutEnd(name string) string {
	switch end := strings.ToLower(path.Ext(name)); end {
	case ".xml", ".mpp", ".mpt", ".published":
		return withoutEnd(name[:len(name)-len(end)])
	}
	return name
}

// becomes tells what a task is to us.
func (v *conversion) becomes(uid int64) portfolio.Kind {
	t := v.tasks[uid]
	switch {
	case t == nil || uid == 0 || t.external:
		return ""
	case t.summary && v.settings.Projects.Level > 0 && t.level == v.settings.Projects.Level:
		return portfolio.KindProject
	case t.milestone && v.settings.takes(fromMilestones),
		t.summary && v.settings.takes(fromSummary),
		!t.milestone && !t.summary && v.settings.takes(fromTasks):
		return portfolio.KindMilestone
	}
	return ""
}

// above are the nearest project around a task, and the nearest milestone or
// project.
func (v *conversion) above(uid int64) (project, parent string) {
	for at := v.tasks[uid].parent; at != 0; at = v.tasks[at].parent {
		switch v.becomes(at) {
		case portfolio.KindProject:
			return v.taskDoc(at), firstOf(parent, v.taskDoc(at))
		case portfolio.KindMilestone:
			parent = firstOf(parent, v.taskDoc(at))
		}
	}
	return v.project(), parent
}

// people are the resources that work on something.
func (v *conversion) people() []portfolio.ToolFact {
	var facts []portfolio.ToolFact
	for _, uid := range slices.Sorted(maps.Keys(v.assigned)) {
		facts = append(facts, v.person(uid, v.resources[uid]))
	}
	return facts
}

// root is the project that the file is. t is the row of the project summary,
// or nil in a plan without one.
func (v *conversion) root(t *task) (out converted) {
	f := &portfolio.ProjectFact{
		Source:      portfolio.Source{Connection: v.connection, Kind: kindProject, ID: v.id, Key: truncate(v.file, maxName), Scope: scopeFiles},
		Name:        v.name(),
		Category:    truncate(v.head["Category"], maxName),
		Description: truncate(v.head["Subject"], maxDescription),
		Fields:      v.headFields(),
	}
	f.Status, f.StatusCategory = (&row{}).status()
	raw := []byte("{}")
	var err error
	if f.Start, err = day("StartDate", v.head["StartDate"]); err == nil {
		f.Due, err = day("FinishDate", v.head["FinishDate"])
	}
	if t != nil && err == nil {
		raw, err = t.raw(), v.summary(f, t)
	}
	if err != nil {
		out.bad = append(out.bad, v.quarantine(portfolio.KindProject, f.Source, raw, err))
		return out
	}
	if f.StatusCategory == portfolio.StatusDone {
		f.Finished = f.Due
	}
	if manager := truncate(v.head["Manager"], maxName); manager != "" {
		f.Lead = v.lead(manager, &out.facts)
	}
	out.facts = append(out.facts, f)
	return out
}

// summary gives the project of the file what its summary row says.
func (v *conversion) summary(f *portfolio.ProjectFact, t *task) error {
	d, err := t.dates()
	if err != nil {
		return err
	}
	fields, err := v.taskFields(t, d)
	if err != nil {
		return err
	}
	f.Fields = sorted(append(f.Fields, fields...))
	f.Description = firstOf(truncate(t.values["Notes"], maxDescription), f.Description)
	f.Status, f.StatusCategory = v.tasks[0].status()
	if f.Start.IsZero() {
		f.Start = d.start
	}
	if f.Due.IsZero() {
		f.Due = d.finish
	}
	return nil
}

// lead is the person of the plan's manager, who is given by name only.
func (v *conversion) lead(name string, facts *[]portfolio.ToolFact) string {
	found := int64(-1)
	for uid, r := range v.resources {
		if r.person && strings.EqualFold(r.name, name) && (found < 0 || uid < found) {
			found = uid
		}
	}
	if found >= 0 {
		if !v.assigned[found] {
			*facts = append(*facts, v.person(found, v.resources[found]))
		}
		return portfolio.DocID(v.connection, kindResource, v.taskID(found))
	}
	person := &portfolio.PersonFact{Source: portfolio.Source{Connection: v.connection, Kind: kindManager, ID: strings.ToLower(name)}, Name: name}
	*facts = append(*facts, person)
	return person.DocID()
}

func (v *conversion) person(uid int64, r resource) *portfolio.PersonFact {
	return &portfolio.PersonFact{
		Source: portfolio.Source{Connection: v.connection, Kind: kindResource, ID: v.taskID(uid)},
		Name:   r.name, Email: r.email, Inactive: r.inactive,
	}
}

// quarantine keeps a record that cannot be read, with the reason.
func (v *conversion) quarantine(of portfolio.Kind, source portfolio.Source, raw []byte, reason error) portfolio.Quarantine {
	return portfolio.Quarantine{
		Source: source, Of: of, Reason: v.file + ": " + truncate(reason.Error(), maxName),
		Raw: raw[:min(len(raw), portfolio.MaxRaw)], Converter: converter,
	}
}

// oddID is the id of a record that has none of its own.
func (v *conversion) oddID(raw []byte) string {
	sum := sha256.Sum256(raw)
	return v.id + ":unreadable-" + hex.EncodeToString(sum[:8])
}

// status tells how far a task is.
func (t *row) status() (string, portfolio.StatusCategory) {
	switch {
	case t.inactive:
		return "Inactive", portfolio.StatusCancelled
	case t.percent >= 100:
		return "Complete", portfolio.StatusDone
	case t.percent > 0:
		return "In progress", portfolio.StatusInProgress
	}
	return "Not started", portfolio.StatusTodo
}

// errTwice says that a number is given to several tasks of a plan.
func errTwice(uid int64) error {
	return fmt.Errorf("UID %d is that of an earlier task of this plan too", uid)
}
