package demo

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"hash/fnv"
	"io/fs"
	"maps"
	"math"
	"math/rand/v2"
	"path"
	"slices"
	"strconv"
	"text/template"
	"time"

	"github.com/goccy/go-yaml"

	"plumbline/portfolio"
)

// What the organisation records itself, in the files of its strategy folder:
// dates in data/strategy are written in days from today, and the measurements
// are made from what data/measurements.yaml tells of each KPI.

// A tale is how a KPI went.
type tale struct {
	KPI        string             `yaml:"kpi"`
	Periods    int                `yaml:"periods"` // closed ones; as many as two years have unless it says otherwise
	Start      float64            `yaml:"start"`
	End        float64            `yaml:"end"`
	Season     float64            `yaml:"season"` // swing over the year, as a share
	Noise      float64            `yaml:"noise"`  // as a share
	Step       *step              `yaml:"step"`
	Whole      bool               `yaml:"whole"` // in whole numbers
	Of         *line              `yaml:"of"`    // the denominator of a ratio
	Target     *line              `yaml:"target"`
	Ahead      int                `yaml:"ahead"` // periods that are projected; none means it is not
	Late       int                `yaml:"late"`  // closed periods without an actual value
	Segments   map[string]float64 `yaml:"segments"`
	perQuarter bool
}

// A step is what changed when something happened.
type step struct {
	Day int     `yaml:"day"`
	By  float64 `yaml:"by"`
}

// A line leads from a first to a last value.
type line struct {
	Start float64 `yaml:"start"`
	End   float64 `yaml:"end"`
}

const (
	monthsBack   = 24
	quartersBack = 8
	// optimism is how much better than the trend people projected.
	optimism = 0.03
)

// Strategy is what the organisation records itself, as files of a strategy
// folder by name.
func (o *Organisation) Strategy() (map[string][]byte, error) { return o.StrategyOn(0) }

// StrategyOn is what its files held on the evening of a day, which counts from
// today.
func (o *Organisation) StrategyOn(day int) (map[string][]byte, error) {
	all, err := o.strategy()
	if err != nil || day >= 0 {
		return all, err
	}
	for name, text := range all {
		if all[name], err = asKnownOn(o.Day(day).Format(time.DateOnly), name, text); err != nil {
			return nil, fmt.Errorf("demo: %s: %w", name, err)
		}
	}
	return all, nil
}

func (o *Organisation) strategy() (map[string][]byte, error) {
	names, err := fs.Glob(files, "data/strategy/*")
	if err != nil {
		return nil, err
	}
	all := map[string][]byte{}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		if all[path.Base(name)], err = o.dated(name, text); err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
	}
	if all["measurements.csv"], err = o.measurements(all["kpis.yaml"]); err != nil {
		return nil, fmt.Errorf("demo: measurements: %w", err)
	}
	if all["costs.csv"], err = o.costs(); err != nil {
		return nil, fmt.Errorf("demo: costs: %w", err)
	}
	return all, nil
}

// dated puts dates in the place of {{date n}}, n days from today, and the ids of
// projects of Jira in that of {{id "name"}}.
func (o *Organisation) dated(name string, text []byte) ([]byte, error) {
	t, err := template.New(name).Funcs(template.FuncMap{
		"date": func(days int) string { return o.today.AddDate(0, 0, days).Format(time.DateOnly) },
		"id":   o.documentID,
	}).Parse(string(text))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, nil)
	return b.Bytes(), err
}

// documentID is what the portfolio calls a project that is an issue of Jira: its
// number there follows from when it was entered.
func (o *Organisation) documentID(id string) (string, error) {
	for _, s := range o.sites {
		for _, k := range s.projects {
			if i, ok := s.jira.Issue(k.issue); ok && k.ID == id {
				return portfolio.DocID(s.id, "issue", strconv.FormatInt(i.ID, 10)), nil
			}
		}
	}
	return "", fmt.Errorf("no project %q is in Jira yet", id)
}

// measurements writes the file of all measurements.
func (o *Organisation) measurements(kpis []byte) ([]byte, error) {
	var known struct {
		KPIs []struct {
			Key    string `yaml:"key"`
			Period string `yaml:"period"`
		} `yaml:"kpis"`
	}
	if err := yaml.Unmarshal(kpis, &known); err != nil {
		return nil, err
	}
	var tales []tale
	if err := decode("measurements", &tales); err != nil {
		return nil, err
	}
	quarterly := map[string]bool{}
	for _, k := range known.KPIs {
		quarterly[k.Key] = k.Period == "QUARTER"
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"kpi", "period", "segment", "actual", "target", "projection", "numerator", "denominator"}}
	for _, c := range tales {
		if _, ok := quarterly[c.KPI]; !ok {
			return nil, fmt.Errorf("there is no KPI %q", c.KPI)
		}
		c.perQuarter = quarterly[c.KPI]
		rows = append(rows, o.follow(c)...)
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}

// follow lays one tale out in periods: closed ones, then what is projected.
func (o *Organisation) follow(c tale) [][]string {
	months, n := 1, monthsBack
	if c.perQuarter {
		months, n = 3, quartersBack
	}
	if c.Periods > 0 {
		n = c.Periods
	}
	seed := fnv.New64a()
	_, _ = seed.Write([]byte(c.KPI)) // a hash takes everything
	chance := rand.New(rand.NewPCG(seed.Sum64(), 0))
	month := int(o.today.Month()) - 1
	current := time.Date(o.today.Year(), time.Month(month/months*months)+1, 1, 0, 0, 0, 0, time.UTC)

	var rows [][]string
	for i := range n + c.Ahead {
		first := current.AddDate(0, (i-n)*months, 0)
		along := float64(i) / float64(max(n-1, 1))
		trend := c.trend(along, first, current)
		actual := trend * (1 + c.Noise*chance.NormFloat64())
		m := measured{tale: c, period: c.periodName(first)}
		if c.Target != nil {
			m.target = c.text(c.Target.at(along))
		}
		if c.Ahead > 0 {
			m.projection = c.text(trend * (1 + optimism*math.Copysign(1, c.End-c.Start)))
		}
		if i < n-c.Late {
			m.actual = &actual
		}
		if c.Of != nil {
			m.of = c.Of.at(along)
		}
		rows = append(rows, m.rows()...)
	}
	return rows
}

// trend is the value without noise: a line, a season, and what happened.
func (c tale) trend(along float64, first, current time.Time) float64 {
	value := c.Start + (c.End-c.Start)*along
	value *= 1 + c.Season*math.Sin(2*math.Pi*float64(first.YearDay())/365)
	if c.Step != nil && !first.Before(current.AddDate(0, 0, c.Step.Day)) {
		value += c.Step.By
	}
	return value
}

func (l *line) at(along float64) float64 { return l.Start + (l.End-l.Start)*along }

func (c tale) periodName(first time.Time) string {
	if c.perQuarter {
		return fmt.Sprintf("%d-Q%d", first.Year(), (int(first.Month())+2)/3)
	}
	return first.Format("2006-01")
}

// measured is one period of a tale.
type measured struct {
	tale
	period             string
	actual             *float64
	of                 float64
	target, projection string
}

// rows are the lines of one period: of the whole, or of its segments and, when
// there is a target or a projection, of the whole without an actual value.
func (m measured) rows() [][]string {
	if len(m.Segments) == 0 || m.actual == nil {
		return [][]string{m.row("", m.actual, m.of, m.target, m.projection)}
	}
	var rows [][]string
	if m.target != "" || m.projection != "" {
		rows = append(rows, m.row("", nil, 0, m.target, m.projection))
	}
	for _, segment := range slices.Sorted(maps.Keys(m.Segments)) {
		share := m.Segments[segment]
		part, of := *m.actual*share, m.of*share
		if m.Of != nil {
			part = *m.actual
		}
		rows = append(rows, m.row(segment, &part, of, "", ""))
	}
	return rows
}

func (m measured) row(segment string, actual *float64, of float64, target, projection string) []string {
	row := []string{m.KPI, m.period, segment, "", target, projection, "", ""}
	switch {
	case actual == nil:
	case m.Of != nil:
		row[6], row[7] = strconv.FormatFloat(math.Round(*actual*of), 'f', 0, 64), strconv.FormatFloat(math.Round(of), 'f', 0, 64)
	default:
		row[3] = m.text(*actual)
	}
	return row
}

// text writes a value as exactly as such a thing is measured.
func (c tale) text(value float64) string {
	digits := 1
	switch {
	case c.Of != nil:
		digits = 3
	case c.Whole || math.Max(math.Abs(c.Start), math.Abs(c.End)) >= 500:
		digits = 0
	}
	return strconv.FormatFloat(value, 'f', digits, 64)
}
