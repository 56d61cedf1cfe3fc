package azuredevops

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/inorder"
	"plumbline/portfolio"
)

// brief is what must be known of a work item that something else names.
type brief struct {
	Title, Type, Project string
	Parent               int64
	Gone                 bool // not there, or not for us
}

// itemsByID reads work items. Those that cannot be had are left out.
func (c *Connector) itemsByID(ctx context.Context, ids []int64, fields []string, expand string) ([]json.RawMessage, error) {
	var all []json.RawMessage
	chunks := slices.Collect(slices.Chunk(ids, maxItems))
	for found, err := range inorder.Map(ctx, c.concurrency(), chunks, func(ctx context.Context, ids []int64) ([]json.RawMessage, error) {
		question := struct {
			IDs    []int64  `json:"ids"`
			Fields []string `json:"fields,omitempty"` // never beside expand
			Expand string   `json:"$expand,omitempty"`
			Policy string   `json:"errorPolicy"`
		}{ids, fields, expand, "omit"}
		var list values
		err := c.ask(ctx, "_apis/wit/workitemsbatch", nil, question, &list)
		if hasStatus(err, http.StatusNotFound) { // none of them is there
			return nil, nil
		}
		return slices.DeleteFunc(list.Value, func(raw json.RawMessage) bool { return string(raw) == "null" }), err
	}) {
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// prepare finds out what the conversion of work items depends on: what their
// states mean, and what is above them.
func (r *run) prepare(records []itemRecord) error {
	if err := r.readStates(records); err != nil {
		return err
	}
	var own, above []int64
	for _, rec := range records {
		switch {
		case rec.id <= 0 || rec.deleted():
		case rec.parent() > 0 && !r.bare.Load():
			above = append(above, rec.parent())
		default:
			own = append(own, rec.id) // a feed need not tell the parent
		}
	}
	delete(r.known, 0)
	for _, id := range own {
		delete(r.known, id) // it has changed since it was looked at
	}
	if err := r.know(own); err != nil {
		return err
	}
	var gone []int64
	for _, id := range own {
		if r.known[id].Gone {
			gone = append(gone, id)
		}
	}
	binned, err := r.binnedItems(gone)
	if err != nil {
		return err
	}
	for i, rec := range records {
		records[i].binned = binned[rec.id]
		above = append(above, rec.parent(), r.known[rec.id].Parent)
	}
	return r.knowAbove(above)
}

// maxLevels bounds how far up a hierarchy is followed; processes have five.
const maxLevels = 20

// knowAbove looks at the work items, at what is above them, and so on.
func (r *run) knowAbove(ids []int64) error {
	for range maxLevels {
		if err := r.know(ids); err != nil {
			return err
		}
		var above []int64
		for _, id := range ids {
			if p := r.known[id].Parent; p > 0 {
				above = append(above, p)
			}
		}
		if len(above) == 0 {
			return nil
		}
		ids = above
	}
	return nil
}

// know looks at the work items that were not looked at in this run.
func (r *run) know(ids []int64) error {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id int64) bool {
		_, known := r.known[id]
		return known || id <= 0
	})
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 {
		return nil
	}
	fields, expand := []string{fieldTitle, fieldType, fieldProject, fieldParent}, ""
	if !r.parents { // an older server tells the parent as a relation, beside all fields
		fields, expand = nil, "relations"
	}
	found, err := r.itemsByID(r.ctx, ids, fields, expand)
	if err != nil {
		return err
	}
	for _, id := range ids {
		r.known[id] = brief{Gone: true}
	}
	for _, raw := range found {
		rec := parseItem(raw)
		r.known[rec.id] = brief{Title: rec.text(fieldTitle), Type: rec.text(fieldType), Project: rec.text(fieldProject), Parent: rec.parent()}
	}
	return nil
}

// moved reads the work items again that were given another parent.
func (r *run) moved(raws []json.RawMessage) error {
	var ids []int64
	for _, raw := range raws {
		if l, err := parseLink(raw); err == nil {
			ids = append(ids, l.target())
		}
	}
	slices.Sort(ids)
	return r.again(slices.Compact(ids))
}

// again reads those of the work items that are of a type we read.
func (r *run) again(ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	found, err := r.itemsByID(r.ctx, ids, r.itemFields(), "")
	if err != nil {
		return err
	}
	return r.items(slices.DeleteFunc(found, func(raw json.RawMessage) bool { return !r.reads(parseItem(raw).text(fieldType)) }))
}

// categories maps the categories of states; another one stays empty, and the
// state itself is kept as it is. What is resolved waits for somebody to agree.
var categories = map[string]portfolio.StatusCategory{
	"Proposed": portfolio.StatusTodo, "InProgress": portfolio.StatusInProgress, "Resolved": portfolio.StatusInProgress,
	"Completed": portfolio.StatusDone, "Removed": portfolio.StatusCancelled,
}

// typeOf is a work item type of a project: each may have its own states.
type typeOf struct{ project, name string }

// readStates learns what the states of these work items' types mean, once for
// each type of a project.
func (r *run) readStates(records []itemRecord) error {
	var wanted []typeOf
	for _, rec := range records {
		t := typeOf{r.projectOf[strings.ToLower(rec.text(fieldProject))], strings.ToLower(rec.text(fieldType))}
		if _, known := r.states.Load(t); !known && t.project != "" && r.wants(t.project) && r.reads(t.name) && !slices.Contains(wanted, t) {
			wanted = append(wanted, t)
		}
	}
	for _, err := range inorder.Map(r.ctx, r.concurrency(), wanted, r.readStatesOf) {
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *Connector) readStatesOf(ctx context.Context, t typeOf) (struct{}, error) {
	var list struct {
		Value []struct {
			Name     string `json:"name"`
			Category string `json:"category"`
		} `json:"value"`
	}
	_, err := c.get(ctx, t.project+"/_apis/wit/workitemtypes/"+url.PathEscape(t.name)+"/states", nil, &list)
	if err != nil && !hasStatus(err, http.StatusNotFound) { // the project or the type may just have gone
		return struct{}{}, err
	}
	means := map[string]portfolio.StatusCategory{}
	for _, s := range list.Value {
		means[strings.ToLower(s.Name)] = categories[s.Category]
	}
	c.states.Store(t, means)
	return struct{}{}, nil
}

// category is what a state means; empty when that is not known.
func (c *Connector) category(t typeOf, state string) portfolio.StatusCategory {
	means, ok := c.states.Load(t)
	if !ok {
		return ""
	}
	return means.(map[string]portfolio.StatusCategory)[strings.ToLower(state)]
}

// itemID reads the id of a work item from a document's id.
func itemID(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
