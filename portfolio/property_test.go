package portfolio

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// propertyCases is how many random histories a property is tried on.
func propertyCases(t *testing.T, usual int) int {
	t.Helper()
	cases := os.Getenv("PLUMBLINE_PROPERTY_CASES")
	if cases == "" {
		return usual
	}
	n, err := strconv.Atoi(cases)
	if err != nil || n < 1 {
		t.Fatalf("PLUMBLINE_PROPERTY_CASES is %q; it is a number of cases", cases)
	}
	return n
}

// checkProperty tries a property on as many random inputs as are asked for.
func checkProperty(t *testing.T, usual int, property func(*rapid.T)) {
	t.Helper()
	for range propertyCases(t, usual) / 100 {
		rapid.Check(t, property)
		if t.Failed() {
			return
		}
	}
}

func TestAppliedCommitsEqualRebuild(t *testing.T) {
	checkProperty(t, 400, func(t *rapid.T) {
		h := newHistory(t)
		before := rebuild(t, h.state())
		for range rapid.IntRange(1, 12).Draw(t, "commits") {
			c := h.commit()
			applied, diff := h.now.Apply(c)
			h.accept(c, applied)
			now := rebuild(t, h.state())
			if d := sameSnapshot(now, applied); d != "" {
				t.Fatalf("revision %d: applied differs from rebuilt (-rebuilt +applied):\n%s\ncommit: %s", c.Revision, d, describe(c))
			}
			if d := cmp.Diff(Compare(before, now).Changes, diff.Changes); d != "" {
				t.Fatalf("revision %d: diff differs from the comparison of two rebuilds (-compared +applied):\n%s\ncommit: %s", c.Revision, d, describe(c))
			}
			before = now
		}
	})
}

func TestHowCommitsAreCutDoesNotMatter(t *testing.T) {
	checkProperty(t, 100, func(t *rapid.T) {
		h := newHistory(t)
		one, other := h.now, h.now
		var waiting Commit
		for range rapid.IntRange(1, 10).Draw(t, "commits") {
			c := h.commit()
			applied, _ := h.now.Apply(c)
			h.accept(c, applied)
			one = applied
			waiting = merged(waiting, c)
			// Of two overrides, or contributions to one objective, the later one
			// wins, so these are never put together.
			if putsRanked(waiting) || rapid.Bool().Draw(t, "cut here") {
				other, _ = other.Apply(waiting)
				waiting = Commit{}
			}
		}
		if waiting.Revision != 0 {
			other, _ = other.Apply(waiting)
		}
		if d := cmp.Diff(visible(one), visible(other)); d != "" {
			t.Fatalf("one commit at a time differs from several at once (-one +several):\n%s", d)
		}
	})
}

func putsRanked(c Commit) bool {
	return slices.ContainsFunc(c.Put, func(d Document) bool {
		return d.Key().Kind == KindOverride || d.Key().Kind == KindContribution
	})
}

// merged is two commits as one.
func merged(a, b Commit) Commit {
	if a.Revision == 0 {
		return b
	}
	put, gone := map[Key]Document{}, map[Key]bool{}
	for _, c := range []Commit{a, b} {
		for _, key := range c.Delete {
			gone[key] = true
			delete(put, key)
		}
		for _, d := range c.Put {
			put[d.Key()] = d
			delete(gone, d.Key())
		}
	}
	b.Put = slices.SortedFunc(maps.Values(put), func(x, y Document) int { return compareKeys(x.Key(), y.Key()) })
	b.Delete = slices.SortedFunc(maps.Keys(gone), compareKeys)
	return b
}

// visible is every row as text, without revisions.
func visible(s *Snapshot) map[string]string {
	rows := map[string]string{}
	for p := range s.Projects() {
		c := *p
		c.Rev = 0
		rows["project:"+p.ID] = render(c)
	}
	for m := range s.Milestones() {
		c := *m
		c.Rev = 0
		rows["milestone:"+m.ID] = render(c)
	}
	for d := range s.Dependencies() {
		c := *d
		c.Rev = 0
		rows["dependency:"+d.ID] = render(c)
	}
	for r := range s.Risks() {
		c := *r
		c.Rev = 0
		kind := KindRisk
		if r.recorded() {
			kind = KindRecordedRisk
		}
		rows[string(kind)+":"+r.ID] = render(c)
	}
	for p := range s.People() {
		c := *p
		c.Rev = 0
		rows["person:"+p.ID] = render(c)
	}
	for i := range s.Identities() {
		c := *i
		c.Rev = 0
		rows["identity:"+i.ID] = render(c)
	}
	for d := range s.Departments() {
		c := *d
		c.Rev = 0
		rows["department:"+d.ID] = render(c)
	}
	for o := range s.objectives.ordered.all() {
		c := *o
		c.Rev = 0
		rows["objective:"+o.ID] = render(c)
	}
	for o := range s.contributions.ordered.all() {
		c := *o
		c.Rev = 0
		rows["contribution:"+o.ID] = render(c)
	}
	for k := range s.kpis.ordered.all() {
		c := *k
		c.Rev = 0
		rows["kpi:"+k.ID] = render(c)
	}
	for l := range s.kpiLinks.ordered.all() {
		c := *l
		c.Rev = 0
		rows["kpiLink:"+l.ID] = render(c)
	}
	for c := range s.Connections() {
		r := *c
		r.Rev = 0
		rows["connection:"+c.ID] = render(r)
	}
	return rows
}

var renderer = strings.NewReplacer("\n", " ")

func render(v any) string {
	return renderer.Replace(cmp.Diff(nil, v, cmp.Exporter(exportAll)))
}

func rebuild(t *rapid.T, s State) *Snapshot {
	snapshot, err := NewSnapshot(s)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// sameSnapshot compares two snapshots in everything they hold.
func sameSnapshot(want, got *Snapshot) string {
	var out strings.Builder
	add := func(what, diff string) {
		if diff != "" {
			fmt.Fprintf(&out, "%s: %s\n", what, diff)
		}
	}
	add("position", cmp.Diff(want.at, got.at))
	add("today", cmp.Diff(want.today.String(), got.today.String()))
	add("tools", cmp.Diff(want.tools, got.tools))
	add("groups", cmp.Diff(collect(want.groups), collect(got.groups), cmp.Exporter(exportAll)))
	add("join keys", cmp.Diff(collect(want.joinKeys.table), collect(got.joinKeys.table)))
	add("mentions", cmp.Diff(collect(want.mentions.table), collect(got.mentions.table)))
	add("departments' projects", cmp.Diff(collect(want.byDivision.table), collect(got.byDivision.table)))
	add("PMO numbers", cmp.Diff(collect(want.byPMO.table), collect(got.byPMO.table)))
	add("departments' KPIs", cmp.Diff(collect(want.kpisOf.table), collect(got.kpisOf.table)))
	add("orphans", cmp.Diff(collect(want.orphans.table), collect(got.orphans.table)))
	add("children", cmp.Diff(childIDs(want), childIDs(got)))
	for project, rows := range got.children.all() {
		for _, m := range rows {
			if row, _ := got.Milestone(m.ID); row != m {
				add("children of "+project, m.ID+" is not the row of that id")
			}
		}
	}
	add("due", cmp.Diff(slices.Collect(want.due.all()), slices.Collect(got.due.all()), cmp.Exporter(exportAll)))
	for _, kind := range Kinds() {
		add("facts "+string(kind), cmp.Diff(collect(want.facts[kind]), collect(got.facts[kind]), cmp.Exporter(exportAll)))
		add("refs "+string(kind), cmp.Diff(collect(want.refs[kind].table), collect(got.refs[kind].table)))
	}
	addRows(add, "projects", want.projects, got.projects, (*ProjectRow).id, projectFields)
	addRows(add, "milestones", want.milestones, got.milestones, (*MilestoneRow).id, milestoneFields)
	addRows(add, "dependencies", want.dependencies, got.dependencies, (*DependencyRow).id, dependencyFields)
	addRows(add, "risks", want.risks, got.risks, (*RiskRow).id, riskFields)
	addRows(add, "people", want.people, got.people, (*PersonRow).id, personFields)
	addRows(add, "identities", want.identities, got.identities, (*IdentityRow).id, identityFields)
	addRows(add, "departments", want.departments, got.departments, (*DepartmentRow).id, departmentFields)
	addRows(add, "strategies", want.strategyRows, got.strategyRows, (*StrategyRow).id, strategyFields)
	addRows(add, "strategy versions", want.strategyVersions, got.strategyVersions, (*StrategyVersionRow).id, strategyVersionFields)
	addRows(add, "objectives", want.objectives, got.objectives, (*ObjectiveRow).id, objectiveFields)
	addRows(add, "key results", want.keyResults, got.keyResults, (*KeyResultRow).id, keyResultFields)
	addRows(add, "contributions", want.contributions, got.contributions, (*ContributionRow).id, contributionFields)
	add("standings", cmp.Diff(standingsOf(want), standingsOf(got), cmp.Exporter(exportAll), cmpopts.EquateNaNs()))
	add("contributors", cmp.Diff(collect(want.contributors.table), collect(got.contributors.table)))
	addRows(add, "KPIs", want.kpis, got.kpis, (*KPIRow).id, kpiFields)
	addRows(add, "KPI links", want.kpiLinks, got.kpiLinks, (*KPILinkRow).id, kpiLinkFields)
	addRows(add, "connections", want.connections, got.connections, (*ConnectionRow).id, connectionFields)
	return out.String()
}

func addRows[R any](add func(what, diff string), what string, want, got rowSet[*R], id func(*R) string, fields []rowField[R]) {
	ids := func(s rowSet[*R]) (ids []string) {
		for row := range s.ordered.all() {
			ids = append(ids, id(row))
		}
		return ids
	}
	add(what+" in order", cmp.Diff(ids(want), ids(got)))
	if got.ordered.count != got.byID.count || got.ordered.count != len(ids(got)) {
		add(what, fmt.Sprintf("%d in order, counted %d, %d by id", len(ids(got)), got.ordered.count, got.byID.count))
	}
	for row := range want.ordered.all() {
		other, ok := got.byID.get(id(row))
		switch {
		case !ok:
			add(what+" "+id(row), "missing")
		case !equalRows(fields, row, other):
			add(what+" "+id(row), cmp.Diff(row, other, cmp.Exporter(exportAll)))
		}
	}
}

func childIDs(s *Snapshot) map[string][]string {
	ids := map[string][]string{}
	for project := range s.children.all() {
		ids[project] = s.MilestonesOf(project)
	}
	return ids
}

func collect[V any](t table[V]) map[string]V { return maps.Collect(t.all()) }

func describe(c Commit) string {
	var out strings.Builder
	for _, key := range c.Delete {
		fmt.Fprintf(&out, "\n  delete %s", key)
	}
	for _, d := range c.Put {
		fmt.Fprintf(&out, "\n  put %s %+v", d.Key(), d)
	}
	return out.String()
}

// begin puts documents in a first commit.
func (h *history) begin(docs ...Document) {
	c := Commit{Position: Position{Revision: 1}, Data: Position{Revision: 1}, At: time.Unix(0, 0).UTC(), Put: docs}
	next, _ := h.now.Apply(c)
	h.accept(c, next)
}

// A history draws random commits over a small set of ids, so that they meet.
type history struct {
	t    *rapid.T
	now  *Snapshot
	docs map[Key]Versioned
}

func newHistory(t *rapid.T) *history {
	h := &history{t: t, docs: map[Key]Versioned{}}
	h.now, _ = NewSnapshot(State{})
	if h.chance(2) {
		h.begin(h.strategy()...)
	}
	return h
}

func (h *history) accept(c Commit, next *Snapshot) {
	for _, key := range c.Delete {
		delete(h.docs, key)
	}
	for _, d := range c.Put {
		h.docs[d.Key()] = Versioned{c.Revision, d}
	}
	h.now = next
}

func (h *history) state() State {
	l := testLog{now: h.now, docs: h.docs}
	return l.state()
}

func (h *history) commit() Commit {
	c := Commit{At: time.Unix(0, 0).UTC()}
	c.Revision = h.now.Position().Revision + 1
	c.Data = c.Position
	touched := map[Key]bool{}
	for range rapid.IntRange(1, 4).Draw(h.t, "documents") {
		if live := slices.SortedFunc(maps.Keys(h.docs), compareKeys); len(live) > 0 && h.chance(6) {
			key := pick(h.t, "deleted", live)
			if !touched[key] {
				touched[key] = true
				c.Delete = append(c.Delete, key)
			}
			continue
		}
		if d := h.document(); !touched[d.Key()] {
			touched[d.Key()] = true
			c.Put = append(c.Put, d)
		}
	}
	return c
}

func pick[T any](t *rapid.T, what string, from []T) T {
	return rapid.SampledFrom(from).Draw(t, what)
}

// chance is true once in n.
func (h *history) chance(n int) bool { return rapid.IntRange(1, n).Draw(h.t, "chance") == 1 }

func (h *history) date(what string) Date {
	n := rapid.IntRange(-1, 40).Draw(h.t, what)
	if n < 0 {
		return Date{}
	}
	return NewDate(2026, time.January, 1).AddDays(3 * n)
}

func (h *history) word(words ...string) string { return pick(h.t, "word", words) }

func (h *history) source(kind string, ids int) Source {
	s := Source{
		Connection: h.word("eng", "ops", "gone"),
		Kind:       kind,
		ID:         strconv.Itoa(rapid.IntRange(1, ids).Draw(h.t, "id")),
		Key:        h.word("", "A", "B", "C"),
		Presence:   pick(h.t, "presence", []Presence{"", "", "", PresenceDeleted, PresenceArchived}),
	}
	if h.chance(2) {
		s.CreatedAt = h.date("created").Time()
		s.UpdatedAt = h.date("updated").Time()
	}
	return s
}

func (h *history) projectID() string {
	return DocID(h.word("eng", "ops", "gone"), "project", h.word("1", "2"))
}

func (h *history) milestoneID() string {
	return DocID(h.word("eng", "ops", "gone"), "version", h.word("1", "2", "3"))
}

func (h *history) fields() []Field {
	var fields []Field
	if h.chance(2) {
		fields = append(fields, Field{ID: "f1", Name: "Department", Type: FieldText, Text: h.word("Digital", "digital", "Care")})
	}
	if h.chance(2) {
		fields = append(fields, Field{ID: "f2", Name: "PMO", Type: FieldText, Text: h.word("P1", "P2")})
	}
	if h.chance(2) {
		fields = append(fields, Field{ID: "f3", Name: "Boss", Type: FieldText, Text: h.word("Ann", "bob@x", "Annie", "bob", "nobody")})
	}
	if h.chance(3) {
		fields = append(fields, Field{ID: "f4", Name: "Sum", Type: FieldNumber, Number: h.word("1", "2.50")})
	}
	if h.chance(3) {
		fields = append(fields, Field{ID: "f5", Name: "RAG", Type: FieldText, Text: h.word("green", "At risk", "RED", "sad")})
	}
	return fields
}

func (h *history) status() (string, StatusCategory) {
	category := pick(h.t, "category", []StatusCategory{"", StatusTodo, StatusInProgress, StatusDone, StatusCancelled})
	return h.word("", "Open", "Paused"), category
}

func (h *history) document() Document {
	switch h.word("project", "project", "milestone", "milestone", "milestone", "dependency", "dependency", "person", "person", "identity", "department", "report",
		"risk", "risk", "recorded risk", "recorded risk", "kpi", "measurement", "measurement", "measurement", "kpi link", "override", "override", "link", "strategy", "strategy", "strategy", "contribution", "contribution", "contribution", "cost", "cost", "cost", "quarantine", "hold", "site", "settings", "clock", "clock", "run", "pass", "cursor") {
	case "project":
		f := &ProjectFact{Source: h.source("project", 2), Name: h.word("Pay", "Move"), Category: h.word("", "IT"), Start: h.date("start"), Due: h.date("due"), Fields: h.fields()}
		f.Status, f.StatusCategory = h.status()
		if h.chance(3) {
			f.Parent = h.projectID()
		}
		return f
	case "milestone":
		f := &MilestoneFact{Source: h.source("version", 3), Name: h.word("Go-live", "Beta"), Project: h.projectID(), Start: h.date("start"), Due: h.date("due"), Fields: h.fields()}
		f.Status, f.StatusCategory = h.status()
		if f.StatusCategory == StatusDone {
			f.Finished = h.date("finished")
		}
		if h.chance(2) {
			f.Work = &WorkDone{Todo: rapid.IntRange(0, 2).Draw(h.t, "todo"), Done: rapid.IntRange(0, 3).Draw(h.t, "done")}
		}
		f.FirstSeen = h.date("first seen")
		if h.chance(3) {
			f.Labels = []string{h.word("K", "L")}
		}
		f.History = DueHistory{First: h.date("first due"), Read: h.chance(3)}
		if h.chance(3) {
			f.Baseline = h.date("baseline")
		}
		return f
	case "dependency":
		return &DependencyFact{Source: h.source("link", 4), Type: "blocks", Predecessor: h.end(), Successor: h.end(), LagDays: rapid.IntRange(0, 2).Draw(h.t, "lag")}
	case "person":
		return &PersonFact{Source: h.source("user", 2), Name: h.word("Ann", "Bob"), Email: h.word("", "bob@x", "ann@x", "Ann@x"), Inactive: h.chance(4)}
	case "department":
		return &DepartmentFact{Slug: h.word("digital", "health"), Name: h.word("Digital", "Health"), Aliases: []string{h.word("Care", "IT")},
			Head: h.word("", "Ann", "bob@x", "BOB@x", "ann", "eng/user/1", "Annie", "nobody")}
	case "identity":
		f := &IdentityFact{Slug: h.word("ann", "bob"), Name: h.word("Annie", "Bob"), Email: h.word("", "", "ann@x")}
		for range rapid.IntRange(0, 2).Draw(h.t, "accounts") {
			f.Accounts = append(f.Accounts, h.word("eng/user/1", "ops/user/1", "gone/user/2", "Bob@x", "ann@x"))
		}
		return f
	case "report":
		return &StatusReportFact{Source: h.source("report", 2), Project: h.projectID(), Health: h.word("green", "red", "off track"), ReportedAt: h.date("reported").Time()}
	case "risk":
		f := &RiskFact{Source: h.source("risk", 2), Project: h.projectID(), Title: h.word("", "Late"), Raised: h.date("raised"), Due: h.date("due"), Fields: h.fields()}
		f.Status, f.StatusCategory = h.status()
		if h.chance(2) {
			f.Owner = DocID("eng", "user", "1")
		}
		if h.chance(3) {
			f.Closed = h.date("closed")
		}
		return f
	case "recorded risk":
		return h.recordedRisk()
	case "kpi":
		return h.kpi()
	case "measurement":
		return h.measurement()
	case "kpi link":
		return h.kpiLink()
	case "override":
		return h.override()
	case "link":
		if h.chance(2) {
			return &Link{Primary: h.milestoneID(), Members: []string{h.milestoneID(), h.milestoneID()}, Authored: Authored{Author: "ann"}}
		}
		return &Link{Primary: h.projectID(), Members: []string{h.projectID()}, Apart: h.chance(3), Authored: Authored{Author: "ann"}}
	case "strategy":
		return h.strategyDocument()
	case "contribution":
		return &ContributionFact{Project: h.projectRef(), Objective: h.objective(), Strength: h.decimal("0", "0.3", "0.8", "1"), Authored: h.authored()}
	case "cost":
		return h.cost()
	case "quarantine":
		return &Quarantine{Source: h.source("version", 1), Of: KindMilestone, Reason: "unreadable"}
	case "hold":
		return &Hold{Connection: h.word("eng", "new"), Of: KindMilestone, ConfirmedBy: h.word("", "ann")}
	case "site":
		return &Site{Connection: h.word("eng", "new"), Type: "jira", Instance: h.word("a", "b")}
	case "settings":
		return h.settings()
	case "clock":
		return &Clock{Today: NewDate(2026, time.January, 1).AddDays(rapid.IntRange(0, 130).Draw(h.t, "today"))}
	case "run":
		return &Run{Connection: h.word("eng", "new"), Number: int64(rapid.IntRange(1, 3).Draw(h.t, "number")), EndedAt: h.date("ended").Time(),
			DueAt: h.date("due").Time(), State: pick(h.t, "state", []RunState{RunRunning, RunParked, RunSucceeded, RunFailed})}
	case "pass":
		if h.chance(3) {
			return &Pass{Connection: "eng", EndedAt: h.date("ended").Time()} // over all scopes
		}
		return &Pass{Connection: "eng", Scope: h.word("a", "b"), Of: KindMilestone, EndedAt: h.date("ended").Time()}
	}
	return &SyncCursor{Connection: "eng", Request: h.word("x", "y")}
}

func (h *history) end() LinkEnd {
	switch h.word("milestone", "project", "stub") {
	case "milestone":
		return LinkEnd{Ref: h.milestoneID(), Key: "K", Name: "known"}
	case "project":
		return LinkEnd{Ref: h.projectID()}
	}
	return LinkEnd{Ref: "eng/issue/9", Key: "A-9", Name: "Elsewhere", Project: h.projectID()}
}

func (h *history) override() *Override {
	target := Key{KindProject, h.projectRef()}
	if h.chance(2) {
		target = Key{KindMilestone, h.milestoneID()}
		if h.chance(3) {
			target.ID = h.word("eng", "ops") + ":" + h.word("A", "B", "C", "1", "2")
		}
	}
	o := &Override{Target: target.String(), Authored: Authored{Author: "ann", At: h.date("at").Time()},
		Field: h.word("department", "due", "baseline", "forecast", "kind", "health", "name", "manager", "phase", "budget", "start", "note",
			"sponsor", "pmoId", "finished", "jobSize", "businessValue", "justification", "contingency")}
	switch o.Field {
	case "due", "baseline", "forecast", "start", "finished":
		o.Value = Field{Type: FieldDate, Date: h.date("value")}
	case "kind":
		o.Value = Field{Type: FieldText, Text: h.word("GO_LIVE", "KEY", "nonsense")}
	case "phase":
		o.Value = Field{Type: FieldText, Text: h.word("ON_HOLD", "CANCELLED", "ACTIVE")}
	case "health":
		o.Value = Field{Type: FieldText, Text: h.word("GREEN", "RED")}
	default:
		o.Value = Field{Type: FieldText, Text: h.word("Digital", "Ann", "12 EUR")}
	}
	return o
}

func (h *history) settings() *Settings {
	s := &Settings{TimeZone: h.word("UTC", "Pacific/Auckland", "nowhere"), Currency: h.word("", "EUR"), ReportMaxAge: rapid.IntRange(0, 1).Draw(h.t, "age") * 7}
	for _, id := range [][]string{{"eng", "ops"}, {"ops", "eng"}, {"eng"}, {"eng", "gone"}}[rapid.IntRange(0, 3).Draw(h.t, "connections")] {
		c := ConnectionSettings{ID: id, Name: h.word(id, "Renamed"), Type: "jira"}
		if h.chance(2) {
			c.Fields = []FieldMapping{{To: "department", Field: "f1"}, {To: "pmoId", Field: "PMO"}, {To: "manager", Field: "f3"},
				{To: "budget", Field: "f4", Currency: "EUR"}, {To: "health", Field: "f5", Values: []ValueMapping{{"sad", "RED"}}},
				{To: riskImpact, Field: "f4", Currency: h.word("", "USD")}, {To: riskProbability, Field: "f4"}, {To: riskResponse, Field: "f5", Values: []ValueMapping{{"sad", "PREVENTED"}}}}
		}
		s.Connections = append(s.Connections, c)
	}
	for _, rule := range []Rule{
		{When: `milestone.name matches "(?i)go.?live"`, Set: Assignment{Kind: MilestoneGoLive}},
		{When: `project.department == "digital"`, Set: Assignment{Kind: MilestoneKey, Phase: PhaseProposed}},
		{When: `project.name == "Pay" and connection.name != "Renamed"`, Set: Assignment{Department: "Health", Kind: MilestoneKey}},
		{When: `project.custom["Sum"] > 2`, Set: Assignment{Phase: PhaseOnHold}},
		{When: `milestone.due > "2026-02-01" and "K" in milestone.labels`, Set: Assignment{Kind: MilestoneKey}},
		{When: `toJSON(milestone) contains "2026-03"`, Set: Assignment{Kind: MilestoneKey}},
		{When: `broken(`, Set: Assignment{Phase: PhaseOnHold}},
	} {
		if h.chance(2) {
			s.Rules = append(s.Rules, rule)
		}
	}
	for _, by := range []string{"pmoId", "key", "name"} {
		if h.chance(3) {
			s.Joins = append(s.Joins, JoinRule{By: by})
		}
	}
	for _, field := range []string{"name", "department", "budget", "health", "due", "Sum"} {
		if len(s.Connections) > 1 && h.chance(3) {
			s.Precedence = append(s.Precedence, FieldPrecedence{field, []string{s.Connections[len(s.Connections)-1].ID}})
		}
	}
	if h.chance(2) {
		s.Currency = "EUR"
		s.Rates = []Rate{{"USD", NewDate(2026, time.February, 1), decimal.New(9, -1)}, {"USD", NewDate(2026, time.March, 15), decimal.New(8, -1)}}
	}
	if h.chance(2) {
		s.Health = []HealthThresholds{{GreenSlip: 0.2, RedSlip: 0.5, RedSPI: 0.5, RedCost: 0.3}}
		s.Statuses = []StatusPhase{{Status: "paused", Phase: PhaseOnHold}}
	}
	if h.chance(3) {
		s.Calendar = &Calendar{Weekend: []Weekday{Friday, Saturday}, Holidays: []Holiday{{Date: NewDate(2026, time.January, 15)}}}
	}
	return s
}
