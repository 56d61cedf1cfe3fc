package edit

import (
	"regexp"
	"strings"

	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// A valueRule checks the value that a person gives a field.
type valueRule func(c *check, v *portfolio.Field)

// projectRules are the fields of a project that the portfolio knows; another
// name is a custom field.
var projectRules = map[string]valueRule{
	"name":            (*check).textValue,
	"department":      (*check).departmentValue,
	"sponsor":         (*check).personValue,
	"manager":         (*check).personValue,
	"phase":           oneOfValue(portfolio.PhaseProposed, portfolio.PhasePlanned, portfolio.PhaseActive, portfolio.PhaseOnHold, portfolio.PhaseDone, portfolio.PhaseCancelled),
	"priority":        (*check).textValue,
	"budget":          (*check).moneyValue,
	"justification":   (*check).textValue,
	"pmoId":           (*check).textValue,
	"objectives":      (*check).listValue,
	"start":           (*check).dateValue,
	"due":             (*check).dateValue,
	"baseline":        (*check).dateValue,
	"forecast":        (*check).dateValue,
	"finished":        (*check).dateValue,
	"health":          oneOfValue(portfolio.HealthGreen, portfolio.HealthYellow, portfolio.HealthRed, portfolio.HealthUnknown),
	"businessValue":   (*check).numberValue,
	"timeCriticality": (*check).numberValue,
	"riskReduction":   (*check).numberValue,
	"jobSize":         (*check).numberValue,
}

// milestoneRules are the same of a milestone.
var milestoneRules = map[string]valueRule{
	"name":        (*check).textValue,
	"kind":        oneOfValue(portfolio.MilestoneStandard, portfolio.MilestoneKey, portfolio.MilestoneGoLive),
	"owner":       (*check).personValue,
	"contingency": (*check).textValue,
	"start":       (*check).dateValue,
	"due":         (*check).dateValue,
	"baseline":    (*check).dateValue,
	"forecast":    (*check).dateValue,
	"finished":    (*check).dateValue,
	"health":      oneOfValue(portfolio.HealthGreen, portfolio.HealthYellow, portfolio.HealthRed, portfolio.HealthUnknown),
}

// override checks a person's value for a field. Errors of the value are at the
// field's own name, as whoever writes fields writes them.
func (c *check) override(f *portfolio.Override) {
	kind, ref, _ := strings.Cut(f.Target, ":")
	var rules map[string]valueRule
	switch portfolio.Kind(kind) {
	case portfolio.KindProject:
		rules = projectRules
		c.project(ref, "project")
	case portfolio.KindMilestone:
		rules = milestoneRules
		c.milestone(ref)
	default:
		c.invalid(nil, "%q is neither a project nor a milestone: write project: or milestone: and a reference.", shortened(f.Target))
		return
	}
	c.long(f.Reason, "reason")
	c.needed("The name of a field", f.Field, "field")
	c.identifying(f.Field, "field")
	if rule, ok := rules[f.Field]; ok {
		rule(c, &f.Value)
		return
	}
	c.customValue(&f.Value)
}

// milestone checks the form of a reference to a milestone.
func (c *check) milestone(ref string) {
	if ref == "" {
		c.wrong(portfolio.UserErrorBlank, at("milestone"), "A milestone is needed: <connection>:<key>, or its id.")
		return
	}
	c.line(ref, "milestone")
	if !isReference(ref) || strings.HasPrefix(ref, "pmo:") {
		c.invalid(at("milestone"), "%q is no reference: write <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.", shortened(ref))
		return
	}
	if _, field := c.change.Put.(*portfolio.Override); !field {
		c.unambiguous(ref, c.shownMilestones(ref), c.scope.milestone, "milestone")
	}
}

// field is the name of the field that the change gives a value.
func (c *check) field() string { return c.change.Put.(*portfolio.Override).Field }

// typed checks the type of a value.
func (c *check) typed(v *portfolio.Field, what string, allowed ...portfolio.FieldType) bool {
	for _, t := range allowed {
		if v.Type == t {
			return true
		}
	}
	c.invalid(at(c.field()), "The value of %s is %s.", c.field(), what)
	return false
}

func (c *check) textValue(v *portfolio.Field) {
	if c.typed(v, "a text", portfolio.FieldText) && c.filled(v.Text) {
		c.long(v.Text, c.field())
	}
}

// filled reports a value that says nothing.
func (c *check) filled(text string) bool {
	if strings.TrimSpace(text) != "" {
		return true
	}
	c.wrong(portfolio.UserErrorBlank, at(c.field()), "An empty text says nothing; to take back what was recorded, delete it.")
	return false
}

func (c *check) personValue(v *portfolio.Field) {
	if c.typed(v, "a person: a key, an e-mail address or a name", portfolio.FieldText, portfolio.FieldUser) && c.filled(v.Text) {
		c.line(v.Text, c.field())
	}
}

func (c *check) dateValue(v *portfolio.Field) {
	if c.typed(v, "a date, such as 2026-03-01", portfolio.FieldDate) && v.Date.IsZero() {
		c.wrong(portfolio.UserErrorBlank, at(c.field()), "A date is needed, such as 2026-03-01; to take back what was recorded, delete it.")
	}
}

func (c *check) numberValue(v *portfolio.Field) {
	if !c.typed(v, "a number", portfolio.FieldNumber) {
		return
	}
	if n := c.parsed(v.Number); n != nil {
		c.atLeastZero(n, c.field())
	}
}

// parsed reads a number and reports what is none.
func (c *check) parsed(text string) *decimal.Decimal {
	if n, err := decimal.NewFromString(text); err == nil && len(text) <= maxDigits {
		return &n
	}
	c.invalid(at(c.field()), "%q is not a number; write one such as 1200.50.", shortened(text))
	return nil
}

var currencyPattern = regexp.MustCompile(`^[A-Z]{3}$`)

func (c *check) moneyValue(v *portfolio.Field) {
	if !c.typed(v, "an amount and its currency, such as 4600000 USD", portfolio.FieldText) || !c.filled(v.Text) {
		return
	}
	amount, currency, _ := strings.Cut(v.Text, " ")
	if !currencyPattern.MatchString(currency) {
		c.invalid(at(c.field()), "%q has no currency of three capital letters after the amount; write for example 4600000 USD.", shortened(v.Text))
		return
	}
	if n := c.parsed(amount); n != nil {
		c.atLeastZero(n, c.field())
	}
}

func (c *check) listValue(v *portfolio.Field) {
	if c.typed(v, "a list of texts", portfolio.FieldList) {
		c.lines(v.List, c.field())
	}
}

// oneOfValue checks a constant.
func oneOfValue[T ~string](allowed ...T) valueRule {
	return func(c *check, v *portfolio.Field) {
		if c.typed(v, "a constant", portfolio.FieldText) {
			oneOf(c, c.field(), T(v.Text), true, allowed...)
		}
	}
}

// departmentValue checks that a department is known by its key, name or alias:
// as recorded, or from a tool.
func (c *check) departmentValue(v *portfolio.Field) {
	if !c.typed(v, "the key or name of a department", portfolio.FieldText) || !c.filled(v.Text) {
		return
	}
	known := once(c.draft, "departments", func() map[string]bool {
		names := map[string]bool{}
		for d := range all[*portfolio.DepartmentFact](c.draft, portfolio.KindDepartment) {
			for _, name := range append([]string{d.Slug, d.Name}, d.Aliases...) {
				names[strings.ToLower(name)] = true
			}
		}
		for d := range c.snapshot.Departments() {
			if !d.Recorded {
				names[strings.ToLower(d.Name)], names[d.ID] = true, true
			}
		}
		return names
	})
	if !known[strings.ToLower(strings.TrimSpace(v.Text))] {
		c.wrong(portfolio.UserErrorNotFound, at(c.field()), "There is no department %q; record it first, or in the same request.", shortened(v.Text))
	}
}

// customValue checks a value of a field that the portfolio does not know.
func (c *check) customValue(v *portfolio.Field) {
	switch v.Type {
	case portfolio.FieldText, portfolio.FieldUser:
		c.textOrUser(v)
	case portfolio.FieldNumber:
		if n := c.parsed(v.Number); n != nil {
			c.number(n, c.field())
		}
	case portfolio.FieldDate:
		c.dateValue(v)
	case portfolio.FieldTime:
		if v.Time.IsZero() {
			c.wrong(portfolio.UserErrorBlank, at(c.field()), "An instant is needed, such as 2026-03-01T12:00:00Z.")
		}
	case portfolio.FieldList:
		c.lines(v.List, c.field())
	case portfolio.FieldBool:
	default:
		c.invalid(at(c.field()), "%q is not a type of value.", shortened(string(v.Type)))
	}
}

func (c *check) textOrUser(v *portfolio.Field) {
	if c.filled(v.Text) {
		c.long(v.Text, c.field())
	}
}

// link checks which projects of several tools are one.
func (c *check) link(f *portfolio.Link) {
	if !isDocumentID(f.Primary) {
		c.invalid(at("primary"), "%q is not the id of a project: write <connection>/<kind>/<id>.", shortened(f.Primary))
	}
	c.line(f.Primary, "primary")
	if len(f.Members) == 0 {
		c.wrong(portfolio.UserErrorBlank, at("members"), "A link needs the id of at least one other project.")
	}
	c.lines(f.Members, "members")
	for i, member := range f.Members {
		switch {
		case !isDocumentID(member):
			c.invalid(at("members", i), "%q is not the id of a project: write <connection>/<kind>/<id>.", shortened(member))
		case member == f.Primary:
			c.wrong(portfolio.UserErrorCircular, at("members", i), "A project is not linked with itself.")
		}
	}
}
