package health_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"plumbline/doors/health"
)

type state health.State

func (s state) State() health.State { return health.State(s) }

func get(s health.State, path string) (int, string) {
	w := httptest.NewRecorder()
	health.New(state(s), health.DefaultMaxStale).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func TestReadyz(t *testing.T) {
	loaded := health.State{Loaded: true, Revision: 41, StoreUp: true, Age: 200 * time.Millisecond}
	with := func(change func(*health.State)) health.State {
		s := loaded
		change(&s)
		return s
	}
	cases := []struct {
		name   string
		state  health.State
		status int
		body   string
	}{
		{"ready", loaded, 200, `{"status":"ready","revision":41,"age":"0s"}`},
		{"starting", health.State{StoreUp: true}, 503, `{"status":"starting","reason":"the portfolio is not loaded yet"}`},
		{"store down for a while", with(func(s *health.State) { s.StoreUp, s.Age = false, 14*time.Minute+59*time.Second }), 200,
			`{"status":"stale","revision":41,"age":"14m59s","reason":"the store cannot be reached; answers are from the last snapshot"}`},
		{"store down for too long", with(func(s *health.State) { s.StoreUp, s.Age = false, 15*time.Minute }), 503,
			`{"status":"stale","revision":41,"age":"15m0s","reason":"the store cannot be reached for too long"}`},
		{"up again before the next snapshot", with(func(s *health.State) { s.Age = time.Hour }), 200, `{"status":"ready","revision":41,"age":"1h0m0s"}`},
		{"stopping", with(func(s *health.State) { s.Stopping = true }), 503, `{"status":"stopping","revision":41,"age":"0s","reason":"the server is being stopped"}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if status, body := get(c.state, "/readyz"); status != c.status || body != c.body+"\n" {
				t.Errorf("answered %d %swant %d %s", status, body, c.status, c.body)
			}
		})
	}
}

func TestHealthzOnlyNeedsTheProcess(t *testing.T) {
	if status, body := get(health.State{}, "/healthz"); status != http.StatusOK || body != `{"status":"ok"}`+"\n" {
		t.Errorf("answered %d %s", status, body)
	}
}
