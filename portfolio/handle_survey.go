package portfolio

import (
	"github.com/shopspring/decimal"
)

// A Survey is the result of a survey, as one caller sees it.
type Survey struct {
	*SurveyFact
	view *View
}

func (v *View) survey(key string) *Survey {
	if f := recordOf[SurveyFact](v, KindSurvey, key); f != nil {
		return v.surveyOf(f)
	}
	return nil
}

func (v *View) surveyOf(f *SurveyFact) *Survey { return &Survey{f, v} }

// IsNode marks a type of the interface Node.
func (*Survey) IsNode() {}

// ID is the global id.
func (s *Survey) ID() string { return NodeID(KindSurvey, s.Slug) }

// Key is what people call it, unique among surveys.
func (s *Survey) Key() string { return s.Slug }

// Project is what it is about; nil when its reference leads to none that the
// caller may see.
func (s *Survey) Project() *Project { return s.view.projectNamed(s.SurveyFact.Project) }

// Department is its own, else that of its project.
func (s *Survey) Department() *Department { return s.view.departmentOfRecord(s.SurveyFact) }

// ResponseRate is how many of those who were invited answered, 0 to 1.
func (s *Survey) ResponseRate() *float64 { return shareOf(s.Responses, s.Invited) }

// ResponseRateReason says why there is none.
func (s *Survey) ResponseRateReason() *Reason { return reasonOf(s.ResponseRate(), codeNobodyInvited) }

// NPS is the net promoter score, -100 to 100.
func (s *Survey) NPS() *float64 { return netPromoters(s.promoters(), s.Responses) }

// NPSReason says why there is none.
func (s *Survey) NPSReason() *Reason {
	if s.promoters() == nil {
		return reasonOf(nil, codePromotersNotCounted)
	}
	return reasonOf(s.NPS(), codeNobodyAnswered)
}

// NormalisedMean is where the mean answer lies on its scale: 0 is its lowest
// answer, 1 its highest.
func (s *Survey) NormalisedMean() *float64 {
	mean := s.normalised()
	if mean == nil {
		return nil
	}
	return finite(mean.InexactFloat64())
}

// NormalisedMeanReason says why there is none.
func (s *Survey) NormalisedMeanReason() *Reason {
	if s.Mean == nil {
		return reasonOf(nil, codeNoMean)
	}
	return reasonOf(s.NormalisedMean(), codeNoScale)
}

// Recorded says who recorded it and when.
func (s *Survey) Recorded() *Recorded { return s.view.recorded(s.SurveyFact.Key()) }

// promoters is promoters minus detractors; nil unless both were counted.
func (f *SurveyFact) promoters() *int {
	if f.Promoters == nil || f.Detractors == nil {
		return nil
	}
	n := *f.Promoters - *f.Detractors
	return &n
}

// normalised is the mean on a scale from 0 to 1.
func (f *SurveyFact) normalised() *decimal.Decimal {
	if f.Mean == nil || f.ScaleLow == nil || f.ScaleHigh == nil || !f.ScaleLow.LessThan(*f.ScaleHigh) {
		return nil
	}
	mean := f.Mean.Sub(*f.ScaleLow).Div(f.ScaleHigh.Sub(*f.ScaleLow))
	return &mean
}

// netPromoters is what of the responses is left of promoters when detractors
// are taken away, in percent.
func netPromoters(net *int, responses int) *float64 {
	if net == nil || responses <= 0 {
		return nil
	}
	return finite(100 * float64(*net) / float64(responses))
}

// shareOf is a part of a whole; nil of nothing.
func shareOf(part, whole int) *float64 {
	if whole <= 0 {
		return nil
	}
	return finite(float64(part) / float64(whole))
}
