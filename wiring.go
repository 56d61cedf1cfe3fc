package main

import (
	"context"
	"errors"

	"plumbline/config"
	"plumbline/connectors/catalog"
)

// tools are the settings of every connector, by the type a connection names.
func tools() config.Tools { return catalog.Tools() }

// openPlant opens the store and builds what stands on it.
func openPlant(context.Context, opening) (plant, error) {
	return nil, errors.New("no store is built in")
}

// schemaText is the GraphQL schema.
func schemaText() string { return "" }
