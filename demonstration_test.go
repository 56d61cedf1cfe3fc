package main

import (
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"plumbline/connectors/jira/jiratest"
	"plumbline/demo"
)

func TestTheDemoAnswersQuestions(t *testing.T) {
	t.Parallel()
	p := start(t, map[string]string{"PLUMBLINE_LISTEN": "127.0.0.1:0"}, "serve", "--demo")
	s := p.site()
	for path, holds := range map[string]string{"/healthz": `{"status":"ok"}`, "/readyz": `"status":"ready"`, "/": "<html", "/schema.graphql": "type Query {"} {
		if status, body := s.get(path); status != http.StatusOK || !strings.Contains(body, holds) {
			t.Errorf("%s is answered with %d and without %s:\n%s", path, status, holds, body)
		}
	}
	p.readsTheDemo()

	type portfolio struct {
		Projects struct {
			TotalCount int
			Nodes      []struct {
				Name   string
				Health struct{ Overall, Reported, Computed string }
			}
			Groups struct {
				Nodes []struct {
					Keys       []struct{ Label string }
					Aggregates struct{ Count int }
				}
			}
		}
		Milestones struct{ TotalCount int }
	}
	var answer portfolio
	eventually(t, patience, "what the runs have read", func() bool {
		answer = tell[portfolio](s, `{
			projects(first: 100) {
				totalCount
				nodes { name health { overall reported computed } }
				groups(by: [DEPARTMENT]) { nodes { keys { label } aggregates { count } } }
			}
			milestones { totalCount }
		}`, nil)
		return answer.Milestones.TotalCount >= 500
	})
	projects := answer.Projects
	if projects.TotalCount < 50 || answer.Milestones.TotalCount < 500 || len(projects.Groups.Nodes) < 12 {
		t.Errorf("%d projects in %d departments with %d milestones, want at least 50, 12 and 500",
			projects.TotalCount, len(projects.Groups.Nodes), answer.Milestones.TotalCount)
	}
	colours, grouped := map[string]int{}, 0
	for _, project := range projects.Nodes {
		colours[project.Health.Computed]++
	}
	for _, department := range projects.Groups.Nodes {
		grouped += department.Aggregates.Count
	}
	if colours["RED"] == 0 || colours["GREEN"] == 0 || grouped != projects.TotalCount {
		t.Errorf("computed healths %v, %d projects in groups; want red and green ones, and all %d", colours, grouped, projects.TotalCount)
	}
	type due struct {
		Connections struct {
			Nodes []struct{ NextDueAt time.Time }
		}
	}
	eventually(t, patience, "a time at which each connection is read next", func() bool {
		connections := tell[due](s, `{ connections { nodes { nextDueAt } } }`, nil).Connections.Nodes
		for _, c := range connections {
			if time.Until(c.NextDueAt) < -time.Minute {
				return false
			}
		}
		return len(connections) == len(toolsOfTheDemo)
	})
	if got := ask[any](s, firstQuery, nil); got.code() != "" {
		t.Errorf("the query that the console opens with is answered with %+v", got.Errors)
	}

	began := time.Now()
	p.signal(syscall.SIGTERM)
	p.exits(exitOK, grace)
	t.Logf("ended %s after SIGTERM", time.Since(began).Round(time.Millisecond))
	want(t, p.stderr.String(), `msg=stopping grace=10s`)
}

// toolsOfTheDemo are its connections.
var toolsOfTheDemo = []string{"health", "stores", "platform", "campaigns", "code", "works"}

// readsTheDemo waits until all of its tools were read.
func (p *process) readsTheDemo() {
	for _, id := range toolsOfTheDemo {
		p.logged(`msg="run ended".*source=` + id + `.*state=SUCCEEDED`)
	}
}

func TestASecondSignalEndsTheServerAtOnce(t *testing.T) {
	t.Parallel()
	jira := newJira(t, jiratest.Options{})
	jira.SetLatency(time.Minute) // the first page never comes
	p := start(t, settle(t, jira.connection()).env, "serve")
	p.site()
	eventually(t, patience, "the first request", func() bool { return jira.Counts().Requests > 0 })
	p.signal(syscall.SIGTERM)
	p.logged(`msg=stopping`)
	p.signal(syscall.SIGTERM)
	began := time.Now()
	if !p.killed(syscall.SIGTERM) || time.Since(began) > grace/2 {
		t.Errorf("ended after %s with %v, want at once by the signal", time.Since(began), p.err)
	}
}

// namePage is a page of names.
type namePage struct {
	Projects struct {
		TotalCount int
		Nodes      []struct{ ID, Name string }
		PageInfo   struct {
			HasNextPage, RevisionChanged bool
			EndCursor, Revision          string
		}
	}
}

const pageOfNames = `query ($after: String, $first: Int = 20) { projects(first: $first, after: $after, orderBy: [{field: NAME}]) {
	totalCount nodes { id name } pageInfo { hasNextPage endCursor revision revisionChanged } } }`

// pages reads the pages that follow a cursor.
func (s *site) pages(after string) (pages []namePage) {
	s.t.Helper()
	for more := true; more; {
		page := tell[namePage](s, pageOfNames, map[string]any{"after": after})
		pages = append(pages, page)
		after, more = page.Projects.PageInfo.EndCursor, page.Projects.PageInfo.HasNextPage
	}
	return pages
}

func TestPagesGoOnWhileTheToolsChange(t *testing.T) {
	t.Parallel()
	organisation, err := demo.Start(t.Context(), demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	where := settle(t, string(organisation.Config()))
	p := start(t, where.env, "serve")
	s := p.site()
	p.readsTheDemo()
	began := s.settled()
	first := tell[namePage](s, pageOfNames, nil)
	// What changes in the tools is seen after the next sync, which reads
	// changes only.
	for range 5 {
		organisation.Step()
	}
	want(t, plumbline(t, where.env, exitOK, "sync"), `^health +\d+ +[1-9]\d* .* changes$`)
	eventually(t, patience, "what changed in the tools", func() bool {
		now := tell[namePage](s, pageOfNames, nil)
		return revisionOf(t, now) > began && now.Projects.TotalCount > first.Projects.TotalCount
	})

	second := tell[namePage](s, pageOfNames, map[string]any{"after": first.Projects.PageInfo.EndCursor}).Projects
	if second.PageInfo.RevisionChanged || revisionOf(t, namePage{second}) != began || second.TotalCount != first.Projects.TotalCount {
		t.Errorf("the second page is of revision %s with %d projects (changed: %v), want %d with %d, as the first",
			second.PageInfo.Revision, second.TotalCount, second.PageInfo.RevisionChanged, began, first.Projects.TotalCount)
	}

	p.signal(syscall.SIGTERM)
	p.exits(exitOK, grace)
	p = start(t, where.env, "serve")
	s = p.site()
	rest := s.pages(first.Projects.PageInfo.EndCursor)
	if next := rest[0]; !next.Projects.PageInfo.RevisionChanged || revisionOf(t, next) <= began {
		t.Errorf("after a restart the second page is of revision %s (changed: %v), want a later one than %d, which has changed",
			next.Projects.PageInfo.Revision, next.Projects.PageInfo.RevisionChanged, began)
	}
	seen := map[string]bool{}
	for _, page := range append(rest, first) {
		for _, project := range page.Projects.Nodes {
			if seen[project.ID] {
				t.Errorf("project %s, which was not renamed, is on two pages", project.Name)
			}
			seen[project.ID] = true
		}
	}
	p.signal(syscall.SIGTERM)
	p.exits(exitOK, grace)
}

// settled waits until nothing has changed for a while and returns the revision
// that holds.
func (s *site) settled() (revision int64) {
	s.t.Helper()
	quiet := time.Now()
	eventually(s.t, patience, "no more changes", func() bool {
		if now := revisionOf(s.t, tell[namePage](s, pageOfNames, nil)); now != revision {
			revision, quiet = now, time.Now()
		}
		return revision > 0 && time.Since(quiet) > time.Second
	})
	return revision
}

func revisionOf(t *testing.T, page namePage) int64 {
	t.Helper()
	revision, err := strconv.ParseInt(page.Projects.PageInfo.Revision, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return revision
}
