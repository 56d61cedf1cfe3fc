package singer

import (
	"bytes"
	"encoding/json"
	"testing"

	"plumbline/connectors"
	"plumbline/internal/filesource"
	"plumbline/portfolio"
)

// FuzzMessages reads whatever a tap may write: it is read or refused, every fact
// is of our connection and has a name, and what is not read is told with a
// reason.
func FuzzMessages(f *testing.F) {
	for _, seed := range []string{
		anySchema + "\n" + `{"type":"RECORD","stream":"items","record":{"id":1,"name":"a","due-date":"2026-03-01","tags":["b"],"owner":"ann@example.com"}}`,
		anySchema + "\n" + `{"type":"RECORD","stream":"items","record":{"id":1.5e3,"name":7,"due-date":null}}` + "\n" + `{"type":"STATE","value":{"bookmarks":{}}}`,
		`{"type":"ACTIVATE_VERSION","stream":"items","version":1}` + "\r\n\r\n" + anySchema,
		`{"type":"RECORD","stream":"items","record":{}}`, `{"type":"BATCH"}`, "<html>", `{"type":"STATE","value":`, "[]", "\x00\xff",
	} {
		f.Add([]byte(seed))
	}
	s := Settings{
		Settings: filesource.Settings{File: "x"},
		Streams: []StreamSettings{
			{Stream: "projects", As: asProject, Name: "name"},
			{Stream: "items", As: asMilestone, Name: "name", Project: "1", Due: "due-date", UpdatedAt: "at", Owner: "owner", Labels: "tags", Type: "type", Archived: "n", Complete: completeAlways},
		},
	}
	opened, err := s.Open(connectors.Env{Connection: "boards", Fields: []string{"on", "at", "a.b", "tags"}})
	if err != nil {
		f.Fatal(err)
	}
	c := opened.(*recorded)
	f.Fuzz(func(t *testing.T, text []byte) {
		file := &sent{*c, bytes.NewReader(text)}
		failed := false
		for page, err := range file.Pull(t.Context(), nil) {
			if failed {
				t.Fatal("something came after an error")
			}
			if failed = err != nil; failed {
				continue
			}
			for _, fact := range page.Facts {
				if fact.Origin().Connection != "boards" || fact.Origin().ID == "" {
					t.Errorf("a fact of %+v", fact.Origin())
				}
				if m, ok := fact.(*portfolio.MilestoneFact); ok && m.Name == "" {
					t.Errorf("a milestone without a name: %+v", m)
				}
				if _, err := json.Marshal(fact); err != nil {
					t.Errorf("a fact that cannot be stored: %v", err)
				}
			}
			for _, q := range page.Quarantined {
				if q.Reason == "" || q.ID == "" || len(q.Raw) > portfolio.MaxRaw {
					t.Errorf("quarantined %+v", q)
				}
			}
		}
	})
}
