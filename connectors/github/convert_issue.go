package github

import (
	"encoding/json"
	"slices"
	"strings"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

type issueRecord struct {
	ID          int64           `json:"id"`
	Number      int64           `json:"number"`
	Title       string          `json:"title"`
	State       string          `json:"state"`
	Reason      string          `json:"state_reason"`
	URL         string          `json:"html_url"`
	Repository  string          `json:"repository_url"`
	PullRequest json.RawMessage `json:"pull_request"`
	Type        *struct {
		Name string `json:"name"`
	} `json:"type"`
	Labels    []labelRecord `json:"labels"`
	Assignees []userRecord  `json:"assignees"`
	Milestone *struct {
		Due string `json:"due_on"`
	} `json:"milestone"`
	Values []issueFieldValue `json:"issue_field_values"`
	Subs   *struct {
		Total     int `json:"total"`
		Completed int `json:"completed"`
	} `json:"sub_issues_summary"`
	Dependencies *struct {
		BlockedBy int `json:"total_blocked_by"`
	} `json:"issue_dependencies_summary"`
	Created  string `json:"created_at"`
	Updated  string `json:"updated_at"`
	ClosedAt string `json:"closed_at"`
}

type labelRecord struct {
	Name string `json:"name"`
}

type issueFieldValue struct {
	Field int64           `json:"issue_field_id"`
	Type  string          `json:"data_type"`
	Value json.RawMessage `json:"value"`
}

// pullRequest tells a pull request from an issue: the listing has both.
func (r *issueRecord) pullRequest() bool {
	return len(r.PullRequest) > 0 && string(r.PullRequest) != "null"
}

// matches tells whether an issue is of one of the types or has one of the
// labels.
func (r *issueRecord) matches(clauses []string) bool {
	return slices.ContainsFunc(clauses, func(clause string) bool {
		if label, ok := strings.CutPrefix(clause, labelPrefix); ok {
			return hasLabel(r.Labels, label)
		}
		return r.Type != nil && strings.EqualFold(r.Type.Name, strings.TrimSpace(strings.TrimPrefix(clause, typePrefix)))
	})
}

func hasLabel(labels []labelRecord, label string) bool {
	return slices.ContainsFunc(labels, func(l labelRecord) bool { return strings.EqualFold(l.Name, strings.TrimSpace(label)) })
}

// risk makes a risk of what was read of an issue.
func (v conversion) risk(m *portfolio.MilestoneFact, closed portfolio.Date) *portfolio.RiskFact {
	f := &portfolio.RiskFact{
		Source: m.Source, Title: m.Name, Project: m.Project, Status: m.Status, StatusCategory: m.StatusCategory, Owner: m.Owner,
		Raised: dayOf(m.CreatedAt), Due: m.Due, Closed: closed, Fields: m.Fields,
	}
	f.Scope = scopeRisks
	return f
}

// issue converts an issue that is a milestone or a risk of its repository. A
// pull request gives nothing.
func (v conversion) issue(raw json.RawMessage, repo repository) converted {
	var r issueRecord
	var at instants
	err := record.Decode(raw, &r)
	if r.pullRequest() {
		return converted{}
	}
	if err == nil && r.ID == 0 {
		err = errNoID
	}
	created, updated, closed := at.read("created_at", r.Created), at.read("updated_at", r.Updated), at.read("closed_at", r.ClosedAt)
	f := &portfolio.MilestoneFact{Source: v.source(kindIssue, r.ID, scopeIssues), Project: v.doc(kindRepository, repo.id)}
	if r.Milestone != nil {
		f.Due = at.due("milestone.due_on", r.Milestone.Due)
	}
	v.issueValues(&r, f, &at)
	if err == nil {
		err = at.err
	}
	key := issueKey(repo.fullName, r.Number)
	risk := r.matches(v.risks)
	if err != nil {
		of, scope := portfolio.KindMilestone, scopeIssues
		if risk {
			of, scope = portfolio.KindRisk, scopeRisks
		}
		out := v.quarantine(of, kindIssue, scope, raw, err)
		out.quarantined.Source.Key, out.quarantined.URL = key, r.URL
		return out
	}
	out := converted{id: r.ID}
	f.Source.Key, f.URL, f.CreatedAt, f.UpdatedAt = key, r.URL, created, updated
	f.Name = truncate(firstOf(r.Title, key), maxName)
	f.Type = "Issue"
	if r.Type != nil {
		f.Type = firstOf(r.Type.Name, f.Type)
	}
	begun := false
	if r.Subs != nil && r.Subs.Total > 0 {
		f.Work = &portfolio.WorkDone{Todo: r.Subs.Total - r.Subs.Completed, Done: r.Subs.Completed}
		begun = r.Subs.Completed > 0
	}
	f.Status, f.StatusCategory = r.State, category(r.State, r.Reason, begun)
	if r.Reason != "" && r.State == "closed" {
		f.Status += " (" + strings.ReplaceAll(r.Reason, "_", " ") + ")"
	}
	if f.StatusCategory == portfolio.StatusDone {
		f.Finished = dayOf(closed)
	}
	for _, l := range r.Labels {
		f.Labels = append(f.Labels, l.Name)
	}
	f.Labels = sorted(f.Labels)
	for i := range r.Assignees {
		if id := v.user(&r.Assignees[i], &out.facts); f.Owner == "" {
			f.Owner = id
		}
	}
	if repo.archived {
		f.Presence = portfolio.PresenceArchived
	}
	if risk {
		out.id = 0 // what it blocks is told by the milestones
		out.facts = append(out.facts, v.risk(f, dayOf(closed)))
		return out
	}
	out.facts = append(out.facts, f)
	return out
}

// issueValues reads the organisation's issue fields: the two dates, and what
// the mapping names.
func (v conversion) issueValues(r *issueRecord, f *portfolio.MilestoneFact, at *instants) {
	for _, value := range r.Values {
		name := v.issueFields[value.Field]
		var text string
		if json.Unmarshal(value.Value, &text) != nil {
			text = strings.Trim(string(value.Value), `"`)
		}
		if name == "" || text == "" || text == "null" {
			continue
		}
		if value.Type == "date" && len(text) > len("2006-01-02") {
			text = text[:len("2006-01-02")] // an instant stands for the day that is written there
		}
		switch {
		case strings.EqualFold(name, v.start) && value.Type == "date":
			f.Start = at.day(name, text)
		case strings.EqualFold(name, v.due) && value.Type == "date":
			f.Due = at.day(name, text)
		}
		if v.fields[name] {
			f.Fields = append(f.Fields, typed(name, name, value.Type, text))
		}
	}
	sortFields(f.Fields)
}
