package portfolio

import (
	"fmt"
	"slices"
)

// ControlCode names a control.
type ControlCode string

// The values of ControlCode, in the order in which controls are listed.
const (
	ControlSponsor      ControlCode = "SPONSOR"
	ControlManager      ControlCode = "MANAGER"
	ControlDepartment   ControlCode = "DEPARTMENT"
	ControlBaseline     ControlCode = "BASELINE"
	ControlGoLive       ControlCode = "GO_LIVE"
	ControlBudget       ControlCode = "BUDGET"
	ControlObjective    ControlCode = "OBJECTIVE"
	ControlRecentStatus ControlCode = "RECENT_STATUS"
	ControlRiskOwners   ControlCode = "RISK_OWNERS"
	ControlContingency  ControlCode = "CONTINGENCY"
	ControlDecisions    ControlCode = "DECISIONS_IN_TIME"
)

// ControlCodes are all there are, in their order.
var ControlCodes = []ControlCode{
	ControlSponsor, ControlManager, ControlDepartment, ControlBaseline, ControlGoLive, ControlBudget,
	ControlObjective, ControlRecentStatus, ControlRiskOwners, ControlContingency, ControlDecisions,
}

// ControlOutcome is how a project stands to a control.
type ControlOutcome string

// The values of ControlOutcome.
const (
	ControlPassed   ControlOutcome = "PASSED"
	ControlFailed   ControlOutcome = "FAILED"
	ControlExcepted ControlOutcome = "EXCEPTED"
	// ControlNotApplicable: the control says nothing of such a project.
	ControlNotApplicable ControlOutcome = "NOT_APPLICABLE"
)

// A control is something that every project it applies to must have in order.
type control struct {
	code        ControlCode
	title       string
	description string
	// programmes tells that it applies to programmes too; otherwise the
	// projects below them must have it in order.
	programmes bool
	// judge says whether it applies to a governed project and, if so, whether
	// the project fails it.
	judge func(in *inspector, p *ProjectRow) (applies, fails bool)
	// why says what is wrong with a project that fails it, and mend what to do.
	why  func(in *inspector, p *ProjectRow) string
	mend string
}

// seesControl reports whether the caller may know how projects stand to a
// control: of one that is about money those who may read the field group cost.
func (v *View) seesControl(code ControlCode) bool {
	return code != ControlBudget || v.caller.Reads(GroupCost)
}

// governed reports whether controls apply to a project: one that a tool shows
// and that is planned or going on. What is only proposed need not have its
// things in order yet, and what is on hold or over not any more.
func (p *ProjectRow) governed() bool {
	if p.Presence != PresencePresent {
		return false
	}
	switch p.Phase {
	case PhaseProposed, PhaseOnHold, PhaseDone, PhaseCancelled:
		return false
	}
	return true
}

// must makes the judgement of a control that applies to every project.
func must(holds func(in *inspector, p *ProjectRow) bool) func(*inspector, *ProjectRow) (bool, bool) {
	return func(in *inspector, p *ProjectRow) (bool, bool) { return true, !holds(in, p) }
}

// always is what is wrong with every project that fails a control.
func always(sentence string) func(*inspector, *ProjectRow) string {
	return func(*inspector, *ProjectRow) string { return sentence }
}

// controls are all there are, in the order of ControlCodes.
var controls = []control{
	{
		code: ControlSponsor, title: "Sponsor", programmes: true,
		description: "A sponsor is known who answers for the project.",
		judge:       must(func(_ *inspector, p *ProjectRow) bool { return p.SponsorID != "" }),
		why:         always("No sponsor is known."),
		mend:        "Name the sponsor in the tool, or record them with setProjectFields; a name must lead to an account or an identity.",
	},
	{
		code: ControlManager, title: "Manager", programmes: true,
		description: "A manager is known who leads the project.",
		judge:       must(func(_ *inspector, p *ProjectRow) bool { return p.ManagerID != "" }),
		why:         always("No manager is known."),
		mend:        "Name the project lead in the tool, or record them with setProjectFields; a name must lead to an account or an identity.",
	},
	{
		code: ControlDepartment, title: "Department", programmes: true,
		description: "The project belongs to a department.",
		judge:       must(func(_ *inspector, p *ProjectRow) bool { return p.DepartmentID != "" }),
		why:         always("It belongs to no department."),
		mend:        "Fill the department in the tool, write a rule that sets it, or record it with setProjectFields.",
	},
	{
		code: ControlBaseline, title: "Baseline",
		description: "A baseline was agreed: the date that was promised first. A date that was only seen first is none.",
		judge:       must(func(in *inspector, p *ProjectRow) bool { return in.baselined(p) }),
		why: func(_ *inspector, p *ProjectRow) string {
			if p.BaselineDate.IsZero() {
				return "There is no baseline."
			}
			return fmt.Sprintf("Nobody agreed on a baseline; %s is only the first date that was seen.", p.BaselineDate)
		},
		mend: "Record the date that was promised as baseline, of the project or of the milestone that its date comes from.",
	},
	{
		code: ControlGoLive, title: "Go-live",
		description: "The project has a go-live milestone.",
		judge:       must(func(_ *inspector, p *ProjectRow) bool { return p.GoLiveID != "" }),
		why:         always("It has no go-live milestone."),
		mend:        "Plan the go-live in the tool; if it is there, mark it by a rule or with setMilestoneFields as GO_LIVE.",
	},
	{
		code: ControlBudget, title: "Budget",
		description: "The project has a budget.",
		judge:       must(func(_ *inspector, p *ProjectRow) bool { return p.budget != nil }),
		why:         always("It has no budget."),
		mend:        "Fill the budget in the tool, or record it with setProjectFields.",
	},
	{
		code: ControlObjective, title: "Strategy",
		description: "The project serves at least one objective of the leading strategy.",
		judge: func(_ *inspector, p *ProjectRow) (bool, bool) {
			return p.alignment.score != nil, p.alignment.score != nil && *p.alignment.score == 0
		},
		why:  always("It serves no objective that is in force and has weight."),
		mend: "Record with upsertContributions what it does for the strategy, or ask why it is done.",
	},
	{
		code: ControlRecentStatus, title: "Recent status",
		description: "The health of the project was reported, no longer ago than the settings allow.",
		programmes:  true,
		judge: func(_ *inspector, p *ProjectRow) (bool, bool) {
			return p.Phase == PhaseActive, p.Health.Reported == HealthUnknown
		},
		why: func(_ *inspector, p *ProjectRow) string {
			for i := range p.Health.Reasons {
				if r := &p.Health.Reasons[i]; r.Code == ReasonReportOld || r.Code == ReasonReportUnknown {
					return r.Message
				}
			}
			if p.report.word != "" {
				return "Its health is reported as unknown."
			}
			return "Its health was never reported."
		},
		mend: "Have the manager report the health in the tool.",
	},
	{
		code: ControlRiskOwners, title: "Risk owners", programmes: true,
		description: "Each open risk of the project has somebody who answers for it.",
		judge: func(in *inspector, p *ProjectRow) (bool, bool) {
			open, ownerless := in.openRisks(p)
			return open > 0, len(ownerless) > 0
		},
		why: func(in *inspector, p *ProjectRow) string {
			open, ownerless := in.openRisks(p)
			return some(len(ownerless), open, "open risk has nobody who answers for it", "open risks have nobody who answers for them", ownerless)
		},
		mend: "Give each of these risks an owner.",
	},
	{
		code: ControlContingency, title: "Contingency", programmes: true,
		description: "Each key or go-live milestone that is not finished says what is done when it is missed.",
		judge: func(in *inspector, p *ProjectRow) (bool, bool) {
			open, without := in.openKeyMilestones(p)
			return open > 0, len(without) > 0
		},
		why: func(in *inspector, p *ProjectRow) string {
			open, without := in.openKeyMilestones(p)
			return some(len(without), open, "key milestone has no fall-back", "key milestones have no fall-back", without)
		},
		mend: "Record for each of them with setMilestoneFields, as contingency, what is done when it is missed.",
	},
	{
		code: ControlDecisions, title: "Decisions in time", programmes: true,
		description: "No decision that the project waits for is past its due date.",
		judge: func(in *inspector, p *ProjectRow) (bool, bool) {
			open := in.decisions[p.ID]
			return len(open) > 0, slices.ContainsFunc(open, in.overdue)
		},
		why: func(in *inspector, p *ProjectRow) string {
			var late []string
			for _, d := range in.decisions[p.ID] {
				if in.overdue(d) {
					late = append(late, d.Title)
				}
			}
			return some(len(late), len(in.decisions[p.ID]), "open decision is past its due date", "open decisions are past their due dates", late)
		},
		mend: "Have them decided, or agree on a later date.",
	},
}

// shownNames is how many names a sentence tells.
const shownNames = 3

// some says how many of so many things are wrong, and which ones.
func some(wrong, of int, one, several string, names []string) string {
	text := several
	if of == 1 {
		text = one
	}
	told := ""
	for i, name := range names[:min(len(names), shownNames)] {
		if i > 0 {
			told += ", "
		}
		told += fmt.Sprintf("%q", name)
	}
	if more := len(names) - shownNames; more > 0 {
		told += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("%d of %d %s: %s.", wrong, of, text, told)
}
