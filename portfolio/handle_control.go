package portfolio

import "cmp"

// ReasonNothingToCheck is the code of a rate over nothing.
const ReasonNothingToCheck = "NOTHING_TO_CHECK"

// ControlCounts are how many projects stand how to controls.
type ControlCounts struct {
	// Applicable are all to which the controls apply: passed, failed and
	// excepted together.
	Applicable, Passed, Failed, Excepted int
}

func (c *ControlCounts) add(outcome ControlOutcome) {
	switch outcome {
	case ControlPassed:
		c.Passed++
	case ControlFailed:
		c.Failed++
	case ControlExcepted:
		c.Excepted++
	default:
		return
	}
	c.Applicable++
}

// PassRate is the share that passes of those that pass or fail: an exception
// is neither. It is from 0 to 1; nil when there is nothing to check.
func (c *ControlCounts) PassRate() *float64 {
	if c.Passed+c.Failed == 0 {
		return nil
	}
	rate := rounded(float64(c.Passed) / float64(c.Passed+c.Failed))
	return &rate
}

// PassRateReason says why there is no rate.
func (c *ControlCounts) PassRateReason() *Reason {
	if c.Passed+c.Failed > 0 {
		return nil
	}
	return &Reason{Code: ReasonNothingToCheck, Message: "No project has to pass it, or all that have to are excepted."}
}

// A ControlReport is how projects stand to all controls together.
type ControlReport struct {
	ControlCounts
	Controls []*Control
}

// A Control is how projects stand to one control.
type Control struct {
	Code        ControlCode
	Title       string
	Description string
	ControlCounts
}

// Controls are how the projects of a department stand that the caller may see;
// of all departments when it is empty. There are none of a department that the
// caller may not see, nor of nothing for a caller who does not see everything.
func (v *View) Controls(department string, below bool) *ControlReport {
	judge := v.sees
	if department != "" {
		if v.department(department) == nil {
			return nil
		}
		divisions := map[string]bool{department: true}
		if below {
			divisions = v.snap.divisionsUnder([]string{department})
		}
		judge = func(p *ProjectRow) bool { return divisions[p.DepartmentID] && v.sees(p) }
	}
	counts := make([]ControlCounts, len(controls))
	seen := 0
	for _, p := range v.snap.inspection().projects {
		if judge(p.row) {
			seen++
			for place, outcome := range p.outcomes {
				counts[place].add(outcome)
			}
		}
	}
	if department == "" && seen == 0 && v.limited() {
		return nil
	}
	report := &ControlReport{}
	for place := range controls {
		c := &controls[place]
		if !v.seesControl(c.code) {
			continue
		}
		report.Controls = append(report.Controls, &Control{c.code, c.title, c.description, counts[place]})
		report.Applicable += counts[place].Applicable
		report.Passed += counts[place].Passed
		report.Failed += counts[place].Failed
		report.Excepted += counts[place].Excepted
	}
	return report
}

// Controls are how the projects of the department stand.
func (d *Department) Controls(below *bool) *ControlReport {
	return d.view.Controls(d.DepartmentRow.ID, below == nil || *below)
}

// A ProjectControl is how one project stands to one control.
type ProjectControl struct {
	Code    ControlCode
	Title   string
	Outcome ControlOutcome
	finding *ControlFinding // nil when it does not fail
}

// Controls are how the project stands to each control.
func (p *Project) Controls() []*ProjectControl {
	inspection := p.view.snap.inspection()
	outcomes := inspection.ofProject(p.ProjectRow.ID)
	all := make([]*ProjectControl, 0, len(controls))
	for place := range controls {
		c := &controls[place]
		if !p.view.seesControl(c.code) {
			continue
		}
		stands := &ProjectControl{Code: c.code, Title: c.title, Outcome: ControlNotApplicable}
		if outcomes != nil {
			stands.Outcome = outcomes[place]
		}
		if f := inspection.findingOf(place, p.ProjectRow.ID); f != nil {
			stands.finding = p.view.findingOf(f)
		}
		all = append(all, stands)
	}
	return all
}

// Why says what is wrong; empty when nothing is.
func (c *ProjectControl) Why() string {
	if c.finding == nil {
		return ""
	}
	return c.finding.Why()
}

// Mend says what to do about it.
func (c *ProjectControl) Mend() string {
	if c.finding == nil {
		return ""
	}
	return c.finding.Mend()
}

// Exception is what somebody has agreed to.
func (c *ProjectControl) Exception() *ControlException {
	if c.finding == nil {
		return nil
	}
	return c.finding.Exception()
}

// ExceptionReason says why the exception does not count.
func (c *ProjectControl) ExceptionReason() *Reason {
	if c.finding == nil {
		return nil
	}
	return c.finding.ExceptionReason()
}

// A ControlFinding is a project that fails a control, as one caller sees it.
type ControlFinding struct {
	row  *ControlFindingRow
	view *View
}

func (v *View) findingOf(row *ControlFindingRow) *ControlFinding { return &ControlFinding{row, v} }

// Project is which project fails it.
func (f *ControlFinding) Project() *Project { return f.view.projectOf(f.row.project) }

// Control is which control it fails.
func (f *ControlFinding) Control() ControlCode { return controls[f.row.place].code }

// Title is what the control is called.
func (f *ControlFinding) Title() string { return controls[f.row.place].title }

// Why says what is wrong.
func (f *ControlFinding) Why() string {
	return controls[f.row.place].why(f.view.snap.inspection().inspector, f.row.project)
}

// Mend says what to do about it.
func (f *ControlFinding) Mend() string { return controls[f.row.place].mend }

// Excepted reports whether somebody has agreed to it, and that still holds.
func (f *ControlFinding) Excepted() bool { return f.row.excepted }

// Exception is what somebody has agreed to: what holds, else what held last.
func (f *ControlFinding) Exception() *ControlException {
	if f.row.exception == nil {
		return nil
	}
	return f.view.exceptionOf(f.row.exception)
}

// ExceptionReason says why the exception does not count; nil when it does, and
// when there is none.
func (f *ControlFinding) ExceptionReason() *Reason {
	if f.row.exception == nil {
		return nil
	}
	return f.row.exception.expiredReason(f.view.snap.today)
}

type (
	// ControlFindingConnection is a page of findings.
	ControlFindingConnection = Connection[ControlFindingRow, ControlFinding]
	// ControlFindingEdge is a finding in a list.
	ControlFindingEdge = Edge[ControlFinding]
)

// A ControlFindingFilter says which findings are meant. Every member that is
// given must hold.
type ControlFindingFilter struct {
	And []*ControlFindingFilter
	Or  []*ControlFindingFilter
	Not *ControlFindingFilter

	Control    *ControlCodeComparator
	Project    *ProjectFilter
	Department *StringComparator
	Excepted   *bool
}

func (f *ControlFindingFilter) joined() (and, or, not []nounFilter[ControlFindingRow]) {
	return joins[ControlFindingRow](f.And, f.Or, f.Not)
}

func (f *ControlFindingFilter) conditions(c *compiler, all *conditions[ControlFindingRow]) {
	project := func(r *ControlFindingRow) string { return r.project.ID }
	holds(all, f.Control.compile(), func(r *ControlFindingRow) ControlCode { return controls[r.place].code })
	holdsAs(all, f.Excepted, func(r *ControlFindingRow) bool { return r.excepted })
	onProject(c, all, f.Project, project)
	onDepartment(c, all, f.Department, project)
}

// ControlFindings lists the findings that the filter means, by control and then
// by project; nil means all.
func (v *View) ControlFindings(filter *ControlFindingFilter, r PageRequest) (*ControlFindingConnection, error) {
	f := cmp.Or(filter, &ControlFindingFilter{})
	c := v.compiler()
	keep := only(true, compile(c, f), func(r *ControlFindingRow) bool {
		return v.sees(r.project) && v.seesControl(controls[r.place].code)
	})
	byControl := func(r *ControlFindingRow) sortValue { return numberValue(r.place) }
	return simpleList(c, "control findings", v.snap.inspection().findings, f, keep, (*ControlFindingRow).id, byControl, r, v.findingOf)
}
