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

// Goal is a goal, and the gids of what supports it.
type Goal struct {
	GID, Name, Notes string
	Owner            string // User.GID
	Team             string // its name
	Status           string // green, yellow, red, achieved, partial, missed or dropped; none unless set
	StartOn, DueOn   string
	Period           *TimePeriod
	Metric           *Metric
	Supports         []string           // projects and portfolios
	Weights          map[string]float64 // of what supports it, by gid; 0 unless set
	Subgoals         []string

	Raw []byte // sent in place of the record
}

// TimePeriod is a quarter, half or year of the workspace.
type TimePeriod struct {
	Name           string // Q1 FY26
	StartOn, EndOn string
}

// Metric is how far a goal is: from Initial over Current to Target. Of a
// percentage 1 is 100 %.
type Metric struct {
	Unit                     string // none unless set; or currency, percentage
	Currency                 string
	Precision                int
	Initial, Target, Current float64
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
