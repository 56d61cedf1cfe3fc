// Plumbline keeps one true picture of an organisation's portfolio: it reads
// projects and milestones from the tools a company plans in and answers
// GraphQL from them. This package is the program: its commands, what they are
// wired to, and its way to stop.
package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"plumbline/config"
	"plumbline/connectors/catalog"
	"plumbline/doors/control"
	"plumbline/graph"
)

func main() {
	ctx, stop := signalled()
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// signalled returns a context that the first signal to stop ends. A second
// signal ends the program at once.
func signalled() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
		case <-ctx.Done():
		}
		signal.Stop(signals) // before anybody learns of the first, so that no second one is swallowed
		cancel()
	}()
	return ctx, cancel
}

// run is the program. It returns the exit code: 0, 1 failed, 2 used wrongly,
// 3 partly done.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	p := &program{environ: environ, stdout: stdout, stderr: stderr, tools: catalog.Tools(), open: openHouse, schema: graph.SDL}
	return p.run(ctx, args)
}

// program is what the commands share.
type program struct {
	environ        []string // NAME=value
	stdout, stderr io.Writer
	tools          config.Tools
	open           func(context.Context, opening) (plant, error)
	schema         func() string // of GraphQL
}

// getenv returns the value of a variable; empty when it is not set.
func (p *program) getenv(name string) string {
	for _, entry := range p.environ {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

// opening is what a plant is made of.
type opening struct {
	Config *config.Config
	Log    *slog.Logger
	// Serving tells that the plant will Run: it keeps following the log and
	// reads by the schedules. Otherwise it serves one command.
	Serving bool
}

// A plant is everything behind the commands: the store, the snapshot, the sync
// engine and the API.
type plant interface {
	control.Operator
	// Handler answers GraphQL and the doors beside it.
	Handler() http.Handler
	// Run follows the log and reads by the schedules until ctx ends; then it
	// lets pages under way finish and leaves their runs to be resumed.
	Run(ctx context.Context) error
	// Close releases the store.
	Close() error
}
