package github

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

// The listings that cover what is on boards.
const (
	scopeBoards     = "boards"
	scopeIterations = "iterations"
	scopeItems      = "items"
	scopeUpdates    = "statusupdates"
)

// actorRecord is who did something, in GraphQL.
type actorRecord struct {
	Kind  string `json:"__typename"`
	Login string `json:"login"`
	ID    int64  `json:"databaseId"`
	Name  string `json:"name"`
}

// actor returns the document id of a person and adds the person to the facts.
func (v conversion) actor(a *actorRecord, facts *[]portfolio.ToolFact) string {
	if a == nil || a.ID == 0 || a.Kind != "" && a.Kind != "User" {
		return ""
	}
	p := &portfolio.PersonFact{Source: v.source(kindUser, a.ID, ""), Name: truncate(firstOf(a.Name, a.Login), maxName)}
	p.Source.Key = a.Login
	if v.names != nil {
		v.names.Store(p.ID, p.Name)
	}
	*facts = append(*facts, p)
	return p.DocID()
}

type boardRecord struct {
	Node        string       `json:"id"`
	ID          bigInt       `json:"fullDatabaseId"`
	Number      int          `json:"number"`
	Title       string       `json:"title"`
	Description string       `json:"shortDescription"`
	Readme      string       `json:"readme"`
	URL         string       `json:"url"`
	Closed      bool         `json:"closed"`
	ClosedAt    string       `json:"closedAt"`
	Template    bool         `json:"template"`
	Created     string       `json:"createdAt"`
	Updated     string       `json:"updatedAt"`
	Creator     *actorRecord `json:"creator"`
	Updates     connection   `json:"statusUpdates"`
	Fields      struct {
		Nodes []iterationField `json:"nodes"`
	} `json:"fields"`
}

type iterationField struct {
	Kind          string `json:"__typename"`
	ID            string `json:"id"`
	Name          string `json:"name"`
	Configuration struct {
		Open []json.RawMessage `json:"iterations"`
		Done []json.RawMessage `json:"completedIterations"`
	} `json:"configuration"`
}

// bigInt is a number that GraphQL writes as a text.
type bigInt int64

// UnmarshalJSON implements json.Unmarshaler.
func (b *bigInt) UnmarshalJSON(raw []byte) error {
	text := strings.Trim(string(raw), `"`)
	if text == "null" {
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	*b = bigInt(n)
	return err
}

// board converts a board. Its dates are those of its newest status update.
func (v conversion) board(raw json.RawMessage, owner string) (converted, board) {
	var r boardRecord
	var at instants
	err := record.Decode(raw, &r)
	if err == nil && r.ID == 0 {
		err = record.Missing("fullDatabaseId", "the id of the project")
	}
	b := board{id: int64(r.ID), node: r.Node, number: r.Number, owner: owner, template: r.Template, record: &r}
	created, closed := at.read("createdAt", r.Created), at.read("closedAt", r.ClosedAt)
	b.updated = at.read("updatedAt", r.Updated)
	if err == nil {
		err = at.err
	}
	if err != nil {
		b.id = 0
		return v.quarantine(portfolio.KindProject, kindBoard, scopeBoards, raw, err), b
	}
	var out converted
	key := fmt.Sprintf("%s/%d", owner, r.Number)
	f := &portfolio.ProjectFact{
		Source: v.source(kindBoard, b.id, scopeBoards), Name: truncate(firstOf(r.Title, key), maxName),
		Description: truncate(firstOf(r.Description, r.Readme), maxDescription), Category: owner,
		Status: "open", StatusCategory: portfolio.StatusInProgress,
	}
	f.Source.Key, f.URL, f.CreatedAt = key, r.URL, created
	if r.Closed {
		f.Status, f.StatusCategory, f.Finished = "closed", portfolio.StatusDone, dayOf(closed)
	}
	f.Lead = v.actor(r.Creator, &out.facts)
	if len(r.Updates.Nodes) > 0 {
		var newest updateRecord
		if record.Decode(r.Updates.Nodes[0], &newest) == nil {
			var at instants // an odd date is the update's own trouble
			if start := at.day("startDate", newest.Start); at.err == nil {
				f.Start = start
			}
			if due := at.day("targetDate", newest.Target); at.err == nil {
				f.Due = due
			}
		}
	}
	out.facts = append(out.facts, f)
	return out, b
}

type updateRecord struct {
	ID      bigInt       `json:"fullDatabaseId"`
	Status  string       `json:"status"`
	Body    string       `json:"body"`
	Start   string       `json:"startDate"`
	Target  string       `json:"targetDate"`
	Created string       `json:"createdAt"`
	Updated string       `json:"updatedAt"`
	Creator *actorRecord `json:"creator"`
}

// update converts a status update, which is reported health. One without a
// status says nothing of it.
func (v conversion) update(raw json.RawMessage, of board) converted {
	var r updateRecord
	var at instants
	err := record.Decode(raw, &r)
	if err == nil && r.ID == 0 {
		err = record.Missing("fullDatabaseId", "the id of the status update")
	}
	created, updated := at.read("createdAt", r.Created), at.read("updatedAt", r.Updated)
	if err == nil {
		err = at.err
	}
	if err != nil {
		return v.quarantine(portfolio.KindStatusReport, kindUpdate, scopeUpdates, raw, err)
	}
	if r.Status == "" {
		return converted{}
	}
	var out converted
	f := &portfolio.StatusReportFact{
		Source: v.source(kindUpdate, int64(r.ID), scopeUpdates), Project: v.doc(kindBoard, of.id),
		Health: r.Status, Text: truncate(strings.TrimSpace(r.Body), maxFieldText), ReportedAt: created,
	}
	f.CreatedAt, f.UpdatedAt = created, updated
	f.Author = v.actor(r.Creator, &out.facts)
	out.facts = append(out.facts, f)
	return out
}

// iteration converts an iteration of a board. It is due on its last day.
func (v conversion) iteration(raw json.RawMessage, field iterationField, completed bool, of board) converted {
	var r struct {
		ID    string `json:"id"`
		Title string `json:"title"`
		Start string `json:"startDate"`
		Days  int    `json:"duration"`
	}
	var at instants
	err := record.Decode(raw, &r)
	if err == nil && r.ID == "" {
		err = errNoID
	}
	start := at.day("startDate", r.Start)
	if err == nil {
		err = at.err
	}
	id := field.ID + "-" + r.ID // the iteration's own is told apart within its field only
	if err != nil {
		out := v.quarantine(portfolio.KindMilestone, kindIteration, scopeIterations, raw, err)
		if r.ID != "" {
			out.quarantined.ID = id
		}
		return out
	}
	f := &portfolio.MilestoneFact{
		Source: portfolio.Source{Connection: v.connection, Kind: kindIteration, ID: id, Scope: scopeIterations, URL: of.record.URL},
		Name:   truncate(firstOf(r.Title, r.ID), maxName), Type: "Iteration", Project: v.doc(kindBoard, of.id),
		Start: start, Status: "open", StatusCategory: portfolio.StatusTodo,
	}
	if !start.IsZero() && r.Days > 0 {
		f.Due = start.AddDays(r.Days - 1)
	}
	if completed {
		f.Status, f.StatusCategory, f.Finished = "completed", portfolio.StatusDone, f.Due
	}
	return converted{facts: []portfolio.ToolFact{f}}
}
