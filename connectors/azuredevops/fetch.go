package azuredevops

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"plumbline/connectors"
	"plumbline/internal/inorder"
	"plumbline/portfolio"
)

// Fetch implements connectors.Fetcher.
func (c *Connector) Fetch(ctx context.Context, lost []portfolio.ToolFact) ([]connectors.Fetched, error) {
	r, err := c.run(ctx, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("azuredevops: %w", err)
	}
	f := &fetcher{run: r}
	f.binned = sync.OnceValues(f.readBinned)
	var items, links, others []portfolio.ToolFact
	for _, fact := range lost {
		switch fact.Origin().Kind {
		case kindItem:
			items = append(items, fact)
		case kindLink:
			links = append(links, fact)
		default:
			others = append(others, fact)
		}
	}
	for _, step := range []func() error{
		func() error { return f.fetchItems(items) },
		func() error { return f.fetchLinks(links) },
		func() error { return f.fetchOthers(others) },
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("azuredevops: %w", err)
		}
	}
	return f.found, nil
}

// fetcher finds out what became of records that a listing lacked.
type fetcher struct {
	*run
	found  []connectors.Fetched
	binned func() (map[string]bool, error) // ids of the projects in the bin
}

// readBinned lists the projects that were deleted. Who may not see them learns
// nothing by it.
func (f *fetcher) readBinned() (map[string]bool, error) {
	binned := map[string]bool{}
	err := f.listProjects(f.ctx, "deleted", func(raw json.RawMessage) {
		var p projectRecord
		if json.Unmarshal(raw, &p) == nil {
			binned[strings.ToLower(p.ID)] = true
		}
	})
	if hasStatus(err, http.StatusForbidden) {
		err = nil
	}
	return binned, err
}

// lostProject tells why a project cannot be seen: the bin keeps it for 28
// days, and after that a deleted one looks like one that is not for us.
func (f *fetcher) lostProject(id string) (portfolio.Presence, error) {
	binned, err := f.binned()
	if binned[id] {
		return portfolio.PresenceDeleted, err
	}
	return portfolio.PresenceAccessLost, err
}

// there tells whether a project is visible, whether it is wanted or not.
func (f *fetcher) there(id string) bool {
	for _, other := range f.projectOf {
		if other == id {
			return true
		}
	}
	return false
}

// projectOfFact is the id of the Azure DevOps project in which a record was,
// as far as the fact tells.
func (f *fetcher) projectOfFact(fact portfolio.ToolFact) string {
	var above string
	switch fact := fact.(type) {
	case *portfolio.MilestoneFact:
		above = fact.Project
	case *portfolio.RiskFact:
		above = fact.Project
	case *portfolio.ProjectFact:
		above = fact.Parent
	}
	if kind, id := f.bareKind(above); kind == kindProject {
		return id
	}
	return ""
}

// fetchItems asks for work items directly, by their ids, so that one that was
// moved is found wherever it is now.
func (f *fetcher) fetchItems(lost []portfolio.ToolFact) error {
	for chunk := range slices.Chunk(lost, pageFacts) {
		ids := make([]int64, 0, len(chunk))
		for _, fact := range chunk {
			if id := itemID(fact.Origin().ID); id > 0 {
				ids = append(ids, id)
			}
		}
		raws, err := f.itemsByID(f.ctx, ids, f.itemFields(), "")
		if err != nil {
			return err
		}
		records := map[int64]itemRecord{}
		var all []itemRecord
		for _, raw := range raws {
			r := parseItem(raw)
			records[r.id] = r
			all = append(all, r)
		}
		if err := f.prepare(all); err != nil {
			return err
		}
		binned, err := f.binnedItems(slices.DeleteFunc(ids, func(id int64) bool { return records[id].id == id }))
		if err != nil {
			return err
		}
		for _, fact := range chunk {
			found, err := f.judge(fact, records, binned)
			if err != nil {
				return err
			}
			f.found = append(f.found, found)
		}
	}
	return nil
}

// judge decides what became of one work item. Azure DevOps gives the same
// answer for one that was destroyed and one in an area that is closed to us,
// so only the bin, its own or that of projects, speaks of a deletion.
func (f *fetcher) judge(lost portfolio.ToolFact, records map[int64]itemRecord, binned map[int64]bool) (connectors.Fetched, error) {
	out := connectors.Fetched{Key: lost.Key()}
	id := itemID(lost.Origin().ID)
	r, ok := records[id]
	switch project := f.projectOfFact(lost); {
	case ok:
	case id == 0 || binned[id]:
		out.Presence = portfolio.PresenceDeleted
		return out, nil
	case project == "" || f.there(project):
		out.Presence = portfolio.PresenceAccessLost
		return out, nil
	default:
		var err error
		out.Presence, err = f.lostProject(project)
		return out, err
	}
	v := f.item(r)
	if v.quarantined != nil {
		v.quarantined.Of = lost.Key().Kind // as it was known when it could be read
		out.Unreadable = v.quarantined
		return out, nil
	}
	for _, fact := range v.facts {
		if fact.Key() == lost.Key() {
			out.Fact = fact
			return out, nil
		}
	}
	out.Presence = portfolio.PresenceOutOfScope
	return out, nil
}

// fetchLinks looks at one end of each link, which has its links in it.
func (f *fetcher) fetchLinks(lost []portfolio.ToolFact) error {
	ends := map[int64]bool{}
	for _, fact := range lost {
		source, target := linkEndsOf(fact)
		ends[source], ends[target] = true, true
	}
	delete(ends, 0)
	var ids []int64
	for id := range ends {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	raws, err := f.itemsByID(f.ctx, ids, nil, "relations")
	if err != nil {
		return err
	}
	records := map[int64]itemRecord{}
	for _, raw := range raws {
		r := parseItem(raw)
		records[r.id] = r
	}
	for _, fact := range lost {
		f.found = append(f.found, judgeLink(fact, records))
	}
	return nil
}

// linkEndsOf are the work items that a link was between.
func linkEndsOf(fact portfolio.ToolFact) (source, target int64) {
	before, rest, _ := strings.Cut(fact.Origin().ID, "-")
	after, _, _ := strings.Cut(rest, "-")
	return itemID(before), itemID(after)
}

// judgeLink decides what became of a link. Where an end can be seen, it is
// there or was removed; where neither can, nothing speaks for it.
func judgeLink(lost portfolio.ToolFact, records map[int64]itemRecord) connectors.Fetched {
	source, target := linkEndsOf(lost)
	kind := dependencyType
	if parts := strings.SplitN(lost.Origin().ID, "-", 3); len(parts) == 3 {
		kind = parts[2]
	}
	has := func(at int64, rel string, other int64) bool {
		return slices.ContainsFunc(records[at].links, func(l relation) bool { return l.Rel == rel && l.target() == other })
	}
	out := connectors.Fetched{Key: lost.Key(), Presence: portfolio.PresenceDeleted}
	if has(source, kind+forward, target) || has(target, kind+reverse, source) {
		out.Presence = portfolio.PresenceOutOfScope // neither end is read any longer
	}
	return out
}

// fetchOthers asks for projects and iterations.
func (f *fetcher) fetchOthers(lost []portfolio.ToolFact) error {
	trees := map[string]json.RawMessage{}
	for _, fact := range lost {
		if project := f.projectOfFact(fact); fact.Origin().Kind == kindIteration && f.there(project) {
			trees[project] = nil
		}
	}
	projects := make([]projectRecord, 0, len(trees))
	for id := range trees {
		projects = append(projects, projectRecord{ID: id})
	}
	slices.SortFunc(projects, func(a, b projectRecord) int { return strings.Compare(a.ID, b.ID) })
	i := 0
	for raw, err := range inorder.Map(f.ctx, f.concurrency(), projects, f.iterationsOf) {
		if err != nil {
			return err
		}
		trees[projects[i].ID] = raw
		i++
	}
	for _, fact := range lost {
		var found connectors.Fetched
		var err error
		switch fact.Origin().Kind {
		case kindProject:
			found, err = f.fetchProject(fact)
		case kindIteration:
			found, err = f.fetchIteration(fact, trees)
		}
		if err != nil {
			return err
		}
		if found.Key.ID != "" {
			f.found = append(f.found, found)
		}
	}
	return nil
}

// fetchProject tells what became of a project: the run's own listing of them
// is younger than the one that lacked it.
func (f *fetcher) fetchProject(lost portfolio.ToolFact) (connectors.Fetched, error) {
	out := connectors.Fetched{Key: lost.Key()}
	id := lost.Origin().ID
	var err error
	switch i := slices.IndexFunc(f.projects, func(p projectRecord) bool { return p.ID == id }); {
	case !f.there(id):
		out.Presence, err = f.lostProject(id)
	case !f.realProjects || i < 0:
		out.Presence = portfolio.PresenceOutOfScope
	default:
		v := f.project(f.projects[i].raw)
		if out.Unreadable = v.quarantined; v.quarantined == nil {
			out.Fact = v.facts[0]
		}
	}
	return out, err
}

// fetchIteration looks an iteration up in the tree of its project.
func (f *fetcher) fetchIteration(lost portfolio.ToolFact, trees map[string]json.RawMessage) (connectors.Fetched, error) {
	out := connectors.Fetched{Key: lost.Key()}
	project := f.projectOfFact(lost)
	raw := trees[project]
	switch {
	case project == "":
		return connectors.Fetched{}, nil // it was never read, so nothing tells where it was
	case raw == nil:
		var err error
		out.Presence, err = f.lostProject(project)
		return out, err
	case !f.wants(project) || !f.readsIterations():
		out.Presence = portfolio.PresenceOutOfScope
		return out, nil
	}
	i := slices.IndexFunc(f.projects, func(p projectRecord) bool { return p.ID == project })
	for _, v := range f.iterationNodes(raw, f.projects[i]) {
		switch {
		case v.quarantined != nil && v.quarantined.ID == lost.Origin().ID:
			out.Unreadable = v.quarantined
			return out, nil
		case v.quarantined == nil && v.facts[0].Key() == lost.Key():
			out.Fact = v.facts[0]
			return out, nil
		}
	}
	out.Presence = portfolio.PresenceDeleted
	if strings.Contains(strings.ToLower(string(raw)), `"`+lost.Origin().ID+`"`) {
		out.Presence = portfolio.PresenceOutOfScope // it is there and lost its dates
	}
	return out, nil
}
