// Package problem is how a door refuses a request: application/problem+json by
// RFC 9457, which nobody may keep. The door of GraphQL has errors of its own.
package problem

import (
	"encoding/json"
	"net/http"
)

// Details are why a request is refused.
type Details struct {
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Code      string `json:"code,omitempty"`      // one of the API's codes, such as INVALID
	RequestID string `json:"requestId,omitempty"` // where the log has more
}

// Refuse answers with a status and a sentence for whoever asked.
func Refuse(w http.ResponseWriter, status int, detail string) {
	Write(w, Details{Status: status, Detail: detail})
}

// Write answers with the details; their title is that of the status.
func Write(w http.ResponseWriter, d Details) {
	d.Title = http.StatusText(d.Status)
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(d.Status)
	_ = json.NewEncoder(w).Encode(d)
}
