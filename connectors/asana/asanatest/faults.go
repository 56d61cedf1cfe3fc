package asanatest

import (
	"bytes"
	"context"
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
	// InternalError answers 500.
	InternalError
	// PaymentRequired answers 402, as for what a plan does not have.
	PaymentRequired
	// Unauthorized answers 401, in the middle of a run if it must be.
	Unauthorized
	// Forbidden answers 403.
	Forbidden
	// Drop closes the connection without an answer.
	Drop
	// Truncate promises the whole reply and breaks off in the middle.
	Truncate
	// HTML answers 200 with a login page.
	HTML
	// EmptyPage makes a listing answer no records but an offset for more.
	EmptyPage
	// ShortPage makes a listing answer one record where more would fit.
	ShortPage
	// RepeatToken makes a listing answer the offset it was asked with.
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
	ByPath     map[string]int // by path, gids as {}
}

type faults struct {
	mu      sync.Mutex
	latency time.Duration
	menu    []*Fault
	counts  Counts
	now     int
}

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
	f.counts.ByPath[pattern(r.URL.Path)]++
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

// pattern replaces the gids of a path.
func pattern(path string) string {
	parts := strings.Split(strings.TrimPrefix(path, "/api/1.0"), "/")
	for i, p := range parts {
		if _, err := strconv.Atoi(p); err == nil {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

type pageFaultKey struct{}

func pageFault(ctx context.Context) Kind {
	kind, _ := ctx.Value(pageFaultKey{}).(Kind)
	return kind
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
	const slow = "You have made too many requests recently. Please, be chill."
	switch kind {
	case TooManySeconds:
		w.Header().Set("Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second)))
		refuse(w, http.StatusTooManyRequests, slow)
	case TooManyDate:
		w.Header().Set("Retry-After", time.Now().Add(after+time.Second-1).Truncate(time.Second).UTC().Format(http.TimeFormat))
		refuse(w, http.StatusTooManyRequests, slow)
	case TooManyBare:
		refuse(w, http.StatusTooManyRequests, slow)
	case InternalError:
		refuse(w, http.StatusInternalServerError, "Server Error")
	case PaymentRequired:
		refuse(w, http.StatusPaymentRequired, "This feature is not available on your plan.")
	case Unauthorized:
		refuse(w, http.StatusUnauthorized, "Not Authorized")
	case Forbidden:
		refuse(w, http.StatusForbidden, "Forbidden")
	case HTML:
		w.Header().Set("Content-Type", "text/html;charset=UTF-8")
		fmt.Fprint(w, "<!DOCTYPE html><html><head><title>Log in</title></head><body>Log in to continue</body></html>")
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
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), pageFaultKey{}, kind)))
	}
}
