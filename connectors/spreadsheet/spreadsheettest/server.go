package spreadsheettest

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"
)

// A Fault is a way in which an address misbehaves.
type Fault string

// The faults. All strike every request but those with Once in their name.
const (
	TooManySecondsOnce Fault = "429 with seconds"
	TooManyDateOnce    Fault = "429 with a date"
	TooManyBareOnce    Fault = "429 alone"
	TooManyForLong     Fault = "429 with an hour"
	ErrorOnce          Fault = "500"
	DropOnce           Fault = "dropped"
	TruncatedOnce      Fault = "truncated"
	HTML               Fault = "a page to sign in"
	Unauthorized       Fault = "401"
)

// A Server gives one file at every path, with an ETag. It answers in process:
// it is an http.RoundTripper.
type Server struct {
	mu       sync.Mutex
	content  []byte
	fault    Fault
	requests int
	sent     int // bodies
}

// Put replaces the file.
func (s *Server) Put(content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.content = content
}

// Break makes it misbehave; "" mends it.
func (s *Server) Break(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// Requests is how many there were, and how many of them were answered with the
// file.
func (s *Server) Requests() (all, sent int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests, s.sent
}

// RoundTrip implements http.RoundTripper.
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	fault := s.serve(w, r)
	if fault == DropOnce {
		return nil, http.ErrServerClosed
	}
	resp := w.Result()
	resp.Request = r
	if fault == TruncatedOnce {
		whole := w.Body.Len()
		resp.ContentLength = int64(whole)
		resp.Body = http.MaxBytesReader(nil, resp.Body, int64(whole/2))
	}
	return resp, nil
}

// ServeHTTP implements http.Handler; a dropped reply is for RoundTrip only.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.serve(w, r) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	fault := s.fault
	switch fault {
	case TooManySecondsOnce, TooManyDateOnce, TooManyBareOnce, ErrorOnce, DropOnce, TruncatedOnce:
		s.fault = ""
	}
	switch fault {
	case TooManySecondsOnce:
		w.Header().Set("Retry-After", "7")
	case TooManyDateOnce:
		w.Header().Set("Retry-After", time.Now().Add(20*time.Second).UTC().Format(http.TimeFormat))
	case TooManyForLong:
		w.Header().Set("Retry-After", "3600")
	case ErrorOnce:
		w.WriteHeader(http.StatusInternalServerError)
		return fault
	case HTML:
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!DOCTYPE html><title>Sign in</title>"))
		return fault
	case Unauthorized:
		w.WriteHeader(http.StatusUnauthorized)
		return fault
	}
	switch fault {
	case TooManySecondsOnce, TooManyDateOnce, TooManyBareOnce, TooManyForLong:
		w.WriteHeader(http.StatusTooManyRequests)
		return fault
	}
	sum := sha256.Sum256(s.content)
	tag := strconv.Quote(hex.EncodeToString(sum[:8]))
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return fault
	}
	s.sent++
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(s.content)
	return fault
}
