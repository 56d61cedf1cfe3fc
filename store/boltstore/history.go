package boltstore

import (
	"bytes"
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/v2/bson"

	"plumbline/portfolio"
	"plumbline/store"
)

// History returns the versions of one fact, which lie together, oldest first.
func (s *Store) History(ctx context.Context, key portfolio.Key) ([]portfolio.Versioned, error) {
	var versions []portfolio.Versioned
	err := s.view(func(tx *bolt.Tx) error {
		first := versionKey(key, 0)
		document := first[:len(first)-8]
		cursor := tx.Bucket(versionsBucket).Cursor()
		for k, v := cursor.Seek(first); bytes.HasPrefix(k, document); k, v = cursor.Next() {
			if err := ctx.Err(); err != nil {
				return err
			}
			_, kind, revision, err := parseVersionKey(k)
			if err != nil {
				return err
			}
			version, err := store.DecodeVersion(store.Stored{Kind: kind, Rev: revision, Body: bson.Raw(v)})
			if err != nil {
				return err
			}
			versions = append(versions, version)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("history of %s: %w", key, err)
	}
	return versions, nil
}
