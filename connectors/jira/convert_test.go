package jira

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"plumbline/connectors/connectortest"
	"plumbline/connectors/jira/jiratest"
	"plumbline/internal/record"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

func TestRichText(t *testing.T) {
	adf := func(nodes string) string { return `{"type":"doc","version":1,"content":[` + nodes + `]}` }
	for name, tc := range map[string]struct{ raw, want string }{
		"nothing":    {``, ""},
		"null":       {`null`, ""},
		"a number":   {`7`, ""},
		"plain":      {`"two\r\nlines"`, "two\nlines"},
		"paragraphs": {adf(`{"type":"paragraph","content":[{"type":"text","text":"one "},{"type":"text","text":"two","marks":[{"type":"strong"}]}]},{"type":"paragraph","content":[{"type":"text","text":"three"},{"type":"hardBreak"},{"type":"text","text":"four"}]}`), "one two\nthree\nfour"},
		"list":       {adf(`{"type":"bulletList","content":[{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"a"}]}]},{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"b"}]}]}]}`), "- a\n\n- b"},
		"table":      {adf(`{"type":"table","content":[{"type":"tableRow","content":[{"type":"tableCell","content":[{"type":"text","text":"a"}]},{"type":"tableCell","content":[{"type":"text","text":"b"}]}]}]}`), "a | b"},
		"inline":     {adf(`{"type":"mention","attrs":{"text":"@Sue"}},{"type":"text","text":" "},{"type":"status","attrs":{"text":"LATE"}},{"type":"text","text":" "},{"type":"date","attrs":{"timestamp":"1767225600000"}},{"type":"text","text":" "},{"type":"inlineCard","attrs":{"url":"https://x.example"}},{"type":"emoji","attrs":{"shortName":":ok:"}}`), "@Sue LATE 2026-01-01 https://x.example:ok:"},
		"odd nodes":  {adf(`7,{"type":"unheard","content":[{"type":"text","text":"kept"}]},{"type":"paragraph","content":"no list"}`), "kept"},
		"wiki":       {`"h1. Title\n*bold* and _it_ and {{code}} [site|https://x.example] [https://y.example]\n* point\n## deeper\n{code:java}\nx=1\n{code}\n!shot.png|thumbnail! [~sue]\n||a||b||"`, "Title\nbold and it and code site (https://x.example) https://y.example\n- point\n- deeper\n\nx=1\n\n@sue\n| a | b |"},
		"not wiki":   {`"2*3*4 and snake_case_name, A-B"`, "2*3*4 and snake_case_name, A-B"},
	} {
		if got := richText(json.RawMessage(tc.raw)); got != tc.want {
			t.Errorf("%s:\n got %q\nwant %q", name, got, tc.want)
		}
	}
}

func TestTimesAndDates(t *testing.T) {
	want := time.Date(2026, 2, 3, 9, 30, 0, 120_000_000, time.UTC)
	for _, text := range []string{"2026-02-03T09:30:00.120+0000", "2026-02-03T09:30:00.120Z", "2026-02-03T10:30:00.120+01:00", "2026-02-03T09:30:00.1204+0000"} {
		if got, err := parseTime(text); err != nil || got != want {
			t.Errorf("%s = %v, %v; want %v", text, got, err, want)
		}
	}
	if _, err := parseTime("yesterday"); err == nil {
		t.Error("yesterday is taken for a time")
	}
	for text, want := range map[string]string{"": "", "2026-02-03": "2026-02-03", "2026-02-03 00:00:00.0": "2026-02-03", "2026-02-03T23:59:00.000-1100": "2026-02-03"} {
		if got, err := parseDay(text); err != nil || got.String() != want {
			t.Errorf("%q = %v, %v; want %v", text, got, err, want)
		}
	}
	if _, err := parseDay("03.02.2026"); err == nil {
		t.Error("03.02.2026 is taken for a date")
	}
	for raw, want := range map[string]int64{`"2026-02-03T09:30:00.000+0000"`: 1770111000000, `1770111000000`: 1770111000000, `1492070429`: 1492070429000} {
		if got, err := changeTime(json.RawMessage(raw)); err != nil || got.UnixMilli() != want {
			t.Errorf("%s = %v, %v; want %d", raw, got, err, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]string{"12345678901234567": "12345678901234567", "1e3": "1000", "-0.50": "-0.5", "2.5E-3": "0.0025"} {
		if got, ok := plainNumber(text); !ok || got != want {
			t.Errorf("%s = %q, %v; want %q", text, got, ok, want)
		}
	}
	for _, text := range []string{"1e999999999", "1e-999999999", "", "x", strings.Repeat("9", 400)} {
		if got, ok := plainNumber(text); ok {
			t.Errorf("%q = %q, want it refused", record.Truncate(text, 20), got)
		}
	}
}

// TestFloor holds that what Data Center is asked for begins no later than the
// instant that is meant, whichever of two equal hours it takes, and no more
// than two hours and a bit before.
func TestFloor(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Africa/Casablanca"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for at := time.Date(2026, 1, 1, 0, 0, 30, 0, time.UTC); at.Year() == 2026; at = at.Add(13 * time.Minute) {
			text, from := floor(at, zone)
			latest, err := time.ParseInLocation(jqlMinute, text, zone)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range []time.Duration{30 * time.Minute, time.Hour} {
				if twin := latest.Add(d); twin.In(zone).Format(jqlMinute) == text {
					latest = twin
				}
			}
			if latest.After(at) || at.Sub(latest) > 3*time.Hour || from.After(at) || latest.After(from) {
				t.Fatalf("%s at %s: asks from %q = %s, believes %s", name, at, text, latest.UTC(), from.UTC())
			}
		}
	}
}

func TestDueChangesInDisorder(t *testing.T) {
	var histories []changeRecord
	if err := json.Unmarshal([]byte(`[
		{"created":"2026-02-01T10:00:00.000+0000","items":[{"field":"duedate","from":"2026-03-01","to":"2026-04-01"}]},
		{"created":"2026-01-01T10:00:00.000+0000","items":[{"field":"summary","to":"x"},{"field":"duedate","fieldId":"duedate","from":null,"to":"2026-03-01"}]},
		{"created":"whenever","items":[{"field":"duedate","from":"2026-04-01","to":"2026-05-01"}]},
		{"created":"2026-02-02T10:00:00.000+0000","items":[{"field":"duedate","from":"2026-04-01","to":"soon"}]},
		{"created":"2026-02-03T10:00:00.000+0000","items":[{"field":"duedate","from":"2026-04-01","to":null}]}
	]`), &histories); err != nil {
		t.Fatal(err)
	}
	v := conversion{session: &session{zone: time.UTC}}
	check(t, "history", v.history(dueChanges(histories), portfolio.Date{}), portfolio.DueHistory{
		Read: true, First: day(t, "2026-03-01"), LaterMoves: 1, Moves: []portfolio.DueMove{
			{On: day(t, "2026-01-01"), To: day(t, "2026-03-01")},
			{On: day(t, "2026-02-01"), From: day(t, "2026-03-01"), To: day(t, "2026-04-01")},
			{On: day(t, "2026-02-03"), From: day(t, "2026-04-01")},
		},
	})
	var many []dueChange
	for i := range 3 * portfolio.MaxMoves {
		many = append(many, dueChange{at: time.Unix(int64(i), 0), from: day(t, "2026-01-01").AddDays(i), to: day(t, "2026-01-02").AddDays(i)})
	}
	h := v.history(many, portfolio.Date{})
	check(t, "first of many", h.First.String(), "2026-01-01")
	check(t, "counted and kept", []int{h.LaterMoves, len(h.Moves)}, []int{3 * portfolio.MaxMoves, portfolio.MaxMoves})
	check(t, "last kept", h.Moves[portfolio.MaxMoves-1].To, many[len(many)-1].to)
}

func TestQuarantineKeepsWhatItCan(t *testing.T) {
	v := testConversion()
	long := `{"id":"7","fields":{"summary":{"x":"` + strings.Repeat("y", 2*portfolio.MaxRaw) + `"}}}`
	for raw, id := range map[string]string{long: "7", `{"id":8,"fields":[]}`: "8", `[]`: "unreadable-4f53cda18c2baa0c", `{"fields":{}}`: "unreadable-f35cd02cd97b6707"} {
		out := v.issue(json.RawMessage(raw))
		if out.quarantined == nil {
			t.Errorf("%.40s was read", raw)
			continue
		}
		check(t, "id of the quarantined", out.quarantined.ID, id)
		if len(out.quarantined.Raw) > portfolio.MaxRaw || out.quarantined.Converter != converter || out.quarantined.Reason == "" {
			t.Errorf("%.40s: %d bytes kept of converter %d, because %q", raw, len(out.quarantined.Raw), out.quarantined.Converter, out.quarantined.Reason)
		}
	}
}

// testConversion reads epics and initiatives, with a field of each type.
func testConversion() conversion {
	s := &session{
		cloud: true, zone: time.UTC, realProjects: true, info: serverInfo{BaseURL: "https://example.atlassian.net"},
		projectTypes: map[string]bool{"10010": true}, plainTypes: map[string]bool{"10000": true},
		links: map[string]linkDirection{"10000": blocks, "10004": dependsOn},
	}
	for i, kind := range []string{"string", "number", "date", "datetime", "option", "array", "user", "any"} {
		f := field{ID: "customfield_" + string(rune('1'+i)), Name: kind}
		f.Schema.Type = kind
		s.fields = append(s.fields, f)
	}
	return conversion{session: s, connection: "eng", hidden: new(secret.Hidden)}
}

// FuzzIssue holds that no issue, however odd, costs more than itself: it
// becomes facts that can be stored, or it goes into quarantine.
func FuzzIssue(f *testing.F) {
	for _, name := range []string{"cloud", "datacenter"} {
		files, err := filepath.Glob(filepath.Join("testdata", name, "POST_*.json"))
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			var page searchPage
			if json.Unmarshal(raw, &page) == nil {
				for _, issue := range page.Issues {
					f.Add([]byte(issue))
				}
			}
		}
	}
	f.Add([]byte(`{"id":"1","key":"A-1","fields":{"issuetype":{"id":"10000"},"duedate":"","customfield_2":1e400,"customfield_6":[[],{"value":null},null,"x"],"customfield_7":{},"customfield_8":true}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		v := testConversion()
		out := v.issue(raw)
		if (out.quarantined != nil) == (len(out.facts) > 0) && out.quarantined != nil {
			t.Fatalf("both read and quarantined: %s", raw)
		}
		for _, fact := range out.facts {
			text, err := connectortest.Canonical(fact)
			if err != nil || !utf8.ValidString(text) {
				t.Fatalf("%s cannot be written: %v", fact.Key(), err)
			}
			back, err := portfolio.NewDocument(fact.Key().Kind)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(text), back); err != nil {
				t.Fatalf("%s cannot be read back: %v", text, err)
			}
			if again, _ := connectortest.Canonical(back.(portfolio.ToolFact)); again != text {
				t.Fatalf("changed by being kept:\n%s\n%s", text, again)
			}
		}
		if twice := v.issue(raw); len(twice.facts) != len(out.facts) {
			t.Fatalf("read twice, it gives other facts: %s", raw)
		}
	})
}

// FuzzRichText holds that any document becomes a text of bounded size.
func FuzzRichText(f *testing.F) {
	doc, err := json.Marshal(jiratest.ADF("one\n\ntwo"))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{doc, []byte(`"h1. *wiki* [a|b] {code}"`), []byte(`{"type":"doc","content":[` + strings.Repeat(`{"content":[`, 200) + strings.Repeat(`]}`, 200) + `]}`)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		text := record.Truncate(richText(raw), maxDescription)
		if !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxDescription {
			t.Fatalf("%d characters, valid %v", utf8.RuneCountInString(text), utf8.ValidString(text))
		}
		if slices.Contains(strings.Split(text, "\n\n"), "") && text != "" {
			t.Fatalf("more than one empty line in a row: %q", text)
		}
	})
}
