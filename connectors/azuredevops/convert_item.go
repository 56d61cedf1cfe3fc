package azuredevops

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

// item converts a work item: a project, a milestone, a risk, or nothing that
// we read.
func (v conversion) item(r itemRecord) converted {
	kind := strings.ToLower(r.text(fieldType))
	of, scope := portfolio.KindMilestone, scopeItems
	switch {
	case v.projectTypes[kind]:
		of, scope = portfolio.KindProject, scopeItemProjects
	case v.riskTypes[kind]:
		of, scope = portfolio.KindRisk, scopeRisks
	}
	c, err := v.core(r)
	if r.err != nil {
		err = r.err
	}
	if err != nil {
		return v.quarantine(of, kindItem, r.docID(), scope, r.raw, err)
	}
	project := v.projectOf[strings.ToLower(c.Project)]
	if project == "" || !v.wants(project) || !v.reads(kind) {
		return converted{}
	}
	source := portfolio.Source{
		Connection: v.connection, Kind: kindItem, ID: r.docID(), Key: r.docID(), Scope: scope,
		URL: v.address("_workitems", "edit", r.docID()), CreatedAt: c.Created, UpdatedAt: c.Changed,
	}
	if r.deleted() {
		source.Presence = portfolio.PresenceDeleted
	}
	name := record.Truncate(firstOf(c.Title, fmt.Sprintf("%s %d", c.Type, r.id)), maxName)
	var category portfolio.StatusCategory
	if v.category != nil {
		category = v.category(typeOf{project, kind}, c.State)
	}
	finished := portfolio.Date{}
	if category == portfolio.StatusDone || of == portfolio.KindRisk && category == portfolio.StatusCancelled {
		finished = c.Closed
	}
	var out converted
	above := v.above(r)
	if of == portfolio.KindProject {
		f := &portfolio.ProjectFact{
			Source: source, Name: name, Description: c.Description, Status: c.State, StatusCategory: category,
			Start: c.Start, Due: c.Due, Finished: finished, Labels: c.Tags,
		}
		f.Parent = v.projectAbove(above, project)
		f.Lead = v.user(c.Assigned, &out.facts)
		f.Fields = v.customFields(r.fields, &out.facts)
		out.facts = append(out.facts, f)
		return out
	}
	if of == portfolio.KindRisk {
		f := &portfolio.RiskFact{
			Source: source, Title: name, Project: v.projectAbove(above, project), Status: c.State, StatusCategory: category,
			Raised: v.dayOf(c.Created), Due: c.Due, Closed: finished,
		}
		if f.Project == "" {
			return converted{} // below nothing that is a project
		}
		f.Owner = v.user(c.Assigned, &out.facts)
		f.Fields = v.customFields(r.fields, &out.facts)
		out.facts = append(out.facts, f)
		return out
	}
	f := &portfolio.MilestoneFact{
		Source: source, Name: name, Type: c.Type, Status: c.State, StatusCategory: category,
		Start: c.Start, Due: c.Due, Finished: finished, Labels: c.Tags, History: v.history(r.id),
	}
	if f.Project = v.projectAbove(above, project); f.Project == "" {
		return converted{} // below nothing that is a project
	}
	if len(above) > 0 && v.milestoneTypes[strings.ToLower(v.known[above[0]].Type)] {
		f.Parent = v.doc(kindItem, strconv.FormatInt(above[0], 10))
	}
	f.Owner = v.user(c.Assigned, &out.facts)
	f.Fields = v.customFields(r.fields, &out.facts)
	out.facts = append(out.facts, f)
	return out
}

// above are the work items above one, the nearest first.
func (v conversion) above(r itemRecord) []int64 {
	parent := r.parent()
	if parent == 0 {
		parent = v.known[r.id].Parent
	}
	var list []int64
	for parent > 0 && len(list) < maxLevels && !slices.Contains(list, parent) {
		list = append(list, parent)
		parent = v.known[parent].Parent
	}
	return list
}

// projectAbove is the nearest of the work items above that is a project and is
// read; else Azure DevOps' project, where those are projects; else nothing.
func (v conversion) projectAbove(above []int64, project string) string {
	for _, id := range above {
		if b := v.known[id]; v.projectTypes[strings.ToLower(b.Type)] && v.readsIn(b.Project) {
			return v.doc(kindItem, strconv.FormatInt(id, 10))
		}
	}
	if v.realProjects {
		return v.doc(kindProject, project)
	}
	return ""
}

// readsIn tells whether the records of the project with the name are read.
func (v conversion) readsIn(name string) bool {
	id := v.projectOf[strings.ToLower(name)]
	return id != "" && v.wants(id)
}

// sorted puts texts in order, each once; none is nil.
func sorted(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}
