package main

import (
	"context"

	"plumbline/config"
	"plumbline/doors/control"
	"plumbline/edit/folder"
	"plumbline/internal/progress"
	"plumbline/portfolio"
)

type configCommands struct {
	Show   configShowCommand   `cmd:"" default:"1" help:"Print the effective configuration, secrets as ***."`
	Check  configCheckCommand  `cmd:"" help:"Say everything that is wrong with the configuration."`
	Keys   configKeysCommand   `cmd:"" help:"List every key with its default and meaning."`
	Schema configSchemaCommand `cmd:"" help:"Print the JSON Schema of the file, for editors."`
	Apply  configApplyCommand  `cmd:"" help:"Make the file's settings and the strategy folder those of the log, also to go back to older ones."`
	Clock  configClockCommand  `cmd:"" help:"Set the day that views take as today."`
}

// Help shows examples.
func (configCommands) Help() string {
	return examples("plumbline config", "plumbline config check", "plumbline config apply")
}

type configShowCommand struct{}

// Help shows an example.
func (configShowCommand) Help() string { return examples("plumbline config --config plumbline.yaml") }

// Run prints the configuration.
func (configShowCommand) Run(p *program, g *grammar) error {
	c, err := p.load(g)
	if err != nil {
		return err
	}
	text, err := c.YAML()
	if err != nil {
		return err
	}
	_, err = p.stdout.Write(text)
	return err
}

type configCheckCommand struct{}

// Help shows an example.
func (configCheckCommand) Help() string { return examples("plumbline config check") }

// Run checks the configuration.
func (configCheckCommand) Run(p *program, g *grammar) error {
	c, err := p.load(g)
	if err != nil {
		return err
	}
	for _, warning := range c.Warnings {
		p.complain("warning: %s", warning)
	}
	if c.Strategy != "" {
		files, _, err := folder.Load(c.Strategy)
		if err != nil {
			return exit{exitUsage, err}
		}
		if _, problems := folder.Read(files); len(problems) > 0 {
			return exit{exitUsage, problems}
		}
	}
	p.print("The configuration is right: %d connections, %d keys, store %s, listening on %s.", len(c.Connections), len(c.Keys), c.Store, c.Listen)
	return nil
}

type configKeysCommand struct{}

// Help shows an example.
func (configKeysCommand) Help() string { return examples("plumbline config keys") }

// Run lists the keys.
func (configKeysCommand) Run(p *program) error {
	table := progress.Table{Headings: []string{"key", "default", "meaning"}, Text: []int{1, 2}}
	for _, key := range config.Keys(p.tools) {
		path := key.Path
		if key.Tool != "" {
			path += " (" + key.Tool + ")"
		}
		fallback := key.Default
		if key.Required {
			fallback = "required"
		}
		table.Add(path, fallback, key.About)
	}
	return table.Write(p.stdout)
}

type configSchemaCommand struct{}

// Help shows an example.
func (configSchemaCommand) Help() string {
	return "Editors that speak YAML complete and check the file when its first line names the schema.\n\n" +
		examples("plumbline config schema > plumbline.schema.json")
}

// Run prints the JSON Schema.
func (configSchemaCommand) Run(p *program) error {
	text, err := config.Schema(p.tools)
	if err != nil {
		return err
	}
	_, err = p.stdout.Write(text)
	return err
}

type configApplyCommand struct{}

// Help shows an example.
func (configApplyCommand) Help() string {
	return "A server applies a new file by itself when it starts, and never an older one: this command does.\n\n" +
		examples("plumbline config apply --config plumbline.yaml")
}

// Run commits the settings.
func (configApplyCommand) Run(ctx context.Context, p *program, g *grammar) error {
	c, err := p.load(g)
	if err != nil {
		return err
	}
	var strategy []control.File
	if c.Strategy != "" {
		files, _, err := folder.Load(c.Strategy)
		if err != nil {
			return exit{exitUsage, err}
		}
		for _, f := range files {
			strategy = append(strategy, control.File(f))
		}
	}
	return p.operate(ctx, g, func(o control.Operator) error {
		changed, err := o.Apply(ctx, c.Settings())
		if err != nil {
			return err
		}
		if changed {
			p.print("Applied. Every replica computes with these settings now.")
		} else {
			p.print("The log has these settings already.")
		}
		if c.Strategy == "" {
			return nil
		}
		return p.applyFolder(ctx, o, strategy)
	})
}

// applyFolder makes the strategy folder the one in force.
func (p *program) applyFolder(ctx context.Context, o control.Operator, files []control.File) error {
	report, err := o.ApplyFolder(ctx, files)
	if err != nil {
		return err
	}
	if report.Revision == 0 && len(report.Problems) == 0 {
		p.print("The log has this strategy folder already.")
		return nil
	}
	if err := p.showReport(report); err != nil {
		return err
	}
	p.print("\nThe strategy folder is in force, from revision %d.", report.Revision)
	return nil
}

type configClockCommand struct {
	Set portfolio.Date `required:"" placeholder:"YYYY-MM-DD" help:"The day that is to be today."`
}

// Help shows an example.
func (configClockCommand) Help() string {
	return "The day moves on by itself and never back. This sets it back after a machine's wrong clock moved it too far.\n\n" +
		examples("plumbline config clock --set 2026-03-01")
}

// Run sets the day.
func (c configClockCommand) Run(ctx context.Context, p *program, g *grammar) error {
	return p.operate(ctx, g, func(o control.Operator) error {
		before, err := o.SetClock(ctx, c.Set)
		if err != nil {
			return err
		}
		if before.IsZero() {
			p.print("Today is %s.", c.Set)
		} else {
			p.print("Today is %s; it was %s.", c.Set, before)
		}
		return nil
	})
}
