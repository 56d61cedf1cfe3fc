// Package hooks takes what tools send when something in them changed.
//
// A delivery is a hint to ask the tool soon: what it says is never stored, and
// one that is lost costs nothing but time, since every connection is also read
// by its schedule. The credential is the signature of the delivery, which the
// connection's own connector checks; there is no API key.
package hooks

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strconv"
	"time"

	"plumbline/connectors"
	"plumbline/doors/problem"
)

// Path is where deliveries are sent; the id of the connection follows.
const Path = "/hooks/"

const wildcard = "connection"

// Pattern is what to route to this package.
const Pattern = Path + "{" + wildcard + "}"

// The defaults of Config.
const (
	DefaultMaxBody     = 5 << 20
	DefaultSettle      = time.Second
	DefaultPause       = 5 * time.Second
	DefaultSweepPause  = time.Minute
	DefaultMaxFailures = 60
)

// maxAtOnce is how many bodies are held at once: whoever sends them is not
// known before the last byte.
const maxAtOnce = 16

// Config is what the door is made of. Connections and Ask are needed.
type Config struct {
	// Connections are those whose tool sends deliveries, by id.
	Connections map[string]connectors.Hooked
	// Ask asks for a run of the connection and returns at once; with sweep it
	// makes the complete listings too.
	Ask func(connection string, sweep bool) error
	// MaxBody is the size of the largest delivery, in bytes.
	MaxBody int64
	// Settle is how long the first delivery waits for others, so that many
	// changes made at once are one run. Tools also need a moment until they
	// find themselves what they tell.
	Settle time.Duration
	// Pause is the shortest time between two runs that deliveries ask for, and
	// SweepPause between two sweeps, for each connection.
	Pause, SweepPause time.Duration
	// MaxFailures is how many deliveries in a minute an address may send to a
	// connection in vain before it is answered 429.
	MaxFailures int
	Log         *slog.Logger // nil discards
}

type door struct {
	Config
	connections map[string]*connection
	failures    *failures
	bodies      chan struct{} // one for each that is being read or checked
}

// connection is one that takes deliveries.
type connection struct {
	hooked connectors.Hooked
	pacer  *pacer
	seen   *recent
}

// New makes the door; zero limits take their defaults.
func New(c Config) http.Handler {
	c.MaxBody = cmp.Or(c.MaxBody, DefaultMaxBody)
	c.Settle = cmp.Or(c.Settle, DefaultSettle)
	c.Pause = cmp.Or(c.Pause, DefaultPause)
	c.SweepPause = cmp.Or(c.SweepPause, DefaultSweepPause)
	c.MaxFailures = cmp.Or(c.MaxFailures, DefaultMaxFailures)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	d := &door{
		Config:      c,
		connections: map[string]*connection{},
		failures:    newFailures(c.MaxFailures),
		bodies:      make(chan struct{}, maxAtOnce),
	}
	for id, hooked := range c.Connections {
		ask := func(sweep bool) {
			if err := c.Ask(id, sweep); err != nil {
				c.Log.Warn("a delivery could not ask for a run", "source", id, "error", err)
			}
		}
		d.connections[id] = &connection{
			hooked: hooked,
			pacer:  &pacer{settle: c.Settle, pause: c.Pause, sweepPause: c.SweepPause, ask: ask},
			seen:   newRecent(),
		}
	}
	return d
}

// ServeHTTP answers before anything is read of the tool.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue(wildcard)
	c, known := d.connections[id]
	if !known {
		id = "" // one count for all that are not there, or counts would have no bound
	}
	if wait := d.failures.wait(r.RemoteAddr, id); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		problem.Refuse(w, http.StatusTooManyRequests, "too many deliveries that were not taken")
		return
	}
	switch {
	case !known:
		d.failures.add(r.RemoteAddr, id)
		problem.Refuse(w, http.StatusNotFound, "no connection of this name takes deliveries")
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		problem.Refuse(w, http.StatusMethodNotAllowed, "deliveries are sent by POST")
		return
	}
	select {
	case d.bodies <- struct{}{}:
		defer func() { <-d.bodies }()
	default:
		w.Header().Set("Retry-After", "1")
		problem.Refuse(w, http.StatusServiceUnavailable, "too many deliveries at once")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, d.MaxBody))
	if err != nil {
		d.failures.add(r.RemoteAddr, id)
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			problem.Refuse(w, http.StatusRequestEntityTooLarge, "the delivery is larger than "+strconv.FormatInt(d.MaxBody, 10)+" bytes")
			return
		}
		problem.Refuse(w, http.StatusBadRequest, "the delivery did not arrive whole")
		return
	}
	delivery, err := c.hooked.Hook(r.Header, body)
	if err != nil {
		d.failures.add(r.RemoteAddr, id)
		d.Log.WarnContext(r.Context(), "a delivery was refused", "source", id, "error", err)
		if errors.Is(err, connectors.ErrUnauthorized) {
			problem.Refuse(w, http.StatusUnauthorized, "the signature is not that of the connection's secret")
			return
		}
		problem.Refuse(w, http.StatusBadRequest, "the delivery cannot be read")
		return
	}
	c.take(delivery)
	maps.Copy(w.Header(), delivery.Reply)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
}

// take asks for what the delivery hints at, unless it came before.
func (c *connection) take(delivery connectors.Delivery) {
	if delivery.ID != "" && !c.seen.add(sha256.Sum256([]byte(delivery.ID))) {
		return
	}
	if delivery.Changed || delivery.Listed {
		c.pacer.hint(delivery.Changed, delivery.Listed)
	}
}
