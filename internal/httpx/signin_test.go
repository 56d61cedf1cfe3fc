package httpx

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// TestSignInPagesAreRefusals holds that a page to sign in is a refusal of the
// credential where a connector says how the tool's looks, and no data.
func TestSignInPagesAreRefusals(t *testing.T) {
	page := func(status int) func() *http.Response {
		return func() *http.Response {
			return reply(status, "<html>", "Content-Type", "text/html", "Location", "https://login.example/")
		}
	}
	signIn := func(r *http.Response) bool { return r.StatusCode == 203 || r.StatusCode == 302 }
	for _, status := range []int{203, 302} {
		tr, times := script(page(status))
		resp, err := get(t, New(Config{Transport: tr, Credential: credential(t), SignIn: signIn}))
		if err != nil || resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("%d: got %v, %v; want 401", status, resp, err)
		}
		if len(*times) != 1 {
			t.Errorf("%d: asked %d times, want once", status, len(*times))
		}
	}
	tr, _ := script(page(203))
	if _, err := get(t, New(Config{Transport: tr, Credential: credential(t)})); !errors.Is(err, ErrNotJSON) {
		t.Errorf("without being told how: %v, want ErrNotJSON", err)
	}
}

// TestAnAnswerMayAskToWait holds that a Retry-After beside a good answer keeps
// the next request waiting, and is no refusal.
func TestAnAnswerMayAskToWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr, times := script(say(200, "Retry-After", "12"), say(200))
		c := New(Config{Transport: tr, Credential: credential(t)})
		for range 3 {
			if resp, err := get(t, c); err != nil || resp.StatusCode != http.StatusOK {
				t.Fatalf("got %v, %v; want 200", resp, err)
			}
		}
		if first, second := (*times)[1].Sub((*times)[0]), (*times)[2].Sub((*times)[1]); first != 12*time.Second || second != 0 {
			t.Errorf("waited %v and then %v, want 12 s and nothing", first, second)
		}
		if n, waited := c.Usage(); n != 3 || waited != 12*time.Second {
			t.Errorf("usage = %d requests, waited %v", n, waited)
		}
	})
}

func TestTheLimitIsNamed(t *testing.T) {
	tr, _ := script(say(429, "Retry-After", "3600", "X-RateLimit-Resource", "Core/work"))
	_, err := get(t, New(Config{Transport: tr, Credential: credential(t)}))
	var limited *RateLimited
	if !errors.As(err, &limited) || limited.Reason != "Core/work" {
		t.Errorf("error = %v, want RateLimited that names Core/work", err)
	}
}
