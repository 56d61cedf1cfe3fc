package githubtest

import (
	"encoding/json"
	"time"
)

// Owner is a user or an organisation.
type Owner struct {
	ID           int64
	Login        string
	Name         string
	Email        string
	Organization bool
	Bot          bool
}

// Repository is a repository of an owner.
type Repository struct {
	ID          int64
	Owner       string // login
	Name        string
	Description string
	Topics      []string
	Archived    bool
	Private     bool
	NoIssues    bool           // issues are switched off
	Properties  map[string]any // custom properties: a text or a list of texts
	Created     time.Time
	Updated     time.Time
	Raw         json.RawMessage // told instead of all this
}

// Milestone is a milestone of a repository.
type Milestone struct {
	ID          int64
	Repository  int64
	Number      int
	Title       string
	Description string
	State       string // open unless set
	Due         string // as 2026-05-01
	Creator     string // login
	Open        int    // issues beside those of the model
	Done        int
	Created     time.Time
	Updated     time.Time
	Closed      time.Time
	Raw         json.RawMessage // told instead of all this
}

// Issue is an issue, or a pull request, of a repository.
type Issue struct {
	ID          int64
	Repository  int64
	Number      int
	Title       string
	Body        string
	State       string // open unless set
	Reason      string // why it was closed: completed, not_planned or duplicate
	Type        string
	Labels      []string
	Assignees   []string // logins
	Creator     string
	Milestone   int            // number
	Fields      map[string]any // issue fields of the organisation, by name
	PullRequest bool
	Parent      int64   // the issue of which this is a sub-issue
	BlockedBy   []int64 // issues
	Created     time.Time
	Updated     time.Time
	Closed      time.Time
	Raw         json.RawMessage // told instead of all this, in REST
}

// IssueField is a field that an organisation gave its issues.
type IssueField struct {
	ID   int64
	Name string
	Type string // text, number, date or single_select
}

// Board is a project (ProjectV2) of an owner.
type Board struct {
	ID          int64
	Owner       string
	Number      int
	Title       string
	Description string
	Readme      string
	Closed      time.Time
	Public      bool
	Template    bool
	Creator     string
	Fields      []BoardField
	Created     time.Time
	Updated     time.Time
	Raw         json.RawMessage // told instead of all this
}

// BoardField is a field of a board's items.
type BoardField struct {
	ID         string
	Name       string
	Type       string // TEXT, NUMBER, DATE, SINGLE_SELECT or ITERATION
	Iterations []Iteration
}

// Iteration is a span of time of an iteration field.
type Iteration struct {
	ID        string
	Title     string
	Start     string // as 2026-05-01
	Days      int
	Completed bool
	Raw       json.RawMessage // told instead of all this
}

// Item is a row of a board: an issue, or a draft.
type Item struct {
	ID       int64
	Board    int64
	Issue    int64  // 0: a draft
	Title    string // of a draft
	Body     string
	Archived bool
	Redacted bool           // an issue that the caller may not see
	Values   map[string]any // by name of the field: a text, a number, or the title of an iteration
	Creator  string
	Created  time.Time
	Updated  time.Time
	Raw      json.RawMessage // told instead of all this
}

// StatusUpdate is a report on a board.
type StatusUpdate struct {
	ID      int64
	Board   int64
	Status  string // ON_TRACK, AT_RISK, OFF_TRACK, COMPLETE or INACTIVE
	Body    string
	Start   string
	Target  string
	Creator string
	Created time.Time
	Updated time.Time
}
