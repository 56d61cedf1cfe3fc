package edit

import (
	"strings"

	"plumbline/portfolio"
)

// fact validates a document of any kind, but for what it refers to.
func (c *check) fact(doc portfolio.RecordedFact) {
	switch f := doc.(type) {
	case *portfolio.DepartmentFact:
		c.department(f)
	case *portfolio.IdentityFact:
		c.identity(f)
	case *portfolio.StrategyFact:
		c.strategy(f)
	case *portfolio.StrategyVersionFact:
		c.strategyVersion(f)
	case *portfolio.ObjectiveFact:
		c.objective(f)
	case *portfolio.JudgementFact:
		c.judgement(f)
	case *portfolio.ContributionFact:
		c.contribution(f)
	case *portfolio.KeyResultFact:
		c.keyResult(f)
	case *portfolio.KPIFact:
		c.kpi(f)
	case *portfolio.MeasurementFact:
		c.measurement(f)
	case *portfolio.KPILinkFact:
		c.kpiLink(f)
	case *portfolio.CycleFact:
		c.cycle(f)
	case *portfolio.QuickWinFact:
		c.quickWin(f)
	case *portfolio.QuoteFact:
		c.quote(f)
	case *portfolio.SurveyFact:
		c.survey(f)
	case *portfolio.BenefitFact:
		c.benefit(f)
	case *portfolio.CostFact:
		c.cost(f)
	case *portfolio.RecordedRiskFact:
		c.risk(f)
	case *portfolio.IssueFact:
		c.issue(f)
	case *portfolio.AssumptionFact:
		c.assumption(f)
	case *portfolio.DecisionFact:
		c.decision(f)
	case *portfolio.LessonFact:
		c.lesson(f)
	case *portfolio.AssignmentFact:
		c.assignment(f)
	case *portfolio.CapacityFact:
		c.capacity(f)
	case *portfolio.ControlExceptionFact:
		c.controlException(f)
	case *portfolio.Override:
		c.override(f)
	case *portfolio.Link:
		c.link(f)
	case *portfolio.FolderFact:
		c.folder(f)
	}
}

func (c *check) department(f *portfolio.DepartmentFact) {
	c.slug(f.Slug, "key")
	c.needed("A name", f.Name, "name")
	c.line(f.Head, "head")
	c.lines(f.Aliases, "aliases")
	c.acyclic(f.Slug, f.Parent, func(slug string) (string, bool) {
		above := findAs[portfolio.DepartmentFact](c.draft, portfolio.KindDepartment, slug)
		if above == nil {
			return "", false
		}
		return above.Parent, true
	})
}

// acyclic follows the parents of a thing and reports a circle at its parent.
func (c *check) acyclic(slug, parent string, parentOf func(slug string) (string, bool)) {
	seen := map[string]bool{}
	for next := parent; next != "" && !seen[next]; {
		if next == slug {
			c.wrong(portfolio.UserErrorCircular, at("parent"), "%s would be above itself; choose another parent than %q.", c.noun(), parent)
			return
		}
		seen[next] = true
		above, ok := parentOf(next)
		if !ok {
			return
		}
		next = above
	}
}

func (c *check) identity(f *portfolio.IdentityFact) {
	c.slug(f.Slug, "key")
	c.needed("A name", f.Name, "name")
	if f.Email != "" && !isEmail(f.Email) {
		c.invalid(at("email"), "%q is not an e-mail address.", shortened(f.Email))
	}
	c.line(f.Email, "email")
	c.lines(f.Accounts, "accounts")
	claimed := once(c.draft, "accounts", func() map[string]string {
		owners := map[string]string{}
		for other := range all[*portfolio.IdentityFact](c.draft, portfolio.KindIdentity) {
			for _, account := range other.Accounts {
				account = strings.ToLower(account)
				if owner, taken := owners[account]; !taken || other.Slug < owner {
					owners[account] = other.Slug
				}
			}
		}
		return owners
	})
	for i, account := range f.Accounts {
		if !isEmail(account) && !isDocumentID(account) {
			c.invalid(at("accounts", i), "%q is no account: write an e-mail address, or the id <connection>/<kind>/<id>.", shortened(account))
		} else if owner := claimed[strings.ToLower(account)]; owner != f.Slug && owner != "" {
			c.wrong(portfolio.UserErrorTaken, at("accounts", i), "%q belongs to identity %q already; an account is one person's.", shortened(account), owner)
		}
	}
}

func isEmail(text string) bool {
	name, host, ok := strings.Cut(text, "@")
	return ok && name != "" && host != "" && !strings.ContainsAny(text, " \t\r\n/") && !strings.Contains(host, "@")
}

func (c *check) folder(f *portfolio.FolderFact) {
	if !isFile(c.authorOf(c.change)) {
		c.wrong(portfolio.UserErrorForbidden, nil, "Only the strategy folder says which of its states were applied.")
	}
	c.needed("The folder", f.Folder, "folder")
}
