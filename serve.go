package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/rs/cors"

	"plumbline/config"
	"plumbline/doors/control"
)

// How long the server waits for callers, and callers for its end.
const (
	headerTimeout = 10 * time.Second // for the head of a request
	bodyTimeout   = time.Minute      // for its body, once the head is there
	idleTimeout   = 2 * time.Minute  // between two requests of a connection
	maxHeader     = 64 << 10         // bytes of a request's head
	// grace is how long what runs may take to finish after SIGTERM.
	grace = 10 * time.Second
	// cutOff is how long before its end the last requests are cut off.
	cutOff = 500 * time.Millisecond
)

type serveCommand struct {
	Listen string `placeholder:"HOST:PORT" help:"Where to listen, in place of the configured address."`
	Demo   bool   `help:"Serve a believable organisation from a store that is thrown away at the end."`
}

// Help shows examples.
func (serveCommand) Help() string {
	return "SIGTERM or Ctrl-C: requests that run are finished, runs are left to be resumed, within 10 seconds.\n\n" +
		examples("plumbline serve --demo", "plumbline serve --config plumbline.yaml", "plumbline serve --listen 127.0.0.1:9090")
}

// welcome tells a newcomer what the demonstration shows, and what to do next.
const welcome = `This is the health service of the State of Larkmoor, whose tools are played on this machine.

  Open      http://%s/ in a browser and press the arrow: a first question waits there.
  More      examples/queries has thirty-eight questions of a PMO; docs/demo.md says who is who.
  Watch     somebody changes a plan every few seconds, below; the next sync brings it along.

Ctrl-C ends it and throws its store away.
`

// Run serves until ctx ends.
func (c serveCommand) Run(ctx context.Context, p *program, g *grammar) (err error) {
	flags := []config.Flag{{Name: "--listen", Key: "listen", Value: c.Listen}}
	if !c.Demo {
		settings, err := p.load(g, flags...)
		if err != nil {
			return err
		}
		return p.openAndServe(ctx, settings, p.logger(settings))
	}
	p.print("The demo lives through its last half year, which takes a few seconds …\n")
	settings, demonstration, err := p.demonstrate(ctx, g, flags)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, demonstration.end()) }()
	log := p.logger(settings)
	p.print(welcome, settings.Listen)
	go demonstration.live(ctx, log)
	return p.openAndServe(ctx, settings, log)
}

// openAndServe opens what the configuration asks for and serves it until ctx
// ends. It listens first: a port that is taken should cost nobody a start.
func (p *program) openAndServe(ctx context.Context, c *config.Config, log *slog.Logger) error {
	for _, warning := range c.Warnings {
		log.Warn("configuration", "warning", warning.String())
	}
	if c.Store.Bolt() {
		if other, err := control.Dial(ctx, c.Store.Path); err == nil && other != nil {
			return fmt.Errorf("a server (process %d) has %s already", other.PID(), c.Store)
		}
	}
	listener, err := listen(ctx, c)
	if err != nil {
		return err
	}
	works, err := p.open(ctx, opening{Config: c, Log: log, Serving: true})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	return errors.Join(p.serve(ctx, c, listener, works, log), works.Close())
}

// listen opens the configured address, with TLS where a certificate is given.
func listen(ctx context.Context, c *config.Config) (net.Listener, error) {
	var certificate tls.Certificate
	if c.TLS != nil {
		var err error
		if certificate, err = tls.LoadX509KeyPair(c.TLS.Cert, c.TLS.Key); err != nil {
			return nil, fmt.Errorf("tls: %w", err)
		}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", string(c.Listen))
	if err != nil {
		return nil, err
	}
	if c.TLS == nil {
		return listener, nil
	}
	return tls.NewListener(listener, &tls.Config{
		Certificates: []tls.Certificate{certificate},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"h2", "http/1.1"},
	}), nil
}

// serve answers requests and commands until ctx ends or something fails, and
// then stops all of it at once, within the grace.
func (p *program) serve(ctx context.Context, c *config.Config, listener net.Listener, works plant, log *slog.Logger) error {
	server := &http.Server{
		Handler:           limitBody(allowOrigins(works.Handler(), c.Origins)),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	stops := []func() error{func() error { return shutdown(server) }}
	if c.Store.Bolt() {
		commands, err := control.Serve(c.Store.Path, works, log)
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		stops = append(stops, commands.Close)
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 2+len(stops))
	go func() { ended <- server.Serve(listener) }()
	go func() { ended <- works.Run(running) }()
	log.Info("listening", "address", address(c, listener), "version", built())

	var failed error
	pending := 2 + len(stops)
	select {
	case <-ctx.Done():
		log.Info("stopping", "grace", grace)
	case failed = <-ended:
		pending--
	}
	late := time.After(grace)
	stop() // the engine finishes its pages while requests finish
	for _, end := range stops {
		go func() { ended <- end() }()
	}
	for ; pending > 0; pending-- {
		select {
		case err := <-ended:
			failed = errors.Join(failed, err)
		case <-late:
			return errors.Join(unlessStopped(failed), fmt.Errorf("what runs did not finish within %s; it is resumed at the next start", grace))
		}
	}
	return unlessStopped(failed)
}

// shutdown takes no more requests and lets those that run finish. What still
// runs when the grace is nearly over is cut off: subscriptions never end by
// themselves.
func shutdown(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), grace-cutOff)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		return server.Close()
	}
	return nil
}

// unlessStopped drops what only says that we were told to stop.
func unlessStopped(err error) error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		if errors.Is(err, http.ErrServerClosed) || errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	}
	var real []error
	for _, one := range joined.Unwrap() {
		if one = unlessStopped(one); one != nil {
			real = append(real, one)
		}
	}
	return errors.Join(real...)
}

// address is what to type into a browser.
func address(c *config.Config, listener net.Listener) string {
	scheme := "http"
	if c.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + listener.Addr().String()
}

// allowOrigins lets the pages of these origins call the API with a key. There
// are no cookies to send along, and none may be.
func allowOrigins(next http.Handler, origins []string) http.Handler {
	if len(origins) == 0 {
		return next
	}
	return cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodPost},
		AllowedHeaders: []string{"Authorization", "Content-Type", "If-None-Match", "X-API-Key", "Plumbline-Min-Revision"},
		ExposedHeaders: []string{"ETag", "Retry-After"},
	}).Handler(next)
}

// limitBody bounds how long a caller may take to send a request's body. A
// timeout of the server as a whole would also end answers that go on for
// hours, as subscriptions do.
func limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			controller := http.NewResponseController(w)
			if controller.SetReadDeadline(time.Now().Add(bodyTimeout)) == nil {
				r.Body = &timedBody{ReadCloser: r.Body, controller: controller}
			}
		}
		next.ServeHTTP(w, r)
	})
}

// timedBody lifts the deadline when the body has been read.
type timedBody struct {
	io.ReadCloser
	controller *http.ResponseController
}

func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		_ = b.controller.SetReadDeadline(time.Time{})
	}
	return n, err
}
