package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"plumbline/connectors"
	"plumbline/doors/control"
)

type checkCommand struct {
	Connections []string `arg:"" optional:"" name:"connection" help:"Ids of connections; all of them by default."`
}

// Help shows examples.
func (checkCommand) Help() string {
	return "The strategy folder is checked with the connections. Nothing is written. Exit code 3 means that some would work\n" +
		"and others would not.\n\n" +
		examples("plumbline check", "plumbline check eng")
}

// Run tries the connections out.
func (c checkCommand) Run(ctx context.Context, p *program, g *grammar) error {
	return p.operate(ctx, g, func(o control.Operator) error {
		checks, err := o.Check(ctx, c.Connections)
		if err != nil {
			return err
		}
		var strategy *control.FilesReport
		if len(c.Connections) == 0 {
			if strategy, err = o.CheckFolder(ctx); err != nil {
				return err
			}
		}
		if len(checks) == 0 && strategy == nil {
			p.print("There are no connections in the configuration: nothing to check.")
		}
		failed, all := 0, len(checks)
		for i, check := range checks {
			if i > 0 {
				p.print("")
			}
			if !p.showCheck(check, time.Now()) {
				failed++
			}
		}
		if strategy != nil {
			if all++; all > 1 {
				p.print("")
			}
			if !p.showFolder(*strategy) {
				failed++
			}
		}
		return partly(failed, all)
	})
}

// Marks of what was found.
const (
	markOK      = "ok"
	markMissing = "MISSING"
	markWarning = "warning"
)

// soon is how long before its end a token's expiry is a warning.
const soon = 30 * 24 * time.Hour

// showCheck prints the report of one connection and reports whether it would
// work.
func (p *program) showCheck(check control.Check, now time.Time) bool {
	p.print("%s (%s)", check.Connection, check.Type)
	line := func(label, format string, args ...any) {
		p.print("  %-12s %s", label, fmt.Sprintf(format, args...))
	}
	works := check.Error == ""
	r := check.Report
	if r.Site.Instance != "" || r.Site.Title != "" {
		line("site", "%s", join(" · ", r.Site.Title, r.Deployment, r.Site.Version, r.Site.Instance))
	}
	if r.Site.Account != "" {
		line("account", "%s", r.Site.Account)
	}
	if r.Site.TimeZone != "" {
		line("time zone", "%s", r.Site.TimeZone)
	}
	if !r.TokenExpires.IsZero() {
		line("token", "%s", expiry(r.TokenExpires, now))
		works = works && r.TokenExpires.After(now)
	}
	for _, permission := range r.Permissions {
		if permission.Held {
			line("permission", "%s  %s", markOK, permission.Name)
		} else {
			line("permission", "%s  %s: %s", markMissing, permission.Name, cmp.Or(permission.Why, "some records cannot be read"))
			works = works && !permission.Required
		}
	}
	for _, field := range r.Fields {
		works = p.showField(field) && works
	}
	for _, count := range r.Counts {
		about := ""
		if count.Approximate {
			about = "about "
		}
		line("would read", "%s%d %s", about, count.Records, count.Of)
	}
	for _, warning := range r.Warnings {
		line(markWarning, "%s", warning)
	}
	if check.Error != "" {
		line("failed", "%s", check.Error)
	}
	return works
}

// showFolder prints where the strategy folder stands and reports whether it
// holds.
func (p *program) showFolder(report control.FilesReport) bool {
	p.print("strategy folder %s", report.Folder)
	line := func(label, format string, args ...any) {
		p.print("  %-12s %s", label, fmt.Sprintf(format, args...))
	}
	for _, problem := range report.Problems {
		line("problem", "%s", problem)
	}
	switch {
	case len(report.Problems) > 0:
		line("failed", "nothing of it is recorded; what was in force before holds")
	case report.State == "IN_FORCE":
		line("in force", "%s", report.Hash)
	case report.State == "OLDER":
		line(markWarning, "%s is older than what is in force, %s; plumbline config apply goes back to it", report.Hash, report.InForce)
	default:
		line("new", "%s: a server that has it will record it", report.Hash)
	}
	return len(report.Problems) == 0
}

// showField prints whether a field of the mapping exists, or how a column was
// understood.
func (p *program) showField(field connectors.FieldFound) bool {
	if field.ID == "" {
		p.print("  %-12s %s  %s: the tool has no such field", "field", markMissing, field.Asked)
		return false
	}
	name := field.Asked
	if field.ID != field.Asked {
		name += " = " + field.ID
	} else if field.Name != "" {
		name += " = " + field.Name
	}
	if field.Type != "" {
		name += " (" + field.Type + ")"
	}
	if field.Understood != "" {
		name += ": " + field.Understood
	}
	if len(field.Samples) > 0 {
		name += "; as " + strings.Join(field.Samples, " | ")
	}
	p.print("  %-12s %s  %s", "field", markOK, name)
	return true
}

// expiry says when a token ends.
func expiry(at, now time.Time) string {
	day := at.UTC().Format(time.DateOnly)
	left := at.Sub(now)
	switch {
	case left <= 0:
		return "EXPIRED on " + day
	case left < soon:
		return fmt.Sprintf("%s: expires in %d days, on %s", markWarning, int(left/(24*time.Hour)), day)
	}
	return "expires on " + day
}

// join joins what is not empty.
func join(between string, parts ...string) string {
	var given []string
	for _, part := range parts {
		if part != "" {
			given = append(given, part)
		}
	}
	return strings.Join(given, between)
}
