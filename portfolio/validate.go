package portfolio

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Validate names everything in the settings that would not work, each problem
// as an error of its own, joined: rules by number and with the position in
// their expression. It is for whoever writes settings; a snapshot leaves out
// what is wrong and serves the rest.
func (s *Settings) Validate() error {
	problems := newPlan(s).problems
	for i := range s.Connections {
		problems = append(problems, s.Connections[i].problems()...)
	}
	for i, rule := range s.Rules {
		for _, problem := range rule.Set.problems() {
			problems = append(problems, fmt.Errorf("rule %d: %w", i+1, problem))
		}
	}
	for i, m := range s.Statuses {
		if m.Status == "" {
			problems = append(problems, fmt.Errorf("status %d: status is empty", i+1))
		}
		if !knownPhase(m.Phase) {
			problems = append(problems, fmt.Errorf("status %d: %w", i+1, phaseProblem(m.Phase)))
		}
	}
	for i := range s.Health {
		problems = append(problems, s.healthProblems(i)...)
	}
	if s.ReportMaxAge < 0 {
		problems = append(problems, fmt.Errorf("reportMaxAge: %d is negative; it is a number of days", s.ReportMaxAge))
	}
	for i, problem := range problems {
		problems[i] = fmt.Errorf("%w: %w", ErrInvalid, problem)
	}
	return errors.Join(problems...)
}

func (c *ConnectionSettings) problems() []error {
	if c.ID == "" {
		return []error{errors.New("a connection has no id")}
	}
	var problems []error
	if strings.ContainsAny(c.ID, "/:#") {
		problems = append(problems, fmt.Errorf("connection %q: an id must not contain / : or #", c.ID))
	}
	taken := map[string]bool{}
	for _, f := range c.Fields {
		switch {
		case f.To == "":
			problems = append(problems, fmt.Errorf("connection %q: a mapping names no field of the portfolio", c.ID))
		case f.Field == "":
			problems = append(problems, fmt.Errorf("connection %q: field %s: names no field of the tool", c.ID, f.To))
		case taken[f.To]:
			problems = append(problems, fmt.Errorf("connection %q: field %s is mapped twice", c.ID, f.To))
		case f.To == "budget" && f.Currency == "":
			problems = append(problems, fmt.Errorf("connection %q: field budget needs a currency, as in currency: EUR", c.ID))
		case f.Currency != "" && !isCurrency.MatchString(f.Currency):
			problems = append(problems, fmt.Errorf("connection %q: field %s: %q is not a currency of three capital letters", c.ID, f.To, f.Currency))
		}
		taken[f.To] = true
		for _, v := range f.Values {
			if problem := valueProblem(f.To, v.To); problem != nil {
				problems = append(problems, fmt.Errorf("connection %q: field %s: %w", c.ID, f.To, problem))
			}
		}
	}
	return problems
}

var isCurrency = regexp.MustCompile(`^[A-Z]{3}$`)

// valueProblem says what is wrong with a value that a mapping translates to.
func valueProblem(to, value string) error {
	switch to {
	case "kind":
		if _, ok := milestoneKind(value); !ok {
			return kindProblem(MilestoneKind(value))
		}
	case "phase":
		if _, ok := phaseOf(value); !ok {
			return phaseProblem(Phase(value))
		}
	case "health":
		if healthOf(value) == HealthUnknown && constantOf(value) != string(HealthUnknown) {
			return fmt.Errorf("%q is not a health; it is GREEN, YELLOW, RED or UNKNOWN", value)
		}
	case riskResponse:
		if responseOf(value) == "" {
			return fmt.Errorf("%q is not a response to a risk; it is MONITORED, MITIGATING, MITIGATED, PREVENTED, OCCURRED, ACCEPTED or CLOSED", value)
		}
	}
	return nil
}

func (a Assignment) problems() []error {
	var problems []error
	if a == (Assignment{}) {
		problems = append(problems, errors.New("sets nothing; it may set kind, department or phase"))
	}
	if a.Kind != "" && !knownKind(a.Kind) {
		problems = append(problems, kindProblem(a.Kind))
	}
	if a.Phase != "" && !knownPhase(a.Phase) {
		problems = append(problems, phaseProblem(a.Phase))
	}
	return problems
}

func (s *Settings) healthProblems(i int) []error {
	h := s.Health[i]
	var problems []error
	problem := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("health %d: "+format, append([]any{i + 1}, args...)...))
	}
	if h.Kind != "" && !knownKind(h.Kind) {
		problem("%w", kindProblem(h.Kind))
	}
	if slices.ContainsFunc(s.Health[:i], func(other HealthThresholds) bool { return other.Kind == h.Kind }) {
		problem("kind %q is listed twice", h.Kind)
	}
	if h.GreenSlip < 0 || h.RedSlip < 0 {
		problem("a slip is negative; it is a share of the planned duration, as 0.05")
	}
	if limits := newThresholds(s.Health).limits(h.Kind); limits.GreenSlip > limits.RedSlip {
		problem("greenSlip %v is above redSlip %v", limits.GreenSlip, limits.RedSlip)
	}
	return problems
}

func knownKind(k MilestoneKind) bool {
	return k == MilestoneStandard || k == MilestoneKey || k == MilestoneGoLive
}

func knownPhase(p Phase) bool {
	known, ok := phaseOf(string(p))
	return ok && known == p
}

func kindProblem(k MilestoneKind) error {
	return fmt.Errorf("%q is not a kind of milestone; it is STANDARD, KEY or GO_LIVE", k)
}

func phaseProblem(p Phase) error {
	return fmt.Errorf("%q is not a phase; it is PROPOSED, PLANNED, ACTIVE, ON_HOLD, DONE or CANCELLED", p)
}

func joinProblem(j JoinRule) error {
	return fmt.Errorf("joins: %q is not a field to join by; it is pmoId, key or name", j.By)
}
