package github

import (
	"net/http"
	"strconv"

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
	c.source = c.hidden.Source(source)
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
	c.source = c.hidden.Source(c.app)
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
