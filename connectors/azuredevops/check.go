package azuredevops

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"plumbline/connectors"
)

// Check implements connectors.Checker: who we are, what we may read, whether
// the fields that the mapping names are there, and how much there is to read.
func (c *Connector) Check(ctx context.Context) (connectors.Report, error) {
	r, err := c.check(ctx)
	if err != nil {
		return r, fmt.Errorf("azuredevops: %w", err)
	}
	return r, nil
}

func (c *Connector) check(ctx context.Context) (connectors.Report, error) {
	run, err := c.run(ctx, nil, nil)
	if err != nil {
		return connectors.Report{}, err
	}
	r := connectors.Report{Site: run.site, Deployment: run.hosted}
	r.Counts = append(r.Counts, connectors.Count{Of: "projects", Records: len(run.projects)})
	if !run.realProjects {
		r.Counts[0].Of = "projects to look into"
	}
	if len(run.projects) == 0 {
		r.Warnings = append(r.Warnings, "the account sees no project")
	}
	r.Warnings = append(r.Warnings, run.unmet...)
	run.checkFields(&r)
	if err := run.checkItems(&r); err != nil {
		return r, err
	}
	if err := run.checkFeeds(&r); err != nil {
		return r, err
	}
	binned := connectors.Permission{Name: "list deleted projects", Why: "without it a deleted project looks like one we may no longer see"}
	err = c.listProjects(ctx, "deleted", func(json.RawMessage) {})
	if binned.Held = err == nil; err != nil && !refused(err) {
		return r, err
	}
	r.Permissions = append(r.Permissions, binned)
	return r, nil
}

// refused tells that a question was understood and not answered.
func refused(err error) bool {
	return hasStatus(err, http.StatusForbidden) || errors.Is(err, connectors.ErrUnauthorized)
}

func (r *run) checkFields(report *connectors.Report) {
	for _, asked := range r.env.Fields {
		if slices.Contains(r.missing, asked) {
			report.Fields = append(report.Fields, connectors.FieldFound{Asked: asked})
			report.Warnings = append(report.Warnings, fmt.Sprintf("there is no field %q", asked))
			continue
		}
		for _, f := range r.fields {
			if f.named(asked) {
				kind := f.Type
				if f.Identity {
					kind = "identity"
				}
				report.Fields = append(report.Fields, connectors.FieldFound{Asked: asked, ID: f.Ref, Name: f.Name, Type: kind})
			}
		}
		if slices.Contains(r.repeated, asked) {
			report.Warnings = append(report.Warnings, fmt.Sprintf("several fields are called %q: all are read; name the reference name to read one", asked))
		}
	}
}

// checkItems counts the work items of each type. A type of which there is none
// may be misspelt: processes name their types as they like.
func (r *run) checkItems(report *connectors.Report) error {
	may := connectors.Permission{Name: "work items (read)", Held: true, Required: true, Why: "without it no work items can be read"}
	for _, kind := range r.settings.itemTypes() {
		n := 0
		err := r.itemIDs([]string{kind}, func(ids []int64) error { n += len(ids); return nil })
		switch {
		case refused(err):
			may.Held = false
		case err != nil:
			return err
		case n == 0:
			report.Warnings = append(report.Warnings, fmt.Sprintf("there is no work item of the type %q", kind))
		}
		if err == nil {
			report.Counts = append(report.Counts, connectors.Count{Of: "work items of the type " + kind, Records: n})
		}
	}
	report.Permissions = append(report.Permissions, may)
	return nil
}

// checkFeeds asks both feeds for their first batch: an account may read work
// items and not be let to what a run follows. Changes of links are counted up
// to the first of many batches.
func (r *run) checkFeeds(report *connectors.Report) error {
	if len(r.settings.itemTypes()) == 0 {
		return nil
	}
	may := connectors.Permission{Name: "reporting feeds (read)", Required: true, Why: "without them no change of work items and links can be followed: give the account the access level Basic"}
	_, err := r.revisions().ask(url.Values{})
	if err != nil && !refused(err) {
		return err
	}
	may.Held = err == nil
	if types := r.settings.blocks(); len(types) > 0 {
		b, err := r.links(stageLinks, types, nil).ask(url.Values{})
		switch {
		case refused(err):
			may.Held = false
		case err != nil:
			return err
		default:
			report.Counts = append(report.Counts, connectors.Count{Of: "changes of links, which may take them away again", Records: len(b.Values), Approximate: !b.Last})
		}
	}
	report.Permissions = append(report.Permissions, may)
	return nil
}
