package github

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

type itemRecord struct {
	ID       bigInt `json:"fullDatabaseId"`
	Kind     string `json:"type"`
	Archived bool   `json:"isArchived"`
	Created  string `json:"createdAt"`
	Updated  string `json:"updatedAt"`
	Content  *struct {
		Kind       string `json:"__typename"`
		ID         bigInt `json:"fullDatabaseId"`
		Number     int    `json:"number"`
		Title      string `json:"title"`
		URL        string `json:"url"`
		State      string `json:"state"`
		Reason     string `json:"stateReason"`
		Created    string `json:"createdAt"`
		Updated    string `json:"updatedAt"`
		ClosedAt   string `json:"closedAt"`
		Repository named  `json:"repository"`
		Parent     *struct {
			ID         bigInt `json:"fullDatabaseId"`
			Number     int    `json:"number"`
			Title      string `json:"title"`
			Repository named  `json:"repository"`
		} `json:"parent"`
		Subs *struct {
			Total     int `json:"total"`
			Completed int `json:"completed"`
		} `json:"subIssuesSummary"`
		Labels struct {
			Nodes []labelRecord `json:"nodes"`
		} `json:"labels"`
		Assignees struct {
			Nodes []actorRecord `json:"nodes"`
		} `json:"assignees"`
		Items struct {
			Nodes []itemOfIssue `json:"nodes"`
		} `json:"projectItems"`
	} `json:"content"`
	Values struct {
		Nodes []itemValue `json:"nodes"`
	} `json:"fieldValues"`
}

type named struct {
	Name string `json:"nameWithOwner"`
}

type itemOfIssue struct {
	Archived bool `json:"isArchived"`
	Project  struct {
		ID bigInt `json:"fullDatabaseId"`
	} `json:"project"`
}

type itemValue struct {
	Kind   string          `json:"__typename"`
	Text   string          `json:"text"`
	Number json.RawMessage `json:"number"`
	Date   string          `json:"date"`
	Name   string          `json:"name"`
	Title  string          `json:"title"`
	Field  struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"field"`
}

// text is the value, and of which type.
func (i itemValue) text() (value, kind string) {
	switch i.Kind {
	case "ProjectV2ItemFieldDateValue":
		return i.Date, "date"
	case "ProjectV2ItemFieldNumberValue":
		return strings.TrimSpace(string(i.Number)), "number"
	case "ProjectV2ItemFieldSingleSelectValue":
		return i.Name, ""
	case "ProjectV2ItemFieldIterationValue":
		return i.Title, ""
	}
	return i.Text, ""
}

// item converts a row of a board that has a date in the field that is due. An
// issue on several boards is a milestone of one of them, the oldest that shows
// it; a pull request, and what may not be seen, is none.
func (v conversion) item(raw json.RawMessage, of board, boards map[int64]bool) converted {
	var r itemRecord
	var at instants
	if string(raw) == "null" {
		return converted{}
	}
	err := record.Decode(raw, &r)
	if err == nil && r.ID == 0 {
		err = record.Missing("fullDatabaseId", "the id of the item")
	}
	if err == nil && (r.Content == nil || r.Kind == "PULL_REQUEST" || r.Kind == "REDACTED") {
		return converted{}
	}
	draft := r.Content == nil || r.Content.ID == 0
	kind, id := kindItem, int64(r.ID)
	if !draft {
		kind, id = kindIssue, int64(r.Content.ID)
	}
	f := &portfolio.MilestoneFact{Source: v.source(kind, id, scopeItems), Project: v.doc(kindBoard, of.id), Type: "Item"}
	changed := at.read("updatedAt", r.Updated)
	f.CreatedAt, f.UpdatedAt = at.read("createdAt", r.Created), changed
	v.itemValues(&r, f, &at)
	if err == nil {
		err = at.err
	}
	var out converted
	if err == nil {
		err = v.itemContent(&r, f, &out)
	}
	if err != nil {
		out := v.quarantine(portfolio.KindMilestone, kind, scopeItems, raw, err)
		if id != 0 {
			out.quarantined.ID = strconv.FormatInt(id, 10)
		}
		return out
	}
	if !draft && slices.ContainsFunc(v.risks, func(clause string) bool {
		label, ok := strings.CutPrefix(clause, labelPrefix)
		return ok && hasLabel(r.Content.Labels.Nodes, label)
	}) {
		return converted{} // it is a risk of its repository
	}
	if f.Due.IsZero() || !draft && of.id != homeOf(r.Content.Items.Nodes, of.id, boards) {
		return converted{}
	}
	if r.Archived {
		f.Presence = portfolio.PresenceArchived
	}
	out.facts = append(out.facts, f)
	if draft {
		return out
	}
	c := r.Content
	out.issue = end{int64(c.ID), issueKey(c.Repository.Name, int64(c.Number)), c.Title}
	if out.updated = f.UpdatedAt; changed.After(out.updated) {
		out.updated = changed
	}
	if p := c.Parent; p != nil {
		out.facts = append(out.facts, v.dependency(kindSubIssue, out.issue, end{int64(p.ID), issueKey(p.Repository.Name, int64(p.Number)), p.Title}))
	}
	return out
}

// homeOf is the board to which an issue belongs: of those that are read, one on
// which it is not archived before one on which it is, and the oldest of them.
func homeOf(items []itemOfIssue, seen int64, boards map[int64]bool) int64 {
	home, archived := int64(0), true
	for _, i := range items {
		id := int64(i.Project.ID)
		if !boards[id] {
			continue
		}
		if home == 0 || archived && !i.Archived || archived == i.Archived && id < home {
			home, archived = id, i.Archived
		}
	}
	if home == 0 {
		return seen // GitHub lists no more than some of many boards
	}
	return home
}

func issueKey(repository string, number int64) string {
	return fmt.Sprintf("%s#%d", repository, number)
}

// itemValues reads the fields of a row: the two dates, and what the mapping
// names.
func (v conversion) itemValues(r *itemRecord, f *portfolio.MilestoneFact, at *instants) {
	for _, value := range r.Values.Nodes {
		name := value.Field.Name
		text, kind := value.text()
		if name == "" || text == "" || text == "null" {
			continue
		}
		switch {
		case kind != "date":
		case strings.EqualFold(name, v.start):
			f.Start = at.day(name, text)
		case strings.EqualFold(name, v.due):
			f.Due = at.day(name, text)
		}
		if strings.EqualFold(name, "Status") {
			f.Status = text
		}
		if v.fields[name] || v.fields[value.Field.ID] {
			f.Fields = append(f.Fields, typed(value.Field.ID, name, kind, text))
		}
	}
	sortFields(f.Fields)
}

// itemContent reads the issue or the draft of a row.
func (v conversion) itemContent(r *itemRecord, f *portfolio.MilestoneFact, out *converted) error {
	c := r.Content
	f.Name = truncate(firstOf(c.Title, "Item "+f.ID), maxName)
	for i := range c.Assignees.Nodes {
		if id := v.actor(&c.Assignees.Nodes[i], &out.facts); f.Owner == "" {
			f.Owner = id
		}
	}
	if c.ID == 0 {
		f.StatusCategory = statusCategory(f.Status)
		return nil
	}
	var at instants
	f.Source.Key, f.URL, f.Type = issueKey(c.Repository.Name, int64(c.Number)), c.URL, "Issue"
	// The time of the item would go back when another board becomes the issue's.
	f.CreatedAt, f.UpdatedAt = at.read("content.createdAt", c.Created), at.read("content.updatedAt", c.Updated)
	state := strings.ToLower(c.State)
	begun := statusCategory(f.Status) == portfolio.StatusInProgress
	if c.Subs != nil && c.Subs.Total > 0 {
		f.Work = &portfolio.WorkDone{Todo: c.Subs.Total - c.Subs.Completed, Done: c.Subs.Completed}
		begun = begun || c.Subs.Completed > 0
	}
	f.StatusCategory = category(state, strings.ToLower(c.Reason), begun)
	f.Status = firstOf(f.Status, state)
	if f.StatusCategory == portfolio.StatusDone {
		f.Finished = dayOf(at.read("content.closedAt", c.ClosedAt))
	}
	for _, l := range c.Labels.Nodes {
		f.Labels = append(f.Labels, l.Name)
	}
	f.Labels = sorted(f.Labels)
	return at.err
}

// statusCategory is what the options of a new board's Status field amount to;
// of others, nothing is known.
func statusCategory(status string) portfolio.StatusCategory {
	switch lower := strings.ToLower(status); {
	case slices.Contains([]string{"todo", "to do", "backlog", "ready"}, lower):
		return portfolio.StatusTodo
	case slices.Contains([]string{"in progress", "in review"}, lower):
		return portfolio.StatusInProgress
	case lower == "done":
		return portfolio.StatusDone
	}
	return ""
}
