package sync

import (
	"context"
	"errors"
	"fmt"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// ErrBusy says that a connection is being read, so that a file for it must be
// sent again later: nobody keeps it meanwhile.
var ErrBusy = errors.New("the connection is being read just now")

// A File is one that somebody sends to a connection.
type File struct {
	Connection string
	// Name is what the sender calls it. Some tools know what is in it by that.
	Name    string
	Content connectors.File
	// DryRun lists what would change and writes nothing.
	DryRun bool
}

// Import makes one run of a connection with a file, as if the connection had
// found it itself, and returns when it has ended. What is wrong with the file
// is in the row; the error tells that there was no run: ErrNotFound,
// ErrInvalid or ErrBusy. A file is the whole of what it is about, so what it
// lacks is gone, and it says nothing of what other files brought.
func (e *Engine) Import(ctx context.Context, f File) (Row, error) {
	c, err := e.connection(f.Connection)
	if err != nil {
		return Row{}, err
	}
	importer, ok := c.Connector.(connectors.Importer)
	if !ok {
		return Row{}, fmt.Errorf("%w: the connection %s takes no files: it reads its tool, or its place for files, itself", portfolio.ErrNotFound, c.ID)
	}
	reader, err := importer.Import(f.Name, f.Content)
	if err != nil {
		return Row{}, fmt.Errorf("connection %s: %w", c.ID, err)
	}
	select {
	case c.busy <- struct{}{}:
		defer c.release()
	default:
		return Row{}, fmt.Errorf("%w: %s; send the file again in a moment", ErrBusy, c.ID)
	}
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return Row{}, ctx.Err()
	}
	row, err := e.read(ctx, c, Request{DryRun: f.DryRun, file: &incoming{f.Name, reader}})
	if errors.Is(err, errHeld) {
		return Row{}, fmt.Errorf("%w by another process: %s; send the file again in a moment", ErrBusy, c.ID)
	}
	return row, err
}

// incoming is a file as a run reads it.
type incoming struct {
	name   string
	reader connectors.Connector
}

// connector is what a run asks: the connection's own, or what reads a file.
func (c *connection) connector(req Request) connectors.Connector {
	if req.file != nil {
		return req.file.reader
	}
	return c.Connector
}

// brokenOff is why an import that did not end is not carried on.
const brokenOff = "broken off before its end: send the file again"
