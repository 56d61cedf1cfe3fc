package demo_test

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"plumbline/demo"
)

// What the organisation records never grows old: the measurements end with the
// last closed period, and no date is left unwritten.
func TestTheStrategyFolderIsOfToday(t *testing.T) {
	today := time.Date(2027, time.February, 3, 12, 0, 0, 0, time.UTC)
	organisation, err := demo.Start(t.Context(), demo.Options{Now: func() time.Time { return today }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(organisation.Close)
	files, err := organisation.Strategy()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if strings.Contains(string(text), "{{") {
			t.Errorf("%s has a date that was not written", name)
		}
	}
	rows, err := csv.NewReader(strings.NewReader(string(files["measurements.csv"]))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	last := map[string]string{}
	first := map[string]string{}
	for _, row := range rows[1:] {
		kpi, period, measured := row[0], row[1], row[3] != "" || row[6] != ""
		if measured && period > last[kpi] {
			last[kpi] = period
		}
		if first[kpi] == "" {
			first[kpi] = period
		}
	}
	want := map[string]string{"rural-patients": "2027-01", "vaccination": "2026-Q4", "operating-result": "2026-Q2"}
	for kpi, period := range want {
		if last[kpi] != period {
			t.Errorf("%s: last measured in %s, want %s", kpi, last[kpi], period)
		}
	}
	if first["rural-patients"] != "2025-02" {
		t.Errorf("rural-patients begin in %s, want two years back, in 2025-02", first["rural-patients"])
	}
}
