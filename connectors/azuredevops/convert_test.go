package azuredevops

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// berlin is a conversion that reads everything of the project Pay.
func berlin(t *testing.T) conversion {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	s := &session{
		base: "https://dev.azure.com/example", zone: zone, realProjects: true, started: time.Date(2026, 2, 3, 23, 30, 0, 0, time.UTC),
		projectTypes: map[string]bool{}, milestoneTypes: map[string]bool{"epic": true}, projectOf: map[string]string{"pay": "p"},
		fields: []field{{Name: "X", Ref: "Custom.X", Type: "string"}},
	}
	return conversion{session: s, connection: "eng", hidden: new(secret.Hidden), known: map[int64]brief{}}
}

func TestDatesAreThoseThatWerePicked(t *testing.T) {
	v := berlin(t)
	for text, want := range map[string]string{
		"":                          "",
		"2026-03-31T00:00:00Z":      "2026-03-31", // by a program
		"2026-03-30T22:00:00Z":      "2026-03-31", // in a form, in summer
		"2026-01-30T23:00:00Z":      "2026-01-31", // in a form, in winter
		"2026-03-31T15:04:05.123Z":  "2026-03-31",
		"2026-03-31T00:00:00+02:00": "2026-03-31",
		"2026-03-31":                "2026-03-31",
	} {
		at, err := parseTime(text)
		if got := v.day(at).String(); err != nil || got != want {
			t.Errorf("%q is %s, %v; want %s", text, got, err, want)
		}
	}
}

func TestDatesWestOfUTC(t *testing.T) {
	v := berlin(t)
	var err error
	if v.zone, err = time.LoadLocation("America/New_York"); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"2026-03-31T00:00:00Z": "2026-03-31", "2026-03-31T04:00:00Z": "2026-03-31", "2026-03-31T03:59:00Z": "2026-03-30"} {
		at, err := parseTime(text)
		if got := v.day(at).String(); err != nil || got != want {
			t.Errorf("%q is %s, %v; want %s", text, got, err, want)
		}
	}
}

func TestOddRecordsSayWhatIsWrong(t *testing.T) {
	v := berlin(t)
	record := func(fields string) string {
		return `{"id":7,"fields":{"System.WorkItemType":"Epic","System.TeamProject":"Pay"` + fields + `}}`
	}
	for raw, want := range map[string]string{
		`null`:       "field id: the id of the record was expected, nothing was found",
		`{"id":"x"}`: "field id: the id of the record was expected, nothing was found",
		`[]`:         "the record: an object was expected, a list was found",
		`{"id":7}`:   "field System.WorkItemType: the type of the work item was expected, nothing was found",
		`{"id":7,"fields":{"System.WorkItemType":"Epic"}}`:       "field System.TeamProject: the project that the work item is in was expected, nothing was found",
		record(`,"System.Title":{"odd":true}`):                   "field System.Title: a text was expected, an object was found",
		record(`,"System.AssignedTo":7`):                         "field System.AssignedTo: an object was expected, a number was found",
		record(`,"Microsoft.VSTS.Scheduling.TargetDate":"soon"`): `field Microsoft.VSTS.Scheduling.TargetDate: a time such as 2026-03-31T09:30:00Z was expected, the text "soon" was found`,
	} {
		got := v.item(parseItem(json.RawMessage(raw)))
		if got.quarantined == nil || got.quarantined.Reason != want || got.quarantined.Of != portfolio.KindMilestone || string(got.quarantined.Raw) != raw {
			t.Errorf("%s: %+v, want quarantine because %q", raw, got, want)
		}
	}
	for raw, want := range map[string]string{
		`{"name":"A"}`:               "field id: the id of the record was expected, nothing was found",
		`{"id":"a","description":7}`: "field description: a text was expected, a number was found",
	} {
		if got := v.project(json.RawMessage(raw)); got.quarantined == nil || got.quarantined.Reason != want {
			t.Errorf("%s: %+v, want quarantine because %q", raw, got, want)
		}
	}
	if got := v.project(json.RawMessage(`{"id":"A","name":"A","lastUpdateTime":"0001-01-01T00:00:00","state":"deleting"}`)).facts[0].Origin(); !got.UpdatedAt.IsZero() || got.ID != "a" || got.Presence != portfolio.PresenceDeleted {
		t.Errorf("a project that is being deleted is %+v", got)
	}
	tree := `{"identifier":"R","children":[{"identifier":"A","attributes":{"finishDate":"never"}},{"identifier":"B","attributes":{"finishDate":"2026-02-04T00:00:00Z"}},{"attributes":{}}]}`
	list := v.iterationNodes(json.RawMessage(tree), projectRecord{ID: "p", Name: "Pay"})
	if len(list) != 3 || list[0].quarantined == nil || list[1].facts == nil || list[2].quarantined == nil {
		t.Errorf("a tree with two odd iterations became %+v", list)
	}
	// It is the 4th in Berlin when the run begins, so the last day is not over.
	if m := list[1].facts[0].(*portfolio.MilestoneFact); m.Status != "current" || m.Parent != "" {
		t.Errorf("an iteration on its last day is %s below %q, want current", m.Status, m.Parent)
	}
}

// TestOddValuesCostNothing holds that a mapped field of whatever shape is kept.
func TestOddValuesCostNothing(t *testing.T) {
	v := berlin(t)
	for raw, want := range map[string]portfolio.Field{
		`"text"`:               {Type: portfolio.FieldText, Text: "text"},
		`12345678901234567.25`: {Type: portfolio.FieldNumber, Number: "12345678901234567.25"},
		`1e999999`:             {Type: portfolio.FieldText, Text: "1e999999"},
		`true`:                 {Type: portfolio.FieldBool, Bool: true},
		`[1, 2]`:               {Type: portfolio.FieldText, Text: "[1, 2]"},
		`{"a": 1}`:             {Type: portfolio.FieldText, Text: `{"a": 1}`},
		`{"id":"U","displayName":"Lea","uniqueName":"CORP\\lea"}`: {Type: portfolio.FieldUser, Text: "eng/user/u"},
	} {
		var facts []portfolio.ToolFact
		got, ok := v.value(v.fields[0], json.RawMessage(raw), &facts)
		if !ok {
			t.Errorf("%s was left out", raw)
		}
		check(t, raw, got, want)
		for _, f := range facts {
			if p := f.(*portfolio.PersonFact); p.Email != "" || p.Name != "Lea" {
				t.Errorf("%s is the person %+v", raw, p)
			}
		}
	}
}

func TestHTMLBecomesText(t *testing.T) {
	for markup, want := range map[string]string{
		"plain":                                        "plain",
		"<div>One<br>two</div><div>3</div>":            "One\ntwo\n\n3",
		"<ul><li>a</li><li>b &amp; c</li></ul>":        "- a\n- b & c",
		"3 < 4 and 5 > 4":                              "3 < 4 and 5 > 4",
		"a <b>bold</b>&nbsp;word":                      "a bold word",
		"<STYLE>p{}</style >shown<script>":             "shown",
		"<table><tr><td>a</td><td>b</td></tr></table>": "a b",
		"ends with <":                                  "ends with <",
		"ends with <b":                                 "ends with <b",
	} {
		if got := htmlText(markup); got != want {
			t.Errorf("%q became %q, want %q", markup, got, want)
		}
	}
}

func FuzzHTMLBecomesText(f *testing.F) {
	f.Add("<p>a &lt; b</p>")
	f.Add("<style><b>\xff</")
	f.Fuzz(func(t *testing.T, markup string) {
		got := htmlText(markup)
		if !utf8.ValidString(got) || strings.TrimSpace(got) != got {
			t.Errorf("%q became %q", markup, got)
		}
	})
}
