package portfolio

// IssueOrderField is a value that issues can be sorted by.
type IssueOrderField string

// The values of IssueOrderField.
const (
	IssueByKey        IssueOrderField = "KEY"
	IssueByTitle      IssueOrderField = "TITLE"
	IssueByProject    IssueOrderField = "PROJECT"
	IssueByDepartment IssueOrderField = "DEPARTMENT"
	IssueBySeverity   IssueOrderField = "SEVERITY"
	IssueByOwner      IssueOrderField = "OWNER"
	IssueByRaised     IssueOrderField = "RAISED"
	IssueByDue        IssueOrderField = "DUE"
	IssueByResolved   IssueOrderField = "RESOLVED"
)

// IssueOrder is one term of an order of issues.
type IssueOrder OrderBy[IssueOrderField]

// issueSort says by what issues are sorted for each field.
func (v *View) issueSort(field IssueOrderField) func(*IssueFact) sortValue {
	switch field {
	case IssueByKey:
		return func(i *IssueFact) sortValue { return textValue(i.Slug) }
	case IssueByTitle:
		return func(i *IssueFact) sortValue { return textValue(i.Title) }
	case IssueByProject:
		return func(i *IssueFact) sortValue { return v.referencedName(i.Project) }
	case IssueByDepartment:
		return func(i *IssueFact) sortValue { return v.departmentName(v.snap.recordDepartment(i.Bearing())) }
	case IssueBySeverity:
		return func(i *IssueFact) sortValue { return placeValue(Severities, i.severity()) }
	case IssueByOwner:
		return func(i *IssueFact) sortValue { return v.ownerName(i.Owner) }
	case IssueByRaised:
		return func(i *IssueFact) sortValue { return dateValue(i.Raised) }
	case IssueByDue:
		return func(i *IssueFact) sortValue { return dateValue(i.Due) }
	case IssueByResolved:
		return func(i *IssueFact) sortValue { return dateValue(i.Resolved) }
	}
	return nil
}

// AssumptionOrderField is a value that assumptions can be sorted by.
type AssumptionOrderField string

// The values of AssumptionOrderField.
const (
	AssumptionByKey        AssumptionOrderField = "KEY"
	AssumptionByTitle      AssumptionOrderField = "TITLE"
	AssumptionByProject    AssumptionOrderField = "PROJECT"
	AssumptionByDepartment AssumptionOrderField = "DEPARTMENT"
	AssumptionByState      AssumptionOrderField = "STATE"
	AssumptionByOwner      AssumptionOrderField = "OWNER"
	AssumptionByRaised     AssumptionOrderField = "RAISED"
	AssumptionByDue        AssumptionOrderField = "DUE"
	AssumptionByValidated  AssumptionOrderField = "VALIDATED"
)

// AssumptionOrder is one term of an order of assumptions.
type AssumptionOrder OrderBy[AssumptionOrderField]

// assumptionSort says by what assumptions are sorted for each field.
func (v *View) assumptionSort(field AssumptionOrderField) func(*AssumptionFact) sortValue {
	switch field {
	case AssumptionByKey:
		return func(a *AssumptionFact) sortValue { return textValue(a.Slug) }
	case AssumptionByTitle:
		return func(a *AssumptionFact) sortValue { return textValue(a.Title) }
	case AssumptionByProject:
		return func(a *AssumptionFact) sortValue { return v.referencedName(a.Project) }
	case AssumptionByDepartment:
		return func(a *AssumptionFact) sortValue { return v.departmentName(v.snap.recordDepartment(a.Bearing())) }
	case AssumptionByState:
		return func(a *AssumptionFact) sortValue { return placeValue(AssumptionStates, a.state()) }
	case AssumptionByOwner:
		return func(a *AssumptionFact) sortValue { return v.ownerName(a.Owner) }
	case AssumptionByRaised:
		return func(a *AssumptionFact) sortValue { return dateValue(a.Raised) }
	case AssumptionByDue:
		return func(a *AssumptionFact) sortValue { return dateValue(a.Due) }
	case AssumptionByValidated:
		return func(a *AssumptionFact) sortValue { return dateValue(a.Validated) }
	}
	return nil
}

// referencedName is the name of the project that a reference leads to.
func (v *View) referencedName(reference string) sortValue {
	if p := v.projectReferenced(reference); p != nil {
		return textValue(p.Name())
	}
	return nothing
}

// ownerName is the name of whom a reference leads to.
func (v *View) ownerName(reference string) sortValue {
	if p := v.personReferenced(reference); p != nil {
		return textValue(p.Name())
	}
	return nothing
}
