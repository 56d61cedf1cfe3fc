package github

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"plumbline/internal/httpx"
	"plumbline/internal/secret"
)

// signIn makes the client and what it signs its requests with.
func (c *Connector) signIn() error {
	a := c.settings.Auth
	cfg := httpx.Config{
		Log:          c.log,
		Transport:    c.env.Transport,
		AllowPrivate: c.env.AllowPrivate,
		Concurrency:  c.settings.Concurrency,
		PerSecond:    c.settings.RequestsPerSecond,
	}
	cfg.Limited = c.limited
	if a.App != nil {
		return c.signInAsApp(cfg)
	}
	source := secret.Fixed(a.Token)
	if a.File != "" {
		source = secret.NewFile(a.File)
	}
	c.source = hiding{source, c.hidden}
	first, err := firstSecret(c.source) // a missing file shows now, not at the first run
	if err != nil {
		return err
	}
	cfg.Credential = first.Reveal() // a newer one has no limits of its own: it is the same account
	c.http = httpx.New(cfg)
	c.caller = c.http.Caller(httpx.Signed(c.source, bearer))
	return nil
}

// signInAsApp makes the client of a GitHub App, whose tokens it renews itself.
func (c *Connector) signInAsApp(cfg httpx.Config) error {
	var err error
	if c.app, err = c.newInstallation(c.settings.Auth.App); err != nil {
		return err
	}
	cfg.Credential = "installation " + strconv.FormatInt(c.app.number, 10)
	c.http = httpx.New(cfg)
	c.app.use(c.http)
	c.source = hiding{c.app, c.hidden}
	c.caller = c.http.Caller(httpx.Signed(c.source, bearer))
	return nil
}

// bearer puts the token into requests.
func bearer(token secret.String, next http.RoundTripper) http.RoundTripper {
	return signed{token, next}
}

type signed struct {
	token secret.String
	next  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (s signed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+s.token.Reveal())
	return s.next.RoundTrip(r)
}

// maxHidden is how many secrets, the last ones, are hidden: a record written a
// while ago may hold one that was replaced since.
const maxHidden = 16

// hidden knows the texts by which we sign in. A proxy may repeat them in a
// refusal, and a person may have written them into a record; neither may be
// kept or shown as the tool's own words.
type hidden struct {
	mu      sync.RWMutex
	secrets []secret.String
}

func (h *hidden) learn(s secret.String) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.IsZero() || slices.ContainsFunc(h.secrets, s.Equal) {
		return
	}
	h.secrets = append(h.secrets, s)
	h.secrets = slices.Delete(h.secrets, 0, max(0, len(h.secrets)-maxHidden))
}

// mask returns the text with every secret replaced.
func (h *hidden) mask(text string) string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, s := range h.secrets {
		text = strings.ReplaceAll(text, s.Reveal(), secret.Mask)
	}
	return text
}

// A hiding source hides every secret before it is used.
type hiding struct {
	secret.Source
	hidden *hidden
}

// Secret implements secret.Source.
func (h hiding) Secret(ctx context.Context, refused secret.String) (secret.String, error) {
	s, err := h.Source.Secret(ctx, refused)
	if err == nil {
		h.hidden.learn(s)
	}
	return s, err
}
