package redmine

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// Settings are the keys of a Redmine connection.
type Settings struct {
	URL               string             `yaml:"url" jsonschema:"required" jsonschema_description:"Address of Redmine, with its path if it has one, as https://redmine.example.com."`
	Auth              Auth               `yaml:"auth" jsonschema:"required" jsonschema_description:"How to sign in."`
	Projects          ProjectSettings    `yaml:"projects,omitempty" jsonschema_description:"Which projects are read."`
	Milestones        MilestoneSettings  `yaml:"milestones,omitempty" jsonschema_description:"What becomes a milestone."`
	Risks             RiskSettings       `yaml:"risks,omitempty" jsonschema_description:"What becomes a risk; nothing unless it is named."`
	Dependencies      DependencySettings `yaml:"dependencies,omitempty" jsonschema_description:"Whether relations of issues become dependencies."`
	Concurrency       int                `yaml:"concurrency,omitempty" jsonschema:"minimum=1,maximum=32,default=4" jsonschema_description:"Requests at once."`
	RequestsPerSecond float64            `yaml:"requests_per_second,omitempty" jsonschema:"minimum=0" jsonschema_description:"Upper bound of the rate of requests; 0 sets none. Redmine itself has no limit."`
}

// Auth is how to sign in.
type Auth struct {
	Token secret.String `yaml:"token,omitempty" jsonschema:"oneof_required=token" jsonschema_description:"API access key of the account, from its page My account. Either this or token_file."`
	File  string        `yaml:"token_file,omitempty" jsonschema:"oneof_required=token_file" jsonschema_description:"File whose only line is the key, in place of token. It is read again when it changes, so a new key is used without a restart."`
}

// ProjectSettings say which projects are read.
type ProjectSettings struct {
	Keys []string     `yaml:"keys,omitempty" jsonschema_description:"Identifiers or ids of projects to read, each with all below it; all that the account sees when empty."`
	Lead LeadSettings `yaml:"lead,omitempty" jsonschema_description:"Who leads a project."`
}

// LeadSettings say who leads a project.
type LeadSettings struct {
	Role string `yaml:"role,omitempty" jsonschema:"default=Manager" jsonschema_description:"Name or id of the role whose first member leads a project."`
	Off  bool   `yaml:"off,omitempty" jsonschema_description:"Read no members: one request less for each project."`
}

// MilestoneSettings say what becomes a milestone.
type MilestoneSettings struct {
	From      []string        `yaml:"from,omitempty" jsonschema_description:"Any of versions, and the name or id of a tracker whose issues are milestones. Default: versions."`
	Cancelled []string        `yaml:"cancelled,omitempty" jsonschema_description:"Names or ids of closed statuses that mean that nothing was delivered, such as Rejected: Redmine does not tell them from the others."`
	History   HistorySettings `yaml:"history,omitempty" jsonschema_description:"Whether the moves of due dates from before the first run are read, of issues that are milestones."`
}

// HistorySettings say how much is read of what was before the first run.
type HistorySettings struct {
	Issues int  `yaml:"issues,omitempty" jsonschema:"minimum=1,default=1000" jsonschema_description:"Of how many issues at most, those with the highest numbers: a full run asks once more for each of them that was changed since it was made."`
	Off    bool `yaml:"off,omitempty" jsonschema_description:"Read no history: moves are observed from the first run on."`
}

// RiskSettings say what becomes a risk.
type RiskSettings struct {
	From []string `yaml:"from,omitempty" jsonschema_description:"Names or ids of trackers, such as Risk. Their issues are no milestones. Probability, impact and response come from the fields that the mapping names."`
}

// DependencySettings say which relations are dependencies.
type DependencySettings struct {
	Off bool `yaml:"off,omitempty" jsonschema_description:"Read no dependencies."`
}

// fromVersions is the word of milestones.from that is no tracker.
const fromVersions = "versions"

const maxConcurrency = 32

// Validate implements connectors.Settings.
func (s *Settings) Validate() error {
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%w: "+format, append([]any{portfolio.ErrInvalid}, args...)...))
	}
	switch u, err := url.Parse(s.URL); {
	case s.URL == "":
		bad("url is missing: the address of Redmine, such as https://redmine.example.com")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		bad("url is not an address that begins with https://")
	case u.User != nil:
		bad("url holds a user or password: put an API access key under auth")
	case u.RawQuery != "" || u.Fragment != "":
		bad("url has something after the path: give the address of Redmine only")
	}
	switch given := !s.Auth.Token.IsZero(); {
	case given && s.Auth.File != "":
		bad("auth.token_file is given beside auth.token; expected one of them")
	case !given && s.Auth.File == "":
		bad("auth.token is missing: the API access key of the account, from its page My account; or a file with it, as auth.token_file")
	}
	if s.Concurrency < 0 || s.Concurrency > maxConcurrency {
		bad("concurrency is %d: from 1 to %d", s.Concurrency, maxConcurrency)
	}
	if s.RequestsPerSecond < 0 {
		bad("requests_per_second is below 0")
	}
	if s.Milestones.History.Issues < 0 {
		bad("milestones.history.issues is %d: 1 or more; off: true reads none", s.Milestones.History.Issues)
	}
	for name, list := range map[string][]string{"projects.keys": s.Projects.Keys, "milestones.from": s.Milestones.From, "risks.from": s.Risks.From, "milestones.cancelled": s.Milestones.Cancelled} {
		if slices.Contains(list, "") {
			bad("%s has an empty entry", name)
		}
	}
	if slices.Contains(s.Risks.From, fromVersions) {
		bad("risks.from has versions: the name or id of a tracker")
	}
	return errors.Join(problems...)
}

// readsVersions tells whether versions are milestones.
func (s *Settings) readsVersions() bool {
	return len(s.Milestones.From) == 0 || slices.Contains(s.Milestones.From, fromVersions)
}

// trackers are those whose issues are milestones, as the settings name them.
func (s *Settings) trackers() []string {
	return slices.DeleteFunc(slices.Clone(s.Milestones.From), func(f string) bool { return f == fromVersions })
}

func (s *Settings) leadRole() string { return cmp.Or(s.Projects.Lead.Role, "Manager") }
