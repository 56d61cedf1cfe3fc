package githubtest

import (
	"bytes"
	"context"
	"fmt"
	"maps"
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
	// Secondary answers 403 with Retry-After in seconds.
	Secondary
	// SecondaryBare answers 403 that only its text tells from a missing permission.
	SecondaryBare
	// Primary answers 403 with nothing remaining and the second of the reset.
	Primary
	// RateLimitedQuery answers 200 with an error of the type RATE_LIMITED.
	RateLimitedQuery
	// InternalError answers 500.
	InternalError
	// Unauthorized answers 401, in the middle of a run if it must be.
	Unauthorized
	// Forbidden answers 403 for want of a permission.
	Forbidden
	// NotFound answers 404.
	NotFound
	// Drop closes the connection without an answer.
	Drop
	// Truncate promises the whole reply and breaks off in the middle.
	Truncate
	// HTML answers 200 with a login page.
	HTML
	// EmptyPage makes a query answer no nodes but a cursor for more.
	EmptyPage
	// ShortPage makes a listing answer one record where more would fit.
	ShortPage
	// RepeatToken makes a listing name itself as its next page.
	RepeatToken
)

// Fault is one misbehaviour.
type Fault struct {
	Kind  Kind
	Path  string        // it strikes requests whose path holds this; empty is all
	Skip  int           // so many of them pass first
	Times int           // so many are struck; 0 is until it is removed
	After time.Duration // how long the tool asks to wait
}

// Counts are what a site saw.
type Counts struct {
	Requests    int
	Unchanged   int // answered 304, which costs nothing
	Points      int // what counts against the limit
	Concurrent  int // the most requests at once
	ByPath      map[string]int
	TooEarly    []string // requests that came before a wait was over
	GraphPoints int
}

// inFlight is how long after a refusal a request of the same credential may
// still arrive: it had left before the refusal was read.
const inFlight = 50 * time.Millisecond

type faults struct {
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

// Counts tells what was asked since the start or the last ResetCounts.
func (s *Site) Counts() Counts {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	c := s.faults.counts
	c.TooEarly, c.ByPath = slices.Clone(c.TooEarly), maps.Clone(c.ByPath)
	return c
}

// ResetCounts begins to count anew.
func (s *Site) ResetCounts() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.counts = Counts{}
}

// remaining counts the price of a reply and tells what is left of the hour.
func (f *faults) remaining(price int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts.Points += price
	if price == 0 {
		f.counts.Unchanged++
	}
	return max(1, 5000-f.counts.Points)
}

// arrive counts a request and picks the fault that strikes it.
func (f *faults) arrive(r *http.Request) (Fault, time.Duration) {
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
		return *fault, f.latency
	}
	return Fault{}, f.latency
}

// pattern replaces the names and numbers of a path.
func pattern(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		if _, err := strconv.Atoi(parts[i]); err == nil || i > 0 && (parts[i-1] == "repos" || parts[i-1] == "orgs" || parts[i-1] == "users") || i > 1 && parts[i-2] == "repos" {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

func (f *faults) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	fault, latency := f.arrive(r)
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
	if f.limit(w, r, fault) {
		return
	}
	switch fault.Kind {
	case InternalError:
		refuse(w, http.StatusInternalServerError, "Server Error")
	case Unauthorized:
		refuse(w, http.StatusUnauthorized, "Bad credentials")
	case Forbidden:
		refuse(w, http.StatusForbidden, "Resource not accessible by personal access token")
	case NotFound:
		refuse(w, http.StatusNotFound, "Not Found")
	case HTML:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to continue</body></html>"))
	case Drop:
		panic(http.ErrAbortHandler)
	case Truncate:
		truncate(w, r, next)
	default:
		next.ServeHTTP(w, r.WithContext(withPageFault(r.Context(), fault.Kind)))
	}
}

// limit answers a fault that is about the rate.
func (f *faults) limit(w http.ResponseWriter, r *http.Request, fault Fault) bool {
	now := time.Now()
	until := now.Add(fault.After)
	h := w.Header()
	seconds := strconv.Itoa(int((fault.After + time.Second - 1) / time.Second))
	const secondary = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
	switch fault.Kind {
	case TooManySeconds:
		h.Set("Retry-After", seconds)
		refuse(w, http.StatusTooManyRequests, secondary)
	case TooManyDate:
		until = until.Add(time.Second - 1).Truncate(time.Second)
		h.Set("Retry-After", until.UTC().Format(http.TimeFormat))
		refuse(w, http.StatusTooManyRequests, secondary)
	case TooManyBare:
		refuse(w, http.StatusTooManyRequests, secondary)
		return true
	case Secondary:
		h.Set("Retry-After", seconds)
		refuse(w, http.StatusForbidden, secondary)
	case SecondaryBare:
		until = now.Add(time.Minute)
		refuse(w, http.StatusForbidden, secondary)
	case Primary, RateLimitedQuery:
		until = until.Add(time.Second - 1).Truncate(time.Second)
		h.Set("X-RateLimit-Remaining", "0")
		h.Set("X-RateLimit-Reset", strconv.FormatInt(until.Unix(), 10))
		if fault.Kind == Primary {
			refuse(w, http.StatusForbidden, "API rate limit exceeded for user ID 1.")
			break
		}
		h.Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write([]byte(`{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for user ID 1."}]}`))
	default:
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.quiet == nil {
		f.quiet = map[string]window{}
	}
	f.quiet[r.Header.Get("Authorization")] = window{now, until}
	return true
}

// truncate sends half of a reply.
func truncate(w http.ResponseWriter, r *http.Request, next http.Handler) {
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, r)
	body := rec.Body.Bytes()
	maps.Copy(w.Header(), rec.Header())
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(rec.Code)
	_, _ = bytes.NewReader(body[:len(body)/2]).WriteTo(w)
	if fl, ok := w.(http.Flusher); ok {
		fl.Flush()
	}
	panic(http.ErrAbortHandler)
}

type pageFaultKey struct{}

func withPageFault(ctx context.Context, k Kind) context.Context {
	if k == 0 {
		return ctx
	}
	return context.WithValue(ctx, pageFaultKey{}, k)
}

func (q *request) pageFault() Kind {
	k, _ := q.r.Context().Value(pageFaultKey{}).(Kind)
	return k
}
