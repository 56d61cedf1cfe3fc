package demo

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A spending is how the budget of a project is planned and used, month by
// month. The plan is the S of most projects: slow, fast, slow.
type spending struct {
	Project string  `yaml:"project"`
	First   int     `yaml:"first"` // month, counted from the current one
	Months  int     `yaml:"months"`
	Pace    float64 `yaml:"pace"`  // what is earned for each dollar of plan
	Price   float64 `yaml:"price"` // what is spent for each dollar earned
}

// costs writes the file of all costs.
func (o *Organisation) costs() ([]byte, error) {
	var all []spending
	if err := decode("costs", &all); err != nil {
		return nil, err
	}
	rows := [][]string{{"project", "period", "budget", "planned", "earned", "actual", "forecast"}}
	for _, s := range all {
		budget := o.budgetOf(strings.TrimPrefix(s.Project, "pmo:"))
		if budget == 0 {
			return nil, fmt.Errorf("no project %s has a budget", s.Project)
		}
		rows = append(rows, o.spend(s, float64(budget))...)
	}
	var b bytes.Buffer
	err := csv.NewWriter(&b).WriteAll(rows)
	return b.Bytes(), err
}

// budgetOf is the budget of the project with a PMO number.
func (o *Organisation) budgetOf(pmo string) int {
	for _, p := range o.lib.projects {
		if p.PMO == pmo && p.Budget != 0 {
			return p.Budget
		}
	}
	return 0
}

func (o *Organisation) spend(s spending, budget float64) [][]string {
	dollars := func(v float64) string { return strconv.FormatFloat(math.Round(v), 'f', 0, 64) }
	var rows [][]string
	for i := range s.Months {
		month := time.Date(o.today.Year(), o.today.Month()+time.Month(s.First+i), 1, 0, 0, 0, 0, time.UTC)
		planned := budget * (sigmoid(i+1, s.Months) - sigmoid(i, s.Months))
		row := []string{s.Project, month.Format("2006-01"), dollars(planned), dollars(planned), "", "", ""}
		if s.First+i < 0 {
			row[4], row[5] = dollars(planned*s.Pace), dollars(planned*s.Pace*s.Price)
		} else {
			row[6] = dollars(planned * s.Price)
		}
		rows = append(rows, row)
	}
	return rows
}

// sigmoid is the share of the plan that is done after i of n months.
func sigmoid(i, n int) float64 {
	x := float64(i) / float64(n)
	return x * x * (3 - 2*x)
}
