package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"plumbline/config"
	"plumbline/demo"
)

// demonstration is the demo's organisation with its tools, and a store that is
// thrown away at the end.
type demonstration struct {
	organisation *demo.Organisation
	folder       string
}

// demonstrate starts the tools and returns the configuration that reads them.
func (p *program) demonstrate(ctx context.Context, g *grammar, flags []config.Flag) (*config.Config, *demonstration, error) {
	if len(g.Config) > 0 {
		return nil, nil, exit{exitUsage, errors.New("--demo brings its own configuration: leave --config out")}
	}
	organisation, err := demo.Start(ctx, demo.Options{Past: livedDays})
	if err != nil {
		return nil, nil, err
	}
	folder, err := os.MkdirTemp("", "plumbline-demo-")
	if err != nil {
		organisation.Close()
		return nil, nil, err
	}
	d := &demonstration{organisation, folder}
	strategy, err := d.writeStrategy()
	if err != nil {
		return nil, nil, errors.Join(err, d.end())
	}
	flags = append(flags,
		config.Flag{Name: "--demo", Key: "store", Value: "bolt://" + filepath.Join(folder, "plumbline.db")},
		config.Flag{Name: "--demo", Key: "strategy", Value: strategy})
	files := []config.File{{Name: "the demo's plumbline.yaml", Data: organisation.Config()}}
	c, err := config.Load(files, p.options(flags...))
	if err != nil {
		return nil, nil, errors.Join(err, d.end())
	}
	if err := rehearse(ctx, c, organisation); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("play the demo's past: %w", err), d.end())
	}
	return c, d, nil
}

// writeStrategy puts what the organisation records itself in a folder, and
// returns where that is.
func (d *demonstration) writeStrategy() (string, error) {
	files, err := d.organisation.Strategy()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(d.folder, "strategy")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return "", err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			return "", err
		}
	}
	return folder, nil
}

// live changes something in the tools every few seconds until ctx ends.
func (d *demonstration) live(ctx context.Context, log *slog.Logger) {
	d.organisation.Live(ctx, func(change demo.Change) {
		log.Info("a tool changed", "source", change.Connection, "change", change.Text)
	})
}

// end stops the tools and throws the store away.
func (d *demonstration) end() error {
	d.organisation.Close()
	return os.RemoveAll(d.folder)
}
