package portfolio

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

// A strategyLog is a log with a strategy of equal weights: a with a1 and a2
// below it, and b.
func strategyLog(t *testing.T) *testLog {
	l := newTestLog(t, "2026-03-01")
	l.put(&StrategyFact{Slug: "s", Name: "Strategy"}, &StrategyVersionFact{Strategy: "s", Version: "1", Method: WeightEqual},
		&ObjectiveFact{Slug: "a", Strategy: "s"}, &ObjectiveFact{Slug: "b", Strategy: "s"},
		&ObjectiveFact{Slug: "a1", Strategy: "s", Parent: "a"}, &ObjectiveFact{Slug: "a2", Strategy: "s", Parent: "a"},
		&ProjectFact{Source: source("eng", "project", "PAY"), Name: "Payments"})
	return l
}

func contributes(project, objective, strength string) *ContributionFact {
	return &ContributionFact{Project: project, Objective: objective, Strength: decimal.RequireFromString(strength)}
}

func (l *testLog) score(project string) float64 {
	l.t.Helper()
	row, ok := l.now.Project(project)
	if !ok || row.alignment.score == nil {
		l.t.Fatalf("%s has no score", project)
	}
	return *row.alignment.score
}

func (l *testLog) wantScore(story string, want float64) {
	l.t.Helper()
	if got := l.score("eng/project/PAY"); math.Abs(got-want) > 1e-6 {
		l.t.Errorf("%s: score = %v, want %v", story, got, want)
	}
}

// The published cases of scores and of the portfolio's alignment.
func TestAlignmentOracles(t *testing.T) {
	folder := os.Getenv("PLUMBLINE_TESTDATA")
	if folder == "" {
		t.Skip("PLUMBLINE_TESTDATA names no folder with published examples")
	}
	published, err := os.ReadFile(filepath.Join(folder, "..", "oracles.json"))
	if err != nil {
		t.Skip(err)
	}
	var oracles struct {
		Alignment struct {
			Cases []struct {
				Weights, Contribution, SpendShare, Gaps []float64
				Score, PortfolioAlignment               *float64
			}
		}
	}
	if err := json.Unmarshal(published, &oracles); err != nil {
		t.Fatal(err)
	}
	scores, indices := 0, 0
	for i, c := range oracles.Alignment.Cases {
		if len(c.Weights) == 0 {
			continue // the tree has a test of its own
		}
		l := newTestLog(t, "2026-03-01")
		version := &StrategyVersionFact{Strategy: "s", Version: "1", Method: WeightManual}
		l.put(&StrategyFact{Slug: "s"}, &ProjectFact{Source: source("eng", "project", "PAY")})
		for n, weight := range c.Weights {
			key := "o" + strconv.Itoa(n)
			version.Weights = append(version.Weights, ObjectiveWeight{key, decimal.NewFromFloat(weight)})
			l.put(&ObjectiveFact{Slug: key, Strategy: "s"})
			if c.Contribution != nil {
				l.put(&ContributionFact{Project: "eng:PAY", Objective: key, Strength: decimal.NewFromFloat(c.Contribution[n])})
			}
			if c.SpendShare != nil { // a project for each objective, with that share of the money
				id := "P" + strconv.Itoa(n)
				l.put(&ProjectFact{Source: source("eng", "project", id)}, &ContributionFact{Project: "eng:" + id, Objective: key, Strength: decimal.NewFromInt(1)},
					&Override{Target: "project:eng:" + id, Field: "budget", Value: text(decimal.NewFromFloat(1000*c.SpendShare[n]).String() + " EUR")})
			}
		}
		l.put(version)
		if c.Score != nil {
			scores++
			l.wantScore("case "+strconv.Itoa(i), *c.Score)
		}
		if c.PortfolioAlignment != nil {
			indices++
			st := l.now.standing()
			if math.Abs(*st.index-*c.PortfolioAlignment) > 1e-6 {
				t.Errorf("case %d: portfolio alignment = %v, want %v", i, *st.index, *c.PortfolioAlignment)
			}
			for n, gap := range c.Gaps {
				if math.Abs(st.gaps[n]-gap) > 1e-6 {
					t.Errorf("case %d: gap of objective %d = %v, want %v", i, n, st.gaps[n], gap)
				}
			}
		}
	}
	if scores == 0 || indices == 0 {
		t.Errorf("%d scores and %d indices were compared, want some of both", scores, indices)
	}
}

func TestAContributionToAnInnerObjectiveCountsForItsLeaves(t *testing.T) {
	l := strategyLog(t)
	l.put(contributes("eng:PAY", "a", "0.5"))
	l.wantScore("both leaves of a", 25)
	l.put(contributes("eng:PAY", "a1", "1"))
	l.wantScore("a1 has its own", 25+12.5)
	l.put(contributes("eng:PAY", "b", "1"), contributes("eng:PAY", "a2", "1"))
	l.wantScore("every leaf", 100)
}

func TestWhatExpiresCountsNothingAndTheOthersAreNormalisedAgain(t *testing.T) {
	l := strategyLog(t)
	l.put(&ObjectiveFact{Slug: "b", Strategy: "s", ValidTo: day(t, "2026-03-31")}, contributes("eng:PAY", "a1", "1"), contributes("eng:PAY", "b", "0.5"))
	l.wantScore("on the last but one day", 25+25)
	l.today("2026-03-31")
	l.wantScore("on the last day", 50)
	l.today("2026-04-01")
	l.wantScore("after it", 50)
	row, _ := l.now.Project("eng/project/PAY")
	if want := []AlignmentFlag{FlagStaleLink}; !slices.Equal(row.alignment.flags, want) {
		t.Errorf("flags = %v, want %v", row.alignment.flags, want)
	}
	weights, _ := l.now.strategies.weights()
	if o := weights.of("a"); o == nil || !o.again || *o.global != 1 {
		t.Errorf("a weighs %+v, want all, normalised again", o)
	}
	if !slices.ContainsFunc(weights.problems, func(r Reason) bool { return r.Code == ReasonNormalisedAgain }) {
		t.Errorf("problems = %v, want one that says so", weights.problems)
	}
}

func TestTheVersionInForceFollowsTheDay(t *testing.T) {
	l := strategyLog(t)
	weights := func(a, b string) []ObjectiveWeight {
		return []ObjectiveWeight{{"a", decimal.RequireFromString(a)}, {"b", decimal.RequireFromString(b)}, {"a1", decimal.NewFromInt(1)}, {"a2", decimal.NewFromInt(1)}}
	}
	l.put(&StrategyVersionFact{Strategy: "s", Version: "2", ValidFrom: day(t, "2026-03-10"), Method: WeightManual, Weights: weights("0", "1")},
		&StrategyVersionFact{Strategy: "s", Version: "3", ValidFrom: day(t, "2026-03-20"), ValidTo: day(t, "2026-03-25"), Method: WeightManual, Weights: weights("3", "1")},
		contributes("eng:PAY", "b", "1"))
	for _, c := range []struct {
		today, version string
		score          float64
	}{{"2026-03-09", "1", 50}, {"2026-03-10", "2", 100}, {"2026-03-20", "3", 25}, {"2026-03-25", "3", 25}, {"2026-03-26", "2", 100}} {
		l.today(c.today)
		row, _ := l.now.strategyRows.byID.get("s")
		if row.InForceID != "s@"+c.version {
			t.Errorf("on %s %s is in force, want version %s", c.today, row.InForceID, c.version)
		}
		l.wantScore("on "+c.today, c.score)
	}
}

func TestOfContributionsToOneProjectTheLastOneCounts(t *testing.T) {
	l := strategyLog(t)
	l.put(contributes("eng:PAY", "b", "1"))
	l.put(contributes("eng/project/PAY", "b", "0.2"))
	l.wantScore("two ways to name the project", 10)
	state := func(id string) ContributionState { row, _ := l.now.contributions.byID.get(id); return row.State }
	if state("eng:PAY#b") != ContributionSuperseded || state("eng/project/PAY#b") != ContributionCounts {
		t.Errorf("states are %s and %s, want the later one to count", state("eng:PAY#b"), state("eng/project/PAY#b"))
	}
	l.remove(Key{KindContribution, "eng/project/PAY#b"})
	l.wantScore("the later one is taken back", 50)
	l.put(contributes("eng:LATER", "b", "1"))
	if state("eng:LATER#b") != ContributionUnknownProject {
		t.Errorf("state = %s, want that it leads nowhere", state("eng:LATER#b"))
	}
	l.put(&ProjectFact{Source: source("eng", "project", "LATER")})
	if l.score("eng/project/LATER") != 50 {
		t.Errorf("score of a project that came later = %v, want 50", l.score("eng/project/LATER"))
	}
}

// A programme would count its projects' money twice.
func TestAProgrammeIsNotRanked(t *testing.T) {
	l := strategyLog(t)
	child := &ProjectFact{Source: source("eng", "project", "TILL"), Parent: "eng/project/PAY"}
	l.put(child)
	row, _ := l.now.Project("eng/project/PAY")
	if a := row.alignment; a.score != nil || a.own != reasonProgramme || a.ranked || len(a.flags) > 0 {
		t.Errorf("alignment = %+v, want none, because it is a programme", a)
	}
	l.put(contributes("eng:PAY", "b", "1"))
	if l.wantScore("with contributions of its own", 50); l.now.standing().ranked != 1 {
		t.Errorf("%d projects are ranked, want the one below it", l.now.standing().ranked)
	}
	gone := *child
	gone.Presence = PresenceDeleted
	l.put(&gone)
	if row, _ = l.now.Project("eng/project/PAY"); !row.alignment.ranked {
		t.Error("it is not ranked, although nothing lies below it any more")
	}
}

func TestFlagsOfMoneyAndScore(t *testing.T) {
	l := strategyLog(t)
	for i, p := range []struct{ strength, budget string }{{"1", ""}, {"0.9", "10 EUR"}, {"0.5", "20 EUR"}, {"0.1", "30 EUR"}, {"", "400 EUR"}} {
		id := "P" + strconv.Itoa(i)
		l.put(&ProjectFact{Source: source("eng", "project", id)})
		if p.strength != "" {
			l.put(contributes("eng:"+id, "b", p.strength))
		}
		if p.budget != "" {
			l.put(&Override{Target: "project:eng:" + id, Field: "budget", Value: text(p.budget)})
		}
	}
	l.put(&PersonFact{Source: source("eng", "user", "1"), Name: "Ann"}, &Override{Target: "project:eng:P3", Field: "sponsor", Value: text("Ann")})
	l.remove(Key{KindProject, "eng/project/PAY"})
	v := l.now.View(Local)
	got := map[string][]AlignmentFlag{}
	for row := range l.now.Projects() {
		if flags := v.flags(row); len(flags) > 0 {
			got[row.Key] = flags
		}
	}
	want := map[string][]AlignmentFlag{
		"P0": {FlagHighAlignmentUnfunded},
		"P1": {FlagRankInversion}, // the best score of those with money, and the least money
		"P3": {FlagChampionOnly},
		"P4": {FlagOrphan, FlagLowAlignmentHighSpend, FlagRankInversion},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("flags (-want +got):\n%s", d)
	}
	if st := l.now.standing(); st.tau == nil || *st.tau != -1 {
		t.Errorf("tau = %v, want -1: the orders are turned round", st.tau)
	}
	if d := cmp.Diff(got["P3"], l.now.View(Caller{Role: RoleViewer}).flags(mustProject(t, l, "eng/project/P3"))); d != "" {
		t.Errorf("flags without the field group cost: %s", d)
	}
	if flags := l.now.View(Caller{Role: RoleViewer}).flags(mustProject(t, l, "eng/project/P0")); len(flags) > 0 {
		t.Errorf("flags without the field group cost = %v, want none that follows from money", flags)
	}
}

func mustProject(t *testing.T, l *testLog, id string) *ProjectRow {
	t.Helper()
	row, ok := l.now.Project(id)
	if !ok {
		t.Fatalf("no project %s", id)
	}
	return row
}

// Objectives that nobody compares have no weights, and nothing has a score.
func TestWhatIsNotComparedHasNoWeights(t *testing.T) {
	l := strategyLog(t)
	l.put(&StrategyVersionFact{Strategy: "s", Version: "1", Method: WeightAHP},
		&JudgementFact{Strategy: "s", Version: "1", Judge: "Ann", Pairs: []PairComparison{{"a", "b", "3"}}}, contributes("eng:PAY", "b", "1"))
	row, _ := l.now.Project("eng/project/PAY")
	_, reasons := l.now.strategies.weights()
	if row.alignment.score != nil || len(reasons) != 1 || reasons[0].Code != ReasonNotCompared {
		t.Errorf("score %v, reasons %v; want none, because a1 and a2 are not compared", row.alignment.score, reasons)
	}
	l.put(&JudgementFact{Strategy: "s", Version: "1", Judge: "Bob", Pairs: []PairComparison{{"a1", "a2", "2"}}})
	l.wantScore("with another judge", 25)
}
