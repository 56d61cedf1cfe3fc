package graph

import (
	"context"
	"math"

	"plumbline/graph/limit"
	"plumbline/graph/model"
)

// rateLimit shows the charge of the operation that asks for it.
func rateLimit(ctx context.Context) *model.RateLimit {
	charge := limit.ChargeOf(ctx)
	return &model.RateLimit{
		Cost:      whole(charge.Requested),
		Limit:     whole(charge.Limit),
		Used:      whole(charge.Limit - charge.Remaining),
		Remaining: whole(charge.Remaining),
		ResetAt:   charge.ResetAt,
	}
}

// whole is a number that GraphQL's Int can hold: a larger one is shown as the
// largest.
func whole(n int64) int { return int(min(n, math.MaxInt32)) }
