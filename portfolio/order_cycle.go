package portfolio

// CycleOrderField is a value that cycles can be sorted by.
type CycleOrderField string

// The values of CycleOrderField.
const (
	CycleByKey    CycleOrderField = "KEY"
	CycleByName   CycleOrderField = "NAME"
	CycleByStarts CycleOrderField = "STARTS"
	CycleByEnds   CycleOrderField = "ENDS"
)

// CycleOrder is one term of an order of cycles.
type CycleOrder OrderBy[CycleOrderField]

// cycleSort says by what cycles are sorted for each field.
func (v *View) cycleSort(field CycleOrderField) func(*CycleFact) sortValue {
	switch field {
	case CycleByKey:
		return func(r *CycleFact) sortValue { return textValue(r.Slug) }
	case CycleByName:
		return func(r *CycleFact) sortValue { return textValue(r.Name) }
	case CycleByStarts:
		return func(r *CycleFact) sortValue { return dateValue(r.Starts) }
	case CycleByEnds:
		return func(r *CycleFact) sortValue { return dateValue(r.Ends) }
	}
	return nil
}
