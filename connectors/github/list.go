package github

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"plumbline/connectors"
)

// List implements connectors.Lister: all of everything, where pages that are
// as we know them are seen without being sent. A listing that was interrupted
// begins again at the stage that it was in.
func (c *Connector) List(ctx context.Context, from connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		r, err := c.run(ctx, connectors.Cursor{streamAccount: from[streamAccount]}, yield)
		if err == nil {
			r.sweeping, r.stage = true, from[streamListing].Position
			err = r.sweep()
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, fmt.Errorf("github: %w", err))
		}
	}
}

// sweep runs the stages that come after the one that is done.
func (r *run) sweep() error {
	done := slices.Index(stageOrder, r.stage)
	if done < 0 {
		return fmt.Errorf("%w: it names the stage %q", connectors.ErrCursor, r.stage)
	}
	for n, stage := range stageOrder {
		var err error
		switch {
		case stage == stageRepositories:
			err = r.readRepositories(n > done)
		case n <= done:
		case stage == stageMilestones:
			err = r.readMilestones()
		case stage == stageIssues:
			err = r.readIssues()
		case stage == stageBoards:
			err = r.readBoards()
		}
		if err != nil {
			return err
		}
		if n > done {
			r.stage = stage
			if len(r.page.Complete) > 0 && stage != stageBoards {
				if err := r.flush(r.listingCursor()); err != nil {
					return err
				}
			}
		}
	}
	return r.flush(connectors.Cursor{streamAccount: {Since: r.account}})
}

// listingCursor says which stages are done.
func (r *run) listingCursor() connectors.Cursor {
	return connectors.Cursor{streamListing: {Position: r.stage}, streamAccount: {Since: r.account}}
}
