package scoring

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// performanceOracles are the published examples of earned value, earned
// schedule and forecasts.
type performanceOracles struct {
	EVM []struct {
		BAC, PV, EV, AC, SPI, CPI, SV, CV, EAC, ETC, VAC float64

		AtPlan    float64 `json:"EAC_atypical"`
		Published map[string]any
		Source    string
	}
	EarnedSchedule struct {
		Cases []struct {
			PV                      []float64 `json:"PVmonthly"`
			EV, AT, ES, SPIt, IEACt float64
		}
	}
	Throughput []struct {
		Samples   []int
		Remaining int
		CDF       map[string]any
	} `json:"throughputExact"`
	Tolerance struct{ Published, Recomputed float64 }
}

func readPerformanceOracles(t *testing.T) *performanceOracles {
	t.Helper()
	folder := os.Getenv("PLUMBLINE_TESTDATA")
	if folder == "" {
		t.Skip("PLUMBLINE_TESTDATA is unset: the published examples are beside that folder")
	}
	text, err := os.ReadFile(filepath.Join(folder, "..", "oracles.json"))
	if err != nil {
		t.Fatal(err)
	}
	var o performanceOracles
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	return &o
}

// figures are those that the published ones go by.
func (p Performance) figures() map[string]Figure {
	return map[string]Figure{
		"SPI": p.SPI, "CPI": p.CPI, "SV": p.ScheduleVariance, "CV": p.CostVariance, "EAC": p.AtCompletion,
		"EAC_atypical": p.AtPlan, "ETC": p.ToComplete, "VAC": p.VarianceAtCompletion, "TCPI": p.TCPI,
	}
}

func known(t *testing.T, what string, f Figure) float64 {
	t.Helper()
	if f.Value == nil {
		t.Fatalf("%s: null because of %s", what, f.Code)
	}
	return *f.Value
}

func TestPublishedEarnedValue(t *testing.T) {
	o := readPerformanceOracles(t)
	for _, e := range o.EVM {
		got := Perform(EarnedValue{&e.BAC, &e.PV, &e.EV, &e.AC}).figures()
		// The recomputed figures are written with four to six decimals.
		for name, want := range map[string]float64{"SPI": e.SPI, "CPI": e.CPI} {
			nearOne(t, e.Source+" "+name, known(t, name, got[name]), want, o.Tolerance.Recomputed)
		}
		for name, want := range map[string]float64{"SV": e.SV, "CV": e.CV, "EAC": e.EAC, "ETC": e.ETC, "VAC": e.VAC, "EAC_atypical": e.AtPlan} {
			nearOne(t, e.Source+" "+name, known(t, name, got[name]), want, 5.1e-5)
		}
		for name, v := range e.Published {
			want, ok := v.(float64)
			if _, truncated := e.Published["note"]; !ok || truncated && name == "SPI" {
				continue // the page cuts .667 to .6
			}
			nearOne(t, e.Source+" published "+name, known(t, name, got[name]), want, max(o.Tolerance.Published, halfDigit(want)))
		}
	}
}

func TestPublishedEarnedSchedule(t *testing.T) {
	o := readPerformanceOracles(t)
	for _, c := range o.EarnedSchedule.Cases {
		s := EarnSchedule(monthly(c.PV), c.PV[len(c.PV)-1], c.EV, c.AT)
		nearOne(t, "ES", known(t, "ES", s.Earned), c.ES, o.Tolerance.Recomputed)
		nearOne(t, "SPI(t)", known(t, "SPI(t)", s.SPI), c.SPIt, o.Tolerance.Published)
		nearOne(t, "IEAC(t)", known(t, "IEAC(t)", s.AtCompletion), c.IEACt, o.Tolerance.Published)
	}
}

func monthly(values []float64) []PlanPoint {
	plan := make([]PlanPoint, len(values))
	for i, v := range values {
		plan[i] = PlanPoint{float64(i + 1), v}
	}
	return plan
}

func TestPublishedThroughput(t *testing.T) {
	o := readPerformanceOracles(t)
	for _, c := range o.Throughput {
		cdf := CompletionCDF(c.Samples, c.Remaining, 10)
		for after, v := range c.CDF {
			n, _ := strconv.Atoi(after)
			want, tolerance := 0.0, o.Tolerance.Recomputed
			switch v := v.(type) {
			case float64:
				want, tolerance = v, o.Tolerance.Published
			case string: // a fraction
				upper, lower, _ := strings.Cut(v, "/")
				a, _ := strconv.ParseFloat(upper, 64)
				b, _ := strconv.ParseFloat(lower, 64)
				want = a / b
			}
			nearOne(t, "after "+after+" periods", cdf[n], want, tolerance)
		}
	}
}
