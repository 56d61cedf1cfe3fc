package folder

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
)

// documented are the rows of the tables of docs/strategy-files.md, without
// their explanations, and the explanations by list and member.
func documented(t *testing.T) (rows []string, about map[string]string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "strategy-files.md"))
	if err != nil {
		t.Fatal(err)
	}
	about = map[string]string{}
	list := ""
	row := regexp.MustCompile("^\\| `(\\w+)` \\| ([^|]+) \\|(.*)\\|$")
	for line := range strings.SplitSeq(string(page), "\n") {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			list = heading
		}
		if m := row.FindStringSubmatch(line); m != nil {
			rows = append(rows, fmt.Sprintf("%s.%s: %s", list, m[1], m[2]))
			about[list+"."+m[1]] = m[3]
		}
	}
	return rows, about
}

// wordOf says what a member's value is, as the page does.
func wordOf(m member) string {
	t := m.typ
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	word := map[reflect.Type]string{
		dateType: "date", numberType: "number", amountType: "amount", listType: "list of texts",
		weightsType: "mapping", fieldsType: "mapping", reflect.TypeFor[[]portfolio.PairComparison](): "list of mappings",
		reflect.TypeFor[[]portfolio.CycleGoal](): "list of mappings", reflect.TypeFor[[]portfolio.RealisedBenefit](): "list of mappings",
		reflect.TypeFor[[]portfolio.RecordedAction](): "list of mappings",
	}[t]
	switch {
	case word != "":
	case t.Kind() == reflect.String:
		word = "text"
	case t.Kind() == reflect.Bool:
		word = "true or false"
	case t.Kind() == reflect.Int:
		word = "whole number"
	}
	if m.needed {
		word += ", **needed**"
	}
	return word
}

func TestEveryListAndMemberIsDocumented(t *testing.T) {
	want := map[string]bool{}
	for _, l := range lists {
		for _, m := range l.members {
			want[fmt.Sprintf("%s.%s: %s", l.name, m.name, wordOf(m))] = true
		}
	}
	got := map[string]bool{}
	rows, about := documented(t)
	for _, row := range rows {
		got[row] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/strategy-files.md (-what is read +what is documented):\n%s", diff)
	}
	for _, c := range []struct {
		member string
		values []string
	}{
		{"strategyVersions.method", names(portfolio.WeightManual, portfolio.WeightEqual, portfolio.WeightAHP)},
		{"objectives.rollUp", names(portfolio.RollUpWeightedMean, portfolio.RollUpMean, portfolio.RollUpMin, portfolio.RollUpManual)},
		{"kpis.direction", names(portfolio.HigherIsBetter, portfolio.LowerIsBetter, portfolio.TargetBand)},
		{"kpis.indicator", names(portfolio.IndicatorLeading, portfolio.IndicatorLagging)},
		{"kpis.perspective", names(portfolio.PerspectiveCustomer, portfolio.PerspectiveEmployee, portfolio.PerspectiveFinancial, portfolio.PerspectiveProcess)},
		{"kpis.period", names(portfolio.PeriodDay, portfolio.PeriodWeek, portfolio.PeriodMonth, portfolio.PeriodQuarter, portfolio.PeriodYear)},
		{"kpis.aggregation", names(portfolio.AggregateSum, portfolio.AggregateMean, portfolio.AggregateLast, portfolio.AggregateRatio)},
		{"kpis.attainment", names(portfolio.AttainmentFromTarget, portfolio.AttainmentFromBaseline)},
		{"controlExceptions.control", names(portfolio.ControlCodes...)},
		{"projects.phase", names(portfolio.PhaseProposed, portfolio.PhasePlanned, portfolio.PhaseActive, portfolio.PhaseOnHold, portfolio.PhaseDone, portfolio.PhaseCancelled)},
		{"projects.health", names(portfolio.HealthGreen, portfolio.HealthYellow, portfolio.HealthRed, portfolio.HealthUnknown)},
		{"risks.response", names(portfolio.Responses...)},
		{"issues.severity", names(portfolio.Severities...)},
		{"assumptions.state", names(portfolio.AssumptionStates...)},
		{"milestones.kind", names(portfolio.MilestoneStandard, portfolio.MilestoneKey, portfolio.MilestoneGoLive)},
	} {
		for _, value := range c.values {
			if !strings.Contains(about[c.member], "`"+value+"`") {
				t.Errorf("docs/strategy-files.md does not say that %s may be %s", c.member, value)
			}
		}
	}
}

func names[T ~string](values ...T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}

func TestTheDocumentedLimitsAreTheRealOnes(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "strategy-files.md"))
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("A YAML file holds at most %d MiB, a CSV file %d MiB, all together %d MiB and 100,000 entries.", MaxYAML>>20, MaxCSV>>20, MaxTotal>>20)
	if !strings.Contains(string(page), want) || portfolio.MaxEdits != 100_000 {
		t.Errorf("docs/strategy-files.md does not say: %s", want)
	}
}
