package github

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

var errNoID = record.Missing("id", "the id of the record")

// instants decodes times one by one and keeps the first that is none.
type instants struct{ err error }

func (i *instants) read(field, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil && i.err == nil {
		i.err = &record.Mismatch{Field: field, Expected: "a time such as 2026-03-31T09:30:00Z", Found: record.Quoted(text)}
	}
	return at.UTC().Truncate(time.Millisecond)
}

func (i *instants) day(field, text string) portfolio.Date {
	if text == "" {
		return portfolio.Date{}
	}
	d, err := portfolio.ParseDate(text)
	if err != nil && i.err == nil {
		i.err = &record.Mismatch{Field: field, Expected: "a date such as 2026-03-31", Found: record.Quoted(text)}
	}
	return d
}

// dayOf is the civil date of an instant, in UTC.
func dayOf(at time.Time) portfolio.Date {
	if at.IsZero() {
		return portfolio.Date{}
	}
	return portfolio.DateOf(at.UTC())
}

// due reads a milestone's due_on. People choose a day; GitHub keeps midnight
// of that day on the Pacific coast, which is 7 or 8 o'clock UTC of the same
// day. So the date is the one that is written, whatever the zone of the reader.
func (i *instants) due(field, text string) portfolio.Date { return dayOf(i.read(field, text)) }

// idOf reads the id of a record that may be unreadable otherwise.
func idOf(raw json.RawMessage) string {
	var r struct {
		ID     json.RawMessage `json:"id"`
		FullID json.RawMessage `json:"fullDatabaseId"`
	}
	if json.Unmarshal(raw, &r) != nil {
		return ""
	}
	for _, id := range []json.RawMessage{r.FullID, r.ID} {
		if text := strings.Trim(string(id), `"`); text != "" && text != "null" && !strings.ContainsAny(text, "{[ ") {
			return text
		}
	}
	return ""
}

// updatedOf reads the time of a record's change; zero when it has none.
func updatedOf(raw json.RawMessage) time.Time {
	var r struct {
		Updated string `json:"updated_at"`
	}
	if json.Unmarshal(raw, &r) != nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, r.Updated)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

func parseQuery(query string) url.Values {
	values, err := url.ParseQuery(query)
	if err != nil {
		return url.Values{}
	}
	return values
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return ""
}

// truncate cuts a text to n characters and leaves what can be stored.
func truncate(text string, n int) string {
	return record.Truncate(strings.ToValidUTF8(text, "\uFFFD"), n)
}
