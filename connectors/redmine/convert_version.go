package redmine

import (
	"encoding/json"
	"strconv"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

type versionRecord struct {
	ID      int64             `json:"id"`
	Project *ref              `json:"project"`
	Name    string            `json:"name"`
	Status  string            `json:"status"`
	Due     json.RawMessage   `json:"due_date"`
	Custom  []json.RawMessage `json:"custom_fields"`
	times
}

// versionStatus maps the statuses of a version; another one stays empty, and
// the status itself is kept as it is. A locked version takes no more issues:
// what it has is being worked on.
var versionStatus = map[string]portfolio.StatusCategory{
	"open": portfolio.StatusTodo, "locked": portfolio.StatusInProgress, "closed": portfolio.StatusDone,
}

// version converts a version. It belongs to the project that it names, wherever
// it was listed.
func (v conversion) version(raw json.RawMessage) converted {
	bad := func(err error) converted {
		return v.quarantine(portfolio.KindMilestone, kindVersion, scopeVersions, raw, err)
	}
	var r versionRecord
	if err := record.Decode(raw, &r); err != nil {
		return bad(err)
	}
	switch {
	case r.ID == 0:
		return bad(record.Missing("id", anID))
	case r.Project == nil || r.Project.ID == 0:
		return bad(record.Missing("project", "the project that the version is of"))
	}
	created, updated, err := r.read()
	if err != nil {
		return bad(err)
	}
	due, err := decodeDay("due_date", r.Due)
	if err != nil {
		return bad(err)
	}
	var out converted
	f := &portfolio.MilestoneFact{
		Source:         v.source(kindVersion, scopeVersions, r.ID, created, updated),
		Name:           clean(firstOf(r.Name, strconv.FormatInt(r.ID, 10)), maxName),
		Type:           "Version",
		Project:        v.doc(kindProject, r.Project.ID),
		Status:         r.Status,
		StatusCategory: versionStatus[r.Status],
		Due:            due,
	}
	f.URL = v.base + "/versions/" + f.ID
	f.Fields = v.customFields(r.Custom, &out.facts)
	out.facts = append(out.facts, f)
	return out
}
