package azuredevopstest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The link types that the feeds tell of most.
const (
	Dependency = "System.LinkTypes.Dependency"
	Hierarchy  = "System.LinkTypes.Hierarchy"
)

// AddItem adds a work item and returns it with its id.
func (s *Site) AddItem(i Item) Item {
	s.change(func() {
		s.lastID++
		i.ID, i.Project, i.rev = s.lastID, s.mustProject(i.Project).ID, 1
		if i.Created.IsZero() {
			i.Created = s.now()
		}
		if i.State == "" {
			i.State = "New"
		}
		s.touch(&i)
		if i.Parent != 0 {
			s.row(Hierarchy, i.Parent, i.ID, true)
		}
	})
	return i
}

// touch makes a revision of a work item: as it is from now on.
func (s *Site) touch(i *Item) {
	s.watermark++
	i.watermark, i.Changed = s.watermark, s.now()
	s.items[i.ID] = i
	s.made = append(s.made, i)
}

// Item returns a work item as it is now.
func (s *Site) Item(id int64) (Item, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	i, ok := s.items[id]
	if !ok {
		return Item{}, false
	}
	return *i, true
}

// EditItem changes a work item, which makes a revision of it. Its parent is
// changed by SetParent.
func (s *Site) EditItem(id int64, edit func(*Item)) {
	s.change(func() {
		i := *s.items[id]
		i.Fields = maps.Clone(i.Fields)
		edit(&i)
		i.ID = id
		i.rev++
		s.touch(&i)
	})
}

// DeleteItem puts a work item into the bin.
func (s *Site) DeleteItem(id int64) { s.EditItem(id, func(i *Item) { i.Deleted = true }) }

// RestoreItem takes a work item out of the bin.
func (s *Site) RestoreItem(id int64) { s.EditItem(id, func(i *Item) { i.Deleted = false }) }

// DestroyItem removes a work item for good: no feed tells of it.
func (s *Site) DestroyItem(id int64) { s.change(func() { delete(s.items, id) }) }

// MoveItem moves a work item to another project.
func (s *Site) MoveItem(id int64, project string) {
	s.EditItem(id, func(i *Item) { i.Project = s.mustProject(project).ID })
}

// SetParent puts a work item below another one, or below none with 0. It is no
// revision of either: only the feed of links tells of it.
func (s *Site) SetParent(id, parent int64) {
	s.change(func() {
		i := *s.items[id]
		if i.Parent != 0 {
			s.row(Hierarchy, i.Parent, id, false)
		}
		if i.Parent = parent; parent != 0 {
			s.row(Hierarchy, parent, id, true)
		}
		s.items[id] = &i
	})
}

// AddLink links two work items: the source comes first.
func (s *Site) AddLink(kind string, source, target int64) {
	s.change(func() { s.row(kind, source, target, true) })
}

// RemoveLink removes the link again.
func (s *Site) RemoveLink(kind string, source, target int64) {
	s.change(func() { s.row(kind, source, target, false) })
}

// row notes a change of a link. Former rows stay as they were.
func (s *Site) row(kind string, source, target int64, active bool) {
	s.watermark++
	s.links = append(s.links, linkRow{kind, source, target, active, s.now(), s.watermark})
}

// linked are the links of a work item that are there now: kind and direction,
// and the other end.
func (s *Site) linked(id int64) (rels []map[string]any) {
	last := map[string]linkRow{}
	var order []string
	for _, l := range s.links {
		if l.source != id && l.target != id {
			continue
		}
		key := fmt.Sprint(l.kind, l.source, "-", l.target)
		if _, ok := last[key]; !ok {
			order = append(order, key)
		}
		last[key] = l
	}
	for _, key := range order {
		l := last[key]
		if !l.active {
			continue
		}
		rel, other := l.kind+"-Forward", l.target
		if l.target == id {
			rel, other = l.kind+"-Reverse", l.source
		}
		rels = append(rels, map[string]any{
			"rel": rel, "url": fmt.Sprintf("%s/_apis/wit/workItems/%d", s.opts.BaseURL, other), "attributes": map[string]any{"isLocked": false},
		})
	}
	return rels
}

// Fill adds projects with so many iterations and work items of a type in all,
// spread evenly.
func (s *Site) Fill(prefix string, projects, iterations, items int, kind string) {
	ids := make([]string, projects)
	for i := range ids {
		ids[i] = s.AddProject(Project{Name: fmt.Sprintf("%s%d", prefix, i+1)})
	}
	for i := range iterations {
		s.AddIteration(Iteration{Project: ids[i%projects], Name: fmt.Sprintf("Sprint %d", i/projects+1), Start: "2026-01-05", Finish: "2026-01-16"})
	}
	for i := range items {
		s.AddItem(Item{Project: ids[i%projects], Type: kind, Title: fmt.Sprintf("%s %d", kind, i+1), Target: "2026-05-01"})
	}
}

// Items are the ids of the work items of a type, in order.
func (s *Site) Items(kind string) []int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var ids []int64
	for id, i := range s.items {
		if strings.EqualFold(i.Type, kind) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
