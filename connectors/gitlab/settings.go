package gitlab

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// Settings are the keys of a GitLab connection.
type Settings struct {
	URL               string             `yaml:"url" jsonschema:"required" jsonschema_description:"Address of GitLab, with its path if it has one, as https://gitlab.com."`
	Auth              Auth               `yaml:"auth" jsonschema:"required" jsonschema_description:"How to sign in."`
	Projects          ProjectSettings    `yaml:"projects,omitempty" jsonschema_description:"What becomes a project."`
	Milestones        MilestoneSettings  `yaml:"milestones,omitempty" jsonschema_description:"What becomes a milestone."`
	Risks             RiskSettings       `yaml:"risks,omitempty" jsonschema_description:"What becomes a risk; nothing unless it is named."`
	Dependencies      DependencySettings `yaml:"dependencies,omitempty" jsonschema_description:"Whether links that block become dependencies."`
	WebhookSecret     secret.String      `yaml:"webhook_secret,omitempty" jsonschema_description:"What GitLab's webhook was given as its signing token, which begins with whsec_, or as its secret token."`
	Concurrency       int                `yaml:"concurrency,omitempty" jsonschema:"minimum=1,maximum=32,default=8" jsonschema_description:"Requests at once."`
	RequestsPerSecond float64            `yaml:"requests_per_second,omitempty" jsonschema:"minimum=0" jsonschema_description:"Upper bound of the rate of requests; 0 leaves it to GitLab."`
}

// Auth is how to sign in.
type Auth struct {
	Token  secret.String `yaml:"token,omitempty" jsonschema:"oneof_required=token" jsonschema_description:"Personal, group or project access token with the scope read_api. Either this or token_file."`
	File   string        `yaml:"token_file,omitempty" jsonschema:"oneof_required=token_file" jsonschema_description:"File whose only line is the token, in place of token. It is read again when it changes, so a new token is used without a restart."`
	Bearer bool          `yaml:"bearer,omitempty" jsonschema_description:"Send the token as a bearer token, as one from OAuth must be."`
}

// ProjectSettings say what becomes a project.
type ProjectSettings struct {
	From   []string `yaml:"from,omitempty" jsonschema_description:"Any of projects and groups. A group is a programme: what lies in it has it as its parent. Default: both."`
	Groups []string `yaml:"groups,omitempty" jsonschema_description:"Full paths or ids of groups to read, each with all below it; all that the account is a member of when empty."`
	Lead   string   `yaml:"lead,omitempty" jsonschema:"enum=owner,enum=maintainer" jsonschema_description:"owner or maintainer: the first direct member of that role leads a project. One request more for each; nobody does when left out."`
}

// MilestoneSettings say what becomes a milestone.
type MilestoneSettings struct {
	From []string `yaml:"from,omitempty" jsonschema_description:"Any of milestones, epics (of groups; needs a licence), and label: followed by a label whose issues are milestones. Default: milestones."`
}

// RiskSettings say what becomes a risk.
type RiskSettings struct {
	From []string `yaml:"from,omitempty" jsonschema_description:"label: followed by a label whose issues are risks, such as label:risk. Such issues are no milestones. Probability, impact and response come from the fields that the mapping names."`
}

// DependencySettings say which links are dependencies.
type DependencySettings struct {
	Off bool `yaml:"off,omitempty" jsonschema_description:"Read no dependencies."`
}

// The words of from.
const (
	fromProjects   = "projects"
	fromGroups     = "groups"
	fromMilestones = "milestones"
	fromEpics      = "epics"
	labelPrefix    = "label:"
)

const maxConcurrency = 32

// accessLevels are GitLab's numbers of the roles that lead may name.
var accessLevels = map[string]int{"owner": 50, "maintainer": 40}

// Validate implements connectors.Settings.
func (s *Settings) Validate() error {
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%w: "+format, append([]any{portfolio.ErrInvalid}, args...)...))
	}
	switch u, err := url.Parse(s.URL); {
	case s.URL == "":
		bad("url is missing: the address of GitLab, such as https://gitlab.com")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		bad("url is not an address that begins with https://")
	case u.User != nil:
		bad("url holds a user or password: put a token under auth")
	case u.RawQuery != "" || u.Fragment != "":
		bad("url has something after the path: give the address of GitLab only")
	}
	switch given := !s.Auth.Token.IsZero(); {
	case given && s.Auth.File != "":
		bad("auth.token_file is given beside auth.token; expected one of them")
	case !given && s.Auth.File == "":
		bad("auth.token is missing: an access token with the scope read_api; or a file with it, as auth.token_file")
	}
	if s.Concurrency < 0 || s.Concurrency > maxConcurrency {
		bad("concurrency is %d: from 1 to %d", s.Concurrency, maxConcurrency)
	}
	if s.RequestsPerSecond < 0 {
		bad("requests_per_second is below 0")
	}
	for _, from := range s.Projects.From {
		if from != fromProjects && from != fromGroups {
			bad("projects.from has %q: projects or groups", from)
		}
	}
	if slices.Contains(s.Projects.Groups, "") {
		bad("projects.groups has an empty entry")
	}
	if s.Projects.Lead != "" && accessLevels[s.Projects.Lead] == 0 {
		bad("projects.lead is %q: owner or maintainer", s.Projects.Lead)
	}
	for _, from := range s.Milestones.From {
		label, labelled := strings.CutPrefix(from, labelPrefix)
		switch {
		case labelled && strings.TrimSpace(label) == "":
			bad("milestones.from has label: without a label")
		case labelled && !s.projects():
			bad("milestones.from has %q, but projects.from leaves out projects, to which issues belong", from)
		case from == fromEpics && !s.groups():
			bad("milestones.from has epics, but projects.from leaves out groups, to which epics belong")
		case !labelled && from != fromEpics && from != fromMilestones:
			bad("milestones.from has %q: milestones, epics, or label: and a label", from)
		}
	}
	for _, from := range s.Risks.From {
		label, labelled := strings.CutPrefix(from, labelPrefix)
		switch {
		case !labelled || strings.TrimSpace(label) == "":
			bad("risks.from has %q: label: and a label", from)
		case !s.projects():
			bad("risks.from has %q, but projects.from leaves out projects, to which issues belong", from)
		case slices.Contains(s.labels(), strings.TrimSpace(label)):
			bad("the label %s is named in milestones.from and in risks.from; expected one of them", strings.TrimSpace(label))
		}
	}
	if _, err := signingKey(s.WebhookSecret); err != nil {
		bad("webhook_secret begins with whsec_, but what follows is not base64")
	}
	return errors.Join(problems...)
}

// projects and groups tell what becomes a project.
func (s *Settings) projects() bool {
	return len(s.Projects.From) == 0 || slices.Contains(s.Projects.From, fromProjects)
}

func (s *Settings) groups() bool {
	return len(s.Projects.From) == 0 || slices.Contains(s.Projects.From, fromGroups)
}

// milestones and epics tell what becomes a milestone.
func (s *Settings) milestones() bool {
	return len(s.Milestones.From) == 0 || slices.Contains(s.Milestones.From, fromMilestones)
}

func (s *Settings) epics() bool { return slices.Contains(s.Milestones.From, fromEpics) }

// labels are those whose issues are milestones, riskLabels those whose issues
// are risks.
func (s *Settings) labels() []string     { return labelsIn(s.Milestones.From) }
func (s *Settings) riskLabels() []string { return labelsIn(s.Risks.From) }

// allLabels are those of issues that are read.
func (s *Settings) allLabels() []string { return slices.Concat(s.labels(), s.riskLabels()) }

func labelsIn(words []string) []string {
	var list []string
	for _, from := range words {
		if label, ok := strings.CutPrefix(from, labelPrefix); ok {
			list = append(list, strings.TrimSpace(label))
		}
	}
	return list
}
