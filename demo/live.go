package demo

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"plumbline/connectors/jira/jiratest"
)

// Change is something that happened in a tool while the demo runs.
type Change struct {
	Connection string
	Kind       ChangeKind
	Text       string // a sentence for people
}

// ChangeKind is the sort of a change.
type ChangeKind string

// The sorts of change.
const (
	Moved    ChangeKind = "moved"    // a due date
	Finished ChangeKind = "finished" // a milestone was reached, or a version released
	Reopened ChangeKind = "reopened" // it was not, after all
	Reported ChangeKind = "reported" // a health
	Renamed  ChangeKind = "renamed"  // a milestone
	Begun    ChangeKind = "begun"    // a new project
	Dropped  ChangeKind = "dropped"  // a project was deleted
	Hidden   ChangeKind = "hidden"   // we may not see a project any more
)

const (
	// furthest is how many days Step moves a milestone later before it moves it
	// back, so that a demo that runs for days stays believable.
	furthest = 21
	// nearly is how many days before it is due a milestone may be finished.
	nearly = 14
	// enough is how many milestones may be finished early before one of them is
	// reopened.
	enough = 6
)

// confidential is the project that Step hides.
const confidential = "cases"

// steady are the stories that docs/demo.md tells: Step leaves them alone.
var steady = []string{
	"wave-1", "wave-2", "wave-3", "wave-4", "pos", "inventory", "stroke", "eprescribing", "epr-stores", "interfaces", "dispatch", "coldchain", "warehouse",
	"school", "school-room", "beds", "bed-board", "pocket", "fhir",
}

// An idea is a project that may begin while the demo runs.
type idea struct {
	name, about, department, lead string
	milestones                    []string // a month apart
}

var ideasToCome = []idea{
	{"Flu clinics at the state fair", "Vaccinations between the pigs and the Ferris wheel.", "Public Health", "Elsie Thorne",
		[]string{"Booth reserved", "Nurses on the roster", "Go-live on opening day"}},
	{"Quiet hours on the wards", "Alarms that go to the phone and not to the corridor.", "Hospital Services", "Nadia Kowalska",
		[]string{"Noise measured for a week", "Alarms sorted with the nurses", "Go-live on two wards"}},
	{"Heat alerts for people living alone", "A call when it is hot, and a visit when nobody answers.", "Community Mental Health", "Arjun Pillai",
		[]string{"Lists agreed with the counties", "Callers trained", "Go-live before the summer"}},
	{"Spare parts for ventilators", "Know what breaks before it does.", "Facilities", "Tilda Moss",
		[]string{"Failures of five years read", "Stock of parts agreed", "First parts ordered by forecast"}},
}

// A changer is a tool in which Step changes milestones.
type changer interface {
	connection() string
	date(day int) string
	setDue(*record)
	setDone(*record)
	titled(r *record, name string)
	// called is the key by which people there know a milestone.
	called(*record) string
}

// begun is a project that began while the demo runs.
type begun struct {
	name, key  string
	milestones []string
}

// ideasHome is the Jira project in which ideas begin, on the first site.
const ideasHome = "HOSP"

// prepare makes ready what Step needs.
func (o *Organisation) prepare() {
	o.chance = rand.New(rand.NewPCG(o.options.Seed, 0x706c756d62)) //nolint:gosec // a demo, not a secret
	o.drifts = map[*record]int{}
	o.revised = map[*record]string{}
	o.ideas = slices.Clone(ideasToCome)
}

// Step changes one thing, decided by the seed and by the steps before it. The
// first steps show one change of each sort; later ones follow chance.
func (o *Organisation) Step() Change {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.steps++
	tour := []func() (Change, bool){o.move, o.finish, o.report, o.rename, o.begin, o.hide, o.drop}
	if o.steps <= len(tour) {
		if change, ok := tour[o.steps-1](); ok {
			return change
		}
	}
	for {
		var change func() (Change, bool)
		switch n := o.chance.IntN(20); {
		case n < 10:
			change = o.move
		case n < 13:
			change = o.finish
		case n < 16:
			change = o.report
		case n < 18:
			change = o.rename
		case n < 19:
			change = o.begin
		default:
			change = o.drop
		}
		if done, ok := change(); ok {
			return done
		}
	}
}

// changing are the milestones of the tools that Step changes.
func (o *Organisation) changing() iter.Seq[*record] {
	return func(yield func(*record) bool) {
		for _, s := range o.sites {
			for _, r := range s.milestones {
				if !yield(r) {
					return
				}
			}
		}
		for _, r := range o.forge.milestones {
			if !yield(r) {
				return
			}
		}
	}
}

// pick chooses one of the milestones that are fit for something.
func (o *Organisation) pick(fit func(*record) bool) *record {
	var list []*record
	for r := range o.changing() {
		if o.changes(r.of) && !r.Unreadable && fit(r) {
			list = append(list, r)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list[o.chance.IntN(len(list))]
}

// changes tells whether Step may touch a project.
func (o *Organisation) changes(k *kept) bool {
	return k.ID != confidential && k.Deleted == 0 && !k.Archived && k.Status == "" && !slices.Contains(steady, k.ID)
}

// move puts a milestone off, or takes one back that was put off far enough.
func (o *Organisation) move() (Change, bool) {
	r := o.pick(func(r *record) bool { return !r.done && r.due >= 0 })
	if r == nil {
		return Change{}, false
	}
	days := []int{3, 5, 7, 14}[o.chance.IntN(4)]
	if o.drifts[r]+days > furthest {
		days = -o.drifts[r]
	}
	o.drifts[r] += days
	r.due += days
	r.on.setDue(r)
	how := "slips"
	if days < 0 {
		how, days = "is pulled in", -days
	}
	return o.told(r, Moved, "%s by %d days to %s", how, days, r.on.date(r.due)), true
}

func (s *site) setDue(r *record) {
	if r.Release {
		s.jira.EditVersion(r.id, func(v *jiratest.Version) { v.Release = s.date(r.due) })
		return
	}
	s.jira.EditIssue(r.issue, func(i *jiratest.Issue) { i.Due = s.date(r.due) })
}

// finish reaches a milestone a little early; when many were, it reopens one.
func (o *Organisation) finish() (Change, bool) {
	early := func(r *record) bool { return r.done && r.finished == 0 }
	count := 0
	for r := range o.changing() {
		if early(r) {
			count++
		}
	}
	if count >= enough {
		r := o.pick(early)
		r.done = false
		r.on.setDone(r)
		return o.told(r, Reopened, "is not finished after all"), true
	}
	r := o.pick(func(r *record) bool { return !r.done && r.due <= nearly })
	if r == nil {
		return Change{}, false
	}
	r.done, r.finished = true, 0
	r.on.setDone(r)
	return o.told(r, Finished, "is finished"), true
}

func (s *site) titled(r *record, name string) {
	s.jira.EditIssue(r.issue, func(i *jiratest.Issue) { i.Summary = name })
}

func (s *site) called(r *record) string {
	if r.Release {
		return r.of.home()
	}
	return r.issue
}

func (s *site) setDone(r *record) {
	if r.Release {
		s.jira.EditVersion(r.id, func(v *jiratest.Version) {
			v.Released, v.Release = r.done, s.date(r.due)
			if r.done {
				v.Release = s.date(0)
			}
		})
		return
	}
	if r.done {
		s.finish(r)
		return
	}
	s.jira.EditIssue(r.issue, func(i *jiratest.Issue) { i.Status, i.Resolved = statusInProgress, time.Time{} })
}

// report tells another health of a project.
func (o *Organisation) report() (Change, bool) {
	type choice struct {
		s *site
		k *kept
	}
	var list []choice
	for _, s := range o.sites {
		for _, k := range s.projects {
			if _, done := span(k.project); o.changes(k) && !done && *k.Health != "" {
				list = append(list, choice{s, k})
			}
		}
	}
	c := list[o.chance.IntN(len(list))]
	next := map[string][]string{"Green": {"Amber"}, "Amber": {"Green", "Red"}, "Red": {"Amber"}}[*c.k.Health]
	health := next[o.chance.IntN(len(next))]
	text := fmt.Sprintf("%s: reported %s, was %s", c.k.Name, c.s.health[health], c.s.health[*c.k.Health])
	c.k.Health = &health
	c.s.jira.EditIssue(c.k.issue, func(i *jiratest.Issue) { i.Fields[c.s.fields.health] = option(c.s.health[health]) })
	return Change{c.s.id, Reported, text}, true
}

// rename gives a milestone another name, or its first one back.
func (o *Organisation) rename() (Change, bool) {
	r := o.pick(func(r *record) bool { return !r.done && !r.Release })
	if r == nil {
		return Change{}, false
	}
	name := r.Name + ", in two steps"
	if _, already := o.revised[r]; already {
		name = r.Name
		delete(o.revised, r)
	} else {
		o.revised[r] = name
	}
	r.on.titled(r, name)
	return o.told(r, Renamed, "is now called %q", name), true
}

// begin starts a project that nobody had planned.
func (o *Organisation) begin() (Change, bool) {
	if len(o.ideas) == 0 {
		return Change{}, false
	}
	idea, s := o.ideas[0], o.sites[0]
	o.ideas = o.ideas[1:]
	p := &project{
		ID: "idea", Under: ideasHome, Name: idea.name, About: idea.about, Department: idea.department, Lead: idea.lead, Status: statusProposed,
	}
	last := 30 * len(idea.milestones)
	above := s.addCard(p, s.date(last))
	b := begun{name: idea.name, key: above.Key}
	for n, name := range idea.milestones {
		b.milestones = append(b.milestones, s.jira.AddIssue(ideasHome, jiratest.Issue{
			Type: typeEpic, Summary: name, Parent: above.ID, Due: s.date(30 * (n + 1)), Assignee: accountID(s.owner(p)),
			Fields: map[string]any{s.fields.start: s.date(30 * n)},
		}).Key)
	}
	o.begun = append(o.begun, b)
	return Change{s.id, Begun, fmt.Sprintf("%s: begun as %s with %d milestones", b.name, b.key, len(b.milestones))}, true
}

// drop deletes a project that began while the demo runs.
func (o *Organisation) drop() (Change, bool) {
	if len(o.begun) == 0 {
		return Change{}, false
	}
	b, s := o.begun[0], o.sites[0]
	o.begun = o.begun[1:]
	for _, key := range append(b.milestones, b.key) {
		s.jira.DeleteIssue(key)
	}
	return Change{s.id, Dropped, fmt.Sprintf("%s: %s was deleted", b.name, b.key)}, true
}

// hide takes our permission to see the confidential project.
func (o *Organisation) hide() (Change, bool) {
	for _, s := range o.sites {
		for _, k := range s.projects {
			if k.ID == confidential {
				s.jira.Hide(s.account.Token, k.Key)
				return Change{s.id, Hidden, fmt.Sprintf("%s: we may not see %s any more", k.Name, k.Key)}, true
			}
		}
	}
	return Change{}, false
}

// told is a change of a milestone, in words.
func (o *Organisation) told(r *record, kind ChangeKind, format string, args ...any) Change {
	return Change{r.on.connection(), kind, fmt.Sprintf("%s %s: %s", r.on.called(r), strings.TrimSpace(r.Name), fmt.Sprintf(format, args...))}
}
