package portfolio

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
type SurveyOrder OrderBy[SurveyOrderField]

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
