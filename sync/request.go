package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"plumbline/portfolio"
	"plumbline/store"
)

// A Request asks for runs now.
type Request struct {
	// Connections are their ids; none means all.
	Connections []string
	// Full reads everything, whatever the cursor says, and believes the tool
	// also where its clock went back.
	Full bool
	// Sweep makes the complete listings after reading the changes.
	Sweep bool
	// DryRun lists what would change and writes nothing.
	DryRun bool
	// AcceptNewSite takes another instance of the tool under the same
	// connection for the new truth.
	AcceptNewSite bool
	// Progress is told after each page, by many goroutines; nil is nobody.
	Progress func(Progress)

	file *incoming // in place of what the connection reads itself
}

// and joins two requests that wait for the same connection.
func (r Request) and(other Request) Request {
	r.Full = r.Full || other.Full
	r.Sweep = r.Sweep || other.Sweep
	r.AcceptNewSite = r.AcceptNewSite || other.AcceptNewSite
	return r
}

// Sync makes one run of each connection named and returns when all have
// ended. What failed is in the rows; the error tells only that the request
// itself made no sense. A connection that another process is reading is
// waited for. When ctx ends the runs finish their page and are left to be
// resumed.
func (e *Engine) Sync(ctx context.Context, req Request) (Report, error) {
	chosen, err := e.chosen(req.Connections)
	if err != nil {
		return Report{}, err
	}
	report := Report{Rows: make([]Row, len(chosen))}
	var all sync.WaitGroup
	for i, c := range chosen {
		all.Go(func() { report.Rows[i] = e.insist(ctx, c, req) })
	}
	all.Wait()
	return report, nil
}

// insist makes a run as soon as the connection is free.
func (e *Engine) insist(ctx context.Context, c *connection, req Request) Row {
	for {
		row, err := e.readOnce(ctx, c, req)
		if err == nil {
			return row
		}
		if !errors.Is(err, errHeld) {
			row.Connection = c.ID
			row.Err = errors.Join(row.Err, err)
			return row
		}
		select {
		case <-e.Clock.After(e.poll()):
		case <-ctx.Done():
			return Row{Connection: c.ID, Err: fmt.Errorf("%w: %w", err, ctx.Err())}
		}
	}
}

// Start asks the scheduler for runs and returns at once. A dry run cannot be
// started: there would be nobody to show it to.
func (e *Engine) Start(req Request) error {
	if req.DryRun {
		return fmt.Errorf("%w: a dry run cannot be started in the background", portfolio.ErrInvalid)
	}
	chosen, err := e.chosen(req.Connections)
	if err != nil {
		return err
	}
	for _, c := range chosen {
		c.ask(req)
	}
	return nil
}

// Confirm says in the author's name that the losses of a hold are real. The
// next sweep writes them; it is asked for at once.
func (e *Engine) Confirm(ctx context.Context, key portfolio.Key, author string) (*portfolio.Hold, error) {
	docs, err := e.Replica.At(ctx, 0)
	if err != nil {
		return nil, fmt.Errorf("confirm %s: %w", key, err)
	}
	v, ok := docs.Document(key)
	hold, isHold := v.Doc.(*portfolio.Hold)
	if !ok || !isHold {
		return nil, fmt.Errorf("%w: there is no hold %q; it may have ended by itself", portfolio.ErrNotFound, key.ID)
	}
	confirmed := *hold
	confirmed.ConfirmedBy = author
	_, err = e.Log.Commit(ctx, store.Change{
		Put:    []portfolio.Document{&confirmed},
		Expect: map[portfolio.Key]int64{key: v.Rev},
		Author: author,
	})
	if err != nil {
		return nil, fmt.Errorf("confirm %s: %w", key, err)
	}
	if c, err := e.connection(hold.Connection); err == nil {
		c.ask(Request{Sweep: true})
	}
	return &confirmed, nil
}

func (e *Engine) chosen(ids []string) ([]*connection, error) {
	if len(ids) == 0 {
		return e.connections, nil
	}
	var chosen []*connection
	var unknown error
	for _, id := range ids {
		c, err := e.connection(id)
		unknown = errors.Join(unknown, err)
		if !slices.Contains(chosen, c) {
			chosen = append(chosen, c)
		}
	}
	return chosen, unknown
}
