package azuredevops

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// lag is how far before the start of a full run the hierarchy is followed from.
const lag = 15 * time.Minute

// Pull implements connectors.Connector. From the zero cursor it reads
// everything and so completes every scope; otherwise it follows the feeds from
// where they ended. Projects come with every run; iterations have no time of
// change, so they wait for List.
func (c *Connector) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		r, err := c.run(ctx, since, yield)
		if err == nil {
			err = r.pull(since[streamItems].Since == "")
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, fmt.Errorf("azuredevops: %w", err))
		}
	}
}

// pull is one run through all the stages that are not behind it.
func (r *run) pull(everything bool) error {
	if !r.position.past(stageProjects) {
		r.tellProjects()
		if everything {
			r.complete(stageProjects, connectors.Scope{Name: scopeProjects, Of: portfolio.KindProject})
		}
	}
	if everything && !r.position.past(stageIterations) {
		if err := r.iterations(r.position.after(stageIterations)); err != nil {
			return err
		}
		r.complete(stageIterations, connectors.Scope{Name: scopeIterations, Of: portfolio.KindMilestone})
	}
	if !r.position.past(stageItems) {
		if everything {
			if err := r.readPast(); err != nil {
				return err
			}
		}
		if err := r.pullItems(everything); err != nil {
			return err
		}
		r.forgetPast()
	}
	if !r.position.past(stageLinks) {
		if err := r.pullLinks(everything); err != nil {
			return err
		}
	}
	tree, err := r.pullTree()
	if err != nil {
		return err
	}
	return r.finish(tree)
}

// from is where a stage's feed goes on: where this run left it, or the last.
func (r *run) from(stage, stream string) string {
	if at := r.position.after(stage); at != "" {
		return at
	}
	return r.since[stream].Since
}

func (r *run) pullItems(everything bool) (err error) {
	if len(r.settings.itemTypes()) == 0 {
		r.position.Items = nothing
		return nil
	}
	if r.position.Items, err = r.read(r.revisions(), r.from(stageItems, streamItems), url.Values{}); err != nil {
		return err
	}
	if everything {
		r.complete(stageItems,
			connectors.Scope{Name: scopeItemProjects, Of: portfolio.KindProject},
			connectors.Scope{Name: scopeItems, Of: portfolio.KindMilestone},
			connectors.Scope{Name: scopeRisks, Of: portfolio.KindRisk})
	}
	return nil
}

// nothing stands for the token of a feed that is not read, so that the next
// run is no full one.
const nothing = "-"

func (r *run) pullLinks(everything bool) (err error) {
	types := r.settings.blocks()
	if len(types) == 0 {
		return nil
	}
	f := r.links(stageLinks, types, r.dependencies)
	if r.position.Links, err = r.read(f, r.from(stageLinks, streamLinks), url.Values{}); err != nil {
		return err
	}
	if everything {
		r.complete(stageLinks, connectors.Scope{Name: scopeLinks, Of: portfolio.KindDependency})
	}
	return nil
}

// pullTree reads the work items again whose parent changed: the change of a
// link is told by the feed of links, and not always as a revision of both its
// ends. A full run has read everything, so it only finds the feed's end.
func (r *run) pullTree() (string, error) {
	if len(r.settings.itemTypes()) == 0 {
		return "", nil
	}
	token, start := r.from(stageTree, streamTree), r.started.Add(-lag).Format(time.RFC3339)
	if at, ok := strings.CutPrefix(token, asOf); ok {
		token, start = "", at
	}
	token, err := r.read(r.links(stageTree, []string{hierarchyType}, r.moved), token, url.Values{"startDateTime": {start}})
	if err == nil && token == "" { // nothing has happened since, so there is no token yet
		token = asOf + start
	}
	return token, err
}

// asOf marks a time in place of a token.
const asOf = "@"

// tellProjects hands over the projects of the session.
func (r *run) tellProjects() {
	if !r.realProjects {
		return
	}
	for _, p := range r.projects {
		r.add(r.project(p.raw))
	}
}

// items converts a batch of work items.
func (r *run) items(raws []json.RawMessage) error {
	records := make([]itemRecord, len(raws))
	for i, raw := range raws {
		records[i] = parseItem(raw)
	}
	if err := r.prepare(records); err != nil {
		return err
	}
	for _, record := range records {
		r.add(r.item(record))
	}
	return nil
}
