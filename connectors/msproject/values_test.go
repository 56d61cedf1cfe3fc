package msproject

import (
	"testing"
)

func TestLagsAreInDaysOfTheirOwnLength(t *testing.T) {
	for _, c := range []struct {
		lag, format string
		want        int
	}{
		{"", "", 0}, {"0", "7", 0}, {"4800", "7", 1}, {"4800", "5", 1}, {"-4800", "7", -1}, {"4799", "7", 0}, {"-4799", "7", 0},
		{"24000", "9", 5}, {"14400", "8", 1}, {"14400", "7", 3}, {"28800", "40", 2}, // elapsed days have 24 hours
		{"50", "19", 5}, {"-100", "51", -10}, // of a predecessor of 10 days
	} {
		if got, err := lagDays(c.lag, c.format, 480, 4800); err != nil || got != c.want {
			t.Errorf("lag %s in format %s is %d days, %v; want %d", c.lag, c.format, got, err, c.want)
		}
	}
	if got, err := lagDays("9000", "7", 450, 0); err != nil || got != 2 {
		t.Errorf("two days of 7.5 hours are %d, %v", got, err)
	}
	for _, bad := range [][2]string{{"x", "7"}, {"1", "x"}, {"9223372036854775807", "7"}} {
		if got, err := lagDays(bad[0], bad[1], 480, 0); err == nil {
			t.Errorf("lag %s in format %s is %d, want an error", bad[0], bad[1], got)
		}
	}
}

func TestAmountsAreInHundredths(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "100": "1", "1": "0.01", "12": "0.12", "-5": "-0.05", "201500": "2015", "1234.5": "12.345", "-0": "0", "+250": "2.5", ".5": "0.005",
		"123456789012345678901": "1234567890123456789.01",
	} {
		if got, ok := amount(text); !ok || got != want {
			t.Errorf("%s is %q, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", "1e5", "ten", "1,5", "--1", "1-1"} {
		if got, ok := amount(text); ok {
			t.Errorf("%q is %s, want none", text, got)
		}
	}
}

func TestDatesAreWhatIsWritten(t *testing.T) {
	for text, want := range map[string]string{
		"2026-03-31T17:00:00": "2026-03-31", "2026-03-31T00:00:00": "2026-03-31", "2026-03-31": "2026-03-31",
		"2026-03-31T23:59:59+14:00": "2026-03-31", "": "", "NA": "",
	} {
		if got, err := day("Finish", text); err != nil || got.String() != want {
			t.Errorf("%q is %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"31.03.2026", "2026-02-30T00:00:00", "2026-3-1", "20260331", "soon", "2026-03-31x"} {
		if got, err := day("Finish", text); err == nil {
			t.Errorf("%q is %s, want an error", text, got)
		}
	}
}

func TestDurationsAreWorkingTime(t *testing.T) {
	for text, want := range map[string]string{"PT75H0M0S": "75", "PT0H30M0S": "0.5", "PT1H20M0S": "1.33", "PT0H0M0S": "0", "PT36S": "0.01"} {
		if m, ok := minutes(text); !ok || hours(m) != want {
			t.Errorf("%s is %s hours, %t; want %s", text, hours(m), ok, want)
		}
	}
	for _, text := range []string{"", "PT", "8h", "PT8", "P1D", "PT-8H", "PTH", "PTinfH", "PTNaNH"} {
		if m, ok := minutes(text); ok {
			t.Errorf("%q is %v, want none", text, m)
		}
	}
}

func TestTextsAreCutBetweenCharacters(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{{"Größe", 4, "Größ"}, {"Größe", 5, "Größe"}, {"a b", 2, "a"}, {"", 0, ""}} {
		if got := truncate(c.text, c.most); got != c.want {
			t.Errorf("%q cut after %d is %q, want %q", c.text, c.most, got, c.want)
		}
	}
}
