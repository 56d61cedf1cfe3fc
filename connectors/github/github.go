// Package github reads GitHub and GitHub Enterprise Server: projects from
// repositories and from projects (boards), milestones from milestones,
// iterations, dated items, and issues of a type or a label, reported health
// from status updates, and dependencies from blocked-by and sub-issues.
//
// It decodes record by record so that a record it cannot read costs nobody
// else anything, and writes nothing to GitHub. Between runs it keeps nothing
// but the cursor and, in memory, which replies it knows already, so that
// GitHub need not send them again.
package github

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

	gogithub "github.com/google/go-github/v84/github"

	"plumbline/connectors"
	"plumbline/internal/httpx"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// converter is the version of the conversion in this package. Raise it when a
// record gives other facts than before: every connection is then read anew.
const converter = 1

// Connector reads one GitHub.
type Connector struct {
	settings Settings
	env      connectors.Env
	http     *httpx.Client
	caller   *httpx.Caller
	api      *gogithub.Client // makes requests; they are sent by the caller
	source   secret.Source
	app      *installation // when we sign in as one
	now      func() time.Time
	log      *slog.Logger
	hidden   *secret.Hidden
	memory   *memory
	names    *sync.Map // of people, by their id
}

// Open implements connectors.Settings.
func (s *Settings) Open(env connectors.Env) (connectors.Connector, error) {
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("github: %w", err)
	}
	c := &Connector{settings: *s, env: env, now: env.Now, log: env.Log, hidden: new(secret.Hidden), memory: newMemory(), names: new(sync.Map)}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	base, err := s.apiURL()
	if err != nil {
		return nil, fmt.Errorf("github: %w: %w", portfolio.ErrInvalid, err)
	}
	c.api = gogithub.NewClient(nil)
	c.api.BaseURL = base
	if err := c.signIn(); err != nil {
		return nil, fmt.Errorf("github: %w: %w", portfolio.ErrInvalid, err)
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
	asked, err := json.Marshal([]any{s.URL, s.Owners, s.Projects, s.milestonesFrom(), s.Milestones.Start, s.Milestones.Due, s.Risks, s.Dependencies, slices.Compact(fields)})
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

// reads tells whether milestones come from there.
func (c *Connector) reads(from string) bool {
	return slices.Contains(c.settings.milestonesFrom(), from)
}

// firstSecret asks a source when nobody waits for it.
func firstSecret(source secret.Source) (secret.String, error) {
	return source.Secret(context.Background(), secret.String{})
}
