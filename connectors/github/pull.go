package github

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"plumbline/connectors"
)

// overlap is read again before the time of the last run.
const overlap = 15 * time.Minute

// Pull implements connectors.Connector. From the zero cursor it reads
// everything and so completes every scope. Otherwise it reads the issues that
// changed, the boards that did, and every page of repositories and milestones,
// which have no list of changes, but for those that GitHub says we know.
func (c *Connector) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		r, err := c.run(ctx, since, yield)
		if err == nil {
			r.full = since[streamItems].Since == ""
			r.mark = c.memory.begin(since[streamMemory].Since)
			err = r.everything()
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, fmt.Errorf("github: %w", err))
		}
	}
}

// everything runs the stages that are not behind us.
func (r *run) everything() error {
	if err := r.readRepositories(!r.position.past(stageRepositories)); err != nil {
		return err
	}
	for _, s := range []struct {
		name string
		read func() error
	}{{stageMilestones, r.readMilestones}, {stageIssues, r.readIssues}, {stageBoards, r.readBoards}} {
		if r.position.past(s.name) {
			continue
		}
		if err := s.read(); err != nil {
			return err
		}
	}
	return r.finish()
}
