package portfolio

// QuoteOrderField is a value that quotes can be sorted by.
type QuoteOrderField string

// The values of QuoteOrderField.
const (
	QuoteByKey        QuoteOrderField = "KEY"
	QuoteByBy         QuoteOrderField = "BY"
	QuoteBySaid       QuoteOrderField = "SAID"
	QuoteByProject    QuoteOrderField = "PROJECT"
	QuoteByDepartment QuoteOrderField = "DEPARTMENT"
)

// QuoteOrder is one term of an order of quotes.
type QuoteOrder OrderBy[QuoteOrderField]

// quoteSort says by what quotes are sorted for each field.
func (v *View) quoteSort(field QuoteOrderField) func(*QuoteFact) sortValue {
	switch field {
	case QuoteByKey:
		return func(r *QuoteFact) sortValue { return textValue(r.Slug) }
	case QuoteByBy:
		return func(r *QuoteFact) sortValue { return textValue(r.By) }
	case QuoteBySaid:
		return func(r *QuoteFact) sortValue { return dateValue(r.Said) }
	case QuoteByProject:
		return func(r *QuoteFact) sortValue { return v.projectNameOf(r.Project) }
	case QuoteByDepartment:
		return func(r *QuoteFact) sortValue { return v.departmentNameOf(r) }
	}
	return nil
}
