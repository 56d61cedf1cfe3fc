package github

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"plumbline/connectors"
)

// expiryWarning is how long before its end a token is warned about.
const expiryWarning = 30 * 24 * time.Hour

// lowRate is how much of the hourly limit is too little for a run of any size.
const lowRate = 100

// Check implements connectors.Checker: who we are, what we may read, when the
// token ends, what is left of the limit, and how much there is to read.
func (c *Connector) Check(ctx context.Context) (connectors.Report, error) {
	report, err := c.check(ctx)
	if err != nil {
		return report, fmt.Errorf("github: %w", err)
	}
	return report, nil
}

func (c *Connector) check(ctx context.Context) (connectors.Report, error) {
	r, err := c.run(ctx, nil, nil)
	if err != nil {
		return connectors.Report{}, err
	}
	report := connectors.Report{Site: r.site, Deployment: "github.com"}
	if r.site.Version != "" {
		report.Deployment = "Enterprise Server"
	}
	report.TokenExpires = expiry(r.header, r.started)
	if !report.TokenExpires.IsZero() && report.TokenExpires.Sub(r.started) < expiryWarning {
		report.Warnings = append(report.Warnings, "the token expires on "+report.TokenExpires.Format(time.DateOnly))
	}
	if err := r.checkRepositories(&report); err != nil {
		return report, err
	}
	if err := r.checkBoards(&report); err != nil {
		return report, err
	}
	c.checkScopes(r.header, &report)
	for _, name := range r.withheld {
		report.Permissions = append(report.Permissions, connectors.Permission{Name: name, Why: "without it these fields of the organisation are not read"})
	}
	return report, r.checkRate(&report)
}

// expiry reads when the token ends. For some fine-grained tokens GitHub tells
// the present time instead (google/go-github#3708): a token that was just taken
// has not ended, so that is not believed.
func expiry(h http.Header, now time.Time) time.Time {
	text := h.Get("GitHub-Authentication-Token-Expiration")
	for _, layout := range []string{"2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700"} {
		at, err := time.Parse(layout, text)
		if err == nil && at.Sub(now) > time.Minute {
			return at.UTC()
		}
	}
	return time.Time{}
}

func (r *run) checkRepositories(report *connectors.Report) error {
	if !r.settings.repositories() {
		return nil
	}
	if err := r.readRepositories(false); err != nil {
		return err
	}
	report.Counts = append(report.Counts, connectors.Count{Of: "repositories", Records: len(r.listed)})
	if len(r.listed) == 0 {
		report.Warnings = append(report.Warnings, "there is no repository to read: the token may see none of the owners', or the settings name none of them")
		return nil
	}
	issues := connectors.Permission{Name: "Issues: read", Held: true, Required: true, Why: "without it neither milestones nor issues can be read"}
	for _, repo := range r.listed {
		if !repo.issues {
			continue
		}
		_, err := r.ask(r.ctx, withQuery(repo.path("/milestones"), "state", "all"), "")
		if err != nil && !gone(err) {
			return err
		}
		issues.Held = err == nil || hasStatus(err, http.StatusGone)
		break
	}
	report.Permissions = append(report.Permissions, connectors.Permission{Name: "Metadata: read", Held: true, Why: "without it no repository can be seen"}, issues)
	return nil
}

func (r *run) checkBoards(report *connectors.Report) error {
	if !r.settings.boards() {
		return nil
	}
	boards := connectors.Permission{Name: "Projects: read", Required: true, Why: "without it boards cannot be read; a classic token needs the scope read:project"}
	err := r.listBoards(false)
	if err != nil && !gone(err) {
		return err
	}
	boards.Held = err == nil
	report.Permissions = append(report.Permissions, boards)
	report.Counts = append(report.Counts, connectors.Count{Of: "boards", Records: len(r.boards)})
	if boards.Held && len(r.boards) == 0 {
		report.Warnings = append(report.Warnings, "there is no board to read: a fine-grained token of a user sees boards of organisations only, and no private ones without the permission Projects")
	}
	for _, name := range r.settings.Projects.Boards {
		owner, number := splitBoard(name)
		if boards.Held && !slices.ContainsFunc(r.boards, func(b board) bool { return b.number == number && strings.EqualFold(b.owner, owner) }) {
			report.Warnings = append(report.Warnings, fmt.Sprintf("projects.boards has %s, which is not there or may not be seen; the number is the one in the board's address", name))
		}
	}
	for _, name := range []string{r.conversion.due, r.start} {
		if !boards.Held || !r.reads(fromItems) {
			break
		}
		asked := name == r.conversion.due || r.settings.Milestones.Start != ""
		found := connectors.FieldFound{Asked: name}
		for _, b := range r.boards {
			for _, f := range b.record.Fields.Nodes {
				if strings.EqualFold(f.Name, name) {
					found.ID, found.Name, found.Type = f.ID, f.Name, "date"
				}
			}
		}
		if found.ID != "" || asked {
			report.Fields = append(report.Fields, found)
		}
		switch {
		case found.ID != "":
		case name == r.conversion.due:
			report.Warnings = append(report.Warnings, fmt.Sprintf("no board has a date field %q, so none of its items is a milestone: name the field as milestones.due", name))
		default:
			report.Warnings = append(report.Warnings, fmt.Sprintf("no board has a date field %q, so its items have no start; milestones.start names another", name))
		}
	}
	return nil
}

// checkScopes looks at what a classic token may do. A fine-grained one has no
// scopes, and an app tells its permissions.
func (c *Connector) checkScopes(h http.Header, report *connectors.Report) {
	text, classic := h.Get("X-OAuth-Scopes"), len(h.Values("X-OAuth-Scopes")) > 0
	if !classic {
		return
	}
	var scopes []string
	for s := range strings.SplitSeq(text, ",") {
		scopes = append(scopes, strings.TrimSpace(s))
	}
	has := func(any ...string) bool {
		return slices.ContainsFunc(any, func(s string) bool { return slices.Contains(scopes, s) })
	}
	report.Permissions = append(report.Permissions, connectors.Permission{Name: "scope repo", Held: has("repo"), Why: "without it private repositories cannot be seen"})
	if c.settings.boards() {
		report.Permissions = append(report.Permissions, connectors.Permission{Name: "scope read:project", Held: has("read:project", "project"), Why: "without it boards cannot be read"})
	}
	if len(c.env.Fields) > 0 {
		report.Permissions = append(report.Permissions, connectors.Permission{Name: "scope read:org", Held: has("read:org", "write:org", "admin:org"), Why: "without it custom properties and issue fields of organisations cannot be read"})
	}
}

// checkRate asks what is left of the limits; asking costs nothing. An
// Enterprise Server without limits has no such thing.
func (r *run) checkRate(report *connectors.Report) error {
	var answer struct {
		Resources map[string]struct {
			Limit     int   `json:"limit"`
			Remaining int   `json:"remaining"`
			Reset     int64 `json:"reset"`
		} `json:"resources"`
	}
	_, err := r.get(r.ctx, "rate_limit", &answer)
	if gone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, name := range []string{"core", "graphql"} {
		rate, ok := answer.Resources[name]
		if !ok || name == "graphql" && !r.settings.boards() {
			continue
		}
		left := fmt.Sprintf("%s: %d of %d left until %s", name, rate.Remaining, rate.Limit, time.Unix(rate.Reset, 0).UTC().Format("15:04 UTC"))
		report.Permissions = append(report.Permissions, connectors.Permission{Name: left, Held: rate.Remaining >= lowRate, Why: "a run that comes to its end waits for the next hour"})
	}
	return nil
}
