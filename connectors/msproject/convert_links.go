package msproject

import (
	"fmt"
	"strconv"
	"strings"

	"plumbline/portfolio"
)

// linkTypes are the types of link by their numbers in a plan.
var linkTypes = map[string]string{
	"0": "Finish-to-finish (FF)",
	"1": "Finish-to-start (FS)",
	"2": "Start-to-finish (SF)",
	"3": "Start-to-start (SS)",
}

// usualLink is the type of a link that names none.
const usualLink = "1"

// links adds the dependencies of a task on its predecessors. A link between
// two tasks that are nothing to us is left out.
func (v *conversion) links(t *task, uid int64, synced bool, out *converted) {
	seen := map[string]bool{}
	for _, l := range t.links {
		fact, id, err := v.link(l, uid, synced)
		switch {
		case err != nil:
			raw := []byte(fmt.Sprintf("%q", l))
			out.bad = append(out.bad, v.quarantine(portfolio.KindDependency, v.source(kindLink, firstOf(id, v.oddID(raw))), raw, fmt.Errorf("task %d: %w", uid, err)))
		case fact != nil && !seen[fact.ID]:
			seen[fact.ID] = true
			out.facts = append(out.facts, fact)
		}
	}
}

// link is the dependency that a link becomes, or nil. The id comes back with
// an error too.
func (v *conversion) link(l map[string]string, uid int64, synced bool) (fact *portfolio.DependencyFact, id string, err error) {
	before, err := strconv.ParseInt(l["PredecessorUID"], 10, 64)
	if err != nil && l["CrossProjectName"] == "" {
		return nil, "", fmt.Errorf("PredecessorUID is %.40q: the number of a task was expected", l["PredecessorUID"])
	}
	row := v.tasks[before]
	elsewhere := l["CrossProjectName"] != "" || isSet(l["CrossProject"]) || row != nil && row.external
	if row == nil && !elsewhere || !synced && (elsewhere || v.becomes(before) == "") {
		return nil, "", nil // its predecessor was deleted, or neither end is a milestone
	}
	id = v.taskID(uid) + ":" + strconv.FormatInt(before, 10)
	if elsewhere {
		id = v.taskID(uid) + ":" + firstOf(truncate(l["CrossProjectName"], maxName), "external-"+strconv.FormatInt(before, 10))
	}
	word, known := linkTypes[firstOf(l["Type"], usualLink)]
	if !known {
		return nil, id, fmt.Errorf("the type of a link is %.40q: 0 (FF), 1 (FS), 2 (SF) or 3 (SS) was expected", l["Type"])
	}
	duration := 0.0
	if row != nil {
		duration = row.minutes
	}
	lag, err := lagDays(l["LinkLag"], l["LagFormat"], v.perDay, duration)
	if err != nil {
		return nil, id, err
	}
	f := &portfolio.DependencyFact{
		Source: v.source(kindLink, id), Type: word, Successor: v.end(uid), LagDays: lag,
	}
	if elsewhere {
		f.Predecessor = v.external(before, l["CrossProjectName"])
	} else {
		f.Predecessor = v.end(before)
	}
	return f, id, nil
}

// end is a task of this plan as the end of a link.
func (v *conversion) end(uid int64) portfolio.LinkEnd {
	project, _ := v.above(uid)
	return portfolio.LinkEnd{Ref: v.taskDoc(uid), Name: v.tasks[uid].name, Project: project}
}

// external is a task of another plan as the end of a link. All that a plan
// tells of it is a path, which ends with its row there, and maybe its name:
// a row is no identity, so it stays a stub.
func (v *conversion) external(uid int64, path string) portfolio.LinkEnd {
	path = truncate(path, maxName)
	end := portfolio.LinkEnd{
		Ref: portfolio.DocID(v.connection, kindExternal, firstOf(path, v.taskID(uid))),
		Key: path,
	}
	if row := v.tasks[uid]; row != nil && row.external {
		end.Name = row.name
		return end
	}
	file, number := path, ""
	if i := strings.LastIndexAny(path, `\/`); i >= 0 {
		file, number = path[:i], path[i+1:]
	}
	if i := strings.LastIndexAny(file, `\/`); i >= 0 {
		file = file[i+1:]
	}
	end.Name = strings.TrimSpace("Task " + number)
	if file != "" {
		end.Name += " of " + file
	}
	return end
}
