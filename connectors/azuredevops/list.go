package azuredevops

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strconv"
	"strings"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// List implements connectors.Lister: projects and iterations in full, for the
// latter have no time of change; work items by their ids, or in full where
// what is above them decides of what project they are; links from the
// beginning of their feed. A listing that was interrupted begins again at the
// scope that it was in.
func (c *Connector) List(ctx context.Context, from connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		c.states.Clear() // what a state means may have changed
		r, err := c.run(ctx, connectors.Cursor{streamAccount: from[streamAccount]}, yield)
		if err == nil {
			r.sweeping = true
			err = r.sweep(from[streamListing].Position)
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, fmt.Errorf("azuredevops: %w", err))
		}
	}
}

// sweep runs the listings that come after the one that is done.
func (r *run) sweep(done string) error {
	stages := []struct {
		scope connectors.Scope
		list  func() error
	}{
		{connectors.Scope{Name: scopeProjects, Of: portfolio.KindProject}, func() error { r.tellProjects(); return nil }},
		{connectors.Scope{Name: scopeIterations, Of: portfolio.KindMilestone}, func() error { return r.iterations("") }},
		{connectors.Scope{Name: scopeItemProjects, Of: portfolio.KindProject}, func() error { return r.listItems(r.settings.projectTypes(), portfolio.KindProject) }},
		{connectors.Scope{Name: scopeItems, Of: portfolio.KindMilestone}, func() error { return r.listItems(r.settings.milestoneTypes(), portfolio.KindMilestone) }},
		{connectors.Scope{Name: scopeRisks, Of: portfolio.KindRisk}, func() error { return r.listItems(r.settings.Risks.From, portfolio.KindRisk) }},
		{connectors.Scope{Name: scopeLinks, Of: portfolio.KindDependency}, r.listLinks},
	}
	reached := done == ""
	r.stage = done
	for _, s := range stages {
		if !reached {
			reached = s.scope.Name == done
			continue
		}
		if err := s.list(); err != nil {
			return err
		}
		r.stage = s.scope.Name
		r.page.Complete = append(r.page.Complete, s.scope)
		if err := r.flush(r.listingCursor()); err != nil {
			return err
		}
	}
	return nil
}

// idsAPage is how many ids a query is asked for; it refuses to find 20,000.
const idsAPage = 10_000

// itemIDs lists the ids of the work items of some types, page by page.
func (r *run) itemIDs(types []string, use func([]int64) error) error {
	if len(types) == 0 {
		return nil
	}
	where := "[" + fieldType + "] IN (" + literals(types) + ")"
	if r.wanted != nil {
		var names []string
		for _, p := range r.projects {
			names = append(names, p.Name)
		}
		where += " AND [" + fieldProject + "] IN (" + literals(names) + ")"
	}
	last := int64(0)
	for range maxPages {
		question := map[string]string{
			"query": "SELECT [System.Id] FROM WorkItems WHERE " + where + " AND [System.Id] > " + strconv.FormatInt(last, 10) + " ORDER BY [System.Id]",
		}
		var found struct {
			Items []struct {
				ID int64 `json:"id"`
			} `json:"workItems"`
		}
		if err := r.ask(r.ctx, "_apis/wit/wiql", url.Values{"$top": {strconv.Itoa(idsAPage)}}, question, &found); err != nil {
			return err
		}
		ids := make([]int64, len(found.Items))
		for i, item := range found.Items {
			if ids[i] = item.ID; item.ID <= last {
				return fmt.Errorf("_apis/wit/wiql: work item %d comes after %d: %w", item.ID, last, errCircles)
			}
			last = item.ID
		}
		if err := use(ids); err != nil {
			return err
		}
		if len(ids) < idsAPage {
			return nil
		}
	}
	return fmt.Errorf("_apis/wit/wiql: %w", errCircles)
}

// literals writes texts so that WIQL takes each as one value.
func literals(texts []string) string {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = "'" + strings.ReplaceAll(t, "'", "''") + "'"
	}
	return strings.Join(quoted, ", ")
}

// listItems lists the work items of some types. Those that belong to a project
// by what is above them are read again: when something between the two moves,
// nothing tells of the ones below.
func (r *run) listItems(types []string, of portfolio.Kind) error {
	return r.itemIDs(types, func(ids []int64) error {
		if len(r.projectTypes) > 0 {
			return r.listInFull(ids)
		}
		for _, id := range ids {
			r.page.Seen = append(r.page.Seen, portfolio.Key{Kind: of, ID: r.doc(kindItem, strconv.FormatInt(id, 10))})
			r.done++
		}
		if r.full() {
			return r.flush(r.listingCursor())
		}
		return nil
	})
}

// listInFull reads work items, some thousand at a time.
func (r *run) listInFull(ids []int64) error {
	for len(ids) > 0 {
		n := min(len(ids), pageFacts)
		if err := r.again(ids[:n]); err != nil {
			return err
		}
		ids = ids[n:]
		if r.full() {
			if err := r.flush(r.listingCursor()); err != nil {
				return err
			}
		}
	}
	return nil
}

// listLinks reads the feed of links from its beginning: there is no other list
// of them. Removed ones are in it as well.
func (r *run) listLinks() error {
	types := r.settings.blocks()
	if len(types) == 0 {
		return nil
	}
	_, err := r.read(r.links(stageLinks, types, func(raws []json.RawMessage) error { return r.dependencies(raws) }), "", url.Values{})
	return err
}
