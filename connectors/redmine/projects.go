package redmine

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"plumbline/internal/inorder"
	"plumbline/internal/record"
	"plumbline/portfolio"
)

// projectCore is what is needed of a project to read what is in it, even where
// the rest of its record cannot be read.
type projectCore struct {
	id     int64
	parent int64
	key    string
	closed bool
	raw    json.RawMessage
}

func coreOf(raw json.RawMessage) projectCore {
	p := projectCore{id: numeric(record.ID(raw)), raw: raw}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return p
	}
	var status int
	_ = json.Unmarshal(fields["identifier"], &p.key) // what is not as expected shows in the conversion
	_ = json.Unmarshal(fields["status"], &status)
	p.parent, p.closed = numeric(record.ID(fields["parent"])), status == statusClosed
	return p
}

// listProjects lists the projects that the account sees, in the order of their
// ids, and learns which of them are wanted. Without a status Redmine leaves out
// the closed ones; archived ones it never lists.
func (c *Connector) listProjects(ctx context.Context, s *session) ([]projectCore, error) {
	records, err := c.listing(ctx, "projects.json", "projects", url.Values{"status": {strconv.Itoa(statusActive) + "|" + strconv.Itoa(statusClosed)}})
	if err != nil {
		return nil, err
	}
	s.projects = make([]projectCore, len(records))
	for i, raw := range records {
		s.projects[i] = coreOf(raw)
	}
	slices.SortStableFunc(s.projects, func(a, b projectCore) int { return cmp.Compare(a.id, b.id) })
	if keys := c.settings.Projects.Keys; len(keys) > 0 {
		s.wanted = below(s.projects, keys)
	}
	return slices.DeleteFunc(slices.Clone(s.projects), func(p projectCore) bool { return p.id >= 0 && !s.wants(p.id) }), nil
}

// below finds the projects that the keys name, with all below them.
func below(all []projectCore, keys []string) map[int64]bool {
	parents := map[int64]int64{}
	wanted := map[int64]bool{}
	for _, p := range all {
		parents[p.id] = p.parent
		if slices.ContainsFunc(keys, func(k string) bool {
			return strings.EqualFold(k, p.key) || k == strconv.FormatInt(p.id, 10)
		}) {
			wanted[p.id] = true
		}
	}
	for _, p := range all {
		above := p.id
		for range all { // a tree is never deeper than it has nodes
			if wanted[above] {
				wanted[p.id] = true
				break
			}
			next, ok := parents[above]
			if !ok {
				break
			}
			above = next
		}
	}
	return wanted
}

// wants tells whether the records of a project are read.
func (s *session) wants(project int64) bool { return s.wanted == nil || s.wanted[project] }

// withLeads converts projects, each with who leads it.
func (r *run) withLeads(records []projectCore) ([]converted, error) {
	list := make([]converted, 0, len(records))
	type answer struct {
		project projectCore
		lead    *ref
	}
	for a, err := range inorder.Map(r.ctx, r.concurrency(), records, func(ctx context.Context, p projectCore) (answer, error) {
		lead, err := r.lead(ctx, p.id)
		return answer{p, lead}, err
	}) {
		if err != nil {
			return nil, err
		}
		list = append(list, r.project(a.project.raw, a.lead))
	}
	return list, nil
}

// leads keeps who leads a project from one sweep to the next: a request for
// each project is too much for every quick run, and rarely is there news.
type leads struct {
	mu    sync.Mutex
	known map[int64]*ref
}

func (l *leads) get(project int64) (*ref, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lead, ok := l.known[project]
	return lead, ok
}

func (l *leads) set(project int64, lead *ref) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil {
		l.known = map[int64]*ref{}
	}
	l.known[project] = lead
}

// lead is who leads a project: the first member in the role that the settings
// name. Nobody does where there is none, or where we may not see the members.
func (r *run) lead(ctx context.Context, project int64) (*ref, error) {
	if r.settings.Projects.Lead.Off || project < 0 {
		return nil, nil
	}
	if lead, ok := r.leads.get(project); ok && r.quick() {
		return lead, nil
	}
	members, err := r.listing(ctx, "projects/"+strconv.FormatInt(project, 10)+"/memberships.json", "memberships", nil)
	if err != nil && !hidden(err) {
		return nil, err
	}
	lead := leadAmong(members, r.settings.leadRole())
	r.leads.set(project, lead)
	return lead, nil
}

// leadAmong picks the member in the role who has been one for longest; somebody
// who is in it by a group or by a project above comes after those who are in it
// themselves.
func leadAmong(members []json.RawMessage, role string) *ref {
	type member struct {
		ID    int64 `json:"id"`
		User  *ref  `json:"user"`
		Roles []struct {
			ref
			Inherited bool `json:"inherited"`
		} `json:"roles"`
	}
	var lead *ref
	best := [2]int64{}
	for _, raw := range members {
		var m member
		if json.Unmarshal(raw, &m) != nil || m.User == nil || m.User.ID == 0 {
			continue // a group, or what cannot be read
		}
		for _, held := range m.Roles {
			rank := [2]int64{0, m.ID}
			if held.Inherited {
				rank[0] = 1
			}
			if named(held.ref, role) && (lead == nil || slices.Compare(rank[:], best[:]) < 0) {
				lead, best = m.User, rank
			}
		}
	}
	return lead
}

// projectByID reads one project with who leads it.
func (r *run) projectByID(ctx context.Context, id int64) (converted, projectCore, error) {
	raw, err := r.one(ctx, "projects/"+strconv.FormatInt(id, 10)+".json", "project", nil)
	if err != nil {
		return converted{}, projectCore{}, err
	}
	lead, err := r.lead(ctx, id)
	if err != nil {
		return converted{}, projectCore{}, err
	}
	return r.project(raw, lead), coreOf(raw), nil
}

// docOfProject is the document id of a project that is read, or empty.
func (v conversion) docOfProject(id int64) string {
	if id <= 0 || !v.wants(id) {
		return ""
	}
	return v.doc(kindProject, id)
}

// isWork tells projects, milestones, risks and dependencies from people.
func isWork(f portfolio.ToolFact) bool { return f.Key().Kind != portfolio.KindPerson }
