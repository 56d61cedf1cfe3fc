package asana

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"plumbline/connectors"
)

// List implements connectors.Lister. It tells records, not only ids: a page of
// ids costs Asana's limits as much as one of records, and events are given at
// most once, so this is what finds a change whose event was lost. A listing
// that was interrupted begins again, for it is one that all scopes share.
func (c *Connector) List(ctx context.Context, from connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		r, err := c.run(ctx, connectors.Cursor{streamAccount: from[streamAccount]}, yield)
		if err == nil {
			r.sweep = true
			err = r.everything()
		}
		if err == nil {
			err = r.flush(r.at())
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, fmt.Errorf("asana: %w", err))
		}
	}
}
