package asana

import (
	"cmp"
	"encoding/json"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

type reportRecord struct {
	GID        string          `json:"gid"`
	Title      string          `json:"title"`
	Text       string          `json:"text"`
	StatusType string          `json:"status_type"`
	CreatedAt  json.RawMessage `json:"created_at"`
	ModifiedAt json.RawMessage `json:"modified_at"`
	Author     *named          `json:"author"`
	Parent     *named          `json:"parent"`
}

// report converts a status update of the project with the gid; where that is
// empty, the record has to tell it. One of a project that is not read gives
// nothing.
func (v *conversion) report(raw json.RawMessage, project string) converted {
	var s reportRecord
	err := record.Decode(raw, &s)
	if err == nil && !isGID(s.GID) {
		err = errNoGID
	}
	var r reader
	f := &portfolio.StatusReportFact{
		Source: portfolio.Source{
			Connection: v.connection, Kind: kindReport, ID: s.GID, Scope: scopeReports,
			CreatedAt: r.instant("created_at", s.CreatedAt), UpdatedAt: r.instant("modified_at", s.ModifiedAt),
		},
		Health: s.StatusType,
	}
	f.ReportedAt = f.CreatedAt
	if err = cmp.Or(err, r.err()); err != nil {
		return v.quarantine(portfolio.KindStatusReport, kindReport, scopeReports, raw, err)
	}
	if project == "" && s.Parent != nil {
		project = s.Parent.GID
	}
	out := converted{gid: s.GID}
	if v.projects[project] == nil {
		return out
	}
	f.Project = v.doc(kindProject, project)
	f.Text = tidy(s.Text, maxFieldText)
	if title := tidy(s.Title, maxName); title != "" {
		f.Text = tidy(title+"\n"+f.Text, maxFieldText)
	}
	f.Author = v.user(s.Author, &out.facts)
	out.facts = append(out.facts, f)
	return out
}
