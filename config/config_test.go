package config_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/config"
	"plumbline/connectors"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// chart is a tool that exists for these tests only.
type chart struct {
	URL  string `yaml:"url" jsonschema:"required,format=uri" jsonschema_description:"Address of the site."`
	Auth struct {
		Email string        `yaml:"email,omitempty" jsonschema_description:"Account."`
		Token secret.String `yaml:"token" jsonschema:"required" jsonschema_description:"Token of the account."`
	} `yaml:"auth" jsonschema_description:"The account."`
	Batch int `yaml:"batch" jsonschema:"default=50,minimum=1,maximum=100" jsonschema_description:"Records asked for at once."`
	Deep  any `yaml:"deep,omitempty" jsonschema_description:"Anything."`
}

func (c *chart) Validate() error {
	var all []error
	if c.Auth.Email == "nobody@example.com" {
		all = append(all, fmt.Errorf("%w: auth.email is nobody; expected somebody", portfolio.ErrInvalid))
	}
	if strings.HasSuffix(c.URL, "/") {
		all = append(all, errors.New("url: ends with a slash"))
	}
	return errors.Join(all...)
}

func (c *chart) Open(connectors.Env) (connectors.Connector, error) {
	return nil, errors.New("a chart cannot be opened")
}

var tools = config.Tools{
	"chart": func() connectors.Settings { return &chart{} },
	"files": func() connectors.Settings { return &struct{ chart }{} },
}

// load loads one file with the variables given as pairs.
func load(t *testing.T, text string, env ...string) (*config.Config, error) {
	t.Helper()
	return config.Load([]config.File{{Name: "plumbline.yaml", Data: []byte(text)}}, options(env...))
}

func options(env ...string) config.Options {
	return config.Options{Tools: tools, Getenv: func(name string) string {
		for i := 0; i+1 < len(env); i += 2 {
			if env[i] == name {
				return env[i+1]
			}
		}
		return ""
	}}
}

func mustLoad(t *testing.T, text string, env ...string) *config.Config {
	t.Helper()
	c, err := load(t, text, env...)
	if err != nil {
		t.Fatalf("this configuration is right, but:\n%v", err)
	}
	return c
}

const whole = `
listen: 127.0.0.1:9090
timezone: Europe/Berlin
keys:
  - {name: bi, role: viewer, sha256: "${BI_KEY}", scopes: [export, cost], expires: 2027-01-31}
connections:
  - id: eng
    name: Engineering
    type: chart
    url: https://example.atlassian.net
    auth: {email: pmo@example.com, token: "${TOKEN}"}
    every: 5m
    sweep: 2h
    fields:
      department: customfield_10102
      budget: {field: customfield_10101, currency: EUR}
      health: {field: RAG, values: {Amber: YELLOW, Rot: RED}}
rules:
  - when: 'milestone.name matches "(?i)go.?live"'
    set: {kind: GO_LIVE}
joins:
  - by: pmoId
health:
  thresholds:
    - {kind: GO_LIVE, red_slip: 0.1}
statuses:
  In Review: ACTIVE
currency: EUR
rates:
  - {currency: USD, from: 2026-01-01, rate: 0.92}
calendar:
  weekend: [FRIDAY, SATURDAY]
  holidays:
    - 2026-01-01
    - {date: 2026-12-24, name: Christmas Eve}
  fiscal_year_start: 4
`

var wholeEnv = []string{"TOKEN", "canary-token", "BI_KEY", strings.Repeat("ab", 32)}

func TestSettingsCarryWhatShapesViewsAndNothingElse(t *testing.T) {
	c := mustLoad(t, whole, wholeEnv...)
	s := c.Settings()
	if len(s.Files) != 1 || s.Files[0] != c.FileHash() {
		t.Errorf("settings.Files = %v, want the hash %s alone", s.Files, c.FileHash())
	}
	if s.TimeZone != "Europe/Berlin" || s.ReportMaxAge != 14 {
		t.Errorf("time zone %s, report max age %d; want Europe/Berlin and 14", s.TimeZone, s.ReportMaxAge)
	}
	var mapped []string
	for _, f := range s.Connections[0].Fields {
		mapped = append(mapped, f.To+"<-"+f.Field+f.Currency)
	}
	want := []string{"budget<-customfield_10101EUR", "department<-customfield_10102", "health<-RAG"}
	if diff := cmp.Diff(want, mapped); diff != "" {
		t.Errorf("mapping (-want +got):\n%s", diff)
	}
	if got := fmt.Sprint(s.Currency, s.Rates); got != "EUR[{USD 2026-01-01 0.92}]" {
		t.Errorf("currency and rates = %s", got)
	}
	if got := fmt.Sprint(*s.Calendar); got != "{[FRIDAY SATURDAY] [{2026-01-01 } {2026-12-24 Christmas Eve}] 4}" {
		t.Errorf("calendar = %s", got)
	}
	if s.Health[0].GreenSlip != 0.05 || s.Health[0].RedSlip != 0.1 {
		t.Errorf("thresholds = %+v, want the default 0.05 and the given 0.1", s.Health[0])
	}
}

func TestOnlyACalendarOfItsOwnIsInTheSettings(t *testing.T) {
	for _, text := range []string{"", "calendar:\n", "calendar: {weekend: }\n", "calendar: {weekend: [SUNDAY, SATURDAY], fiscal_year_start: 1}\n"} {
		if got := mustLoad(t, text).Settings().Calendar; got != nil {
			t.Errorf("%q: calendar = %+v, want none: it is the default", text, *got)
		}
	}
	got := mustLoad(t, "calendar: {weekend: []}\n").Settings().Calendar
	if got == nil || len(got.Weekend) != 0 {
		t.Errorf("with an empty weekend: calendar = %+v, want one in which every day of the week is worked", got)
	}
	out, err := mustLoad(t, "").YAML()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "- SATURDAY") {
		t.Errorf("the printed configuration does not tell the weekend that holds:\n%s", out)
	}
}

func TestPrintedConfigurationShowsNoSecret(t *testing.T) {
	c := mustLoad(t, whole, append(wholeEnv, "PLUMBLINE_STORE", "mongodb://u:canary-password@db:27017/plumbline?x=canary")...)
	out, err := c.YAML()
	if err != nil {
		t.Fatal(err)
	}
	text := string(out)
	if strings.Contains(text, "canary") {
		t.Errorf("a secret is shown:\n%s", text)
	}
	for _, want := range []string{`token: "***"`, "mongodb://u:***@db:27017/plumbline", "every: 5m", "max_stale: 15m", "batch: 50", `from: "2026-01-01"`, "- FRIDAY", "name: Christmas Eve", "fiscal_year_start: 4", `rate: "0.92"`} {
		if !strings.Contains(text, want) {
			t.Errorf("printed configuration lacks %q:\n%s", want, text)
		}
	}
}
