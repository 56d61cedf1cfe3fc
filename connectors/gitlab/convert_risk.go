package gitlab

import (
	"encoding/json"
	"slices"

	"plumbline/portfolio"
)

// isRisk tells that labels make an issue a risk.
func (s *Settings) isRisk(labels []string) bool {
	return slices.ContainsFunc(s.riskLabels(), func(l string) bool { return slices.Contains(labels, l) })
}

// isRisk tells that an issue is a risk, even where the rest of its record cannot
// be read.
func (v conversion) isRisk(raw json.RawMessage) bool {
	var r struct {
		Labels []string `json:"labels"`
	}
	return json.Unmarshal(raw, &r) == nil && v.want.isRisk(r.Labels)
}

// riskOf turns an issue into a risk of the project that it is in, raised on the
// day it was written (in UTC). What it blocks is told by the milestones that it
// blocks.
func riskOf(m *portfolio.MilestoneFact) *portfolio.RiskFact {
	f := &portfolio.RiskFact{
		Source: m.Source, Project: m.Project, Title: m.Name, Status: m.Status, StatusCategory: m.StatusCategory,
		Owner: m.Owner, Due: m.Due, Closed: m.Finished, Fields: m.Fields,
	}
	f.Scope = scopeRisks
	if !m.CreatedAt.IsZero() {
		f.Raised = portfolio.DateOf(m.CreatedAt)
	}
	return f
}
