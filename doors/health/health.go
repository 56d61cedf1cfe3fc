// Package health tells a load balancer and an orchestrator how the server is:
// /healthz whether the process lives, /readyz whether it should get requests.
//
// It checks nothing itself; it reports what the rest of the program knows.
package health

import (
	"encoding/json"
	"net/http"
	"time"
)

// DefaultMaxStale is how old a snapshot may be while the store is down.
const DefaultMaxStale = 15 * time.Minute

// A State is how well the server knows its portfolio.
type State struct {
	// Loaded is whether there is a snapshot to answer from.
	Loaded bool
	// Revision is that of the snapshot.
	Revision int64
	// StoreUp is whether the store answered when it was last asked.
	StoreUp bool
	// Age is how long ago the snapshot was known to be the newest.
	Age time.Duration
	// Stopping is whether the server is about to end.
	Stopping bool
}

// Reporter tells the state as it is now.
type Reporter interface {
	State() State
}

// A report is the body of an answer.
type report struct {
	Status   string `json:"status"`
	Revision int64  `json:"revision,omitempty"`
	Age      string `json:"age,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

// New serves /healthz and /readyz. With the store down it stays ready as long
// as its snapshot is younger than maxStale, and says how old that is: old
// answers that tell their age are better than none.
func New(reporter Reporter, maxStale time.Duration) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusOK, report{Status: "ok"})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		status, r := ready(reporter.State(), maxStale)
		write(w, status, r)
	})
	return mux
}

func ready(s State, maxStale time.Duration) (int, report) {
	r := report{Revision: s.Revision}
	if s.Loaded {
		r.Age = max(s.Age, 0).Round(time.Second).String()
	}
	switch {
	case s.Stopping:
		r.Status, r.Reason = "stopping", "the server is being stopped"
	case !s.Loaded:
		r.Status, r.Reason = "starting", "the portfolio is not loaded yet"
	case s.StoreUp:
		r.Status = "ready"
		return http.StatusOK, r
	case s.Age < maxStale:
		r.Status, r.Reason = "stale", "the store cannot be reached; answers are from the last snapshot"
		return http.StatusOK, r
	default:
		r.Status, r.Reason = "stale", "the store cannot be reached for too long"
	}
	return http.StatusServiceUnavailable, r
}

func write(w http.ResponseWriter, status int, r report) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(r)
}
