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

// normalise turns a refusal for the rate that only the tool's own connector
// recognises into one that everybody does.
func (c *Client) normalise(resp *http.Response, body []byte) {
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
