package sync

import (
	"context"
	"fmt"
	"time"

	"plumbline/portfolio"
)

// A Status is where a connection stands.
type Status struct {
	Connection string
	// Last is the newest run, nil before the first.
	Last *portfolio.Run
	// Here tells that this process is reading the connection now.
	Here bool
	// Asked tells that a run was asked for and has not begun.
	Asked bool
	// Due is when it is read next, by the store's clock; the zero time means
	// that it is read only when asked. It may be past.
	Due time.Time
	// Passed is the start of the last complete pass over the connection.
	Passed time.Time
	// Held counts its holds.
	Held int
}

// Status returns where every connection stands, in the order of the
// configuration.
func (e *Engine) Status(ctx context.Context) ([]Status, error) {
	docs, err := e.Replica.At(ctx, 0)
	if err != nil {
		return nil, fmt.Errorf("status of connections: %w", err)
	}
	now, err := e.store.now(ctx)
	if err != nil {
		return nil, err
	}
	held := map[string]int{}
	for v := range docs.Documents(portfolio.KindHold) {
		held[v.Doc.(*portfolio.Hold).Connection]++
	}
	all := make([]Status, len(e.connections))
	for i, c := range e.connections {
		s := Status{Connection: c.ID, Here: len(c.busy) > 0, Held: held[c.ID]}
		s.Last, _ = lastRun(docs, c.ID)
		if due, ever := dueAfter(s.Last, c.Schedule); ever {
			s.Due = due
			if s.Last == nil {
				s.Due = now
			}
		}
		if v, ok := docs.Document(wholePass(c.ID).Key()); ok {
			s.Passed = v.Doc.(*portfolio.Pass).StartedAt
		}
		c.mu.Lock()
		s.Asked = c.asked != nil
		c.mu.Unlock()
		all[i] = s
	}
	return all, nil
}
