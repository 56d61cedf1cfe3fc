package portfolio

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"
)

// RuleInput is what the expression of a rule can speak of, in the expression
// language of expr-lang.org: project, milestone and connection. For a rule
// that sets department or phase, which belong to projects, milestone is empty.
// Dates are texts of the form 2026-03-01, "" when there is none, so they
// compare as they read. The function now is not there: a value that changes
// by itself would not be the same on every replica.
type RuleInput struct {
	Project    RuleProject    `expr:"project"`
	Milestone  RuleMilestone  `expr:"milestone"`
	Connection RuleConnection `expr:"connection"`
}

// RuleProject is project in a rule: the unified project. While department or
// phase are being decided, department is what the mapping says.
type RuleProject struct {
	Name       string         `expr:"name"`
	Key        string         `expr:"key"`
	Category   string         `expr:"category"`
	Status     string         `expr:"status"` // the tool's own word
	Labels     []string       `expr:"labels"`
	Connection string         `expr:"connection"` // id
	Department string         `expr:"department"` // slug
	Custom     map[string]any `expr:"custom"`     // by name: text, number, true or false, date as text, list of texts
}

// RuleMilestone is milestone in a rule.
type RuleMilestone struct {
	Name   string         `expr:"name"`
	Key    string         `expr:"key"`
	Type   string         `expr:"type"` // the tool's word, such as Version or Epic
	Status string         `expr:"status"`
	Labels []string       `expr:"labels"`
	Due    string         `expr:"due"`
	Custom map[string]any `expr:"custom"`
}

// RuleConnection is connection in a rule: where the milestone, or the
// project's primary member, comes from.
type RuleConnection struct {
	ID   string `expr:"id"`
	Name string `expr:"name"`
	Type string `expr:"type"`
}

// A ruleSet is the rules of the settings, compiled, by what they set.
type ruleSet struct {
	kind       []compiledRule
	department []compiledRule
	phase      []compiledRule
}

type compiledRule struct {
	when    string
	value   string
	program *vm.Program
	// readsDue tells that it may read milestone.due, which changes much more
	// often than anything else that rules read.
	readsDue bool
}

// compileRules compiles every rule that can be compiled and names the others.
func compileRules(rules []Rule) (ruleSet, []error) {
	var set ruleSet
	var problems []error
	for i, rule := range rules {
		program, err := compileRule(rule.When)
		if err != nil {
			problems = append(problems, fmt.Errorf("rule %d: %w", i+1, err))
			continue
		}
		readsDue := readsDue(program.Node())
		if rule.Set.Kind != "" {
			set.kind = append(set.kind, compiledRule{rule.When, string(rule.Set.Kind), program, readsDue})
		}
		if rule.Set.Department != "" {
			set.department = append(set.department, compiledRule{rule.When, rule.Set.Department, program, readsDue})
		}
		if rule.Set.Phase != "" {
			set.phase = append(set.phase, compiledRule{rule.When, string(rule.Set.Phase), program, readsDue})
		}
	}
	return set, problems
}

func compileRule(when string) (*vm.Program, error) {
	if when == "" {
		return nil, errors.New("when is empty; use true for a rule that always matches")
	}
	return expr.Compile(when, expr.Env(RuleInput{}), expr.AsBool(), expr.DisableBuiltin("now"))
}

// readsDue reports whether an expression may read milestone.due: by name, or
// through the whole object as in toJSON(milestone).
func readsDue(node ast.Node) bool {
	var reads milestoneReads
	ast.Walk(&node, &reads)
	return reads.whole != reads.other
}

// milestoneReads counts how often an expression names the milestone, and how
// often only to read another member than due.
type milestoneReads struct{ whole, other int }

// Visit implements ast.Visitor.
func (r *milestoneReads) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if n.Value == "milestone" || n.Value == "$env" {
			r.whole++
		}
	case *ast.MemberNode:
		member, named := n.Property.(*ast.StringNode)
		if root, ok := n.Node.(*ast.IdentifierNode); ok && named && root.Value == "milestone" && member.Value != "due" {
			r.other++
		}
	}
}

// A ruler runs rules; it is not safe for several goroutines.
type ruler struct {
	machine vm.VM
	input   RuleInput
}

// first returns the value and the expression of the first rule that matches.
// A rule that fails on a row, as a comparison of a missing custom field does,
// does not match it.
func (r *ruler) first(rules []compiledRule) (value, when string) {
	for i := range rules {
		if r.matches(&rules[i]) {
			return rules[i].value, rules[i].when
		}
	}
	return "", ""
}

func (r *ruler) matches(rule *compiledRule) bool {
	matched, err := r.machine.Run(rule.program, &r.input)
	return err == nil && matched == true
}

// again is first when only milestone.due has changed since before matched:
// until there, only rules that read it can tell anything new.
func (r *ruler) again(rules []compiledRule, before string) (value, when string) {
	known := true
	for i := range rules {
		rule := &rules[i]
		won := rule.when == before
		switch {
		case known && !rule.readsDue && !won:
			continue
		case known && !rule.readsDue, r.matches(rule):
			return rule.value, rule.when
		}
		known = known && !won
	}
	return "", ""
}

// ruleCustom turns custom fields into what expressions compare naturally.
func ruleCustom(fields []Field) map[string]any {
	if len(fields) == 0 {
		return nil
	}
	custom := make(map[string]any, len(fields))
	for _, f := range fields {
		switch f.Type {
		case FieldNumber:
			if n, err := strconv.ParseFloat(f.Number, 64); err == nil {
				custom[f.Name] = n
			}
		case FieldBool:
			custom[f.Name] = f.Bool
		case FieldList:
			custom[f.Name] = f.List
		default:
			custom[f.Name] = textOf(f)
		}
	}
	return custom
}

// milestoneKind reads a tool's or a person's word for a kind of milestone.
func milestoneKind(word string) (MilestoneKind, bool) {
	switch kind := MilestoneKind(constantOf(word)); kind {
	case MilestoneStandard, MilestoneKey, MilestoneGoLive:
		return kind, true
	case "GOLIVE", "LAUNCH":
		return MilestoneGoLive, true
	}
	return "", false
}

// phaseOf reads a tool's or a person's word for a phase.
func phaseOf(word string) (Phase, bool) {
	switch phase := Phase(constantOf(word)); phase {
	case PhaseProposed, PhasePlanned, PhaseActive, PhaseOnHold, PhaseDone, PhaseCancelled:
		return phase, true
	}
	return "", false
}

// constantOf writes a word as the constants of this package are written:
// "On hold" and "on-hold" are ON_HOLD.
func constantOf(word string) string {
	if word == "" {
		return ""
	}
	return strings.ToUpper(hyphens.Replace(strings.TrimSpace(word)))
}

var hyphens = strings.NewReplacer(" ", "_", "-", "_")
