package mongostore

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"plumbline/portfolio"
	"plumbline/store"
)

// History reads the versions of one fact by the index (kind, id, rev), which
// has those up to the mark, and then the batches of the commits after it.
func (s *Store) History(ctx context.Context, key portfolio.Key) ([]portfolio.Versioned, error) {
	versions, err := s.history(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("history of %s: %w", key, err)
	}
	return versions, nil
}

func (s *Store) history(ctx context.Context, key portfolio.Key) ([]portfolio.Versioned, error) {
	if err := s.open(); err != nil {
		return nil, err
	}
	if key.Kind.Operational() {
		return nil, nil // what is left of its versions is an accident
	}
	mark, err := s.readMark(ctx)
	if err != nil {
		return nil, err
	}
	versions, err := s.foldedVersions(ctx, key, mark)
	if err != nil {
		return nil, err
	}
	_, next, err := s.recordsSinceMark(ctx, mark)
	if err != nil {
		return nil, err
	}
	for _, r := range next {
		entries, err := s.readBatch(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.Key != key {
				continue
			}
			v, err := store.DecodeVersion(store.Stored{Kind: key.Kind, Rev: r.Number, Body: e.Body})
			if err != nil {
				return nil, err
			}
			versions = append(versions, v)
		}
	}
	return versions, nil
}

// foldedVersions are the versions of a document up to the mark, oldest first.
func (s *Store) foldedVersions(ctx context.Context, key portfolio.Key, mark int64) ([]portfolio.Versioned, error) {
	cursor, err := s.db.Collection("versions").Find(ctx,
		bson.D{
			{Key: "kind", Value: key.Kind}, {Key: "id", Value: key.ID},
			{Key: "rev", Value: bson.D{{Key: "$gte", Value: int64(1)}, {Key: "$lte", Value: mark}}},
		},
		options.Find().SetSort(bson.D{{Key: "rev", Value: 1}}).SetBatchSize(chunkDocuments))
	if err != nil {
		return nil, s.explain("read versions", err)
	}
	defer closeCursor(cursor)
	var versions []portfolio.Versioned
	for cursor.Next(ctx) {
		var v version
		if err := cursor.Decode(&v); err != nil {
			return nil, s.explain("read versions", err)
		}
		decoded, err := store.DecodeVersion(store.Stored{Kind: v.Kind, Rev: v.Rev, Body: v.entry().Body})
		if err != nil {
			return nil, err
		}
		versions = append(versions, decoded)
	}
	return versions, s.explain("read versions", cursor.Err())
}
