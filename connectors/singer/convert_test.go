package singer

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/internal/filesource"
	"plumbline/portfolio"
)

// read1 converts messages that are one stream of milestones.
func read1(t *testing.T, s StreamSettings, fields []string, messages ...string) *connectortest.Ledger {
	t.Helper()
	l := connectortest.NewLedger()
	c := open(t, Settings{Streams: milestones("items", s), Settings: filesource.Settings{File: "x"}}, fields...).(*recorded)
	sent := &sent{*c, &memory{strings.NewReader(strings.Join(messages, "\n"))}}
	if err := l.Pull(t.Context(), sent, nil); err != nil {
		t.Fatal(err)
	}
	return l
}

type memory struct{ *strings.Reader }

const anySchema = `{"type":"SCHEMA","stream":"items","key_properties":["id"],"schema":{"properties":{"id":{},"due-date":{"type":"string"},"on":{"format":"date"},"at":{"anyOf":[{"format":"date-time"},{}]},"type":{}}}}`

func TestExpressions(t *testing.T) {
	record := `{"id":12345678901234567890,"name":"Go live","type":"Gate","count":3,"due-date":"2026-03-01T23:30:00-08:00","when it is":"2026-03-02",
		"ms":1772323200000,"assignee":{"email":"ann@example.com"},"nobody":null,"tags":["b","a","b"],"n":1.5,"done":false,"closed":"0"}`
	for _, c := range []struct {
		name string
		s    StreamSettings
		want string // of the fact, as JSON; or the reason of the quarantine
	}{
		{"names of properties", StreamSettings{Name: "name", Type: "type", Due: "due-date"}, `"name":"Go live","type":"Gate","project":"boards/projects/1","due":"2026-03-01"`},
		{"names that functions have", StreamSettings{Name: `type + " " + string(count)`}, `"name":"Gate 3"`},
		{"functions of such names", StreamSettings{Name: `string(count(tags, # == "b")) + " " + type(n)`}, `"name":"2 float"`},
		{"other names", StreamSettings{Name: "name", Due: `record["when it is"]`}, `"due":"2026-03-02"`},
		{"milliseconds", StreamSettings{Name: "name", Due: `milliseconds(ms)`}, `"due":"2026-03-01"`},
		{"what is missing", StreamSettings{Name: "name", Owner: "nobody?.email", Type: "absent"}, `"name":"Go live","project"`},
		{"within", StreamSettings{Name: "assignee.email"}, `"name":"ann@example.com"`},
		{"lists", StreamSettings{Name: "name", Labels: "tags"}, `"labels":["a","b"]`},
		{"a list of one", StreamSettings{Name: "name", Labels: "type"}, `"labels":["Gate"]`},
		{"digits are kept", StreamSettings{Name: "string(id)"}, `"name":"12345678901234567890"`},
		{"a status", StreamSettings{Name: "name", StatusIs: `done ? "DONE" : "in progress"`}, `"statusCategory":"IN_PROGRESS"`},
		{"a word that is no category", StreamSettings{Name: "name", Status: "type", StatusIs: "type"}, `"status":"Gate"}`},
		{"archived", StreamSettings{Name: "name", Archived: "n > 1"}, `"presence":"ARCHIVED"`},
		{"false in other words", StreamSettings{Name: "name", Archived: "closed", Deleted: "done"}, `"scope":"items","name"`},
		{"no name", StreamSettings{Name: "nobody"}, "name (nobody): the record has none"},
		{"an object for a name", StreamSettings{Name: "assignee"}, "name (assignee): a text was expected, an object was found"},
		{"no day", StreamSettings{Name: "name", Due: "type"}, `due (type): a day such as 2026-03-01 was expected, "Gate" was found`},
		{"a number for a day", StreamSettings{Name: "name", Due: "count"}, "due (count): a day such as 2026-03-01 was expected"},
		{"nothing of nothing", StreamSettings{Name: "nobody.name"}, "asked for with ?."},
		{"no condition", StreamSettings{Name: "name", When: "type"}, "when (type): it is neither true nor false"},
		{"no project", StreamSettings{Name: "name", Project: "nobody"}, "project (nobody): the record has none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := read1(t, c.s, nil, anySchema, `{"type":"RECORD","stream":"items","record":`+strings.ReplaceAll(record, "\n", "")+`}`)
			if got := strings.Replace(l.Export(), "milestone:boards", "\nmilestone:boards", 1); !strings.Contains(got+"}", c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestFieldsOfTheMapping(t *testing.T) {
	l := read1(t, StreamSettings{Name: "name"}, []string{"on", "at", "n", "yes", "list", "light.label", "a.b", "object", "empty", "gone", "big"}, anySchema,
		`{"type":"RECORD","stream":"items","record":{"id":1,"name":"x","on":"2026-03-01","at":"2026-03-01T12:00:00+02:00","n":1234567.10,"yes":true,"list":[1,{"name":"two"},null],"light":{"label":"Red"},"a.b":"dotted","object":{"odd":[1]},"empty":null,"big":1e999}}`)
	want := []portfolio.Field{
		{ID: "a.b", Name: "a.b", Type: portfolio.FieldText, Text: "dotted"},
		{ID: "at", Name: "at", Type: portfolio.FieldTime, Time: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)},
		{ID: "big", Name: "big", Type: portfolio.FieldText, Text: "1e999"},
		{ID: "light.label", Name: "light.label", Type: portfolio.FieldText, Text: "Red"},
		{ID: "list", Name: "list", Type: portfolio.FieldList, List: []string{"1", "two"}},
		{ID: "n", Name: "n", Type: portfolio.FieldNumber, Number: "1234567.1"},
		{ID: "object", Name: "object", Type: portfolio.FieldText, Text: `{"odd":[1]}`},
		{ID: "on", Name: "on", Type: portfolio.FieldDate, Date: portfolio.NewDate(2026, time.March, 1)},
		{ID: "yes", Name: "yes", Type: portfolio.FieldBool, Bool: true},
	}
	for _, f := range l.Facts {
		if diff := cmp.Diff(want, f.(*portfolio.MilestoneFact).Fields, cmp.Comparer(func(a, b portfolio.Date) bool { return a == b })); diff != "" {
			t.Errorf("fields (-want +got):\n%s", diff)
		}
	}
	if len(l.Facts) != 1 {
		t.Errorf("%d facts: %v", len(l.Facts), l.Quarantined)
	}
}

func TestDependenciesAndKeysOfSeveralParts(t *testing.T) {
	s := milestones("items", StreamSettings{Name: "name"})
	s = append(s, StreamSettings{Stream: "links", As: asDependency, Predecessor: "from", Successor: "to", LagDays: "lag"})
	c := open(t, Settings{Streams: s, Settings: filesource.Settings{File: "x"}}).(*recorded)
	l := connectortest.NewLedger()
	err := l.Pull(t.Context(), &sent{*c, &memory{strings.NewReader(`
{"type":"SCHEMA","stream":"links","key_properties":["from","to"],"schema":{"properties":{"from":{},"to":{}}}}
{"type":"RECORD","stream":"links","record":{"from":"a|1","to":"b","lag":-2}}
{"type":"RECORD","stream":"links","record":{"from":"c","to":"c"}}
{"type":"RECORD","stream":"links","record":{"from":"c","to":"d","lag":0.5}}`)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, ok := l.Facts[portfolio.Key{Kind: portfolio.KindDependency, ID: "boards/links/a%7C1|b"}].(*portfolio.DependencyFact)
	if !ok || d.Predecessor.Ref != "boards/items/a|1" || d.Successor.Ref != "boards/items/b" || d.LagDays != -2 {
		t.Errorf("got %s", l.Export())
	}
	if len(l.Quarantined) != 2 {
		t.Errorf("quarantined: %v, want a link of one end and a lag of half a day", l.Quarantined)
	}
}

// TestARecordWithoutAKeyCompletesNothing holds that where one record may be any,
// none is taken for gone.
func TestARecordWithoutAKeyCompletesNothing(t *testing.T) {
	for record, gone := range map[string]bool{`{"id":2,"name":"b"}`: true, `{"name":"b"}`: false} {
		c := open(t, Settings{Streams: milestones("items", StreamSettings{Name: "name", Complete: completeAlways}), Settings: filesource.Settings{File: "x"}}).(*recorded)
		l := connectortest.NewLedger()
		for _, record := range []string{`{"id":1,"name":"a"}`, record} {
			text := anySchema + "\n" + `{"type":"RECORD","stream":"items","record":` + record + `}`
			if err := l.Pull(t.Context(), &sent{*c, &memory{strings.NewReader(text)}}, nil); err != nil {
				t.Fatal(err)
			}
		}
		presence := l.Facts[portfolio.Key{Kind: portfolio.KindMilestone, ID: "boards/items/1"}].Origin().Presence
		if (presence == portfolio.PresenceDeleted) != gone {
			t.Errorf("after %s the first record is %q, want gone = %v", record, presence, gone)
		}
	}
}

func TestWhetherAStateHoldsAPlace(t *testing.T) {
	for state, want := range map[string]bool{
		``:                                false,
		`{}`:                              false,
		`null`:                            false,
		`{"bookmarks":{}}`:                false,
		`{"bookmarks":{"items":{}}}`:      false,
		`{"bookmarks":{"items":null}}`:    false,
		`{"bookmarks":{"other":{"a":1}}}`: false,
		`{"bookmarks":{"items":{"version":1,"xmin":null}}}`: false,
		`{"bookmarks":{"items":{"version":1,"last":5}}}`:    true,
		`{"items":5}`:                  true,
		`{"bookmarks":{"items":true}}`: true,
	} {
		if got := (position{State: json.RawMessage(state)}).has("items"); got != want {
			t.Errorf("%s: %v, want %v", state, got, want)
		}
	}
}

func TestSettingsThatAreWrong(t *testing.T) {
	good := func() Settings {
		return Settings{Tap: TapSettings{Command: "tap-x"}, Streams: milestones("items", StreamSettings{Name: "name"})}
	}
	if s := good(); s.Validate() != nil {
		t.Fatal(s.Validate())
	}
	for want, spoil := range map[string]func(*Settings){
		"tap.command has a space":                  func(s *Settings) { s.Tap.Command = "tap-x --now" },
		"tap.command is missing":                   func(s *Settings) { s.Tap = TapSettings{Catalog: "x"} },
		"beside file, folder or url":               func(s *Settings) { s.File = "x" },
		"tap.config.api_token looks like a secret": func(s *Settings) { s.Tap.Config = map[string]any{"api_token": "x"} },
		"streams is missing":                       func(s *Settings) { s.Streams = nil },
		"streams[1].name is missing":               func(s *Settings) { s.Streams[1].Name = "" },
		"streams[1].project is missing":            func(s *Settings) { s.Streams[1].Project = "" },
		"streams[1].due is no expression":          func(s *Settings) { s.Streams[1].Due = "Due date" },
		"streams[1].project_in cannot be told":     func(s *Settings) { s.Streams[0].As = asPerson },
		"streams[1].project_in names \"x\"":        func(s *Settings) { s.Streams[1].ProjectIn = "x" },
		"several streams are projects, so name one": func(s *Settings) {
			s.Streams = append(s.Streams, StreamSettings{Stream: "more", As: asProject, Name: "name"})
		},
		"streams[2].predecessor is missing": func(s *Settings) {
			s.Streams = append(s.Streams, StreamSettings{Stream: "l", As: asDependency, Successor: "x"})
		},
		"streams[1].as is missing":                                   func(s *Settings) { s.Streams[1].As = "task" },
		"streams[1].complete is none of":                             func(s *Settings) { s.Streams[1].Complete = "sometimes" },
		"streams[1].when is no expression: there is no function now": func(s *Settings) { s.Streams[1].When = "now() > due" },
	} {
		s := good()
		spoil(&s)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want one that says %q", err, want)
		}
		if _, err := s.Open(connectors.Env{Connection: "x"}); err == nil {
			t.Errorf("%s: it opens", want)
		}
	}
}

func TestRisks(t *testing.T) {
	s := milestones("items", StreamSettings{Name: "name"})
	s = append(s, StreamSettings{Stream: "risks", As: asRisk, Name: "title", Project: "board", Owner: "who", Status: "state", StatusIs: `state == "Shut" ? "DONE" : "TODO"`,
		Start: "seen_on", Due: "due_on", Finished: "shut_on"})
	opened, err := (&Settings{Streams: s, Settings: filesource.Settings{File: "x"}}).Open(connectors.Env{Connection: "boards", Fields: []string{"likelihood"}})
	if err != nil {
		t.Fatal(err)
	}
	l := connectortest.NewLedger()
	err = l.Pull(t.Context(), &sent{*opened.(*recorded), &memory{strings.NewReader(`
{"type":"SCHEMA","stream":"risks","key_properties":["id"],"schema":{"properties":{"id":{},"title":{}}}}
{"type":"RECORD","stream":"risks","record":{"id":1,"title":"Rain","board":7,"who":"ada@example.com","state":"Shut","seen_on":"2026-01-09","due_on":"2026-03-01","shut_on":"2026-02-03T23:00:00-11:00","likelihood":0.25}}
{"type":"RECORD","stream":"risks","record":{"id":2,"title":"Snow"}}
{"type":"RECORD","stream":"risks","record":{"id":3,"board":7}}
{"type":"ACTIVATE_VERSION","stream":"risks","version":1}`)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := l.Facts[portfolio.Key{Kind: portfolio.KindRisk, ID: "boards/risks/1"}].(*portfolio.RiskFact)
	if !ok {
		t.Fatalf("got %s", l.Export())
	}
	want := &portfolio.RiskFact{
		Source: portfolio.Source{Connection: "boards", Kind: "risks", ID: "1", Scope: "risks"}, Project: "boards/projects/7", Title: "Rain", Status: "Shut",
		StatusCategory: portfolio.StatusDone, Owner: "boards/account/ada@example.com", Raised: portfolio.NewDate(2026, 1, 9), Due: portfolio.NewDate(2026, 3, 1),
		Closed: portfolio.NewDate(2026, 2, 3), Fields: []portfolio.Field{{ID: "likelihood", Name: "likelihood", Type: portfolio.FieldNumber, Number: "0.25"}},
	}
	wanted, _ := json.Marshal(want) // structs of texts and dates always encode
	told, _ := json.Marshal(got)
	if diff := cmp.Diff(string(wanted), string(told)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var reasons []string
	for _, q := range l.Quarantined {
		if q.Of != portfolio.KindRisk {
			t.Errorf("%+v is in quarantine", q)
		}
		reasons = append(reasons, q.Reason)
	}
	slices.Sort(reasons)
	if strings.Join(reasons, "; ") != "name (title): the record has none; project (board): the record has none" {
		t.Errorf("reasons: %q", reasons)
	}
	if err := (&Settings{Streams: []StreamSettings{{Stream: "risks", As: asRisk, Name: "title", Project: "board"}}}).Validate(); err == nil || !strings.Contains(err.Error(), "no stream is a project") {
		t.Errorf("risks without projects: %v", err)
	}
}
