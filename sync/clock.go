package sync

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A Clock is the process's own clock. The engine measures with it and never
// writes its readings down: instants in documents are the store's.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

type ownClock struct{}

func (ownClock) Now() time.Time                         { return time.Now() }
func (ownClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// clockReuse is how long a reading of the store's clock is carried forward by
// our own, so that a page does not cost a question to the store.
const clockReuse = 10 * time.Second

// storeClock tells the store's time.
type storeClock struct {
	log Log
	own Clock

	mu     sync.Mutex
	at     time.Time // the store's reading
	readAt time.Time // ours when it was taken
}

// now returns the store's time in UTC, truncated to what the store keeps.
func (c *storeClock) now(ctx context.Context) (time.Time, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	passed := c.own.Now().Sub(c.readAt)
	if c.at.IsZero() || passed < 0 || passed > clockReuse {
		at, err := c.log.Now(ctx)
		if err != nil {
			return time.Time{}, fmt.Errorf("read the store's clock: %w", err)
		}
		c.at, c.readAt, passed = at, c.own.Now(), 0
	}
	return c.at.Add(passed).UTC().Truncate(time.Millisecond), nil
}

// last returns the store's time as far as it is known without asking.
func (c *storeClock) last() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at.Add(c.own.Now().Sub(c.readAt)).UTC().Truncate(time.Millisecond)
}
