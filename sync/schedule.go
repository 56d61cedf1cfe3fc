package sync

import (
	"fmt"
	"hash/fnv"
	"time"

	"github.com/robfig/cron/v3"

	"plumbline/portfolio"
)

// A Schedule says when a connection is read again.
type Schedule interface {
	// Next returns the first due time after the start of the last run.
	Next(after time.Time) time.Time
}

// Every is the schedule that reads again so long after the last start.
type Every time.Duration

// Next implements Schedule.
func (e Every) Next(after time.Time) time.Time { return after.Add(time.Duration(e)) }

// Cron reads a five-field cron expression, or one like @daily, whose times
// are those of the zone.
func Cron(expression string, zone *time.Location) (Schedule, error) {
	s, err := cron.ParseStandard(expression)
	if err != nil {
		return nil, fmt.Errorf("%w: schedule %q: %w", portfolio.ErrInvalid, expression, err)
	}
	return cronSchedule{s, zone}, nil
}

type cronSchedule struct {
	cron cron.Schedule
	zone *time.Location
}

func (s cronSchedule) Next(after time.Time) time.Time { return s.cron.Next(after.In(s.zone)).UTC() }

const (
	// jitterShare of the distance between two due times, at most maxJitter,
	// spreads connections that share a schedule.
	jitterShare = 10
	maxJitter   = time.Minute
	// minRest is the shortest pause between two runs of one connection.
	minRest = time.Second
)

// dueAfter returns when a connection is due after its last run, by the
// store's clock; never is reported by false. The jitter depends on the run
// alone, so that all replicas tell the same time.
func dueAfter(last *portfolio.Run, s Schedule) (due time.Time, ever bool) {
	switch {
	case last == nil:
		return time.Time{}, s != nil
	case last.State == portfolio.RunParked:
		return last.ParkedTill, true
	case s == nil:
		return time.Time{}, false
	}
	next := s.Next(last.StartedAt)
	if next.IsZero() { // a cron expression such as 30 February
		return time.Time{}, false
	}
	next = next.Add(jitter(last, next.Sub(last.StartedAt)))
	if rested := last.EndedAt.Add(minRest); next.Before(rested) {
		next = rested
	}
	return next, true
}

func jitter(last *portfolio.Run, distance time.Duration) time.Duration {
	spread := min(distance/jitterShare, maxJitter)
	if spread <= 0 {
		return 0
	}
	h := fnv.New64a()
	fmt.Fprint(h, last.Connection, last.Number)
	return time.Duration(h.Sum64() % uint64(spread)).Truncate(time.Millisecond)
}
