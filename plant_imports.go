package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"plumbline/connectors"
	"plumbline/doors/control"
	"plumbline/doors/imports"
	"plumbline/portfolio"
	plsync "plumbline/sync"
)

// waits tells that a connection is read only when somebody sends a file.
func waits(c connectors.Connector) bool {
	_, ok := c.(connectors.Importer)
	return ok
}

// takeFile makes a run with a file that was sent to the door.
func (h *house) takeFile(ctx context.Context, f imports.File) (imports.Report, error) {
	if err := (syncer{h}).storeUp(); err != nil {
		return imports.Report{}, err
	}
	row, err := h.engine.Import(ctx, plsync.File{Connection: f.Connection, Name: f.Name, Content: f.Content, DryRun: f.DryRun})
	switch {
	case errors.Is(err, plsync.ErrBusy):
		return imports.Report{}, fmt.Errorf("%w: %w", imports.ErrBusy, err)
	case err != nil:
		return imports.Report{}, err
	case ctx.Err() != nil && row.Err != nil: // the sender has gone, or the server stops
		return imports.Report{}, row.Err
	}
	report := imports.Report{
		Connection: row.Connection, Run: row.Run, State: string(row.State), DryRun: f.DryRun,
		Counts: imports.Counts{
			Read: row.Tally.Read, New: row.Tally.New, Changed: row.Tally.Changed, Deleted: row.Tally.Gone, Quarantined: row.Tally.Quarantined,
		},
		Quarantined: []imports.Quarantined{}, Held: []imports.Held{},
	}
	for _, q := range row.Quarantined {
		report.Quarantined = append(report.Quarantined, imports.Quarantined{Kind: string(q.Of), ID: q.DocID(), Reason: q.Reason})
	}
	for _, hold := range row.Held {
		report.Held = append(report.Held, imports.Held{Kind: string(hold.Of), Scope: hold.Scope, Had: hold.Had, Lost: hold.Lost})
	}
	for _, c := range row.Changes {
		report.Changes = append(report.Changes, imports.Change{What: string(c.What), Kind: string(c.Key.Kind), ID: c.Key.ID, Fields: c.Fields})
	}
	if row.Err != nil {
		if errors.Is(row.Err, portfolio.ErrUnavailable) {
			return imports.Report{}, row.Err
		}
		report.Error = row.Err.Error()
	}
	return report, nil
}

// SyncFile implements control.Operator: the command and the server are of one
// person on one machine, so the file is opened where it lies.
func (h *house) SyncFile(ctx context.Context, request control.FileRequest) (control.Row, error) {
	file, err := os.Open(request.Path)
	if err != nil {
		return control.Row{}, fmt.Errorf("%w: %w", portfolio.ErrInvalid, err)
	}
	defer func() { _ = file.Close() }()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return control.Row{}, fmt.Errorf("%w: %s is no regular file", portfolio.ErrInvalid, request.Path)
	}
	row, err := h.engine.Import(ctx, plsync.File{
		Connection: request.Connection, Name: filepath.Base(request.Path), Content: file, DryRun: request.DryRun,
	})
	if err != nil {
		return control.Row{}, err
	}
	return controlRow(row), nil
}
