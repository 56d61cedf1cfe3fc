package config_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/config"
)

var update = flag.Bool("update", false, "rewrite the wanted files")

// golden compares with a file of the repository, or rewrites it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not what the source makes; run go test ./config -update and read the difference (-want +got):\n%s", name, diff)
	}
}

func TestEveryProblemIsReportedAtOnceWithItsLine(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "wrong.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = load(t, string(text))
	if err == nil {
		t.Fatal("no error for a configuration that is wrong throughout")
	}
	if strings.Contains(err.Error(), "canary") {
		t.Errorf("an error shows a secret:\n%v", err)
	}
	golden(t, filepath.Join("testdata", "wrong.txt"), []byte(err.Error()+"\n"))
}

func TestOneWrongThingGivesOneClearError(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"not a mapping", "- a\n- b\n", "plumbline.yaml:1:1: expected a mapping of keys to values, such as listen: 127.0.0.1:8080"},
		{"not YAML", "listen: [\n", "plumbline.yaml:1:9: this is not YAML: sequence end token ']' not found"},
		{"two documents", "joins: []\n---\nlisten: :2\n", "plumbline.yaml:3:7: a second YAML document begins here; expected one"},
		{"case of a key", "maxStale: 5m\n", "plumbline.yaml:1:1: maxStale: unknown key; did you mean max_stale?"},
		{"open address without keys", "listen: 0.0.0.0:8080\n", "plumbline.yaml:1:9: listen: 0.0.0.0:8080 can be reached from other machines, and there are no keys; expected a loopback address, or keys (plumbline token new makes one)"},
		{"list in place of text", "listen: [a]\n", "plumbline.yaml:1:9: listen: found a list; expected host:port, such as 127.0.0.1:8080 or :8443"},
		{"number in place of text", "log: {level: 3}\n", "plumbline.yaml:1:14: log.level: found a number; expected text: put it in quotes"},
		{"text in place of a list", "connections: eng\n", "plumbline.yaml:1:14: connections: found text; expected a list"},
		{"tool's own check", "connections:\n  - id: a\n    type: chart\n    url: https://x.example/\n    auth: {token: t}\n", "plumbline.yaml:4:10: connections[a].url: ends with a slash"},
		{"out of bounds", "connections:\n  - id: a\n    type: chart\n    url: https://x.example\n    auth: {token: t}\n    batch: 500\n", "plumbline.yaml:6:12: connections[a].batch: found \"500\"; expected from 1 to 100"},
		{"too often", "connections:\n  - id: a\n    type: chart\n    url: https://x.example\n    auth: {token: t}\n    every: 1s\n", "plumbline.yaml:6:12: connections[a].every: found \"1s\"; expected at least 10s"},
		{"rule over what there is not", "rules:\n  - when: milestone.nme == \"x\"\n    set: {kind: KEY}\n", "plumbline.yaml:2:11: rules[0].when: type portfolio.RuleMilestone has no field nme (1:11)"},
		{"mapping to what there is not", "connections:\n  - id: a\n    type: chart\n    url: https://x.example\n    auth: {token: t}\n    fields: {phase: {field: s, values: {Doing: BUSY}}}\n", "plumbline.yaml:6:14: connections[a].fields.phase: \"BUSY\" is not a phase; it is PROPOSED, PLANNED, ACTIVE, ON_HOLD, DONE or CANCELLED"},
		{"budget without currency", "connections:\n  - id: a\n    type: chart\n    url: https://x.example\n    auth: {token: t}\n    fields: {budget: b}\n", "plumbline.yaml:6:14: connections[a].fields.budget: needs a currency, as in currency: EUR"},
		{"rates into nothing", "rates:\n  - {currency: USD, from: 2026-01-01, rate: 0.92}\n", "plumbline.yaml:2:6: rates[0]: there is no currency to convert USD to; give one, as in currency: EUR"},
		{"never at work", "calendar:\n  weekend: [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY]\n", "plumbline.yaml:2:3: calendar.weekend: all seven days are weekend; leave out those that are worked"},
		{"weekend day twice", "calendar:\n  weekend:\n    - FRIDAY\n    - FRIDAY\n", "plumbline.yaml:2:3: calendar.weekend: FRIDAY is listed twice"},
		{"holiday twice", "calendar:\n  holidays:\n    - 2026-12-25\n    - {date: 2026-12-25, name: Christmas}\n", "plumbline.yaml:4:8: calendar.holidays[Christmas]: 2026-12-25 is already calendar.holidays[0] at plumbline.yaml:3"},
		{"anchor", "log: &x {level: info}\n", "plumbline.yaml:1:6: log: YAML anchors, aliases and tags are not used here: write the value itself"},
		{"merge key", "log:\n  <<: {level: info}\n", "plumbline.yaml:2:3: a key must be plain text: YAML anchors, aliases and merge keys are not used here"},
		{"zone of the machine", "timezone: Local\n", "plumbline.yaml:1:11: timezone: \"Local\" is not a known time zone; expected an IANA time zone such as Europe/Berlin or UTC"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := load(t, c.text)
			if err == nil {
				t.Fatalf("no error; want %s", c.want)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAVariableIsReplacedAndNeverShown(t *testing.T) {
	c := mustLoad(t, "listen: 127.0.0.1:${PORT}\nconnections: [{id: a, type: chart, name: \"$${x}\", url: \"https://x.example\", auth: {token: t}}]\nlimits: {depth: \"${DEPTH}\"}\n", "PORT", "7070", "DEPTH", "9")
	if c.Listen != "127.0.0.1:7070" || c.Limits.Depth != 9 || c.Connections[0].Name != "${x}" {
		t.Errorf("listen %s, depth %d, name %s; want 127.0.0.1:7070, 9 and ${x}", c.Listen, c.Limits.Depth, c.Connections[0].Name)
	}
	_, err := load(t, "max_stale: \"${WAIT}\"\n", "WAIT", "canary")
	want := "plumbline.yaml:1:12: max_stale: the value of ${WAIT} is not a duration; expected a duration such as 30s, 10m, 1h30m or 14d"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestVariablesOfTheEnvironmentWinOverTheFile(t *testing.T) {
	values := map[string]string{
		"PLUMBLINE_LISTEN": "127.0.0.1:1", "PLUMBLINE_STORE": "bolt://other.db", "PLUMBLINE_TIMEZONE": "Asia/Tokyo",
		"PLUMBLINE_STRATEGY": "wants", "PLUMBLINE_TLS_CERT": "c.pem", "PLUMBLINE_TLS_KEY": "k.pem", "PLUMBLINE_MAX_STALE": "3m",
		"PLUMBLINE_SYNC_LEASE": "20s", "PLUMBLINE_LOG_LEVEL": "debug", "PLUMBLINE_LOG_FORMAT": "json",
	}
	var env []string
	for _, o := range config.Overrides {
		value, known := values[o.Variable]
		if !known {
			t.Errorf("%s is an override without a case here", o.Variable)
		}
		env = append(env, o.Variable, value)
	}
	c := mustLoad(t, "listen: 127.0.0.1:2\nlog: {level: warn}\n", env...)
	got := fmt.Sprintf("%v %v %v %v %v %v %v %v", c.Listen, c.Store, c.TimeZone, c.Strategy, *c.TLS, c.MaxStale, c.Sync.Lease, c.Log)
	if want := "127.0.0.1:1 bolt://other.db Asia/Tokyo wants {c.pem k.pem} 3m 20s {debug json}"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	_, err := load(t, "", "PLUMBLINE_LISTEN", "nowhere")
	if err == nil || !strings.HasPrefix(err.Error(), "PLUMBLINE_LISTEN: listen: ") {
		t.Errorf("error = %v; want it to name the variable", err)
	}
}

func TestSeveralFilesAddUp(t *testing.T) {
	a := config.File{Name: "a.yaml", Data: []byte("timezone: UTC\njoins: [{by: pmoId}]\nlog: {level: warn}\n")}
	b := config.File{Name: "b.yaml", Data: []byte("joins: [{by: key}]\nlog: {format: json}\n")}
	c, err := config.Load([]config.File{a, b}, options())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]config.Join{{By: "pmoId"}, {By: "key"}}, c.Joins); diff != "" {
		t.Errorf("joins (-want +got):\n%s", diff)
	}
	if c.Log != (config.Log{Level: "warn", Format: "json"}) {
		t.Errorf("log = %+v, want warn from one file and json from the other", c.Log)
	}
	b.Data = []byte("timezone: Asia/Tokyo\n")
	_, err = config.Load([]config.File{a, b}, options())
	var problems config.Problems
	if !errors.As(err, &problems) || err.Error() != "b.yaml:1:1: timezone: already set at a.yaml:1:11" {
		t.Errorf("error = %v; want one that names both places", err)
	}
}

func TestWarningsNameWhatIsProbablyNotMeant(t *testing.T) {
	c := mustLoad(t, `
listen: 0.0.0.0:8080
keys: [{name: a, sha256: `+strings.Repeat("0f", 32)+`}]
connections:
  - {id: a, type: chart, url: "https://x.example", auth: {token: t}, fields: {departmnt: x, Region: y}}
`)
	var got []string
	for _, w := range c.Warnings {
		got = append(got, w.String())
	}
	want := []string{
		"plumbline.yaml:2:9: listen: keys travel unencrypted to 0.0.0.0:8080; give tls, or trusted_proxy where a proxy ends HTTPS",
		"plumbline.yaml:5:79: connections[a].fields.departmnt: this makes a custom field of that name; did you mean department?",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("connections: [{id: a, type: chart, auth: {token: ${X}}, deep: {a: [1, {b: null}]}}]"))
	f.Add([]byte("a: &a [*a]\n<<: *a\n? {x: y}\n: z\n"))
	f.Add([]byte("keys:\n  - !!binary x\n  -\n  - |\n    text\n"))
	f.Add([]byte("\"\": \n- \n\xff\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := config.Load([]config.File{{Name: "f", Data: text}}, options(wholeEnv...))
		if err != nil {
			var problems config.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("an error that is no list of problems: %v", err)
			}
			for _, p := range problems {
				if p.Text == "" || p.File == "" {
					t.Errorf("a problem says nothing: %+v", p)
				}
			}
			return
		}
		if _, err := c.YAML(); err != nil {
			t.Errorf("what was loaded cannot be printed: %v", err)
		}
	})
}
