package portfolio

import (
	"time"

	"github.com/shopspring/decimal"
)

// Rows are what the snapshot computes: plain structs that hold ids, never
// pointers to other rows, shared by many snapshots and never changed. No row
// holds a count of days up to today; such values are methods of the handle.

// ProjectRow is one unified project: the facts of all its members under the
// mapping and the rules, with people's overrides on top.
type ProjectRow struct {
	ID          string // document id of the primary member
	Name        string
	Key         string
	URL         string
	Description string
	Category    string

	Phase        Phase
	SourceStatus string // the tool's own word
	Presence     Presence
	GoneSince    Date

	DepartmentID string // slug; "" when nobody said
	ManagerID    string // document id of a person
	SponsorID    string
	ParentID     string // document id of the project above

	StartDate Date
	// Target, baseline and forecast are the project's own where its tools have
	// a target date, else those of the milestone that SlipFromID names.
	TargetDate   Date // what is promised now
	BaselineDate Date // what was promised first
	ForecastDate Date // what is expected; the actual date once finished
	FinishedDate Date

	Health HealthView

	// GoLiveID is the next unfinished GO_LIVE milestone, else the last finished one.
	GoLiveID string
	// SlipFromID is the milestone whose slip is the project's: the next
	// go-live, else the latest milestone.
	SlipFromID string
	SlipDays   *int

	PMOID      string
	Priority   string
	Objectives []string // names, as the tool has them
	Labels     []string
	Custom     []Field  // by name, sorted
	Members    []string // document ids of every fact joined here, the primary first
	Redirects  []string // further ids that lead here

	CreatedAt time.Time
	UpdatedAt time.Time // by the tools' clocks
	ChangesOn Date      // the next date at which a value changes by itself
	Rev       int64     // highest revision of the documents behind the row

	// Justification is why the project is done, in people's words.
	Justification string
	BusinessValue, TimeCriticality,
	RiskReduction, JobSize *decimal.Decimal // on the organisation's own scale

	wsjf      *float64   // nil when something of it is missing
	budget    *Money     // field group cost
	costs     *costSheet // field group cost; nil when nothing was recorded
	alignment *alignment // how it serves the leading strategy

	own            ownDates
	milestoneCount int
	goLives        []goLive // unfinished ones with their target dates
	toolPMO        string   // the PMO number without overrides
	departmentName string   // as it was said
	people         []string // names to be looked up among people
	report         report
}

// ownDates are the dates that were said of a project itself; where there are
// none, a milestone's stand for them.
type ownDates struct{ target, baseline, forecast Date }

// MilestoneRow is one milestone.
type MilestoneRow struct {
	ID        string
	Name      string
	Key       string
	URL       string
	Type      string
	ProjectID string // id of the unified project
	ParentID  string
	OwnerID   string

	Kind     MilestoneKind
	KindRule string // what decided Kind: the rule's expression, an override, or "default"

	SourceStatus   string
	StatusCategory StatusCategory
	Presence       Presence
	GoneSince      Date

	StartDate     Date
	TargetDate    Date
	BaselineDate  Date
	BaselineBasis BaselineBasis
	ForecastDate  Date
	FinishedDate  Date

	SlipDays  *int // forecast or actual minus baseline
	SlipCount int  // how often the date moved later
	Health    HealthView
	Work      *WorkDone

	Labels []string
	Custom []Field

	CreatedAt time.Time
	UpdatedAt time.Time
	ChangesOn Date
	Rev       int64

	firstSeen     Date
	observedSince Date // since when the due date is known
	said          *said
}

// said is what few milestones have: a health that a tool or a person told, an
// owner who is known by name only, and what is done if it is missed.
type said struct {
	report      report
	people      []string // names to be looked up among people
	contingency string
}

// Contingency is what is done if the milestone is missed.
func (m *MilestoneRow) Contingency() string {
	if m == nil || m.said == nil {
		return ""
	}
	return m.said.contingency
}

func (m *MilestoneRow) report() report {
	if m == nil || m.said == nil {
		return report{}
	}
	return m.said.report
}

func (m *MilestoneRow) people() []string {
	if m == nil || m.said == nil {
		return nil
	}
	return m.said.people
}

// BaselineBasis says where a baseline comes from.
type BaselineBasis string

// The values of BaselineBasis.
const (
	BaselineTool      BaselineBasis = "TOOL"
	BaselineOverride  BaselineBasis = "OVERRIDE"
	BaselineFirstSeen BaselineBasis = "FIRST_SEEN"
	BaselineNone      BaselineBasis = "NONE"
)

// HealthView is reported and computed health side by side.
type HealthView struct {
	// Overall is the worse of the two that are known.
	Overall    Health
	Reported   Health
	Computed   Health
	ReportedAt Date // when the report was made; zero when the tool does not tell
	// Disagreement is true when both are known and reported is better.
	Disagreement bool
	Reasons      []Reason
}

// Reason explains a computed value or a missing one: a code for programs, a
// sentence for people.
type Reason struct {
	Code    string
	Message string
	// About is the document id of what the reason names, if it names
	// something; a caller who may not see that reads "another project".
	About string
}

// DependencyRow says that the successor cannot finish before the predecessor.
type DependencyRow struct {
	ID          string
	Type        string
	Predecessor EndRow
	Successor   EndRow
	LagDays     int
	// Violated is true when the predecessor's expected date is later than the
	// successor's own; nil when a date is missing.
	Violated  *bool
	CrossTool bool
	Presence  Presence
	Rev       int64

	upstream goLive // the go-live that the predecessor is or has
	// binds is the document id of the milestone or the project that depends
	// on it as a whole; "" when that is a record inside a project.
	binds string
}

// EndRow is one end of a dependency. A stub is a record that is not synced
// itself: it has key and name as the other end tells them, no MilestoneID, and
// a ProjectID only if its project is synced.
type EndRow struct {
	ProjectID   string
	MilestoneID string
	Key         string
	Name        string
}

// RiskRow is one risk: of a project in a tool, or one that people recorded.
type RiskRow struct {
	ID          string // document id; of a recorded one its key, which has no slash
	Title       string
	Description string
	Key         string
	URL         string
	ProjectID   string // id of the unified project
	OwnerID     string
	Category    string
	// Response is what is done about it; "" when its tool does not tell.
	Response RiskResponse
	Plan     string

	SourceStatus   string // the tool's own word
	StatusCategory StatusCategory
	Presence       Presence
	GoneSince      Date

	RaisedDate Date
	DueDate    Date // when something must have been done about it
	ClosedDate Date

	Custom    []Field
	CreatedAt time.Time
	UpdatedAt time.Time
	Rev       int64

	division  string // the department that was said; else it is that of the project
	milestone string // reference to the one that it threatens
	figures   riskFigures
	people    []string // names to be looked up among people
}

// PersonRow is a person's account in a tool.
type PersonRow struct {
	ID         string
	Name       string
	Email      string
	Connection string
	Active     bool
	Presence   Presence
	IdentityID string // empty when nothing is known but the account
	Rev        int64
}

// DepartmentRow is a department: recorded by people, or named by a project.
type DepartmentRow struct {
	ID       string // slug
	Name     string
	ParentID string
	HeadID   string // document id of an account
	// HeadReference is the head as people wrote it.
	HeadReference string
	Recorded      bool  // false when only projects name it
	Rev           int64 // of the document; 0 when it is not recorded
}

// ConnectionRow is one connection to a tool and how its reading goes.
type ConnectionRow struct {
	ID       string
	Name     string
	Type     string
	Instance string
	Account  string
	TimeZone string
	// Removed says that the configuration no longer names it; its facts stay.
	Removed bool

	LastRunNumber  int64
	LastSuccessAt  time.Time
	LastCompleteAt time.Time // end of the last complete pass over all its scopes
	// NextDueAt is when it is read next; zero while it is being read, and when
	// it is read only on request.
	NextDueAt time.Time
	Held      bool
	// Stale is true when the last run failed or is parked.
	Stale       bool
	Quarantined int
	Rev         int64
}
