// Package jira reads Jira Cloud and Jira Data Center: projects from projects
// or from issues of a type, milestones from versions, epics, issues of any
// type or of a JQL query, risks from issues of a type, and dependencies from
// issue links that block.
//
// It asks for no more fields than are named, decodes record by record so that
// a record it cannot read costs nobody else anything, and writes nothing to
// Jira. It keeps no state between runs but the cursor.
package jira

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

	gojira "github.com/andygrunwald/go-jira"

	"plumbline/connectors"
	"plumbline/internal/httpx"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// converter is the version of the conversion in this package. Raise it when a
// record gives other facts than before: every connection is then read anew.
const converter = 1

// Connector reads one Jira site.
type Connector struct {
	settings Settings
	env      connectors.Env
	http     *httpx.Client
	client   *gojira.Client
	now      func() time.Time
	log      *slog.Logger
	hidden   *secret.Hidden
	people   sync.Map // portfolio.PersonFact by user id, as last told
}

// Open implements connectors.Settings.
func (s *Settings) Open(env connectors.Env) (connectors.Connector, error) {
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("jira: %w", err)
	}
	c := &Connector{settings: *s, env: env, now: env.Now, log: env.Log, hidden: &secret.Hidden{User: s.Auth.Email}}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	source := c.hidden.Source(s.Auth.source())
	first, err := source.Secret(context.Background(), secret.String{}) // a missing file shows now, not at the first run
	if err != nil {
		return nil, fmt.Errorf("jira: %w: auth.token_file: %w", portfolio.ErrInvalid, err)
	}
	c.http = httpx.New(httpx.Config{
		Credential:   s.Auth.Email + ":" + first.Reveal(), // a newer one has no limits of its own: it is the same account
		Log:          c.log,
		Transport:    env.Transport,
		AllowPrivate: env.AllowPrivate,
		Concurrency:  s.Concurrency,
		PerSecond:    s.RequestsPerSecond,
	})
	caller := c.http.Caller(httpx.Signed(source, s.Auth.sign))
	if c.client, err = gojira.NewClient(caller, s.URL); err != nil {
		return nil, fmt.Errorf("jira: %w", err)
	}
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
	asked, err := json.Marshal([]any{s.URL, s.Projects, s.milestonesFrom(), s.Risks, s.Dependencies, slices.Compact(fields)})
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
