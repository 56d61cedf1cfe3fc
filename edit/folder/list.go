package folder

import (
	"reflect"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// A list is one kind of entry that files may hold. What its members are is
// read from the fact's own JSON names, so that no field can be forgotten.
type list struct {
	name string
	kind portfolio.Kind
	// file is where Write puts it.
	file    string
	members []member
	// referred tells that entries of other lists name those of this one.
	referred bool
	// overrides tells that an entry is not one document but one for each of
	// its members: what people say over the tools.
	overrides bool
}

// A member is one value of an entry.
type member struct {
	name  string
	index []int        // of the fact's field; nil in a list of overrides
	typ   reflect.Type // of that field
	// needed tells that an entry must have it.
	needed bool
}

// Where Write puts the lists.
const (
	organisationFile  = "organisation.yaml"
	strategyFile      = "strategy.yaml"
	kpisFile          = "kpis.yaml"
	projectsFile      = "projects.yaml"
	cyclesFile        = "cycles.yaml"
	decisionsFile     = "decisions.yaml"
	contributionsFile = "contributions.csv"
	measurementsFile  = "measurements.csv"
	costsFile         = "costs.csv"
	risksFile         = "risks.yaml"
	workFile          = "work.yaml"
)

// lists are all there are, in the order in which they are written.
var lists = []*list{
	{name: "departments", kind: portfolio.KindDepartment, file: organisationFile, referred: true},
	{name: "people", kind: portfolio.KindIdentity, file: organisationFile},
	{name: "strategies", kind: portfolio.KindStrategy, file: strategyFile, referred: true},
	{name: "strategyVersions", kind: portfolio.KindStrategyVersion, file: strategyFile, referred: true},
	{name: "objectives", kind: portfolio.KindObjective, file: strategyFile, referred: true},
	{name: "judgements", kind: portfolio.KindJudgement, file: strategyFile},
	{name: "keyResults", kind: portfolio.KindKeyResult, file: strategyFile},
	{name: "kpis", kind: portfolio.KindKPI, file: kpisFile, referred: true},
	{name: "kpiLinks", kind: portfolio.KindKPILink, file: kpisFile},
	{name: "projects", kind: portfolio.KindOverride, file: projectsFile, overrides: true, members: said(
		portfolio.KindProject, text("name", "department", "sponsor", "manager", "phase", "priority"), []member{{name: "budget", typ: amountType}},
		text("justification", "pmoId"), []member{{name: "objectives", typ: listType}}, dates("start", "due", "baseline", "forecast", "finished"),
		text("health"), numbers("businessValue", "timeCriticality", "riskReduction", "jobSize"),
	)},
	{name: "milestones", kind: portfolio.KindOverride, file: projectsFile, overrides: true, members: said(
		portfolio.KindMilestone, text("name", "kind"), dates("baseline"), text("contingency", "owner"),
		dates("start", "due", "forecast", "finished"), text("health"),
	)},
	{name: "links", kind: portfolio.KindLink, file: projectsFile},
	{name: "cycles", kind: portfolio.KindCycle, file: cyclesFile},
	{name: "quotes", kind: portfolio.KindQuote, file: cyclesFile, referred: true},
	{name: "quickWins", kind: portfolio.KindQuickWin, file: cyclesFile},
	{name: "surveys", kind: portfolio.KindSurvey, file: cyclesFile},
	{name: "benefits", kind: portfolio.KindBenefit, file: cyclesFile},
	{name: "decisions", kind: portfolio.KindDecision, file: decisionsFile},
	{name: "lessons", kind: portfolio.KindLesson, file: decisionsFile},
	{name: "contributions", kind: portfolio.KindContribution, file: contributionsFile},
	{name: "measurements", kind: portfolio.KindMeasurement, file: measurementsFile},
	{name: "costs", kind: portfolio.KindCost, file: costsFile},
	{name: "risks", kind: portfolio.KindRecordedRisk, file: risksFile, referred: true},
	{name: "issues", kind: portfolio.KindIssue, file: risksFile},
	{name: "assumptions", kind: portfolio.KindAssumption, file: risksFile},
	{name: "assignments", kind: portfolio.KindAssignment, file: workFile},
	{name: "capacities", kind: portfolio.KindCapacity, file: workFile},
	{name: "controlExceptions", kind: portfolio.KindControlException, file: workFile},
}

func init() {
	for _, l := range lists {
		if l.overrides {
			continue
		}
		doc, err := portfolio.NewDocument(l.kind)
		if err != nil {
			panic(err) // the list above is wrong
		}
		l.members = membersOf(reflect.TypeOf(doc).Elem())
	}
}

// The types of members that are not fields of a fact.
var (
	textType   = reflect.TypeFor[string]()
	dateType   = reflect.TypeFor[portfolio.Date]()
	numberType = reflect.TypeFor[decimal.Decimal]()
	amountType = reflect.TypeFor[portfolio.Money]()
	listType   = reflect.TypeFor[[]string]()
	fieldsType = reflect.TypeFor[[]portfolio.Field]()
)

// said are the members of a list of overrides: what is addressed, the fields
// that the portfolio knows, all others, and why.
func said(kind portfolio.Kind, fields ...[]member) []member {
	all := []member{{name: string(kind), typ: textType, needed: true}}
	for _, some := range fields {
		all = append(all, some...)
	}
	return append(all, member{name: fieldsMember, typ: fieldsType}, member{name: reasonMember, typ: textType})
}

// fieldsMember holds what an entry says of fields that the portfolio does not
// know, reasonMember why all of it is so.
const (
	fieldsMember = "fields"
	reasonMember = "reason"
)

func text(names ...string) []member    { return typed(textType, names) }
func dates(names ...string) []member   { return typed(dateType, names) }
func numbers(names ...string) []member { return typed(numberType, names) }

func typed(t reflect.Type, names []string) []member {
	all := make([]member, len(names))
	for i, name := range names {
		all[i] = member{name: name, typ: t}
	}
	return all
}

// membersOf reads the members of a fact from its fields, without who recorded
// it and when.
func membersOf(t reflect.Type) []member {
	var all []member
	for i := range t.NumField() {
		field := t.Field(i)
		if field.Type == reflect.TypeFor[portfolio.Authored]() {
			continue
		}
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		all = append(all, member{
			name: name, index: field.Index, typ: field.Type,
			needed: !strings.Contains(options, "omitempty") && field.Type.Kind() != reflect.Pointer,
		})
	}
	return all
}

// listNamed returns the list of a name; nil when there is none.
func listNamed(name string) *list {
	i := slices.IndexFunc(lists, func(l *list) bool { return l.name == name })
	if i < 0 {
		return nil
	}
	return lists[i]
}

// Lists are the names of all lists, in the order in which they are written.
func Lists() []string {
	names := make([]string, len(lists))
	for i, l := range lists {
		names[i] = l.name
	}
	return names
}

// member returns the member of a name.
func (l *list) member(name string) (member, bool) {
	i := slices.IndexFunc(l.members, func(m member) bool { return m.name == name })
	if i < 0 {
		return member{}, false
	}
	return l.members[i], true
}

func (l *list) names() []string {
	names := make([]string, len(l.members))
	for i, m := range l.members {
		names[i] = m.name
	}
	return names
}

// within turns the path of an error within a change into one within the entry:
// an override is of one field of what the first member names.
func (l *list) within(path []string) []string {
	if !l.overrides || len(path) == 0 {
		return path
	}
	depth := 1
	if path[0] == fieldsMember {
		depth = 2
	}
	if last := path[len(path)-1]; len(path) > depth && (last == l.members[0].name || last == reasonMember) {
		return []string{last}
	}
	return path[:min(depth, len(path))]
}

// flat reports whether a cell of a table can hold the member.
func (m member) flat() bool {
	return m.typ.Kind() != reflect.Slice || m.typ.Elem() == textType
}

// tabular reports whether the list may be a CSV file.
func (l *list) tabular() bool {
	return !slices.ContainsFunc(l.members, func(m member) bool { return m.needed && !m.flat() })
}
