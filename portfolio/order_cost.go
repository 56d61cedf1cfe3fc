package portfolio

// CostOrderField is a value that costs can be sorted by.
type CostOrderField string

// The values of CostOrderField.
const (
	CostByProject     CostOrderField = "PROJECT"
	CostByPeriodStart CostOrderField = "PERIOD_START"
	CostByPeriodEnd   CostOrderField = "PERIOD_END"
	CostByCategory    CostOrderField = "CATEGORY"
)

// CostOrder is one term of an order of costs.
type CostOrder OrderBy[CostOrderField]

// costSort says by what costs are sorted for each field.
func (v *View) costSort(field CostOrderField) func(*CostFact) sortValue {
	switch field {
	case CostByProject:
		return func(f *CostFact) sortValue { return v.projectNameOf(f.Project) }
	case CostByPeriodStart:
		return func(f *CostFact) sortValue { return dateValue(f.span().First) }
	case CostByPeriodEnd:
		return func(f *CostFact) sortValue { return dateValue(f.span().Last) }
	case CostByCategory:
		return func(f *CostFact) sortValue { return textValue(f.Category) }
	}
	return nil
}
