// Package httpx is the HTTP client of every connector: it retries reads, obeys
// what a tool says about waiting, shares one limiter among all that use the
// same credential, refuses to be sent to places it should not go, and counts.
//
// It never retries a write, never sleeps longer than MaxWait for a tool (the
// caller gets RateLimited and may come back later), and neither logs nor
// returns a query string, a header or a body.
package httpx

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// The limits of a client, where its Config does not say otherwise.
const (
	DefaultTimeout     = 60 * time.Second // for one attempt, body included
	DefaultRetries     = 4                // attempts after the first
	DefaultMaxWait     = 60 * time.Second // the longest obedience to a Retry-After
	DefaultMinBackoff  = 500 * time.Millisecond
	DefaultMaxBackoff  = 30 * time.Second
	DefaultConcurrency = 8        // requests at once for each credential
	DefaultMaxBody     = 64 << 20 // bytes of one reply
	maxErrorBody       = 64 << 10 // bytes of a refusal that are kept
)

// Config shapes a client. Zero values mean the defaults above.
type Config struct {
	// Credential tells apart who asks; it is only hashed, to share a limiter.
	Credential string
	Log        *slog.Logger
	// Transport replaces the guarded network.
	Transport http.RoundTripper
	// AllowPrivate lets the client reach private and loopback addresses, for
	// tools that live in the same network. Link-local ones stay refused.
	AllowPrivate bool

	Timeout     time.Duration
	Retries     int // negative: none
	MaxWait     time.Duration
	MinBackoff  time.Duration
	MaxBackoff  time.Duration
	Concurrency int
	// PerSecond bounds the rate of requests; 0 means only the tool does.
	PerSecond float64
	MaxBody   int64
	// Spool, if not 0, keeps the bodies of good replies in temporary files of
	// at most so many bytes, in place of memory: files are fetched so, which
	// may be of any type but a web page. Such a body is a *spool.File.
	Spool int64

	// Limited tells a refusal for the rate that does not look like one: a 200
	// with an error in it, say. Such a reply counts as a 429 that asks to wait
	// so long; 0 is for a tool that does not say. It is asked for every reply
	// but a 429 with a Retry-After.
	Limited func(resp *http.Response, body []byte) (wait time.Duration, limited bool)

	// SignIn tells that a reply is the page on which people sign in, or leads
	// there. It is handed on with 401, which other tools answer. Nil: none is.
	SignIn func(*http.Response) bool
}

// RateLimited says that the tool wants to be left alone for longer than a
// client sleeps, or still refused after every retry.
type RateLimited struct {
	After  time.Duration // from now
	Until  time.Time
	Reason string // as the tool names the limit, or empty
	Status int
}

// Error implements error.
func (e *RateLimited) Error() string {
	if e.Reason != "" {
		return fmt.Sprintf("rate limited (%s): asked to wait %s", e.Reason, e.After.Round(time.Second))
	}
	return fmt.Sprintf("rate limited: asked to wait %s", e.After.Round(time.Second))
}

// The kinds of error that say what came back was no answer.
var (
	ErrNotJSON  = errors.New("the reply is not JSON; is the address right, or does a login page stand before it?")
	ErrWebPage  = errors.New("the reply is a web page and no file; is the address right, or does a login page stand before it?")
	ErrTooLarge = errors.New("the reply is larger than allowed")
	ErrRedirect = errors.New("the tool sends us to another host, which is not followed")
	ErrAddress  = errors.New("the address is not one that a connection may reach")
)

// A Client makes requests for one connection.
type Client struct {
	cfg      Config
	retrying *retryablehttp.RoundTripper
	requests atomic.Int64
	waited   atomic.Int64
}

// New makes a client.
func New(cfg Config) *Client {
	or := func(d *time.Duration, otherwise time.Duration) {
		if *d <= 0 {
			*d = otherwise
		}
	}
	or(&cfg.Timeout, DefaultTimeout)
	or(&cfg.MaxWait, DefaultMaxWait)
	or(&cfg.MinBackoff, DefaultMinBackoff)
	or(&cfg.MaxBackoff, DefaultMaxBackoff)
	switch {
	case cfg.Retries == 0:
		cfg.Retries = DefaultRetries
	case cfg.Retries < 0:
		cfg.Retries = 0
	}
	if cfg.Concurrency <= 0 {
		cfg.Concurrency = DefaultConcurrency
	}
	if cfg.MaxBody <= 0 {
		cfg.MaxBody = DefaultMaxBody
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Transport == nil {
		cfg.Transport = guarded(cfg.AllowPrivate)
	}
	c := &Client{cfg: cfg}
	c.retrying = &retryablehttp.RoundTripper{Client: &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport:     attempts{c},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		RetryMax:     cfg.Retries,
		RetryWaitMin: cfg.MinBackoff,
		RetryWaitMax: cfg.MaxBackoff,
		CheckRetry:   c.checkRetry,
		Backoff:      c.backoff,
		ErrorHandler: passthrough,
	}}
	return c
}

// Usage is how many requests were sent, and how long they waited because a
// tool asked for it or because they were tried again.
func (c *Client) Usage() (requests int, waited time.Duration) {
	return int(c.requests.Load()), time.Duration(c.waited.Load())
}

// A Caller does what http.Client.Do does, but its errors show no query.
type Caller struct{ client http.Client }

// Caller returns one over the client. wrap, if not nil, adds what authenticates
// each request. A redirect to another host is not followed.
func (c *Client) Caller(wrap func(http.RoundTripper) http.RoundTripper) *Caller {
	var rt http.RoundTripper = c
	if wrap != nil {
		rt = wrap(rt)
	}
	return &Caller{http.Client{Transport: rt, CheckRedirect: sameHost}}
}

// Do sends a request.
func (c *Caller) Do(r *http.Request) (*http.Response, error) {
	resp, err := c.client.Do(r)
	if err != nil {
		if resp != nil { // a redirect that was not followed
			_ = resp.Body.Close()
		}
		return nil, fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, tidy(err))
	}
	return resp, nil
}

const maxRedirects = 5

func sameHost(r *http.Request, via []*http.Request) error {
	first := via[0].URL
	if r.URL.Host != first.Host || r.URL.Scheme != first.Scheme {
		return ErrRedirect
	}
	if len(via) > maxRedirects {
		return errors.New("too many redirects")
	}
	return nil
}

// RoundTrip implements http.RoundTripper.
func (c *Client) RoundTrip(r *http.Request) (*http.Response, error) {
	l := limiterOf(r.URL.Host, c.cfg)
	ctx := r.Context()
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		ctx = Reading(ctx)
	}
	state := &call{limiter: l}
	resp, err := c.retrying.RoundTrip(r.WithContext(context.WithValue(ctx, callKey{}, state)))
	if err != nil {
		return nil, tidy(err)
	}
	if after, limited := retryAfter(resp); limited {
		_ = resp.Body.Close()
		if after <= 0 {
			after = c.cfg.MaxWait
		}
		return nil, &RateLimited{After: after, Until: time.Now().Add(after), Reason: reasonOf(resp), Status: resp.StatusCode}
	}
	return resp, nil
}

// tidy takes the address out of an error: its query may hold what is nobody's
// business.
func tidy(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
