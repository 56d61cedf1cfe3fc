package portfolio

import (
	"errors"
	"testing"
	"time"
)

func TestWhen(t *testing.T) {
	today := NewDate(2026, 3, 31)
	for text, want := range map[string]string{
		"2026-01-02": "2026-01-02", "P0D": "2026-03-31", "-P30D": "2026-03-01", "P1W": "2026-04-07", "-P1M": "2026-02-28",
		"P1M": "2026-04-30", "P1Y": "2027-03-31", "-P1Y6M": "2024-09-30", "+P1D": "2026-04-01", "P1M1D": "2026-05-01",
	} {
		w, err := ParseWhen(text)
		if err != nil || w.On(today).String() != want || w.String() != text {
			t.Errorf("%s on %s = %s (%s), %v; want %s", text, today, w.On(today), w, err, want)
		}
	}
	for _, text := range []string{"", "P", "-P", "PT1H", "soon", "2026-13-01", "P1.5D", "P99999Y", "1D"} {
		if _, err := ParseWhen(text); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: error %v, want %v", text, err, ErrInvalid)
		}
	}
}

// Of an instant that the zone moves past the last year there is no date.
func TestAnInstantPastTheLastYearHasNoDate(t *testing.T) {
	east := &plan{zone: time.FixedZone("east", 3600)}
	last := time.Date(9999, time.December, 31, 22, 59, 0, 0, time.UTC)
	if got := east.day(last).String(); got != "9999-12-31" {
		t.Errorf("date = %q, want 9999-12-31", got)
	}
	if got := east.day(last.Add(time.Minute)); !got.IsZero() {
		t.Errorf("date = %q, want none", got)
	}
	west := time.Date(9999, time.December, 31, 23, 0, 0, 0, time.FixedZone("west", -3600))
	if got := textOf(Field{Type: FieldTime, Time: west}); got != "" {
		t.Errorf("text = %q, want none", got)
	}
}

func TestMoment(t *testing.T) {
	today := NewDate(2026, 3, 31)
	for text, want := range map[string]string{
		"2026-01-02T03:04:05+01:00": "2026-01-02T02:04:05Z", "2026-01-02": "2026-01-02T00:00:00Z", "-P1D": "2026-03-30T00:00:00Z",
	} {
		m, err := ParseMoment(text)
		if got := m.At(today).Format("2006-01-02T15:04:05Z07:00"); err != nil || got != want {
			t.Errorf("%s on %s = %s, %v; want %s", text, today, got, err, want)
		}
	}
	if _, err := ParseMoment("2026-01-02T03:04"); !errors.Is(err, ErrInvalid) {
		t.Errorf("half an instant: error %v, want %v", err, ErrInvalid)
	}
}

func TestTextIsFoundWithoutRegardToCase(t *testing.T) {
	for _, c := range []struct {
		text, want       string
		contains, begins bool
	}{
		{"Go-Live Nord", "live", true, false},
		{"Go-Live Nord", "GO", true, true},
		{"Straße", "STRASSE", false, false},
		{"ÄRZTE im Netz", "ärzte", true, true},
		{"Die Ärzte", "ÄRZTE", true, false},
		{"short", "much longer", false, false},
		{"", "x", false, false},
		{"any", "", true, true},
		{"K", "\u212a", true, true}, // the Kelvin sign is three bytes long
	} {
		if got := containsFold(c.want)(c.text); got != c.contains {
			t.Errorf("%q contains %q = %v, want %v", c.text, c.want, got, c.contains)
		}
		if got := startsWithFold(c.want)(c.text); got != c.begins {
			t.Errorf("%q begins with %q = %v, want %v", c.text, c.want, got, c.begins)
		}
	}
}
