package portfolio

import (
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

func (h *history) recordedRisk() *RecordedRiskFact {
	f := &RecordedRiskFact{
		Slug: h.word("flood", "strike"), Title: "T", Department: h.word("", "digital"), Milestone: h.word("", "eng:A"), Owner: h.word("", "Ann", "bob@x", "ann"),
		Response: RiskResponse(h.word("", "PREVENTED", "OCCURRED")), Raised: h.date("raised"), Currency: h.word("", "EUR", "USD"), Authored: h.authored(),
	}
	if h.chance(2) {
		f.Project = h.projectRef()
	}
	if h.chance(2) {
		p, i := h.decimal("0", "0.3", "1"), h.decimal("0", "1000.50")
		f.Probability, f.Impact = &p, &i
	}
	if h.chance(2) {
		p := h.decimal("0", "0.1")
		f.ResidualProbability = &p
	}
	return f
}

func dec(text string) *decimal.Decimal {
	d := decimal.RequireFromString(text)
	return &d
}

func TestExposureIsProbabilityTimesImpactExactly(t *testing.T) {
	eur := func(text string) *Money { return &Money{decimal.RequireFromString(text), "EUR"} }
	for _, c := range []struct {
		name                          string
		figures                       riskFigures
		response                      RiskResponse
		inherent, residual, prevented string
	}{
		{"nothing", riskFigures{}, ResponseMonitored, "NO_PROBABILITY", "NO_PROBABILITY", "NOT_PREVENTED"},
		{"no impact", riskFigures{probability: dec("0.3")}, ResponseMonitored, "NO_IMPACT", "NO_IMPACT", "NOT_PREVENTED"},
		{"exact", riskFigures{probability: dec("0.3"), impact: eur("100.10")}, ResponseMonitored, "30.03 EUR", "30.03 EUR", "NOT_PREVENTED"},
		{"residual probability", riskFigures{probability: dec("0.3"), impact: eur("100"), residualProbability: dec("0.1")}, ResponseMitigated, "30 EUR", "10 EUR", "NOT_PREVENTED"},
		{"residual impact", riskFigures{probability: dec("0.3"), impact: eur("100"), residualImpact: eur("10")}, ResponseMitigated, "30 EUR", "3 EUR", "NOT_PREVENTED"},
		{"prevented", riskFigures{probability: dec("0.6"), impact: eur("90000"), residualProbability: dec("0")}, ResponsePrevented, "54000 EUR", "0 EUR", "54000 EUR"},
		{"prevented to be worse", riskFigures{probability: dec("0.5"), impact: eur("10"), residualImpact: eur("20")}, ResponsePrevented, "5 EUR", "10 EUR", "-5 EUR"},
		{"prevented, residual not said", riskFigures{probability: dec("0.6"), impact: eur("90000")}, ResponsePrevented, "54000 EUR", "NO_RESIDUAL", "NO_RESIDUAL"},
		{"prevented, nothing said", riskFigures{residualProbability: dec("0")}, ResponsePrevented, "NO_PROBABILITY", "NO_IMPACT", "NO_PROBABILITY"},
		{"no currency", riskFigures{probability: dec("1"), impact: &Money{Amount: *dec("1")}}, ResponsePrevented, "NO_CURRENCY", "NO_RESIDUAL", "NO_CURRENCY"},
		{"two currencies", riskFigures{probability: dec("1"), impact: eur("1"), residualImpact: &Money{*dec("1"), "USD"}}, ResponsePrevented, "1 EUR", "MIXED_CURRENCIES", "MIXED_CURRENCIES"},
	} {
		f := c.figures
		f.follow(c.response)
		say := func(m *Money, code string) string {
			if m != nil {
				return m.String() + code
			}
			return code
		}
		got := []string{say(f.inherent, f.inherentCode), say(f.residual, f.residualCode), say(f.prevented, f.preventedCode)}
		if want := []string{c.inherent, c.residual, c.prevented}; !slices.Equal(got, want) {
			t.Errorf("%s: inherent, residual and prevented exposure = %v, want %v", c.name, got, want)
		}
		for _, code := range []string{f.inherentCode, f.residualCode, f.preventedCode} {
			if r := riskReason(code); r != nil && r.Message == "" {
				t.Errorf("%s: the code %s has no sentence", c.name, code)
			}
		}
	}
}

func TestProbabilitiesAndImpactsOfTools(t *testing.T) {
	p := newPlan(&Settings{TimeZone: "UTC", Currency: "EUR"})
	for text, want := range map[string]string{"0.3": "0.3", "30 %": "0.3", "12.5%": "0.125", "1": "1", "1.01": "", "-0.1": "", "high": "", "101%": "", "1e999999999": "", "": ""} {
		if got := decimalText(probabilityOf(Field{Type: FieldText, Text: text})); got != want {
			t.Errorf("probability %q = %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"1200.50": "1200.5 EUR", "10 USD": "10 USD", "-1": "", "much": "", "1e999999999": ""} {
		got := ""
		if m := p.impactOf(Field{Type: FieldText, Text: text}, ""); m != nil {
			got = m.String()
		}
		if got != want {
			t.Errorf("impact %q = %q, want %q", text, got, want)
		}
	}
}

// riskWorld has a tool's risk with mapped figures and recorded ones.
func riskWorld(t *testing.T) *Snapshot {
	t.Helper()
	source := func(kind, id string) Source {
		return Source{Connection: "eng", Kind: kind, ID: id, Key: strings.ToUpper(id)}
	}
	docs := []Document{
		&Settings{TimeZone: "UTC", Currency: "EUR", Rates: []Rate{{Currency: "USD", From: NewDate(2026, 1, 1), Rate: *dec("0.5")}},
			Connections: []ConnectionSettings{{ID: "eng", Name: "eng", Fields: []FieldMapping{
				{To: "department", Field: "dept"}, {To: riskResponse, Field: "status", Values: []ValueMapping{{"averted", "PREVENTED"}}},
				{To: riskProbability, Field: "p"}, {To: riskImpact, Field: "cost", Currency: "USD"}, {To: riskResidualProbability, Field: "rest"},
			}}}},
		&Clock{Today: NewDate(2026, 3, 1)},
		&DepartmentFact{Slug: "open", Name: "Open"},
		&DepartmentFact{Slug: "shut", Name: "Shut"},
		&ProjectFact{Source: source("project", "a"), Name: "A", Fields: []Field{{ID: "dept", Type: FieldText, Text: "open"}}},
		&ProjectFact{Source: source("project", "b"), Name: "B", Fields: []Field{{ID: "dept", Type: FieldText, Text: "shut"}}},
		&MilestoneFact{Source: source("version", "m"), Project: DocID("eng", "project", "a"), Name: "Live"},
		&RiskFact{Source: source("risk", "r"), Project: DocID("eng", "project", "a"), Title: "Tool's", Status: "Averted", Fields: []Field{
			{ID: "p", Type: FieldText, Text: "50%"}, {ID: "cost", Type: FieldNumber, Number: "100"}, {ID: "rest", Type: FieldNumber, Number: "0.1"},
		}},
		&RiskFact{Source: source("risk", "quiet"), Project: DocID("eng", "project", "b"), Title: "Quiet", Status: "To do"},
		&RecordedRiskFact{Slug: "flood", Title: "Flood", Project: "eng:A", Milestone: "eng:M", Probability: dec("0.25"), Impact: dec("1000"), Owner: "Ann"},
		&RecordedRiskFact{Slug: "strike", Title: "Strike", Department: "open", Project: "eng:B", Response: ResponseOccurred, Probability: dec("1"), Impact: dec("10"), Currency: "GBP"},
		&RecordedRiskFact{Slug: "fire", Title: "Fire", Department: "shut"},
		&PersonFact{Source: source("user", "1"), Name: "Ann"},
		&PersonFact{Source: source("user", "B2"), Name: "Bea"},
		&IssueFact{Slug: "wet", Title: "Wet", Department: "open", Owner: "eng/user/B2", Raised: NewDate(2026, 2, 1)},
	}
	var state State
	for _, d := range docs {
		state.Docs = append(state.Docs, Versioned{Rev: 1, Doc: d})
	}
	state.Revision = 1
	s, err := NewSnapshot(state)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func riskTitles(t *testing.T, v *View, f *RiskFilter, by ...*RiskOrder) string {
	t.Helper()
	page, err := v.Risks(f, by, PageRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, r := range page.Nodes() {
		titles = append(titles, r.Title())
	}
	return strings.Join(titles, " ")
}

func TestOneListShowsTheRisksOfToolsAndOfPeople(t *testing.T) {
	s := riskWorld(t)
	v := s.View(Local)
	if got, want := riskTitles(t, v, nil), "Quiet Tool's Fire Flood Strike"; got != want {
		t.Errorf("risks = %s, want %s", got, want)
	}
	yes := true
	for want, f := range map[string]*RiskFilter{
		"Fire Flood Strike": {Recorded: &yes},
		"Tool's Strike":     {Closed: &yes},
		"Tool's":            {Response: &RiskResponseComparator{Eq: new(ResponsePrevented)}},
		"Quiet Tool's":      {Connection: &StringComparator{Eq: new("eng")}},
		"Flood":             {Milestone: &IDComparator{Eq: new(NodeID(KindMilestone, DocID("eng", "version", "m")))}},
		"Strike":            {ID: &IDComparator{Eq: new(NodeID(KindRecordedRisk, "strike"))}},
		"Tool's Flood":      {Department: &StringComparator{Eq: new("open")}, Project: &ProjectFilter{Name: &StringComparator{Eq: new("A")}}},
		"Flood Strike":      {InherentExposureAmount: &DecimalComparator{Gte: dec("10")}, Recorded: &yes},
	} {
		if got := riskTitles(t, v, f); got != want {
			t.Errorf("risks = %s, want %s", got, want)
		}
	}
	down := Descending
	if got, want := riskTitles(t, v, nil, &RiskOrder{Field: RiskByInherent, Direction: &down}), "Tool's Strike Flood Quiet Fire"; got != want {
		t.Errorf("risks by exposure, by currency first = %s, want %s", got, want)
	}
	tool, _ := s.Risk(DocID("eng", "risk", "r"))
	if len(tool.Custom) != 0 {
		t.Errorf("the figures show among the custom fields: %v", tool.Custom)
	}
	if got := v.riskOf(tool).PreventedExposure(); got == nil || got.String() != "40 USD" {
		t.Errorf("prevented exposure of the tool's risk = %v, want 40 USD", got)
	}
	m := v.milestone(DocID("eng", "version", "m"))
	if page, err := m.Risks(nil, nil, nil, nil, nil, nil); err != nil || page.TotalCount() != 1 {
		t.Errorf("the milestone is threatened by %v risks (%v), want Flood alone", page.TotalCount(), err)
	}
	for _, r := range v.snap.risks.ordered.chunks[0] {
		h := v.riskOf(r)
		if node, err := v.Node(h.ID()); err != nil || node.ID() != h.ID() {
			t.Errorf("the id of %s leads to %v, %v", h.Title(), node, err)
		}
	}
}

func TestFiguresOverRisks(t *testing.T) {
	v := riskWorld(t).View(Local)
	page, err := v.Risks(nil, nil, PageRequest{})
	if err != nil {
		t.Fatal(err)
	}
	a := page.Aggregates()
	if a.Count() != 5 || a.Open() != 3 || a.WithoutOwner() != 2 {
		t.Errorf("count, open, without owner = %d, %d, %d, want 5, 3, 2", a.Count(), a.Open(), a.WithoutOwner())
	}
	if got := a.ByResponse(); got[len(got)-1] != (RiskResponseCount{"", 1}) || got[0] != (RiskResponseCount{ResponseMonitored, 2}) {
		t.Errorf("by response = %v", got)
	}
	if e := a.Effectiveness(); e == nil || *e != 0.5 {
		t.Errorf("effectiveness = %v, want 0.5", e)
	}
	prevented := a.PreventedExposure()
	if prevented.Converted == nil || prevented.Converted.String() != "20 EUR" || *prevented.Count != 1 || *prevented.Missing != 0 {
		t.Errorf("prevented exposure = %+v, want 40 USD, which are 20 EUR", prevented)
	}
	inherent := a.InherentExposure()
	if inherent.Converted != nil || inherent.ConvertedReason.Code != "RATE_MISSING" || inherent.Reason.Code != "MIXED_CURRENCIES" || *inherent.Missing != 2 {
		t.Errorf("inherent exposure = %+v, want none for want of a rate of GBP", inherent)
	}
	none, err := v.Risks(&RiskFilter{Response: &RiskResponseComparator{Eq: new(ResponseAccepted)}}, nil, PageRequest{})
	if err != nil || none.Aggregates().Effectiveness() != nil || none.Aggregates().EffectivenessReason().Code != "NO_OUTCOMES" {
		t.Errorf("over no risks there is an effectiveness, or no reason (%v)", err)
	}
	groups, err := page.Groups([]RiskGroupField{GroupRisksByDepartment, GroupRisksByResponse}, nil, nil)
	if err != nil || groups.TotalCount() != 5 {
		t.Errorf("groups by department and response: %v of %v", groups.TotalCount(), err)
	}
}

func TestWhoMaySeeARiskAndWhatOfIt(t *testing.T) {
	s := riskWorld(t)
	open := s.View(Caller{Role: RoleViewer, Departments: []string{"open"}})
	if got, want := riskTitles(t, open, nil), "Tool's Flood Strike"; got != want {
		t.Errorf("a viewer of open sees %s, want %s", got, want)
	}
	strike := open.risk("strike")
	if strike.Project() != nil || strike.Department() == nil {
		t.Errorf("Strike shows its project %v, which is of another department, or not its own", strike.Project())
	}
	flood := open.risk("flood")
	if flood.Owner() == nil || flood.Owner().Name() != "Ann" {
		t.Errorf("the owner of a visible risk is not to be seen")
	}
	if wet := open.issue("wet"); wet == nil || wet.Owner() == nil {
		t.Error("the owner of a visible issue, named by an id with a capital, is not to be seen")
	}
	if flood.InherentExposure() != nil || flood.Impact() != nil || flood.InherentExposureReason().Code != "FIELD_GROUP" || flood.Probability() == nil {
		t.Errorf("without the field group cost: exposure %v, reason %v, probability %v", flood.InherentExposure(), flood.InherentExposureReason(), flood.Probability())
	}
	for _, f := range []*RiskFilter{
		{ImpactAmount: &DecimalComparator{Gt: dec("1")}}, {Currency: &StringComparator{Eq: new("EUR")}}, {InherentExposureAmount: &DecimalComparator{Gt: dec("1")}},
		{ResidualExposureAmount: &DecimalComparator{Gt: dec("1")}}, {Not: &RiskFilter{PreventedExposureAmount: &DecimalComparator{Gt: dec("1")}}},
	} {
		if _, err := open.Risks(f, nil, PageRequest{}); err == nil {
			t.Errorf("amounts may be filtered by without the field group cost: %+v", f)
		}
	}
	for field := range riskAmounts {
		if _, err := open.Risks(nil, []*RiskOrder{{Field: field}}, PageRequest{}); err == nil {
			t.Errorf("%s may be sorted by without the field group cost", field)
		}
	}
	page, err := open.Risks(nil, nil, PageRequest{})
	if err != nil || page.Aggregates().InherentExposure().Reason.Code != "FIELD_GROUP" {
		t.Errorf("exposures are summed without the field group cost (%v)", err)
	}
}
