package gitlab

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"sync"

	"plumbline/internal/inorder"
	"plumbline/internal/record"
)

// owner is a group or a project, to which milestones belong: what is needed of
// it even where the rest of its record cannot be read.
type owner struct {
	id     int64
	parent int64 // the group it lies in; 0 is none, as for what belongs to a person
	path   string
	raw    json.RawMessage
}

// byID orders listings by what never changes.
var byID = url.Values{"order_by": {"id"}, "sort": {"asc"}}

func with(q url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for key, values := range q {
		out[key] = values
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

// readOwners lists the groups and projects: those that the settings name, with
// all below them, or those that the account is a member of, for on gitlab.com it
// sees millions of others.
func (c *Connector) readOwners(ctx context.Context, s *session) error {
	groups, projects := map[int64]owner{}, map[int64]owner{}
	take := func(into map[int64]owner, parent string) func([]json.RawMessage) error {
		return func(records []json.RawMessage) error {
			for _, raw := range records {
				o := ownerOf(raw, parent)
				if o.id == 0 {
					return fmt.Errorf("a record without an id: %w", record.Missing("id", anID))
				}
				into[o.id] = o
			}
			return nil
		}
	}
	takeGroups, takeProjects := take(groups, "parent_id"), take(projects, "namespace")
	list := func(path string, query url.Values, take func([]json.RawMessage) error) error {
		records, err := c.all(ctx, path, query)
		if err != nil {
			return err
		}
		return take(records)
	}
	if len(c.settings.Projects.Groups) == 0 {
		// Guest is the least role: whoever has one is a member.
		if err := list("groups", with(byID, "min_access_level", "10"), takeGroups); err != nil {
			return err
		}
		if err := list("projects", with(byID, "membership", "true"), takeProjects); err != nil {
			return err
		}
	}
	for _, name := range c.settings.Projects.Groups {
		path := "groups/" + url.PathEscape(name)
		raw, err := c.one(ctx, path)
		if err != nil {
			return fmt.Errorf("projects.groups: %w", err)
		}
		if err := takeGroups([]json.RawMessage{raw}); err != nil {
			return err
		}
		if err := list(path+"/descendant_groups", byID, takeGroups); err != nil {
			return err
		}
		if err := list(path+"/projects", with(byID, "include_subgroups", "true", "with_shared", "false"), takeProjects); err != nil {
			return err
		}
	}
	s.groups, s.groupIDs = inOrder(groups)
	s.projects, s.owned = inOrder(projects)
	return nil
}

func inOrder(found map[int64]owner) (list []owner, ids map[int64]bool) {
	ids = map[int64]bool{}
	for id, o := range found {
		list = append(list, o)
		ids[id] = true
	}
	slices.SortFunc(list, func(a, b owner) int { return cmp.Compare(a.id, b.id) })
	return list, ids
}

// ownerOf reads what is needed of a group or project; parent names the field
// with the group it lies in.
func ownerOf(raw json.RawMessage, parent string) owner {
	o := owner{id: numeric(record.ID(raw)), raw: raw}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return o
	}
	if parent == "namespace" {
		_ = json.Unmarshal(fields["path_with_namespace"], &o.path)
		var n struct {
			ID   int64  `json:"id"`
			Kind string `json:"kind"`
		}
		if json.Unmarshal(fields[parent], &n) == nil && n.Kind == "group" {
			o.parent = n.ID
		}
	} else {
		_ = json.Unmarshal(fields["full_path"], &o.path)
		_ = json.Unmarshal(fields[parent], &o.parent) // what is not as expected shows in the conversion
	}
	return o
}

// numeric turns an id into a number; 0 is none.
func numeric(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// tops are the groups that lie in no other of the list: what is asked of them
// with all below is asked for once.
func tops(list []owner) []owner {
	among := make(map[int64]bool, len(list))
	for _, o := range list {
		among[o.id] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(o owner) bool { return among[o.parent] })
}

// tellGroups and tellProjects hand over what becomes a project.
func (r *run) tellGroups(after int64) error {
	if !r.want.groups() {
		return nil
	}
	return r.tell(beyond(r.groups, after), "groups", r.group)
}

func (r *run) tellProjects(after int64) error {
	if !r.want.projects() {
		return nil
	}
	return r.tell(beyond(r.projects, after), "projects", r.project)
}

func (r *run) tell(owners []owner, path string, convert func(json.RawMessage, *userRecord) converted) error {
	type answer struct {
		owner owner
		lead  *userRecord
	}
	for a, err := range inorder.Map(r.ctx, r.concurrency(), owners, func(ctx context.Context, o owner) (answer, error) {
		lead, err := r.lead(ctx, path, o.id)
		return answer{o, lead}, err
	}) {
		if err != nil {
			return err
		}
		r.add(convert(a.owner.raw, a.lead))
		if err := r.ended(a.owner.id); err != nil {
			return err
		}
	}
	return nil
}

// leads keeps who leads a group or project from one sweep to the next: a
// request for each is too much for every quick run, and rarely is there news.
type leads struct {
	mu    sync.Mutex
	known map[string]*userRecord // by path, as projects/7
}

func (l *leads) get(path string) (*userRecord, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lead, ok := l.known[path]
	return lead, ok
}

func (l *leads) set(path string, lead *userRecord) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil {
		l.known = map[string]*userRecord{}
	}
	l.known[path] = lead
}

// lead is the direct member in the role that the settings name who has the
// lowest id; nobody, where they name none.
func (r *run) lead(ctx context.Context, path string, id int64) (*userRecord, error) {
	level := accessLevels[r.settings.Projects.Lead]
	if level == 0 {
		return nil, nil
	}
	path += "/" + strconv.FormatInt(id, 10)
	if lead, ok := r.leads.get(path); ok && r.quick() {
		return lead, nil
	}
	members, err := r.visible(ctx, path+"/members", nil)
	if err != nil {
		return nil, err
	}
	var lead *userRecord
	for _, raw := range members {
		var m struct {
			userRecord
			Level int `json:"access_level"`
		}
		if json.Unmarshal(raw, &m) == nil && m.Level == level && m.ID > 0 && (lead == nil || m.ID < lead.ID) {
			lead = &m.userRecord
		}
	}
	r.leads.set(path, lead)
	return lead, nil
}
