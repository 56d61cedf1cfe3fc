package replica

import (
	"context"
	"time"

	"plumbline/portfolio"
)

// news is what following yields.
type news struct {
	commit portfolio.Commit
	err    error
}

// commitsAhead is how many commits may wait to be applied.
const commitsAhead = 16

// follow applies commits to the snapshot until the log fails or ctx ends, and
// returns the last snapshot with the reason. A commit that comes alone is
// published at once; while they stream, only the newest snapshot is, at the
// pace of PublishEvery.
func (r *Replica) follow(ctx context.Context, working *portfolio.Snapshot) (*portfolio.Snapshot, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	arriving := make(chan news, commitsAhead)
	go r.receive(ctx, working.Position(), arriving)
	var histories chan []portfolio.Versioned
	if working.Observed().Pending() {
		histories = make(chan []portfolio.Versioned, 1)
		go r.readObserved(ctx, working.Today(), histories)
	}

	var (
		lastPublish time.Time
		due         <-chan time.Time
		pending     bool
	)
	publish := func() {
		r.publish(working)
		lastPublish, due, pending = time.Now(), nil, false
	}
	for {
		select {
		case n, ok := <-arriving:
			if !ok { // ctx has ended
				return working, ctx.Err()
			}
			if n.err != nil {
				if pending {
					publish()
				}
				return working, n.err
			}
			if n.commit.Revision == 0 {
				r.up()
				continue
			}
			working, _ = working.Apply(n.commit)
			wait := r.options.PublishEvery - time.Since(lastPublish)
			switch {
			case wait <= 0:
				publish()
			case !pending:
				pending, due = true, time.After(wait)
			}
		case docs := <-histories:
			working = working.WithObserved(working.Observed().Completed(docs))
			publish()
		case <-due:
			publish()
		}
	}
}

// receive hands on what the log yields; the zero commit says that the log has
// answered. It closes the channel when it ends.
func (r *Replica) receive(ctx context.Context, after portfolio.Position, to chan<- news) {
	defer close(to)
	send := func(n news) bool {
		select {
		case to <- n:
			return true
		case <-ctx.Done():
			return false
		}
	}
	// Following yields nothing while there is nothing new, so the clock is
	// asked to learn whether the store is there at all.
	if _, err := r.log.Now(ctx); err != nil {
		send(news{err: err})
		return
	}
	if !send(news{}) {
		return
	}
	for commit, err := range r.log.Follow(ctx, after) {
		if !send(news{commit: commit, err: err}) || err != nil {
			return
		}
	}
}
