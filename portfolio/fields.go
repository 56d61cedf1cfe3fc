package portfolio

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// A rowField is one value of a row, as a diff names it. Hidden ones are what
// the snapshot itself needs: they decide whether a row is another one, but no
// reader hears of them.
type rowField[R any] struct {
	name   string
	hidden bool
	equal  func(a, b *R) bool
	// text is the value of a plain field as readers see it, of others nil.
	// Fields that are equal have equal texts.
	text func(*R) string
}

func field[R any, T comparable](name string, of func(*R) T) rowField[R] {
	return rowField[R]{name: name, equal: func(a, b *R) bool { return of(a) == of(b) }, text: plainText(of)}
}

// edge compares ids of other things. They are not told as texts: the caller may
// not see what they lead to.
func edge[R any](name string, of func(*R) string) rowField[R] {
	return rowField[R]{name: name, equal: func(a, b *R) bool { return of(a) == of(b) }}
}

func list[R any](name string, of func(*R) []string) rowField[R] {
	return rowField[R]{name: name, equal: func(a, b *R) bool { return slices.Equal(of(a), of(b)) }}
}

func custom[R any](of func(*R) []Field) rowField[R] {
	return rowField[R]{name: "custom", equal: func(a, b *R) bool { return equalFields(of(a), of(b)) }}
}

func instant[R any](name string, of func(*R) time.Time) rowField[R] {
	return rowField[R]{
		name: name, equal: func(a, b *R) bool { return of(a).Equal(of(b)) },
		text: func(r *R) string { return instantText(of(r)) },
	}
}

// optional compares what pointers lead to.
func optional[R any, T comparable](name string, of func(*R) *T) rowField[R] {
	return rowField[R]{
		name: name,
		equal: func(a, b *R) bool {
			x, y := of(a), of(b)
			return x == y || (x != nil && y != nil && *x == *y)
		},
		text: plainText(of),
	}
}

func hidden[R any](f rowField[R]) rowField[R] {
	f.hidden = true
	return f
}

func equalRows[R any](fields []rowField[R], a, b *R) bool {
	for i := range fields {
		if !fields[i].equal(a, b) {
			return false
		}
	}
	return true
}

// fieldNames makes lists of names. Rows that change together mostly differ in
// the same fields, so a list that equals the one before is that one.
type fieldNames struct{ next, last []string }

// changedFields names the fields in which two versions of a row differ. The
// caller must not change the list.
func changedFields[R any](fields []rowField[R], a, b *R, names *fieldNames) []string {
	names.next = names.next[:0]
	for i := range fields {
		if !fields[i].hidden && !fields[i].equal(a, b) {
			names.next = append(names.next, fields[i].name)
		}
	}
	if len(names.next) == 0 {
		return nil
	}
	if !slices.Equal(names.next, names.last) {
		names.last = slices.Clone(names.next)
	}
	return names.last
}

func equalFields(a, b []Field) bool { return slices.EqualFunc(a, b, equalField) }

func equalField(a, b Field) bool {
	return a.ID == b.ID && a.Name == b.Name && a.Type == b.Type && a.Text == b.Text && a.Number == b.Number &&
		a.Date == b.Date && a.Time.Equal(b.Time) && a.Bool == b.Bool && slices.Equal(a.List, b.List)
}

func equalMoney(a, b *Money) bool {
	return a == b || (a != nil && b != nil && a.Currency == b.Currency && a.Amount.Equal(b.Amount))
}

// In each list the revision comes first: most rows that differ differ in it.

var projectFields = []rowField[ProjectRow]{
	hidden(field("rev", func(p *ProjectRow) int64 { return p.Rev })),
	field("name", func(p *ProjectRow) string { return p.Name }),
	field("key", func(p *ProjectRow) string { return p.Key }),
	field("url", func(p *ProjectRow) string { return p.URL }),
	field("description", func(p *ProjectRow) string { return p.Description }),
	field("category", func(p *ProjectRow) string { return p.Category }),
	field("phase", func(p *ProjectRow) Phase { return p.Phase }),
	field("sourceStatus", func(p *ProjectRow) string { return p.SourceStatus }),
	field("presence", func(p *ProjectRow) Presence { return p.Presence }),
	field("goneSince", func(p *ProjectRow) Date { return p.GoneSince }),
	edge("department", func(p *ProjectRow) string { return p.DepartmentID }),
	edge("manager", func(p *ProjectRow) string { return p.ManagerID }),
	edge("sponsor", func(p *ProjectRow) string { return p.SponsorID }),
	edge("parent", func(p *ProjectRow) string { return p.ParentID }),
	field("startDate", func(p *ProjectRow) Date { return p.StartDate }),
	field("targetDate", func(p *ProjectRow) Date { return p.TargetDate }),
	field("baselineDate", func(p *ProjectRow) Date { return p.BaselineDate }),
	field("forecastDate", func(p *ProjectRow) Date { return p.ForecastDate }),
	field("finishedDate", func(p *ProjectRow) Date { return p.FinishedDate }),
	field("health.overall", func(p *ProjectRow) Health { return p.Health.Overall }),
	field("health.reported", func(p *ProjectRow) Health { return p.Health.Reported }),
	field("health.computed", func(p *ProjectRow) Health { return p.Health.Computed }),
	field("health.reportedAt", func(p *ProjectRow) Date { return p.Health.ReportedAt }),
	field("health.disagreement", func(p *ProjectRow) bool { return p.Health.Disagreement }),
	{name: "health.reasons", equal: func(a, b *ProjectRow) bool { return slices.Equal(a.Health.Reasons, b.Health.Reasons) }},
	edge("goLive", func(p *ProjectRow) string { return p.GoLiveID }),
	edge("slipFrom", func(p *ProjectRow) string { return p.SlipFromID }),
	optional("slipDays", func(p *ProjectRow) *int { return p.SlipDays }),
	field("pmoId", func(p *ProjectRow) string { return p.PMOID }),
	field("priority", func(p *ProjectRow) string { return p.Priority }),
	list("objectives", func(p *ProjectRow) []string { return p.Objectives }),
	list("labels", func(p *ProjectRow) []string { return p.Labels }),
	custom(func(p *ProjectRow) []Field { return p.Custom }),
	list("members", func(p *ProjectRow) []string { return p.Members }),
	list("redirects", func(p *ProjectRow) []string { return p.Redirects }),
	instant("createdAt", func(p *ProjectRow) time.Time { return p.CreatedAt }),
	instant("updatedAt", func(p *ProjectRow) time.Time { return p.UpdatedAt }),
	field("justification", func(p *ProjectRow) string { return p.Justification }),
	amount("businessValue", func(p *ProjectRow) *decimal.Decimal { return p.BusinessValue }),
	amount("timeCriticality", func(p *ProjectRow) *decimal.Decimal { return p.TimeCriticality }),
	amount("riskReduction", func(p *ProjectRow) *decimal.Decimal { return p.RiskReduction }),
	amount("jobSize", func(p *ProjectRow) *decimal.Decimal { return p.JobSize }),
	optional("wsjf", func(p *ProjectRow) *float64 { return p.wsjf }),
	{
		name: "budget", equal: func(a, b *ProjectRow) bool { return equalMoney(a.budget, b.budget) },
		text: func(p *ProjectRow) string { return moneyText(p.budget) },
	},
	{name: "costs", equal: func(a, b *ProjectRow) bool { return sameSheet(a.costs, b.costs) }},
	{name: "alignment.score", equal: func(a, b *ProjectRow) bool { return equalScores(scoreOf(a), scoreOf(b)) }},
	{name: "alignment.contributions", equal: func(a, b *ProjectRow) bool { return slices.Equal(partsOf(a), partsOf(b)) }},
	{name: "alignment.flags", equal: func(a, b *ProjectRow) bool { return slices.Equal(localFlagsOf(a), localFlagsOf(b)) }},
	hidden(rowField[ProjectRow]{name: "alignment", equal: func(a, b *ProjectRow) bool { return equalAlignment(a.alignment, b.alignment) }}),
	hidden(field("id", func(p *ProjectRow) string { return p.ID })),
	hidden(field("changesOn", func(p *ProjectRow) Date { return p.ChangesOn })),
	hidden(field("milestoneCount", func(p *ProjectRow) int { return p.milestoneCount })),
	hidden(field("own", func(p *ProjectRow) ownDates { return p.own })),
	hidden(rowField[ProjectRow]{name: "goLives", equal: func(a, b *ProjectRow) bool { return slices.Equal(a.goLives, b.goLives) }}),
	hidden(field("toolPMO", func(p *ProjectRow) string { return p.toolPMO })),
	hidden(field("departmentName", func(p *ProjectRow) string { return p.departmentName })),
	hidden(list("people", func(p *ProjectRow) []string { return p.people })),
	hidden(field("report", func(p *ProjectRow) report { return p.report })),
}

var milestoneFields = []rowField[MilestoneRow]{
	hidden(field("rev", func(m *MilestoneRow) int64 { return m.Rev })),
	field("name", func(m *MilestoneRow) string { return m.Name }),
	field("key", func(m *MilestoneRow) string { return m.Key }),
	field("url", func(m *MilestoneRow) string { return m.URL }),
	field("type", func(m *MilestoneRow) string { return m.Type }),
	edge("project", func(m *MilestoneRow) string { return m.ProjectID }),
	edge("parent", func(m *MilestoneRow) string { return m.ParentID }),
	field("contingency", (*MilestoneRow).Contingency),
	edge("owner", func(m *MilestoneRow) string { return m.OwnerID }),
	field("kind", func(m *MilestoneRow) MilestoneKind { return m.Kind }),
	field("kindRule", func(m *MilestoneRow) string { return m.KindRule }),
	field("sourceStatus", func(m *MilestoneRow) string { return m.SourceStatus }),
	field("statusCategory", func(m *MilestoneRow) StatusCategory { return m.StatusCategory }),
	field("presence", func(m *MilestoneRow) Presence { return m.Presence }),
	field("goneSince", func(m *MilestoneRow) Date { return m.GoneSince }),
	field("startDate", func(m *MilestoneRow) Date { return m.StartDate }),
	field("targetDate", func(m *MilestoneRow) Date { return m.TargetDate }),
	field("baselineDate", func(m *MilestoneRow) Date { return m.BaselineDate }),
	field("baselineBasis", func(m *MilestoneRow) BaselineBasis { return m.BaselineBasis }),
	field("forecastDate", func(m *MilestoneRow) Date { return m.ForecastDate }),
	field("finishedDate", func(m *MilestoneRow) Date { return m.FinishedDate }),
	optional("slipDays", func(m *MilestoneRow) *int { return m.SlipDays }),
	field("slipCount", func(m *MilestoneRow) int { return m.SlipCount }),
	field("health.overall", func(m *MilestoneRow) Health { return m.Health.Overall }),
	field("health.reported", func(m *MilestoneRow) Health { return m.Health.Reported }),
	field("health.computed", func(m *MilestoneRow) Health { return m.Health.Computed }),
	field("health.reportedAt", func(m *MilestoneRow) Date { return m.Health.ReportedAt }),
	field("health.disagreement", func(m *MilestoneRow) bool { return m.Health.Disagreement }),
	{name: "health.reasons", equal: func(a, b *MilestoneRow) bool { return slices.Equal(a.Health.Reasons, b.Health.Reasons) }},
	optional("work", func(m *MilestoneRow) *WorkDone { return m.Work }),
	list("labels", func(m *MilestoneRow) []string { return m.Labels }),
	custom(func(m *MilestoneRow) []Field { return m.Custom }),
	instant("createdAt", func(m *MilestoneRow) time.Time { return m.CreatedAt }),
	instant("updatedAt", func(m *MilestoneRow) time.Time { return m.UpdatedAt }),
	hidden(field("id", func(m *MilestoneRow) string { return m.ID })),
	hidden(field("changesOn", func(m *MilestoneRow) Date { return m.ChangesOn })),
	hidden(field("firstSeen", func(m *MilestoneRow) Date { return m.firstSeen })),
	hidden(field("observedSince", func(m *MilestoneRow) Date { return m.observedSince })),
	hidden(list("people", func(m *MilestoneRow) []string { return m.people() })),
	hidden(field("report", func(m *MilestoneRow) report { return m.report() })),
}

var dependencyFields = []rowField[DependencyRow]{
	hidden(field("rev", func(d *DependencyRow) int64 { return d.Rev })),
	field("type", func(d *DependencyRow) string { return d.Type }),
	field("predecessor", func(d *DependencyRow) EndRow { return d.Predecessor }),
	field("successor", func(d *DependencyRow) EndRow { return d.Successor }),
	field("lagDays", func(d *DependencyRow) int { return d.LagDays }),
	optional("violated", func(d *DependencyRow) *bool { return d.Violated }),
	field("crossTool", func(d *DependencyRow) bool { return d.CrossTool }),
	field("presence", func(d *DependencyRow) Presence { return d.Presence }),
	hidden(field("id", func(d *DependencyRow) string { return d.ID })),
	hidden(field("upstream", func(d *DependencyRow) goLive { return d.upstream })),
	hidden(field("binds", func(d *DependencyRow) string { return d.binds })),
}

var riskFields = []rowField[RiskRow]{
	hidden(field("rev", func(r *RiskRow) int64 { return r.Rev })),
	field("title", func(r *RiskRow) string { return r.Title }),
	field("description", func(r *RiskRow) string { return r.Description }),
	field("key", func(r *RiskRow) string { return r.Key }),
	field("url", func(r *RiskRow) string { return r.URL }),
	field("project", func(r *RiskRow) string { return r.ProjectID }),
	field("department", func(r *RiskRow) string { return r.division }),
	field("milestone", func(r *RiskRow) string { return r.milestone }),
	field("owner", func(r *RiskRow) string { return r.OwnerID }),
	field("category", func(r *RiskRow) string { return r.Category }),
	field("response", func(r *RiskRow) RiskResponse { return r.Response }),
	field("plan", func(r *RiskRow) string { return r.Plan }),
	{name: "probability", equal: func(a, b *RiskRow) bool { return equalDecimal(a.figures.probability, b.figures.probability) }},
	{name: "impact", equal: func(a, b *RiskRow) bool { return equalMoney(a.figures.impact, b.figures.impact) }},
	{name: "residualProbability", equal: func(a, b *RiskRow) bool {
		return equalDecimal(a.figures.residualProbability, b.figures.residualProbability)
	}},
	{name: "residualImpact", equal: func(a, b *RiskRow) bool {
		return equalMoney(a.figures.residualImpact, b.figures.residualImpact)
	}},
	field("sourceStatus", func(r *RiskRow) string { return r.SourceStatus }),
	field("statusCategory", func(r *RiskRow) StatusCategory { return r.StatusCategory }),
	field("presence", func(r *RiskRow) Presence { return r.Presence }),
	field("goneSince", func(r *RiskRow) Date { return r.GoneSince }),
	field("raisedDate", func(r *RiskRow) Date { return r.RaisedDate }),
	field("dueDate", func(r *RiskRow) Date { return r.DueDate }),
	field("closedDate", func(r *RiskRow) Date { return r.ClosedDate }),
	hidden(field("codes", func(r *RiskRow) [3]string {
		return [3]string{r.figures.inherentCode, r.figures.residualCode, r.figures.preventedCode}
	})),
	custom(func(r *RiskRow) []Field { return r.Custom }),
	instant("createdAt", func(r *RiskRow) time.Time { return r.CreatedAt }),
	instant("updatedAt", func(r *RiskRow) time.Time { return r.UpdatedAt }),
	hidden(field("id", func(r *RiskRow) string { return r.ID })),
	hidden(list("people", func(r *RiskRow) []string { return r.people })),
}

var personFields = []rowField[PersonRow]{
	hidden(field("rev", func(p *PersonRow) int64 { return p.Rev })),
	field("name", func(p *PersonRow) string { return p.Name }),
	field("email", func(p *PersonRow) string { return p.Email }),
	field("connection", func(p *PersonRow) string { return p.Connection }),
	field("active", func(p *PersonRow) bool { return p.Active }),
	field("presence", func(p *PersonRow) Presence { return p.Presence }),
	field("identity", func(p *PersonRow) string { return p.IdentityID }),
	hidden(field("id", func(p *PersonRow) string { return p.ID })),
}

var identityFields = []rowField[IdentityRow]{
	hidden(field("rev", func(i *IdentityRow) int64 { return i.Rev })),
	field("name", func(i *IdentityRow) string { return i.Name }),
	field("email", func(i *IdentityRow) string { return i.Email }),
	field("department", func(i *IdentityRow) string { return i.DepartmentID }),
	field("basis", func(i *IdentityRow) IdentityBasis { return i.Basis }),
	list("accounts", func(i *IdentityRow) []string { return i.AccountIDs }),
	hidden(field("id", func(i *IdentityRow) string { return i.ID })),
}

var departmentFields = []rowField[DepartmentRow]{
	hidden(field("rev", func(d *DepartmentRow) int64 { return d.Rev })),
	field("name", func(d *DepartmentRow) string { return d.Name }),
	field("parent", func(d *DepartmentRow) string { return d.ParentID }),
	field("head", func(d *DepartmentRow) string { return d.HeadID }),
	field("recorded", func(d *DepartmentRow) bool { return d.Recorded }),
	field("headReference", func(d *DepartmentRow) string { return d.HeadReference }),
	hidden(field("id", func(d *DepartmentRow) string { return d.ID })),
}

var connectionFields = []rowField[ConnectionRow]{
	hidden(field("rev", func(c *ConnectionRow) int64 { return c.Rev })),
	field("name", func(c *ConnectionRow) string { return c.Name }),
	field("type", func(c *ConnectionRow) string { return c.Type }),
	field("instance", func(c *ConnectionRow) string { return c.Instance }),
	field("account", func(c *ConnectionRow) string { return c.Account }),
	field("timeZone", func(c *ConnectionRow) string { return c.TimeZone }),
	field("removed", func(c *ConnectionRow) bool { return c.Removed }),
	field("lastRunNumber", func(c *ConnectionRow) int64 { return c.LastRunNumber }),
	instant("lastSuccessAt", func(c *ConnectionRow) time.Time { return c.LastSuccessAt }),
	instant("lastCompleteAt", func(c *ConnectionRow) time.Time { return c.LastCompleteAt }),
	instant("nextDueAt", func(c *ConnectionRow) time.Time { return c.NextDueAt }),
	field("held", func(c *ConnectionRow) bool { return c.Held }),
	field("stale", func(c *ConnectionRow) bool { return c.Stale }),
	field("quarantined", func(c *ConnectionRow) int { return c.Quarantined }),
	hidden(field("id", func(c *ConnectionRow) string { return c.ID })),
}

func (p *ProjectRow) id() string    { return p.ID }
func (m *MilestoneRow) id() string  { return m.ID }
func (d *DependencyRow) id() string { return d.ID }
func (r *RiskRow) id() string       { return r.ID }
func (p *PersonRow) id() string     { return p.ID }
func (d *DepartmentRow) id() string { return d.ID }
func (c *ConnectionRow) id() string { return c.ID }
