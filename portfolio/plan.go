package portfolio

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // replicas on different machines must agree on every zone
)

// A plan is the settings made ready for use: rules compiled, mappings and
// thresholds by name. What is wrong in the settings is left out and named in
// problems, because a log that was written with them must still be served.
type plan struct {
	settings *Settings
	// configured tells a settings document from the absence of one: without
	// it no connection counts as removed.
	configured  bool
	zone        *time.Location
	connections map[string]*connectionPlan
	rules       ruleSet
	joins       []string
	precedence  map[string][]string // ids of connections by field
	statuses    map[string]Phase
	thresholds  thresholds
	maxAge      int
	rates       rates
	calendar    calendar
	problems    []error
	// reasons are lists that many rows share; they only save memory and time.
	reasons slipReasons
}

// A connectionPlan is what views need to know of one connection.
type connectionPlan struct {
	ConnectionSettings
	rank   int // place in the settings
	byTo   map[string]*FieldMapping
	values map[*FieldMapping]map[string]string // by lower-cased value of the tool
}

// Defaults of computed and reported health.
const (
	DefaultGreenSlip    = 0.05
	DefaultRedSlip      = 0.15
	DefaultGreenSPI     = 0.95
	DefaultRedSPI       = 0.85
	DefaultRedCost      = 0.10
	DefaultReportMaxAge = 14 // days
)

func newPlan(s *Settings) *plan {
	p := &plan{
		settings:    s,
		configured:  s != nil,
		zone:        time.UTC,
		connections: map[string]*connectionPlan{},
		statuses:    map[string]Phase{},
		maxAge:      DefaultReportMaxAge,
	}
	p.calendar, _ = newCalendar(nil)
	if s == nil {
		p.settings = &Settings{TimeZone: "UTC"}
		return p
	}
	if zone, err := loadZone(s.TimeZone); err != nil {
		p.problems = append(p.problems, err)
	} else {
		p.zone = zone
	}
	for i, c := range s.Connections {
		if _, twice := p.connections[c.ID]; twice {
			p.problems = append(p.problems, fmt.Errorf("connection %q is listed twice", c.ID))
			continue
		}
		p.connections[c.ID] = newConnectionPlan(c, i)
	}
	rules, problems := compileRules(s.Rules)
	p.rules = rules
	p.problems = append(p.problems, problems...)
	for _, j := range s.Joins {
		if !joinable(j.By) {
			p.problems = append(p.problems, joinProblem(j))
			continue
		}
		p.joins = append(p.joins, j.By)
	}
	p.precedence, problems = newPrecedence(s)
	p.problems = append(p.problems, problems...)
	for _, m := range s.Statuses {
		p.statuses[strings.ToLower(m.Status)] = m.Phase
	}
	p.thresholds = newThresholds(s.Health)
	p.rates, problems = newRates(s)
	p.problems = append(p.problems, problems...)
	p.calendar, problems = newCalendar(s.Calendar)
	p.problems = append(p.problems, problems...)
	if s.ReportMaxAge > 0 {
		p.maxAge = s.ReportMaxAge
	}
	return p
}

func newConnectionPlan(c ConnectionSettings, rank int) *connectionPlan {
	plan := &connectionPlan{
		ConnectionSettings: c,
		rank:               rank,
		byTo:               map[string]*FieldMapping{},
		values:             map[*FieldMapping]map[string]string{},
	}
	for i := range plan.Fields {
		mapping := &plan.Fields[i]
		if _, taken := plan.byTo[mapping.To]; !taken {
			plan.byTo[mapping.To] = mapping
		}
		if len(mapping.Values) > 0 {
			values := make(map[string]string, len(mapping.Values))
			for _, v := range mapping.Values {
				values[strings.ToLower(v.From)] = v.To
			}
			plan.values[mapping] = values
		}
	}
	return plan
}

func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("timeZone: %q is not a time zone; name one like Europe/Berlin", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("timeZone: %q is not a time zone; name one like Europe/Berlin", name)
	}
	return zone, nil
}

// connection returns the plan of a connection, nil when the settings do not
// name it.
func (p *plan) connection(id string) *connectionPlan { return p.connections[id] }

// rank orders connections as the settings do, unknown ones last.
func (p *plan) rank(id string) int {
	if c := p.connections[id]; c != nil {
		return c.rank
	}
	return len(p.settings.Connections)
}

// presence is what a record's presence amounts to: the facts of a connection
// that the configuration no longer names stay, marked.
func (p *plan) presence(s *Source) Presence {
	if s.Presence != "" && s.Presence != PresencePresent {
		return s.Presence
	}
	if p.configured && p.connections[s.Connection] == nil {
		return PresenceConnectionRemoved
	}
	return PresencePresent
}

// thresholds are the limits of computed health by kind of milestone.
type thresholds map[MilestoneKind]HealthThresholds

func newThresholds(list []HealthThresholds) thresholds {
	t := thresholds{}
	for _, h := range list {
		t[h.Kind] = h
	}
	return t
}

// limits returns the thresholds of a kind of milestone; what is not set for
// the kind comes from the kind "", and else from the defaults.
func (t thresholds) limits(kind MilestoneKind) HealthThresholds {
	limits := t[kind]
	for _, other := range []HealthThresholds{t[""], defaultLimits} {
		fillLimit(&limits.GreenSlip, other.GreenSlip)
		fillLimit(&limits.RedSlip, other.RedSlip)
		fillLimit(&limits.GreenSPI, other.GreenSPI)
		fillLimit(&limits.RedSPI, other.RedSPI)
		fillLimit(&limits.RedCost, other.RedCost)
	}
	return limits
}

var defaultLimits = HealthThresholds{
	GreenSlip: DefaultGreenSlip, RedSlip: DefaultRedSlip, GreenSPI: DefaultGreenSPI, RedSPI: DefaultRedSPI, RedCost: DefaultRedCost,
}

func fillLimit(limit *float64, otherwise float64) {
	if *limit == 0 {
		*limit = otherwise
	}
}

// lastYear is the last one that RFC 3339 can write.
const lastYear = 9999

// day returns the civil date of an instant in the organisation's time zone;
// none when the zone moves it past the last year that can be written.
func (p *plan) day(t time.Time) Date {
	local := t.In(p.zone)
	if t.IsZero() || local.Year() > lastYear {
		return Date{}
	}
	return DateOf(local)
}
