package edit

import (
	"fmt"
	"slices"
	"strings"

	"plumbline/portfolio"
)

// A reference is a field of a document that names another recorded document.
type reference struct {
	path []string
	to   portfolio.Key
}

// references are what a document names that must be recorded. An empty id names
// nothing. Projects, milestones and people are not among them.
func references(doc portfolio.Document) []reference {
	one := func(kind portfolio.Kind, id string, path ...any) reference {
		return reference{at(path...), portfolio.Key{Kind: kind, ID: id}}
	}
	switch f := doc.(type) {
	case *portfolio.DepartmentFact:
		return []reference{one(portfolio.KindDepartment, f.Parent, "parent")}
	case *portfolio.IdentityFact:
		return []reference{one(portfolio.KindDepartment, f.Department, "department")}
	case *portfolio.StrategyVersionFact:
		all := []reference{one(portfolio.KindStrategy, f.Strategy, "strategy")}
		for i, w := range f.Weights {
			all = append(all, one(portfolio.KindObjective, w.Objective, "weights", i, "objective"))
		}
		return all
	case *portfolio.ObjectiveFact:
		return []reference{
			one(portfolio.KindStrategy, f.Strategy, "strategy"),
			one(portfolio.KindObjective, f.Parent, "parent"),
		}
	case *portfolio.JudgementFact:
		all := []reference{one(portfolio.KindStrategy, f.Strategy, "strategy")}
		if f.Strategy != "" && f.Version != "" {
			all = append(all, one(portfolio.KindStrategyVersion, portfolio.StrategyVersionID(f.Strategy, f.Version), "version"))
		}
		for i, p := range f.Pairs {
			all = append(all,
				one(portfolio.KindObjective, p.More, "pairs", i, "more"),
				one(portfolio.KindObjective, p.Less, "pairs", i, "less"))
		}
		return all
	case *portfolio.ContributionFact:
		return []reference{one(portfolio.KindObjective, f.Objective, "objective")}
	case *portfolio.KeyResultFact:
		return []reference{
			one(portfolio.KindObjective, f.Objective, "objective"),
			one(portfolio.KindKPI, f.KPI, "kpi"),
		}
	case *portfolio.KPIFact:
		all := []reference{one(portfolio.KindDepartment, f.Department, "department")}
		for i, key := range f.Leads {
			all = append(all, one(portfolio.KindKPI, key, "leads", i))
		}
		return all
	case *portfolio.MeasurementFact:
		return []reference{one(portfolio.KindKPI, f.KPI, "kpi")}
	case *portfolio.KPILinkFact:
		return []reference{one(portfolio.KindKPI, f.KPI, "kpi")}
	case *portfolio.CycleFact:
		var all []reference
		for i := range f.Goals {
			all = append(all,
				one(portfolio.KindObjective, f.Goals[i].Objective, "goals", i, "objective"),
				one(portfolio.KindKPI, f.Goals[i].KPI, "goals", i, "kpi"))
		}
		return all
	case *portfolio.QuickWinFact:
		return []reference{
			one(portfolio.KindDepartment, f.Department, "department"),
			one(portfolio.KindObjective, f.Objective, "objective"),
			one(portfolio.KindQuote, f.Quote, "quote"),
		}
	case *portfolio.QuoteFact:
		return []reference{one(portfolio.KindDepartment, f.Department, "department")}
	case *portfolio.SurveyFact:
		return []reference{one(portfolio.KindDepartment, f.Department, "department")}
	case *portfolio.BenefitFact:
		return []reference{
			one(portfolio.KindObjective, f.Objective, "objective"),
			one(portfolio.KindKPI, f.KPI, "kpi"),
		}
	case *portfolio.RecordedRiskFact:
		return []reference{one(portfolio.KindDepartment, f.Department, "department")}
	case *portfolio.IssueFact:
		return []reference{
			one(portfolio.KindDepartment, f.Department, "department"),
			one(portfolio.KindRecordedRisk, f.Risk, "risk"),
		}
	case *portfolio.AssumptionFact:
		return []reference{one(portfolio.KindDepartment, f.Department, "department")}
	case *portfolio.DecisionFact:
		return []reference{one(portfolio.KindDepartment, f.Department, "department")}
	case *portfolio.LessonFact:
		return []reference{one(portfolio.KindDepartment, f.Department, "department")}
	}
	return nil
}

// namesOthers are the kinds whose documents have references.
var namesOthers = []portfolio.Kind{
	portfolio.KindDepartment, portfolio.KindIdentity, portfolio.KindStrategyVersion, portfolio.KindObjective,
	portfolio.KindJudgement, portfolio.KindContribution, portfolio.KindKeyResult, portfolio.KindKPI,
	portfolio.KindMeasurement, portfolio.KindKPILink,
	portfolio.KindCycle, portfolio.KindQuickWin, portfolio.KindQuote, portfolio.KindSurvey, portfolio.KindBenefit,
	portfolio.KindRecordedRisk, portfolio.KindIssue, portfolio.KindAssumption,
	portfolio.KindDecision, portfolio.KindLesson,
}

// shownUses is how many of the documents that name a deleted one are listed.
const shownUses = 3

// unused reports every deletion of what something else will still name.
func (d *draft) unused() {
	deleted := map[portfolio.Key][]portfolio.Document{}
	for i := range d.edit.Changes {
		if c := &d.edit.Changes[i]; c.Put == nil && d.outcomes[i].What == portfolio.OutcomeDeleted {
			deleted[c.Delete] = nil
		}
	}
	if len(deleted) == 0 {
		return
	}
	// Whoever names one of them from now on expects it, and so does not meet a
	// deletion that was not seen; and we do not miss who was quicker.
	d.alone()
	for _, kind := range namesOthers {
		for doc := range d.snapshot.Documents(kind) {
			if _, changed := d.changes[doc.Doc.Key()]; changed {
				continue // a change that names it has an error of its own
			}
			for _, r := range references(doc.Doc) {
				users, ok := deleted[r.to]
				if ok && (len(users) == 0 || users[len(users)-1] != doc.Doc) { // it may name it several times
					deleted[r.to] = append(users, doc.Doc)
				}
			}
		}
	}
	for i := range d.edit.Changes {
		c := check{draft: d, change: &d.edit.Changes[i], key: keyOf(&d.edit.Changes[i])}
		if users := deleted[c.key]; c.change.Put == nil && len(users) > 0 {
			c.wrong(portfolio.UserErrorInUse, nil, "%s is named by %s; delete that in the same request, or have it name another.", c.noun(), c.listed(users))
		}
	}
}

// listed names the first of some documents and counts the others. What the
// caller may not see is not named, and what nobody may read is not counted.
func (c *check) listed(docs []portfolio.Document) string {
	docs = slices.DeleteFunc(slices.Clone(docs), func(doc portfolio.Document) bool { return !portfolio.Readable(doc) })
	var names []string
	for _, doc := range docs {
		if c.visible(doc) {
			names = append(names, nounOf(doc.Key()))
		}
	}
	slices.Sort(names)
	names = names[:min(len(names), shownUses)]
	switch more := len(docs) - len(names); {
	case len(names) == 0:
		return "something else"
	case more > 0:
		return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), more)
	}
	return strings.Join(names, ", ")
}
