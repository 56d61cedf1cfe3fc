package asanatest

import "time"

// User is a person.
type User struct {
	GID, Name, Email string
}

// CustomField is the definition of a custom field.
type CustomField struct {
	GID, Name string
	Type      string // text, number, enum, multi_enum, date or people
}

// Project is a project. Its GID and times are made up unless set.
type Project struct {
	GID, Name, Notes string
	Owner            string // User.GID
	Team             string // its name
	StartOn, DueOn   string
	Archived         bool
	Completed        time.Time // zero: it goes on
	// Custom are values by CustomField.GID: a string, a float64, a list of
	// strings, or for people their gids.
	Custom            map[string]any
	Created, Modified time.Time

	Raw []byte // sent in place of the record
}

// Task is a task. Its GID and times are made up unless set.
type Task struct {
	GID, Name      string
	Subtype        string // default_task unless set; or milestone, approval
	Assignee       string // User.GID
	StartOn, DueOn string
	Completed      time.Time
	Approval       string // of an approval: pending, approved, ...
	Projects       []string
	Sections       map[string]string // names by project
	Tags           []string
	Custom         map[string]any // as of a project
	DependsOn      []string       // gids of tasks
	Created        time.Time
	Modified       time.Time

	Raw []byte // sent in place of the record
}

// Status is a status update of a project.
type Status struct {
	GID, Project      string
	Type              string // on_track, at_risk, ...
	Title, Text       string
	Author            string // User.GID
	Created, Modified time.Time
}

// Goal is a goal, and the gids of the projects and portfolios that support it.
type Goal struct {
	GID, Name string
	Supports  []string
}

// Portfolio is a portfolio of projects and other portfolios.
type Portfolio struct {
	GID, Name      string
	Owner          string // User.GID
	StartOn, DueOn string
	Archived       bool
	Items          []string // gids
	Created        time.Time
}
