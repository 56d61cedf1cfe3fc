// Package azuredevops reads Azure DevOps Services and Azure DevOps Server:
// projects from projects or from work items of a type, milestones from
// iterations and from work items of any type, and dependencies from links
// between work items.
//
// What changed is told by the tool's two reporting feeds, of revisions and of
// links, whose continuation tokens are the cursor. It asks for no more fields
// than are named, decodes record by record so that a record it cannot read
// costs nobody else anything, which is why it has a client of its own and not
// Microsoft's, and writes nothing. It reads no code, builds or tests. It keeps
// no state between runs but the cursor and what states mean.
package azuredevops

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"plumbline/connectors"
	"plumbline/internal/httpx"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// converter is the version of the conversion in this package. Raise it when a
// record gives other facts than before: every connection is then read anew.
const converter = 2

// Connector reads one organisation, or one collection of a server.
type Connector struct {
	settings Settings
	env      connectors.Env
	base     string // the address, without a slash at its end
	http     *httpx.Client
	caller   *httpx.Caller
	now      func() time.Time
	log      *slog.Logger
	hidden   *secret.Hidden
	zone     *time.Location
	states   sync.Map    // map[string]portfolio.StatusCategory by typeOf, as last told
	bare     atomic.Bool // the feed of work items refuses to say which are in the bin
	past     past
}

// Open implements connectors.Settings.
func (s *Settings) Open(env connectors.Env) (connectors.Connector, error) {
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("azuredevops: %w", err)
	}
	c := &Connector{settings: *s, env: env, base: strings.TrimRight(s.URL, "/"), now: env.Now, log: env.Log, hidden: new(secret.Hidden)}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if c.zone, err = time.LoadLocation(s.TimeZone); err != nil { // empty is UTC
		return nil, fmt.Errorf("azuredevops: %w: timezone: %w", portfolio.ErrInvalid, err)
	}
	c.hidden.Learn(s.WebhookSecret)
	source := c.hidden.Source(s.Auth.source())
	first, err := source.Secret(context.Background(), secret.String{}) // a missing file shows now, not at the first run
	if err != nil {
		return nil, fmt.Errorf("azuredevops: %w: auth.token_file: %w", portfolio.ErrInvalid, err)
	}
	c.http = httpx.New(httpx.Config{
		Credential:   first.Reveal(), // a newer one has no limits of its own: it is the same account
		Log:          c.log,
		Transport:    env.Transport,
		AllowPrivate: env.AllowPrivate,
		Concurrency:  s.Concurrency,
		PerSecond:    s.RequestsPerSecond,
		SignIn:       signInPage,
	})
	c.caller = c.http.Caller(httpx.Signed(source, s.Auth.sign))
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
	asked, err := json.Marshal([]any{c.base, s.Projects, s.milestonesFrom(), s.Milestones.History, s.Risks, s.Dependencies, s.TimeZone, slices.Compact(fields)})
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
