package problem_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"plumbline/doors/problem"
)

func TestTheShapeOfARefusal(t *testing.T) {
	for want, write := range map[string]func(http.ResponseWriter){
		`{"title":"Not Found","status":404,"detail":"no such table"}` + "\n": func(w http.ResponseWriter) {
			problem.Refuse(w, http.StatusNotFound, "no such table")
		},
		`{"title":"Bad Request","status":400,"detail":"first is too large","code":"INVALID","requestId":"7f3a"}` + "\n": func(w http.ResponseWriter) {
			problem.Write(w, problem.Details{Status: http.StatusBadRequest, Detail: "first is too large", Code: "INVALID", RequestID: "7f3a"})
		},
	} {
		w := httptest.NewRecorder()
		write(w)
		if got := w.Body.String(); got != want {
			t.Errorf("body = %s, want %s", got, want)
		}
		if h := w.Header(); h.Get("Content-Type") != "application/problem+json" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("headers = %v", h)
		}
	}
}
