package msproject

import (
	"fmt"
	"strconv"

	"plumbline/portfolio"
)

// converted is what one row of a plan became.
type converted struct {
	facts []portfolio.ToolFact
	bad   []portfolio.Quarantine
}

// task converts one row: a project or milestone, if it becomes one, and its
// links. again tells that its number was met before in this plan.
func (v *conversion) task(t *task, again bool) (out converted) {
	if isSet(t.values["IsNull"]) {
		return out // a blank row
	}
	uid, err := t.uid()
	if err == nil && again {
		err = errTwice(uid)
	}
	if err != nil {
		raw := t.raw()
		out.bad = append(out.bad, v.quarantine(portfolio.KindMilestone, v.source(kindTask, v.oddID(raw)), raw, err))
		return out
	}
	if v.tasks[uid] == nil {
		return out // the file changed since it was read for the first time, which is told at its end
	}
	if uid == 0 {
		return v.root(t)
	}
	kind := v.becomes(uid)
	if kind != "" {
		fact, err := v.record(t, uid, kind)
		if err != nil {
			out.bad = append(out.bad, v.quarantine(kind, v.source(kindTask, v.taskID(uid)), t.raw(), fmt.Errorf("task %d: %w", uid, err)))
		} else {
			out.facts = append(out.facts, fact)
		}
	}
	if !v.settings.Dependencies.Off && !v.tasks[uid].external {
		v.links(t, uid, kind != "", &out)
	}
	return out
}

// dates are a task's own.
type dates struct {
	start, finish, actual, deadline, baseline portfolio.Date
}

func (t *task) dates() (d dates, err error) {
	for _, in := range []struct {
		name string
		into *portfolio.Date
	}{{"Start", &d.start}, {"Finish", &d.finish}, {"ActualFinish", &d.actual}, {"Deadline", &d.deadline}} {
		if *in.into, err = day(in.name, t.values[in.name]); err != nil {
			return d, err
		}
	}
	for _, b := range t.baselines {
		if b["Number"] == "" || b["Number"] == "0" {
			if d.baseline, err = day("Baseline.Finish", b["Finish"]); err != nil {
				return d, err
			}
		}
	}
	return d, nil
}

// record is the project or milestone that a task becomes.
func (v *conversion) record(t *task, uid int64, kind portfolio.Kind) (portfolio.ToolFact, error) {
	d, err := t.dates()
	if err != nil {
		return nil, err
	}
	if p := t.values["PercentComplete"]; p != "" {
		if n, err := strconv.Atoi(p); err != nil || n < 0 || n > 100 {
			return nil, fmt.Errorf("PercentComplete is %.40q: a whole number from 0 to 100 was expected", p)
		}
	}
	r := v.tasks[uid]
	source := v.source(kindTask, v.taskID(uid))
	source.Key = truncate(firstOf(t.values["WBS"], t.values["OutlineNumber"]), maxName)
	status, category := r.status()
	finished := portfolio.Date{}
	if category == portfolio.StatusDone {
		if finished = d.actual; finished.IsZero() {
			finished = d.finish
		}
	}
	fields, err := v.taskFields(t, d)
	if err != nil {
		return nil, err
	}
	owner := ""
	if who, ok := v.owners[uid]; ok {
		owner = portfolio.DocID(v.connection, kindResource, v.taskID(who))
	}
	project, parent := v.above(uid)
	if kind == portfolio.KindProject {
		return &portfolio.ProjectFact{
			Source: source, Name: r.name, Description: truncate(t.values["Notes"], maxDescription), Parent: project, Lead: owner,
			Status: status, StatusCategory: category, Start: d.start, Due: d.finish, Finished: finished, Fields: fields,
		}, nil
	}
	f := &portfolio.MilestoneFact{
		Source: source, Name: r.name, Type: r.sort(), Project: project, Owner: owner,
		Status: status, StatusCategory: category, Start: d.start, Due: d.finish, Finished: finished, Baseline: d.baseline,
		Fields: fields,
	}
	if parent != project {
		f.Parent = parent
	}
	if r.todo+r.doing+r.done > 0 {
		f.Work = &portfolio.WorkDone{Todo: r.todo, InProgress: r.doing, Done: r.done}
	}
	return f, nil
}

// sort is the word for the sort of milestone that a task makes.
func (t *row) sort() string {
	switch {
	case t.milestone:
		return "Milestone"
	case t.summary:
		return "Summary task"
	}
	return "Task"
}
