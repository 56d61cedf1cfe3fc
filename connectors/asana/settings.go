package asana

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// Settings are the keys of an Asana connection.
type Settings struct {
	URL               string             `yaml:"url,omitempty" jsonschema:"default=https://app.asana.com/api/1.0" jsonschema_description:"Address of the API with its version, when it is reached through a proxy."`
	Workspace         string             `yaml:"workspace,omitempty" jsonschema_description:"Gid or name of the workspace or organization; needed when the account is in several."`
	Auth              Auth               `yaml:"auth" jsonschema:"required" jsonschema_description:"How to sign in."`
	Projects          ProjectSettings    `yaml:"projects,omitempty" jsonschema_description:"Which projects are read; all that the account sees when nothing is named."`
	Portfolios        PortfolioSettings  `yaml:"portfolios,omitempty" jsonschema_description:"Which portfolios group the projects."`
	Milestones        MilestoneSettings  `yaml:"milestones,omitempty" jsonschema_description:"What becomes a milestone."`
	Risks             RiskSettings       `yaml:"risks,omitempty" jsonschema_description:"What becomes a risk; nothing unless it is named."`
	Dependencies      DependencySettings `yaml:"dependencies,omitempty" jsonschema_description:"Whether the dependencies of milestones are read."`
	Goals             GoalSettings       `yaml:"goals,omitempty" jsonschema_description:"Whether goals become objectives with their KPIs."`
	Reports           ReportSettings     `yaml:"reports,omitempty" jsonschema_description:"Whether the status updates of projects are read."`
	Concurrency       int                `yaml:"concurrency,omitempty" jsonschema:"minimum=1,maximum=32,default=8" jsonschema_description:"Requests at once. Asana allows 50 for each token."`
	RequestsPerSecond float64            `yaml:"requests_per_second,omitempty" jsonschema:"minimum=0" jsonschema_description:"Upper bound of the rate of requests; 0 leaves it to Asana. A free domain has 150 a minute, which is 2.5."`
	WebhookSecret     secret.String      `yaml:"webhook_secret,omitempty" jsonschema_description:"The secret that Asana gave to the webhook in its handshake, where it is known already."`
	WebhookSecretFile string             `yaml:"webhook_secret_file,omitempty" jsonschema_description:"File for the webhooks' secrets, one a line. While it is missing or empty, the first handshake is accepted and its secret written there."`
}

// Auth is how to sign in.
type Auth struct {
	Token secret.String `yaml:"token,omitempty" jsonschema:"oneof_required=token" jsonschema_description:"Personal access token, or the token of a service account. Either this or token_file."`
	File  string        `yaml:"token_file,omitempty" jsonschema:"oneof_required=token_file" jsonschema_description:"File whose only line is the token, in place of token. It is read again when it changes, so a new token is used without a restart."`
}

// ProjectSettings say which projects are read. A project that any of the lists
// names is read.
type ProjectSettings struct {
	IDs        []string `yaml:"ids,omitempty" jsonschema_description:"Gids of projects."`
	Teams      []string `yaml:"teams,omitempty" jsonschema_description:"Gids or names of teams whose projects are read."`
	Portfolios []string `yaml:"portfolios,omitempty" jsonschema_description:"Gids of portfolios whose projects are read, also those in portfolios inside them."`
}

// PortfolioSettings say which portfolios group the projects.
type PortfolioSettings struct {
	IDs     []string `yaml:"ids,omitempty" jsonschema_description:"Gids of portfolios. Without them: those that the account owns, or all of the workspace with a service account."`
	Service bool     `yaml:"service_account,omitempty" jsonschema_description:"The token is a service account's, which may list every portfolio of the workspace."`
	Parents bool     `yaml:"parents,omitempty" jsonschema_description:"Make each portfolio a project above those in it. A project in several is below the one that was made first."`
}

// MilestoneSettings say what becomes a milestone.
type MilestoneSettings struct {
	From []string `yaml:"from,omitempty" jsonschema_description:"Any of milestones (the default), approvals, tasks, section: followed by the name of a section, or field: followed by the name or gid of a custom field that is filled in, as in field:Gate, or that has a value, as in field:Gate=Go-live."`
}

// RiskSettings say what becomes a risk.
type RiskSettings struct {
	From []string `yaml:"from,omitempty" jsonschema_description:"section: followed by the name of a section, as in section:Risks, or field: followed by the name or gid of a custom field that is filled in or has a value, as in field:Kind=Risk. Such tasks are no milestones. Probability, impact and response come from the fields that the mapping names."`
}

// DependencySettings say whether dependencies are read.
type DependencySettings struct {
	Off bool `yaml:"off,omitempty" jsonschema_description:"Read no dependencies."`
}

// GoalSettings say whether goals become objectives.
type GoalSettings struct {
	Strategy   string            `yaml:"strategy,omitempty" jsonschema_description:"Key of the strategy whose objectives the goals are. Without it goals stay out of the strategy."`
	Department string            `yaml:"department,omitempty" jsonschema_description:"Key or name of the department that answers for the metrics of goals, which become its KPIs. Without it a metric is a key result alone."`
	Teams      map[string]string `yaml:"teams,omitempty" jsonschema_description:"Gid or name of a team to the key or name of the department that answers for the metrics of its goals, in place of department."`
}

// ReportSettings say whether status updates are read.
type ReportSettings struct {
	Off bool `yaml:"off,omitempty" jsonschema_description:"Read no status updates. A sweep then takes half the requests."`
}

// The words of milestones.from.
const (
	fromMilestones = "milestones"
	fromApprovals  = "approvals"
	fromTasks      = "tasks"
	sectionPrefix  = "section:"
	fieldPrefix    = "field:"
)

const (
	defaultURL     = "https://app.asana.com/api/1.0"
	maxConcurrency = 32
)

func (s *Settings) base() string { return strings.TrimSuffix(cmp.Or(s.URL, defaultURL), "/") }

// Validate implements connectors.Settings.
func (s *Settings) Validate() error {
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%w: "+format, append([]any{portfolio.ErrInvalid}, args...)...))
	}
	switch u, err := url.Parse(s.base()); {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		bad("url is not an address that begins with https://")
	case u.User != nil:
		bad("url holds a user or password: put the token under auth")
	case u.RawQuery != "" || u.Fragment != "":
		bad("url has something after the path: give the address of the API only")
	}
	switch given := !s.Auth.Token.IsZero(); {
	case given && s.Auth.File != "":
		bad("auth.token_file is given beside auth.token; expected one of them")
	case !given && s.Auth.File == "":
		bad("auth.token is missing: a personal access token or a service account's; or a file with it, as auth.token_file")
	}
	if s.Concurrency < 0 || s.Concurrency > maxConcurrency {
		bad("concurrency is %d: from 1 to %d", s.Concurrency, maxConcurrency)
	}
	if s.RequestsPerSecond < 0 {
		bad("requests_per_second is below 0")
	}
	if !s.WebhookSecret.IsZero() && s.WebhookSecretFile != "" {
		bad("webhook_secret_file is given beside webhook_secret; expected one of them")
	}
	for _, list := range []struct {
		name string
		gids []string
	}{{"projects.ids", s.Projects.IDs}, {"projects.portfolios", s.Projects.Portfolios}, {"portfolios.ids", s.Portfolios.IDs}} {
		for _, gid := range list.gids {
			if !isGID(gid) {
				bad("%s has %q: a gid, which is the number in the address of the page", list.name, gid)
			}
		}
	}
	if g := s.Goals; g.Strategy == "" && (g.Department != "" || len(g.Teams) > 0) {
		bad("goals.strategy is missing: the key of the strategy whose objectives the goals are")
	}
	for team, department := range s.Goals.Teams {
		if strings.TrimSpace(team) == "" || strings.TrimSpace(department) == "" {
			bad("goals.teams has an empty name: from a team to its department")
		}
	}
	if slices.Contains(s.Projects.Teams, "") {
		bad("projects.teams has an empty name")
	}
	for _, from := range s.Milestones.From {
		if _, err := parseRule(from); err != nil {
			bad("%w", err)
		}
	}
	for _, from := range s.Risks.From {
		if r, err := parseRule(from); err != nil || r.section == "" && r.field == "" {
			bad("risks.from has %q: section: and a name, or field: and a name", from)
		}
	}
	return errors.Join(problems...)
}

// isGID tells whether a text is a gid: digits, and nothing that could lead a
// path elsewhere.
func isGID(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// milestonesFrom is milestones.from with its default.
func (s *Settings) milestonesFrom() []string {
	if len(s.Milestones.From) == 0 {
		return []string{fromMilestones}
	}
	return s.Milestones.From
}

// A rule says which tasks are milestones, or risks.
type rule struct {
	risk    bool
	subtype string // of the task; empty is any
	section string // lower case
	field   string // name or gid of a custom field, lower case
	value   string // that it has, lower case; empty is any
}

func parseRule(text string) (rule, error) {
	switch text {
	case fromMilestones:
		return rule{subtype: subtypeMilestone}, nil
	case fromApprovals:
		return rule{subtype: subtypeApproval}, nil
	case fromTasks:
		return rule{}, nil
	}
	if name, ok := strings.CutPrefix(text, sectionPrefix); ok && strings.TrimSpace(name) != "" {
		return rule{section: folded(name)}, nil
	}
	if name, ok := strings.CutPrefix(text, fieldPrefix); ok {
		name, value, hasValue := strings.Cut(name, "=")
		if strings.TrimSpace(name) != "" && (!hasValue || strings.TrimSpace(value) != "") {
			return rule{field: folded(name), value: folded(value)}, nil
		}
	}
	return rule{}, fmt.Errorf("milestones.from has %q: milestones, approvals, tasks, section: and a name, or field: and a name", text)
}

func folded(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// rules are those of milestones.from and risks.from, which are valid.
func (s *Settings) rules() []rule {
	var list []rule
	for _, from := range s.milestonesFrom() {
		if r, err := parseRule(from); err == nil {
			list = append(list, r)
		}
	}
	for _, from := range s.Risks.From {
		if r, err := parseRule(from); err == nil {
			r.risk = true
			list = append(list, r)
		}
	}
	return list
}
