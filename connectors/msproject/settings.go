package msproject

import (
	"errors"
	"fmt"
	"slices"

	"plumbline/internal/filesource"
	"plumbline/portfolio"
)

// Settings are the keys of a connection to plans of Microsoft Project.
type Settings struct {
	filesource.Settings `yaml:",inline"`

	Projects     ProjectSettings    `yaml:"projects,omitempty" jsonschema_description:"What becomes a project besides the file."`
	Milestones   MilestoneSettings  `yaml:"milestones,omitempty" jsonschema_description:"What becomes a milestone."`
	Dependencies DependencySettings `yaml:"dependencies,omitempty" jsonschema_description:"Which links become dependencies."`
}

// ProjectSettings say what becomes a project.
type ProjectSettings struct {
	Level int `yaml:"level,omitempty" jsonschema:"minimum=0,maximum=20" jsonschema_description:"Outline level, from 1, whose summary tasks are projects too, below that of the file. By default the file is the only project."`
}

// MilestoneSettings say what becomes a milestone.
type MilestoneSettings struct {
	From []string `yaml:"from,omitempty" jsonschema_description:"Any of milestones (tasks marked as such), summary (summary tasks) and tasks (every task that is neither). Default: milestones."`
}

// DependencySettings say which links become dependencies.
type DependencySettings struct {
	Off bool `yaml:"off,omitempty" jsonschema_description:"Read no dependencies."`
}

// The words of milestones.from.
const (
	fromMilestones = "milestones"
	fromSummary    = "summary"
	fromTasks      = "tasks"
)

// maxLevel is the deepest outline level that may be made projects.
const maxLevel = 20

// Validate implements connectors.Settings.
func (s *Settings) Validate() error {
	problems := []error{s.Settings.Validate()}
	if s.Projects.Level < 0 || s.Projects.Level > maxLevel {
		problems = append(problems, fmt.Errorf("%w: projects.level is %d: from 1 to %d, or 0 for none", portfolio.ErrInvalid, s.Projects.Level, maxLevel))
	}
	for _, from := range s.Milestones.From {
		if from != fromMilestones && from != fromSummary && from != fromTasks {
			problems = append(problems, fmt.Errorf("%w: milestones.from has %q: milestones, summary or tasks", portfolio.ErrInvalid, from))
		}
	}
	return errors.Join(problems...)
}

// takes tells whether a sort of task becomes a milestone.
func (s *Settings) takes(from string) bool {
	if len(s.Milestones.From) == 0 {
		return from == fromMilestones
	}
	return slices.Contains(s.Milestones.From, from)
}
