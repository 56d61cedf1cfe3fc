package redmine

import (
	"encoding/json"
	"strconv"
	"time"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

// isRisk tells that an issue is of a tracker whose issues are risks, even where
// the rest of its record cannot be read.
func (v conversion) isRisk(raw json.RawMessage) bool {
	var r struct {
		Tracker json.RawMessage `json:"tracker"`
	}
	return len(v.risks) > 0 && json.Unmarshal(raw, &r) == nil && v.risks[numeric(record.ID(r.Tracker))]
}

// risk converts an issue that is a risk of the project it is in. What it blocks
// is told by the milestones that it blocks.
func (v conversion) risk(r issueRecord, created, updated time.Time, due portfolio.Date, closed time.Time) converted {
	var out converted
	f := &portfolio.RiskFact{
		Source:  v.source(kindIssue, scopeRisks, r.ID, created, updated),
		Project: v.doc(kindProject, r.Project.ID),
		Title:   clean(firstOf(r.Subject, "#"+strconv.FormatInt(r.ID, 10)), maxName),
		Owner:   v.user(r.Assignee, &out.facts),
		Due:     due,
	}
	if !created.IsZero() {
		f.Raised = portfolio.DateOf(created)
	}
	f.Source.Key, f.URL = "#"+f.ID, v.base+"/issues/"+f.ID
	f.Status, f.StatusCategory = v.status(r)
	if (f.StatusCategory == portfolio.StatusDone || f.StatusCategory == portfolio.StatusCancelled) && !closed.IsZero() {
		f.Closed = portfolio.DateOf(closed)
	}
	f.Fields = sortFields(append(v.nativeFields(r), v.customFields(r.Custom, &out.facts)...))
	out.facts = append(out.facts, f)
	return out
}
