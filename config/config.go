// Package config reads plumbline.yaml and the PLUMBLINE_* variables into one
// checked Config, which the program passes down in pieces. It is strict: every
// unknown key, wrong value and missing variable is reported, all at once, each
// with its line. It is the only package that reads the environment.
//
// It does not open, dial or watch anything, and it never prints a secret.
package config

import (
	"errors"

	"plumbline/portfolio"
)

// Config is the whole configuration. The tags of its structs are the one
// description of every key: what decoding checks, what the JSON Schema says
// and what docs/configuration.md lists are read from them.
type Config struct {
	Listen       Address      `yaml:"listen" jsonschema:"default=127.0.0.1:8080" jsonschema_description:"Where the server listens, as host:port. Any other host than loopback needs keys."`
	Store        Store        `yaml:"store" jsonschema:"default=bolt://./plumbline.db" jsonschema_description:"Where the log is kept: bolt://path for one file beside the server, or mongodb://… with the name of the database."`
	TimeZone     Zone         `yaml:"timezone" jsonschema:"default=UTC" jsonschema_description:"The organisation's IANA time zone. It decides when a day begins, and so what is overdue."`
	Calendar     Calendar     `yaml:"calendar" jsonschema_description:"Which days the organisation works, and when its fiscal year begins."`
	TLS          *TLS         `yaml:"tls,omitempty" jsonschema_description:"Certificate for HTTPS. Without it the server speaks HTTP."`
	TrustedProxy []Network    `yaml:"trusted_proxy,omitempty" jsonschema_description:"Addresses or networks of the reverse proxies that end HTTPS in front of the server."`
	Origins      []string     `yaml:"origins,omitempty" jsonschema:"format=uri" jsonschema_description:"Origins of web pages that may call the API from a browser, such as https://portfolio.example.com. None by default."`
	Keys         []Key        `yaml:"keys,omitempty" jsonschema_description:"API keys that may call the server. Without keys it listens on loopback only."`
	Connections  []Connection `yaml:"connections,omitempty" jsonschema_description:"The tools to read, one entry for each site and account. Their order decides which tool names a joined project."`
	Rules        []Rule       `yaml:"rules,omitempty" jsonschema_description:"Rules that set fields of what matches; for each field the first match wins."`
	Joins        []Join       `yaml:"joins,omitempty" jsonschema_description:"Fields by which projects of several tools are recognised as the same one."`
	Precedence   []Precedence `yaml:"precedence,omitempty" jsonschema_description:"Whose word counts first, by field, where several tools tell of the same project. For other fields it is the order of the connections."`
	Health       Health       `yaml:"health" jsonschema_description:"The limits of computed health."`
	Statuses     StatusMap    `yaml:"statuses,omitempty" jsonschema:"enum=PROPOSED,enum=PLANNED,enum=ACTIVE,enum=ON_HOLD,enum=DONE,enum=CANCELLED" jsonschema_description:"What a tool's status means, where its category does not tell: status (compared without case) to phase."`
	Strategy     string       `yaml:"strategy,omitempty" jsonschema_description:"A folder of strategy files (YAML and CSV) that the server watches: what they say is recorded, and they own it. Without it, people record over the API and with plumbline import."`
	Currency     string       `yaml:"currency,omitempty" jsonschema:"pattern=^[A-Z]{3}$" jsonschema_description:"The currency that sums over several currencies are converted to, such as EUR. Without it they are told for each currency only."`
	Rates        []Rate       `yaml:"rates,omitempty" jsonschema_description:"What other currencies are worth in it, by date."`
	Sync         Sync         `yaml:"sync" jsonschema_description:"How runs are carried out."`
	Limits       Limits       `yaml:"limits" jsonschema_description:"What one caller may ask of the server."`
	MaxStale     Duration     `yaml:"max_stale" jsonschema:"default=15m" jsonschema_description:"For how long /readyz stays 200 while the store is unreachable and the snapshot grows old."`
	Log          Log          `yaml:"log" jsonschema_description:"What the server writes about itself, on standard error."`

	// Warnings are what is allowed but probably not meant.
	Warnings []Problem `yaml:"-"`

	fileHash string
}

// TLS names the files of a certificate, in PEM.
type TLS struct {
	Cert string `yaml:"cert" jsonschema:"required" jsonschema_description:"The file of the certificate and its chain, PEM."`
	Key  string `yaml:"key" jsonschema:"required" jsonschema_description:"The file of the certificate's private key, PEM."`
}

// Key is one API key, known by its hash only.
type Key struct {
	Name        string         `yaml:"name" jsonschema:"required,pattern=^[a-z0-9][a-z0-9_.-]*$" jsonschema_description:"A name of lower-case letters, digits, dots, dashes and underscores, shown in logs and as author of changes."`
	Role        string         `yaml:"role" jsonschema:"default=viewer,enum=viewer,enum=editor,enum=admin" jsonschema_description:"What the key may do: viewer reads, editor also changes what people record and starts syncs, admin also reads the raw text of quarantined records."`
	SHA256      Hash           `yaml:"sha256" jsonschema:"required" jsonschema_description:"SHA-256 of the key in hex, as plumbline token new prints it, or ${VARIABLE}."`
	Scopes      []string       `yaml:"scopes,omitempty" jsonschema_description:"What the key may see beyond its role: export (higher limits), export-url (the key may be sent as ?api_key= where tables are read) and groups of fields such as cost; * for every group."`
	Departments []string       `yaml:"departments,omitempty" jsonschema_description:"Slugs of the departments whose projects the key may see. Empty means the whole portfolio."`
	Expires     portfolio.Date `yaml:"expires,omitempty" jsonschema_description:"Last day on which the key works, YYYY-MM-DD, in the configured time zone."`
}

// Rule sets fields of what its expression matches.
type Rule struct {
	When Expression `yaml:"when" jsonschema:"required" jsonschema_description:"An expression (expr-lang) over project, milestone and connection that is true or false."`
	Set  Assignment `yaml:"set" jsonschema:"required" jsonschema_description:"What to set on every match."`
}

// Assignment is what a rule sets; what it does not name is left alone.
type Assignment struct {
	Kind       portfolio.MilestoneKind `yaml:"kind,omitempty" jsonschema:"enum=STANDARD,enum=KEY,enum=GO_LIVE" jsonschema_description:"How much the milestone matters."`
	Department string                  `yaml:"department,omitempty" jsonschema_description:"The department of the project."`
	Phase      portfolio.Phase         `yaml:"phase,omitempty" jsonschema:"enum=PROPOSED,enum=PLANNED,enum=ACTIVE,enum=ON_HOLD,enum=DONE,enum=CANCELLED" jsonschema_description:"Where the project stands in its life."`
}

// Join recognises projects of several tools as one.
type Join struct {
	By string `yaml:"by" jsonschema:"required,enum=pmoId,enum=key,enum=name" jsonschema_description:"The field that must be equal and not empty."`
}

// Precedence says whose word about a field counts first.
type Precedence struct {
	Field       string   `yaml:"field" jsonschema:"required" jsonschema_description:"A field of projects as under fields, or name, description or category; any other name is a custom field."`
	Connections []string `yaml:"connections" jsonschema:"required" jsonschema_description:"Ids of connections, the first to be believed first. Those that are not named come after them, in their order."`
}

// Health holds the limits of computed health.
type Health struct {
	ReportMaxAge Duration     `yaml:"report_max_age" jsonschema:"default=14d" jsonschema_description:"How old a reported health may be, in whole days, before it counts as UNKNOWN."`
	Thresholds   []Thresholds `yaml:"thresholds,omitempty" jsonschema_description:"Limits of slip, schedule performance and cost for each kind of milestone."`
}

// Thresholds are the limits of health for one kind of milestone, and for the
// projects whose slip is that of such a milestone.
type Thresholds struct {
	Kind      portfolio.MilestoneKind `yaml:"kind,omitempty" jsonschema:"enum=STANDARD,enum=KEY,enum=GO_LIVE" jsonschema_description:"The kind they are for. Without it, every kind that is not named."`
	GreenSlip float64                 `yaml:"green_slip" jsonschema:"minimum=0,maximum=10,default=0.05" jsonschema_description:"The largest slip that is still GREEN, as a share of the planned duration."`
	RedSlip   float64                 `yaml:"red_slip" jsonschema:"minimum=0,maximum=10,default=0.15" jsonschema_description:"The slip beyond which it is RED, as a share of the planned duration."`
	GreenSPI  float64                 `yaml:"green_spi" jsonschema:"minimum=0,maximum=10,default=0.95" jsonschema_description:"Of projects: the smallest schedule performance SPI(t) that is still GREEN; 1 is as planned."`
	RedSPI    float64                 `yaml:"red_spi" jsonschema:"minimum=0,maximum=10,default=0.85" jsonschema_description:"Of projects: the SPI(t) below which it is RED."`
	RedCost   float64                 `yaml:"red_cost" jsonschema:"minimum=0,maximum=10,default=0.1" jsonschema_description:"Of projects: the share of the budget by which the expected cost may exceed it before it is RED."`
}

// StatusMap maps a tool's status to a phase.
type StatusMap map[string]portfolio.Phase

// Rate is what a currency is worth from a date until its next rate begins.
type Rate struct {
	Currency string         `yaml:"currency" jsonschema:"required,pattern=^[A-Z]{3}$" jsonschema_description:"The currency that is converted, such as USD."`
	From     portfolio.Date `yaml:"from" jsonschema:"required" jsonschema_description:"The first day of the rate, YYYY-MM-DD. It holds until the next one of the same currency begins; before the first there is none."`
	Rate     Decimal        `yaml:"rate" jsonschema:"required" jsonschema_description:"What one unit is worth in the currency above, such as 0.92."`
}

// Sync is how runs are carried out.
type Sync struct {
	Lease   Duration `yaml:"lease" jsonschema:"default=60s,minimum=5s" jsonschema_description:"How long a run may stand still before another replica takes it over."`
	AtOnce  int      `yaml:"at_once" jsonschema:"default=4,minimum=1,maximum=64" jsonschema_description:"How many connections are read at the same time."`
	Timeout Duration `yaml:"page_timeout" jsonschema:"default=5m,minimum=1s" jsonschema_description:"How long one page of a tool may take before its run fails."`
}

// Calendar says which days are worked and when the fiscal year begins.
type Calendar struct {
	Weekend         []portfolio.Weekday `yaml:"weekend" jsonschema:"enum=MONDAY,enum=TUESDAY,enum=WEDNESDAY,enum=THURSDAY,enum=FRIDAY,enum=SATURDAY,enum=SUNDAY" jsonschema_description:"The days of the week that are not worked: SATURDAY and SUNDAY when absent, none for []."`
	Holidays        []Holiday           `yaml:"holidays,omitempty" jsonschema_description:"Other days that are not worked: a day such as 2026-12-25, or a day and its name."`
	FiscalYearStart int                 `yaml:"fiscal_year_start" jsonschema:"default=1,minimum=1,maximum=12" jsonschema_description:"The month on whose first day the fiscal year begins, 1 for January. A fiscal year is named after the year in which it ends."`
}

// Holiday is a day that is not worked. A bare day in YAML is short for
// {date: day}.
type Holiday struct {
	Date portfolio.Date `yaml:"date" jsonschema:"required" jsonschema_description:"The day, YYYY-MM-DD."`
	Name string         `yaml:"name,omitempty" jsonschema_description:"What it is called."`
}

// Expects says in an error what a holiday looks like.
func (Holiday) Expects() string {
	return "a day such as 2026-12-25, or {date: 2026-12-25, name: Christmas}"
}

// UnmarshalText takes the short form, the day alone.
func (h *Holiday) UnmarshalText(text []byte) error {
	if h.Date.UnmarshalText(text) != nil || h.Date.IsZero() {
		return errors.New("is not a day of the calendar")
	}
	return nil
}

// Limits bound what one caller may ask of the server.
type Limits struct {
	Body               Size     `yaml:"body" jsonschema:"default=256KiB" jsonschema_description:"Largest body of a request."`
	MutationBody       Size     `yaml:"mutation_body" jsonschema:"default=16MiB" jsonschema_description:"Largest body of a mutation by an editor."`
	Tokens             int      `yaml:"tokens" jsonschema:"default=2500,minimum=1" jsonschema_description:"Tokens in a GraphQL document."`
	Depth              int      `yaml:"depth" jsonschema:"default=12,minimum=1" jsonschema_description:"Fields within fields."`
	IntrospectionDepth int      `yaml:"introspection_depth" jsonschema:"default=20,minimum=1" jsonschema_description:"Fields within fields of an introspection query."`
	Aliases            int      `yaml:"aliases" jsonschema:"default=30,minimum=1" jsonschema_description:"Aliased fields in an operation."`
	Directives         int      `yaml:"directives" jsonschema:"default=30,minimum=1" jsonschema_description:"Directives in an operation."`
	RootFields         int      `yaml:"root_fields" jsonschema:"default=10,minimum=1" jsonschema_description:"Fields of Query or Mutation in an operation."`
	Repeats            int      `yaml:"repeats" jsonschema:"default=20,minimum=1" jsonschema_description:"How often one selection may name the same field."`
	ValueDepth         int      `yaml:"value_depth" jsonschema:"default=32,minimum=1" jsonschema_description:"Lists and objects within one another in an input value."`
	Cost               int      `yaml:"cost" jsonschema:"default=50000,minimum=1" jsonschema_description:"Cost of an operation: object 1, connection 2 + first × child, aggregate 5, group 10."`
	ExportCost         int      `yaml:"export_cost" jsonschema:"default=2000000,minimum=1" jsonschema_description:"Cost of an operation of a key with the export scope."`
	IntrospectionCost  int      `yaml:"introspection_cost" jsonschema:"default=200000,minimum=1" jsonschema_description:"Cost of an introspection query."`
	MinuteCost         int      `yaml:"minute_cost" jsonschema:"default=500000,minimum=1" jsonschema_description:"Cost of all operations of one key in a minute."`
	ExportMinuteCost   int      `yaml:"export_minute_cost" jsonschema:"default=20000000,minimum=1" jsonschema_description:"Cost of all operations in a minute of a key with the export scope."`
	Fields             int      `yaml:"fields" jsonschema:"default=1000000,minimum=1" jsonschema_description:"Fields resolved for one answer."`
	ExportFields       int      `yaml:"export_fields" jsonschema:"default=40000000,minimum=1" jsonschema_description:"Fields resolved for one answer to a key with the export scope."`
	Answer             Size     `yaml:"answer" jsonschema:"default=64MiB" jsonschema_description:"Largest answer."`
	Errors             int      `yaml:"errors" jsonschema:"default=20,minimum=1" jsonschema_description:"Errors shown in one answer."`
	Time               Duration `yaml:"time" jsonschema:"default=15s,minimum=100ms" jsonschema_description:"How long an operation may take."`
	ExportTime         Duration `yaml:"export_time" jsonschema:"default=5m,minimum=100ms" jsonschema_description:"How long an operation of a key with the export scope may take."`
	RevisionWait       Duration `yaml:"revision_wait" jsonschema:"default=5s,minimum=100ms" jsonschema_description:"How long a request waits for a revision that its client has seen elsewhere."`
	ReadTime           Duration `yaml:"read_time" jsonschema:"default=15s,minimum=100ms" jsonschema_description:"How long a client may take to send its request."`
	WriteTime          Duration `yaml:"write_time" jsonschema:"default=1m,minimum=100ms" jsonschema_description:"How long a client may take to receive its answer."`
	DocumentCache      Size     `yaml:"document_cache" jsonschema:"default=16MiB" jsonschema_description:"Memory for parsed documents."`
}

// Log says what the server writes about itself.
type Log struct {
	Level  string `yaml:"level" jsonschema:"default=info,enum=debug,enum=info,enum=warn,enum=error" jsonschema_description:"The least severe level that is written."`
	Format string `yaml:"format" jsonschema:"default=text,enum=text,enum=json" jsonschema_description:"text for people, json for machines."`
}
