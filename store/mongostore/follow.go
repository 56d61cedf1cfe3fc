package mongostore

import (
	"context"
	"fmt"
	"iter"
	"time"

	"plumbline/portfolio"
	"plumbline/store"
)

// Follow looks for new commits every PollEvery, and at once after a commit of
// this process. Each look begins with the record that was read last and its
// hash, so that a database which was restored or reset meanwhile is noticed
// even when it has commits of the same numbers.
func (s *Store) Follow(ctx context.Context, after portfolio.Position) iter.Seq2[portfolio.Commit, error] {
	return func(yield func(portfolio.Commit, error) bool) {
		fail := func(err error) {
			yield(portfolio.Commit{}, fmt.Errorf("follow after revision %d: %w", after.Revision, err))
		}
		for {
			// Taken before looking, so that no commit falls between.
			news, err := s.changed()
			if err == nil {
				err = ctx.Err()
			}
			var next []store.Record
			if err == nil {
				_, next, err = s.recordsAfter(ctx, after)
			}
			if err != nil {
				fail(err)
				return
			}
			for _, r := range next {
				commit, err := s.readCommit(ctx, r)
				if err != nil {
					fail(err)
					return
				}
				s.advance(r)
				if !yield(commit, nil) {
					return
				}
				after = commit.Position
			}
			if len(next) > 0 {
				continue
			}
			select {
			case <-news:
			case <-time.After(s.options.PollEvery):
			case <-ctx.Done():
			}
		}
	}
}

// readCommit adds the documents to a commit.
func (s *Store) readCommit(ctx context.Context, r store.Record) (portfolio.Commit, error) {
	entries, err := s.readBatch(ctx, r)
	if err != nil {
		return portfolio.Commit{}, err
	}
	commit := r.Commit()
	lenient := s.lenient() || r.Format > store.Format
	for _, e := range entries {
		if e.Deleted() {
			commit.Delete = append(commit.Delete, e.Key)
			continue
		}
		if lenient && e.Key.Kind.Schema() == 0 {
			continue
		}
		doc, err := store.Decode(e.Key.Kind, e.Body)
		if err != nil {
			return portfolio.Commit{}, err
		}
		commit.Put = append(commit.Put, doc)
	}
	return commit, nil
}
