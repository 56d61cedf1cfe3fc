// Package catalog is the one list of the tools that Plumbline can read.
package catalog

import (
	"plumbline/connectors"
	"plumbline/connectors/asana"
	"plumbline/connectors/azuredevops"
	"plumbline/connectors/github"
	"plumbline/connectors/gitlab"
	"plumbline/connectors/jira"
	"plumbline/connectors/msproject"
	"plumbline/connectors/redmine"
	"plumbline/connectors/singer"
	"plumbline/connectors/spreadsheet"
)

// Tools returns how to make the empty settings of each tool, by the name that
// a connection's type gives. The map is the caller's own.
func Tools() map[string]func() connectors.Settings {
	return map[string]func() connectors.Settings{
		"asana":       func() connectors.Settings { return new(asana.Settings) },
		"azuredevops": func() connectors.Settings { return new(azuredevops.Settings) },
		"github":      func() connectors.Settings { return new(github.Settings) },
		"gitlab":      func() connectors.Settings { return new(gitlab.Settings) },
		"jira":        func() connectors.Settings { return new(jira.Settings) },
		"msproject":   func() connectors.Settings { return new(msproject.Settings) },
		"redmine":     func() connectors.Settings { return new(redmine.Settings) },
		"singer":      func() connectors.Settings { return new(singer.Settings) },
		"spreadsheet": func() connectors.Settings { return new(spreadsheet.Settings) },
	}
}
