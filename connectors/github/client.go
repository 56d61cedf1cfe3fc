package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	gogithub "github.com/google/go-github/v84/github"

	"plumbline/connectors"
	"plumbline/internal/httpx"
)

// statusError is a refusal, in GitHub's own words where it gave some.
type statusError struct {
	Status int
	Path   string
	Says   string
	SSO    string // what the header X-GitHub-SSO asks for
}

func (e *statusError) Error() string {
	text := fmt.Sprintf("%s answered %d", e.Path, e.Status)
	if e.Says != "" {
		text += ": " + strings.TrimRight(e.Says, ".")
	}
	if mend := e.mend(); mend != "" {
		text += "; " + mend
	}
	return text
}

// mend is what whoever keeps the connection can do about a refusal.
func (e *statusError) mend() string {
	_, address, _ := strings.Cut(e.SSO, "url=")
	switch {
	case address != "":
		return "authorise the token for single sign-on at " + address
	case e.SSO != "" || strings.Contains(e.Says, "SAML enforcement"):
		return "authorise the token for single sign-on: Settings, Developer settings, Personal access tokens, Configure SSO"
	case e.Status == http.StatusUnauthorized && strings.HasPrefix(e.Path, "app/"):
		return "auth.app.id or the key is of another app, or the clock is wrong"
	case e.Status == http.StatusUnauthorized:
		return "the token is wrong, has expired or was revoked: put a new one under auth"
	case e.Status == http.StatusForbidden:
		return "the token lacks a permission, or its owner has not approved it yet; plumbline check names the permission"
	}
	return ""
}

// Unwrap lets the engine see that the credential was not taken.
func (e *statusError) Unwrap() error {
	if e.Status == http.StatusUnauthorized {
		return connectors.ErrUnauthorized
	}
	return nil
}

func hasStatus(err error, any ...int) bool {
	var refused *statusError
	if !errors.As(err, &refused) {
		return false
	}
	for _, status := range any {
		if refused.Status == status {
			return true
		}
	}
	return false
}

// gone tells that what was asked for is not there, or not for us: GitHub does
// not tell one from the other.
func gone(err error) bool {
	return hasStatus(err, http.StatusNotFound, http.StatusGone, http.StatusForbidden, http.StatusUnavailableForLegalReasons)
}

// ssoHeader tells that an organisation asks for single sign-on, and the token
// was not authorised for it.
const ssoHeader = "X-GitHub-SSO"

// maxSays bounds how much of a refusal is repeated.
const maxSays = 300

// reply is a good answer. One that is unchanged has no body.
type reply struct {
	header    http.Header
	body      []byte
	unchanged bool
}

// ask reads a path below the API. With an etag, the answer may be that the
// reply of that etag still holds.
func (c *Connector) ask(ctx context.Context, path, etag string) (*reply, error) {
	req, err := c.api.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	return c.send(ctx, c.caller, req)
}

// send sends a request and reads what comes back.
func (c *Connector) send(ctx context.Context, caller *httpx.Caller, req *http.Request) (*reply, error) {
	path := strings.TrimPrefix(req.URL.Path, c.api.BaseURL.Path)
	resp, err := caller.Do(req.WithContext(ctx))
	var limited *httpx.RateLimited
	if errors.As(err, &limited) {
		return nil, &connectors.RateLimited{Until: c.now().Add(limited.After), Reason: limited.Reason}
	}
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNotModified {
		return &reply{header: resp.Header, unchanged: true}, nil
	}
	if err := gogithub.CheckResponse(resp); err != nil {
		refused := &statusError{Status: resp.StatusCode, Path: path, SSO: resp.Header.Get(ssoHeader)}
		var said *gogithub.ErrorResponse
		if errors.As(err, &said) {
			refused.Says = truncate(c.hidden.Mask(said.Message), maxSays)
		}
		return nil, refused
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &reply{header: resp.Header, body: body}, nil
}

// get reads one record or object.
func (c *Connector) get(ctx context.Context, path string, into any) (http.Header, error) {
	r, err := c.ask(ctx, path, "")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(r.body, into); err != nil {
		return nil, fmt.Errorf("%s: %w", bare(path), err)
	}
	return r.header, nil
}

func bare(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path
}

// perPage is the most records that GitHub puts into a page.
const perPage = "100"

func withQuery(path string, pairs ...string) string {
	query := url.Values{"per_page": {perPage}}
	for i := 0; i+1 < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	return path + "?" + query.Encode()
}

// nextPage reads the Link to the next page, as a path below the API. Only the
// path is believed: an Enterprise Server behind a proxy may call itself by
// another name.
func (c *Connector) nextPage(h http.Header) (string, error) {
	for link := range strings.SplitSeq(h.Get("Link"), ",") {
		target, rel, _ := strings.Cut(strings.TrimSpace(link), ";")
		if !strings.Contains(rel, `rel="next"`) {
			continue
		}
		u, err := url.Parse(strings.Trim(target, "<> "))
		if err != nil {
			return "", errors.New("the link to the next page is no address")
		}
		return strings.TrimPrefix(u.RequestURI(), c.api.BaseURL.Path), nil
	}
	return "", nil
}
