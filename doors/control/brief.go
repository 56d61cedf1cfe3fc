package control

import (
	"context"

	"plumbline/portfolio"
)

// A BriefRequest says which briefing is wanted.
type BriefRequest struct {
	Format     string           `json:"format"` // md or html
	Period     portfolio.Period `json:"period"`
	Department string           `json:"department,omitempty"` // key; empty is the whole portfolio
	On         portfolio.Date   `json:"on,omitzero"`          // the last day; zero is today
}

// Brief implements Operator.
func (c *Client) Brief(ctx context.Context, request BriefRequest) (File, error) {
	return call[File](ctx, c, "/brief", request, nil)
}
