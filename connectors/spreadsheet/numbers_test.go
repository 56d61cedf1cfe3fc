package spreadsheet

import "testing"

func TestNumbersUnderBothPoints(t *testing.T) {
	for text, want := range map[string]amount{
		"1200":           {by: [points]string{"1200", "1200"}},
		"0":              {by: [points]string{"0", "0"}},
		"1,200.50":       {by: [points]string{"1200.5", ""}},
		"1.200,50":       {by: [points]string{"", "1200.5"}},
		"1,5":            {by: [points]string{"", "1.5"}},
		"1.50":           {by: [points]string{"1.5", ""}},
		"1.234":          {by: [points]string{"1.234", "1234"}},
		"1,234":          {by: [points]string{"1234", "1.234"}},
		"0.125":          {by: [points]string{"0.125", ""}}, // no group begins with 0
		"1.234.567":      {by: [points]string{"", "1234567"}},
		"1 234 567,8":    {by: [points]string{"", "1234567.8"}},
		"1\u00a0234,567": {by: [points]string{"", "1234.567"}},
		"1'234.5":        {by: [points]string{"1234.5", ""}},
		"(1,200.5)":      {by: [points]string{"-1200.5", ""}},
		"-5":             {by: [points]string{"-5", "-5"}},
		"−5":             {by: [points]string{"-5", "-5"}},
		"1200-":          {by: [points]string{"-1200", "-1200"}},
		"+5":             {by: [points]string{"5", "5"}},
		"45%":            {by: [points]string{"45", "45"}, unit: "%"},
		"45,5 %":         {by: [points]string{"", "45.5"}, unit: "%"},
		"€ 1.200,50":     {by: [points]string{"", "1200.5"}, unit: "EUR"},
		"1,200.50 EUR":   {by: [points]string{"1200.5", ""}, unit: "EUR"},
		"USD 7":          {by: [points]string{"7", "7"}, unit: "USD"},
		"-$5.25":         {by: [points]string{"-5.25", ""}, unit: "$"},
		"$-5.25":         {by: [points]string{"-5.25", ""}, unit: "$"},
		"12 zł":          {by: [points]string{"12", "12"}, unit: "PLN"},
		"007":            {by: [points]string{"7", "7"}, padded: true},
		"00.5":           {by: [points]string{"0.5", ""}, padded: true},
	} {
		if got := readNumber(text); got != want {
			t.Errorf("%q was read as %+v, want %+v", text, got, want)
		}
	}
	for _, text := range []string{
		"", "-", "P-1", "M-12", "PMO-7", "PMO 7", "CAD-7", "12o0", "1.2.3", "1,23,456", "12,34.567,8", "1e5", "0x10", "1.5M", "500k", "EUR", "%", "1 2", "12 34", "--5", "(5", "1,", ".", "NaN", "Infinity", "١٢",
	} {
		if got := readNumber(text); got.isNumber() {
			t.Errorf("%q was read as %+v, want no number", text, got)
		}
	}
}

func TestTheWholeColumnTellsTheDecimalPoint(t *testing.T) {
	for _, c := range []struct {
		column []string
		want   string
	}{
		{[]string{"1.234", "2.5"}, "point"},
		{[]string{"1.234", "1.234.567"}, "comma"},
		{[]string{"1.234", "2,5"}, "comma"},
		{[]string{"1.234", "5.678"}, "ambiguous"},
		{[]string{"1.5", "1,5"}, "contradicted"},
		{[]string{"1", "2000"}, "point"},
	} {
		f := seenTexts(c.column...).point()
		got := f.value.String()
		switch {
		case f.contradicted:
			got = "contradicted"
		case !f.settled():
			got = "ambiguous"
		}
		if got != c.want {
			t.Errorf("%v is %s, want %s", c.column, got, c.want)
		}
	}
}

func TestStoredNumbersAreThoseThatTheProgramShows(t *testing.T) {
	for stored, want := range map[string]string{
		"0.30000000000000004": "0.3", "1.1000000000000001": "1.1", "1E-3": "0.001", "1.5E+6": "1500000", "-0": "0", "123456789012345": "123456789012345",
	} {
		if got, ok := plainNumber(stored); !ok || got != want {
			t.Errorf("%s is shown as %q, want %q", stored, got, want)
		}
	}
	if got := perCent("0.07"); got != "7" {
		t.Errorf("0.07 is %s per cent, want 7", got)
	}
}

func TestFormatsTellWhatANumberIs(t *testing.T) {
	for code, want := range map[string]format{
		"dd/mm/yyyy": {date: true}, `yyyy\-mm\-dd`: {date: true}, "d-mmm-yy": {date: true}, "mmm yy": {date: true}, "[$-409]d. mmmm yyyy": {date: true},
		"yyyy-mm-dd hh:mm:ss.000": {date: true}, "m/d/yy h:mm": {date: true},
		"0%": {percent: true}, "0.00 %": {percent: true},
		"General": {}, "0.00": {}, "#,##0": {}, "h:mm": {}, "[h]:mm": {}, `0 "days"`: {}, `[Red]0`: {}, "@": {},
		`#,##0.00 "€"`: {currency: "EUR"}, "[$€-407]#,##0.00": {currency: "EUR"}, "[$USD] 0": {currency: "USD"}, `"$"#,##0`: {currency: "$"}, "[$kr-41D] #,##0": {currency: "kr"}, "[$-409]0": {}, "£#,##0": {currency: "GBP"},
	} {
		if got := readFormat(code); got != want {
			t.Errorf("%s is %+v, want %+v", code, got, want)
		}
	}
}
