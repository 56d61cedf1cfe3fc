// Package redmine reads Redmine: projects with what they are part of,
// milestones from versions and from issues of a tracker, how the due dates of
// these issues moved, dependencies from their relations that put one before the
// other, and risks from issues of other trackers.
//
// It has a client of its own, asks for no more than it maps, decodes record by
// record, and writes nothing to Redmine. Between runs it keeps no state but the
// cursor, and for a day what it heard of people.
package redmine

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"plumbline/connectors"
	"plumbline/internal/httpx"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// converter is the version of the conversion in this package. Raise it when a
// record gives other facts than before: every connection is then read anew.
const converter = 1

// Connector reads one Redmine.
type Connector struct {
	settings Settings
	env      connectors.Env
	base     string // address without a slash at its end
	http     *httpx.Client
	caller   *httpx.Caller
	now      func() time.Time
	log      *slog.Logger
	hidden   secret.Hidden
	people   people
	leads    leads
}

// Open implements connectors.Settings.
func (s *Settings) Open(env connectors.Env) (connectors.Connector, error) {
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("redmine: %w", err)
	}
	c := &Connector{settings: *s, env: env, base: strings.TrimRight(s.URL, "/"), now: env.Now, log: env.Log}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	source := c.hidden.Source(s.Auth.source())
	first, err := source.Secret(context.Background(), secret.String{}) // a missing file shows now, not at the first run
	if err != nil {
		return nil, fmt.Errorf("redmine: %w: auth.token_file: %w", portfolio.ErrInvalid, err)
	}
	c.http = httpx.New(httpx.Config{
		Credential:   first.Reveal(), // a newer one has no limits of its own: it is the same account
		Log:          c.log,
		Transport:    env.Transport,
		AllowPrivate: env.AllowPrivate,
		Concurrency:  c.concurrency(),
		PerSecond:    s.RequestsPerSecond,
	})
	c.caller = c.http.Caller(httpx.Signed(source, sign))
	return c, nil
}

// source is where the API key comes from.
func (a Auth) source() secret.Source {
	if a.File != "" {
		return secret.NewFile(a.File)
	}
	return secret.Fixed(a.Token)
}

// sign returns a transport that puts the API key into requests.
func sign(key secret.String, next http.RoundTripper) http.RoundTripper { return signing{key, next} }

type signing struct {
	key  secret.String
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (s signing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Redmine-Api-Key", s.key.Reveal())
	return s.next.RoundTrip(r)
}

// Usage implements connectors.Metered.
func (c *Connector) Usage() connectors.Usage {
	requests, waited := c.http.Usage()
	return connectors.Usage{Requests: requests, Waited: waited}
}

// Describe implements connectors.Describer.
func (c *Connector) Describe() (string, int) {
	s := c.settings
	fields := slices.Sorted(slices.Values(c.env.Fields))
	asked, err := json.Marshal([]any{s.URL, s.Projects, s.Milestones, s.Risks, s.Dependencies, slices.Compact(fields)})
	if err != nil {
		panic(err) // strings and lists of strings always encode
	}
	sum := sha256.Sum256(asked)
	return hex.EncodeToString(sum[:8]), converter
}

// concurrency is how many requests may be under way. Redmine is often one
// process on one machine, so it is fewer than elsewhere.
func (c *Connector) concurrency() int { return cmp.Or(c.settings.Concurrency, defaultConcurrency) }

const defaultConcurrency = 4
