package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/portfolio"
)

const pageQuery = `query ($after: String) {
	projects(first: 2, after: $after, orderBy: [{field: NAME}]) { totalCount nodes { name } pageInfo { hasNextPage endCursor revision revisionChanged } }
}`

// A namePage is an answer to pageQuery.
type namePage struct {
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
	Data struct {
		Projects struct {
			TotalCount int
			Nodes      []struct{ Name string }
			PageInfo   struct {
				HasNextPage, RevisionChanged bool
				EndCursor, Revision          string
			}
		}
	}
	Extensions struct {
		Revision struct {
			Number     int64
			Hash       string
			AgeSeconds *int64
		}
	}
}

func (p *namePage) names() string {
	var names []string
	for _, n := range p.Data.Projects.Nodes {
		names = append(names, n.Name)
	}
	return strings.Join(names, " ")
}

func (w *world) page(after string) *namePage {
	w.t.Helper()
	variables, err := json.Marshal(map[string]string{"after": after})
	if err != nil {
		w.t.Fatal(err)
	}
	var p namePage
	if err := json.Unmarshal(w.ask(portfolio.Local, pageQuery, variables), &p); err != nil {
		w.t.Fatal(err)
	}
	return &p
}

func (w *world) projects(names ...string) {
	var docs []portfolio.Document
	for _, name := range names {
		docs = append(docs, &portfolio.ProjectFact{Source: portfolio.Source{Connection: "eng", Kind: "project", ID: name}, Name: name})
	}
	w.put(docs...)
}

func (w *world) wantPage(what string, p *namePage, names string, revision int, changed bool) {
	w.t.Helper()
	info := p.Data.Projects.PageInfo
	if len(p.Errors) > 0 || p.names() != names || info.Revision != fmt.Sprint(revision) || info.RevisionChanged != changed {
		w.t.Errorf("%s: %q of revision %s (changed: %v) %v, want %q of revision %d (changed: %v)",
			what, p.names(), info.Revision, info.RevisionChanged, p.Errors, names, revision, changed)
	}
}

func TestPagesGoOnInTheirRevision(t *testing.T) {
	w := newWorld(t)
	w.projects("a", "c", "e", "g", "i")
	first := w.page("")
	w.wantPage("first page", first, "a c", 1, false)

	// A synchronisation goes on between the pages.
	w.projects("b", "d")
	w.projects("f")
	second := w.page(first.Data.Projects.PageInfo.EndCursor)
	w.wantPage("second page", second, "e g", 1, false)
	if second.Data.Projects.TotalCount != 5 {
		t.Errorf("second page: total %d, want 5 as on the first", second.Data.Projects.TotalCount)
	}
	if second.Extensions.Revision.Number != 3 {
		t.Errorf("the answer's revision is %d, want 3, what the server has", second.Extensions.Revision.Number)
	}
	w.wantPage("third page", w.page(second.Data.Projects.PageInfo.EndCursor), "i", 1, false)
	w.wantPage("a new sequence", w.page(""), "a b", 3, false)

	// Another replica, or this one after a restart, has kept nothing.
	w.restart()
	w.wantPage("elsewhere", w.page(first.Data.Projects.PageInfo.EndCursor), "d e", 3, true)
}

func TestRevisionsAreNotKeptForEver(t *testing.T) {
	w := newWorld(t)
	w.projects("a", "c", "e", "g", "i")
	first := w.page("").Data.Projects.PageInfo.EndCursor
	w.projects("d")
	w.time = w.time.Add(9 * time.Minute)
	w.wantPage("9 minutes later", w.page(first), "e g", 1, false)
	w.time = w.time.Add(9 * time.Minute)
	w.wantPage("9 minutes after its last use", w.page(first), "e g", 1, false)
	w.time = w.time.Add(11 * time.Minute)
	w.wantPage("11 minutes after its last use", w.page(first), "d e", 2, true)
}

func TestOnlyRevisionsWithANextPageAreKept(t *testing.T) {
	w := newWorld(t)
	w.projects("a", "c")
	only := w.page("")
	if only.Data.Projects.PageInfo.HasNextPage {
		t.Fatal("two projects make two pages of two")
	}
	w.projects("b", "d")
	w.wantPage("after the only page", w.page(only.Data.Projects.PageInfo.EndCursor), "d", 2, true)
}

func TestRestoredDatabaseIsNoticed(t *testing.T) {
	w := newWorld(t)
	w.projects("a", "c", "e")
	first := w.page("").Data.Projects.PageInfo.EndCursor
	// The same revision number with another hash is another history.
	restored := portfolio.State{Position: portfolio.Position{Revision: 1, Hash: portfolio.Hash{42}}}
	restored.Data = restored.Position
	restored.Docs = []portfolio.Versioned{{Rev: 1, Doc: &portfolio.ProjectFact{
		Source: portfolio.Source{Connection: "eng", Kind: "project", ID: "z"}, Name: "z",
	}}}
	var err error
	if w.now, err = portfolio.NewSnapshot(restored); err != nil {
		t.Fatal(err)
	}
	w.wantPage("in the restored database", w.page(first), "z", 1, true)
}

func TestInvalidCursors(t *testing.T) {
	w := newWorld(t)
	w.projects("a", "b", "c")
	other := w.ask(portfolio.Local, `{ projects(first: 1) { pageInfo { endCursor } } }`, nil)
	var answer namePage
	if err := json.Unmarshal(other, &answer); err != nil {
		t.Fatal(err)
	}
	for what, cursor := range map[string]string{"nonsense": "nonsense", "of another order": answer.Data.Projects.PageInfo.EndCursor} {
		p := w.page(cursor)
		if len(p.Errors) != 1 || p.Errors[0].Extensions.Code != "INVALID_CURSOR" {
			t.Errorf("%s: %+v, want INVALID_CURSOR", what, p.Errors)
		}
	}
}

func TestNestedPagesGoOn(t *testing.T) {
	w := newWorld(t)
	w.projects("a")
	var docs []portfolio.Document
	for i := range 5 {
		docs = append(docs, &portfolio.MilestoneFact{
			Source: portfolio.Source{Connection: "eng", Kind: "version", ID: fmt.Sprint(i)}, Name: fmt.Sprint("m", i), Project: "eng/project/a",
		})
	}
	w.put(docs...)
	const query = `query ($after: String) { project(ref: {id: "cHJvamVjdDplbmcvcHJvamVjdC9h"}) {
		milestones(first: 2, after: $after) { nodes { name } pageInfo { hasNextPage endCursor revisionChanged } } } }`
	var all []string
	after := ""
	for range 3 {
		variables, err := json.Marshal(map[string]string{"after": after})
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Data struct {
				Project struct {
					Milestones struct {
						Nodes    []struct{ Name string }
						PageInfo struct{ EndCursor string }
					}
				}
			}
		}
		if err := json.Unmarshal(w.ask(portfolio.Local, query, variables), &got); err != nil {
			t.Fatal(err)
		}
		for _, n := range got.Data.Project.Milestones.Nodes {
			all = append(all, n.Name)
		}
		after = got.Data.Project.Milestones.PageInfo.EndCursor
	}
	if want := []string{"m0", "m1", "m2", "m3", "m4"}; !slices.Equal(all, want) {
		t.Errorf("pages of milestones: %v, want %v", all, want)
	}
}

func TestAnswersTellTheAgeWhileTheStoreIsDown(t *testing.T) {
	w := newWorld(t)
	w.projects("a")
	if age := w.page("").Extensions.Revision.AgeSeconds; age != nil {
		t.Errorf("age = %d s while the store answers, want none", *age)
	}
	w.age = 90 * time.Second
	if p := w.page(""); p.Extensions.Revision.AgeSeconds == nil || *p.Extensions.Revision.AgeSeconds != 90 || p.names() != "a" {
		t.Errorf("while the store is down: %+v", p.Extensions.Revision)
	}
}
