package msprojecttest

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Server holds a plan at an address.
type Server struct {
	mu    sync.Mutex
	plan  func() []byte
	fault Fault
	times int // how often the fault still strikes; negative is always
	after time.Duration
}

// Fault is a way to misbehave.
type Fault string

// The faults.
const (
	TooManySeconds Fault = "429 with Retry-After in seconds"
	TooManyDate    Fault = "429 with Retry-After as a date"
	TooManyBare    Fault = "429 without Retry-After"
	InternalError  Fault = "500"
	Drop           Fault = "connection dropped"
	Truncate       Fault = "reply truncated"
	HTML           Fault = "login page with 200"
	Unauthorized   Fault = "401"
)

// NewServer serves what plan gives at each request.
func NewServer(plan func() []byte) *Server { return &Server{plan: plan} }

// Break lets the next replies be wrong, so many of them, or all when times is
// negative. after is what a reply asks to wait.
func (s *Server) Break(f Fault, times int, after time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault, s.times, s.after = f, times, after
}

// Mend ends the fault.
func (s *Server) Mend() { s.Break("", 0, 0) }

// strikes returns the fault of this request.
func (s *Server) strikes() (Fault, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault == "" || s.times == 0 {
		return "", 0
	}
	s.times--
	return s.fault, s.after
}

// RoundTrip answers in process, as the Transport of a connection.
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	reply := func(status int, kind, body string, header ...string) (*http.Response, error) {
		h := http.Header{"Content-Type": {kind}}
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{
			StatusCode: status, Status: http.StatusText(status), Header: h, Request: r,
			Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
		}, nil
	}
	const text, plan = "text/plain", "application/xml"
	fault, after := s.strikes()
	switch fault {
	case TooManySeconds:
		return reply(http.StatusTooManyRequests, text, "", "Retry-After", strconv.Itoa(int(after.Seconds())))
	case TooManyDate:
		return reply(http.StatusTooManyRequests, text, "", "Retry-After", time.Now().Add(after).UTC().Format(http.TimeFormat))
	case TooManyBare:
		return reply(http.StatusTooManyRequests, text, "")
	case InternalError:
		return reply(http.StatusInternalServerError, text, "out of order")
	case Drop:
		return nil, io.ErrUnexpectedEOF
	case HTML:
		return reply(http.StatusOK, "text/html", "<!DOCTYPE html><html><body>Sign in</body></html>")
	case Unauthorized:
		return reply(http.StatusUnauthorized, text, "")
	}
	body := s.plan()
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	switch {
	case fault == Truncate:
		resp, err := reply(http.StatusOK, plan, "", "ETag", tag)
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(string(body[:len(body)/2])), broken{}))
		return resp, err
	case r.Header.Get("If-None-Match") == tag:
		return reply(http.StatusNotModified, plan, "", "ETag", tag)
	}
	return reply(http.StatusOK, plan, string(body), "ETag", tag)
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
