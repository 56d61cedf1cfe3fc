package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"plumbline/config"
	"plumbline/connectors"
	"plumbline/edit"
	"plumbline/edit/folder"
	"plumbline/store"
	"plumbline/store/boltstore"
	"plumbline/store/mongostore"
	"plumbline/store/replica"
	plsync "plumbline/sync"
)

// house is the plant of the program: the real store, replica and engine.
type house struct {
	log      store.Log
	replica  *replica.Replica
	editor   *edit.Editor
	strategy string          // the strategy folder; empty without one
	watcher  *folder.Watcher // of it, while serving
	engine   *plsync.Engine
	tools    []tool
	handler  http.Handler
	stopping atomic.Bool
}

// tool is a connection that has been opened.
type tool struct {
	id, kind  string
	connector connectors.Connector
}

// openHouse opens the store and builds what stands on it.
func openHouse(ctx context.Context, o opening) (plant, error) {
	log, err := openStore(ctx, o.Config.Store, o.Log)
	if err != nil {
		return nil, err
	}
	return buildHouse(ctx, o, log)
}

// buildHouse builds what stands on the store, which is closed with it.
func buildHouse(ctx context.Context, o opening, log store.Log) (_ plant, err error) {
	h := &house{log: log}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.Close())
		}
	}()
	if h.replica, err = replica.Open(ctx, h.log, replica.Options{Logger: o.Log}); err != nil {
		return nil, err
	}
	h.editor, h.strategy = edit.New(h.log, h.replica, o.Log), o.Config.Strategy
	if h.tools, err = openTools(o.Config, o.Log); err != nil {
		return nil, err
	}
	if h.engine, err = h.newEngine(o); err != nil {
		return nil, err
	}
	if o.Serving {
		// Only who serves changes what every replica computes with.
		if _, err = h.replica.ApplySettings(ctx, o.Config.Settings(), o.Config.FileHash(), false); err != nil {
			return nil, err
		}
		if h.strategy != "" {
			h.watcher = h.keepFolder(ctx, o)
		}
		h.handler = h.doors(o)
	}
	return h, nil
}

// openStore opens the log.
func openStore(ctx context.Context, s config.Store, log *slog.Logger) (store.Log, error) {
	if s.Bolt() {
		return boltstore.Open(s.Path, boltstore.Options{})
	}
	return mongostore.Open(ctx, s.URI.Reveal(), mongostore.Options{Logger: log})
}

// openTools makes the connectors; none of them speaks to its tool yet.
func openTools(c *config.Config, log *slog.Logger) ([]tool, error) {
	var all []tool
	for _, settings := range c.Connections {
		connector, err := settings.Tool.Open(connectors.Env{
			Connection:   settings.ID,
			Fields:       settings.Fields.Names(),
			Log:          log.With("source", settings.ID),
			AllowPrivate: settings.AllowPrivate,
		})
		if err != nil {
			return nil, fmt.Errorf("connection %s: %w", settings.ID, err)
		}
		all = append(all, tool{settings.ID, settings.Type, connector})
	}
	return all, nil
}

// newEngine makes the sync engine over the tools.
func (h *house) newEngine(o opening) (*plsync.Engine, error) {
	c := o.Config
	var all []plsync.Connection
	for i, settings := range c.Connections {
		connection := plsync.Connection{
			ID: settings.ID, Connector: h.tools[i].connector,
			Schedule: plsync.Every(settings.Every), Sweep: time.Duration(settings.Sweep),
		}
		if !settings.Cron.IsZero() {
			schedule, err := plsync.Cron(settings.Cron.String(), c.TimeZone.Location())
			if err != nil {
				return nil, err
			}
			connection.Schedule = schedule
		}
		if waits(connection.Connector) { // nothing is to be found by looking
			connection.Schedule, connection.Sweep = nil, 0
		}
		all = append(all, connection)
	}
	return plsync.New(plsync.Config{
		Log:         h.log,
		Replica:     follower{h.replica},
		Connections: all,
		Recorder:    h.editor,
		Holder:      holder(),
		Sole:        c.Store.Bolt(),
		Lease:       time.Duration(c.Sync.Lease),
		PageLimit:   time.Duration(c.Sync.Timeout),
		Grace:       grace - cutOff,
		Parallel:    c.Sync.AtOnce,
		Logger:      o.Log,
	}), nil
}

// holder names this process among all that share the log, and among its own
// former lives.
func holder() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), rand.Text()[:8])
}

// follower is the replica as the engine wants to see it.
type follower struct {
	*replica.Replica
}

// At implements plsync.Replica.
func (f follower) At(ctx context.Context, revision int64) (plsync.Documents, error) {
	return f.Wait(ctx, revision)
}

// Handler implements plant.
func (h *house) Handler() http.Handler { return h.handler }

// Run implements plant.
func (h *house) Run(ctx context.Context) error {
	context.AfterFunc(ctx, func() { h.stopping.Store(true) })
	var watching sync.WaitGroup
	if h.watcher != nil {
		watching.Go(func() { h.watcher.Run(ctx) })
	}
	h.engine.Run(ctx)
	<-ctx.Done() // without a connection there is nothing to read, and still much to answer
	watching.Wait()
	return ctx.Err()
}

// Close implements plant.
func (h *house) Close() error {
	if h.replica != nil {
		h.replica.Close()
	}
	return h.log.Close()
}
