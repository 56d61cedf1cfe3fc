// Package edit turns what people want changed into one commit, or into errors
// that say which of their words to mend. Mutations, imported files and the
// strategy folder all come through here, so that validation, dry runs,
// expected versions, idempotency, authorship and the ownership of files are
// one thing.
//
// It does not parse files or requests and does not compute views. References
// to projects, milestones and people are kept as they were written: the tools
// that know them may not have been read yet.
package edit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"plumbline/portfolio"
	"plumbline/store"
)

// How an editor deals with others.
const (
	// maxAttempts is how often an edit is validated, each time on a newer
	// snapshot, when others change what it rests on. Nobody's edit is refused
	// because of a sync, so more are needed only where many people change the
	// same documents at the same moment.
	maxAttempts = 10
	// settleTime is how long an edit waits for a snapshot that shows it, or
	// that shows what it was refused for.
	settleTime = 5 * time.Second
)

// A Reader has the newest snapshot.
type Reader interface {
	// Snapshot returns it; it never waits.
	Snapshot() *portfolio.Snapshot
	// Wait returns a snapshot that holds the revision, or an error when ctx
	// ends before there is one.
	Wait(ctx context.Context, revision int64) (*portfolio.Snapshot, error)
}

// An Editor makes changes. Its methods may be called by many goroutines.
type Editor struct {
	log    store.Log
	reader Reader
	logger *slog.Logger
}

// New returns an editor of what the log holds; reader must follow the same log.
func New(log store.Log, reader Reader, logger *slog.Logger) *Editor {
	return &Editor{log: log, reader: reader, logger: logger}
}

// Edit does what is asked in one commit, or says all that is wrong with it and
// writes nothing. The portfolio is validated as it will be, so one edit may
// bring a department and its KPIs, in any order. When it returns, the snapshot
// shows the change, unless that takes longer than settleTime.
//
// What the caller can mend is in the result. An error means that nothing is
// known to be written: ErrForbidden when the caller is no editor, ErrConflict
// when others keep changing the same documents, ErrUnavailable when the store
// does not answer; with an idempotency key it is safe to ask again.
func (e *Editor) Edit(ctx context.Context, edit portfolio.Edit) (portfolio.EditResult, error) {
	if !edit.Caller.May(portfolio.RoleEditor) {
		return portfolio.EditResult{}, fmt.Errorf("%w: this needs a key with the role editor", portfolio.ErrForbidden)
	}
	if n := len(edit.Changes); n > portfolio.MaxEdits {
		return portfolio.EditResult{Errors: []portfolio.UserError{{
			Code:    portfolio.UserErrorTooMany,
			Message: fmt.Sprintf("%d changes are too many for one request; send at most %d.", n, portfolio.MaxEdits),
		}}}, nil
	}
	for attempt := 1; ; attempt++ {
		snapshot := e.reader.Snapshot()
		result, err := e.attempt(ctx, snapshot, &edit)
		if err == nil || !errors.Is(err, store.ErrConflict) || attempt == maxAttempts {
			return result, err
		}
		e.logger.DebugContext(ctx, "edit is validated again", "attempt", attempt, "error", err)
		if err := e.await(ctx, snapshot.Position().Revision+1); err != nil {
			return portfolio.EditResult{}, fmt.Errorf("%w: what others changed does not show: %w", portfolio.ErrUnavailable, err)
		}
	}
}

// attempt validates the edit on the snapshot and commits it. Whatever the
// verdict rests on must still be so, or the commit is an ErrConflict.
func (e *Editor) attempt(ctx context.Context, snapshot *portfolio.Snapshot, edit *portfolio.Edit) (portfolio.EditResult, error) {
	var now time.Time
	if !edit.DryRun {
		var err error
		if now, err = e.log.Now(ctx); err != nil {
			return portfolio.EditResult{}, fmt.Errorf("edit: %w", err)
		}
		now = now.UTC().Truncate(time.Millisecond) // as it is stored
	}
	d := newDraft(snapshot, edit)
	memory, err := recall(d, now)
	if err != nil {
		return portfolio.EditResult{}, err
	}
	if memory.answered {
		return memory.result, nil
	}
	result := d.judge()
	if len(result.Errors) > 0 || edit.DryRun {
		return result, nil
	}
	change := d.change(now)
	if err := memory.note(&change, result, now); err != nil {
		return portfolio.EditResult{}, err
	}
	if len(change.Put)+len(change.Delete) == 0 {
		return result, nil
	}
	commit, err := e.log.Commit(ctx, change)
	if err != nil {
		return portfolio.EditResult{}, fmt.Errorf("edit: %w", err)
	}
	stamp(&result, commit.Revision)
	if err := e.await(ctx, commit.Revision); err != nil {
		e.logger.WarnContext(ctx, "an edit was committed and does not show yet", "revision", commit.Revision, "error", err)
	}
	return result, nil
}

// await waits until the snapshot holds the revision.
func (e *Editor) await(ctx context.Context, revision int64) error {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	_, err := e.reader.Wait(ctx, revision)
	return err
}

// stamp puts the revision of the commit on what it wrote.
func stamp(result *portfolio.EditResult, revision int64) {
	for i := range result.Outcomes {
		switch o := &result.Outcomes[i]; o.What {
		case portfolio.OutcomeCreated, portfolio.OutcomeUpdated:
			o.Version, result.Revision = revision, revision
		case portfolio.OutcomeDeleted:
			result.Revision = revision
		}
	}
}
