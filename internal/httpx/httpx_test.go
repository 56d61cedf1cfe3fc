package httpx

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// tool answers in process, so that time can be virtual.
type tool func(r *http.Request) *http.Response

func (t tool) RoundTrip(r *http.Request) (*http.Response, error) { return t(r), nil }

func reply(status int, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

// script answers with one reply after the other, the last one for ever, and
// notes when each request came.
func script(replies ...func() *http.Response) (tool, *[]time.Time) {
	var mu sync.Mutex
	var times []time.Time
	return func(*http.Request) *http.Response {
		mu.Lock()
		defer mu.Unlock()
		n := min(len(times), len(replies)-1)
		times = append(times, time.Now())
		return replies[n]()
	}, &times
}

func say(status int, header ...string) func() *http.Response {
	return func() *http.Response { return reply(status, `{}`, header...) }
}

// credential is the test's own, and another one when the test runs again: what
// a limiter remembers must not outlive virtual time.
func credential(t *testing.T) string {
	t.Helper()
	return filepath.Base(filepath.Dir(t.TempDir()))
}

func get(t *testing.T, c *Client) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://tool.example/search?jql=secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	return c.Caller(nil).Do(r)
}

func TestRetryAfterIsObeyed(t *testing.T) {
	for name, tc := range map[string]struct {
		header func() string
		status int
		least  time.Duration
		most   time.Duration
	}{
		"seconds":       {func() string { return "7" }, 429, 7 * time.Second, 8 * time.Second},
		"date":          {func() string { return time.Now().Add(9 * time.Second).UTC().Format(http.TimeFormat) }, 429, 8 * time.Second, 10 * time.Second},
		"service":       {func() string { return "3" }, 503, 3 * time.Second, 4 * time.Second},
		"forbidden":     {func() string { return "5" }, 403, 5 * time.Second, 6 * time.Second},
		"zero":          {func() string { return "0" }, 429, DefaultMinBackoff / 2, DefaultMinBackoff},
		"nothing":       {func() string { return "" }, 429, DefaultMinBackoff / 2, DefaultMinBackoff},
		"nonsense":      {func() string { return "soon" }, 429, DefaultMinBackoff / 2, DefaultMinBackoff},
		"negative":      {func() string { return "-4" }, 429, DefaultMinBackoff / 2, DefaultMinBackoff},
		"already over":  {func() string { return time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat) }, 429, DefaultMinBackoff / 2, DefaultMinBackoff},
		"not a number":  {func() string { return "NaN" }, 429, DefaultMinBackoff / 2, DefaultMinBackoff},
		"up to the cap": {func() string { return "60" }, 429, 60 * time.Second, 61 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tr, times := script(func() *http.Response { return reply(tc.status, `{}`, "Retry-After", tc.header()) }, say(200))
				c := New(Config{Transport: tr, Credential: credential(t)})
				resp, err := get(t, c)
				if err != nil || resp.StatusCode != http.StatusOK {
					t.Fatalf("got %v, %v; want 200", resp, err)
				}
				if gap := (*times)[1].Sub((*times)[0]); gap < tc.least || gap > tc.most {
					t.Errorf("second request after %v, want between %v and %v", gap, tc.least, tc.most)
				}
				if n, waited := c.Usage(); n != 2 || waited < tc.least {
					t.Errorf("usage = %d requests, waited %v; want 2 and at least %v", n, waited, tc.least)
				}
			})
		})
	}
}

func TestLongRetryAfterParks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr, times := script(say(429, "Retry-After", "3600", "RateLimit-Reason", "jira-quota-global-based"))
		c := New(Config{Transport: tr, Credential: credential(t)})
		_, err := get(t, c)
		var limited *RateLimited
		if !errors.As(err, &limited) || limited.After != time.Hour || limited.Reason != "jira-quota-global-based" {
			t.Fatalf("error = %v, want to be asked to wait an hour for jira-quota-global-based", err)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error shows the query: %v", err)
		}
		// Everybody else with the credential is told without asking the tool.
		time.Sleep(10 * time.Minute)
		if _, err := get(t, New(Config{Transport: tr, Credential: credential(t)})); !errors.As(err, &limited) || limited.After != 50*time.Minute {
			t.Errorf("ten minutes later: %v, want 50 minutes more", err)
		}
		if len(*times) != 1 {
			t.Errorf("%d requests were sent, want 1", len(*times))
		}
		time.Sleep(51 * time.Minute)
		if _, err := get(t, c); len(*times) != 2 {
			t.Errorf("after the hour nothing was sent: %v", err)
		}
	})
}

func TestRefusedToTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr, times := script(say(429))
		_, err := get(t, New(Config{Transport: tr, Credential: credential(t)}))
		var limited *RateLimited
		if !errors.As(err, &limited) || limited.After != DefaultMaxWait {
			t.Errorf("error = %v, want RateLimited for %v", err, DefaultMaxWait)
		}
		if len(*times) != 1+DefaultRetries {
			t.Errorf("%d requests, want %d", len(*times), 1+DefaultRetries)
		}
	})
}

func TestOnlyReadsAreRetried(t *testing.T) {
	for name, tc := range map[string]struct {
		method string
		ctx    func(context.Context) context.Context
		want   int
	}{
		"a read":            {http.MethodGet, func(c context.Context) context.Context { return c }, 1 + DefaultRetries},
		"a write":           {http.MethodPost, func(c context.Context) context.Context { return c }, 1},
		"a read by POST":    {http.MethodPost, Reading, 1 + DefaultRetries},
		"a write by DELETE": {http.MethodDelete, func(c context.Context) context.Context { return c }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var bodies []string
				c := New(Config{Credential: credential(t), Transport: tool(func(r *http.Request) *http.Response {
					body := []byte{}
					if r.Body != nil {
						body, _ = io.ReadAll(r.Body)
					}
					bodies = append(bodies, string(body))
					return reply(500, `{}`)
				})})
				r, err := http.NewRequestWithContext(tc.ctx(t.Context()), tc.method, "https://tool.example/", strings.NewReader("question"))
				if err != nil {
					t.Fatal(err)
				}
				resp, err := c.Caller(nil).Do(r)
				if err != nil || resp.StatusCode != http.StatusInternalServerError {
					t.Fatalf("got %v, %v; want the reply 500 itself", resp, err)
				}
				if len(bodies) != tc.want {
					t.Errorf("sent %d times, want %d", len(bodies), tc.want)
				}
				for i, b := range bodies {
					if b != "question" {
						t.Errorf("body of attempt %d = %q", i+1, b)
					}
				}
			})
		})
	}
}

func TestOtherRefusalsAreNotRetried(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404, 410} {
		tr, times := script(say(status))
		resp, err := get(t, New(Config{Transport: tr, Credential: credential(t)}))
		if err != nil || resp.StatusCode != status || len(*times) != 1 {
			t.Errorf("%d: got %v, %v after %d requests; want itself after 1", status, resp, err, len(*times))
		}
	}
}

func TestBrokenRepliesAreRetried(t *testing.T) {
	n := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch n++; n {
		case 1:
			panic(http.ErrAbortHandler)
		case 2:
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"half":`))
		default:
			_, _ = w.Write([]byte(`{"whole":true}`))
		}
	}))
	defer srv.Close()
	c := New(Config{AllowPrivate: true, MinBackoff: time.Millisecond})
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
	resp, err := c.Caller(nil).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	if string(body) != `{"whole":true}` || n != 3 {
		t.Errorf("body %q after %d requests, want the whole after 3", body, n)
	}
}

func TestEachAttemptHasItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		slow := roundTripper(func(r *http.Request) (*http.Response, error) {
			if n++; n == 1 {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return reply(200, `{}`), nil
		})
		start := time.Now()
		if _, err := get(t, New(Config{Transport: slow, Credential: credential(t)})); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < DefaultTimeout || took > DefaultTimeout+time.Second {
			t.Errorf("took %v, want one timeout of %v and a good answer", took, DefaultTimeout)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestWhatIsNoAnswer(t *testing.T) {
	for name, tc := range map[string]struct {
		reply *http.Response
		want  error
	}{
		"login page": {reply(200, "<html>", "Content-Type", "text/html; charset=UTF-8"), ErrNotJSON},
		"no type":    {reply(200, "{}", "Content-Type", ""), ErrNotJSON},
		"too large":  {reply(200, `"`+strings.Repeat("x", 1000)+`"`), ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			c := New(Config{MaxBody: 1000, Credential: credential(t), Transport: tool(func(*http.Request) *http.Response { n++; return tc.reply })})
			if _, err := get(t, c); !errors.Is(err, tc.want) || n != 1 {
				t.Errorf("error = %v after %d requests, want %v after 1", err, n, tc.want)
			}
		})
	}
	good := New(Config{MaxBody: 1000, Transport: tool(func(*http.Request) *http.Response {
		return reply(200, strings.Repeat(" ", 1000), "Content-Type", "application/vnd.api+json")
	})})
	if _, err := get(t, good); err != nil {
		t.Errorf("a reply of exactly the limit: %v", err)
	}
}

func TestRedirects(t *testing.T) {
	var seen []string
	tr := tool(func(r *http.Request) *http.Response {
		seen = append(seen, r.URL.Host+r.URL.Path)
		switch r.URL.Path {
		case "/search":
			return reply(302, "", "Location", "https://tool.example/here")
		case "/here":
			return reply(302, "", "Location", "https://evil.example/steal")
		}
		return reply(200, `{}`)
	})
	_, err := get(t, New(Config{Transport: tr, Credential: credential(t)}))
	if !errors.Is(err, ErrRedirect) {
		t.Errorf("error = %v, want ErrRedirect", err)
	}
	if got := strings.Join(seen, " "); got != "tool.example/search tool.example/here" {
		t.Errorf("asked %s, want only tool.example", got)
	}
}

func TestConcurrencyIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		now, most := 0, 0
		tr := tool(func(*http.Request) *http.Response {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(50 * time.Millisecond)
			mu.Lock()
			now--
			mu.Unlock()
			return reply(200, `{}`)
		})
		a, b := New(Config{Transport: tr, Credential: credential(t)}), New(Config{Transport: tr, Credential: credential(t)})
		start := time.Now()
		var wg sync.WaitGroup
		for i := range 80 {
			wg.Go(func() {
				if _, err := get(t, []*Client{a, b}[i%2]); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if most != DefaultConcurrency {
			t.Errorf("%d requests at once, want %d", most, DefaultConcurrency)
		}
		if took := time.Since(start); took != 500*time.Millisecond {
			t.Errorf("80 requests of 50 ms took %v, want 500 ms", took)
		}
	})
}

func TestOnePauseHoldsEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var refusedAt time.Time
		early := 0
		tr := tool(func(*http.Request) *http.Response {
			mu.Lock()
			defer mu.Unlock()
			if refusedAt.IsZero() {
				refusedAt = time.Now()
				return reply(429, `{}`, "Retry-After", "5")
			}
			if time.Since(refusedAt) < 5*time.Second {
				early++
			}
			return reply(200, `{}`)
		})
		c := New(Config{Transport: tr, Credential: credential(t)})
		if _, err := get(t, c); err != nil {
			t.Fatal(err)
		}
		refusedAt = time.Time{}
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				if _, err := get(t, c); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if early > 0 {
			t.Errorf("%d requests came before Retry-After had passed", early)
		}
	})
}

func TestPerSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr, times := script(say(200))
		c := New(Config{Transport: tr, Credential: credential(t), PerSecond: 10})
		for range 30 {
			if _, err := get(t, c); err != nil {
				t.Fatal(err)
			}
		}
		if took := (*times)[29].Sub((*times)[0]); took < 1900*time.Millisecond {
			t.Errorf("30 requests took %v, want about 2 s: a burst of 10 and then 10 a second", took)
		}
	})
}

func TestCancelEndsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr, _ := script(say(429, "Retry-After", "50"))
		c := New(Config{Transport: tr, Credential: credential(t)})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "https://tool.example/", nil)
		start := time.Now()
		if _, err := c.Caller(nil).Do(r); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 5*time.Second {
			t.Errorf("error = %v after %v, want the deadline after 5 s", err, time.Since(start))
		}
	})
}

func TestAddresses(t *testing.T) {
	for address, want := range map[string]struct{ public, private bool }{
		"104.192.142.1:443":         {true, true},
		"[2600:1f18::1]:443":        {true, true},
		"127.0.0.1:80":              {false, true},
		"[::1]:80":                  {false, true},
		"10.1.2.3:443":              {false, true},
		"192.168.0.9:443":           {false, true},
		"172.16.0.1:443":            {false, true},
		"[fd12::1]:443":             {false, true},
		"100.64.0.1:443":            {false, true},
		"[::ffff:10.0.0.1]:443":     {false, true},
		"169.254.169.254:80":        {false, false},
		"[::ffff:169.254.1.1]:80":   {false, false},
		"[fe80::1]:80":              {false, false},
		"[fd00:ec2::254]:80":        {false, false},
		"100.100.100.200:80":        {false, false},
		"0.0.0.0:80":                {false, false},
		"[::]:80":                   {false, false},
		"224.0.0.1:80":              {false, false},
		"tool.example-unresolved:1": {false, false},
	} {
		if got := checkAddress(address, false) == nil; got != want.public {
			t.Errorf("%s may be reached = %v, want %v", address, got, want.public)
		}
		if got := checkAddress(address, true) == nil; got != want.private {
			t.Errorf("%s may be reached with private ones allowed = %v, want %v", address, got, want.private)
		}
	}
}

func TestNamesAreCheckedAfterResolution(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		t.Error("the request arrived")
	}))
	defer srv.Close()
	c := New(Config{})
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.Replace(srv.URL, "127.0.0.1", "localhost", 1), nil)
	if _, err := c.Caller(nil).Do(r); !errors.Is(err, ErrAddress) {
		t.Errorf("error = %v, want ErrAddress", err)
	}
	if n, _ := c.Usage(); n != 1 {
		t.Errorf("%d attempts, want 1: an address does not become better", n)
	}
}

func TestNothingSecretIsLogged(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	fails := roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("no route") })
	for _, tr := range []http.RoundTripper{fails, tool(func(*http.Request) *http.Response { return reply(500, `{"token":"hunter2"}`) })} {
		c := New(Config{Transport: tr, Credential: "hunter2", Log: log, Retries: -1})
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://tool.example/path?key=hunter2", nil)
		r.Header.Set("Authorization", "Bearer hunter2")
		if _, err := c.RoundTrip(r); err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error shows it: %v", err)
		}
	}
	if strings.Contains(out.String(), "hunter2") || !strings.Contains(out.String(), "/path") {
		t.Errorf("the log must name the path and no secret:\n%s", out.String())
	}
}

// TestARefusalThatOnlyTheConnectorRecognises holds that it is waited for and
// parked like a 429.
func TestARefusalThatOnlyTheConnectorRecognises(t *testing.T) {
	limited := func(resp *http.Response, body []byte) (time.Duration, bool) {
		wait, err := time.ParseDuration(resp.Header.Get("X-Wait"))
		return wait, err == nil && strings.Contains(string(body), "slow down")
	}
	refuse := func(wait string) func() *http.Response {
		return func() *http.Response { return reply(200, `{"error":"slow down"}`, "X-Wait", wait) }
	}
	synctest.Test(t, func(t *testing.T) {
		transport, times := script(refuse("7s"), refuse("0s"), func() *http.Response { return reply(200, `{}`) })
		c := New(Config{Transport: transport, Credential: credential(t), Limited: limited})
		if resp, err := get(t, c); err != nil || resp.StatusCode != 200 {
			t.Fatalf("%v, %v", resp, err)
		}
		if wait := (*times)[1].Sub((*times)[0]); len(*times) != 3 || wait < 7*time.Second || wait > 9*time.Second {
			t.Errorf("asked at %v, want the second 7 s after the first", *times)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		transport, _ := script(refuse("40m"))
		c := New(Config{Transport: transport, Credential: credential(t), Limited: limited})
		var parked *RateLimited
		if _, err := get(t, c); !errors.As(err, &parked) || parked.After != 40*time.Minute {
			t.Errorf("error = %v, want to be asked back in 40 minutes", err)
		}
	})
}
