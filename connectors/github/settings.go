package github

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// Settings are the keys of a GitHub connection.
type Settings struct {
	URL               string             `yaml:"url,omitempty" jsonschema:"default=https://github.com" jsonschema_description:"Address of the site: https://github.com unless given; of an Enterprise Server as https://github.example.com, with data residency as https://example.ghe.com."`
	Auth              Auth               `yaml:"auth" jsonschema:"required" jsonschema_description:"How to sign in: with a personal access token, or as a GitHub App."`
	Owners            []string           `yaml:"owners,omitempty" jsonschema_description:"Logins of the organisations or users whose repositories and projects are read. May be left out where projects.repositories and projects.boards say it."`
	Projects          ProjectSettings    `yaml:"projects,omitempty" jsonschema_description:"What becomes a project."`
	Milestones        MilestoneSettings  `yaml:"milestones,omitempty" jsonschema_description:"What becomes a milestone."`
	Risks             RiskSettings       `yaml:"risks,omitempty" jsonschema_description:"What becomes a risk; nothing unless it is named."`
	Dependencies      DependencySettings `yaml:"dependencies,omitempty" jsonschema_description:"Which relations of issues become dependencies."`
	WebhookSecret     secret.String      `yaml:"webhook_secret,omitempty" jsonschema_description:"Secret of the webhook that GitHub signs its deliveries with."`
	Concurrency       int                `yaml:"concurrency,omitempty" jsonschema:"minimum=1,maximum=32,default=8" jsonschema_description:"Requests at once."`
	RequestsPerSecond float64            `yaml:"requests_per_second,omitempty" jsonschema:"minimum=0" jsonschema_description:"Upper bound of the rate of requests; 0 leaves it to GitHub."`
}

// Auth is how to sign in.
type Auth struct {
	Token secret.String `yaml:"token,omitempty" jsonschema:"oneof_required=token" jsonschema_description:"Personal access token, fine-grained or classic. Either this, token_file or app."`
	File  string        `yaml:"token_file,omitempty" jsonschema:"oneof_required=token_file" jsonschema_description:"File whose only line is the token, in place of token. It is read again when it changes, so a new token is used without a restart."`
	App   *AppAuth      `yaml:"app,omitempty" jsonschema:"oneof_required=app" jsonschema_description:"A GitHub App that is installed on the account to be read, in place of a token."`
}

// AppAuth is how to sign in as a GitHub App.
type AppAuth struct {
	ID           string        `yaml:"id" jsonschema:"required" jsonschema_description:"The App ID or the client ID of the app."`
	Installation int64         `yaml:"installation" jsonschema:"required" jsonschema_description:"Number of the installation, the last part of its address under Settings, Installed GitHub Apps."`
	Key          secret.String `yaml:"key,omitempty" jsonschema:"oneof_required=key" jsonschema_description:"Private key of the app, PEM. Either this or key_file."`
	File         string        `yaml:"key_file,omitempty" jsonschema:"oneof_required=key_file" jsonschema_description:"File with the private key, in place of key."`
}

// ProjectSettings say what becomes a project.
type ProjectSettings struct {
	From         []string `yaml:"from,omitempty" jsonschema:"enum=repositories,enum=boards" jsonschema_description:"repositories (the default), boards, or both. A board is what GitHub calls a project (Projects v2)."`
	Repositories []string `yaml:"repositories,omitempty" jsonschema_description:"Repositories to read, as owner/name; * stands for any part of a name, as in acme/app-*. All of the owners' when empty."`
	Topics       []string `yaml:"topics,omitempty" jsonschema_description:"Read only repositories that have one of these topics."`
	Boards       []string `yaml:"boards,omitempty" jsonschema_description:"Boards to read, as owner/number. All of the owners' when empty, but for templates."`
}

// MilestoneSettings say what becomes a milestone.
type MilestoneSettings struct {
	From  []string `yaml:"from,omitempty" jsonschema_description:"Of repositories: milestones, type: and the name of an issue type, label: and a label. Of boards: iterations, or items (those that have a date in the field due). Default: milestones for repositories, iterations and items for boards."`
	Start string   `yaml:"start,omitempty" jsonschema:"default=Start date" jsonschema_description:"Name of the date field, of a board or of the organisation's issues, that holds when work starts."`
	Due   string   `yaml:"due,omitempty" jsonschema:"default=Target date" jsonschema_description:"Name of the date field that holds when it is due."`
}

// RiskSettings say what becomes a risk.
type RiskSettings struct {
	From []string `yaml:"from,omitempty" jsonschema_description:"Issues of repositories: type: and the name of an issue type, as type:Risk, or label: and a label. Such issues are no milestones. Probability, impact and response come from the issue fields that the mapping names."`
}

// DependencySettings say which relations become dependencies.
type DependencySettings struct {
	Off bool `yaml:"off,omitempty" jsonschema_description:"Read no dependencies. Each issue that has some costs a request."`
}

// The words of from.
const (
	fromRepositories = "repositories"
	fromBoards       = "boards"
	fromMilestones   = "milestones"
	fromIterations   = "iterations"
	fromItems        = "items"
	typePrefix       = "type:"
	labelPrefix      = "label:"
)

const (
	maxConcurrency = 32
	defaultURL     = "https://github.com"
	defaultStart   = "Start date"
	defaultDue     = "Target date"
)

// Validate implements connectors.Settings.
func (s *Settings) Validate() error {
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%w: "+format, append([]any{portfolio.ErrInvalid}, args...)...))
	}
	if _, err := s.apiURL(); err != nil {
		bad("%v", err)
	}
	s.Auth.validate(bad)
	if s.Concurrency < 0 || s.Concurrency > maxConcurrency {
		bad("concurrency is %d: from 1 to %d", s.Concurrency, maxConcurrency)
	}
	if s.RequestsPerSecond < 0 {
		bad("requests_per_second is below 0")
	}
	s.validateProjects(bad)
	s.validateMilestones(bad)
	s.validateRisks(bad)
	return errors.Join(problems...)
}

func (a *Auth) validate(bad func(string, ...any)) {
	ways := 0
	for _, given := range []bool{!a.Token.IsZero(), a.File != "", a.App != nil} {
		if given {
			ways++
		}
	}
	switch {
	case ways == 0:
		bad("auth.token is missing: a personal access token; or a file with it, as auth.token_file; or a GitHub App, as auth.app")
	case ways > 1:
		bad("auth.token, auth.token_file and auth.app are three ways to sign in; expected one of them")
	}
	if a.App == nil {
		return
	}
	if a.App.ID == "" {
		bad("auth.app.id is missing: the App ID or client ID, on the page of the app")
	}
	if a.App.Installation <= 0 {
		bad("auth.app.installation is missing: the number at the end of the address of the installation")
	}
	switch given := !a.App.Key.IsZero(); {
	case given && a.App.File != "":
		bad("auth.app.key_file is given beside auth.app.key; expected one of them")
	case !given && a.App.File == "":
		bad("auth.app.key_file is missing: the private key of the app, a PEM file; or auth.app.key")
	}
}

func (s *Settings) validateProjects(bad func(string, ...any)) {
	for _, from := range s.Projects.From {
		if from != fromRepositories && from != fromBoards {
			bad("projects.from has %q: repositories or boards", from)
		}
	}
	for _, name := range s.Projects.Repositories {
		owner, repo, ok := strings.Cut(name, "/")
		if !ok || owner == "" || repo == "" || strings.Contains(owner, "*") || strings.Contains(repo, "/") {
			bad("projects.repositories has %q: owner/name, where * may stand for a part of the name", name)
		}
	}
	for _, name := range s.Projects.Boards {
		if owner, number := splitBoard(name); owner == "" || number == 0 {
			bad("projects.boards has %q: owner/number, as in acme/7", name)
		}
	}
	for _, owner := range s.Owners {
		if owner == "" || strings.ContainsAny(owner, "/* ") {
			bad("owners has %q: the login of an organisation or a user", owner)
		}
	}
	if len(s.Owners) > 0 {
		return
	}
	if s.repositories() && len(s.Projects.Repositories) == 0 || s.boards() && len(s.Projects.Boards) == 0 {
		bad("owners is missing: the logins of the organisations or users to read")
	}
}

func (s *Settings) validateMilestones(bad func(string, ...any)) {
	items, issues := false, false
	for _, from := range s.Milestones.From {
		_, isType := strings.CutPrefix(from, typePrefix)
		_, isLabel := strings.CutPrefix(from, labelPrefix)
		switch {
		case from == fromMilestones || isType || isLabel:
			issues = issues || isType || isLabel
			if !s.repositories() {
				bad("milestones.from has %s, but projects.from leaves out repositories, to which they belong", from)
			}
			if strings.HasSuffix(from, ":") || strings.Contains(from, ",") {
				bad("milestones.from has %q: one name after the colon, without a comma", from)
			}
		case from == fromIterations || from == fromItems:
			items = items || from == fromItems
			if !s.boards() {
				bad("milestones.from has %s, but projects.from leaves out boards, to which they belong", from)
			}
		default:
			bad("milestones.from has %q: milestones, iterations, items, type: and an issue type, or label: and a label", from)
		}
	}
	if items && issues {
		bad("milestones.from has items beside issues of a type or a label: an issue can be a milestone of a board or of its repository, not of both")
	}
}

func (s *Settings) validateRisks(bad func(string, ...any)) {
	for _, from := range s.Risks.From {
		_, isType := strings.CutPrefix(from, typePrefix)
		_, isLabel := strings.CutPrefix(from, labelPrefix)
		switch {
		case !isType && !isLabel || strings.HasSuffix(from, ":") || strings.Contains(from, ","):
			bad("risks.from has %q: type: and an issue type, or label: and a label", from)
		case !s.repositories():
			bad("risks.from has %s, but projects.from leaves out repositories, to which it belongs", from)
		case slices.Contains(s.Milestones.From, from):
			bad("risks.from has %s, which milestones.from has too", from)
		case isType && slices.Contains(s.milestonesFrom(), fromItems):
			bad("risks.from has %s beside items of boards, which do not tell the type of an issue: name a label, as label:risk", from)
		}
	}
}

func (s *Settings) repositories() bool {
	return len(s.Projects.From) == 0 || slices.Contains(s.Projects.From, fromRepositories)
}

func (s *Settings) boards() bool { return slices.Contains(s.Projects.From, fromBoards) }

// milestonesFrom is milestones.from with its default.
func (s *Settings) milestonesFrom() []string {
	if len(s.Milestones.From) > 0 {
		return s.Milestones.From
	}
	var from []string
	if s.repositories() {
		from = append(from, fromMilestones)
	}
	if s.boards() {
		from = append(from, fromIterations, fromItems)
	}
	return from
}

// clauses are the issue types and labels whose issues are read.
func (s *Settings) clauses() []string {
	return append(s.milestoneClauses(), s.Risks.From...)
}

// milestoneClauses are those whose issues are milestones.
func (s *Settings) milestoneClauses() []string {
	return slices.DeleteFunc(slices.Clone(s.Milestones.From), func(f string) bool { return !strings.Contains(f, ":") })
}

// apiURL is where the REST API is, from the address that people use.
func (s *Settings) apiURL() (*url.URL, error) {
	text := s.URL
	if text == "" {
		text = defaultURL
	}
	u, err := url.Parse(strings.TrimSuffix(text, "/"))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("url is not an address that begins with https://")
	case u.User != nil:
		return nil, errors.New("url holds a user or password: put them under auth")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("url has something after the path: give the address of the site only")
	}
	hosted := u.Hostname() == "github.com" || strings.HasSuffix(u.Hostname(), ".ghe.com")
	switch {
	case strings.HasPrefix(u.Host, "api."):
	case hosted:
		u.Host = "api." + strings.TrimPrefix(u.Host, "www.")
	case !strings.HasSuffix(u.Path, "/api/v3"):
		u.Path += "/api/v3"
	}
	u.Path += "/"
	return u, nil
}
