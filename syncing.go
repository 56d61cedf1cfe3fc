package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"plumbline/doors/control"
	"plumbline/internal/progress"
	"plumbline/portfolio"
)

type syncCommands struct {
	Run     syncCommand    `cmd:"" default:"withargs" help:"Read tools now; plumbline sync alone means this."`
	Confirm confirmCommand `cmd:"" help:"Say that what a tool no longer shows is really gone."`
}

// Help shows examples.
func (syncCommands) Help() string { return syncCommand{}.Help() }

type syncCommand struct {
	Connections   []string `arg:"" optional:"" name:"connection" help:"Ids of connections; all of them by default."`
	Full          bool     `help:"Read everything, not only what changed."`
	Sweep         bool     `help:"Also list everything, which finds what was deleted."`
	DryRun        bool     `help:"Show what would change and write nothing."`
	AcceptNewSite bool     `help:"Take another instance of the tool under the same connection for the new truth."`
	File          string   `type:"existingfile" placeholder:"PATH" help:"Let one connection that waits for files read this one."`
}

// Help shows examples.
func (syncCommand) Help() string {
	return "While a server has the store, the server reads and this command shows what it does.\n" +
		"Exit code 3 means that some connections were read and others were not.\n\n" +
		examples("plumbline sync", "plumbline sync eng --full", "plumbline sync eng --dry-run", "plumbline sync plans --file site.xml", "plumbline sync confirm eng")
}

// Run reads the connections and shows what came of it.
func (c syncCommand) Run(ctx context.Context, p *program, g *grammar) error {
	var rows []control.Row
	err := p.operate(ctx, g, func(o control.Operator) (err error) {
		if c.File != "" {
			rows, err = c.readFile(ctx, o)
			return err
		}
		display := progress.New(p.stderr)
		defer display.Close()
		rows, err = o.Sync(ctx, control.SyncRequest{
			Connections: c.Connections, Full: c.Full, Sweep: c.Sweep, DryRun: c.DryRun, AcceptNewSite: c.AcceptNewSite,
		}, func(at control.Progress) {
			note := "reading"
			if at.Listing {
				note = "listing"
			}
			display.Step(at.Connection, note, at.Done, at.Total)
		})
		return err
	})
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		p.print("There are no connections in the configuration: nothing to read.")
		return nil
	}
	if c.DryRun {
		p.showChanges(rows)
	}
	if err := p.showRows(rows); err != nil {
		return err
	}
	failed := 0
	for _, row := range rows {
		if !row.Succeeded() {
			failed++
		}
	}
	return partly(failed, len(rows))
}

// readFile lets a connection read a file.
func (c syncCommand) readFile(ctx context.Context, o control.Operator) ([]control.Row, error) {
	if len(c.Connections) != 1 || c.Full || c.Sweep || c.AcceptNewSite {
		return nil, exit{exitUsage, errors.New("--file is for one connection, and goes with --dry-run only")}
	}
	path, err := filepath.Abs(c.File)
	if err != nil {
		return nil, err
	}
	row, err := o.SyncFile(ctx, control.FileRequest{Connection: c.Connections[0], Path: path, DryRun: c.DryRun})
	return []control.Row{row}, err
}

// partly returns the exit of something that failed for some of all.
func partly(failed, all int) error {
	switch failed {
	case 0:
		return nil
	case all:
		return exit{code: exitFailed}
	}
	return exit{code: exitPartly}
}

// showRows prints the table of a sync and what needs a person.
func (p *program) showRows(rows []control.Row) error {
	table := progress.Table{Headings: []string{
		"connection", "read", "new", "changed", "gone", "quarantined", "requests", "waited", "time", "outcome",
	}, Text: []int{9}}
	for _, row := range rows {
		t := row.Tally
		table.Add(row.Connection, strconv.Itoa(t.Read), strconv.Itoa(t.New), strconv.Itoa(t.Changed), strconv.Itoa(t.Gone),
			strconv.Itoa(t.Quarantined), strconv.Itoa(t.Requests), brief(t.Waited), brief(row.Took), outcomeOf(row))
	}
	if err := table.Write(p.stdout); err != nil {
		return err
	}
	for _, row := range rows {
		if row.Error != "" {
			p.print("\n%s: %s", row.Connection, row.Error)
		}
		for _, sentence := range row.Unrecorded {
			p.print("\n%s: not recorded: %s", row.Connection, sentence)
		}
		for _, hold := range row.Held {
			p.print("\n%s: held: %s lost %d of %d, more than is believable, so nothing is marked as gone.", row.Connection, listing(hold), hold.Lost, hold.Had)
			if len(hold.Samples) > 0 {
				p.print("  among them %s", strings.Join(hold.Samples, ", "))
			}
			p.print("  If they are really gone: plumbline sync confirm %s %s", row.Connection, hold.Scope)
		}
	}
	return nil
}

// listing names what a hold is about.
func listing(hold portfolio.Hold) string {
	if hold.Scope == "" {
		return fmt.Sprintf("the connection's %ss", hold.Of)
	}
	return "the listing " + hold.Scope
}

// outcomeOf says in a word or two how a run ended.
func outcomeOf(row control.Row) string {
	mode := strings.ToLower(row.Mode)
	if row.Why != "" {
		mode += " (" + row.Why + ")"
	}
	switch {
	case row.State == portfolio.RunParked:
		return "parked until " + row.ParkedTill.UTC().Format(time.RFC3339)
	case !row.Succeeded():
		return "failed"
	}
	return cmp.Or(mode, "done")
}

// showChanges prints what a dry run would write.
func (p *program) showChanges(rows []control.Row) {
	found := 0
	for _, row := range rows {
		for _, change := range row.Changes {
			line := fmt.Sprintf("%-11s  %s %s", strings.ToLower(change.What), change.Kind, change.ID)
			if len(change.Fields) > 0 {
				line += ": " + strings.Join(change.Fields, ", ")
			}
			p.print("%s", line)
			found++
		}
	}
	if found == 0 {
		p.print("Nothing would change.")
	}
	p.print("")
}

// brief shows a duration to the tenth of a second, or the millisecond when
// there is less.
func brief(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Millisecond).String()
}

type confirmCommand struct {
	Connection string `arg:"" help:"Id of the connection whose losses are real."`
	Scope      string `arg:"" optional:"" default:"*" help:"The listing that lost them, as sync names it; every one by default."`
}

// Help shows examples.
func (confirmCommand) Help() string {
	return "When a listing loses more than is believable, nothing is marked as gone until a person says so.\n\n" +
		examples("plumbline sync confirm eng", "plumbline sync confirm eng versions:PAY")
}

// Run confirms holds.
func (c confirmCommand) Run(ctx context.Context, p *program, g *grammar) error {
	return p.operate(ctx, g, func(o control.Operator) error {
		holds, err := o.Confirm(ctx, control.ConfirmRequest{Connection: c.Connection, Scope: c.Scope, Author: author()})
		if err != nil {
			return err
		}
		if len(holds) == 0 {
			p.print("Nothing of %s is held.", c.Connection)
		}
		for _, hold := range holds {
			p.print("%s: confirmed that %s lost %d of %d; the next sweep, or the next file that is sent, marks them as gone.", c.Connection, listing(hold), hold.Lost, hold.Had)
		}
		return nil
	})
}

// author names who gives a command, for the log.
func author() string {
	if who, err := user.Current(); err == nil && who.Username != "" {
		return "shell:" + who.Username
	}
	return "shell"
}
