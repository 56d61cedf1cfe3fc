package portfolio

// Why a figure of cycles, surveys and benefits is missing.
const (
	codeNobodyInvited       = "NOBODY_INVITED"
	codeNobodyAnswered      = "NOBODY_ANSWERED"
	codePromotersNotCounted = "PROMOTERS_NOT_COUNTED"
	codeNoMean              = "NO_MEAN"
	codeNoScale             = "NO_SCALE"
	codeBenefitNotDue       = "NOT_DUE"
	codeNothingPlanned      = "NOTHING_PLANNED"
	codeNothingDue          = "NOTHING_DUE"
	codeNoProgress          = "NO_PROGRESS"
	codeNotBegun            = "NOT_BEGUN"
	codeNoValueAtStart      = "NO_VALUE_AT_START"
	codeNoValueInCycle      = "NO_VALUE_IN_CYCLE"
	codeNotObserved         = "NOT_OBSERVED"
	codeNoScores            = "NO_SCORES"
)

// cycleReasons are the sentences that go with codes.
var cycleReasons = map[string]string{
	codeNobodyInvited:       "Nobody was invited, so there is nothing of which answers are a share.",
	codeNobodyAnswered:      "Nobody answered.",
	codePromotersNotCounted: "Promoters and detractors were not counted.",
	codeNoMean:              "No mean answer was recorded.",
	codeNoScale:             "The ends of the scale were not recorded, or it ends before it begins.",
	codeBenefitNotDue:       "It is not due yet; realisation is realised by planned, of what is due.",
	codeNothingPlanned:      "What is planned is not above 0, so nothing is a share of it.",
	codeNothingDue:          "None of these benefits is due yet; realisation is realised by planned, of what is due.",
	codeNoProgress:          "Nobody said how far it is.",
	codeNotBegun:            "The cycle has not begun.",
	codeNoValueAtStart:      "No period of the KPI that was over when the cycle began has an actual value.",
	codeNoValueInCycle:      "No period of the KPI that ended within the cycle and is over has an actual value.",
	codeNotObserved:         "The portfolio was not observed on two days, one when the cycle began and one in it.",
	codeNoScores:            "No project had an alignment score on both days.",
}

// cycleReason is a code with its sentence; nil for none.
func cycleReason(code string) *Reason {
	if code == "" {
		return nil
	}
	return &Reason{Code: code, Message: cycleReasons[code]}
}

// reasonOf is the reason of a figure that is missing; nil of one that is there.
func reasonOf(figure *float64, code string) *Reason {
	if figure != nil {
		return nil
	}
	return cycleReason(code)
}
