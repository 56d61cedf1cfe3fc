package portfolio

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// A Kind names a kind of document in the log.
type Kind string

// The kinds of document. Facts are kept with all their versions from the
// first day; operational documents only as they stand now.
const (
	KindProject      Kind = "project"
	KindMilestone    Kind = "milestone"
	KindDependency   Kind = "dependency"
	KindPerson       Kind = "person"
	KindDepartment   Kind = "department"
	KindStatusReport Kind = "statusReport"
	KindRisk         Kind = "risk"
	KindOverride     Kind = "override"
	KindLink         Kind = "link"
	KindQuarantine   Kind = "quarantine"
	KindHold         Kind = "hold"
	KindSite         Kind = "site"
	KindSettings     Kind = "settings"
	KindClock        Kind = "clock"

	KindIdentity        Kind = "identity"
	KindStrategy        Kind = "strategy"
	KindStrategyVersion Kind = "strategyVersion"
	KindObjective       Kind = "objective"
	KindJudgement       Kind = "judgement"
	KindContribution    Kind = "contribution"
	KindKeyResult       Kind = "keyResult"
	KindKPI             Kind = "kpi"
	KindMeasurement     Kind = "measurement"
	KindKPILink         Kind = "kpiLink"
	KindFolder          Kind = "folder"

	KindRecordedRisk     Kind = "recordedRisk"
	KindIssue            Kind = "issue"
	KindAssumption       Kind = "assumption"
	KindDecision         Kind = "decision"
	KindLesson           Kind = "lesson"
	KindSurvey           Kind = "survey"
	KindQuote            Kind = "quote"
	KindQuickWin         Kind = "quickWin"
	KindCycle            Kind = "cycle"
	KindBenefit          Kind = "benefit"
	KindCost             Kind = "cost"
	KindAssignment       Kind = "assignment"
	KindCapacity         Kind = "capacity"
	KindControlException Kind = "controlException"

	KindObservation Kind = "observation"

	KindRun      Kind = "run"
	KindCursor   Kind = "cursor"
	KindPass     Kind = "pass"
	KindAnswer   Kind = "answer"
	KindLastEdit Kind = "lastEdit"
)

// A Document is one whole entry of the log: a pointer to one of the fact or
// operational types of this package. A document that was committed is never
// changed; its next version is another value.
type Document interface {
	Key() Key
}

// A Key identifies a document: its kind and its id within the kind.
type Key struct {
	Kind Kind
	ID   string
}

// String returns kind:id.
func (k Key) String() string { return string(k.Kind) + ":" + k.ID }

// ParseKey reads what Key.String wrote.
func ParseKey(s string) (Key, error) {
	kind, id, ok := strings.Cut(s, ":")
	if !ok || kind == "" || id == "" {
		return Key{}, fmt.Errorf("%w: %q is not a document key of the form kind:id", ErrInvalid, s)
	}
	return Key{Kind(kind), id}, nil
}

// A class says how the log keeps documents of a kind, and who reads them.
type class int8

const (
	// classFact is kept with all its versions; everybody has it in memory.
	classFact class = iota + 1
	// classOperational is bookkeeping of the server, kept as it stands now.
	classOperational
	// classObserved is what was computed at the close of a day. It is written
	// once and read by the range of its days, so Load and AsOf pass over it.
	classObserved
)

// kinds is the one list of document kinds.
var kinds = map[Kind]struct {
	class  class
	schema int
	empty  func() Document
}{
	KindProject:          {classFact, 1, func() Document { return new(ProjectFact) }},
	KindMilestone:        {classFact, 1, func() Document { return new(MilestoneFact) }},
	KindDependency:       {classFact, 1, func() Document { return new(DependencyFact) }},
	KindPerson:           {classFact, 1, func() Document { return new(PersonFact) }},
	KindDepartment:       {classFact, 1, func() Document { return new(DepartmentFact) }},
	KindStatusReport:     {classFact, 1, func() Document { return new(StatusReportFact) }},
	KindRisk:             {classFact, 1, func() Document { return new(RiskFact) }},
	KindOverride:         {classFact, 1, func() Document { return new(Override) }},
	KindLink:             {classFact, 1, func() Document { return new(Link) }},
	KindQuarantine:       {classFact, 1, func() Document { return new(Quarantine) }},
	KindHold:             {classFact, 1, func() Document { return new(Hold) }},
	KindSite:             {classFact, 1, func() Document { return new(Site) }},
	KindSettings:         {classFact, 1, func() Document { return new(Settings) }},
	KindClock:            {classFact, 1, func() Document { return new(Clock) }},
	KindIdentity:         {classFact, 1, func() Document { return new(IdentityFact) }},
	KindStrategy:         {classFact, 1, func() Document { return new(StrategyFact) }},
	KindStrategyVersion:  {classFact, 1, func() Document { return new(StrategyVersionFact) }},
	KindObjective:        {classFact, 1, func() Document { return new(ObjectiveFact) }},
	KindJudgement:        {classFact, 1, func() Document { return new(JudgementFact) }},
	KindContribution:     {classFact, 1, func() Document { return new(ContributionFact) }},
	KindKeyResult:        {classFact, 1, func() Document { return new(KeyResultFact) }},
	KindKPI:              {classFact, 1, func() Document { return new(KPIFact) }},
	KindMeasurement:      {classFact, 1, func() Document { return new(MeasurementFact) }},
	KindKPILink:          {classFact, 1, func() Document { return new(KPILinkFact) }},
	KindFolder:           {classFact, 1, func() Document { return new(FolderFact) }},
	KindRecordedRisk:     {classFact, 1, func() Document { return new(RecordedRiskFact) }},
	KindIssue:            {classFact, 1, func() Document { return new(IssueFact) }},
	KindAssumption:       {classFact, 1, func() Document { return new(AssumptionFact) }},
	KindDecision:         {classFact, 1, func() Document { return new(DecisionFact) }},
	KindLesson:           {classFact, 1, func() Document { return new(LessonFact) }},
	KindSurvey:           {classFact, 1, func() Document { return new(SurveyFact) }},
	KindQuote:            {classFact, 1, func() Document { return new(QuoteFact) }},
	KindQuickWin:         {classFact, 1, func() Document { return new(QuickWinFact) }},
	KindCycle:            {classFact, 1, func() Document { return new(CycleFact) }},
	KindBenefit:          {classFact, 1, func() Document { return new(BenefitFact) }},
	KindCost:             {classFact, 1, func() Document { return new(CostFact) }},
	KindAssignment:       {classFact, 1, func() Document { return new(AssignmentFact) }},
	KindCapacity:         {classFact, 1, func() Document { return new(CapacityFact) }},
	KindControlException: {classFact, 1, func() Document { return new(ControlExceptionFact) }},
	KindObservation:      {classObserved, 1, func() Document { return new(ObservationFact) }},
	KindAnswer:           {classOperational, 1, func() Document { return new(Answer) }},
	KindLastEdit:         {classOperational, 1, func() Document { return new(LastEdit) }},
	KindRun:              {classOperational, 1, func() Document { return new(Run) }},
	KindCursor:           {classOperational, 1, func() Document { return new(SyncCursor) }},
	KindPass:             {classOperational, 1, func() Document { return new(Pass) }},
}

// Kinds lists every kind of document, in no particular order.
func Kinds() []Kind {
	all := make([]Kind, 0, len(kinds))
	for k := range kinds {
		all = append(all, k)
	}
	return all
}

// Operational reports whether documents of the kind are bookkeeping of the
// server (runs, cursors) rather than facts: their old versions need not be
// kept, and commits of nothing else do not move the data revision. That holds
// of what is observed as well, because it follows from facts.
func (k Kind) Operational() bool {
	return kinds[k].class == classOperational || kinds[k].class == classObserved
}

// Observed reports whether documents of the kind are read by the range of
// their days only: loading, and what stood at a revision, pass over them.
func (k Kind) Observed() bool { return kinds[k].class == classObserved }

// Schema is the number of the kind's current document layout.
func (k Kind) Schema() int { return kinds[k].schema }

// NewDocument returns an empty document of the kind to decode into.
func NewDocument(k Kind) (Document, error) {
	info, ok := kinds[k]
	if !ok {
		return nil, fmt.Errorf("%w: unknown kind of document %q; was it written by a newer release?", ErrInvalid, k)
	}
	return info.empty(), nil
}

// A Hash is a SHA-256 digest that chains the commits of a log.
type Hash [32]byte

// String returns the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// A Position is a place in the log: a revision and the hash of its commit,
// which tells a restored or reset database from the one that was read.
type Position struct {
	Revision int64
	Hash     Hash
}

// A Commit is one numbered step of the log: documents that appear together or
// not at all.
type Commit struct {
	Position
	// Data is the last position, this one included, whose commit touched a
	// fact. It is the revision that clients see.
	Data   Position
	At     time.Time // by the store's clock, in UTC
	Author string
	Put    []Document
	Delete []Key
}

// Versioned is a document and the revision at which it was last put.
type Versioned struct {
	Rev int64
	Doc Document
}

// A State is every current document at one position.
type State struct {
	Position
	Data Position
	At   time.Time // of the commit at Position
	Docs []Versioned
}
