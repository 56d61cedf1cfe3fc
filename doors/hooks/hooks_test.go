package hooks_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/doors/hooks"
)

// tool signs with the word that its deliveries begin with; the rest says what
// they hint at.
type tool struct{}

func (tool) Hook(header http.Header, body []byte) (connectors.Delivery, error) {
	words := strings.Fields(string(body))
	switch {
	case len(words) < 1 || words[0] != "signed":
		return connectors.Delivery{}, fmt.Errorf("tool: %w", connectors.ErrUnauthorized)
	case len(words) < 2:
		return connectors.Delivery{}, errors.New("tool: not an event")
	}
	d := connectors.Delivery{ID: header.Get("Id"), Changed: words[1] == "changed", Listed: words[1] == "listed"}
	if hello := header.Get("Hello"); hello != "" {
		d.Reply = http.Header{"Hello": {hello}}
	}
	return d, nil
}

// asked writes down what was asked for, and when.
type asked struct {
	began time.Time

	mu    sync.Mutex
	lines []string
}

func (a *asked) ask(connection string, sweep bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lines = append(a.lines, fmt.Sprintf("%s %s sweep=%v", time.Since(a.began), connection, sweep))
	return nil
}

func (a *asked) all() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lines
}

func open(c hooks.Config) (http.Handler, *asked) {
	a := &asked{began: time.Now()}
	c.Connections = map[string]connectors.Hooked{"eng": tool{}, "ops": tool{}}
	c.Ask = a.ask
	mux := http.NewServeMux()
	mux.Handle(hooks.Pattern, hooks.New(c))
	return mux, a
}

func request(connection, body string, header ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, hooks.Path+connection, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func send(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestWhatIsTaken(t *testing.T) {
	for _, c := range []struct {
		name   string
		r      *http.Request
		status int
		asked  []string
	}{
		{"a change", request("eng", "signed changed"), 200, []string{"1s eng sweep=false"}},
		{"a deletion", request("eng", "signed listed"), 200, []string{"1s eng sweep=true"}},
		{"nothing that is read", request("eng", "signed comment"), 200, nil},
		{"another's signature", request("eng", "forged changed"), 401, nil},
		{"no body", request("eng", ""), 401, nil},
		{"signed, but no event", request("eng", "signed"), 400, nil},
		{"an unknown connection", request("nobody", "signed changed"), 404, nil},
		{"too large", request("eng", "signed changed "+strings.Repeat("x", 100)), 413, nil},
		{"by GET", httptest.NewRequest(http.MethodGet, hooks.Path+"eng", nil), 405, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, a := open(hooks.Config{MaxBody: 100})
				if got := send(h, c.r); got.Code != c.status {
					t.Errorf("answered %d %s, want %d", got.Code, got.Body, c.status)
				}
				if took := time.Since(a.began); took != 0 {
					t.Errorf("the answer took %s, want it at once", took)
				}
				time.Sleep(time.Hour)
				if diff := cmp.Diff(c.asked, a.all()); diff != "" {
					t.Errorf("asked for (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestAStormIsOneRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, a := open(hooks.Config{})
		for i := range 900 { // in 0.9 s
			body := "signed changed"
			if i%100 == 7 {
				body = "signed listed"
			}
			send(h, request("eng", body))
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Hour)
		if diff := cmp.Diff([]string{"1s eng sweep=true"}, a.all()); diff != "" {
			t.Errorf("asked for (-want +got):\n%s", diff)
		}
	})
}

// TestALongStorm holds that runs and sweeps keep their distances, that a
// connection does not wait for another, and that the last hint is not lost.
func TestALongStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, a := open(hooks.Config{Pause: 20 * time.Second})
		for i := range 45 {
			send(h, request("eng", "signed changed"))
			send(h, request("eng", "signed listed"))
			if i == 30 {
				send(h, request("ops", "signed changed"))
			}
			time.Sleep(time.Second)
		}
		time.Sleep(time.Hour)
		want := []string{
			"1s eng sweep=true", "21s eng sweep=false", "31s ops sweep=false", "41s eng sweep=false", "1m1s eng sweep=true",
		}
		if diff := cmp.Diff(want, a.all()); diff != "" {
			t.Errorf("asked for (-want +got):\n%s", diff)
		}
	})
}

func TestASweepThatWaitsHoldsUpNoRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, a := open(hooks.Config{})
		send(h, request("eng", "signed listed"))
		time.Sleep(10 * time.Second)
		send(h, request("eng", "signed listed"))
		time.Sleep(10 * time.Second)
		send(h, request("eng", "signed changed"))
		time.Sleep(time.Hour)
		if diff := cmp.Diff([]string{"1s eng sweep=true", "21s eng sweep=false", "1m1s eng sweep=true"}, a.all()); diff != "" {
			t.Errorf("asked for (-want +got):\n%s", diff)
		}
	})
}

func TestADeliveryThatComesAgainIsIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, a := open(hooks.Config{})
		deliver := func(connection, id, signed string) {
			t.Helper()
			want := http.StatusOK
			if signed != "signed" {
				want = http.StatusUnauthorized
			}
			if got := send(h, request(connection, signed+" changed", "Id", id)); got.Code != want {
				t.Errorf("%s %s: answered %d, want %d", connection, id, got.Code, want)
			}
			time.Sleep(time.Minute)
		}
		deliver("eng", "one", "forged") // does not use the id up
		deliver("eng", "one", "signed")
		deliver("eng", "one", "signed")
		deliver("ops", "one", "signed")
		deliver("eng", "two", "signed")
		deliver("eng", "", "signed")
		deliver("eng", "", "signed")
		for i := range 5000 { // more than are remembered
			send(h, request("ops", "signed comment", "Id", fmt.Sprint(i)))
		}
		deliver("ops", "one", "signed")
		deliver("ops", "4999", "signed")
		want := []string{
			"1m1s eng sweep=false", "3m1s ops sweep=false", "4m1s eng sweep=false", "5m1s eng sweep=false", "6m1s eng sweep=false",
			"7m1s ops sweep=false",
		}
		if diff := cmp.Diff(want, a.all()); diff != "" {
			t.Errorf("asked for (-want +got):\n%s", diff)
		}
	})
}

func TestTheReplyOfAHandshake(t *testing.T) {
	h, _ := open(hooks.Config{})
	got := send(h, request("eng", "signed hello", "Hello", "there"))
	if got.Code != http.StatusOK || got.Header().Get("Hello") != "there" {
		t.Errorf("answered %d with %v, want the header Hello: there", got.Code, got.Header())
	}
}

func TestTooManyFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, a := open(hooks.Config{MaxFailures: 3})
		from := func(address, connection, body string) int {
			r := request(connection, body)
			r.RemoteAddr = address
			return send(h, r).Code
		}
		for range 3 {
			if got := from("10.0.0.7:5000", "eng", "forged changed"); got != http.StatusUnauthorized {
				t.Fatalf("answered %d, want 401", got)
			}
		}
		time.Sleep(10 * time.Second)
		for _, c := range []struct {
			name, address, connection, body string
			want                            int
		}{
			{"the same address", "10.0.0.7:5001", "eng", "signed comment", 429},
			{"the same, to another connection", "10.0.0.7:5001", "ops", "signed comment", 200},
			{"another address", "10.0.0.8:5000", "eng", "signed comment", 200},
		} {
			if got := from(c.address, c.connection, c.body); got != c.want {
				t.Errorf("%s: answered %d, want %d", c.name, got, c.want)
			}
		}
		r := request("eng", "signed comment")
		r.RemoteAddr = "10.0.0.7:5000"
		if got := send(h, r).Header().Get("Retry-After"); got != "51" {
			t.Errorf("Retry-After = %q, want 51", got)
		}
		time.Sleep(51 * time.Second)
		if got := from("10.0.0.7:5000", "eng", "signed changed"); got != http.StatusOK {
			t.Errorf("after the minute: answered %d, want 200", got)
		}
		for i := range 5000 { // from as many addresses, to names that do not exist
			if got := from(fmt.Sprintf("[2001:db8:%x::1]:5000", i), fmt.Sprint(i), ""); got != http.StatusNotFound && got != http.StatusTooManyRequests {
				t.Fatalf("answered %d, want 404 or 429", got)
			}
		}
		if got := from("[2001:db8:ffff::1]:5000", "x", ""); got != http.StatusTooManyRequests {
			t.Errorf("one more of thousands of addresses: answered %d, want 429", got)
		}
		time.Sleep(time.Hour)
		if got := from("[2001:db8:ffff::1]:5000", "x", ""); got != http.StatusNotFound {
			t.Errorf("an hour later: answered %d, want 404", got)
		}
		if len(a.all()) != 1 {
			t.Errorf("asked for %v, want one run", a.all())
		}
	})
}

// TestRefusalsTellNothing holds that what is not there cannot be told from what
// takes no deliveries, and that no answer repeats what was sent.
func TestRefusalsTellNothing(t *testing.T) {
	h, _ := open(hooks.Config{})
	a, b := send(h, request("nobody", "signed changed")), send(h, request("canary", "signed changed"))
	if !bytes.Equal(a.Body.Bytes(), b.Body.Bytes()) || a.Code != b.Code {
		t.Errorf("%d %s differs from %d %s", a.Code, a.Body, b.Code, b.Body)
	}
	for _, r := range []*http.Request{request("canary", "x"), request("eng", "canary"), request("eng", "signed")} {
		if got := send(h, r); strings.Contains(got.Body.String(), "canary") || got.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("answered %s %s", got.Header().Get("Content-Type"), got.Body)
		}
	}
}
