package httpx

import (
	"cmp"
	"context"
	"crypto/sha256"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiters are shared by every client of the process that speaks to the same
// host with the same credential: a tool counts them together, so do we.
var limiters = struct {
	sync.Mutex
	m map[[sha256.Size]byte]*limiter
}{m: map[[sha256.Size]byte]*limiter{}}

func limiterOf(host string, cfg Config) *limiter {
	key := credentialKey(host, cfg.Credential)
	limiters.Lock()
	defer limiters.Unlock()
	l, ok := limiters.m[key]
	if !ok {
		l = &limiter{slots: make(chan struct{}, cfg.Concurrency)}
		if cfg.PerSecond > 0 {
			l.rate = rate.NewLimiter(rate.Limit(cfg.PerSecond), max(1, int(cfg.PerSecond)))
		}
		limiters.m[key] = l
	}
	return l
}

// limiter lets requests of one credential through: so many at once, so many a
// second, and none before the instant that the tool named.
type limiter struct {
	slots chan struct{}
	rate  *rate.Limiter

	mu    sync.Mutex
	until time.Time
}

// enter waits for a turn and returns how long it waited because the tool asked
// for it. A wait of more than most is refused at once with RateLimited.
func (l *limiter) enter(ctx context.Context, most time.Duration) (time.Duration, error) {
	var waited time.Duration
	for {
		select {
		case l.slots <- struct{}{}:
		case <-ctx.Done():
			return waited, ctx.Err()
		}
		wait := l.closedFor()
		if wait <= 0 {
			break
		}
		<-l.slots
		if wait > most {
			return waited, &RateLimited{After: wait, Until: time.Now().Add(wait), Status: http.StatusTooManyRequests}
		}
		if err := sleep(ctx, wait); err != nil {
			return waited, err
		}
		waited += wait
	}
	if l.rate != nil {
		if err := l.rate.Wait(ctx); err != nil {
			l.leave()
			return waited, err
		}
	}
	return waited, nil
}

func (l *limiter) leave() { <-l.slots }

func (l *limiter) closedFor() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Until(l.until)
}

// pause keeps everybody out for so long, from now.
func (l *limiter) pause(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := time.Now().Add(d); until.After(l.until) {
		l.until = until
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func jitter(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return rand.N(d)
}

// maxRetryAfter bounds what is believed: beyond it a header is nonsense.
const maxRetryAfter = 24 * time.Hour

// parseRetryAfter reads seconds or an HTTP date; anything else is 0.
func parseRetryAfter(text string, now time.Time) time.Duration {
	text = strings.TrimSpace(text)
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if !(seconds > 0) {
			return 0
		}
		return time.Duration(min(seconds, maxRetryAfter.Seconds()) * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, at.Sub(now)), maxRetryAfter)
	}
	return 0
}

// reasonOf is what the tool calls the limit that was reached, or empty.
func reasonOf(resp *http.Response) string {
	return cmp.Or(resp.Header.Get("RateLimit-Reason"), resp.Header.Get("X-RateLimit-Resource"))
}

// credentialKey hashes a credential, so that none lies in a map.
func credentialKey(host, credential string) [sha256.Size]byte {
	return sha256.Sum256([]byte(host + "\x00" + credential))
}
