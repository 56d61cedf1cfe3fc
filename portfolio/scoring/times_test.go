package scoring

import (
	"errors"
	"strconv"
	"testing"
)

func TestParseTimes(t *testing.T) {
	for text, want := range map[string]float64{"3": 3, "1/3": 1. / 3, "0.5": .5, " 9 ": 9, "1 / 9": 1. / 9, "2/18": 1. / 9, ".25": .25, "7/2": 3.5} {
		got, err := ParseTimes(text)
		if err != nil || got != want {
			t.Errorf("%q = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "-3", "10", "1/10", "1/0", "0/0", "1/", "/3", "1/3/2", "3x", "1e0", "0x3", "inf", "NaN", "0,5", "1.2.3", "."} {
		if got, err := ParseTimes(text); !errors.Is(err, ErrScale) {
			t.Errorf("%q = %v, %v; want the error of the scale", text, got, err)
		}
	}
}

func FuzzParseTimes(f *testing.F) {
	for _, text := range []string{"3", "1/3", "0.5", "1/0", "0.1111111111", "9/1", "00009"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		times, err := ParseTimes(text)
		if err != nil {
			if !errors.Is(err, ErrScale) || times != 0 {
				t.Errorf("%q: %v, %v", text, times, err)
			}
			return
		}
		if _, err := Prioritise(2, []Judgement{{0, 1, times}}); err != nil {
			t.Errorf("%q is read as %v, which is not judged by: %v", text, times, err)
		}
		again, err := ParseTimes(strconv.FormatFloat(times, 'f', -1, 64))
		if err != nil || again != times {
			t.Errorf("%q is read as %v, that as %v, %v", text, times, again, err)
		}
	})
}
