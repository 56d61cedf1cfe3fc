package asana

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"plumbline/connectors"
	"plumbline/internal/inorder"
)

// counted is of how many projects the milestones are counted. Asana limits
// such counts more than other requests.
const counted = 20

// Check implements connectors.Checker: who we are, where, whether the fields
// that the mapping and the rules name are there, and how much there is to read.
func (c *Connector) Check(ctx context.Context) (connectors.Report, error) {
	report, err := c.check(ctx)
	if err != nil {
		return report, fmt.Errorf("asana: %w", err)
	}
	return report, nil
}

func (c *Connector) check(ctx context.Context) (connectors.Report, error) {
	var report connectors.Report
	r, err := c.run(ctx, nil, nil)
	if err != nil {
		return report, err
	}
	report.Site, report.Deployment = r.site, "Cloud"
	if len(r.workspaces) > 1 {
		report.Warnings = append(report.Warnings, fmt.Sprintf("the account is in %d workspaces; %q is read", len(r.workspaces), r.workspace.Name))
	}
	if err := r.checkFields(&report); err != nil {
		return report, err
	}
	if err := r.listProjects(false, false); err != nil {
		return report, err
	}
	projects := len(r.projects)
	if err := r.checkMilestones(&report); err != nil {
		return report, err
	}
	if err := r.listProjects(true, false); err != nil {
		return report, err
	}
	report.Counts = append([]connectors.Count{
		{Of: "projects", Records: projects}, {Of: "archived projects", Records: len(r.projects) - projects},
	}, report.Counts...)
	report.Permissions = append(report.Permissions, connectors.Permission{
		Name: "projects", Held: len(r.projects) > 0, Why: "without access to a project nothing of it can be read",
	})
	if err := r.reportGoals(&report); err != nil {
		return report, err
	}
	if r.grouped {
		report.Counts = append(report.Counts, connectors.Count{Of: "portfolios", Records: len(r.portfolios)})
		if len(r.portfolios) == 0 {
			report.Warnings = append(report.Warnings, "there is no portfolio: the account owns none; name some under portfolios.ids, or use a service account")
		}
	}
	for _, gid := range r.settings.Projects.IDs {
		if r.projects[gid] == nil {
			report.Warnings = append(report.Warnings, fmt.Sprintf("the account sees no project %s, which projects.ids names", gid))
		}
	}
	for _, team := range r.settings.Projects.Teams {
		if len(r.inAge(func(p *projectRecord) bool {
			return p.Team != nil && (p.Team.GID == team || folded(p.Team.Name) == folded(team))
		})) == 0 {
			report.Warnings = append(report.Warnings, fmt.Sprintf("no project is of the team %q, which projects.teams names", team))
		}
	}
	return report, nil
}

// checkFields looks for the custom fields that are named among those of the
// workspace. Those that only one project has are not among them.
func (r *run) checkFields(report *connectors.Report) error {
	asked := r.fields
	for _, rule := range r.rules {
		if rule.field != "" {
			asked = append(asked[:len(asked):len(asked)], rule.field)
		}
	}
	for _, name := range r.named {
		report.Fields = append(report.Fields, connectors.FieldFound{Asked: name, ID: strings.ToLower(name), Name: name, Type: "of every record"})
	}
	if len(asked) == 0 {
		return nil
	}
	type definition struct {
		named
		Type string `json:"type"`
	}
	var all []definition
	err := r.listing(r.ctx, "/workspaces/"+url.PathEscape(r.workspace.GID)+"/custom_fields", optFields([]string{"name", "type"}), func(records []json.RawMessage) error {
		for _, raw := range records {
			var d definition
			if json.Unmarshal(raw, &d) == nil {
				all = append(all, d)
			}
		}
		return nil
	})
	switch {
	case hasStatus(err, http.StatusPaymentRequired):
		report.Warnings = append(report.Warnings, "the plan of this workspace has no custom fields")
	case err != nil:
		return err
	}
	for _, name := range asked {
		n := len(report.Fields)
		for _, d := range all {
			if d.GID == name || folded(d.Name) == folded(name) {
				report.Fields = append(report.Fields, connectors.FieldFound{Asked: name, ID: d.GID, Name: d.Name, Type: d.Type})
			}
		}
		switch len(report.Fields) - n {
		case 0:
			report.Fields = append(report.Fields, connectors.FieldFound{Asked: name})
			report.Warnings = append(report.Warnings, fmt.Sprintf("the workspace has no custom field %q; one that a single project has for itself is read all the same", name))
		case 1:
		default:
			report.Warnings = append(report.Warnings, fmt.Sprintf("several custom fields are called %q: all are read; name the gid to read one", name))
		}
	}
	return nil
}

// checkMilestones counts the milestones of some projects, if it is milestones
// that are read.
func (r *run) checkMilestones(report *connectors.Report) error {
	rules := slices.DeleteFunc(slices.Clone(r.rules), func(r rule) bool { return r.risk })
	if len(rules) != 1 || rules[0].subtype != subtypeMilestone {
		return nil
	}
	projects := r.inAge(func(*projectRecord) bool { return true })
	asked := projects[:min(len(projects), counted)]
	sum := 0
	for n, err := range inorder.Map(r.ctx, r.concurrency(), asked, func(ctx context.Context, p *projectRecord) (int, error) {
		var counts struct {
			Milestones int `json:"num_milestones"`
		}
		err := r.get(ctx, "/projects/"+url.PathEscape(p.GID)+"/task_counts", []string{"num_milestones"}, &counts)
		if withheld(err) {
			return 0, nil
		}
		return counts.Milestones, err
	}) {
		if err != nil {
			return err
		}
		sum += n
	}
	count := connectors.Count{Of: "milestones", Records: sum}
	if len(asked) < len(projects) {
		count.Records, count.Approximate = sum*len(projects)/len(asked), true
	}
	report.Counts = append(report.Counts, count)
	return nil
}

// reportGoals counts the goals that become objectives and KPIs, and says what
// is missing.
func (r *run) reportGoals(report *connectors.Report) error {
	if !r.settings.Goals.on() {
		return nil
	}
	goals, metrics, owned, err := r.checkGoals()
	switch {
	case hasStatus(err, http.StatusPaymentRequired):
		report.Warnings = append(report.Warnings, "the plan of this workspace has no goals, which goals.strategy asks for")
		return nil
	case err != nil:
		return err
	}
	report.Counts = append(report.Counts, connectors.Count{Of: "goals", Records: goals}, connectors.Count{Of: "goals with a metric", Records: metrics})
	if goals == 0 {
		report.Warnings = append(report.Warnings, "the account sees no goal; goals.strategy asks for them")
	}
	if owned < metrics {
		report.Warnings = append(report.Warnings, fmt.Sprintf("%d of %d goals with a metric become no KPI, for no department answers for it: name it as goals.department, or by team under goals.teams", metrics-owned, metrics))
	}
	return nil
}
