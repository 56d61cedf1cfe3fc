package portfolio

import (
	"errors"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

func TestATrialSaysWhatIsWrongWithItsWeights(t *testing.T) {
	v := strategyLog(t).now.View(Local)
	weight := func(objective, w string) *TrialWeight {
		return &TrialWeight{objective, decimal.RequireFromString(w)}
	}
	for name, test := range map[string]struct {
		weights []*TrialWeight
		want    string // "" for none
	}{
		"two siblings":   {[]*TrialWeight{weight("a", "1"), weight("b", "2")}, ""},
		"below 0":        {[]*TrialWeight{weight("a", "-1")}, `the weight of "a" is -1`},
		"unknown":        {[]*TrialWeight{weight("nope", "1")}, `"nope" is no objective in force`},
		"the same twice": {[]*TrialWeight{weight("a", "1"), weight("b", "1"), weight("a", "2")}, `"a" is given two weights`},
	} {
		_, err := v.SimulateStrategy(StrategyTrial{Weights: test.weights})
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case test.want != "" && (!errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}
