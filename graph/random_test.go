package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"plumbline/graph"
	"plumbline/graph/limit"
	"plumbline/portfolio"
)

const (
	// randomQueries is how many queries are tried; PLUMBLINE_RANDOM_QUERIES
	// raises it.
	randomQueries = 5_000
	randomSeed    = 8
	// unseen is in every text that a caller of the department open may not
	// see, raw in what only admins may, and unpaid in every budget.
	unseen = "Unseen"
	raw    = "RawRecord"
	unpaid = ".0771377"
)

// oddTexts are texts as tools have them.
var oddTexts = []string{
	"", " ", "Go-live", "pilot of the till", "Größe 東京 🚀", "\u202eשלום\u202c", "e\u0301\u0301\u0301", "\u2028\u0000\t\"quoted\\\"",
	"<script>alert(1)</script>", strings.Repeat("long ", 200), "open", "open-below", "eng", "PAY-7", "=cmd()", "null", "Größe", "size", "Person",
}

var oddDates = []portfolio.Date{
	{},
	portfolio.NewDate(1, 1, 1), portfolio.NewDate(1969, 12, 31), portfolio.NewDate(2000, 2, 29), portfolio.NewDate(2025, 11, 3),
	portfolio.NewDate(2026, 2, 27), portfolio.NewDate(2026, 3, 1), portfolio.NewDate(2026, 4, 5), portfolio.NewDate(2026, 8, 31),
	portfolio.NewDate(9999, 12, 31),
}

// callers are who asks the random queries.
var callers = map[string]portfolio.Caller{
	"local":                portfolio.Local,
	"viewer":               {Name: "viewer", Role: portfolio.RoleViewer},
	"editor of open":       {Name: "editor", Role: portfolio.RoleEditor, Departments: []string{"open"}, Groups: []string{portfolio.GroupCost}},
	"viewer of open":       {Name: "bi", Role: portfolio.RoleViewer, Departments: []string{"open"}},
	"viewer of nowhere":    {Name: "nobody", Role: portfolio.RoleViewer, Departments: []string{"nowhere"}, Export: true},
	"nobody in particular": {},
}

func TestRandomQueriesAnswerAsTheSchemaSays(t *testing.T) {
	t.Parallel()
	wanted := randomQueries / sampled
	if text := os.Getenv("PLUMBLINE_RANDOM_QUERIES"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("PLUMBLINE_RANDOM_QUERIES: %v", err)
		}
		wanted = n
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: graph.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	chance := rand.New(rand.NewPCG(randomSeed, 1)) //nolint:gosec // it must be the same each time
	w := newOddWorld(t, chance)
	asker := &asker{
		t: t, world: w, schema: schema, answered: map[string]bool{}, codes: map[string]int{},
		querist: &querist{schema: schema, Rand: chance},
	}
	names := slices.Sorted(maps.Keys(callers))
	for asker.asked < wanted {
		if chance.IntN(200) == 0 {
			w.put(w.oddDocuments(chance, 20)...)
		}
		if chance.IntN(500) == 0 {
			w.odd()
		}
		q := asker.querist.draft()
		asker.ask(names[chance.IntN(len(names))], q)
		if t.Failed() {
			t.Fatalf("query %d of seed %d", asker.asked, randomSeed)
		}
	}
	for _, q := range deepQuestions {
		asker.ask("local", question{text: q})
	}
	if sampled == 1 {
		asker.askForEverything()
	}
	t.Logf("%d queries, %d pages gone on with, %d answers with errors %v", asker.asked, asker.continued, asker.failed, asker.codes)
	if asker.failed > asker.asked/4 {
		t.Errorf("%d of %d answers have errors, which leaves too little to compare", asker.failed, asker.asked)
	}
	if asker.continued < asker.asked/20 {
		t.Errorf("only %d pages were gone on with", asker.continued)
	}
	if sampled == 1 && wanted >= randomQueries {
		asker.wantEveryField()
	}
}

// An asker asks random questions and judges the answers.
type asker struct {
	t         *testing.T
	world     *oddWorld
	schema    *ast.Schema
	querist   *querist
	asked     int
	failed    int // answers with errors
	continued int
	codes     map[string]int
	text      string // of the last query, and what it says
	document  *ast.QueryDocument
	answered  map[string]bool // Type.field that had a value
}

// ask asks a question and goes on with its pages.
func (a *asker) ask(caller string, q question) {
	for range 4 {
		data := a.judge(caller, q)
		next := false
		for _, m := range data {
			if !slices.Contains(q.pages, m.key) {
				continue
			}
			info := under(m.value, "pageInfo")
			if under(info, "hasNextPage") == true {
				q.variables["after_"+m.key] = under(info, "endCursor")
				next = true
			}
		}
		if !next || a.t.Failed() {
			return
		}
		a.continued++
		if a.querist.one(10) {
			a.world.odd() // on a replica that never showed the first page
		}
	}
}

func under(value any, key string) any {
	members, _ := value.([]member)
	for _, m := range members {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

// judge asks one query and fails unless the answer is as it must be.
func (a *asker) judge(caller string, q question) []member {
	a.t.Helper()
	a.asked++
	sent, _ := plainVariables(q.variables)
	complain := func(format string, args ...any) {
		a.t.Helper()
		a.t.Errorf("%s\ncaller %s\n%s\nvariables %s", fmt.Sprintf(format, args...), caller, q.text, sent)
	}
	if q.text != a.text {
		document, problems := gqlparser.LoadQueryWithRules(a.schema, q.text, rules.NewDefaultRules())
		if problems != nil {
			complain("the query is not valid: %v", problems)
			return nil
		}
		a.text, a.document = q.text, document
	}
	document := a.document
	a.world.log.Reset()
	text := a.world.ask(callers[caller], q.text, sent)
	var answer struct {
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
		Data json.RawMessage
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		complain("%v\n%s", err, text)
		return nil
	}
	if len(answer.Errors) > 0 {
		a.failed++
	}
	for _, e := range answer.Errors {
		a.codes[e.Extensions.Code]++
		missed := e.Extensions.Code == "NOT_FOUND" && strings.Contains(q.text, "department")
		if !missed && !slices.Contains([]string{"INVALID", "INVALID_CURSOR", "FORBIDDEN"}, e.Extensions.Code) {
			complain("error %s: %s\n%s", e.Extensions.Code, e.Message, a.world.log.String())
			return nil
		}
	}
	a.mayKnow(caller, answer.Data, complain)
	data, err := inOrder(answer.Data)
	if len(answer.Data) == 0 || data == nil {
		if len(answer.Errors) == 0 {
			complain("neither data nor errors: %s", text)
		}
		return nil
	}
	if err != nil {
		complain("%v\n%s", err, text)
		return nil
	}
	var variables map[string]any
	if err := json.Unmarshal(sent, &variables); err != nil {
		complain("%v", err)
	}
	for _, v := range document.Operations[0].VariableDefinitions {
		if _, sent := variables[v.Variable]; !sent && v.DefaultValue != nil {
			variables[v.Variable], _ = v.DefaultValue.Value(nil)
		}
	}
	s := &shape{schema: a.schema, variables: variables, see: func(f *ast.Field, value any) { a.see(caller, f, value, complain) }}
	if err := s.object("data", a.schema.Query, data, document.Operations[0].SelectionSet); err != nil {
		complain("%v\n%s", err, answer.Data)
	}
	members, _ := data.([]member)
	return members
}

// mayKnow fails when an answer shows what its caller may not see.
func (a *asker) mayKnow(caller string, data []byte, complain func(string, ...any)) {
	c := callers[caller]
	if len(c.Departments) > 0 && bytes.Contains(data, []byte(unseen)) {
		complain("what is hidden is shown: %s", data)
	}
	if bytes.Contains(data, []byte(unsaid)) {
		complain("a quote without consent is shown: %s", data)
	}
	if c.Role != portfolio.RoleAdmin && bytes.Contains(data, []byte(raw)) {
		complain("a raw record is shown: %s", data)
	}
	if !c.Reads(portfolio.GroupCost) && bytes.Contains(data, []byte(unpaid)) {
		complain("a budget is shown: %s", data)
	}
}

// see remembers what was answered, and keeps ids and cursors for later.
func (a *asker) see(caller string, f *ast.Field, value any, complain func(string, ...any)) {
	if value == nil {
		return
	}
	a.answered[f.ObjectDefinition.Name+"."+f.Name] = true
	if f.Definition.Type.Name() == "Money" && !callers[caller].Reads(portfolio.GroupCost) {
		if list, ok := value.([]any); !ok || len(list) > 0 {
			complain("%s.%s shows %v", f.ObjectDefinition.Name, f.Name, value)
		}
	}
	text, ok := value.(string)
	switch {
	case !ok:
	case f.Name == "id":
		a.querist.ids = kept(a.querist.Rand, a.querist.ids, text)
	case strings.HasSuffix(strings.ToLower(f.Name), "cursor"):
		a.querist.cursors = kept(a.querist.Rand, a.querist.cursors, text)
	}
}

// kept adds to a list of at most 500, in place of another once it is full.
func kept(chance *rand.Rand, list []string, text string) []string {
	if len(list) < 500 {
		return append(list, text)
	}
	list[chance.IntN(len(list))] = text
	return list
}

// askForEverything asks every root field for all that can be selected below
// it, as what lies deep is seldom asked for by chance.
func (a *asker) askForEverything() {
	m := &matrix{t: a.t, schema: a.schema, world: a.world}
	m.collect()
	for _, f := range a.schema.Query.Fields {
		if strings.HasPrefix(f.Name, "__") {
			continue
		}
		document, ways := m.document(a.schema.Query, f)
		for _, way := range ways {
			var variables map[string]any
			if err := json.Unmarshal(way.variables, &variables); err != nil {
				a.t.Fatal(err)
			}
			a.ask("local", question{text: document, variables: variables})
		}
	}
}

// wantEveryField fails when a field of the schema never had a value.
func (a *asker) wantEveryField() {
	for name, definition := range a.schema.Types {
		if definition.Kind != ast.Object || definition.BuiltIn || name == "Mutation" || strings.HasSuffix(name, "Payload") || name == "UserError" || name == "RecordResult" {
			continue
		}
		for _, f := range definition.Fields {
			if !strings.HasPrefix(f.Name, "__") && !a.answered[name+"."+f.Name] {
				a.t.Errorf("%s.%s never had a value", name, f.Name)
			}
		}
	}
}

func plainVariables(variables map[string]any) (json.RawMessage, error) {
	plainly := map[string]any{}
	for name, value := range variables {
		plainly[name] = plain(value)
	}
	return json.Marshal(plainly)
}

// An oddWorld is a world of records as bad days make them.
type oddWorld struct {
	*world
	serial int
	log    saidLog // what the handler said
}

// A saidLog keeps what is said by several goroutines.
type saidLog struct {
	mu   sync.Mutex
	said bytes.Buffer
}

func (l *saidLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said.Write(p)
}

func (l *saidLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said.String()
}

func (l *saidLog) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said.Reset()
}

func newOddWorld(t *testing.T, chance *rand.Rand) *oddWorld {
	w := &oddWorld{world: newWorld(t)}
	w.odd()
	fields := func(currency string) []portfolio.FieldMapping {
		return []portfolio.FieldMapping{
			{To: "department", Field: "dept"}, {To: "budget", Field: "budget", Currency: currency}, {To: "health", Field: "health"},
			{To: "sponsor", Field: "sponsor"}, {To: "pmoId", Field: "pmo"}, {To: "objectives", Field: "aims"}, {To: "priority", Field: "rank"},
		}
	}
	w.put(
		&portfolio.Settings{
			TimeZone: "Europe/Berlin",
			Connections: []portfolio.ConnectionSettings{
				{ID: "eng", Name: "Engineering", Type: "jira", Fields: fields("EUR")},
				{ID: "ops", Name: "", Type: "jira", Fields: fields("JPY")},
				{ID: "vault", Name: unseen, Type: "jira", Fields: fields("EUR")},
			},
			Rules: []portfolio.Rule{
				{When: `milestone.name startsWith "Go"`, Set: portfolio.Assignment{Kind: portfolio.MilestoneGoLive}},
				{When: `milestone.name contains "pilot"`, Set: portfolio.Assignment{Kind: portfolio.MilestoneKey}},
			},
			Joins:    []portfolio.JoinRule{{By: "pmoId"}},
			Currency: "EUR",
			Rates:    []portfolio.Rate{{Currency: "JPY", From: portfolio.NewDate(2026, 1, 1), Rate: decimal.New(61, -4)}},
		},
		&portfolio.Clock{Today: portfolio.NewDate(2026, 3, 1)},
		&portfolio.DepartmentFact{Slug: "open", Name: "Open 🚪", Head: "eng/user/2"},
		&portfolio.DepartmentFact{Slug: "open-below", Name: "", Parent: "open"},
		&portfolio.DepartmentFact{Slug: "shut", Name: unseen, Head: "vault/user/2"},
		&portfolio.PersonFact{Source: portfolio.Source{Connection: "eng", Kind: "user", ID: "2"}, Name: "Ada", Email: "ada@example.com"},
		&portfolio.PersonFact{Source: portfolio.Source{Connection: "vault", Kind: "user", ID: "2"}, Name: unseen, Email: unseen + "@example.com"},
		&portfolio.IdentityFact{Slug: "ada", Name: "Ada", Email: "ada@example.com", Accounts: []string{"eng/user/2"}, Department: "open"},
		&portfolio.IdentityFact{Slug: "boss", Name: unseen, Email: unseen + "@example.com", Accounts: []string{"vault/user/2"}, Department: "shut"},
		&portfolio.Site{Connection: "eng", Type: "jira", Instance: "i-1", Account: "pmo", TimeZone: "Asia/Kathmandu"},
		&portfolio.Site{Connection: "vault", Type: "jira", Instance: unseen, Account: unseen},
	)
	w.put(oddStrategies()...)
	w.put(slipping()...)
	w.put(oddCycles()...)
	w.put(w.oddDocuments(chance, 700)...)
	w.put(w.measured(chance)...)
	w.put(w.decided(chance)...)
	w.put(oddWork()...)
	w.past = w.now
	w.put(w.oddDocuments(chance, 100)...)
	w.put(w.observed(chance)...)
	return w
}

// The days that random queries are of.
const (
	oddPast  = "2026-02-28"
	oddToday = "2026-03-01"
)

// odd starts a handler that has kept nothing and whose limits let every
// random query through.
func (w *oddWorld) odd() {
	most := int64(1) << 40
	w.handler = graph.New(graph.Config{
		Reader: w, Past: w, Syncer: w.syncer, Editor: yes{},
		Now: func() time.Time { return w.time },
		Log: slog.New(slog.NewTextHandler(&w.log, nil)),
		Limits: limit.Limits{
			Cost: most, ExportCost: most, MinuteCost: most, ExportMinuteCost: most,
			Tokens: 1 << 20, Depth: 100, Aliases: 1 << 20, Directives: 1 << 20, RootFields: 100, Repeats: 1000,
			Errors: 1000, DocumentCache: 1 << 26, Body: 1 << 24,
		},
	})
}

// oddDocuments makes records in which anything may be missing.
func (w *oddWorld) oddDocuments(chance *rand.Rand, n int) []portfolio.Document {
	docs := make([]portfolio.Document, n)
	for i := range docs {
		w.serial++
		docs[i] = (&oddity{Rand: chance, serial: w.serial}).document()
	}
	return docs
}

// An oddity makes one record. Projects with an even number are of the
// department open or below it, and what belongs to them may be seen by its
// viewers; all else is marked as unseen.
type oddity struct {
	*rand.Rand
	serial int
	hidden bool
}

const (
	oddProjects   = 40
	oddMilestones = 150
	oddPeople     = 12
)

func (o *oddity) document() portfolio.Document {
	switch o.IntN(31) {
	case 0, 1, 2:
		return o.project()
	case 3, 4, 5, 6, 7:
		return o.milestone()
	case 8, 9:
		return o.dependency()
	case 10:
		return o.person()
	case 11:
		return o.report()
	case 12:
		return o.risk()
	case 13:
		return o.override()
	case 14:
		return o.kpi()
	case 15:
		return o.measurement()
	case 16:
		return o.kpiLink()
	case 17, 18, 19:
		return o.contribution()
	case 20, 21, 22, 23:
		return o.worth()
	case 27, 28:
		return o.recordedRisk()
	case 29:
		return o.issue()
	case 30:
		return o.assumption()
	}
	return o.operation()
}

func (o *oddity) text() string {
	text := oddTexts[o.IntN(len(oddTexts))]
	if o.hidden {
		return text + unseen
	}
	return text
}

func (o *oddity) one(n int) bool { return o.IntN(n) == 0 }

func (o *oddity) maybe(text string) string {
	if o.one(3) {
		return ""
	}
	return text
}

func (o *oddity) date() portfolio.Date { return oddDates[o.IntN(len(oddDates))] }

func (o *oddity) instant() time.Time {
	if o.one(3) {
		return time.Time{}
	}
	return oddDates[1+o.IntN(len(oddDates)-2)].Time().Add(time.Duration(o.Int64N(int64(24 * time.Hour)))).Truncate(time.Millisecond)
}

// number is that of one of n records, even when it may be seen.
func (o *oddity) number(n int) int {
	i := 2 * o.IntN(n/2)
	if o.hidden {
		i++
	}
	return i
}

func (o *oddity) connection() string {
	if o.hidden {
		return "vault"
	}
	return "eng"
}

func (o *oddity) ref(kind string, n int) string {
	return portfolio.DocID(o.connection(), kind, strconv.Itoa(o.number(n)))
}

func (o *oddity) source(kind string, n int) portfolio.Source {
	s := portfolio.Source{
		Connection: o.connection(), Kind: kind, ID: strconv.Itoa(o.number(n)),
		Key: o.maybe(o.text()), URL: o.maybe("https://example.com/" + o.text()), CreatedAt: o.instant(), UpdatedAt: o.instant(),
	}
	if o.one(6) {
		s.Presence = []portfolio.Presence{portfolio.PresenceDeleted, portfolio.PresenceArchived, portfolio.PresenceAccessLost, portfolio.PresenceOutOfScope}[o.IntN(4)]
	}
	return s
}

func (o *oddity) record() portfolio.Record {
	return portfolio.Record{FirstSeen: o.date(), SyncedAt: o.instant(), GoneSince: o.date(), Unreadable: o.maybe(o.text())}
}

func (o *oddity) status() (string, portfolio.StatusCategory) {
	return o.maybe(o.text()), []portfolio.StatusCategory{"", portfolio.StatusTodo, portfolio.StatusInProgress, portfolio.StatusInProgress, portfolio.StatusDone, portfolio.StatusCancelled}[o.IntN(6)]
}

func (o *oddity) texts() []string {
	var list []string
	for range o.IntN(3) {
		list = append(list, o.text())
	}
	return list
}

// custom are custom fields of every type, by id.
func (o *oddity) custom() []portfolio.Field {
	all := []portfolio.Field{
		{ID: "bool", Name: o.text(), Type: portfolio.FieldBool, Bool: o.one(2)},
		{ID: "date", Name: "Date", Type: portfolio.FieldDate, Date: oddDates[1+o.IntN(len(oddDates)-1)]},
		{ID: "list", Name: "List", Type: portfolio.FieldList, List: o.texts()},
		{ID: "person", Name: "Person", Type: portfolio.FieldUser, Text: o.ref("user", oddPeople)},
		{ID: "size", Name: "Größe", Type: portfolio.FieldNumber, Number: []string{"13", "-0.000000000000000000000001", "123456789012345678901234567890.5", "0"}[o.IntN(4)]},
		{ID: "text", Name: "", Type: portfolio.FieldText, Text: o.text()},
		{ID: "time", Name: "Time", Type: portfolio.FieldTime, Time: time.Date(2026, 2, 3, 4, 5, 6, 7_000_000, time.UTC)},
	}
	return slices.DeleteFunc(all, func(portfolio.Field) bool { return o.one(3) })
}

func (o *oddity) project() portfolio.Document {
	o.hidden = o.one(2)
	f := &portfolio.ProjectFact{Source: o.source("project", oddProjects), Record: o.record()}
	f.Name, f.Description, f.Category = o.text(), o.maybe(o.text()), o.maybe(o.text())
	f.Lead, f.Parent = o.maybe(o.ref("user", oddPeople)), o.maybe(o.ref("project", oddProjects))
	if !o.hidden && o.one(8) {
		f.Parent = portfolio.DocID("vault", "project", "1") // above it is what may not be seen
	}
	f.Status, f.StatusCategory = o.status()
	f.Start, f.Due, f.Labels = o.date(), o.date(), o.texts()
	if o.one(3) {
		f.Finished = o.date()
	}
	f.Fields = o.custom()
	department := []string{"open", "open-below", "Open 🚪"}[o.IntN(3)]
	if o.hidden {
		department = []string{"shut", "", "nobody knows " + unseen}[o.IntN(3)]
	}
	add := func(id string, field portfolio.Field) {
		field.ID, field.Name = id, id
		f.Fields = append(f.Fields, field)
	}
	if department != "" {
		add("dept", portfolio.Field{Type: portfolio.FieldText, Text: department})
	}
	if o.one(2) {
		add("budget", portfolio.Field{Type: portfolio.FieldNumber, Number: []string{"1", "-5", "98765432109876543210", "0"}[o.IntN(4)] + unpaid})
	}
	add("health", portfolio.Field{Type: portfolio.FieldText, Text: []string{"green", "Yellow", "RED", o.text()}[o.IntN(4)]})
	add("sponsor", portfolio.Field{Type: portfolio.FieldUser, Text: o.ref("user", oddPeople)})
	add("aims", portfolio.Field{Type: portfolio.FieldList, List: o.texts()})
	add("rank", portfolio.Field{Type: portfolio.FieldText, Text: o.text()})
	if o.one(4) {
		add("pmo", portfolio.Field{Type: portfolio.FieldText, Text: o.connection() + strconv.Itoa(o.IntN(3))})
	}
	slices.SortFunc(f.Fields, func(a, b portfolio.Field) int { return strings.Compare(a.ID, b.ID) })
	return f
}

func (o *oddity) milestone() portfolio.Document {
	o.hidden = o.one(2)
	f := &portfolio.MilestoneFact{Source: o.source("issue", oddMilestones), Record: o.record()}
	f.Name, f.Type, f.Project, f.Owner = o.text(), o.maybe(o.text()), o.ref("project", oddProjects), o.maybe(o.ref("user", oddPeople))
	if o.hidden && o.one(4) {
		f.Project = portfolio.DocID("vault", "project", "never synced")
	}
	f.Parent = o.maybe(o.ref("issue", oddMilestones))
	f.Status, f.StatusCategory = o.status()
	f.Start, f.Due, f.Labels, f.Fields = o.date(), o.date(), o.texts(), o.custom()
	if o.one(3) { // or nothing could slip
		f.Finished = o.date()
	}
	if o.one(2) {
		f.Baseline = o.date()
	}
	if o.one(2) {
		f.Work = &portfolio.WorkDone{Todo: o.IntN(1 << 24), Done: o.IntN(3)}
	}
	for range o.IntN(4) {
		f.History.Moves = append(f.History.Moves, portfolio.DueMove{On: o.date(), From: o.date(), To: o.date()})
	}
	f.History.First, f.History.LaterMoves, f.History.Read = o.date(), o.IntN(5), o.one(2)
	return f
}

func (o *oddity) dependency() portfolio.Document {
	o.hidden = true
	f := &portfolio.DependencyFact{Source: o.source("link", 100), Record: o.record()}
	f.Type, f.LagDays = oddTexts[o.IntN(len(oddTexts))], []int{0, 0, 5, -5, 3_000_000, -3_000_000}[o.IntN(6)]
	f.Predecessor, f.Successor = o.end(), o.end()
	return f
}

func (o *oddity) end() portfolio.LinkEnd {
	o.hidden = o.one(2)
	switch o.IntN(4) {
	case 0:
		return portfolio.LinkEnd{Ref: o.ref("project", oddProjects), Key: o.text(), Name: o.text()}
	case 1:
		o.hidden = true // not synced, and of no project
		return portfolio.LinkEnd{Ref: "eng/issue/unknown", Key: o.text(), Name: o.maybe(o.text())}
	}
	return portfolio.LinkEnd{Ref: o.ref("issue", oddMilestones), Key: o.text(), Name: o.text(), Project: o.maybe(o.ref("project", oddProjects))}
}

func (o *oddity) person() portfolio.Document {
	o.hidden = o.one(2)
	return &portfolio.PersonFact{
		Source: o.source("user", oddPeople), Record: o.record(), Name: o.text(), Email: o.maybe("who@" + o.text()), Inactive: o.one(3),
	}
}

func (o *oddity) report() portfolio.Document {
	o.hidden = o.one(2)
	return &portfolio.StatusReportFact{
		Source: o.source("report", 40), Record: o.record(), Project: o.ref("project", oddProjects),
		Health: []string{"green", "red", o.text()}[o.IntN(3)], Text: o.text(), Author: o.maybe(o.ref("user", oddPeople)), ReportedAt: o.instant(),
	}
}

func (o *oddity) risk() portfolio.Document {
	o.hidden = o.one(2)
	f := &portfolio.RiskFact{Source: o.source("risk", 60), Record: o.record(), Title: o.text(), Project: o.ref("project", oddProjects)}
	f.Owner, f.Raised, f.Due, f.Closed, f.Fields = o.maybe(o.ref("user", oddPeople)), o.date(), o.date(), o.date(), o.custom()
	f.Status, f.StatusCategory = o.status()
	return f
}

// override says something of a project or a milestone, but never that it is of
// another department: who may see it stays as it is.
func (o *oddity) override() portfolio.Document {
	o.hidden = o.one(2)
	target := portfolio.Key{Kind: portfolio.KindProject, ID: o.ref("project", oddProjects)}
	if o.one(3) {
		target = portfolio.Key{Kind: portfolio.KindMilestone, ID: o.ref("issue", oddMilestones)}
	}
	f := &portfolio.Override{Target: target.String(), Reason: o.maybe(o.text())}
	f.Author, f.At = o.maybe("key:"+o.text()), o.instant()
	switch o.IntN(5) {
	case 0:
		f.Field, f.Value = "budget", portfolio.Field{Type: portfolio.FieldText, Text: "7" + unpaid + " EUR"}
		f.Reason = "It was 6" + unpaid
	case 1:
		f.Field, f.Value = "due", portfolio.Field{Type: portfolio.FieldDate, Date: o.date()}
	case 2:
		f.Field, f.Value = "sponsor", portfolio.Field{Type: portfolio.FieldUser, Text: o.ref("user", oddPeople)}
	case 3:
		f.Field, f.Value = "health", portfolio.Field{Type: portfolio.FieldText, Text: []string{"GREEN", "red", o.text()}[o.IntN(3)]}
	default:
		f.Field, f.Value = []string{"name", "priority", "note" + o.text()}[o.IntN(3)], portfolio.Field{Type: portfolio.FieldText, Text: o.text()}
	}
	return f
}

// operation makes what callers of a department do not see at all.
func (o *oddity) operation() portfolio.Document {
	o.hidden = true
	connection := []string{"eng", "ops", "vault", "removed"}[o.IntN(4)]
	switch o.IntN(4) {
	case 0:
		f := &portfolio.Quarantine{Source: o.source("issue", 20), Of: portfolio.KindMilestone, Reason: o.text(), Raw: []byte(raw), Since: o.instant()}
		f.Connection = connection
		return f
	case 1:
		f := &portfolio.Hold{
			Connection: connection, Scope: o.maybe(o.text()), Of: portfolio.KindProject, Had: o.IntN(1 << 31), Lost: o.IntN(1000),
			Samples: []string{"eng/issue/1" + unseen}, Since: o.instant(), ConfirmedBy: o.maybe(o.text()),
		}
		return f
	case 2:
		return &portfolio.Pass{Connection: connection, Scope: o.text(), Of: portfolio.KindProject, StartedAt: o.instant(), EndedAt: o.instant(), Count: o.IntN(10)}
	}
	return &portfolio.Run{
		Connection: connection, Number: int64(o.IntN(5)),
		State: []portfolio.RunState{portfolio.RunRunning, portfolio.RunParked, portfolio.RunSucceeded, portfolio.RunFailed}[o.IntN(4)],
		Mode:  o.maybe("FULL"), Why: o.maybe(o.text()), Error: o.maybe(o.text()), StartedAt: o.instant(), EndedAt: o.instant(), ParkedTill: o.instant(), DueAt: o.instant(),
		Takeovers: o.IntN(3), Tally: portfolio.Tally{Read: o.IntN(1 << 31), Waited: time.Duration(o.Int64N(1 << 40)), Total: o.IntN(3)},
	}
}

// yes agrees with every edit and writes nothing.
type yes struct{}

func (yes) Edit(_ context.Context, e portfolio.Edit) (portfolio.EditResult, error) {
	result := portfolio.EditResult{Outcomes: make([]portfolio.EditOutcome, len(e.Changes))}
	for i, c := range e.Changes {
		result.Outcomes[i] = portfolio.EditOutcome{Key: c.Delete, What: portfolio.OutcomeUnchanged}
		if c.Put != nil {
			result.Outcomes[i].Key = c.Put.Key()
		}
	}
	return result, nil
}
