package demo

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
)

// aim is a goal as the files tell it, or what was read of it.
type aim struct {
	Owner, Above, Feeling, Ends string
	Actual, Target              float64 // of a percentage in hundredths
	Department                  string
	By                          []string // projects
}

// aimed is what the files say of the goals as of the evening of a day.
func (o *Organisation) aimed(day int) map[string]aim {
	s := o.stageOf("campaigns")
	aims := map[string]aim{}
	for _, g := range s.lib.goals {
		if g.entered() > day {
			continue
		}
		a := aim{Owner: accountID(g.Owner) + "@larkmoor.example", Ends: s.date(g.Ends), Actual: g.From, Target: g.To}
		if above := s.lib.goal(g.Below); above != nil && above.entered() <= day {
			a.Above = above.Name
		}
		for _, r := range g.Went {
			if r.On <= day {
				a.Actual, a.Feeling = r.At, r.Status
			}
		}
		if g.From != g.To {
			a.Department = g.Team
		}
		if g.Percent {
			a.Actual, a.Target = math.Round(100*a.Actual), 100*a.Target
		}
		for _, id := range g.Supports {
			if p := s.lib.project(id); p.entered() <= day {
				a.By = append(a.By, p.Name)
			}
		}
		slices.Sort(a.By)
		aims[g.Name] = a
	}
	return aims
}

// aims are the goals that a connector has read, in the words of the files.
func (p pulled) aims() map[string]aim {
	projects, names := map[string]string{}, map[string]string{}
	for _, fact := range p.facts {
		if f, ok := fact.(*portfolio.ProjectFact); ok {
			projects[f.DocID()] = f.Name
		}
	}
	aims := map[string]aim{} // by key
	for _, fact := range p.recorded {
		if f, ok := fact.(*portfolio.ObjectiveFact); ok {
			names[f.Slug] = f.Name
			aims[f.Slug] = aim{Owner: f.Owner, Above: f.Parent, Feeling: f.Reported, Ends: f.ValidTo.String()}
		}
	}
	for _, fact := range p.recorded {
		switch f := fact.(type) {
		case *portfolio.KPIFact:
			a := aims[f.Slug]
			a.Target, a.Department = f.Target.InexactFloat64(), f.Department
			aims[f.Slug] = a
		case *portfolio.MeasurementFact:
			a := aims[f.KPI]
			a.Actual = f.Actual.InexactFloat64()
			aims[f.KPI] = a
		case *portfolio.ContributionFact:
			a := aims[f.Objective]
			a.By = append(a.By, projects[f.Project])
			slices.Sort(a.By)
			aims[f.Objective] = a
		}
	}
	named := map[string]aim{}
	for key, a := range aims {
		a.Above = names[a.Above]
		named[names[key]] = a
	}
	return named
}

func TestGoalsAreReadAsTheFilesTellThem(t *testing.T) {
	for _, day := range []int{0, -30, -180} {
		t.Run(fmt.Sprint("day ", day), func(t *testing.T) {
			org := start(t, Options{Past: -day})
			want := org.aimed(day)
			if len(want) < 2 {
				t.Errorf("the files tell of %d goals", len(want))
			}
			if diff := cmp.Diff(want, pull(t, open(t, org)["campaigns"]).aims()); diff != "" {
				t.Errorf("(-files +connector):\n%s", diff)
			}
		})
	}
}
