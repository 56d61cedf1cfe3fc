package azuredevops

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"plumbline/internal/inorder"
	"plumbline/internal/record"
	"plumbline/portfolio"
)

// readsIterations tells whether iterations are milestones.
func (c *Connector) readsIterations() bool {
	return slices.Contains(c.settings.milestonesFrom(), fromIterations)
}

// iterationTree is how deep the tree of iterations is asked for, which is
// deeper than it may be.
var iterationTree = url.Values{"$depth": {"20"}}

// iterations reads the iterations of every project after the given one, in the
// order of the projects.
func (r *run) iterations(after string) error {
	if !r.readsIterations() {
		return nil
	}
	projects := slices.DeleteFunc(slices.Clone(r.projects), func(p projectRecord) bool { return p.ID == "" || p.ID <= after })
	i := 0
	for raw, err := range inorder.Map(r.ctx, r.concurrency(), projects, r.iterationsOf) {
		if err != nil {
			return err
		}
		project := projects[i]
		i++
		if raw != nil {
			for _, v := range r.iterationNodes(raw, project) {
				r.add(v)
			}
		}
		if r.full() {
			if err := r.flush(r.at(stageIterations, project.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

// iterationsOf reads the tree of a project's iterations; nil when the project
// has gone since it was listed.
func (c *Connector) iterationsOf(ctx context.Context, p projectRecord) (json.RawMessage, error) {
	var raw json.RawMessage
	_, err := c.get(ctx, p.ID+"/_apis/wit/classificationnodes/iterations", iterationTree, &raw)
	if hasStatus(err, http.StatusNotFound) {
		return nil, nil
	}
	return raw, err
}

type iterationRecord struct {
	ID         json.Number `json:"id"`
	Identifier string      `json:"identifier"`
	Name       string      `json:"name"`
	Attributes struct {
		Start  json.RawMessage `json:"startDate"`
		Finish json.RawMessage `json:"finishDate"`
	} `json:"attributes"`
	Children []json.RawMessage `json:"children"`
}

// iterationNodes converts a tree of iterations. Those without a finish date
// only hold others together. One that cannot be read hides what is below it.
func (v conversion) iterationNodes(raw json.RawMessage, project projectRecord) []converted {
	var list []converted
	var walk func(raw json.RawMessage, parent string)
	walk = func(raw json.RawMessage, parent string) {
		out, r := v.iteration(raw, project, parent)
		if out.quarantined != nil || len(out.facts) > 0 {
			list = append(list, out)
		}
		if len(out.facts) > 0 {
			parent = v.doc(kindIteration, strings.ToLower(r.Identifier))
		}
		for _, child := range r.Children {
			walk(child, parent)
		}
	}
	walk(raw, "")
	return list
}

// iteration converts one iteration. Its state is Azure DevOps' own word for
// where today is: the day on which the run began, in the settings' time zone.
func (v conversion) iteration(raw json.RawMessage, project projectRecord, parent string) (converted, iterationRecord) {
	var r iterationRecord
	err := record.Decode(raw, &r)
	id := strings.ToLower(r.Identifier)
	if err == nil && id == "" {
		err = record.Missing("identifier", "the id of the iteration")
	}
	var start, finish portfolio.Date
	if err == nil {
		start, err = decodeDay("attributes.startDate", r.Attributes.Start)
	}
	if err == nil {
		finish, err = decodeDay("attributes.finishDate", r.Attributes.Finish)
	}
	if err != nil {
		return v.quarantine(portfolio.KindMilestone, kindIteration, id, scopeIterations, raw, err), r
	}
	if finish.IsZero() {
		return converted{}, r
	}
	f := &portfolio.MilestoneFact{
		Source: portfolio.Source{Connection: v.connection, Kind: kindIteration, ID: id, Scope: scopeIterations, URL: v.address(project.Name, "_sprints")},
		Name:   record.Truncate(firstOf(r.Name, id), maxName), Type: "Iteration", Project: v.doc(kindProject, project.ID), Parent: parent,
		Start: start, Due: finish,
	}
	switch today := portfolio.DateOf(v.started.In(v.zone)); {
	case today.After(finish):
		f.Status, f.StatusCategory, f.Finished = "past", portfolio.StatusDone, finish
	case start.After(today):
		f.Status, f.StatusCategory = "future", portfolio.StatusTodo
	default:
		f.Status, f.StatusCategory = "current", portfolio.StatusInProgress
	}
	return converted{facts: []portfolio.ToolFact{f}}, r
}
