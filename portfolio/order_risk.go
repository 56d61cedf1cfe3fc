package portfolio

// RiskOrderField is a value that risks can be sorted by.
type RiskOrderField string

// The values of RiskOrderField.
const (
	RiskByTitle        RiskOrderField = "TITLE"
	RiskByKey          RiskOrderField = "KEY"
	RiskByProject      RiskOrderField = "PROJECT"
	RiskByOwner        RiskOrderField = "OWNER"
	RiskBySourceStatus RiskOrderField = "SOURCE_STATUS"
	RiskByRaisedDate   RiskOrderField = "RAISED_DATE"
	RiskByDueDate      RiskOrderField = "DUE_DATE"
	RiskByClosedDate   RiskOrderField = "CLOSED_DATE"
	RiskByGoneSince    RiskOrderField = "GONE_SINCE"
	RiskByCreatedAt    RiskOrderField = "CREATED_AT"
	RiskByUpdatedAt    RiskOrderField = "UPDATED_AT"
	RiskByDepartment   RiskOrderField = "DEPARTMENT"
	RiskByCategory     RiskOrderField = "CATEGORY"
	RiskByResponse     RiskOrderField = "RESPONSE"
	RiskByProbability  RiskOrderField = "PROBABILITY"
	RiskByImpact       RiskOrderField = "IMPACT"
	RiskByInherent     RiskOrderField = "INHERENT_EXPOSURE"
	RiskByResidual     RiskOrderField = "RESIDUAL_EXPOSURE"
	RiskByPrevented    RiskOrderField = "PREVENTED_EXPOSURE"
	RiskByCustomField  RiskOrderField = "CUSTOM_FIELD"
)

// RiskOrder is one term of an order of risks.
type RiskOrder struct {
	Field       RiskOrderField
	CustomField *string // the name of the custom field, with CUSTOM_FIELD
	Direction   *OrderDirection
	Nulls       *NullsOrder
}

// riskSort says by what risks are sorted for each field.
func (v *View) riskSort(field RiskOrderField) func(*RiskRow) sortValue {
	switch field {
	case RiskByTitle:
		return func(r *RiskRow) sortValue { return textValue(r.Title) }
	case RiskByKey:
		return func(r *RiskRow) sortValue { return textValue(r.Key) }
	case RiskByProject:
		return func(r *RiskRow) sortValue { return v.seenProjectName(r.ProjectID) }
	case RiskByOwner:
		return func(r *RiskRow) sortValue { return v.personName(r.OwnerID) }
	case RiskBySourceStatus:
		return func(r *RiskRow) sortValue { return textValue(r.SourceStatus) }
	case RiskByRaisedDate:
		return func(r *RiskRow) sortValue { return dateValue(r.RaisedDate) }
	case RiskByDueDate:
		return func(r *RiskRow) sortValue { return dateValue(r.DueDate) }
	case RiskByClosedDate:
		return func(r *RiskRow) sortValue { return dateValue(r.ClosedDate) }
	case RiskByGoneSince:
		return func(r *RiskRow) sortValue { return dateValue(r.GoneSince) }
	case RiskByCreatedAt:
		return func(r *RiskRow) sortValue { return timeValue(r.CreatedAt) }
	case RiskByUpdatedAt:
		return func(r *RiskRow) sortValue { return timeValue(r.UpdatedAt) }
	case RiskByDepartment:
		return func(r *RiskRow) sortValue { return v.departmentName(v.divisionOf(r)) }
	case RiskByCategory:
		return func(r *RiskRow) sortValue { return textValue(r.Category) }
	case RiskByResponse:
		return func(r *RiskRow) sortValue { return placeValue(Responses, r.Response) }
	case RiskByProbability:
		return func(r *RiskRow) sortValue { return decimalValue(r.figures.probability) }
	}
	if of := riskAmounts[field]; of != nil {
		return func(r *RiskRow) sortValue { return moneyValue(of(&r.figures)) }
	}
	return nil
}

// riskAmounts are the values that are of the field group cost.
var riskAmounts = map[RiskOrderField]func(*riskFigures) *Money{
	RiskByImpact: riskImpactOf, RiskByInherent: riskInherent, RiskByResidual: riskResidual, RiskByPrevented: riskPrevented,
}

func (v *View) riskOrder(orderBy []*RiskOrder) (ordering[RiskRow], error) {
	o := ordering[RiskRow]{id: (*RiskRow).id}
	for _, by := range orderBy {
		if riskAmounts[by.Field] != nil && !v.caller.Reads(GroupCost) {
			return o, forbiddenGroup("impacts and exposures", GroupCost)
		}
		t := newTerm(v.riskSort(by.Field), by.Direction, by.Nulls)
		if by.Field == RiskByCustomField {
			key, err := customKey(by.CustomField)
			if err != nil {
				return o, err
			}
			t.value, t.mixed = func(r *RiskRow) sortValue { return v.customValue(r.Custom, key) }, true
		}
		o.terms = append(o.terms, t)
	}
	return o, o.check()
}
