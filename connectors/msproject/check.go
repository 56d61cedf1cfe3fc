package msproject

import (
	"context"
	"fmt"
	"slices"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// Check implements connectors.Checker: which plans are there, what would be
// read of them, and whether they have the fields that the mapping names.
func (c *Connector) Check(ctx context.Context) (connectors.Report, error) {
	r := connectors.Report{Site: *c.site(c.source.Instance()), Deployment: "files"}
	count := map[portfolio.Kind]int{}
	found := map[string]connectors.FieldFound{}
	files, tasks := 0, 0
	for f, err := range c.source.Files(ctx, func(string) string { return "" }) {
		if err != nil {
			return r, fmt.Errorf("msproject: %w", err)
		}
		p, err := (*plan)(nil), f.Err
		if err == nil {
			p, err = readPlan(ctx, f.File)
		}
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
		if err != nil {
			r.Warnings = append(r.Warnings, fmt.Sprintf("%s: %v", f.Name, err))
			continue
		}
		files++
		tasks += p.rows
		count[portfolio.KindProject]++
		v := c.convert(p, f.Name)
		for uid := range p.tasks {
			count[v.becomes(uid)]++
		}
		if r.Site.Version == "" {
			r.Site.Version = savedBy(p.head["SaveVersion"])
		}
		for id, name := range p.fields {
			for _, asked := range []string{id, name} {
				found[asked] = connectors.FieldFound{Asked: asked, ID: id, Name: name, Type: p.types[id]}
			}
		}
	}
	r.Counts = []connectors.Count{
		{Of: "files", Records: files}, {Of: "tasks", Records: tasks},
		{Of: "projects", Records: count[portfolio.KindProject]}, {Of: "milestones", Records: count[portfolio.KindMilestone]},
	}
	if files == 0 {
		r.Warnings = append(r.Warnings, "there is no plan to read at "+c.place)
	}
	for _, asked := range c.env.Fields {
		field, ok := found[asked]
		if !ok && isNative(asked) {
			field, ok = connectors.FieldFound{Asked: asked, ID: asked, Name: asked, Type: "element of a task"}, true
		}
		if !ok {
			field = connectors.FieldFound{Asked: asked}
			r.Warnings = append(r.Warnings, fmt.Sprintf("no plan has a field %q", asked))
		}
		r.Fields = append(r.Fields, field)
	}
	return r, nil
}

// isNative tells whether a name is one of the fields that every plan may have.
func isNative(name string) bool {
	if slices.ContainsFunc(natives, func(n native) bool { return n.name == name }) {
		return true
	}
	if slices.Contains([]string{"Author", "Company", "StatusDate"}, name) {
		return true
	}
	return baselineField.MatchString(name)
}

// savedBy names the version of Microsoft Project that wrote a plan, as far as
// a plan tells it.
func savedBy(version string) string {
	switch version {
	case "12":
		return "Project 2007"
	case "14":
		return "Project 2010 or later"
	}
	return ""
}

// Check implements connectors.Checker.
func (t *Waiting) Check(context.Context) (connectors.Report, error) {
	return connectors.Report{
		Site: *t.site(t.env.Connection), Deployment: "files that are sent",
		Warnings: []string{"nothing is read until somebody sends a plan: PUT /import/" + t.env.Connection},
	}, nil
}
