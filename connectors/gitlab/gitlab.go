// Package gitlab reads GitLab: projects and groups, the milestones of both,
// epics where the licence has them, issues with a label as milestones or risks,
// and what blocks what among epics and such milestones.
//
// It speaks through GitLab's own client with its retries and its limiter
// switched off, for httpx has both; lists are taken as they come and decoded
// record by record. It asks for no more than it maps and writes nothing to
// GitLab. Between runs it keeps no state but the cursor, and, to ask for less,
// which groups and projects were there and who leads them.
package gitlab

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
	"strconv"
	"strings"
	"time"

	gogitlab "gitlab.com/gitlab-org/api/client-go"

	"plumbline/connectors"
	"plumbline/internal/httpx"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// converter is the version of the conversion in this package. Raise it when a
// record gives other facts than before: every connection is then read anew.
const converter = 2

// Connector reads one GitLab.
type Connector struct {
	settings Settings
	env      connectors.Env
	http     *httpx.Client
	client   *gogitlab.Client
	now      func() time.Time
	log      *slog.Logger
	hidden   secret.Hidden
	known    known
	leads    leads
}

// Open implements connectors.Settings.
func (s *Settings) Open(env connectors.Env) (connectors.Connector, error) {
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("gitlab: %w", err)
	}
	c := &Connector{settings: *s, env: env, now: env.Now, log: env.Log}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	c.hidden.Learn(s.WebhookSecret)
	source := c.hidden.Source(s.Auth.source())
	first, err := source.Secret(context.Background(), secret.String{}) // a missing file shows now, not at the first run
	if err != nil {
		return nil, fmt.Errorf("gitlab: %w: auth.token_file: %w", portfolio.ErrInvalid, err)
	}
	c.http = httpx.New(httpx.Config{
		Credential:   first.Reveal(), // a newer one has no limits of its own: it is the same account
		Log:          c.log,
		Transport:    env.Transport,
		AllowPrivate: env.AllowPrivate,
		Concurrency:  s.Concurrency,
		PerSecond:    s.RequestsPerSecond,
		Limited:      c.limited,
	})
	c.client, err = gogitlab.NewClient("",
		gogitlab.WithBaseURL(s.URL),
		gogitlab.WithHTTPClient(&http.Client{
			Transport:     httpx.Signed(source, s.Auth.sign)(c.http),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // ids never move
		}),
		gogitlab.WithoutRetries(),
		gogitlab.WithCustomLimiter(unlimited{}),
	)
	if err != nil {
		return nil, fmt.Errorf("gitlab: %w", err)
	}
	return c, nil
}

// unlimited is a limiter that lets everything pass: httpx has one that all
// connections with the credential share.
type unlimited struct{}

// Wait implements the client's RateLimiter.
func (unlimited) Wait(context.Context) error { return nil }

// limited tells how long a 429 without a Retry-After asks to wait: until the
// limit is reset, in seconds since 1970.
func (c *Connector) limited(resp *http.Response, _ []byte) (time.Duration, bool) {
	if resp.StatusCode != http.StatusTooManyRequests {
		return 0, false
	}
	at, err := strconv.ParseInt(resp.Header.Get("RateLimit-Reset"), 10, 64)
	if err != nil {
		return 0, true
	}
	return max(0, time.Unix(at, 0).Sub(c.now())), true
}

// source is where the token comes from.
func (a Auth) source() secret.Source {
	if a.File != "" {
		return secret.NewFile(a.File)
	}
	return secret.Fixed(a.Token)
}

// sign returns a transport that puts the token into requests.
func (a Auth) sign(token secret.String, next http.RoundTripper) http.RoundTripper {
	return signing{a.Bearer, token, next}
}

type signing struct {
	bearer bool
	token  secret.String
	next   http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (s signing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Del("Private-Token") // the client sets it, with the empty token that it was given
	if s.bearer {
		r.Header.Set("Authorization", "Bearer "+s.token.Reveal())
	} else {
		r.Header.Set("Private-Token", s.token.Reveal())
	}
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
	asked, err := json.Marshal([]any{strings.TrimRight(s.URL, "/"), s.Projects, s.Milestones, s.Risks, s.Dependencies, slices.Compact(fields)})
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
