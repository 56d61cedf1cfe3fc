package redmine

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

type issueRecord struct {
	ID        int64           `json:"id"`
	Project   *ref            `json:"project"`
	Tracker   *ref            `json:"tracker"`
	Status    *statusRecord   `json:"status"`
	Assignee  *ref            `json:"assigned_to"`
	Version   *ref            `json:"fixed_version"`
	Priority  *ref            `json:"priority"`
	Category  *ref            `json:"category"`
	Subject   string          `json:"subject"`
	Start     json.RawMessage `json:"start_date"`
	Due       json.RawMessage `json:"due_date"`
	Closed    json.RawMessage `json:"closed_on"`
	Done      json.RawMessage `json:"done_ratio"`
	Estimated json.RawMessage `json:"estimated_hours"`

	Custom    []json.RawMessage `json:"custom_fields"`
	Relations []json.RawMessage `json:"relations"`
	times
}

type statusRecord struct {
	ref
	Closed *bool `json:"is_closed"` // since 5.0
}

// issue converts an issue of a tracker whose issues are milestones, with its
// dependencies, or risks. It gives no fact for another issue.
func (v conversion) issue(raw json.RawMessage) converted {
	risk := v.isRisk(raw)
	bad := func(err error) converted {
		if risk {
			return v.quarantine(portfolio.KindRisk, kindIssue, scopeRisks, raw, err)
		}
		return v.quarantine(portfolio.KindMilestone, kindIssue, scopeIssues, raw, err)
	}
	var r issueRecord
	if err := record.Decode(raw, &r); err != nil {
		return bad(err)
	}
	switch {
	case r.ID == 0:
		return bad(record.Missing("id", anID))
	case r.Project == nil || r.Project.ID == 0:
		return bad(record.Missing("project", "the project that the issue is in"))
	case r.Tracker == nil || r.Tracker.ID == 0:
		return bad(record.Missing("tracker", "the tracker of the issue"))
	}
	if !v.wants(r.Project.ID) || v.trackers[r.Tracker.ID].ID == 0 {
		return converted{}
	}
	created, updated, err := r.read()
	start, err1 := decodeDay("start_date", r.Start)
	due, err2 := decodeDay("due_date", r.Due)
	closed, err3 := record.Text("closed_on", r.Closed, aTime, parseTime)
	if err := errors.Join(err, err1, err2, err3); err != nil {
		return bad(err)
	}
	if risk {
		return v.risk(r, created, updated, due, closed)
	}
	var out converted
	f := &portfolio.MilestoneFact{
		Source:  v.source(kindIssue, scopeIssues, r.ID, created, updated),
		Name:    clean(firstOf(r.Subject, "#"+strconv.FormatInt(r.ID, 10)), maxName),
		Type:    r.Tracker.Name,
		Project: v.doc(kindProject, r.Project.ID),
		Owner:   v.user(r.Assignee, &out.facts),
		Start:   start,
		Due:     due,
	}
	f.Source.Key, f.URL = "#"+f.ID, v.base+"/issues/"+f.ID
	f.Status, f.StatusCategory = v.status(r)
	if (f.StatusCategory == portfolio.StatusDone || f.StatusCategory == portfolio.StatusCancelled) && !closed.IsZero() {
		f.Finished = portfolio.DateOf(closed)
	}
	if v.versions && r.Version != nil && r.Version.ID > 0 {
		f.Parent = v.doc(kindVersion, r.Version.ID)
	}
	f.Fields = sortFields(append(v.nativeFields(r), v.customFields(r.Custom, &out.facts)...))
	out.facts = append(out.facts, f)
	if v.links {
		for _, relation := range r.Relations {
			if d := v.relation(relation); d != nil {
				out.facts = append(out.facts, d)
			}
		}
	}
	return out
}

// status is what an issue's status amounts to: closed or not is Redmine's own
// word, and a status other than that of a new issue is work that began.
func (v conversion) status(r issueRecord) (string, portfolio.StatusCategory) {
	s := r.Status
	if s == nil {
		return "", ""
	}
	closed := v.closed[s.ID]
	if s.Closed != nil {
		closed = *s.Closed
	}
	start := v.trackers[r.Tracker.ID].Default
	switch {
	case closed && (v.cancelled[strings.ToLower(s.Name)] || v.cancelled[strconv.FormatInt(s.ID, 10)]):
		return s.Name, portfolio.StatusCancelled
	case closed:
		return s.Name, portfolio.StatusDone
	case start == nil || start.ID == 0:
		return s.Name, ""
	case start.ID == s.ID:
		return s.Name, portfolio.StatusTodo
	}
	return s.Name, portfolio.StatusInProgress
}

// relation converts a relation that puts one issue before the other. It is seen
// from both of its ends, so nothing in it depends on which one was read.
func (v conversion) relation(raw json.RawMessage) portfolio.ToolFact {
	var r struct {
		ID    int64  `json:"id"`
		From  int64  `json:"issue_id"`
		To    int64  `json:"issue_to_id"`
		Type  string `json:"relation_type"`
		Delay *int   `json:"delay"`
	}
	if json.Unmarshal(raw, &r) != nil || r.ID == 0 || r.From == 0 || r.To == 0 {
		return nil
	}
	switch r.Type {
	case "precedes", "blocks":
	case "follows":
		r.Type, r.From, r.To = "precedes", r.To, r.From
	case "blocked":
		r.Type, r.From, r.To = "blocks", r.To, r.From
	default:
		return nil // relates, duplicates, copied_to: no order in time
	}
	f := &portfolio.DependencyFact{
		Source:      portfolio.Source{Connection: v.connection, Kind: kindRelation, ID: strconv.FormatInt(r.ID, 10), Scope: scopeRelations},
		Type:        r.Type,
		Predecessor: v.end(r.From),
		Successor:   v.end(r.To),
	}
	if r.Delay != nil {
		f.LagDays = *r.Delay
	}
	return f
}

// end names an issue by its number alone: its subject is known at one end only.
func (v conversion) end(issue int64) portfolio.LinkEnd {
	return portfolio.LinkEnd{Ref: v.doc(kindIssue, issue), Key: "#" + strconv.FormatInt(issue, 10)}
}
