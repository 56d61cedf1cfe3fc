package jira

import (
	"encoding/json"
	"time"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

// What is expected where the type alone does not tell.
const (
	aDay  = "a date such as 2026-03-31"
	aTime = "a time such as 2026-03-31T09:30:00.000+0000"
)

var errNoID = record.Missing("id", "the id of the record")

// decodeDay reads a field that holds a civil date; none is the zero Date.
func decodeDay(name string, raw json.RawMessage) (portfolio.Date, error) {
	return record.Text(name, raw, aDay, parseDay)
}

// decodeTime reads a field that holds an instant; none is the zero time.
func decodeTime(name string, raw json.RawMessage) (time.Time, error) {
	return record.Text(name, raw, aTime, parseTime)
}
