package gitlabtest

import (
	"bytes"
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
	// InternalError answers 500.
	InternalError
	// Unauthorized answers 401, in the middle of a run if it must be.
	Unauthorized
	// Drop closes the connection without an answer.
	Drop
	// Truncate promises the whole reply and breaks off in the middle.
	Truncate
	// HTML answers 200 with a login page.
	HTML
	// TooManyReset answers 429 that says only when the limit is reset.
	TooManyReset
	// EmptyPage makes a listing answer no records, and that others follow.
	EmptyPage
	// ShortPage cuts the page of a listing to one record.
	ShortPage
	// Repeat makes a listing name the page that it answers as the next one.
	Repeat
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
	ByPath     map[string]int // by path, ids as {}
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
	c.ByPath = maps.Clone(c.ByPath)
	return c
}

// ResetCounts begins to count anew.
func (s *Site) ResetCounts() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.counts = Counts{}
}

// arrive counts a request and picks the fault that strikes it.
func (f *faults) arrive(path string) (Kind, time.Duration, time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now++
	f.counts.Requests++
	f.counts.Concurrent = max(f.counts.Concurrent, f.now)
	if f.counts.ByPath == nil {
		f.counts.ByPath = map[string]int{}
	}
	f.counts.ByPath[pattern(path)]++
	for _, fault := range f.menu {
		switch {
		case !strings.Contains(path, fault.Path), fault.Times < 0:
		case fault.Skip > 0:
			fault.Skip--
		default:
			if fault.Times > 0 {
				if fault.Times--; fault.Times == 0 {
					fault.Times = -1
				}
			}
			return fault.Kind, fault.After, f.latency
		}
	}
	return 0, 0, f.latency
}

// pattern replaces the ids of a path.
func pattern(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		if strings.Trim(parts[i], "0123456789") == "" && parts[i] != "" {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

func (f *faults) serve(w http.ResponseWriter, r *http.Request, next func(http.ResponseWriter, *http.Request, Kind)) {
	kind, after, latency := f.arrive(r.URL.Path)
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
	case TooManySeconds:
		w.Header().Set("Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second)))
		w.WriteHeader(http.StatusTooManyRequests)
	case TooManyDate:
		until := time.Now().Add(after + time.Second - 1).Truncate(time.Second)
		w.Header().Set("Retry-After", until.UTC().Format(http.TimeFormat))
		w.WriteHeader(http.StatusTooManyRequests)
	case TooManyReset:
		w.Header().Set("RateLimit-Reset", strconv.FormatInt(time.Now().Add(after).Unix(), 10))
		w.WriteHeader(http.StatusTooManyRequests)
	case TooManyBare:
		w.WriteHeader(http.StatusTooManyRequests)
	case InternalError:
		w.WriteHeader(http.StatusInternalServerError)
	case Unauthorized:
		w.WriteHeader(http.StatusUnauthorized)
	case HTML:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to continue</body></html>"))
	case Drop:
		panic(http.ErrAbortHandler)
	case Truncate:
		rec := httptest.NewRecorder()
		next(rec, r, 0)
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
		next(w, r, kind)
	}
}
