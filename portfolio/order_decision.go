package portfolio

// DecisionOrderField is a value that decisions can be sorted by.
type DecisionOrderField string

// The values of DecisionOrderField.
const (
	DecisionByKey         DecisionOrderField = "KEY"
	DecisionByTitle       DecisionOrderField = "TITLE"
	DecisionByType        DecisionOrderField = "TYPE"
	DecisionByDepartment  DecisionOrderField = "DEPARTMENT"
	DecisionByDecider     DecisionOrderField = "DECIDER"
	DecisionByRaised      DecisionOrderField = "RAISED"
	DecisionByDue         DecisionOrderField = "DUE"
	DecisionByDecided     DecisionOrderField = "DECIDED"
	DecisionByLatencyDays DecisionOrderField = "LATENCY_DAYS"
	DecisionByWaitingDays DecisionOrderField = "WAITING_DAYS"
)

// DecisionOrder is one term of an order of decisions.
type DecisionOrder OrderBy[DecisionOrderField]

// decisionSort says by what decisions are sorted for each field.
func (v *View) decisionSort(field DecisionOrderField) func(*DecisionFact) sortValue {
	switch field {
	case DecisionByKey:
		return func(f *DecisionFact) sortValue { return textValue(f.Slug) }
	case DecisionByTitle:
		return func(f *DecisionFact) sortValue { return textValue(f.Title) }
	case DecisionByType:
		return func(f *DecisionFact) sortValue { return textValue(string(f.kind())) }
	case DecisionByDepartment:
		return func(f *DecisionFact) sortValue { return v.departmentNameOf(f) }
	case DecisionByDecider:
		return func(f *DecisionFact) sortValue { return textValue(v.calledPerson(f.Decider)) }
	case DecisionByRaised:
		return func(f *DecisionFact) sortValue { return dateValue(f.Raised) }
	case DecisionByDue:
		return func(f *DecisionFact) sortValue { return dateValue(f.Due) }
	case DecisionByDecided:
		return func(f *DecisionFact) sortValue { return dateValue(f.Decided) }
	case DecisionByLatencyDays:
		return func(f *DecisionFact) sortValue { return optionalNumber(v.latency(f)) }
	case DecisionByWaitingDays:
		return func(f *DecisionFact) sortValue { return optionalNumber(v.waiting(f)) }
	}
	return nil
}

// ActionItemOrderField is a value that actions can be sorted by.
type ActionItemOrderField string

// The values of ActionItemOrderField.
const (
	ActionByDecision ActionItemOrderField = "DECISION"
	ActionByTitle    ActionItemOrderField = "TITLE"
	ActionByOwner    ActionItemOrderField = "OWNER"
	ActionByDue      ActionItemOrderField = "DUE"
	ActionByDone     ActionItemOrderField = "DONE"
)

// ActionItemOrder is one term of an order of actions.
type ActionItemOrder OrderBy[ActionItemOrderField]

// actionSort says by what actions are sorted for each field.
func (v *View) actionSort(field ActionItemOrderField) func(*ActionRow) sortValue {
	switch field {
	case ActionByDecision:
		return func(a *ActionRow) sortValue { return textValue(a.decision.Slug) }
	case ActionByTitle:
		return func(a *ActionRow) sortValue { return textValue(a.Title) }
	case ActionByOwner:
		return func(a *ActionRow) sortValue { return textValue(v.calledPerson(a.Owner)) }
	case ActionByDue:
		return func(a *ActionRow) sortValue { return dateValue(a.Due) }
	case ActionByDone:
		return func(a *ActionRow) sortValue { return dateValue(a.Done) }
	}
	return nil
}
