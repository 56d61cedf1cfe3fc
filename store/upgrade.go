package store

import (
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"

	"plumbline/portfolio"
)

// A step turns a document of one schema into the next one. It is pure and
// small: it renames, moves or derives fields and asks nobody.
type step func(bson.D) bson.D

// upgrades holds the steps of each kind: the first leads from schema 1 to 2,
// and so on. Kinds that are still at schema 1 have none.
var upgrades = map[portfolio.Kind][]step{}

// upgrade brings a stored body to the schema that its steps lead to. A newer
// body is left as it is.
func upgrade(steps []step, body bson.Raw) (bson.Raw, error) {
	// Nearly every body is up to date: look before unpacking anything.
	schema, err := schemaOf(body)
	if err != nil {
		return nil, err
	}
	if schema > len(steps) {
		return body, nil
	}
	var doc bson.D
	if err := bson.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	for _, next := range steps[schema-1:] {
		doc = next(doc)
	}
	return bson.Marshal(doc)
}

func schemaOf(body bson.Raw) (int, error) {
	value, err := body.LookupErr(schemaField)
	if err != nil {
		return 0, fmt.Errorf("no schema number: %w", err)
	}
	n, ok := value.AsInt64OK()
	if !ok || n < 1 {
		return 0, fmt.Errorf("schema number %v is not one", value)
	}
	return int(n), nil
}
