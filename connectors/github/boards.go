package github

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"plumbline/connectors/github/ghql"
	"plumbline/portfolio"
)

// board is what the rest of a run needs to know of one.
type board struct {
	id       int64
	node     string
	owner    string
	number   int
	template bool
	updated  time.Time
	record   *boardRecord
	facts    converted
}

// readBoards reads the boards with their status updates and iterations, and
// the items of those that changed.
func (r *run) readBoards() error {
	if r.settings.boards() {
		if err := r.listBoards(r.position.Stage != stageBoards); err != nil {
			return err
		}
	}
	r.complete(stageBoards, scopeBoards, portfolio.KindProject)
	r.complete(stageBoards, scopeIterations, portfolio.KindMilestone)
	r.complete(stageBoards, scopeUpdates, portfolio.KindStatusReport)
	if !r.reads(fromItems) {
		r.complete(stageBoards, scopeItems, portfolio.KindMilestone)
		return nil
	}
	since := r.changedSince()
	for _, b := range r.boards {
		next, done := r.position.done(stageBoards, b.id, 0)
		if done || b.updated.Before(since) {
			continue
		}
		if err := r.items(b, next); err != nil {
			return err
		}
	}
	r.complete(stageBoards, scopeItems, portfolio.KindMilestone)
	r.complete(stageBoards, scopeDependencies, portfolio.KindDependency)
	return nil
}

// listBoards lists the boards of every owner; tell says whether to hand them
// over too.
func (r *run) listBoards(tell bool) error {
	for _, o := range r.owners {
		after := ""
		for range maxPages {
			answer, err := ghql.Boards(r.ctx, queries{r.Connector}, o.Login, after)
			if err != nil {
				return err
			}
			var page struct {
				Boards *connection `json:"projectsV2"`
			}
			if json.Unmarshal(answer.RepositoryOwner, &page) != nil || page.Boards == nil {
				return fmt.Errorf("boards of %s: %w", o.Login, errNoNode)
			}
			for _, raw := range page.Boards.Nodes {
				if err := r.takeBoard(raw, o.Login, tell); err != nil {
					return err
				}
			}
			if after, err = page.Boards.after(after); err != nil {
				return fmt.Errorf("boards of %s: %w", o.Login, err)
			}
			if after == "" {
				break
			}
		}
	}
	if r.partial && len(r.boards) == 0 {
		return &statusError{Status: http.StatusForbidden, Path: "graphql Boards", Says: "there are boards, but none may be seen: the token lacks the permission Projects, or read:project"}
	}
	slices.SortFunc(r.boards, func(a, b board) int { return cmp.Compare(a.id, b.id) })
	return nil
}

func (r *run) takeBoard(raw json.RawMessage, owner string, tell bool) error {
	if string(raw) == "null" { // it may not be seen, so what is missing is not gone
		r.partial = true
		return nil
	}
	v, b := r.board(raw, owner)
	if b.id != 0 && !r.wantsBoard(b) {
		r.unwanted[b.id] = true
		return nil
	}
	b.facts = v
	if tell {
		r.add(v)
	}
	if b.id == 0 {
		return nil
	}
	r.boards = append(r.boards, b)
	r.boardIDs[b.id] = true
	if !tell {
		return nil
	}
	for _, v := range r.iterations(b) {
		r.add(v)
	}
	return r.eachUpdate(b, r.full || r.sweeping, r.add)
}

// wantsBoard tells whether a board is one to read.
func (r *run) wantsBoard(b board) bool {
	named := r.settings.Projects.Boards
	if len(named) == 0 {
		return !b.template
	}
	return slices.ContainsFunc(named, func(name string) bool {
		owner, number := splitBoard(name)
		return strings.EqualFold(owner, b.owner) && number == b.number
	})
}

// iterations are those of all iteration fields of a board.
func (r *run) iterations(b board) []converted {
	var all []converted
	if !r.reads(fromIterations) {
		return nil
	}
	for _, f := range b.record.Fields.Nodes {
		if f.Kind != "ProjectV2IterationField" {
			continue
		}
		for _, raw := range f.Configuration.Done {
			all = append(all, r.iteration(raw, f, true, b))
		}
		for _, raw := range f.Configuration.Open {
			all = append(all, r.iteration(raw, f, false, b))
		}
	}
	return all
}

// eachUpdate uses the status updates of a board: all of them, or the newest,
// which came with it.
func (r *run) eachUpdate(b board, all bool, use func(converted)) error {
	page := b.record.Updates
	after := ""
	for range maxPages {
		for _, raw := range page.Nodes {
			use(r.update(raw, b))
		}
		var err error
		if after, err = page.after(after); err != nil {
			return fmt.Errorf("status updates of %s/%d: %w", b.owner, b.number, err)
		}
		if after == "" || !all {
			return nil
		}
		answer, err := ghql.StatusUpdates(r.ctx, queries{r.Connector}, b.node, after)
		if err != nil {
			return err
		}
		var node struct {
			Updates *connection `json:"statusUpdates"`
		}
		if json.Unmarshal(answer.Node, &node) != nil || node.Updates == nil {
			return fmt.Errorf("status updates of %s/%d: %w", b.owner, b.number, errNoNode)
		}
		page = *node.Updates
	}
	return fmt.Errorf("status updates of %s/%d: %w", b.owner, b.number, errCircles)
}

// items adds the rows of a board, from the cursor on.
func (r *run) items(b board, after string) error {
	return r.eachItem(r.ctx, b, after, func(nodes []json.RawMessage, next string) error {
		list := make([]converted, len(nodes))
		for i, raw := range nodes {
			r.partial = r.partial || string(raw) == "null"
			list[i] = r.item(raw, b, r.boardIDs)
		}
		if err := r.readBlockers(list); err != nil {
			return err
		}
		for _, v := range list {
			r.add(v)
		}
		if r.due() {
			return r.flush(r.at(stageBoards, b.id, 0, next))
		}
		return nil
	})
}

// eachItem reads the rows of a board page by page.
func (r *run) eachItem(ctx context.Context, b board, after string, use func(nodes []json.RawMessage, next string) error) error {
	for range maxPages {
		answer, err := ghql.Items(ctx, queries{r.Connector}, b.node, after)
		if err != nil {
			if hasStatus(err, http.StatusNotFound) {
				return nil // since it was listed
			}
			return err
		}
		var node struct {
			Items *connection `json:"items"`
		}
		if json.Unmarshal(answer.Node, &node) != nil {
			return fmt.Errorf("items of %s/%d: %w", b.owner, b.number, errNoNode)
		}
		if node.Items == nil {
			return nil
		}
		if after, err = node.Items.after(after); err != nil {
			return fmt.Errorf("items of %s/%d: %w", b.owner, b.number, err)
		}
		if err := use(node.Items.Nodes, after); err != nil {
			return err
		}
		if after == "" {
			return nil
		}
	}
	return fmt.Errorf("items of %s/%d: %w", b.owner, b.number, errCircles)
}
