package httpx

import (
	"context"
	"errors"
	"net/http"
	"time"

	"plumbline/internal/spool"
)

// passthrough hands the last reply on as it is: its status says more than
// "giving up".
func passthrough(resp *http.Response, err error, _ int) (*http.Response, error) {
	if err != nil {
		if resp != nil {
			_ = resp.Body.Close()
		}
		return nil, err
	}
	return resp, nil
}

type readKey struct{}

// Reading marks a request as one that changes nothing although its method is
// POST, such as a search with a long query, so that it may be tried again.
func Reading(ctx context.Context) context.Context { return context.WithValue(ctx, readKey{}, true) }

// checkRetry decides whether an attempt is made again.
func (c *Client) checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	reading := ctx.Value(readKey{}) != nil
	if err != nil {
		var limited *RateLimited
		switch {
		case errors.As(err, &limited):
			return false, limited
		case errors.Is(err, ErrNotJSON), errors.Is(err, ErrWebPage), errors.Is(err, ErrTooLarge), errors.Is(err, spool.ErrTooLarge), errors.Is(err, ErrAddress):
			return false, tidy(err)
		}
		return reading, tidyUnless(reading, err)
	}
	if after, limited := retryAfter(resp); limited {
		if after > c.cfg.MaxWait {
			return false, &RateLimited{After: after, Until: time.Now().Add(after), Reason: reasonOf(resp), Status: resp.StatusCode}
		}
		return reading, nil
	}
	switch resp.StatusCode {
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusRequestTimeout:
		return reading, nil
	}
	return false, nil
}

// tidyUnless keeps the error for a request that is not tried again.
func tidyUnless(again bool, err error) error {
	if again {
		return nil
	}
	return tidy(err)
}

// backoff is how long to wait before the next attempt: what the tool asked for
// is waited for at the limiter, where everybody with this credential waits.
func (c *Client) backoff(least, most time.Duration, attempt int, resp *http.Response) time.Duration {
	wait := min(least<<min(attempt, 16), most)
	wait = wait/2 + jitter(wait/2)
	if resp != nil {
		if after, limited := retryAfter(resp); limited && after > 0 {
			wait = jitter(least) // so that not all of them start again at the same instant
		}
	}
	c.waited.Add(int64(wait))
	return wait
}
