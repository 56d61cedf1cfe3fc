package demo

import (
	"fmt"
	"strings"

	"plumbline/connectors/jira/jiratest"
)

// recall gathers what happened at the site.
func (s *site) recall() {
	for _, p := range s.here() {
		s.enter(p)
	}
	for _, m := range s.milestones {
		s.link(m)
	}
}

// home is the key of the Jira project in which a project is kept.
func (p *project) home() string {
	if p.Key != "" {
		return p.Key
	}
	return p.Under
}

// enter plays a project and its milestones.
func (s *site) enter(p *project) {
	k := &kept{project: p}
	s.projects = append(s.projects, k)
	if p.Key != "" {
		s.on(p.entered(), func() {
			s.jira.AddProject(jiratest.Project{
				Key: p.Key, Name: p.Name, Description: s.about(p), Lead: accountID(p.Lead), Category: p.Department,
			})
		})
	}
	var own []*record
	for _, m := range p.Milestones {
		own = append(own, &record{milestone: m, course: follow(p, m), of: k, on: s})
	}
	s.milestones = append(s.milestones, own...)

	due := promised(p)
	end := func() string {
		if day, ok := due.end(); ok {
			return s.date(day)
		}
		return ""
	}
	s.on(p.entered(), func() { k.issue = s.addCard(p, end()).Key })
	for _, r := range own {
		s.bring(r)
		for _, mv := range r.moves {
			s.on(mv.on, func() {
				due[r.milestone] = mv.to
				s.jira.EditIssue(k.issue, func(i *jiratest.Issue) { i.Due = end() })
			})
		}
	}
	s.tell(k)
}

// addCard adds the issue that holds what is known of a project.
func (s *site) addCard(p *project, due string) jiratest.Issue {
	i := jiratest.Issue{Type: typeInitiative, Summary: p.Name, Description: s.about(p), Assignee: accountID(p.Lead), Due: due}
	if p.Key != "" {
		i.Type, i.Summary = typeCard, "Project card: "+p.Name
	}
	i.Fields = map[string]any{
		s.fields.start:      s.date(p.Starts),
		s.fields.department: option(p.Department),
		s.fields.pmo:        p.PMO,
	}
	if p.Sponsor != "" {
		i.Fields[s.fields.sponsor] = s.person(p.Sponsor)
	}
	if p.Budget != 0 {
		i.Fields[s.fields.budget] = p.Budget
	}
	if len(p.Objectives) > 0 {
		var objectives []any
		for _, o := range p.Objectives {
			objectives = append(objectives, option(o))
		}
		i.Fields[s.fields.objectives] = objectives
	}
	if p.Status == statusProposed {
		i.Status = statusProposed
	}
	return s.jira.AddIssue(p.home(), i)
}

// about is a project's description, with what was said when it was replanned.
func (s *site) about(p *project) string {
	text := p.About
	for _, mv := range p.Replans {
		text += fmt.Sprintf("\n%s: moved by %d days. %s", s.date(mv.On), mv.By, mv.Why)
	}
	return text
}

// bring plays one milestone: written down, moved, begun, finished.
func (s *site) bring(r *record) {
	p := r.of.project
	if r.Release {
		s.release(r)
		return
	}
	s.on(p.entered(), func() {
		i := jiratest.Issue{
			Type: typeEpic, Summary: r.Name, Due: s.date(r.Day), Assignee: accountID(s.owner(p)),
			Fields: map[string]any{s.fields.start: s.date(r.planned)},
		}
		if r.Key {
			i.Labels = []string{labelKey}
		}
		if r.Fallback != "" {
			i.Fields[s.fields.fallback] = r.Fallback
		}
		if p.Under != "" {
			if above, ok := s.jira.Issue(r.of.issue); ok {
				i.Parent = above.ID
			}
		}
		r.issue = s.jira.AddIssue(p.home(), i).Key
	})
	for _, mv := range r.moves {
		s.on(mv.on, func() {
			s.jira.EditIssue(r.issue, func(i *jiratest.Issue) {
				i.Due, i.Fields[s.fields.start] = s.date(mv.to), s.date(mv.start)
			})
		})
	}
	if begins, ok := r.begun(p); ok {
		s.on(begins, func() { s.jira.EditIssue(r.issue, func(i *jiratest.Issue) { i.Status = statusInProgress }) })
	}
	if r.done {
		s.on(r.finished, func() { s.finish(r) })
	}
	if r.Unreadable {
		s.on(reported, func() { s.garble(r) })
	}
}

func (s *site) finish(r *record) {
	s.jira.EditIssue(r.issue, func(i *jiratest.Issue) { i.Status, i.Resolved = statusDone, s.clock.now() })
}

// garble makes the site answer what no connector can read: an app put lists
// and words where Jira has a text and a date.
func (s *site) garble(r *record) {
	s.jira.EditIssue(r.issue, func(i *jiratest.Issue) {
		i.Raw = fmt.Appendf(nil, `{"id":"%d","key":%q,"fields":{"summary":[%q],"duedate":"when the new scales arrive","status":"waiting"}}`,
			i.ID, i.Key, i.Summary)
	})
}

// workBehind is how many issues are planned for a release, more or less.
const workBehind = 5

// release plays a milestone that is a version, with the issues behind it.
func (s *site) release(r *record) {
	p := r.of.project
	s.on(p.entered(), func() {
		r.id = s.jira.AddVersion(p.home(), jiratest.Version{
			Name: r.Name, Start: s.date(r.start), Release: s.date(r.due), Driver: accountID(p.Lead),
		}).ID
	})
	s.turn["backlog"] += workBehind
	first := s.turn["backlog"]
	for n := range workBehind + first%3 {
		summary := s.lib.backlog[(first+n)%len(s.lib.backlog)]
		begins := max(r.start+n*5, p.entered())
		var key string
		s.on(min(begins, planned), func() {
			key = s.jira.AddIssue(p.home(), jiratest.Issue{
				Type: "Story", Summary: summary, Assignee: accountID(s.owner(p)), FixVersions: []int64{r.id},
			}).Key
		})
		status := func(day int, name string) {
			if day < 0 {
				s.on(max(day, p.entered()), func() { s.jira.EditIssue(key, func(i *jiratest.Issue) { i.Status = name }) })
			}
		}
		status(begins, statusInProgress)
		ends := begins + 12
		if r.done {
			ends = min(ends, r.finished)
		}
		status(ends, statusDone)
	}
	if r.done {
		s.on(r.finished, func() {
			s.jira.EditVersion(r.id, func(v *jiratest.Version) { v.Released, v.Release = true, s.date(r.finished) })
		})
	}
}

// tell plays what was reported of a project as a whole.
func (s *site) tell(k *kept) {
	edit := func(day int, change func(*jiratest.Issue)) {
		s.on(day, func() { s.jira.EditIssue(k.issue, change) })
	}
	end, done := span(k.project)
	if k.Starts < 0 && k.Status != statusProposed {
		edit(max(k.Starts, k.entered()), func(i *jiratest.Issue) { i.Status = statusInProgress })
	}
	for _, r := range reports(k.project) {
		edit(r.day, func(i *jiratest.Issue) { i.Fields[s.fields.health] = option(s.health[r.health]) })
	}
	switch {
	case k.Status == statusOnHold || k.Status == statusCancelled:
		edit(told(k.project), func(i *jiratest.Issue) {
			i.Status = k.Status
			if k.Status == statusCancelled {
				i.Resolved = s.clock.now()
			}
		})
	case done:
		edit(end, func(i *jiratest.Issue) { i.Status, i.Resolved = statusDone, s.clock.now() })
	}
	if k.Archived {
		s.on(max(end, -365), func() { s.jira.EditProject(k.Key, func(p *jiratest.Project) { p.Archived = true }) })
	}
	if k.Deleted != 0 {
		s.on(k.Deleted, func() { s.jira.BinProject(k.Key) })
	}
}

// link plays what must come before a milestone.
func (s *site) link(r *record) {
	for _, ref := range r.After {
		p, m, err := s.lib.resolve(ref)
		if err != nil {
			panic(err) // check has seen it
		}
		s.on(max(p.entered(), r.of.entered()), func() { s.jira.AddLink(linkBlocks, s.issueOf(p, m), r.issue) })
	}
	if r.Waits != "" {
		s.on(r.of.entered(), func() {
			i := s.jira.AddIssue(r.of.home(), jiratest.Issue{
				Type: "Task", Summary: r.Waits, Status: statusInProgress, Assignee: accountID(r.of.Lead),
				Description: strings.Join([]string{"Not ours to plan.", "Kept here so that our own dates can wait for it."}, " "),
			})
			s.jira.AddLink(linkBlocks, i.Key, r.issue)
		})
	}
}

// issueOf is the issue of a milestone, or of a project when m is nil.
func (s *site) issueOf(p *project, m *milestone) string {
	for _, r := range s.milestones {
		if r.milestone == m && m != nil {
			return r.issue
		}
	}
	for _, k := range s.projects {
		if k.project == p {
			return k.issue
		}
	}
	return ""
}
