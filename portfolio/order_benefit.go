package portfolio

// BenefitOrderField is a value that benefits can be sorted by.
type BenefitOrderField string

// The values of BenefitOrderField.
const (
	BenefitByKey         BenefitOrderField = "KEY"
	BenefitByName        BenefitOrderField = "NAME"
	BenefitByProject     BenefitOrderField = "PROJECT"
	BenefitByDepartment  BenefitOrderField = "DEPARTMENT"
	BenefitByOwner       BenefitOrderField = "OWNER"
	BenefitByUnit        BenefitOrderField = "UNIT"
	BenefitByPlanned     BenefitOrderField = "PLANNED"
	BenefitByDue         BenefitOrderField = "DUE"
	BenefitByRealised    BenefitOrderField = "REALISED"
	BenefitByRealisation BenefitOrderField = "REALISATION"
	BenefitByStatus      BenefitOrderField = "STATUS"
)

// BenefitOrder is one term of an order of benefits.
type BenefitOrder OrderBy[BenefitOrderField]

// benefitSort says by what benefits are sorted for each field.
func (v *View) benefitSort(field BenefitOrderField) func(*BenefitFact) sortValue {
	switch field {
	case BenefitByKey:
		return func(r *BenefitFact) sortValue { return textValue(r.Slug) }
	case BenefitByName:
		return func(r *BenefitFact) sortValue { return textValue(r.Name) }
	case BenefitByProject:
		return func(r *BenefitFact) sortValue { return v.projectNameOf(r.Project) }
	case BenefitByDepartment:
		return func(r *BenefitFact) sortValue { return v.departmentNameOf(r) }
	case BenefitByOwner:
		return func(r *BenefitFact) sortValue { return v.personNameOf(r.Owner) }
	case BenefitByUnit:
		return func(r *BenefitFact) sortValue { return textValue(r.Unit) }
	case BenefitByPlanned:
		return func(r *BenefitFact) sortValue { return decimalValue(&r.Planned) }
	case BenefitByDue:
		return func(r *BenefitFact) sortValue { return dateValue(r.Due) }
	case BenefitByRealised:
		return func(r *BenefitFact) sortValue { return benefitRealised(r, v.snap.today) }
	case BenefitByRealisation:
		return func(r *BenefitFact) sortValue { return figureValue(r.realisation(v.snap.today)) }
	case BenefitByStatus:
		return func(r *BenefitFact) sortValue { return placeValue(benefitStatuses, r.status(v.snap.today)) }
	}
	return nil
}

func benefitRealised(b *BenefitFact, today Date) sortValue {
	sum := b.realised(today)
	return decimalValue(&sum)
}
