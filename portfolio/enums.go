package portfolio

// Presence tells whether a tool still shows a record. Nothing is ever erased.
type Presence string

// The values of Presence.
const (
	PresencePresent           Presence = "PRESENT"
	PresenceDeleted           Presence = "DELETED"
	PresenceArchived          Presence = "ARCHIVED"
	PresenceAccessLost        Presence = "ACCESS_LOST"
	PresenceOutOfScope        Presence = "OUT_OF_SCOPE"
	PresenceConnectionRemoved Presence = "CONNECTION_REMOVED"
)

// StatusCategory is what a tool says a status amounts to.
type StatusCategory string

// The values of StatusCategory; empty means the tool does not tell.
const (
	StatusTodo       StatusCategory = "TODO"
	StatusInProgress StatusCategory = "IN_PROGRESS"
	StatusDone       StatusCategory = "DONE"
	StatusCancelled  StatusCategory = "CANCELLED"
)

// Phase is where a project stands in its life.
type Phase string

// The values of Phase.
const (
	PhaseProposed  Phase = "PROPOSED"
	PhasePlanned   Phase = "PLANNED"
	PhaseActive    Phase = "ACTIVE"
	PhaseOnHold    Phase = "ON_HOLD"
	PhaseDone      Phase = "DONE"
	PhaseCancelled Phase = "CANCELLED"
)

// Health is a RAG status.
type Health string

// The values of Health.
const (
	HealthGreen   Health = "GREEN"
	HealthYellow  Health = "YELLOW"
	HealthRed     Health = "RED"
	HealthUnknown Health = "UNKNOWN"
)

// MilestoneKind is how much a milestone matters.
type MilestoneKind string

// The values of MilestoneKind.
const (
	MilestoneStandard MilestoneKind = "STANDARD"
	MilestoneKey      MilestoneKind = "KEY"
	MilestoneGoLive   MilestoneKind = "GO_LIVE"
)

// FieldType is the type of a custom field's value.
type FieldType string

// The values of FieldType.
const (
	FieldText   FieldType = "TEXT"
	FieldNumber FieldType = "NUMBER"
	FieldDate   FieldType = "DATE"
	FieldTime   FieldType = "DATE_TIME"
	FieldBool   FieldType = "BOOLEAN"
	FieldList   FieldType = "LIST"
	FieldUser   FieldType = "USER"
)

// RunState is where a sync run stands.
type RunState string

// The values of RunState.
const (
	RunRunning   RunState = "RUNNING"
	RunParked    RunState = "PARKED"
	RunSucceeded RunState = "SUCCEEDED"
	RunFailed    RunState = "FAILED"
)

// Role is what an API key may do.
type Role string

// The values of Role, weakest first.
const (
	RoleViewer Role = "VIEWER"
	RoleEditor Role = "EDITOR"
	RoleAdmin  Role = "ADMIN"
)
