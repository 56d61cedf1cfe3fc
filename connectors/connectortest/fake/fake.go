// Package fake is what the fakes of tools have in common: a menu of faults that
// stands before their answers, a way to ask them in process, and a program that
// serves one. It knows no tool: what a refusal says, and which listing has
// pages, is each fake's own.
package fake

import (
	"bytes"
	"cmp"
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

// Counts are what a fake saw.
type Counts struct {
	Requests   int
	Concurrent int            // the most requests at once
	ByPath     map[string]int // by what Tool.Path tells
	TooEarly   []string       // requests that came before a wait was over
}

// inFlight is how long after a refusal a request of the same credential may
// still arrive: it had left before the refusal was read.
const inFlight = 50 * time.Millisecond

// Menu counts the requests to a fake and lets it misbehave on demand. All
// methods may be called at any time.
type Menu struct {
	tool Tool

	mu      sync.Mutex
	latency time.Duration
	faults  []*Fault
	counts  Counts
	now     int
	quiet   map[string]window // by credential
}

type window struct{ from, until time.Time }

// NewMenu makes a menu on which there is nothing yet.
func NewMenu(t Tool) *Menu { return &Menu{tool: t, quiet: map[string]window{}} }

// SetLatency makes every answer wait that long.
func (m *Menu) SetLatency(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.latency = d
}

// Inject adds a fault and returns how to remove it. It panics at a kind that
// the fake cannot play, lest a test believe that it was struck.
func (m *Menu) Inject(f Fault) (remove func()) {
	if m.tool.Replies[f.Kind] == nil && !slices.Contains(m.tool.Heeds, f.Kind) && f.Kind != Drop && f.Kind != Truncate {
		panic(fmt.Sprintf("this fake cannot play %q", f.Kind))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults = append(m.faults, &f)
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.faults = slices.DeleteFunc(m.faults, func(o *Fault) bool { return o == &f })
	}
}

// ClearFaults removes every fault and the latency.
func (m *Menu) ClearFaults() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults, m.latency = nil, 0
}

// Counts tells what was asked since the start or the last ResetCounts.
func (m *Menu) Counts() Counts {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.counts
	c.TooEarly, c.ByPath = slices.Clone(c.TooEarly), maps.Clone(c.ByPath)
	return c
}

// ResetCounts begins to count anew.
func (m *Menu) ResetCounts() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts = Counts{}
}

// Before puts the menu before a fake's own answers.
func (m *Menu) Before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fault, latency := m.arrive(r)
		defer m.leave()
		if latency > 0 {
			select {
			case <-time.After(latency):
			case <-r.Context().Done():
				return
			}
		}
		m.wait(w, r, fault)
		switch reply := m.tool.Replies[fault.Kind]; {
		case fault.Kind == Drop:
			panic(http.ErrAbortHandler)
		case fault.Kind == Truncate:
			truncate(w, r, next)
		case reply != nil:
			reply(w, r)
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), struck{}, fault.Kind)))
		}
	})
}

type struck struct{}

// Struck is the fault that a fake's own answer heeds, if any.
func Struck(r *http.Request) Kind {
	kind, _ := r.Context().Value(struck{}).(Kind)
	return kind
}

// arrive counts a request and picks the fault that strikes it.
func (m *Menu) arrive(r *http.Request) (Fault, time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now++
	m.counts.Requests++
	m.counts.Concurrent = max(m.counts.Concurrent, m.now)
	if m.counts.ByPath == nil {
		m.counts.ByPath = map[string]int{}
	}
	m.counts.ByPath[m.tool.Path(r)]++
	now := time.Now()
	if w, ok := m.quiet[m.credential(r)]; ok && now.After(w.from.Add(inFlight)) && now.Before(w.until) {
		m.counts.TooEarly = append(m.counts.TooEarly, fmt.Sprintf("%s %s came %v too early", r.Method, r.URL.Path, w.until.Sub(now)))
	}
	for i, f := range m.faults {
		switch {
		case !strings.Contains(r.URL.Path, f.Path):
		case f.Skip > 0:
			f.Skip--
		default:
			if f.Times--; f.Times == 0 {
				m.faults = slices.Delete(m.faults, i, i+1)
			}
			return *f, m.latency
		}
	}
	return Fault{}, m.latency
}

func (m *Menu) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now--
}

// credential is who asks.
func (m *Menu) credential(r *http.Request) string {
	return cmp.Or(r.Header.Get(m.tool.Credential), r.Header.Get("Authorization"))
}

// wait says until when the caller must be quiet, and remembers it.
func (m *Menu) wait(w http.ResponseWriter, r *http.Request, f Fault) {
	var until time.Time
	now, h := time.Now(), w.Header()
	switch f.Kind {
	case TooManySeconds, ForbiddenRetry, Delayed:
		until = now.Add(f.After)
		h.Set("Retry-After", strconv.Itoa(int((f.After+time.Second-1)/time.Second)))
	case TooManyDate:
		until = WholeSecond(now.Add(f.After))
		h.Set("Retry-After", until.UTC().Format(http.TimeFormat))
	}
	if m.tool.Wait != nil {
		until = m.tool.Wait(h, f, until)
	}
	if until.IsZero() {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.quiet[m.credential(r)] = window{now, until}
}

// WholeSecond is the time in a header of whole seconds, none too early.
func WholeSecond(t time.Time) time.Time { return t.Add(time.Second - 1).Truncate(time.Second) }

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
