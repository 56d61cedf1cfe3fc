// Package asana reads a workspace of Asana: projects, milestones (which are
// tasks of that subtype, or others by rule), the status updates of projects,
// dependencies, people, portfolios as a grouping, and goals with their metrics
// as objectives and KPIs.
//
// It asks for no more fields than are used, decodes record by record so that
// one it cannot read costs nobody else anything, and writes nothing to Asana.
// It does not read subtasks that are in no project themselves, comments,
// attachments, or what of a goal is below a task. It keeps no state between
// runs but the cursor.
package asana

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"plumbline/connectors"
	"plumbline/internal/httpx"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// converter is the version of the conversion in this package. Raise it when a
// record gives other facts than before: every connection is then read anew.
const converter = 2

// Connector reads one workspace.
type Connector struct {
	settings Settings
	env      connectors.Env
	http     *httpx.Client
	caller   *httpx.Caller
	base     string // with the version of the API, without a slash at the end
	now      func() time.Time
	log      *slog.Logger
	hidden   *secret.Hidden
	people   sync.Map   // portfolio.PersonFact by gid, as last told
	shaking  sync.Mutex // one handshake at a time
}

// Open implements connectors.Settings.
func (s *Settings) Open(env connectors.Env) (connectors.Connector, error) {
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("asana: %w", err)
	}
	c := &Connector{settings: *s, env: env, base: s.base(), now: env.Now, log: env.Log, hidden: new(secret.Hidden)}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	source := c.hidden.Source(s.Auth.source())
	first, err := source.Secret(context.Background(), secret.String{}) // a missing file shows now, not at the first run
	if err != nil {
		return nil, fmt.Errorf("asana: %w: auth.token_file: %w", portfolio.ErrInvalid, err)
	}
	c.http = httpx.New(httpx.Config{
		Credential:   first.Reveal(), // limits are counted by token, but a newer one is of the same account
		Log:          c.log,
		Transport:    env.Transport,
		AllowPrivate: env.AllowPrivate,
		Concurrency:  s.Concurrency,
		PerSecond:    s.RequestsPerSecond,
	})
	c.caller = c.http.Caller(httpx.Signed(source, sign))
	return c, nil
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
	asked, err := json.Marshal([]any{s.base(), s.Workspace, s.Projects, s.Portfolios, s.milestonesFrom(), s.Risks, s.Goals, s.Dependencies, s.Reports, slices.Compact(fields)})
	if err != nil {
		panic(err) // strings and lists of strings always encode
	}
	sum := sha256.Sum256(asked)
	return hex.EncodeToString(sum[:8]), converter
}

// concurrency is how many requests may be under way.
func (c *Connector) concurrency() int {
	return cmp.Or(c.settings.Concurrency, httpx.DefaultConcurrency)
}
