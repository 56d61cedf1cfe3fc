package limit

import (
	"context"
	"math"
	"sync"
	"time"
)

// A Charge tells what an operation cost its caller and what is left of the
// minute.
type Charge struct {
	Requested int64     `json:"requested"`
	Remaining int64     `json:"remaining"`
	Limit     int64     `json:"-"`
	ResetAt   time.Time `json:"resetAt"`
}

// RetryAfter returns the whole seconds until the minute is over, at least one.
func (c Charge) RetryAfter(now time.Time) int {
	return max(1, int(math.Ceil(c.ResetAt.Sub(now).Seconds())))
}

type chargeKey struct{}

// WithCharge returns a context that carries what the operation was charged.
func WithCharge(ctx context.Context, c Charge) context.Context {
	return context.WithValue(ctx, chargeKey{}, c)
}

// ChargeOf returns what the operation was charged; the zero Charge when nobody
// said.
func ChargeOf(ctx context.Context) Charge {
	c, _ := ctx.Value(chargeKey{}).(Charge)
	return c
}

// Buckets count what each key has spent in the current minute of the clock.
// The zero Buckets are ready for use, by many goroutines.
type Buckets struct {
	mu     sync.Mutex
	minute time.Time
	spent  map[string]int64
}

// Take charges the cost to the key, unless that would spend more than the
// limit within the minute of now; then nothing is charged and ok is false.
func (b *Buckets) Take(key string, cost, limit int64, now time.Time) (charge Charge, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if minute := now.Truncate(time.Minute); b.spent == nil || !minute.Equal(b.minute) {
		// Dropping the whole map keeps no more keys than ask in a minute.
		b.minute, b.spent = minute, make(map[string]int64)
	}
	ok = b.spent[key]+cost <= limit
	if ok {
		b.spent[key] += cost
	}
	return Charge{
		Requested: cost,
		Remaining: max(0, limit-b.spent[key]),
		Limit:     limit,
		ResetAt:   b.minute.Add(time.Minute).UTC(),
	}, ok
}
