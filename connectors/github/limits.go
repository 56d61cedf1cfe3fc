package github

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	gogithub "github.com/google/go-github/v84/github"
)

// unsaid is how long to leave GitHub alone when it refuses for the rate
// without saying until when: at least a minute, as its documentation asks.
const unsaid = time.Minute

// limited recognises GitHub's refusals for the rate. There are two limits. The
// primary one, of an hour, answers 403 or 429 with nothing remaining and the
// second of its reset. The secondary one answers 403 or 429 with a Retry-After
// or, at times, with nothing but its text to tell it from a missing
// permission. GraphQL answers 200 with an error of the type RATE_LIMITED.
func (c *Connector) limited(resp *http.Response, body []byte) (time.Duration, bool) {
	switch resp.StatusCode {
	case http.StatusForbidden, http.StatusTooManyRequests:
		if resp.Header.Get("Retry-After") != "" {
			return 0, false // everybody knows that one
		}
		if wait, ok := untilReset(resp.Header, c.now()); ok {
			return wait, true
		}
		return unsaid, resp.StatusCode == http.StatusTooManyRequests || secondary(body)
	case http.StatusOK:
		if !bytes.Contains(body, []byte(`"RATE_LIMITED"`)) || !rateLimitedQuery(body) { // most replies are spared the decoding
			return 0, false
		}
		if wait, ok := untilReset(resp.Header, c.now()); ok {
			return wait, true
		}
		return unsaid, true
	}
	return 0, false
}

// untilReset reads how long the primary limit lasts; false when something
// remains of it. A second more makes up for the part of one that is cut off.
func untilReset(h http.Header, now time.Time) (time.Duration, bool) {
	if h.Get(gogithub.HeaderRateRemaining) != "0" {
		return 0, false
	}
	seconds, err := strconv.ParseInt(h.Get(gogithub.HeaderRateReset), 10, 64)
	if err != nil {
		return unsaid, true
	}
	return max(time.Second, time.Unix(seconds, 0).Sub(now)), true
}

// rateLimitedQuery looks for the error in a reply, where a text may hold the
// same word.
func rateLimitedQuery(body []byte) bool {
	var reply struct {
		Errors []struct {
			Type string `json:"type"`
		} `json:"errors"`
	}
	if json.Unmarshal(body, &reply) != nil {
		return false
	}
	for _, e := range reply.Errors {
		if e.Type == "RATE_LIMITED" {
			return true
		}
	}
	return false
}

func secondary(body []byte) bool {
	text := strings.ToLower(string(body))
	return strings.Contains(text, "secondary rate limit") || strings.Contains(text, "abuse detection") || strings.Contains(text, "rate limit exceeded")
}
