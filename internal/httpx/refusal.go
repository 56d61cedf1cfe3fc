package httpx

import (
	"net/http"
	"strconv"
	"time"
)

// retryAfter tells whether a reply is about the rate, and how long it asks to
// wait; 0 when it does not say, or says 0.
func retryAfter(resp *http.Response) (time.Duration, bool) {
	after := parseRetryAfter(resp.Header.Get("Retry-After"), time.Now())
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return after, true
	case http.StatusServiceUnavailable, http.StatusForbidden:
		return after, resp.Header.Get("Retry-After") != ""
	}
	return 0, false
}

// pauseOf is how long a reply asks everybody to stay away, be it beside a good
// answer.
func pauseOf(resp *http.Response) time.Duration {
	if after, limited := retryAfter(resp); limited {
		return after
	}
	if resp.StatusCode < http.StatusMultipleChoices {
		return parseRetryAfter(resp.Header.Get("Retry-After"), time.Now())
	}
	return 0
}

// normalise turns a refusal that only the tool's own connector recognises into
// one that everybody does.
func (c *Client) normalise(resp *http.Response, body []byte) {
	if c.cfg.SignIn != nil && c.cfg.SignIn(resp) {
		resp.StatusCode, resp.Status = http.StatusUnauthorized, http.StatusText(http.StatusUnauthorized)
		return
	}
	if c.cfg.Limited == nil || resp.StatusCode == http.StatusTooManyRequests && resp.Header.Get("Retry-After") != "" {
		return
	}
	wait, limited := c.cfg.Limited(resp, body)
	if !limited {
		return
	}
	resp.StatusCode = http.StatusTooManyRequests
	resp.Header.Del("Retry-After")
	if wait > 0 {
		seconds := int64((wait + time.Second - 1) / time.Second)
		resp.Header.Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
}
