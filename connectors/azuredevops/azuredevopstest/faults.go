package azuredevopstest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
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
	// Delayed answers well, with a Retry-After in seconds.
	Delayed
	// InternalError answers 500.
	InternalError
	// Unavailable answers 503.
	Unavailable
	// Unauthorized answers 401, in the middle of a run if it must be.
	Unauthorized
	// SignIn answers as if the token had just expired, the way of Options.SignIn.
	SignIn
	// Forbidden answers 403, as for a token that lacks a scope.
	Forbidden
	// BadRequest answers 400.
	BadRequest
	// Drop closes the connection without an answer.
	Drop
	// Truncate promises the whole reply and breaks off in the middle.
	Truncate
	// HTML answers 200 with a page.
	HTML
	// EmptyPage makes a feed answer no records but a token for more.
	EmptyPage
	// ShortPage makes a feed answer one record where more would fit.
	ShortPage
	// RepeatToken makes a feed answer the token it was asked with.
	RepeatToken
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
	ByPath     map[string]int // by method and path, ids as {}
	TooEarly   []string       // requests that came before a Retry-After had passed
}

// inFlight is how long after a Retry-After a request of the same token may
// still arrive: it had left before that was read.
const inFlight = 50 * time.Millisecond

type faults struct {
	mu      sync.Mutex
	latency time.Duration
	menu    []*Fault
	counts  Counts
	now     int
	quiet   map[string]window // by credential
	site    *Site
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

var ids = regexp.MustCompile(`/[0-9a-f]{8}-[0-9a-f-]{27}|/\d+`)

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
	f.counts.ByPath[r.Method+" "+ids.ReplaceAllString(r.URL.Path, "/{}")]++
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
	case TooManySeconds, TooManyDate, Delayed:
		until := time.Now().Add(after)
		if kind == TooManyDate {
			until = until.Add(time.Second - 1).Truncate(time.Second)
			w.Header().Set("Retry-After", until.UTC().Format(http.TimeFormat))
		} else {
			w.Header().Set("Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second)))
		}
		w.Header().Set("X-RateLimit-Resource", "Core/work")
		w.Header().Set("X-RateLimit-Limit", "200")
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(until.Unix(), 10))
		w.Header().Set("X-RateLimit-Delay", "0.500")
		f.mu.Lock()
		if f.quiet == nil {
			f.quiet = map[string]window{}
		}
		f.quiet[r.Header.Get("Authorization")] = window{time.Now(), until}
		f.mu.Unlock()
		if kind == Delayed {
			next.ServeHTTP(w, r)
			return
		}
		refuse(w, http.StatusTooManyRequests, "RequestBlockedException", "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource 'Concurrency'.")
	case TooManyBare:
		refuse(w, http.StatusTooManyRequests, "RequestBlockedException", "TF400733: The request has been canceled.")
	case InternalError:
		refuse(w, http.StatusInternalServerError, "Exception", "TF400898: An Internal Error Occurred.")
	case Unavailable:
		refuse(w, http.StatusServiceUnavailable, "ServiceUnavailableException", "The service is unavailable.")
	case Unauthorized:
		refuse(w, http.StatusUnauthorized, "UnauthorizedRequestException", "TF400813: The user '' is not authorized to access this resource.")
	case SignIn:
		f.site.signInPage(w, r)
	case Forbidden:
		refuse(w, http.StatusForbidden, "AccessCheckException", "TF400813: The user is not authorized to access this resource.")
	case BadRequest:
		refuse(w, http.StatusBadRequest, "VssPropertyValidationException", "The request is not as it should be.")
	case HTML:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><head><title>Azure DevOps</title></head><body>We will be back soon.</body></html>")
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
