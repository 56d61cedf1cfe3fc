package main

import (
	"context"

	"plumbline/doors/control"
	"plumbline/edit"
	"plumbline/portfolio"
)

type relinkCommand struct {
	From   string `required:"" placeholder:"ID" help:"The connection that read the tool before it moved; it may be gone from the configuration."`
	To     string `required:"" placeholder:"ID" help:"The connection that reads it now."`
	By     string `enum:"key,name,pmoId" default:"key" help:"What a project has in both: ${enum}."`
	DryRun bool   `help:"Say what would be linked and write nothing."`
}

// Help shows examples.
func (relinkCommand) Help() string {
	return "A tool that moved, from a server into the cloud, say, comes back with new ids. Relink joins each project to its\n" +
		"counterpart, whose id then counts: the old ids lead there. What people recorded of the project and its milestones\n" +
		"stays where it is and goes on to count: the report says by kind how many records follow, and which cannot.\n" +
		"Sync the new connection first.\n\n" +
		examples("plumbline relink --from server --to cloud --dry-run", "plumbline relink --from server --to cloud --by pmoId")
}

// Run links the projects.
func (c relinkCommand) Run(ctx context.Context, p *program, g *grammar) error {
	request := control.RelinkRequest{From: c.From, To: c.To, By: c.By, Author: recorder(), DryRun: c.DryRun}
	var report control.RelinkReport
	err := p.operate(ctx, g, func(o control.Operator) (err error) {
		report, err = o.Relink(ctx, request)
		return err
	})
	if err != nil {
		return err
	}
	for _, part := range []struct {
		what string
		ids  []string
	}{
		{"linked", report.Linked},
		{"linked already", report.Already},
		{"without a counterpart", report.Missing},
		{"with several counterparts, link them yourself", report.Ambiguous},
		{"with a counterpart that a file links, name them there", report.Owned},
	} {
		if len(part.ids) > 0 {
			p.print("%d %s", len(part.ids), part.what)
			for _, id := range part.ids {
				p.print("  %s", id)
			}
		}
	}
	p.relinked(report)
	switch {
	case len(report.Problems) > 0:
		for _, problem := range report.Problems {
			p.complain("%s", problem)
		}
		return exit{code: exitUsage}
	case c.DryRun:
		p.print("\nNothing is written: this is a dry run.")
	case report.Revision == 0:
		p.print("\nNothing has changed.")
	default:
		p.print("\nRecorded in revision %d.", report.Revision)
	}
	return nil
}

// relinked says what becomes of what people recorded.
func (p *program) relinked(report control.RelinkReport) {
	for _, kind := range report.Records {
		p.print("%s: %d follow, %d cannot", kind.Kind, kind.Follow, len(kind.Left))
		for _, left := range kind.Left {
			p.print("  %s", left)
		}
	}
	if len(report.Twice) > 0 {
		p.print("%d recorded of both", len(report.Twice))
		for _, twice := range report.Twice {
			p.print("  %s", twice)
		}
	}
}

// Relink implements control.Operator.
func (h *house) Relink(ctx context.Context, request control.RelinkRequest) (control.RelinkReport, error) {
	plan, err := edit.Relink(h.replica.Snapshot(), request.From, request.To, edit.RelinkBy(request.By))
	if err != nil {
		return control.RelinkReport{}, err
	}
	report := control.RelinkReport{
		Linked: plan.Linked, Already: plan.Already, Missing: plan.Missing, Ambiguous: plan.Ambiguous, Owned: plan.Owned, Twice: plan.Twice,
	}
	for _, kind := range plan.Records {
		report.Records = append(report.Records, control.RelinkRecords(kind))
	}
	if len(plan.Changes) == 0 {
		return report, nil
	}
	result, err := h.editor.Edit(ctx, portfolio.Edit{Caller: portfolio.Local, Author: request.Author, Changes: plan.Changes, DryRun: request.DryRun})
	for _, e := range result.Errors {
		report.Problems = append(report.Problems, e.Message)
	}
	report.Revision = result.Revision
	return report, err
}
