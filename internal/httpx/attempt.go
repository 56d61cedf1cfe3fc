package httpx

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"plumbline/internal/spool"
)

type callKey struct{}

// call is one request with all its attempts.
type call struct {
	limiter  *limiter
	attempts int
}

// attempts sends one attempt and reads its whole reply, so that a reply which
// breaks off is tried again like one that never came.
type attempts struct{ c *Client }

func (a attempts) RoundTrip(r *http.Request) (*http.Response, error) {
	c := a.c
	state, _ := r.Context().Value(callKey{}).(*call)
	if state == nil {
		state = &call{limiter: limiterOf(r.URL.Host, c.cfg)}
	}
	state.attempts++
	waited, err := state.limiter.enter(r.Context(), c.cfg.MaxWait)
	c.waited.Add(int64(waited))
	if err != nil {
		return nil, err
	}
	defer state.limiter.leave()
	ctx, cancel := context.WithTimeout(r.Context(), c.cfg.Timeout)
	defer cancel()
	c.requests.Add(1)
	start := time.Now()
	resp, err := c.cfg.Transport.RoundTrip(r.WithContext(ctx))
	log := c.cfg.Log.With("method", r.Method, "path", r.URL.Path, "attempt", state.attempts, "duration", time.Since(start))
	if err != nil {
		err = tidy(err)
		log.DebugContext(r.Context(), "request failed", "error", err)
		return nil, err
	}
	if c.cfg.Spool > 0 && resp.StatusCode == http.StatusOK {
		if err := spooled(resp, c.cfg.Spool); err != nil {
			return nil, err
		}
		return resp, nil
	}
	body, err := readBody(resp, c.cfg.MaxBody)
	log.DebugContext(r.Context(), "request", "status", resp.StatusCode, "bytes", len(body))
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	c.normalise(resp, body)
	state.limiter.pause(pauseOf(resp))
	if err := checkType(resp, body); err != nil {
		return nil, err
	}
	return resp, nil
}

// spooled moves a reply's body to where it may be larger than memory.
func spooled(resp *http.Response, limit int64) error {
	defer resp.Body.Close()
	switch kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind {
	case "text/html", "application/xhtml+xml":
		return ErrWebPage
	}
	file, err := spool.New(limit)
	if err != nil {
		return err
	}
	if _, err = io.Copy(file, resp.Body); err != nil {
		err = fmt.Errorf("reading the reply: %w", err)
	} else {
		err = file.Rewind()
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	resp.Body = file
	return nil
}

func readBody(resp *http.Response, limit int64) ([]byte, error) {
	defer resp.Body.Close()
	refused := resp.StatusCode >= 300
	if refused {
		limit = maxErrorBody
	}
	var b bytes.Buffer
	if n := resp.ContentLength; n > 0 && n <= limit {
		b.Grow(int(n) + bytes.MinRead)
	}
	n, err := b.ReadFrom(io.LimitReader(resp.Body, limit+1))
	switch {
	case refused && n > limit:
		return b.Bytes()[:limit], nil
	case err != nil && !refused:
		return nil, fmt.Errorf("reading the reply: %w", err)
	case n > limit:
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
	}
	return b.Bytes(), nil
}

// checkType refuses a good status with something else than JSON: what stands
// behind a login page is not what we asked for.
func checkType(resp *http.Response, body []byte) error {
	if resp.StatusCode < 200 || resp.StatusCode > 299 || resp.StatusCode == http.StatusNoContent || len(body) == 0 {
		return nil
	}
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json")) {
		return nil
	}
	if kind == "" {
		kind = "without a type"
	}
	return fmt.Errorf("%w (%s)", ErrNotJSON, kind)
}
