package demo

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"plumbline/connectors/jira/jiratest"
)

// A file of an earlier day does not know what came later: entries that began
// later are missing, what ended later is still open, and a period that was not
// over has no result.
func TestFilesOfAnEarlierDayDoNotKnowTheFuture(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"risks.yaml": {
			"risks:\n- {key: a, title: T, raised: 2026-01-05, response: PREVENTED, closed: 2026-02-20, residualImpact: 1}\n- {key: b, raised: 2026-02-02}\n",
			"risks:\n- key: a\n  raised: \"2026-01-05\"\n  response: MITIGATING\n  title: T\n",
		},
		"decisions.yaml": {
			"decisions:\n- {key: d, raised: 2026-01-05, decided: 2026-02-20, outcome: Yes, actions: [{title: A}]}\n- {key: e, raised: 2026-01-05, decided: 2026-01-20, actions: [{title: A, done: 2026-02-03}]}\n",
			"decisions:\n- key: d\n  raised: \"2026-01-05\"\n- actions:\n  - title: A\n  decided: \"2026-01-20\"\n  key: e\n  raised: \"2026-01-05\"\n",
		},
		"measurements.csv": {
			"kpi,period,actual,target\nk,2026-01,5,6\nk,2026-02,7,8\nk,2026-03,9,\n",
			"kpi,period,actual,target\nk,2026-01,5,6\nk,2026-02,,8\n",
		},
		"contributions.csv": {"project,strength\np,1\n", "project,strength\np,1\n"},
	} {
		got, err := asKnownOn("2026-02-01", name, []byte(c.text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, strings.ReplaceAll(string(got), "'", "")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// History that is played in steps is the history that is played at once.
func TestHistoryMayBePlayedInSteps(t *testing.T) {
	now := func() time.Time { return time.Date(2026, time.March, 2, 15, 0, 0, 0, time.UTC) }
	whole, err := Start(t.Context(), Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	steps, err := Start(t.Context(), Options{Now: now, Past: 100})
	if err != nil {
		t.Fatal(err)
	}
	if left := len(steps.sites[0].events); left == 0 {
		t.Fatal("nothing is left to play after the day on which history was to stop")
	}
	for _, day := range []int{-99, -50, -1, 0} {
		steps.PlayTo(day)
	}
	for i, s := range whole.sites {
		for j, want := range s.milestones {
			got := steps.sites[i].milestones[j]
			if got.issue != want.issue || got.id != want.id {
				t.Fatalf("%s is %s %d when played in steps, %s %d at once", want.Name, got.issue, got.id, want.issue, want.id)
			}
			x, _ := s.jira.Issue(want.issue)
			y, _ := steps.sites[i].jira.Issue(got.issue)
			if diff := cmp.Diff(x, y, cmpopts.IgnoreUnexported(jiratest.Issue{})); diff != "" {
				t.Fatalf("%s (-at once +in steps):\n%s", want.Name, diff)
			}
		}
	}
}
