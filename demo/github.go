package demo

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"plumbline/connectors/github/githubtest"
)

// A forge is the organisation's GitHub Enterprise Server. A project there is a
// repository, whose custom properties hold what a repository has no place for,
// and beside it the board on which its team reports. Milestones are issues of a
// type of their own, which keep nothing of the dates that they had before;
// releases are GitHub's milestones.
type forge struct {
	*stage
	github *githubtest.Site

	projects   []*kept
	milestones []*record // in the order of the files
}

const (
	// forgeOwner is the login of the organisation there.
	forgeOwner = "larkmoor-health"
	forgeToken = "demo-token-code"
	// forgeTopic is borne by the repositories that are somebody's project.
	forgeTopic = "portfolio"
	// typeMilestone is the issue type that the organisation added.
	typeMilestone = "Milestone"

	fieldStart    = "Start date"
	fieldDue      = "Target date"
	fieldFallback = "Fall-back"
)

// aside are repositories that are nobody's project.
var aside = []string{"design-tokens", "build-images", "runbooks"}

// colours are how GitHub words a health.
var colours = map[string]string{"Green": "ON_TRACK", "Amber": "AT_RISK", "Red": "OFF_TRACK"}

// newForge sets GitHub up: people, fields, and no project yet.
func newForge(on *stage) *forge {
	f := &forge{stage: on}
	f.github = githubtest.New(githubtest.Options{
		BaseURL: f.address() + "/api/v3", Web: "https://code.larkmoor.example", Version: "3.19.0", Now: f.clock.now,
	})
	f.github.AddOwner(githubtest.Owner{Login: forgeOwner, Name: "Larkmoor Health Service", Organization: true})
	f.github.AddOwner(githubtest.Owner{Login: reader, Name: "Portfolio Office"})
	for _, d := range f.lib.departments {
		for _, name := range d.People {
			f.github.AddOwner(githubtest.Owner{Login: login(name), Name: name})
		}
	}
	f.github.AddAccount(githubtest.Account{Token: forgeToken, User: reader})
	f.github.AddIssueField(githubtest.IssueField{Name: fieldStart, Type: "date"})
	f.github.AddIssueField(githubtest.IssueField{Name: fieldDue, Type: "date"})
	f.github.AddIssueField(githubtest.IssueField{Name: fieldFallback, Type: "text"})
	return f
}

func (f *forge) handler() http.Handler { return f.github }

// login makes a login of a name, which has no points there.
func login(name string) string { return strings.ReplaceAll(accountID(name), ".", "-") }

// recall gathers what happened on GitHub.
func (f *forge) recall() {
	f.on(-900, func() {
		for _, name := range aside {
			f.github.AddRepository(githubtest.Repository{Owner: forgeOwner, Name: name})
		}
	})
	for _, p := range f.here() {
		f.enter(p)
	}
	for _, r := range f.milestones {
		f.link(r)
	}
}

// enter plays a project: its repository, its board, its milestones.
func (f *forge) enter(p *project) {
	k := &kept{project: p}
	f.projects = append(f.projects, k)
	f.on(p.entered(), func() {
		f.github.AddRepository(githubtest.Repository{
			ID: p.Repository, Owner: forgeOwner, Name: p.Key, Description: p.About, Topics: []string{forgeTopic}, Properties: f.properties(p),
		})
		if p.Board != 0 {
			f.github.AddBoard(githubtest.Board{ID: p.Board, Owner: forgeOwner, Title: p.Name, Description: p.About, Creator: login(p.Lead)})
		}
	})
	for _, m := range p.Milestones {
		r := &record{milestone: m, course: follow(p, m), of: k, on: f}
		f.milestones = append(f.milestones, r)
		if m.Release {
			f.release(r)
		} else {
			f.bring(r)
		}
	}
	if p.Board != 0 {
		f.report(p)
	}
	if end, _ := span(p); p.Archived {
		f.on(end, func() { f.github.EditRepository(p.Repository, func(r *githubtest.Repository) { r.Archived = true }) })
	}
}

// properties are what a repository has no place for.
func (f *forge) properties(p *project) map[string]any {
	all := map[string]any{"title": p.Name, "department": p.Department, "lead": p.Lead, "starts": f.date(p.Starts)}
	for name, value := range map[string]string{"sponsor": p.Sponsor, "pmo-number": p.PMO} {
		if value != "" {
			all[name] = value
		}
	}
	if p.Budget != 0 {
		all["budget"] = strconv.Itoa(p.Budget)
	}
	if len(p.Objectives) > 0 {
		all["objectives"] = p.Objectives
	}
	return all
}

// tasks is how many sub-issues are behind a milestone.
const tasks = 3

// bring plays one milestone: written down with the work behind it, moved,
// begun, finished.
func (f *forge) bring(r *record) {
	p := r.of.project
	f.on(p.entered(), func() {
		i := githubtest.Issue{
			Repository: p.Repository, Title: r.Name, Type: typeMilestone, Creator: login(p.Lead), Assignees: []string{login(f.owner(p))},
			Fields: map[string]any{fieldStart: f.date(r.planned), fieldDue: f.date(r.Day)},
		}
		if r.Key {
			i.Labels = []string{labelKey}
		}
		if r.Fallback != "" {
			i.Fields[fieldFallback] = r.Fallback
		}
		r.id = f.github.AddIssue(i).ID
	})
	for _, mv := range r.moves {
		f.on(mv.on, func() { f.redate(r, mv.start, mv.to) })
	}
	begins := max(r.start, p.entered())
	for n := range tasks {
		var id int64
		f.on(p.entered(), func() {
			id = f.github.AddIssue(githubtest.Issue{Repository: p.Repository, Title: f.chore(), Parent: r.id, Creator: login(p.Lead), Assignees: []string{login(f.owner(p))}}).ID
		})
		ends := begins + (n+1)*(r.due-begins)/(tasks+1)
		if r.done {
			ends = min(ends, r.finished)
		}
		if ends < 0 {
			f.on(max(ends, p.entered()), func() {
				f.github.EditIssue(id, finished)
				f.github.EditIssue(r.id, func(*githubtest.Issue) {}) // its count of them is another now
			})
		}
	}
	if r.done {
		f.on(r.finished, func() { f.github.EditIssue(r.id, finished) })
	}
}

func finished(i *githubtest.Issue) { i.State, i.Reason = "closed", "completed" }

// redate gives a milestone other dates.
func (f *forge) redate(r *record, start, due int) {
	f.github.EditIssue(r.id, func(i *githubtest.Issue) {
		i.Fields = map[string]any{fieldStart: f.date(start), fieldDue: f.date(due)}
		if r.Fallback != "" {
			i.Fields[fieldFallback] = r.Fallback
		}
	})
}

// chore is the title of the next issue that is no milestone.
func (f *forge) chore() string {
	f.turn["backlog"]++
	return f.lib.backlog[f.turn["backlog"]%len(f.lib.backlog)]
}

// release plays a milestone that is one of GitHub's, with the issues in it.
func (f *forge) release(r *record) {
	p := r.of.project
	var number int
	f.on(p.entered(), func() {
		m := f.github.AddMilestone(githubtest.Milestone{Repository: p.Repository, Title: r.Name, Due: f.date(r.due), Creator: login(p.Lead)})
		r.id, number = m.ID, m.Number
	})
	for n := range workBehind {
		var id int64
		f.on(p.entered(), func() {
			id = f.github.AddIssue(githubtest.Issue{Repository: p.Repository, Title: f.chore(), Milestone: number, Creator: login(f.owner(p))}).ID
		})
		ends := r.start + 12 + n*5
		if r.done {
			ends = min(ends, r.finished)
		}
		if ends < 0 {
			f.on(max(ends, p.entered()), func() { f.github.EditIssue(id, finished) })
		}
	}
	if r.done {
		f.on(r.finished, func() { f.setDone(r) })
	}
}

// everyOther is how many days there are between two status updates.
const everyOther = 14

// report plays the status updates of a team: every two weeks, until the last
// that the files tell of.
func (f *forge) report(p *project) {
	end, done := span(p)
	last := told(p)
	say := func(day int, status, body string) {
		f.on(day, func() {
			due := end
			for _, r := range f.milestones {
				if r.of.project == p {
					due = max(due, r.dueOn(day))
				}
			}
			f.github.AddStatusUpdate(githubtest.StatusUpdate{
				Board: p.Board, Status: status, Body: body, Start: f.date(p.Starts), Target: f.date(due), Creator: login(p.Lead),
			})
		})
	}
	for day := last - everyOther*((last-max(p.Starts, p.entered()))/everyOther); day < last; day += everyOther {
		say(day, colours[healthOn(p, day)], "")
	}
	switch {
	case done:
		say(last, "COMPLETE", p.Says)
		f.on(end, func() { f.github.EditBoard(p.Board, func(b *githubtest.Board) { b.Closed = f.clock.now() }) })
	case *p.Health != "":
		say(last, colours[*p.Health], p.Says)
	}
}

// link plays what must come before a milestone.
func (f *forge) link(r *record) {
	for _, ref := range r.After {
		p, m, err := f.lib.resolve(ref)
		if err != nil || m == nil {
			panic(ref) // check has seen it
		}
		f.on(max(p.entered(), r.of.entered()), func() {
			for _, before := range f.milestones {
				if before.milestone == m {
					f.github.EditIssue(r.id, func(i *githubtest.Issue) { i.BlockedBy = append(i.BlockedBy, before.id) })
				}
			}
		})
	}
}

func (f *forge) titled(r *record, name string) {
	f.github.EditIssue(r.id, func(i *githubtest.Issue) { i.Title = name })
}

func (f *forge) called(r *record) string { return r.of.Key }

func (f *forge) setDue(r *record) {
	if r.Release {
		f.github.EditMilestone(r.id, func(m *githubtest.Milestone) { m.Due = f.date(r.due) })
		return
	}
	f.redate(r, r.start, r.due)
}

func (f *forge) setDone(r *record) {
	state := "open"
	if r.done {
		state = "closed"
	}
	if r.Release {
		f.github.EditMilestone(r.id, func(m *githubtest.Milestone) { m.State, m.Closed = state, time.Time{} })
		return
	}
	f.github.EditIssue(r.id, func(i *githubtest.Issue) { i.State, i.Reason, i.Closed = state, "", time.Time{} })
}
