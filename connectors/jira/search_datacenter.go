package jira

import (
	"encoding/json"
	"fmt"
	"time"
)

// minute is the precision of a time in Data Center's JQL.
const jqlMinute = "2006-01-02 15:04"

// daylight is how much more is read again when the clocks of the account's
// time zone are being changed: an hour, and a minute to be sure.
const daylight = 61 * time.Minute

// floor writes an instant for Data Center's JQL, which knows only the minutes
// of the account's time zone, and tells from when on that surely reads. In the
// hour that an autumn night has twice, it goes back before that hour.
func floor(at time.Time, zone *time.Location) (string, time.Time) {
	at = at.Truncate(time.Minute)
	for {
		if text := at.In(zone).Format(jqlMinute); !twice(at, text, zone) {
			return text, at
		}
		at = at.Add(-daylight)
	}
}

// twice tells whether the zone's clocks show this minute at another instant
// too. Most turn back by an hour, Lord Howe Island by half of one.
func twice(at time.Time, text string, zone *time.Location) bool {
	for d := 30 * time.Minute; d <= 2*time.Hour; d += 30 * time.Minute {
		if at.Add(d).In(zone).Format(jqlMinute) == text || at.Add(-d).In(zone).Format(jqlMinute) == text {
			return true
		}
	}
	return false
}

// slack is how many rows a page repeats of the one before, where a listing
// must go by offset: so many may be edited meanwhile without one being missed.
const slack = 20

// keyset reads a search of Data Center in the order of change. Each page
// starts anew at the minute that the one before had reached, because by offset
// an edit would shift a row past us (JRASERVER-69860); only inside one minute,
// or one doubled hour, there is nothing but the offset.
func (r *run) keyset(jql string, start time.Time, fields []string, changelog bool, use func([]json.RawMessage) error) error {
	question := struct {
		JQL     string   `json:"jql"`
		StartAt int      `json:"startAt"`
		Max     int      `json:"maxResults"`
		Fields  []string `json:"fields"`
		Expand  []string `json:"expand,omitempty"`
	}{Max: maxBareRows, Fields: fields}
	if len(fields) > 5 {
		question.Max = 2 * maxRows
	}
	if changelog {
		question.Expand = []string{"changelog"}
	}
	text, from := floor(start, r.zone)
	if start.UnixMilli() <= 0 {
		text = "1970-01-02 00:00" // before every issue, in every zone
	}
	for range maxPages {
		question.JQL = jql + ` AND updated >= "` + text + `" ORDER BY updated ASC, key ASC`
		var page struct {
			Total  int               `json:"total"`
			Issues []json.RawMessage `json:"issues"`
		}
		if err := r.ask(r.ctx, r.api+"search", question, &page); err != nil {
			return err
		}
		if err := use(page.Issues); err != nil {
			return err
		}
		n := len(page.Issues)
		if question.StartAt+n >= page.Total {
			return nil
		}
		if n == 0 {
			return fmt.Errorf("search: an empty page at %d of %d", question.StartAt, page.Total)
		}
		next, at := floor(updatedOf(page.Issues[n-1]), r.zone)
		if at.After(from) {
			text, from, question.StartAt = next, at, 0
		} else {
			question.StartAt += max(1, n-slack)
		}
	}
	return fmt.Errorf("search: %w", errCircles)
}

// updatedOf reads when an issue changed; zero when it does not tell.
func updatedOf(raw json.RawMessage) time.Time {
	var r struct {
		Fields struct {
			Updated string `json:"updated"`
		} `json:"fields"`
	}
	if json.Unmarshal(raw, &r) != nil {
		return time.Time{}
	}
	at, err := parseTime(r.Fields.Updated)
	if err != nil {
		return time.Time{}
	}
	return at
}
