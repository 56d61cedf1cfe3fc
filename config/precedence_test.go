package config_test

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/portfolio"
)

const twoTools = `
connections:
  - {id: eng, type: chart, url: "https://example.com", fields: {Health grade: customfield_1, budgets: customfield_2}}
  - {id: finance, type: chart, url: "https://example.org"}
precedence:
`

func TestPrecedenceTakesEveryFieldOfProjects(t *testing.T) {
	for _, field := range append([]string{"Risk class", "Health grade", "budgets", "Colour"}, portfolio.PrecedenceFields...) {
		c := mustLoad(t, twoTools+fmt.Sprintf("  - {field: %s, connections: [finance]}\n", field))
		if s := c.Settings(); s.Validate() != nil || len(s.Precedence) != 1 {
			t.Errorf("%s: %+v, %v", field, s.Precedence, s.Validate())
		}
	}
}

func TestPrecedenceSaysWhatItCannotTake(t *testing.T) {
	const those = "hose are name, description, category, department, sponsor, manager, owner, budget, health, start, due, baseline, forecast, finished, " +
		"objectives, pmoId, phase, priority, justification, businessValue, timeCriticality, riskReduction, jobSize, and custom fields by their names"
	for precedence, want := range map[string]string{
		`[{field: buget, connections: [eng]}]`:                                                `plumbline.yaml:6:12: precedence[0].field: "buget" is no field of projects; did you mean budget? T` + those,
		`[{field: pmo_id, connections: [eng]}]`:                                               `"pmo_id" is no field of projects; did you mean pmoId? T` + those,
		`[{field: contingency, connections: [eng]}]`:                                          `"contingency" is no field of projects; t` + those,
		`[{field: probability, connections: [eng]}]`:                                          `"probability" is no field of projects; t` + those,
		`[{field: due, connections: [finanz]}]`:                                               `there is no connection "finanz"; did you mean finance?`,
		`[{field: due, connections: [sap]}]`:                                                  `there is no connection "sap"; expected eng or finance`,
		`[{field: due, connections: [eng, eng]}]`:                                             `the connection eng is named twice; expected once`,
		`[{field: owner, connections: [eng]}, {field: manager, connections: [finance, eng]}]`: `manager has its precedence already`,
	} {
		_, err := load(t, strings.TrimSuffix(twoTools, "\n")+"\n  "+precedence+"\n")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", precedence, err, want)
		}
	}
}
