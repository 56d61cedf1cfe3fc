package asana

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

type taskRecord struct {
	GID          string          `json:"gid"`
	Subtype      string          `json:"resource_subtype"`
	Name         string          `json:"name"`
	Completed    bool            `json:"completed"`
	CompletedAt  json.RawMessage `json:"completed_at"`
	CreatedAt    json.RawMessage `json:"created_at"`
	ModifiedAt   json.RawMessage `json:"modified_at"`
	StartOn      json.RawMessage `json:"start_on"`
	DueOn        json.RawMessage `json:"due_on"`
	URL          string          `json:"permalink_url"`
	Approval     string          `json:"approval_status"`
	Assignee     *named          `json:"assignee"`
	Projects     []named         `json:"projects"`
	Tags         []named         `json:"tags"`
	Custom       []customField   `json:"custom_fields"`
	Memberships  []membership    `json:"memberships"`
	Dependencies []named         `json:"dependencies"`
	Dependents   []named         `json:"dependents"`
}

type membership struct {
	Project *named `json:"project"`
	Section *named `json:"section"`
}

// types are the words for the subtypes of tasks; another one is kept as it is.
var types = map[string]string{subtypeMilestone: "Milestone", subtypeApproval: "Approval", "default_task": "Task"}

// approvals maps the states of an approval. A rejected one is over, but was
// not reached.
var approvals = map[string]portfolio.StatusCategory{
	"pending": portfolio.StatusTodo, "approved": portfolio.StatusDone, "changes_requested": portfolio.StatusInProgress, "rejected": portfolio.StatusCancelled,
}

// task converts a task into the milestone or risk that it is, with the people
// and dependencies in it. It gives nothing for a task that is neither. The listing is
// that of a project, or empty.
func (v *conversion) task(raw json.RawMessage, listing string) converted {
	// What a task is comes before whether all of it can be read: an odd task
	// that is no milestone costs nobody anything.
	var kind struct {
		Subtype string `json:"resource_subtype"`
	}
	if json.Unmarshal(raw, &kind) == nil && v.plainly() && !v.anyRule(func(r rule) bool { return r.subtype == "" || r.subtype == kind.Subtype }) {
		return converted{gid: gidOf(raw)}
	}
	var t taskRecord
	err := record.Decode(raw, &t)
	if err == nil && !isGID(t.GID) {
		err = errNoGID
	}
	var r reader
	f := &portfolio.MilestoneFact{
		Source: portfolio.Source{
			Connection: v.connection, Kind: kindTask, ID: t.GID, URL: t.URL, Scope: scopeTasks,
			CreatedAt: r.instant("created_at", t.CreatedAt), UpdatedAt: r.instant("modified_at", t.ModifiedAt),
		},
		Name: cmp.Or(tidy(t.Name, maxName), t.GID), Type: cmp.Or(types[t.Subtype], t.Subtype),
		Status: statusIncomplete, StatusCategory: portfolio.StatusTodo,
		Start: r.day("start_on", t.StartOn), Due: r.day("due_on", t.DueOn),
	}
	finished := r.instant("completed_at", t.CompletedAt)
	if err = cmp.Or(err, r.err()); err != nil {
		if v.fits(&t, true) {
			return v.quarantine(portfolio.KindRisk, kindTask, scopeRisks, raw, err)
		}
		return v.quarantine(portfolio.KindMilestone, kindTask, scopeTasks, raw, err)
	}
	out := converted{gid: t.GID}
	home := v.home(&t, listing)
	risk := v.fits(&t, true)
	if home == nil || !risk && !v.fits(&t, false) {
		return out
	}
	f.Project = v.doc(kindProject, home.GID)
	if home.Archived {
		f.Presence = portfolio.PresenceArchived
	}
	if t.Completed {
		f.Status, f.StatusCategory, f.Finished = statusComplete, portfolio.StatusDone, dayOf(finished)
	}
	if t.Approval != "" {
		f.Status, f.StatusCategory = t.Approval, cmp.Or(approvals[t.Approval], f.StatusCategory)
	}
	f.Labels = names(t.Tags)
	f.Owner = v.user(t.Assignee, &out.facts)
	f.Fields = v.custom(t.Custom, &out.facts)
	if list := names(t.Projects); v.asks(fieldProjects) && len(list) > 0 {
		f.Fields = append(f.Fields, portfolio.Field{ID: "projects", Name: fieldProjects, Type: portfolio.FieldList, List: list})
	}
	if section := t.section(home.GID); v.asks(fieldSection) && section != "" {
		f.Fields = append(f.Fields, portfolio.Field{ID: "section", Name: fieldSection, Type: portfolio.FieldText, Text: section})
	}
	sortFields(f.Fields)
	if risk {
		out.facts = append(out.facts, riskOf(f))
		return out
	}
	out.facts = append(out.facts, f)
	out.facts = append(out.facts, v.dependencies(&t)...)
	return out
}

// home is the project that a task counts for. One that is in several belongs
// to the oldest of those that are read, so that it is the same whichever
// listing shows it; a project in use comes before an archived one.
func (v *conversion) home(t *taskRecord, listing string) *projectRecord {
	var best *projectRecord
	for _, in := range t.Projects {
		p := v.projects[in.GID]
		switch {
		case p == nil:
		case best == nil, best.Archived && !p.Archived, best.Archived == p.Archived && older(p.GID, best.GID) < 0:
			best = p
		}
	}
	if best == nil && len(t.Projects) == 0 {
		best = v.projects[listing]
	}
	return best
}

// riskOf is the risk that a task is, which would be a milestone otherwise.
// Asana knows no day on which a risk is raised but that of the task's creation.
func riskOf(m *portfolio.MilestoneFact) *portfolio.RiskFact {
	f := &portfolio.RiskFact{
		Source: m.Source, Project: m.Project, Title: m.Name, Status: m.Status, StatusCategory: m.StatusCategory, Owner: m.Owner,
		Raised: dayOf(m.CreatedAt), Due: m.Due, Closed: m.Finished, Fields: m.Fields,
	}
	f.Scope = scopeRisks
	return f
}

// fits tells whether any rule of the settings takes the task, as a risk or as
// a milestone.
func (v *conversion) fits(t *taskRecord, risk bool) bool {
	return v.anyRule(func(r rule) bool {
		switch {
		case r.risk != risk:
			return false
		case r.section != "":
			return slices.ContainsFunc(t.Memberships, func(m membership) bool {
				return m.Section != nil && folded(m.Section.Name) == r.section && m.Project != nil && v.projects[m.Project.GID] != nil
			})
		case r.field != "":
			return slices.ContainsFunc(t.Custom, func(f customField) bool { return f.fits(r) })
		}
		return r.subtype == "" || r.subtype == t.Subtype
	})
}

// section is the name of the section of a project that the task is in.
func (t *taskRecord) section(project string) string {
	for _, m := range t.Memberships {
		if m.Project != nil && m.Project.GID == project && m.Section != nil {
			return tidy(m.Section.Name, maxName)
		}
	}
	return ""
}

// dependencies are those between this task and others. The same one seen from
// its other end gives the very same fact, so nothing in it depends on which
// end was read. Of the other end Asana tells the gid only.
func (v *conversion) dependencies(t *taskRecord) []portfolio.ToolFact {
	if !v.links {
		return nil
	}
	var facts []portfolio.ToolFact
	add := func(before, after string) {
		if !isGID(before) || !isGID(after) || before == after {
			return
		}
		facts = append(facts, &portfolio.DependencyFact{
			Source:      portfolio.Source{Connection: v.connection, Kind: kindLink, ID: before + "-" + after, Scope: scopeLinks},
			Type:        "Blocks",
			Predecessor: portfolio.LinkEnd{Ref: v.doc(kindTask, before), Key: before},
			Successor:   portfolio.LinkEnd{Ref: v.doc(kindTask, after), Key: after},
		})
	}
	for _, before := range t.Dependencies {
		add(before.GID, t.GID)
	}
	for _, after := range t.Dependents {
		add(t.GID, after.GID)
	}
	return facts
}

// dayOf is the day of an instant in UTC, as Asana does not tell the time zone
// of the account.
func dayOf(at time.Time) portfolio.Date {
	if at.IsZero() {
		return portfolio.Date{}
	}
	return portfolio.DateOf(at)
}
