package portfolio

func benefitRealised(b *BenefitFact, today Date) sortValue {
	sum := b.realised(today)
	return decimalValue(&sum)
}

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
type CycleOrder struct {
	Field     CycleOrderField
	Direction *OrderDirection
	Nulls     *NullsOrder
}

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

func (v *View) cycleOrder(orderBy []*CycleOrder) ordering[CycleFact] {
	o := ordering[CycleFact]{id: recordID[CycleFact]}
	for _, by := range orderBy {
		o.terms = append(o.terms, newTerm(v.cycleSort(by.Field), by.Direction, by.Nulls))
	}
	return o
}

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
type QuickWinOrder struct {
	Field     QuickWinOrderField
	Direction *OrderDirection
	Nulls     *NullsOrder
}

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

func (v *View) quickWinOrder(orderBy []*QuickWinOrder) ordering[QuickWinFact] {
	o := ordering[QuickWinFact]{id: recordID[QuickWinFact]}
	for _, by := range orderBy {
		o.terms = append(o.terms, newTerm(v.quickWinSort(by.Field), by.Direction, by.Nulls))
	}
	return o
}

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
type QuoteOrder struct {
	Field     QuoteOrderField
	Direction *OrderDirection
	Nulls     *NullsOrder
}

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

func (v *View) quoteOrder(orderBy []*QuoteOrder) ordering[QuoteFact] {
	o := ordering[QuoteFact]{id: recordID[QuoteFact]}
	for _, by := range orderBy {
		o.terms = append(o.terms, newTerm(v.quoteSort(by.Field), by.Direction, by.Nulls))
	}
	return o
}

// SurveyOrderField is a value that surveys can be sorted by.
type SurveyOrderField string

// The values of SurveyOrderField.
const (
	SurveyByKey            SurveyOrderField = "KEY"
	SurveyByName           SurveyOrderField = "NAME"
	SurveyByProject        SurveyOrderField = "PROJECT"
	SurveyByDepartment     SurveyOrderField = "DEPARTMENT"
	SurveyBySent           SurveyOrderField = "SENT"
	SurveyByInvited        SurveyOrderField = "INVITED"
	SurveyByResponses      SurveyOrderField = "RESPONSES"
	SurveyByResponseRate   SurveyOrderField = "RESPONSE_RATE"
	SurveyByNPS            SurveyOrderField = "NPS"
	SurveyByNormalisedMean SurveyOrderField = "NORMALISED_MEAN"
)

// SurveyOrder is one term of an order of surveys.
type SurveyOrder struct {
	Field     SurveyOrderField
	Direction *OrderDirection
	Nulls     *NullsOrder
}

// surveySort says by what surveys are sorted for each field.
func (v *View) surveySort(field SurveyOrderField) func(*SurveyFact) sortValue {
	switch field {
	case SurveyByKey:
		return func(r *SurveyFact) sortValue { return textValue(r.Slug) }
	case SurveyByName:
		return func(r *SurveyFact) sortValue { return textValue(r.Name) }
	case SurveyByProject:
		return func(r *SurveyFact) sortValue { return v.projectNameOf(r.Project) }
	case SurveyByDepartment:
		return func(r *SurveyFact) sortValue { return v.departmentNameOf(r) }
	case SurveyBySent:
		return func(r *SurveyFact) sortValue { return dateValue(r.Sent) }
	case SurveyByInvited:
		return func(r *SurveyFact) sortValue { return numberValue(r.Invited) }
	case SurveyByResponses:
		return func(r *SurveyFact) sortValue { return numberValue(r.Responses) }
	case SurveyByResponseRate:
		return func(r *SurveyFact) sortValue { return figureValue(v.surveyOf(r).ResponseRate()) }
	case SurveyByNPS:
		return func(r *SurveyFact) sortValue { return figureValue(v.surveyOf(r).NPS()) }
	case SurveyByNormalisedMean:
		return func(r *SurveyFact) sortValue { return figureValue(v.surveyOf(r).NormalisedMean()) }
	}
	return nil
}

func (v *View) surveyOrder(orderBy []*SurveyOrder) ordering[SurveyFact] {
	o := ordering[SurveyFact]{id: recordID[SurveyFact]}
	for _, by := range orderBy {
		o.terms = append(o.terms, newTerm(v.surveySort(by.Field), by.Direction, by.Nulls))
	}
	return o
}

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
type BenefitOrder struct {
	Field     BenefitOrderField
	Direction *OrderDirection
	Nulls     *NullsOrder
}

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

func (v *View) benefitOrder(orderBy []*BenefitOrder) ordering[BenefitFact] {
	o := ordering[BenefitFact]{id: recordID[BenefitFact]}
	for _, by := range orderBy {
		o.terms = append(o.terms, newTerm(v.benefitSort(by.Field), by.Direction, by.Nulls))
	}
	return o
}
