package main

import (
	"context"
	"errors"
	"time"

	"plumbline/config"
	"plumbline/doors/export"
	"plumbline/graph"
)

// tables is GraphQL as the door for exports wants to see it.
type tables struct{ *graph.Handler }

// Open implements export.Tables.
func (t tables) Open(ctx context.Context, document string, variables map[string]any, most int) (export.Table, error) {
	opened, err := t.Table(ctx, document, variables, most)
	if err != nil {
		return nil, failure(err)
	}
	return table{opened}, nil
}

type table struct{ *graph.Table }

// Columns implements export.Table.
func (t table) Columns() []export.Column {
	var all []export.Column
	for _, column := range t.Table.Columns() {
		all = append(all, export.Column(column))
	}
	return all
}

// Tag implements export.Table.
func (t table) Tag(ctx context.Context, format string) (string, error) {
	tag, err := t.Table.Tag(ctx, format)
	return tag, failure(err)
}

// Page implements export.Table.
func (t table) Page(ctx context.Context) ([]byte, bool, error) {
	rows, last, err := t.Table.Page(ctx)
	return rows, last, failure(err)
}

// failure translates what a client may be told.
func failure(err error) error {
	var f *graph.Failure
	if !errors.As(err, &f) {
		return err
	}
	return &export.Failure{Code: string(f.Code), Message: f.Message, RequestID: f.RequestID, RetryAfter: f.RetryAfter}
}

// exportsOf are the limits of exports, which are those of operations.
func exportsOf(l config.Limits) export.Config {
	return export.Config{
		Time:       time.Duration(l.Time),
		ExportTime: time.Duration(l.ExportTime),
		WriteTime:  time.Duration(l.WriteTime),
	}
}
