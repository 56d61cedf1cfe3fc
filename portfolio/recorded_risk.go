package portfolio

import "github.com/shopspring/decimal"

// RecordedRiskFact is a risk that people recorded, beside those that the tools
// hold.
type RecordedRiskFact struct {
	Slug        string `json:"key"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	Project     string `json:"project,omitempty"`    // reference
	Department  string `json:"department,omitempty"` // slug; empty is that of the project
	Milestone   string `json:"milestone,omitempty"`  // reference to the one it threatens
	Category    string `json:"category,omitempty"`
	Owner       string `json:"owner,omitempty"` // a person, by key, e-mail or name
	// Response is what is done about it; empty is MONITORED.
	Response RiskResponse `json:"response,omitempty"`
	// Plan is what is done about it, in words.
	Plan string `json:"plan,omitempty"`
	// Probability is from 0 to 1, before anything is done about it; Impact is
	// what it costs if it occurs, in Currency.
	Probability *decimal.Decimal `json:"probability"`
	Impact      *decimal.Decimal `json:"impact"`
	// The residual ones are as they are with what was done.
	ResidualProbability *decimal.Decimal `json:"residualProbability"`
	ResidualImpact      *decimal.Decimal `json:"residualImpact"`
	Currency            string           `json:"currency,omitempty"` // ISO 4217; empty is the settings' currency
	Raised              Date             `json:"raised,omitempty,omitzero"`
	Due                 Date             `json:"due,omitempty,omitzero"` // when something must have been done
	Closed              Date             `json:"closed,omitempty,omitzero"`
	Authored            `json:",inline"`
}

// RiskResponse is what is done about a risk, or what became of it.
type RiskResponse string

// The values of RiskResponse.
const (
	ResponseMonitored  RiskResponse = "MONITORED"
	ResponseMitigating RiskResponse = "MITIGATING"
	ResponseMitigated  RiskResponse = "MITIGATED"
	ResponsePrevented  RiskResponse = "PREVENTED"
	ResponseOccurred   RiskResponse = "OCCURRED"
	ResponseAccepted   RiskResponse = "ACCEPTED"
	ResponseClosed     RiskResponse = "CLOSED"
)

// Responses are the values of RiskResponse.
var Responses = []RiskResponse{
	ResponseMonitored, ResponseMitigating, ResponseMitigated, ResponsePrevented, ResponseOccurred, ResponseAccepted, ResponseClosed,
}

// IssueFact is something that has gone wrong and must be put right.
type IssueFact struct {
	Slug        string        `json:"key"`
	Title       string        `json:"title"`
	Description string        `json:"description,omitempty"`
	Project     string        `json:"project,omitempty"`    // reference
	Department  string        `json:"department,omitempty"` // slug; empty is that of the project
	Severity    IssueSeverity `json:"severity,omitempty"`   // empty is MEDIUM
	Owner       string        `json:"owner,omitempty"`
	Risk        string        `json:"risk,omitempty"` // key of the recorded risk that occurred
	Raised      Date          `json:"raised"`
	Due         Date          `json:"due,omitempty,omitzero"`
	Resolved    Date          `json:"resolved,omitempty,omitzero"`
	Resolution  string        `json:"resolution,omitempty"`
	Authored    `json:",inline"`
}

// IssueSeverity is how bad an issue is.
type IssueSeverity string

// The values of IssueSeverity, from the least.
const (
	SeverityLow      IssueSeverity = "LOW"
	SeverityMedium   IssueSeverity = "MEDIUM"
	SeverityHigh     IssueSeverity = "HIGH"
	SeverityCritical IssueSeverity = "CRITICAL"
)

// Severities are the values of IssueSeverity, from the least.
var Severities = []IssueSeverity{SeverityLow, SeverityMedium, SeverityHigh, SeverityCritical}

// AssumptionFact is what a plan takes for granted until somebody has looked.
type AssumptionFact struct {
	Slug       string          `json:"key"`
	Title      string          `json:"title"`
	Project    string          `json:"project,omitempty"`    // reference
	Department string          `json:"department,omitempty"` // slug; empty is that of the project
	Owner      string          `json:"owner,omitempty"`
	State      AssumptionState `json:"state,omitempty"` // empty is OPEN
	Raised     Date            `json:"raised,omitempty,omitzero"`
	Due        Date            `json:"due,omitempty,omitzero"` // by when somebody looks
	Validated  Date            `json:"validated,omitempty,omitzero"`
	Note       string          `json:"note,omitempty"` // what was found
	Authored   `json:",inline"`
}

// AssumptionState is what is known of an assumption.
type AssumptionState string

// The values of AssumptionState.
const (
	AssumptionOpen      AssumptionState = "OPEN"
	AssumptionConfirmed AssumptionState = "CONFIRMED"
	AssumptionRefuted   AssumptionState = "REFUTED"
)

// AssumptionStates are the values of AssumptionState.
var AssumptionStates = []AssumptionState{AssumptionOpen, AssumptionConfirmed, AssumptionRefuted}

// Key identifies the document.
func (f *RecordedRiskFact) Key() Key { return Key{KindRecordedRisk, f.Slug} }

// Key identifies the document.
func (f *IssueFact) Key() Key { return Key{KindIssue, f.Slug} }

// Key identifies the document.
func (f *AssumptionFact) Key() Key { return Key{KindAssumption, f.Slug} }

// Bearing is what it is about.
func (f *RecordedRiskFact) Bearing() Bearing {
	return Bearing{Projects: []string{f.Project}, Department: f.Department, Words: []string{milestoneWord(f.Milestone), personWord(f.Owner)}}
}

// Bearing is what it is about.
func (f *IssueFact) Bearing() Bearing {
	return Bearing{Projects: []string{f.Project}, Department: f.Department, Words: []string{recordWord(KindRecordedRisk, f.Risk), personWord(f.Owner)}}
}

// Bearing is what it is about.
func (f *AssumptionFact) Bearing() Bearing {
	return Bearing{Projects: []string{f.Project}, Department: f.Department, Words: []string{personWord(f.Owner)}}
}
