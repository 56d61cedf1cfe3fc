package main

import (
	"context"
	"os"
	"strings"

	"plumbline/doors/control"
	"plumbline/portfolio"
)

type briefCommand struct {
	Format     string `enum:"md,html" default:"md" help:"What to print: ${enum}."`
	Period     string `enum:"day,week,month,quarter,year" default:"week" help:"The time up to the last day that it tells of: ${enum}."`
	Department string `placeholder:"KEY" help:"Only this department and those below it."`
	On         string `placeholder:"YYYY-MM-DD" help:"The last day; today by default."`
	Output     string `short:"o" placeholder:"FILE" help:"Where to write it; standard output by default."`
}

// Help shows examples.
func (briefCommand) Help() string {
	return "The briefing is that of the query of the same name, with all that the owner of this machine may see, budgets\n" +
		"included. As HTML it is one file that needs nothing else: send it, open it on a phone, print it.\n\n" +
		examples("plumbline brief", "plumbline brief --format html --output brief.html", "plumbline brief --period month --department digital-health")
}

// Run prints the briefing.
func (c briefCommand) Run(ctx context.Context, p *program, g *grammar) error {
	on, err := portfolio.ParseDate(c.On)
	if err != nil {
		return exit{exitUsage, err}
	}
	request := control.BriefRequest{
		Format: c.Format, Period: portfolio.Period(strings.ToUpper(c.Period)), Department: c.Department, On: on,
	}
	var printed control.File
	err = p.operate(ctx, g, func(o control.Operator) (err error) {
		printed, err = o.Brief(ctx, request)
		return err
	})
	if err != nil {
		return err
	}
	if c.Output != "" {
		return os.WriteFile(c.Output, printed.Data, fileMode)
	}
	_, err = p.stdout.Write(printed.Data)
	return err
}
