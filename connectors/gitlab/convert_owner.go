package gitlab

import (
	"encoding/json"
	"strconv"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

// ownerRecord is a group or a project, which have much in common.
type ownerRecord struct {
	ID          int64           `json:"id"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	URL         string          `json:"web_url"`
	Created     json.RawMessage `json:"created_at"`
	Archived    bool            `json:"archived"`
	Visibility  string          `json:"visibility"`
	Deletion    string          `json:"marked_for_deletion_on"`

	// Of a group.
	FullPath string `json:"full_path"`
	Parent   int64  `json:"parent_id"`

	// Of a project.
	Path      string      `json:"path_with_namespace"`
	Owner     *userRecord `json:"owner"`
	Topics    []string    `json:"topics"`
	Namespace *struct {
		ID   int64  `json:"id"`
		Kind string `json:"kind"`
		Path string `json:"full_path"`
	} `json:"namespace"`
}

// group converts a group, which is a programme.
func (v conversion) group(raw json.RawMessage, lead *userRecord) converted {
	var r ownerRecord
	if err := record.Decode(raw, &r); err != nil {
		return v.quarantine(portfolio.KindProject, kindGroup, scopeGroups, raw, err)
	}
	out, err := v.owner(r, kindGroup, scopeGroups, r.FullPath, lead)
	if err != nil {
		return v.quarantine(portfolio.KindProject, kindGroup, scopeGroups, raw, err)
	}
	f := out.facts[len(out.facts)-1].(*portfolio.ProjectFact)
	f.Parent = v.docOfGroup(r.Parent)
	f.Category = "Group"
	return out
}

// project converts a project. The group it lies in is its parent, and its
// category where groups are no projects.
func (v conversion) project(raw json.RawMessage, lead *userRecord) converted {
	var r ownerRecord
	if err := record.Decode(raw, &r); err != nil {
		return v.quarantine(portfolio.KindProject, kindProject, scopeProjects, raw, err)
	}
	if lead == nil {
		lead = r.Owner // of what belongs to a person
	}
	out, err := v.owner(r, kindProject, scopeProjects, r.Path, lead)
	if err != nil {
		return v.quarantine(portfolio.KindProject, kindProject, scopeProjects, raw, err)
	}
	f := out.facts[len(out.facts)-1].(*portfolio.ProjectFact)
	f.Labels = sorted(r.Topics)
	if n := r.Namespace; n != nil {
		f.Category = n.Path
		if n.Kind == "group" {
			f.Parent = v.docOfGroup(n.ID)
		}
	}
	return out
}

// owner is what groups and projects have in common; the last fact is the project.
func (v conversion) owner(r ownerRecord, kind, scope, path string, lead *userRecord) (converted, error) {
	var out converted
	if r.ID == 0 {
		return out, record.Missing("id", anID)
	}
	created, err := record.Text("created_at", r.Created, aTime, parseTime)
	if err != nil {
		return out, err
	}
	f := &portfolio.ProjectFact{
		Source: portfolio.Source{
			Connection: v.connection, Kind: kind, ID: strconv.FormatInt(r.ID, 10), Key: path, URL: r.URL, Scope: scope, CreatedAt: created,
		},
		Name:        clean(firstOf(r.Name, path, strconv.FormatInt(r.ID, 10)), maxName),
		Description: clean(r.Description, maxDescription),
		Lead:        v.user(lead, &out.facts),
	}
	switch {
	case r.Deletion != "": // it can be restored until that day
		f.Presence = portfolio.PresenceDeleted
	case r.Archived:
		f.Presence = portfolio.PresenceArchived
	}
	v.text(&f.Fields, "visibility", "Visibility", r.Visibility)
	out.facts = append(out.facts, f)
	return out, nil
}
