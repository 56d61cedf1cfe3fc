package jira

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// Settings are the keys of a Jira connection.
type Settings struct {
	URL               string             `yaml:"url" jsonschema:"required" jsonschema_description:"Address of the site, as https://example.atlassian.net; with a scoped token https://api.atlassian.com/ex/jira/CLOUD-ID."`
	Auth              Auth               `yaml:"auth" jsonschema:"required" jsonschema_description:"How to sign in."`
	Projects          ProjectSettings    `yaml:"projects,omitempty" jsonschema_description:"What becomes a project."`
	Milestones        MilestoneSettings  `yaml:"milestones,omitempty" jsonschema_description:"What becomes a milestone."`
	Risks             RiskSettings       `yaml:"risks,omitempty" jsonschema_description:"What becomes a risk; nothing unless it is named."`
	Dependencies      DependencySettings `yaml:"dependencies,omitempty" jsonschema_description:"Which issue links become dependencies."`
	WebhookSecret     secret.String      `yaml:"webhook_secret,omitempty" jsonschema_description:"The secret with which Jira signs what it sends to /hooks/ID when something changed. Without it nothing that is sent is taken."`
	Concurrency       int                `yaml:"concurrency,omitempty" jsonschema:"minimum=1,maximum=32,default=8" jsonschema_description:"Requests at once."`
	RequestsPerSecond float64            `yaml:"requests_per_second,omitempty" jsonschema:"minimum=0" jsonschema_description:"Upper bound of the rate of requests; 0 leaves it to Jira."`
}

// Auth is how to sign in.
type Auth struct {
	Email string        `yaml:"email,omitempty" jsonschema_description:"The account's e-mail address, or its user name on Data Center. Without it the token is sent as a bearer token: a personal access token, or a service account's."`
	Token secret.String `yaml:"token,omitempty" jsonschema:"oneof_required=token" jsonschema_description:"API token, personal access token or password. Either this or token_file."`
	File  string        `yaml:"token_file,omitempty" jsonschema:"oneof_required=token_file" jsonschema_description:"File whose only line is the token, in place of token. It is read again when it changes, so a new token is used without a restart."`
}

// ProjectSettings say what becomes a project.
type ProjectSettings struct {
	From []string `yaml:"from,omitempty" jsonschema_description:"projects (the default), or names of issue types such as Initiative, whose children then are milestones."`
	Card string   `yaml:"card,omitempty" jsonschema_description:"Name or id of an issue type whose first issue in a Jira project holds that project's fields, status and due date. Such issues are no milestones."`
	Keys []string `yaml:"keys,omitempty" jsonschema_description:"Keys or ids of the Jira projects to read; all that the account sees when empty."`
}

// MilestoneSettings say what becomes a milestone.
type MilestoneSettings struct {
	From []string `yaml:"from,omitempty" jsonschema_description:"Any of versions, epics, children (of the issues that are projects), the name or id of an issue type, or jql: followed by a JQL clause. Default: versions and epics, or children where projects come from issues only."`
}

// RiskSettings say what becomes a risk.
type RiskSettings struct {
	From []string `yaml:"from,omitempty" jsonschema_description:"Names or ids of issue types, such as Risk. Such issues are no milestones. Probability, impact and response come from the fields that the mapping names."`
}

// DependencySettings say which issue links are dependencies.
type DependencySettings struct {
	Blocks    []string `yaml:"blocks,omitempty" jsonschema_description:"Link types, by name or id, whose outward end waits for the inward one, as in: A blocks B. When neither list is given, they are told by their usual English wording."`
	DependsOn []string `yaml:"depends_on,omitempty" jsonschema_description:"Link types that point the other way, as in: B depends on A."`
	Off       bool     `yaml:"off,omitempty" jsonschema_description:"Read no dependencies."`
}

// The words of from.
const (
	fromProjects = "projects"
	fromVersions = "versions"
	fromEpics    = "epics"
	fromChildren = "children"
	jqlPrefix    = "jql:"
)

const maxConcurrency = 32

// Validate implements connectors.Settings.
func (s *Settings) Validate() error {
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%w: "+format, append([]any{portfolio.ErrInvalid}, args...)...))
	}
	switch u, err := url.Parse(s.URL); {
	case s.URL == "":
		bad("url is missing: the address of the Jira site, such as https://example.atlassian.net")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		bad("url is not an address that begins with https://")
	case u.User != nil:
		bad("url holds a user or password: put them under auth")
	case u.RawQuery != "" || u.Fragment != "":
		bad("url has something after the path: give the address of the site only")
	}
	switch given := !s.Auth.Token.IsZero(); {
	case given && s.Auth.File != "":
		bad("auth.token_file is given beside auth.token; expected one of them")
	case !given && s.Auth.File == "":
		bad("auth.token is missing: an API token on Cloud, a personal access token on Data Center; or a file with it, as auth.token_file")
	}
	if s.Concurrency < 0 || s.Concurrency > maxConcurrency {
		bad("concurrency is %d: from 1 to %d", s.Concurrency, maxConcurrency)
	}
	if s.RequestsPerSecond < 0 {
		bad("requests_per_second is below 0")
	}
	for _, from := range s.Projects.From {
		if from == "" || from == fromVersions || from == fromEpics || from == fromChildren || strings.HasPrefix(from, jqlPrefix) {
			bad("projects.from has %q: projects, or the name of an issue type", from)
		}
	}
	if s.Projects.Card != "" && !s.realProjects() {
		bad("projects.card is for Jira's own projects, which projects.from leaves out")
	}
	for _, from := range s.Milestones.From {
		clause, isJQL := strings.CutPrefix(from, jqlPrefix)
		switch {
		case from == "" || from == fromProjects:
			bad("milestones.from has %q: versions, epics, children, an issue type, or jql: and a clause", from)
		case isJQL && strings.TrimSpace(clause) == "":
			bad("milestones.from has jql: without a clause")
		case isJQL && orderBy(clause):
			bad("milestones.from has a clause with ORDER BY: leave it out, the order is ours")
		case from == fromChildren && len(s.projectTypes()) == 0:
			bad("milestones.from has children, but projects.from names no issue type")
		case from == fromVersions && !s.realProjects():
			bad("milestones.from has versions, but projects.from leaves out projects, to which versions belong")
		}
	}
	for _, from := range s.Risks.From {
		if from == "" || from == fromProjects || from == fromVersions || from == fromEpics || from == fromChildren || strings.HasPrefix(from, jqlPrefix) {
			bad("risks.from has %q: the name or id of an issue type", from)
		}
	}
	return errors.Join(problems...)
}

func orderBy(clause string) bool {
	words := strings.Fields(strings.ToLower(clause))
	for i := range words {
		if words[i] == "order" && i+1 < len(words) && words[i+1] == "by" {
			return true
		}
	}
	return false
}

// projectTypes are the issue types whose issues are projects.
func (s *Settings) projectTypes() []string {
	return slices.DeleteFunc(slices.Clone(s.Projects.From), func(f string) bool { return f == fromProjects })
}

// realProjects tells whether Jira's own projects become projects.
func (s *Settings) realProjects() bool {
	return len(s.Projects.From) == 0 || slices.Contains(s.Projects.From, fromProjects)
}

// milestonesFrom is milestones.from with its default.
func (s *Settings) milestonesFrom() []string {
	switch {
	case len(s.Milestones.From) > 0:
		return s.Milestones.From
	case s.realProjects() && len(s.projectTypes()) > 0:
		return []string{fromVersions, fromEpics, fromChildren}
	case s.realProjects():
		return []string{fromVersions, fromEpics}
	default:
		return []string{fromChildren}
	}
}
