package portfolio

// QuickWinOrderField is a value that quick wins can be sorted by.
type QuickWinOrderField string

// The values of QuickWinOrderField.
const (
	QuickWinByKey        QuickWinOrderField = "KEY"
	QuickWinByTitle      QuickWinOrderField = "TITLE"
	QuickWinByProject    QuickWinOrderField = "PROJECT"
	QuickWinByDepartment QuickWinOrderField = "DEPARTMENT"
	QuickWinByAchieved   QuickWinOrderField = "ACHIEVED"
	QuickWinByAmount     QuickWinOrderField = "AMOUNT"
	QuickWinByUnit       QuickWinOrderField = "UNIT"
)

// QuickWinOrder is one term of an order of quick wins.
type QuickWinOrder OrderBy[QuickWinOrderField]

// quickWinSort says by what quick wins are sorted for each field.
func (v *View) quickWinSort(field QuickWinOrderField) func(*QuickWinFact) sortValue {
	switch field {
	case QuickWinByKey:
		return func(r *QuickWinFact) sortValue { return textValue(r.Slug) }
	case QuickWinByTitle:
		return func(r *QuickWinFact) sortValue { return textValue(r.Title) }
	case QuickWinByProject:
		return func(r *QuickWinFact) sortValue { return v.projectNameOf(r.Project) }
	case QuickWinByDepartment:
		return func(r *QuickWinFact) sortValue { return v.departmentNameOf(r) }
	case QuickWinByAchieved:
		return func(r *QuickWinFact) sortValue { return dateValue(r.Achieved) }
	case QuickWinByAmount:
		return func(r *QuickWinFact) sortValue { return decimalValue(r.Amount) }
	case QuickWinByUnit:
		return func(r *QuickWinFact) sortValue { return textValue(r.Unit) }
	}
	return nil
}
