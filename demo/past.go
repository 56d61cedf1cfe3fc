package demo

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"plumbline/portfolio"
)

// The files of the strategy folder tell everything up to today. What they held
// on an earlier day follows from the dates in them: what began later was not
// there, and what ended later was still open.

// begins are the members that say when an entry came to be known.
var begins = []string{"raised", "learned", "achieved", "said", "sent", "on"}

// ends are the members that say when something was over, and what else of the
// entry was not known before.
var ends = map[string][]string{
	"closed":    {"residualProbability", "residualImpact"},
	"resolved":  {"resolution"},
	"decided":   {"outcome", "actions"},
	"done":      {},
	"validated": {"state", "note"},
	"ends":      {"review"},
}

// underWay is the response to a risk before it was closed.
const underWay = "MITIGATING"

// asKnownOn is the text of a file as it was on the evening of a day.
func asKnownOn(day, name string, text []byte) ([]byte, error) {
	if strings.HasSuffix(name, ".csv") {
		return tableOn(day, text)
	}
	var lists yaml.MapSlice
	if err := yaml.Unmarshal(text, &lists); err != nil {
		return nil, err
	}
	for i := range lists {
		lists[i].Value, _ = valueOn(day, lists[i].Value)
	}
	return yaml.Marshal(lists)
}

// valueOn is a value as it was known on a day; false when it was not.
func valueOn(day string, value any) (any, bool) {
	switch v := value.(type) {
	case []any:
		var known []any
		for _, item := range v {
			if item, ok := valueOn(day, item); ok {
				known = append(known, item)
			}
		}
		return known, true
	case map[string]any:
		return entryOn(day, v)
	}
	return value, true
}

func entryOn(day string, entry map[string]any) (any, bool) {
	later := func(member string) bool {
		date, ok := entry[member].(string)
		return ok && date > day
	}
	if slices.ContainsFunc(begins, later) {
		return nil, false
	}
	unknown := map[string]bool{}
	for member, others := range ends {
		if !later(member) {
			continue
		}
		for _, other := range others {
			unknown[other] = true
		}
		if member != "ends" { // a plan is known before it is over
			unknown[member] = true
		}
	}
	known := map[string]any{}
	for member, value := range entry {
		if unknown[member] {
			continue
		}
		if value, ok := valueOn(day, value); ok {
			known[member] = value
		}
	}
	if _, responded := entry["response"]; responded && later("closed") {
		known["response"] = underWay
	}
	return known, true
}

// results are the columns that are empty until a period is over, named those
// that say what a row is about.
var (
	results = []string{"actual", "numerator", "denominator", "earned"}
	named   = []string{"kpi", "project", "period", "segment", "category", "currency", "note"}
)

// tableOn is a table of periods as it was known on a day.
func tableOn(day string, text []byte) ([]byte, error) {
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(rows) == 0 {
		return text, err
	}
	period := slices.Index(rows[0], "period")
	if period < 0 {
		return text, nil
	}
	today, err := portfolio.ParseDate(day)
	if err != nil {
		return nil, err
	}
	known := rows[:1]
	for _, row := range rows[1:] {
		span, err := portfolio.ParseSpan(row[period])
		if err != nil {
			return nil, err
		}
		says := false
		for i, column := range rows[0] {
			if slices.Contains(results, column) && !span.Last.Before(today) {
				row[i] = ""
			}
			says = says || row[i] != "" && !slices.Contains(named, column)
		}
		if says {
			known = append(known, row)
		}
	}
	var b bytes.Buffer
	err = csv.NewWriter(&b).WriteAll(known)
	return b.Bytes(), err
}
