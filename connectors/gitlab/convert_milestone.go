package gitlab

import (
	"encoding/json"
	"strconv"

	"github.com/shopspring/decimal"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

type milestoneRecord struct {
	ID          int64  `json:"id"`
	IID         int64  `json:"iid"`
	Project     int64  `json:"project_id"`
	Group       int64  `json:"group_id"`
	Title       string `json:"title"`
	Description string `json:"description"`
	State       string `json:"state"`
	URL         string `json:"web_url"`
	times
}

// milestone converts a milestone of the group or project under which it was
// listed.
func (v conversion) milestone(raw json.RawMessage, scope string, o owner) converted {
	bad := func(err error) converted {
		return v.quarantine(portfolio.KindMilestone, kindMilestone, scope, raw, err)
	}
	var r milestoneRecord
	if err := record.Decode(raw, &r); err != nil {
		return bad(err)
	}
	if r.ID == 0 {
		return bad(record.Missing("id", anID))
	}
	f := &portfolio.MilestoneFact{
		Source: portfolio.Source{Connection: v.connection, Kind: kindMilestone, ID: strconv.FormatInt(r.ID, 10), URL: r.URL, Scope: scope},
		Name:   clean(firstOf(r.Title, strconv.FormatInt(r.ID, 10)), maxName), Type: "Milestone",
		Status: r.State, StatusCategory: states[r.State],
	}
	if scope == scopeGroupMilestones {
		f.Type, f.Project = "Group milestone", v.doc(kindGroup, o.id)
	} else {
		f.Project = v.doc(kindProject, o.id)
	}
	if err := r.fill(f); err != nil {
		return bad(err)
	}
	v.text(&f.Fields, "description", "Description", r.Description)
	return converted{facts: []portfolio.ToolFact{f}}
}

// references are the ways in which people write an epic or an issue.
type references struct {
	Full string `json:"full"`
}

type epicRecord struct {
	ID         int64      `json:"id"`
	IID        int64      `json:"iid"`
	Group      int64      `json:"group_id"`
	Parent     int64      `json:"parent_id"`
	Title      string     `json:"title"`
	State      string     `json:"state"`
	URL        string     `json:"web_url"`
	Labels     []string   `json:"labels"`
	References references `json:"references"`
	Health     string     `json:"health_status"`
	times
}

// epic converts an epic of a group that is read.
func (v conversion) epic(raw json.RawMessage) converted {
	bad := func(err error) converted {
		return v.quarantine(portfolio.KindMilestone, kindEpic, scopeEpics, raw, err)
	}
	var r epicRecord
	if err := record.Decode(raw, &r); err != nil {
		return bad(err)
	}
	switch {
	case r.ID == 0:
		return bad(record.Missing("id", anID))
	case r.Group == 0:
		return bad(record.Missing("group_id", "the group that the epic is in"))
	}
	project := v.docOfGroup(r.Group)
	if project == "" {
		return converted{}
	}
	f := &portfolio.MilestoneFact{
		Source: portfolio.Source{Connection: v.connection, Kind: kindEpic, ID: strconv.FormatInt(r.ID, 10), Key: r.References.Full, URL: r.URL, Scope: scopeEpics},
		Name:   clean(firstOf(r.Title, strconv.FormatInt(r.ID, 10)), maxName), Type: "Epic", Project: project,
		Status: r.State, StatusCategory: states[r.State], Labels: sorted(r.Labels),
	}
	if r.Parent > 0 {
		f.Parent = v.doc(kindEpic, r.Parent)
	}
	if err := r.fill(f); err != nil {
		return bad(err)
	}
	v.text(&f.Fields, "health_status", "Health status", r.Health)
	return converted{facts: []portfolio.ToolFact{f}}
}

type issueRecord struct {
	ID         int64           `json:"id"`
	IID        int64           `json:"iid"`
	Project    int64           `json:"project_id"`
	Title      string          `json:"title"`
	State      string          `json:"state"`
	URL        string          `json:"web_url"`
	Labels     []string        `json:"labels"`
	References references      `json:"references"`
	Health     string          `json:"health_status"`
	Weight     json.RawMessage `json:"weight"`
	Moved      int64           `json:"moved_to_id"` // the issue that it is now, in another project
	Assignees  []userRecord    `json:"assignees"`
	Milestone  *struct {
		ID int64 `json:"id"`
	} `json:"milestone"`
	Epic *struct {
		ID int64 `json:"id"`
	} `json:"epic"`
	times
}

// issue converts an issue with a label that makes it a milestone or a risk. Above
// it is its epic, or else its milestone, where those are read. One that was moved
// to another project is closed in GitLab, and is another one there: it is not
// done.
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
	case r.Project == 0:
		return bad(record.Missing("project_id", "the project that the issue is in"))
	}
	var out converted
	f := &portfolio.MilestoneFact{
		Source: portfolio.Source{Connection: v.connection, Kind: kindIssue, ID: strconv.FormatInt(r.ID, 10), Key: r.References.Full, URL: r.URL, Scope: scopeIssues},
		Name:   clean(firstOf(r.Title, strconv.FormatInt(r.ID, 10)), maxName), Type: "Issue", Project: v.docOfProject(r.Project),
		Status: r.State, StatusCategory: states[r.State], Labels: sorted(r.Labels),
	}
	if f.Project == "" {
		return out
	}
	if r.Moved > 0 {
		f.Presence = portfolio.PresenceOutOfScope
	}
	if len(r.Assignees) > 0 {
		f.Owner = v.user(&r.Assignees[0], &out.facts)
	}
	switch {
	case v.want.epics() && r.Epic != nil && r.Epic.ID > 0:
		f.Parent = v.doc(kindEpic, r.Epic.ID)
	case v.want.milestones() && r.Milestone != nil && r.Milestone.ID > 0:
		f.Parent = v.doc(kindMilestone, r.Milestone.ID)
	}
	if err := r.fill(f); err != nil {
		return bad(err)
	}
	v.text(&f.Fields, "health_status", "Health status", r.Health)
	if n, err := decimal.NewFromString(string(r.Weight)); err == nil && n.NumDigits() < 20 && n.Exponent() == 0 && v.asksFor("weight", "Weight") {
		f.Fields = append(f.Fields, portfolio.Field{ID: "weight", Name: "Weight", Type: portfolio.FieldNumber, Number: n.String()})
	}
	if risk {
		out.facts = append(out.facts, riskOf(f))
	} else {
		out.facts = append(out.facts, f)
	}
	return out
}
