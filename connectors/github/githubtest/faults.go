package githubtest

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"plumbline/connectors/connectortest/fake"
)

// The faults that only GitHub has.
const (
	// SecondaryBare answers 403 that only its text tells from a missing permission.
	SecondaryBare fake.Kind = "secondary limit without Retry-After"
	// Primary answers 403 with nothing remaining and the second of the reset.
	Primary fake.Kind = "primary limit"
	// RateLimitedQuery answers 200 with an error of the type RATE_LIMITED.
	RateLimitedQuery fake.Kind = "limit of queries"
)

// newMenu is how a GitHub misbehaves.
func newMenu() *fake.Menu {
	saying := func(status int, message string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { refuse(w, status, message) }
	}
	const primary, secondary = "API rate limit exceeded for user ID 1.", "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
	tooMany := saying(http.StatusTooManyRequests, secondary)
	return fake.NewMenu(fake.Tool{
		Path: func(r *http.Request) string { return r.Method + " " + pattern(r.URL.Path) },
		Replies: map[fake.Kind]http.HandlerFunc{
			fake.TooManySeconds: tooMany,
			fake.TooManyDate:    tooMany,
			fake.TooManyBare:    tooMany,
			fake.ForbiddenRetry: saying(http.StatusForbidden, secondary),
			SecondaryBare:       saying(http.StatusForbidden, secondary),
			Primary:             saying(http.StatusForbidden, primary),
			RateLimitedQuery: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json; charset=utf-8")
				_, _ = w.Write([]byte(`{"errors":[{"type":"RATE_LIMITED","message":"` + primary + `"}]}`))
			},
			fake.InternalError: saying(http.StatusInternalServerError, "Server Error"),
			fake.Unauthorized:  saying(http.StatusUnauthorized, "Bad credentials"),
			fake.Forbidden:     saying(http.StatusForbidden, "Resource not accessible by personal access token"),
			fake.NotFound:      saying(http.StatusNotFound, "Not Found"),
			fake.HTML:          fake.Page("Sign in", "Sign in to continue"),
		},
		Heeds: []fake.Kind{fake.EmptyPage, fake.ShortPage, fake.RepeatToken},
		Wait:  wait,
	})
}

// wait tells of a limit in GitHub's own headers, or not at all.
func wait(h http.Header, f fake.Fault, until time.Time) time.Time {
	switch f.Kind {
	case SecondaryBare:
		return time.Now().Add(time.Minute)
	case Primary, RateLimitedQuery:
		until = fake.WholeSecond(time.Now().Add(f.After))
		h.Set("X-RateLimit-Remaining", "0")
		h.Set("X-RateLimit-Reset", strconv.FormatInt(until.Unix(), 10))
	}
	return until
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

// Counts are what a site saw and what its replies cost.
type Counts struct {
	fake.Counts
	Cost
}

// Cost is what counts against the limit of an hour.
type Cost struct {
	Points    int
	Unchanged int // replies of 304, which cost nothing
}

// meter adds up the cost.
type meter struct {
	mu   sync.Mutex
	cost Cost
}

// Counts tells what was asked since the start or the last ResetCounts.
func (s *Site) Counts() Counts {
	s.meter.mu.Lock()
	defer s.meter.mu.Unlock()
	return Counts{s.Menu.Counts(), s.meter.cost}
}

// ResetCounts begins to count anew.
func (s *Site) ResetCounts() {
	s.Menu.ResetCounts()
	s.meter.mu.Lock()
	defer s.meter.mu.Unlock()
	s.meter.cost = Cost{}
}

// remaining counts the price of a reply and tells what is left of the hour.
func (m *meter) remaining(price int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cost.Points += price
	if price == 0 {
		m.cost.Unchanged++
	}
	return max(1, 5000-m.cost.Points)
}
