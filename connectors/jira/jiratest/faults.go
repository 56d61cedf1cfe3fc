package jiratest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kind is a way to misbehave.
type Kind int

// The menu.
const (
	// TooManySeconds answers 429 with Retry-After in seconds.
	TooManySeconds Kind = iota + 1
	// TooManyDate answers 429 with Retry-After as an HTTP date.
	TooManyDate
	// TooManyBare answers 429 without saying until when.
	TooManyBare
	// ForbiddenRetry answers 403 with Retry-After in seconds.
	ForbiddenRetry
	// InternalError answers 500.
	InternalError
	// Unavailable answers 503.
	Unavailable
	// Unauthorized answers 401, in the middle of a run if it must be.
	Unauthorized
	// NotFound answers 404, as a proxy does that does not know the path.
	NotFound
	// Drop closes the connection without an answer.
	Drop
	// Truncate promises the whole reply and breaks off in the middle.
	Truncate
	// HTML answers 200 with a login page.
	HTML
	// EmptyPage makes a search answer no records but a token for more.
	EmptyPage
	// ShortPage makes a listing answer one record where more would fit.
	ShortPage
	// RepeatToken makes a search answer the token it was asked with.
	RepeatToken
	// Shift touches the first issue of a page once it was sent, so that what
	// follows moves up.
	Shift
)

// Fault is one misbehaviour.
type Fault struct {
	Kind  Kind
	Path  string        // it strikes requests whose path holds this; empty is all
	Skip  int           // so many of them pass first
	Times int           // so many are struck; 0 is until it is removed
	After time.Duration // what Retry-After says
}

// Counts are what a site saw.
type Counts struct {
	Requests   int
	Concurrent int            // the most requests at once
	ByPath     map[string]int // by method and path, ids and keys as {}
	TooEarly   []string       // requests that came before a Retry-After had passed
}

// inFlight is how long after a refusal a request of the same credential may
// still arrive: it had left before the refusal was read.
const inFlight = 50 * time.Millisecond

type faults struct {
	site *Site

	mu      sync.Mutex
	latency time.Duration
	menu    []*Fault
	counts  Counts
	now     int
	quiet   map[string]window // by credential
}

type window struct{ from, until time.Time }

// SetLatency makes every answer wait that long.
func (s *Site) SetLatency(d time.Duration) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.latency = d
}

// Inject adds a fault and returns how to remove it.
func (s *Site) Inject(f Fault) (remove func()) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.menu = append(s.faults.menu, &f)
	return func() {
		s.faults.mu.Lock()
		defer s.faults.mu.Unlock()
		s.faults.menu = slices.DeleteFunc(s.faults.menu, func(o *Fault) bool { return o == &f })
	}
}

// ClearFaults removes every fault and the latency.
func (s *Site) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.menu, s.faults.latency = nil, 0
}

// Counts tells what was asked since the start or the last ResetCounts.
func (s *Site) Counts() Counts {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	c := s.faults.counts
	c.TooEarly = slices.Clone(c.TooEarly)
	by := map[string]int{}
	for k, v := range c.ByPath {
		by[k] = v
	}
	c.ByPath = by
	return c
}

// ResetCounts begins to count anew.
func (s *Site) ResetCounts() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.counts = Counts{}
}

// arrive counts a request and picks the fault that strikes it.
func (f *faults) arrive(r *http.Request) (Kind, time.Duration, time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now++
	f.counts.Requests++
	f.counts.Concurrent = max(f.counts.Concurrent, f.now)
	if f.counts.ByPath == nil {
		f.counts.ByPath = map[string]int{}
	}
	f.counts.ByPath[r.Method+" "+pattern(r.URL.Path)]++
	now := time.Now()
	if w, ok := f.quiet[r.Header.Get("Authorization")]; ok && now.After(w.from.Add(inFlight)) && now.Before(w.until) {
		f.counts.TooEarly = append(f.counts.TooEarly, fmt.Sprintf("%s %s came %v too early", r.Method, r.URL.Path, w.until.Sub(now)))
	}
	for _, fault := range f.menu {
		if !strings.Contains(r.URL.Path, fault.Path) {
			continue
		}
		if fault.Skip > 0 {
			fault.Skip--
			continue
		}
		if fault.Times < 0 {
			continue
		}
		if fault.Times > 0 {
			if fault.Times--; fault.Times == 0 {
				fault.Times = -1
			}
		}
		return fault.Kind, fault.After, f.latency
	}
	return 0, 0, f.latency
}

// pattern replaces the ids and keys of a path.
func pattern(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		if i > 0 && parts[i] != "" && slices.Contains([]string{"project", "issue", "version"}, parts[i-1]) &&
			parts[i] != "search" && parts[i] != "bulkfetch" {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

func (f *faults) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	kind, after, latency := f.arrive(r)
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.now--
	}()
	if latency > 0 {
		select {
		case <-time.After(latency):
		case <-r.Context().Done():
			return
		}
	}
	switch kind {
	case TooManySeconds, TooManyDate, ForbiddenRetry:
		until := time.Now().Add(after)
		status := http.StatusTooManyRequests
		switch kind {
		case TooManyDate:
			until = until.Add(time.Second - 1).Truncate(time.Second)
			w.Header().Set("Retry-After", until.UTC().Format(http.TimeFormat))
		case ForbiddenRetry:
			status = http.StatusForbidden
			fallthrough
		default:
			w.Header().Set("Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second)))
		}
		f.mu.Lock()
		if f.quiet == nil {
			f.quiet = map[string]window{}
		}
		f.quiet[r.Header.Get("Authorization")] = window{time.Now(), until}
		f.mu.Unlock()
		w.Header().Set("RateLimit-Reason", "jira-burst-based")
		refuse(w, status, "Rate limit exceeded.")
	case TooManyBare:
		w.Header().Set("RateLimit-Reason", "jira-burst-based")
		refuse(w, http.StatusTooManyRequests, "Rate limit exceeded.")
	case InternalError:
		refuse(w, http.StatusInternalServerError, "Internal server error")
	case Unavailable:
		refuse(w, http.StatusServiceUnavailable, "The site is being upgraded.")
	case Unauthorized:
		refuse(w, http.StatusUnauthorized, "Client must be authenticated to access this resource.")
	case NotFound:
		refuse(w, http.StatusNotFound, "There is nothing here.")
	case HTML:
		w.Header().Set("Content-Type", "text/html;charset=UTF-8")
		_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>Log in</title></head><body>Log in to continue</body></html>"))
	case Drop:
		panic(http.ErrAbortHandler)
	case Truncate:
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		body := rec.Body.Bytes()
		w.Header().Set("Content-Type", rec.Header().Get("Content-Type"))
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(rec.Code)
		_, _ = bytes.NewReader(body[:len(body)/2]).WriteTo(w)
		if fl, ok := w.(http.Flusher); ok {
			fl.Flush()
		}
		panic(http.ErrAbortHandler)
	default:
		next.ServeHTTP(w, r.WithContext(withPageFault(r.Context(), kind)))
	}
}
