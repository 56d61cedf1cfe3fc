package asanatest

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// record is a JSON object as Asana would send it, with all of its fields.
type record = map[string]any

// fieldTree are the fields that a request asks for, with those below them.
type fieldTree map[string]fieldTree

func parseFields(text string) fieldTree {
	if text == "" {
		return nil
	}
	root := fieldTree{}
	for path := range strings.SplitSeq(text, ",") {
		at := root
		for part := range strings.SplitSeq(path, ".") {
			if at[part] == nil {
				at[part] = fieldTree{}
			}
			at = at[part]
		}
	}
	return root
}

// shown is a record with what the request asks for; without that, its name.
func (q *request) shown(r record) any {
	if raw, ok := r["raw"].(json.RawMessage); ok {
		return raw
	}
	if q.fields == nil {
		return fieldTree{"name": {}, "resource_subtype": {}, "title": {}}.show(r)
	}
	return q.fields.show(r)
}

func (f fieldTree) show(r record) record {
	out := record{}
	for _, always := range []string{"gid", "resource_type"} {
		if v, ok := r[always]; ok {
			out[always] = v
		}
	}
	for name, below := range f {
		v, ok := r[name]
		if !ok {
			continue
		}
		switch v := v.(type) {
		case record:
			if v == nil {
				out[name] = nil
			} else {
				out[name] = below.show(v)
			}
		case []record:
			list := make([]record, len(v))
			for i := range v {
				list[i] = below.show(v[i])
			}
			out[name] = list
		default:
			out[name] = v
		}
	}
	return out
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// orNull is null for what is not set.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func stampOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}

func (s *Site) user(gid string) record {
	u, ok := s.users[gid]
	if !ok {
		return nil
	}
	return record{"gid": u.GID, "resource_type": "user", "name": u.Name, "email": u.Email}
}

func link(kind, gid string) string { return "https://app.asana.com/0/" + kind + "/" + gid }

func (s *Site) project(p Project) record {
	if p.Raw != nil {
		return record{"raw": json.RawMessage(p.Raw)}
	}
	r := record{
		"gid": p.GID, "resource_type": "project", "name": p.Name, "notes": p.Notes, "archived": p.Archived,
		"completed": !p.Completed.IsZero(), "completed_at": stampOrNull(p.Completed), "created_at": stamp(p.Created), "modified_at": stamp(p.Modified),
		"start_on": orNull(p.StartOn), "due_on": orNull(p.DueOn), "owner": s.user(p.Owner), "team": record(nil),
		"permalink_url": link("project", p.GID), "custom_fields": s.values(p.Custom), "current_status_update": record(nil),
	}
	if p.Team != "" {
		r["team"] = record{"gid": s.teamGID(p.Team), "resource_type": "team", "name": p.Team}
	}
	if list := s.reportsOf[p.GID]; len(list) > 0 {
		u := s.statuses[list[len(list)-1]]
		r["current_status_update"] = record{"gid": u.GID, "resource_type": "status_update", "resource_subtype": "project_status_update", "title": u.Title}
	}
	return r
}

// teamGID is made of the name, as teams are nothing but names here.
func (s *Site) teamGID(name string) string { return madeUp("9", name) }

// madeUp is a gid that a name always has.
func madeUp(first, name string) string {
	sum := uint64(14695981039346656037)
	for _, b := range []byte(name) {
		sum = (sum ^ uint64(b)) * 1099511628211
	}
	const digits = "0123456789"
	out := []byte(first)
	for range 14 {
		out = append(out, digits[sum%10])
		sum /= 10
	}
	return string(out)
}

func (s *Site) task(t Task) record {
	if t.Raw != nil {
		return record{"raw": json.RawMessage(t.Raw)}
	}
	r := record{
		"gid": t.GID, "resource_type": "task", "resource_subtype": t.Subtype, "name": t.Name,
		"completed": !t.Completed.IsZero(), "completed_at": stampOrNull(t.Completed), "created_at": stamp(t.Created), "modified_at": stamp(t.Modified),
		"start_on": orNull(t.StartOn), "due_on": orNull(t.DueOn), "assignee": s.user(t.Assignee),
		"permalink_url": link("task", t.GID), "custom_fields": s.values(t.Custom),
	}
	if t.Approval != "" {
		r["approval_status"] = t.Approval
	}
	projects, memberships := []record{}, []record{}
	for _, gid := range t.Projects {
		p := record{"gid": gid, "resource_type": "project", "name": s.projects[gid].Name}
		projects = append(projects, p)
		if name := t.Sections[gid]; name != "" {
			section := record{"gid": madeUp("8", gid+name), "resource_type": "section", "name": name}
			memberships = append(memberships, record{"project": p, "section": section})
		}
	}
	tags := []record{}
	for _, name := range t.Tags {
		tags = append(tags, record{"gid": madeUp("7", name), "resource_type": "tag", "name": name})
	}
	r["projects"], r["memberships"], r["tags"] = projects, memberships, tags
	r["dependencies"], r["dependents"] = tasks(t.DependsOn), tasks(s.waitingFor[t.GID])
	return r
}

func tasks(gids []string) []record {
	list := []record{}
	for _, gid := range gids {
		list = append(list, record{"gid": gid, "resource_type": "task"})
	}
	return list
}

func (s *Site) status(u Status) record {
	return record{
		"gid": u.GID, "resource_type": "status_update", "resource_subtype": "project_status_update", "title": u.Title, "text": u.Text,
		"status_type": u.Type, "author": s.user(u.Author), "created_by": s.user(u.Author), "created_at": stamp(u.Created), "modified_at": stamp(u.Modified),
		"parent": record{"gid": u.Project, "resource_type": "project", "name": s.projects[u.Project].Name},
	}
}

func (s *Site) portfolio(p Portfolio) record {
	return record{
		"gid": p.GID, "resource_type": "portfolio", "name": p.Name, "archived": p.Archived, "created_at": stamp(p.Created),
		"start_on": orNull(p.StartOn), "due_on": orNull(p.DueOn), "owner": s.user(p.Owner), "permalink_url": link("portfolio", p.GID),
		"current_status_update": record(nil),
	}
}

func (s *Site) goal(g Goal) record {
	if g.Raw != nil {
		return record{"raw": json.RawMessage(g.Raw)}
	}
	r := record{
		"gid": g.GID, "resource_type": "goal", "name": g.Name, "notes": g.Notes, "owner": s.user(g.Owner), "team": record(nil),
		"status": orNull(g.Status), "start_on": orNull(g.StartOn), "due_on": orNull(g.DueOn), "time_period": record(nil), "metric": record(nil),
	}
	if g.Team != "" {
		r["team"] = record{"gid": s.teamGID(g.Team), "resource_type": "team", "name": g.Team}
	}
	if p := g.Period; p != nil {
		r["time_period"] = record{
			"gid": madeUp("4", p.Name), "resource_type": "time_period", "display_name": p.Name, "start_on": p.StartOn, "end_on": p.EndOn,
		}
	}
	if m := g.Metric; m != nil {
		r["metric"] = record{
			"gid": madeUp("3", g.GID), "resource_type": "goal_metric", "resource_subtype": "number",
			"unit": cmp.Or(m.Unit, "none"), "currency_code": orNull(m.Currency), "precision": m.Precision,
			"initial_number_value": m.Initial, "target_number_value": m.Target, "current_number_value": m.Current,
		}
	}
	return r
}

func (s *Site) customField(f CustomField) record {
	return record{"gid": f.GID, "resource_type": "custom_field", "resource_subtype": f.Type, "type": f.Type, "name": f.Name}
}

// values are the custom fields of a record with what they hold. Those of the
// workspace without a value are shown as well, with null.
func (s *Site) values(custom map[string]any) []record {
	gids := make([]string, 0, len(s.fields))
	for gid := range s.fields {
		gids = append(gids, gid)
	}
	slices.Sort(gids)
	out := []record{}
	for _, gid := range gids {
		f := s.customField(s.fields[gid])
		s.fill(f, s.fields[gid].Type, custom[gid])
		out = append(out, f)
	}
	return out
}

func (s *Site) fill(f record, kind string, value any) {
	f["display_value"] = nil
	option := func(name string) record {
		return record{"gid": madeUp("6", name), "resource_type": "enum_option", "name": name, "enabled": true}
	}
	switch kind {
	case "number":
		f["number_value"] = value
	case "enum":
		f["enum_value"] = record(nil)
		if name, ok := value.(string); ok {
			f["enum_value"], f["display_value"] = option(name), name
		}
	case "multi_enum", "people":
		list, _ := value.([]string)
		all, shown := []record{}, []string{}
		for _, one := range list {
			if kind == "people" {
				all, shown = append(all, s.user(one)), append(shown, s.users[one].Name)
			} else {
				all, shown = append(all, option(one)), append(shown, one)
			}
		}
		f[map[string]string{"multi_enum": "multi_enum_values", "people": "people_value"}[kind]] = all
		if len(list) > 0 {
			f["display_value"] = strings.Join(shown, ", ")
		}
	case "date":
		f["date_value"] = record(nil)
		if day, ok := value.(string); ok {
			f["date_value"] = record{"date": day, "date_time": nil}
			f["display_value"] = day + "T00:00:00.000Z"
		}
	default:
		f["text_value"], f["display_value"] = value, value
	}
}
