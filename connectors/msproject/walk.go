package msproject

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"plumbline/connectors"
	"plumbline/internal/filesource"
	"plumbline/portfolio"
)

// A walk reads files one after the other into pages.
type walk struct {
	*tool
	site  *portfolio.Site
	yield func(connectors.Page, error) bool
	since connectors.Cursor
	next  connectors.Cursor // nil where nothing is remembered
	// alone tells that there is one file only: that it cannot be read is then
	// no odd record but the end of the run.
	alone bool
	first bool              // no page was given yet
	taken map[string]string // the file of each project
	last  *lastWalk
}

// lastWalk is what the last walk found out, for Fetch.
type lastWalk struct {
	projects map[string]string // project of each file
	whole    map[string]bool   // projects whose file was read to its end
	open     map[string]bool   // projects whose file is there and was not
	unknown  bool              // a file that was never read before cannot be read
}

func (t *tool) walk(site *portfolio.Site, since connectors.Cursor, yield func(connectors.Page, error) bool) *walk {
	return &walk{
		tool: t, site: site, yield: yield, since: since, first: true, taken: map[string]string{},
		last: &lastWalk{projects: map[string]string{}, whole: map[string]bool{}, open: map[string]bool{}},
	}
}

// mark is what the cursor keeps of a file.
type mark struct {
	Project string `json:"project"`
	State   string `json:"state,omitempty"` // empty when it is to be read again
}

func parseMark(text string) (m mark) {
	if json.Unmarshal([]byte(text), &m) != nil {
		return mark{}
	}
	return m
}

func (m mark) String() string { return encoded(m) }

// position is how far into a file a run came that was broken off.
type position struct {
	Hash string `json:"hash"`
	Rows int    `json:"rows"`
}

func encoded(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // structs of strings and numbers always encode
	}
	return string(text)
}

// give yields a page.
func (w *walk) give(p connectors.Page) error {
	if w.first {
		p.Site, w.first = w.site, false
	}
	if w.next != nil {
		p.Next = maps.Clone(w.next)
	}
	if !w.yield(p, nil) {
		return errStop
	}
	return nil
}

// file reads a file that was found.
func (w *walk) file(ctx context.Context, f *filesource.Found) error {
	before := parseMark(w.since[f.Name].Since)
	if f.Err != nil {
		return w.unread(f.Name, before.Project, f.Err)
	}
	if f.Unchanged && before.Project != "" {
		return w.unchanged(f, before)
	}
	p, err := readPlan(ctx, f.File)
	if err != nil {
		return w.failUnlessOver(ctx, f.Name, before.Project, err)
	}
	v := w.convert(p, f.Name)
	if other, taken := w.taken[v.id]; taken {
		return w.fail(f.Name, identity(f.Name, ""), "", errCopy(other))
	}
	w.taken[v.id] = f.Name
	skip := 0
	var at position
	if json.Unmarshal([]byte(w.since[f.Name].Position), &at) == nil && at.Hash == f.Hash && f.Hash != "" {
		skip = max(0, at.Rows)
	}
	var end part
	err = convertAll(ctx, v, f.File, skip, func(p part) error {
		if end.rows > 0 || len(end.facts)+len(end.bad) > 0 {
			if err := w.pageOf(f, v, before, end); err != nil {
				return err
			}
		}
		end = p
		return nil
	})
	if err == nil {
		err = f.Settled()
	}
	if err != nil {
		return w.failUnlessOver(ctx, f.Name, v.id, err)
	}
	return w.lastPageOf(f, v, end, skip == 0)
}

// pageOf gives a page of a file that goes on.
func (w *walk) pageOf(f *filesource.Found, v *conversion, before mark, p part) error {
	if w.next != nil {
		w.next[f.Name] = portfolio.StreamCursor{Since: w.since[f.Name].Since, Position: encoded(position{f.Hash, p.rows})}
		if before.Project == "" {
			w.next[f.Name] = portfolio.StreamCursor{Since: mark{Project: v.id}.String(), Position: encoded(position{f.Hash, p.rows})}
		}
	}
	return w.give(connectors.Page{Facts: p.facts, Quarantined: p.bad, Done: p.rows, Total: v.rows})
}

// lastPageOf gives the last page of a file and, if it was read from its
// beginning, says that it was complete.
func (w *walk) lastPageOf(f *filesource.Found, v *conversion, p part, whole bool) error {
	page := connectors.Page{Facts: p.facts, Quarantined: p.bad, Done: p.rows, Total: v.rows}
	w.last.projects[f.Name] = v.id
	if whole {
		page.Complete = scopesOf(v.id)
		w.last.whole[v.id] = true
	} else { // its project was on a page of the run that was broken off
		page.Seen = []portfolio.Key{w.projectKey(v.id)}
		w.last.open[v.id] = true
	}
	if w.next != nil {
		w.next[f.Name] = portfolio.StreamCursor{Since: mark{v.id, f.State}.String()}
	}
	return w.give(page)
}

// scopesOf are the listings of what lies in the file of a project.
func scopesOf(project string) []connectors.Scope {
	return []connectors.Scope{
		{Name: scopeTasks + project, Of: portfolio.KindProject},
		{Name: scopeTasks + project, Of: portfolio.KindMilestone},
		{Name: scopeTasks + project, Of: portfolio.KindDependency},
	}
}

// unchanged says that the project of a file is still there.
func (w *walk) unchanged(f *filesource.Found, before mark) error {
	if other, taken := w.taken[before.Project]; taken {
		return w.fail(f.Name, identity(f.Name, ""), "", errCopy(other))
	}
	w.taken[before.Project] = f.Name
	w.last.projects[f.Name], w.last.open[before.Project] = before.Project, true
	if w.next != nil {
		w.next[f.Name] = portfolio.StreamCursor{Since: mark{before.Project, f.State}.String()}
	}
	return w.give(connectors.Page{Seen: []portfolio.Key{w.projectKey(before.Project)}})
}

func (w *walk) projectKey(id string) portfolio.Key {
	return portfolio.Key{Kind: portfolio.KindProject, ID: portfolio.DocID(w.env.Connection, kindProject, id)}
}

func errCopy(other string) error {
	return fmt.Errorf("it is the plan that %s holds already, as its project GUID says: one of them is a copy", other)
}

// failUnlessOver tells a file that cannot be read from a run that is over.
func (w *walk) failUnlessOver(ctx context.Context, name, project string, err error) error {
	if errors.Is(err, errStop) || ctx.Err() != nil {
		return err
	}
	return w.unread(name, project, err)
}

// unread puts a file aside of which it is known, or not, which project it is.
func (w *walk) unread(name, project string, why error) error {
	if project == "" {
		w.last.unknown = true
		return w.fail(name, identity(name, ""), "", why)
	}
	return w.fail(name, project, project, why)
}

// fail puts a file aside. What was read of it before stays as it is: its
// listing is not complete, and its project is told to be there.
func (w *walk) fail(name, id, project string, why error) error {
	if w.alone {
		return fmt.Errorf("%s: %w", name, why)
	}
	w.log.Warn("a plan cannot be read", "file", name, "error", why)
	w.last.projects[name], w.last.open[id] = project, true
	if w.next != nil {
		w.next[name] = portfolio.StreamCursor{Since: mark{Project: project}.String()}
	}
	return w.give(connectors.Page{Quarantined: []portfolio.Quarantine{{
		Source:    portfolio.Source{Connection: w.env.Connection, Kind: kindProject, ID: id, Key: name, Scope: scopeFiles},
		Of:        portfolio.KindProject,
		Reason:    name + ": " + truncate(strings.ToValidUTF8(why.Error(), "?"), maxName),
		Raw:       []byte(encoded(map[string]string{"file": name})),
		Converter: converter,
	}}})
}
