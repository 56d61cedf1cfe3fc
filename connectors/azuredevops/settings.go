package azuredevops

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// Settings are the keys of an Azure DevOps connection.
type Settings struct {
	URL               string             `yaml:"url" jsonschema:"required" jsonschema_description:"Address of the organisation, as https://dev.azure.com/example, or of a collection of Azure DevOps Server, as https://tfs.example.com/DefaultCollection."`
	Auth              Auth               `yaml:"auth" jsonschema:"required" jsonschema_description:"How to sign in."`
	Projects          ProjectSettings    `yaml:"projects,omitempty" jsonschema_description:"What becomes a project."`
	Milestones        MilestoneSettings  `yaml:"milestones,omitempty" jsonschema_description:"What becomes a milestone."`
	Risks             RiskSettings       `yaml:"risks,omitempty" jsonschema_description:"What becomes a risk; nothing unless it is named."`
	Dependencies      DependencySettings `yaml:"dependencies,omitempty" jsonschema_description:"Which links become dependencies."`
	TimeZone          string             `yaml:"timezone,omitempty" jsonschema:"default=UTC" jsonschema_description:"Time zone of the people who pick dates, as Europe/Berlin: a date picked in a form is stored as the midnight there."`
	APIVersion        string             `yaml:"api_version,omitempty" jsonschema:"default=7.1" jsonschema_description:"Version of the API. Azure DevOps Server knows 7.1 since 2022.1, 7.0 in 2022 and 6.0 in 2020."`
	WebhookSecret     secret.String      `yaml:"webhook_secret,omitempty" jsonschema_description:"What deliveries of service hooks must bring: as the password of basic authentication, or in the header X-Webhook-Secret. Without it none is taken."`
	Concurrency       int                `yaml:"concurrency,omitempty" jsonschema:"minimum=1,maximum=32,default=8" jsonschema_description:"Requests at once."`
	RequestsPerSecond float64            `yaml:"requests_per_second,omitempty" jsonschema:"minimum=0" jsonschema_description:"Upper bound of the rate of requests; 0 leaves it to Azure DevOps."`
}

// Auth is how to sign in.
type Auth struct {
	Token  secret.String `yaml:"token,omitempty" jsonschema:"oneof_required=token" jsonschema_description:"Personal access token, or with bearer a token of Microsoft Entra. Either this or token_file."`
	File   string        `yaml:"token_file,omitempty" jsonschema:"oneof_required=token_file" jsonschema_description:"File whose only line is the token, in place of token. It is read again when it changes, so a new token is used without a restart."`
	Bearer bool          `yaml:"bearer,omitempty" jsonschema_description:"The token is one of Microsoft Entra, of a service principal or a managed identity, and no personal access token."`
}

// ProjectSettings say what becomes a project.
type ProjectSettings struct {
	From  []string `yaml:"from,omitempty" jsonschema_description:"projects (the default), or names of work item types such as Epic or Initiative."`
	Names []string `yaml:"names,omitempty" jsonschema_description:"Names or ids of the Azure DevOps projects to read; all that the account sees when empty."`
}

// MilestoneSettings say what becomes a milestone.
type MilestoneSettings struct {
	From    []string        `yaml:"from,omitempty" jsonschema_description:"Any of iterations (those with a finish date), epics, features, or the name of a work item type. Default: iterations and epics; where projects come from work items only, features, or epics below another type than Epic."`
	History HistorySettings `yaml:"history,omitempty" jsonschema_description:"Whether the moves of due dates from before the first run are read, of work items that are milestones."`
}

// HistorySettings say how much is read of what was before the first run.
type HistorySettings struct {
	Off bool `yaml:"off,omitempty" jsonschema_description:"Read no history, which takes the feed of every revision once: moves are observed from the first run on."`
}

// RiskSettings say what becomes a risk.
type RiskSettings struct {
	From []string `yaml:"from,omitempty" jsonschema_description:"Names of work item types, such as Risk. Such work items are no milestones. Probability, impact and response come from the fields that the mapping names."`
}

// DependencySettings say which links are dependencies.
type DependencySettings struct {
	Blocks []string `yaml:"blocks,omitempty" jsonschema_description:"Reference names of link types whose source comes before their target, without -Forward. Default: System.LinkTypes.Dependency."`
	Off    bool     `yaml:"off,omitempty" jsonschema_description:"Read no dependencies."`
}

// The words of from.
const (
	fromProjects   = "projects"
	fromIterations = "iterations"
	fromEpics      = "epics"
	fromFeatures   = "features"
)

const (
	typeEpic    = "Epic"
	typeFeature = "Feature"

	dependencyType = "System.LinkTypes.Dependency"
	hierarchyType  = "System.LinkTypes.Hierarchy"

	maxConcurrency    = 32
	defaultAPIVersion = "7.1"
)

var apiVersion = regexp.MustCompile(`^[4-9]\.[0-9]$`)

// Validate implements connectors.Settings.
func (s *Settings) Validate() error {
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%w: "+format, append([]any{portfolio.ErrInvalid}, args...)...))
	}
	switch u, err := url.Parse(s.URL); {
	case s.URL == "":
		bad("url is missing: the address of the organisation, such as https://dev.azure.com/example")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		bad("url is not an address that begins with https://")
	case u.User != nil:
		bad("url holds a user or password: put the token under auth")
	case u.RawQuery != "" || u.Fragment != "":
		bad("url has something after the path: give the address of the organisation or collection only")
	case strings.EqualFold(u.Host, "dev.azure.com") && strings.Trim(u.Path, "/") == "":
		bad("url names no organisation: https://dev.azure.com/ and its name")
	case strings.EqualFold(u.Host, "dev.azure.com") && strings.Contains(strings.Trim(u.Path, "/"), "/"):
		bad("url names more than the organisation: put projects under projects.names")
	}
	switch given := !s.Auth.Token.IsZero(); {
	case given && s.Auth.File != "":
		bad("auth.token_file is given beside auth.token; expected one of them")
	case !given && s.Auth.File == "":
		bad("auth.token is missing: a personal access token, or with bearer one of Microsoft Entra; or a file with it, as auth.token_file")
	}
	if _, err := time.LoadLocation(s.TimeZone); err != nil {
		bad("timezone is %q: a name such as Europe/Berlin", s.TimeZone)
	}
	if s.APIVersion != "" && !apiVersion.MatchString(s.APIVersion) {
		bad("api_version is %q: a version such as 7.1, in quotes", s.APIVersion)
	}
	if s.Concurrency < 0 || s.Concurrency > maxConcurrency {
		bad("concurrency is %d: from 1 to %d", s.Concurrency, maxConcurrency)
	}
	if s.RequestsPerSecond < 0 {
		bad("requests_per_second is below 0")
	}
	for _, from := range s.Projects.From {
		if from == "" || from == fromIterations || from == fromEpics || from == fromFeatures {
			bad("projects.from has %q: projects, or the name of a work item type such as Epic", from)
		}
	}
	for _, from := range s.Milestones.From {
		switch {
		case from == "" || from == fromProjects:
			bad("milestones.from has %q: iterations, epics, features, or the name of a work item type", from)
		case from == fromIterations && !s.realProjects():
			bad("milestones.from has iterations, but projects.from leaves out projects, to which iterations belong")
		case containsFold(s.projectTypes(), typeNamed(from)):
			bad("milestones.from has %q, which projects.from has too", from)
		}
	}
	for _, from := range s.Risks.From {
		switch {
		case from == "" || slices.Contains([]string{fromProjects, fromIterations, fromEpics, fromFeatures}, from):
			bad("risks.from has %q: the name of a work item type, such as Risk", from)
		case containsFold(s.projectTypes(), from) || containsFold(s.milestoneTypes(), from):
			bad("risks.from has %q, which is a project or a milestone too", from)
		}
	}
	for _, name := range s.Dependencies.Blocks {
		if name == "" || strings.HasSuffix(name, forward) || strings.HasSuffix(name, reverse) || name == hierarchyType {
			bad("dependencies.blocks has %q: the reference name of a link type, such as %s", name, dependencyType)
		}
	}
	return errors.Join(problems...)
}

// typeNamed is the work item type that an entry of milestones.from means;
// empty for iterations.
func typeNamed(from string) string {
	switch from {
	case fromIterations:
		return ""
	case fromEpics:
		return typeEpic
	case fromFeatures:
		return typeFeature
	}
	return from
}

func containsFold(list []string, name string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) })
}

// projectTypes are the work item types whose items are projects.
func (s *Settings) projectTypes() []string {
	return slices.DeleteFunc(slices.Clone(s.Projects.From), func(f string) bool { return f == fromProjects })
}

// realProjects tells whether Azure DevOps' own projects become projects.
func (s *Settings) realProjects() bool {
	return len(s.Projects.From) == 0 || slices.Contains(s.Projects.From, fromProjects)
}

// milestonesFrom is milestones.from with its default.
func (s *Settings) milestonesFrom() []string {
	below := fromEpics
	if containsFold(s.projectTypes(), typeEpic) {
		below = fromFeatures
	}
	switch {
	case len(s.Milestones.From) > 0:
		return s.Milestones.From
	case s.realProjects():
		return []string{fromIterations, below}
	default:
		return []string{below}
	}
}

// milestoneTypes are the work item types whose items are milestones.
func (s *Settings) milestoneTypes() []string {
	var types []string
	for _, from := range s.milestonesFrom() {
		if t := typeNamed(from); t != "" && !containsFold(types, t) {
			types = append(types, t)
		}
	}
	return types
}

// itemTypes are the work item types that are read.
func (s *Settings) itemTypes() []string {
	return slices.Concat(s.projectTypes(), s.milestoneTypes(), s.Risks.From)
}

// blocks are the link types that are dependencies.
func (s *Settings) blocks() []string {
	switch {
	case s.Dependencies.Off || len(s.itemTypes()) == 0:
		return nil
	case len(s.Dependencies.Blocks) > 0:
		return s.Dependencies.Blocks
	}
	return []string{dependencyType}
}

func (s *Settings) version() string { return cmp.Or(s.APIVersion, defaultAPIVersion) }
