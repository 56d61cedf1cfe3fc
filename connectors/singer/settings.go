package singer

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"plumbline/internal/filesource"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// Settings are the keys of a connection to a tap.
type Settings struct {
	Tap                 TapSettings `yaml:"tap,omitempty" jsonschema_description:"The tap to run. Without it files with the output of one are read."`
	filesource.Settings `yaml:",inline"`
	Instance            string           `yaml:"instance,omitempty" jsonschema_description:"What tells the tool that the tap reads from another one of its kind, such as its address. Another instance under the same connection is refused until it is accepted. By default the name of the tap."`
	Streams             []StreamSettings `yaml:"streams" jsonschema:"required" jsonschema_description:"Which streams are read, and what their records are. The records of others are passed over."`
}

// TapSettings say how a tap is run.
type TapSettings struct {
	Command     string                   `yaml:"command,omitempty" jsonschema_description:"Name or path of the program, as tap-monday. It is run without a shell."`
	Args        []string                 `yaml:"args,omitempty" jsonschema_description:"Arguments before those that every tap takes. Everybody on the machine can see them: no secrets here."`
	Config      map[string]any           `yaml:"config,omitempty" jsonschema_description:"What the tap's configuration holds, but for the secrets."`
	Secrets     map[string]secret.String `yaml:"secrets,omitempty" jsonschema_description:"The secrets of the tap's configuration, by key; auth.token is the key token in the object auth."`
	SecretFiles map[string]string        `yaml:"secret_files,omitempty" jsonschema_description:"The same from files whose only line is the secret. They are read before every run."`
	Catalog     string                   `yaml:"catalog,omitempty" jsonschema_description:"Path of the catalog that selects streams and fields. Without it the tap chooses."`
	Properties  bool                     `yaml:"properties,omitempty" jsonschema_description:"Give the catalog as --properties, which old taps want, in place of --catalog."`
	Env         map[string]secret.String `yaml:"env,omitempty" jsonschema_description:"Variables of the tap's environment beside PATH, HOME, TMPDIR, those of language, of proxies and of certificates. Nothing else of ours is passed on."`
	Dir         string                   `yaml:"dir,omitempty" jsonschema_description:"Folder to run the tap in."`
	Timeout     Duration                 `yaml:"timeout,omitempty" jsonschema:"default=1h" jsonschema_description:"How long a run of the tap may take, as 1h30m."`
	MemoryMiB   int                      `yaml:"memory_mib,omitempty" jsonschema:"minimum=16,default=1024" jsonschema_description:"How much memory the tap and its children may use together, in MiB. It is looked at once a second, on Linux."`
}

// The defaults of TapSettings.
const (
	DefaultTimeout   = Duration(time.Hour)
	DefaultMemoryMiB = 1024
)

// Duration is a length of time that is written as 30s, 10m or 1h30m.
type Duration time.Duration

// Expects says in an error what a duration looks like.
func (Duration) Expects() string { return "a duration such as 10m or 1h30m" }

// UnmarshalText reads a duration, which is longer than nothing.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil || parsed <= 0 {
		return errors.New("is not a duration")
	}
	*d = Duration(parsed)
	return nil
}

// MarshalText writes it as time does: 1h0m0s.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// What the records of a stream may be.
const (
	asProject    = "project"
	asMilestone  = "milestone"
	asDependency = "dependency"
	asPerson     = "person"
	asRisk       = "risk"
)

// When a run of the tap shows all that a stream holds.
const (
	completeAsTold = "as-told"
	completeAlways = "always"
	completeFull   = "full"
	completeNever  = "never"
)

// StreamSettings say what the records of a stream are. Most keys are
// expressions of expr-lang over the record, of which the name of a property is
// the simplest.
type StreamSettings struct {
	Stream   string `yaml:"stream" jsonschema:"required" jsonschema_description:"Name of the stream, as the tap writes it. It may stand here more than once."`
	As       string `yaml:"as" jsonschema:"required,enum=project,enum=milestone,enum=dependency,enum=person,enum=risk" jsonschema_description:"What its records are."`
	Complete string `yaml:"complete,omitempty" jsonschema:"enum=as-told,enum=always,enum=full,enum=never,default=as-told" jsonschema_description:"When a run shows all that there is, so that what is missing is gone: as the catalog (FULL_TABLE) or the tap (ACTIVATE_VERSION) tells, always, full (runs that begin without a state), or never."`
	When     string `yaml:"when,omitempty" jsonschema_description:"Expression that is true for the records that count; all by default."`

	ID          string `yaml:"id,omitempty" jsonschema_description:"The record's id, which never changes. By default the key properties that the tap names."`
	Name        string `yaml:"name,omitempty" jsonschema_description:"Its name, or title; needed but for dependencies."`
	Key         string `yaml:"key,omitempty" jsonschema_description:"What people call it by, as PAY-7."`
	URL         string `yaml:"url,omitempty" jsonschema_description:"Its address in a browser."`
	CreatedAt   string `yaml:"created_at,omitempty" jsonschema_description:"When it was made."`
	UpdatedAt   string `yaml:"updated_at,omitempty" jsonschema_description:"When it was changed last. An older version than the one that is stored is then passed over."`
	Status      string `yaml:"status,omitempty" jsonschema_description:"The tool's word for its status."`
	StatusIs    string `yaml:"status_is,omitempty" jsonschema_description:"What the status amounts to: TODO, IN_PROGRESS, DONE or CANCELLED. Other values are nothing."`
	Start       string `yaml:"start,omitempty" jsonschema_description:"The day it starts; of risks the day it was raised."`
	Due         string `yaml:"due,omitempty" jsonschema_description:"The day it is due."`
	Finished    string `yaml:"finished,omitempty" jsonschema_description:"The day it was finished; of risks the day it was closed."`
	Baseline    string `yaml:"baseline,omitempty" jsonschema_description:"The day it was due by the baseline; of milestones."`
	Owner       string `yaml:"owner,omitempty" jsonschema_description:"Who leads the project, or owns the milestone or risk: the id of a record of the stream of people, or a name or e-mail address where there is no such stream."`
	Labels      string `yaml:"labels,omitempty" jsonschema_description:"Its labels: a list of texts, or one."`
	Description string `yaml:"description,omitempty" jsonschema_description:"What the project is about; of projects."`
	Category    string `yaml:"category,omitempty" jsonschema_description:"The tool's grouping of projects; of projects."`
	Type        string `yaml:"type,omitempty" jsonschema_description:"The tool's word for this sort of milestone; of milestones."`
	Parent      string `yaml:"parent,omitempty" jsonschema_description:"Id of the record of the same stream that it belongs to."`
	Project     string `yaml:"project,omitempty" jsonschema_description:"Id of the project of a milestone or risk, as the stream of projects has it."`
	ProjectIn   string `yaml:"project_in,omitempty" jsonschema_description:"The stream of the project, where several streams are projects."`
	Archived    string `yaml:"archived,omitempty" jsonschema_description:"True when it is archived."`
	Deleted     string `yaml:"deleted,omitempty" jsonschema_description:"True when it is deleted. What taps that read logs tell by _sdc_deleted_at is known without it."`
	Email       string `yaml:"email,omitempty" jsonschema_description:"E-mail address; of people."`
	Inactive    string `yaml:"inactive,omitempty" jsonschema_description:"True for people who have left; of people."`
	Predecessor string `yaml:"predecessor,omitempty" jsonschema_description:"Id of what comes first; of dependencies."`
	Successor   string `yaml:"successor,omitempty" jsonschema_description:"Id of what waits for it; of dependencies."`
	Between     string `yaml:"between,omitempty" jsonschema_description:"The stream of both ends; of dependencies. By default the only one of milestones."`
	LagDays     string `yaml:"lag_days,omitempty" jsonschema_description:"Days between the two; of dependencies."`
}

// runsTap tells whether there is a tap to run.
func (s *Settings) runsTap() bool { return s.Tap.Command != "" }

// secretKey is how keys look that hold a secret.
var secretKey = regexp.MustCompile(`(?i)(token|secret|passw|api_?key|private_?key|credentials?)$`)

// Validate implements connectors.Settings.
func (s *Settings) Validate() error {
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%w: "+format, append([]any{portfolio.ErrInvalid}, args...)...))
	}
	if err := s.Settings.Validate(); err != nil {
		problems = append(problems, err)
	}
	t := s.Tap
	switch {
	case t.Command != "" && !s.Waits():
		bad("tap.command is given beside file, folder or url: a connection runs a tap or reads files")
	case t.Command == "" && (len(t.Args)+len(t.Config)+len(t.Secrets)+len(t.SecretFiles)+len(t.Env) > 0 || t.Catalog != "" || t.Dir != ""):
		bad("tap.command is missing: the name or path of the tap")
	case strings.ContainsAny(t.Command, " \t"):
		bad("tap.command has a space: arguments go under tap.args")
	}
	for key, value := range t.Config {
		if text, ok := value.(string); ok && text != "" && secretKey.MatchString(key) {
			bad("tap.config.%s looks like a secret: put it under tap.secrets", key)
		}
		if _, err := json.Marshal(value); err != nil {
			bad("tap.config.%s cannot be written as JSON, as taps read it", key)
		}
	}
	for key, value := range t.Secrets {
		if _, twice := t.SecretFiles[key]; twice {
			bad("tap.secrets.%s is given beside tap.secret_files.%[1]s; expected one of them", key)
		}
		if value.IsZero() {
			bad("tap.secrets.%s is empty", key)
		}
	}
	if t.Timeout < 0 || t.MemoryMiB < 0 {
		bad("tap.timeout and tap.memory_mib are above 0")
	}
	if len(s.Streams) == 0 {
		bad("streams is missing: which streams are projects, and which are milestones")
	}
	for i := range s.Streams {
		for _, problem := range s.streamProblems(&s.Streams[i]) {
			bad("streams[%d]%s", i, problem)
		}
	}
	return errors.Join(problems...)
}

// streamProblems names what is wrong with the settings of a stream, each after
// its place in them.
func (s *Settings) streamProblems(one *StreamSettings) (problems []string) {
	missing := func(key, value, what string) {
		if value == "" {
			problems = append(problems, "."+key+" is missing: "+what)
		}
	}
	missing("stream", one.Stream, "the name of a stream")
	switch one.As {
	case asProject, asPerson:
		missing("name", one.Name, "the property that is its name")
	case asMilestone, asRisk:
		missing("name", one.Name, "the property that is its name")
		missing("project", one.Project, "the property that is the id of its project")
		if one.Project != "" && s.streamOf(asProject, one.ProjectIn) == "" {
			problems = append(problems, ".project_in"+s.which(asProject, one.ProjectIn))
		}
	case asDependency:
		missing("predecessor", one.Predecessor, "the property that is the id of what comes first")
		missing("successor", one.Successor, "the property that is the id of what waits")
		if s.streamOf(asMilestone, one.Between) == "" && s.streamOf(asProject, one.Between) == "" {
			problems = append(problems, ".between"+s.which(asMilestone, one.Between))
		}
	default:
		problems = append(problems, ".as is missing: project, milestone, dependency, person or risk")
	}
	switch one.Complete {
	case "", completeAsTold, completeAlways, completeFull, completeNever:
	default:
		problems = append(problems, ".complete is none of as-told, always, full and never")
	}
	if _, err := one.compile(); err != nil {
		problems = append(problems, err.Error())
	}
	return problems
}

// streamOf is the one stream whose records are of a sort: the one that is
// named, or the only one. It is empty when there is no such stream.
func (s *Settings) streamOf(as, named string) string {
	found := ""
	for i := range s.Streams {
		one := &s.Streams[i]
		switch {
		case one.As != as, named != "" && one.Stream != named:
		case found != "" && found != one.Stream:
			return ""
		default:
			found = one.Stream
		}
	}
	return found
}

// which says why streamOf finds nothing.
func (s *Settings) which(as, named string) string {
	if named != "" {
		return fmt.Sprintf(" names %q, which is no stream of %ss here", named, as)
	}
	for i := range s.Streams {
		if s.Streams[i].As == as {
			return fmt.Sprintf(" is missing: several streams are %ss, so name one", as)
		}
	}
	return " cannot be told: no stream is a " + as
}
