package boltstore

import (
	"context"
	"fmt"
	"iter"

	bolt "go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/v2/bson"

	"plumbline/portfolio"
	"plumbline/store"
)

// How much of the log Follow reads at a time, in documents. A reading
// transaction keeps the file from using its free pages again, and must not be
// open while the caller works.
const followChunk = 2000

// Follow yields every commit after the position. It is woken by the commits
// of this process, and there are no others.
func (s *Store) Follow(ctx context.Context, after portfolio.Position) iter.Seq2[portfolio.Commit, error] {
	return func(yield func(portfolio.Commit, error) bool) {
		for {
			news, err := s.changed()
			if err == nil {
				err = ctx.Err()
			}
			var commits []portfolio.Commit
			if err == nil {
				commits, err = s.commitsAfter(after)
			}
			if err != nil {
				yield(portfolio.Commit{}, fmt.Errorf("follow after revision %d: %w", after.Revision, err))
				return
			}
			for _, c := range commits {
				if !yield(c, nil) {
					return
				}
				after = c.Position
			}
			if len(commits) > 0 {
				continue
			}
			select {
			case <-news:
			case <-ctx.Done():
			}
		}
	}
}

// commitsAfter reads the next commits after the position, none when it is the
// last.
func (s *Store) commitsAfter(after portfolio.Position) ([]portfolio.Commit, error) {
	var commits []portfolio.Commit
	err := s.view(func(tx *bolt.Tx) error {
		last, ok, err := recordAt(tx, after.Revision)
		if err != nil {
			return err
		}
		if !ok || last.Hash != after.Hash {
			return fmt.Errorf("%w: it has no revision %d of this hash", store.ErrReset, after.Revision)
		}
		cursor := tx.Bucket(commitsBucket).Cursor()
		docs := 0
		for k, v := cursor.Seek(commitKey(after.Revision + 1)); k != nil && docs < followChunk; k, v = cursor.Next() {
			next, err := parseRecord(v)
			if err != nil {
				return err
			}
			if err := next.Follows(last.Record); err != nil {
				return err
			}
			commit, err := readCommit(tx, next)
			if err != nil {
				return err
			}
			commits = append(commits, commit)
			docs += len(next.Touched) + 1
			last = next
		}
		return nil
	})
	return commits, err
}

// readCommit adds the documents to a commit. Operational ones that were put
// again since are passed over.
func readCommit(tx *bolt.Tx, r record) (portfolio.Commit, error) {
	commit := r.Commit()
	lenient := readOnly(tx)
	entries := make([]store.Entry, 0, len(r.Touched))
	for _, t := range r.Touched {
		key := t.key()
		body, err := bodyAt(tx, r.Number, t)
		if err != nil {
			return portfolio.Commit{}, err
		}
		switch {
		case t.Deleted:
			entries = append(entries, store.Entry{Key: key})
			commit.Delete = append(commit.Delete, key)
			continue
		case body == nil && key.Kind.Operational():
			continue
		case body == nil:
			return portfolio.Commit{}, fmt.Errorf("%w: %s of commit %d is missing", store.ErrCorrupt, key, r.Number)
		}
		entries = append(entries, store.Entry{Key: key, Body: body})
		if lenient && key.Kind.Schema() == 0 {
			continue
		}
		doc, err := store.Decode(key.Kind, body)
		if err != nil {
			return portfolio.Commit{}, err
		}
		commit.Put = append(commit.Put, doc)
	}
	if len(entries) == r.Entries && store.Digest(entries) != r.Digest {
		return portfolio.Commit{}, fmt.Errorf("%w: the documents of commit %d are not those that were committed", store.ErrCorrupt, r.Number)
	}
	return commit, nil
}

// bodyAt returns what the commit put under a key; nil when it is not kept.
func bodyAt(tx *bolt.Tx, revision int64, t touched) (bson.Raw, error) {
	if t.Deleted {
		return nil, nil
	}
	if !t.Kind.Operational() {
		return bson.Raw(tx.Bucket(versionsBucket).Get(versionKey(t.key(), revision))), nil
	}
	value := tx.Bucket(currentBucket).Get(currentKey(t.key()))
	if value == nil {
		return nil, nil
	}
	at, body, err := parseCurrentValue(value)
	if err != nil || at != revision {
		return nil, err
	}
	return body, nil
}
