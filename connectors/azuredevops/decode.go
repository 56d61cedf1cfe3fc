package azuredevops

import (
	"encoding/json"
	"time"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

// What is expected where the type alone does not tell.
const (
	aDay  = "a date such as 2026-03-31T00:00:00Z"
	aTime = "a time such as 2026-03-31T09:30:00Z"
)

var errNoID = record.Missing("id", "the id of the record")

// decodeDay reads a field that holds a civil date, written as its midnight in
// UTC; none is the zero Date.
func decodeDay(name string, raw json.RawMessage) (portfolio.Date, error) {
	return record.Text(name, raw, aDay, func(text string) (portfolio.Date, error) {
		at, err := parseTime(text)
		if err != nil || at.IsZero() {
			return portfolio.Date{}, err
		}
		return portfolio.DateOf(at), nil
	})
}

// decodeTime reads a field that holds an instant; none is the zero time.
func decodeTime(name string, raw json.RawMessage) (time.Time, error) {
	return record.Text(name, raw, aTime, parseTime)
}
