package singer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"plumbline/connectors"
)

// signOfLife is how often an empty page shows that a tap lives which has nothing to
// tell: it may ask its tool for minutes.
const signOfLife = 30 * time.Second

// Pull implements connectors.Connector.
func (c *Connector) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		err := c.pull(ctx, since, yield)
		if err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, fmt.Errorf("singer: %w", err))
		}
	}
}

// pull runs the tap once and reads what it writes.
func (c *Connector) pull(ctx context.Context, since connectors.Cursor, yield func(connectors.Page, error) bool) (err error) {
	f, err := c.newFiles()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.remove()) }()
	r := c.newRun(ctx, f.mask, yield)
	if err := r.goOn(since); err != nil {
		return err
	}
	if r.catalog, err = readCatalog(c.settings.Tap.Catalog); err != nil {
		return err
	}
	args, err := f.arguments(c.settings.Tap, r.begun)
	if err != nil {
		return err
	}
	tap, err := c.spawn(ctx, f, args...)
	if err != nil {
		return err
	}
	defer tap.stop()
	err = r.follow(tap)
	if err == nil {
		if err = tap.exitWithin(c.lingers); err == nil {
			return r.finish(nil)
		}
	}
	return r.fail(masked(err, f.mask))
}

// goOn begins where the cursor is.
func (r *run) goOn(since connectors.Cursor) (err error) {
	at := since[streamTap]
	r.since, r.resumed = at.Since, at.Position != ""
	if r.resumed {
		r.begun, err = parsePosition(at.Position)
		if err == nil && r.begun.Versions == nil {
			var last position
			last, err = parsePosition(at.Since)
			r.begun.Versions = last.Versions
		}
	} else {
		r.begun, err = parsePosition(at.Since)
	}
	r.now = r.begun
	return err
}

// arguments are the ones that every tap takes.
func (f *tapFiles) arguments(t TapSettings, from position) ([]string, error) {
	args := []string{"--config", f.path("config.json")}
	switch {
	case t.Catalog != "" && t.Properties:
		args = append(args, "--properties", t.Catalog)
	case t.Catalog != "":
		args = append(args, "--catalog", t.Catalog)
	}
	if len(from.State) > 0 && string(from.State) != "null" {
		if err := f.write("state.json", from.State); err != nil {
			return nil, err
		}
		args = append(args, "--state", f.path("state.json"))
	}
	return args, nil
}

// readMessage is a message, or why there is none.
type readMessage struct {
	message
	err error
}

// follow takes messages until the tap has no more.
func (r *run) follow(tap *child) error {
	messages := make(chan readMessage, 8) // each may have 16 MiB
	quit := make(chan struct{})
	defer close(quit)
	tap.all.Go(func() {
		for in := newReader(tap.stdout, r.mask); ; {
			m, err := in.next()
			select {
			case messages <- readMessage{m, err}:
			case <-quit:
				return
			}
			if err != nil {
				return
			}
		}
	})
	alive := time.NewTicker(signOfLife)
	defer alive.Stop()
	quiet := false // nothing came since the last sign of life, after the tap's end
	for {
		select {
		case <-r.ctx.Done():
			return r.ctx.Err()
		case <-alive.C:
			if len(messages) > 0 {
				continue // it is we who are slow
			}
			if quiet {
				return fmt.Errorf("something that %s started lives on and holds its output open", tap.name)
			}
			quiet = tap.hasEnded()
			if err := r.flush(r.cursor()); err != nil {
				return err
			}
		case m := <-messages:
			quiet = false
			switch {
			case errors.Is(m.err, io.EOF):
				return nil
			case errors.Is(m.err, errBrokenOff):
				if ended := tap.exit(); ended != nil {
					return ended // why it died tells more than the half that it wrote
				}
				return m.err
			case m.err != nil:
				return m.err
			}
			if err := r.take(m.message); err != nil {
				return err
			}
		}
	}
}

// masked is the error without secrets in its text; what kind of error it is
// stays.
func masked(err error, mask func(string) string) error {
	if err == nil || mask(err.Error()) == err.Error() {
		return err
	}
	return &maskedError{err, mask(err.Error())}
}

type maskedError struct {
	error
	text string
}

func (e *maskedError) Error() string { return e.text }

// Unwrap lets the engine see what kind of error it is.
func (e *maskedError) Unwrap() error { return e.error }
