package recording

import (
	"fmt"
	"strconv"

	"plumbline/portfolio"
)

// Seen is the version of a record that its writer has seen.
type Seen struct{ ExpectedVersion *string }

// Expect is the version as a number; nil does not care.
func (s *Seen) Expect() (*int64, error) {
	if s.ExpectedVersion == nil {
		return nil, nil //nolint:nilnil // not to care is an answer
	}
	n, err := strconv.ParseInt(*s.ExpectedVersion, 10, 64)
	if err != nil || n < 0 {
		return nil, fmt.Errorf("%w: %q is not a version; write the one that a result gave", portfolio.ErrInvalid, *s.ExpectedVersion)
	}
	return &n, nil
}

// An Item is a row of an upsert.
type Item interface {
	// Fact is the document to put, in which global ids of other records have
	// become their keys.
	Fact() portfolio.RecordedFact
	Expect() (*int64, error)
}

// The rows of upserts.
type (
	// Department is a row of upsertDepartments.
	Department struct {
		portfolio.DepartmentFact
		Seen
	}
	// Identity is a row of upsertIdentities.
	Identity struct {
		portfolio.IdentityFact
		Seen
	}
	// Strategy is a row of upsertStrategies.
	Strategy struct {
		portfolio.StrategyFact
		Seen
	}
	// StrategyVersion is a row of upsertStrategyVersions.
	StrategyVersion struct {
		portfolio.StrategyVersionFact
		Seen
	}
	// Objective is a row of upsertObjectives.
	Objective struct {
		portfolio.ObjectiveFact
		Seen
	}
	// Judgement is a row of upsertJudgements.
	Judgement struct {
		portfolio.JudgementFact
		Seen
	}
	// Contribution is a row of upsertContributions.
	Contribution struct {
		portfolio.ContributionFact
		Seen
	}
	// KeyResult is a row of upsertKeyResults.
	KeyResult struct {
		portfolio.KeyResultFact
		Seen
	}
	// KPI is a row of upsertKpis.
	KPI struct {
		portfolio.KPIFact
		Seen
	}
	// Measurement is a row of upsertMeasurements.
	Measurement struct {
		portfolio.MeasurementFact
		Seen
	}
	// KPILink is a row of upsertKpiLinks.
	KPILink struct {
		portfolio.KPILinkFact
		Seen
	}
	// Cost is a row of upsertCosts.
	Cost struct {
		portfolio.CostFact
		Seen
	}
)

// IDOf is the document id that a global id of the kind stands for; any other
// text stays what it is.
func IDOf(text string, kinds ...portfolio.Kind) string {
	key, err := portfolio.ParseNodeID(text)
	if err != nil {
		return text
	}
	for _, kind := range kinds {
		if key.Kind == kind {
			return key.ID
		}
	}
	return text
}

func department(text string) string { return IDOf(text, portfolio.KindDepartment) }
func objective(text string) string  { return IDOf(text, portfolio.KindObjective) }
func strategy(text string) string   { return IDOf(text, portfolio.KindStrategy) }
func kpi(text string) string        { return IDOf(text, portfolio.KindKPI) }
func project(text string) string    { return IDOf(text, portfolio.KindProject) }
func person(text string) string     { return IDOf(text, portfolio.KindPerson, portfolio.KindIdentity) }

// Fact implements Item.
func (i *Department) Fact() portfolio.RecordedFact {
	i.Parent, i.Head = department(i.Parent), person(i.Head)
	return &i.DepartmentFact
}

// Fact implements Item.
func (i *Identity) Fact() portfolio.RecordedFact {
	i.Department = department(i.Department)
	for n, account := range i.Accounts {
		i.Accounts[n] = person(account)
	}
	return &i.IdentityFact
}

// Fact implements Item.
func (i *Strategy) Fact() portfolio.RecordedFact {
	i.Owner = person(i.Owner)
	return &i.StrategyFact
}

// Fact implements Item.
func (i *StrategyVersion) Fact() portfolio.RecordedFact {
	i.Strategy = strategy(i.Strategy)
	for n := range i.Weights {
		i.Weights[n].Objective = objective(i.Weights[n].Objective)
	}
	return &i.StrategyVersionFact
}

// Fact implements Item.
func (i *Objective) Fact() portfolio.RecordedFact {
	i.Strategy, i.Parent, i.Owner = strategy(i.Strategy), objective(i.Parent), person(i.Owner)
	return &i.ObjectiveFact
}

// Fact implements Item.
func (i *Judgement) Fact() portfolio.RecordedFact {
	i.Strategy, i.Judge = strategy(i.Strategy), person(i.Judge)
	for n := range i.Pairs {
		p := &i.Pairs[n]
		p.More, p.Less = objective(p.More), objective(p.Less)
	}
	return &i.JudgementFact
}

// Fact implements Item.
func (i *Contribution) Fact() portfolio.RecordedFact {
	i.Project, i.Objective = project(i.Project), objective(i.Objective)
	return &i.ContributionFact
}

// Fact implements Item.
func (i *KeyResult) Fact() portfolio.RecordedFact {
	i.Objective, i.KPI, i.Owner = objective(i.Objective), kpi(i.KPI), person(i.Owner)
	return &i.KeyResultFact
}

// Fact implements Item.
func (i *KPI) Fact() portfolio.RecordedFact {
	i.Department, i.Owner = department(i.Department), person(i.Owner)
	for n := range i.Leads {
		i.Leads[n] = kpi(i.Leads[n])
	}
	return &i.KPIFact
}

// Fact implements Item.
func (i *Measurement) Fact() portfolio.RecordedFact {
	i.KPI = kpi(i.KPI)
	return &i.MeasurementFact
}

// Fact implements Item.
func (i *KPILink) Fact() portfolio.RecordedFact {
	i.Project, i.KPI = project(i.Project), kpi(i.KPI)
	return &i.KPILinkFact
}

// Fact implements Item.
func (i *Cost) Fact() portfolio.RecordedFact {
	i.Project = project(i.Project)
	return &i.CostFact
}

// A ProjectLink is a row of linkProjects.
type ProjectLink struct {
	Primary string
	Members []string
	Apart   bool
	Seen
}

// A ProjectUnlink is a row of unlinkProjects.
type ProjectUnlink struct {
	Primary string
	Apart   bool
	Seen
}

// A RecordKey is a row of deleteRecords.
type RecordKey struct {
	Key string
	Seen
}
