package gitlab

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// overlap is read again before the last run: a change that took long to be
// written shows late, under the time at which it began.
const overlap = 15 * time.Minute

// Pull implements connectors.Connector. From the zero cursor it reads
// everything. Later it lists all groups and projects, a hundred with each
// request, and asks for the milestones, epics and issues that changed: once for
// each group that lies in no other. GitLab's time of change does not tell what
// was deleted, who lost a label, or what followed from an edit elsewhere: that
// waits for List.
func (c *Connector) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return c.read(ctx, since, func(*run) {})
}

// List implements connectors.Lister: everything in full, with all links. A
// listing that was interrupted begins again at the stage that it was in.
func (c *Connector) List(ctx context.Context, from connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return c.read(ctx, connectors.Cursor{streamAccount: from[streamAccount]}, func(r *run) {
		r.sweeping, r.listed = true, from[streamListing].Position
	})
}

func (c *Connector) read(ctx context.Context, since connectors.Cursor, prepare func(*run)) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		r, err := c.run(ctx, since, yield)
		if err == nil {
			prepare(r)
			err = r.everything()
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, fmt.Errorf("gitlab: %w", err))
		}
	}
}

// A stage reads one scope, or what changed in several.
type stage struct {
	name string
	of   portfolio.Kind
	read func(after int64) error
	// always says that a quick run lists the scope completely too.
	always bool
	// also are scopes that the same listing covers.
	also []connectors.Scope
}

func (r *run) stages() []stage {
	list := []stage{
		{name: scopeGroups, of: portfolio.KindProject, read: r.tellGroups, always: true},
		{name: scopeProjects, of: portfolio.KindProject, read: r.tellProjects, always: true},
		{name: scopeGroupMilestones, of: portfolio.KindMilestone, read: r.groupMilestones},
		{name: scopeMilestones, of: portfolio.KindMilestone, read: r.projectMilestones},
		{name: scopeEpics, of: portfolio.KindMilestone, read: r.readEpics},
		{name: scopeIssues, of: portfolio.KindMilestone, read: r.readIssues, also: []connectors.Scope{{Name: scopeRisks, Of: portfolio.KindRisk}}},
		{name: scopeEpicLinks, of: portfolio.KindDependency, read: r.readEpicLinks, always: true},
		{name: scopeIssueLinks, of: portfolio.KindDependency, read: r.readIssueLinks},
	}
	if r.quick() {
		list = append(list, stage{name: stageGroupChanges, read: r.changedInGroups}, stage{name: stageProjectChanges, read: r.changedInProjects})
	}
	return list
}

// everything runs the stages. A run that was interrupted goes on where it was;
// a scope that was begun by another process is then read to its end but not
// called complete.
func (r *run) everything() error {
	from := r.position
	if from.Stage == "" && !r.sweeping {
		r.position.Started, r.position.Owners = r.started, r.ownersHash()
	}
	r.chooseOwners()
	reached := from.Stage == "" && r.listed == ""
	for _, s := range r.stages() {
		after := int64(0)
		switch {
		case reached:
		case r.sweeping:
			reached = s.name == r.listed
			continue
		case s.name != from.Stage:
			continue
		default:
			reached, after = true, from.After
		}
		r.stage = s.name
		if err := s.read(after); err != nil {
			return err
		}
		if after == 0 && (s.always || !r.quick()) { // else another process saw the beginning
			r.page.Complete = append(append(r.page.Complete, connectors.Scope{Name: s.name, Of: s.of}), s.also...)
		}
		if r.sweeping {
			r.listed = s.name
			if err := r.flush(r.at(0)); err != nil {
				return err
			}
		}
	}
	if !reached {
		return fmt.Errorf("%w: it stands in a stage %q that there is not", connectors.ErrCursor, from.Stage+r.listed)
	}
	return r.finish()
}
