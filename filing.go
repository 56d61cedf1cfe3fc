package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"

	"plumbline/doors/control"
	"plumbline/edit/folder"
	"plumbline/internal/progress"
	"plumbline/portfolio"
)

type importCommand struct {
	Files  []string `arg:"" name:"file" help:"YAML and CSV files, or folders of them."`
	DryRun bool     `help:"Say what would change and write nothing."`
}

// Help shows examples.
func (importCommand) Help() string {
	return "All of it is recorded in one commit, or nothing: everything that is wrong is said at once, with its place, and the\n" +
		"exit code is 2. What is recorded already and says the same stays as it is, so importing twice changes nothing.\n\n" +
		examples("plumbline import strategy.yaml measurements.csv", "plumbline import strategy/ --dry-run")
}

// Run records what the files say.
func (c importCommand) Run(ctx context.Context, p *program, g *grammar) error {
	files, err := readAll(c.Files)
	if err != nil {
		return exit{exitUsage, err}
	}
	var report control.FilesReport
	err = p.operate(ctx, g, func(o control.Operator) (err error) {
		report, err = o.Import(ctx, control.ImportRequest{Files: files, Author: recorder(), DryRun: c.DryRun})
		return err
	})
	if err != nil {
		return err
	}
	if err := p.showReport(report); err != nil {
		return err
	}
	switch {
	case c.DryRun:
		p.print("\nNothing is written: this is a dry run.")
	case report.Revision == 0:
		p.print("\nNothing has changed.")
	default:
		p.print("\nRecorded in revision %d.", report.Revision)
	}
	return nil
}

// readAll reads files, and folders with what is below them.
func readAll(names []string) ([]control.File, error) {
	var all []control.File
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			files, _, err := folder.Load(name)
			if err != nil {
				return nil, err
			}
			for _, f := range files {
				all = append(all, control.File{Name: filepath.ToSlash(filepath.Join(name, f.Name)), Data: f.Data})
			}
			continue
		}
		f, err := folder.ReadFile(name)
		if err != nil {
			return nil, err
		}
		all = append(all, control.File(f))
	}
	return all, nil
}

// showReport prints what became of files: a table, or all that is wrong with
// them, which is an exit.
func (p *program) showReport(report control.FilesReport) error {
	if len(report.Problems) > 0 {
		for _, problem := range report.Problems {
			_, _ = fmt.Fprintln(p.stderr, problem)
		}
		if len(report.Problems) > 1 {
			_, _ = fmt.Fprintf(p.stderr, "%d problems in the files\n", len(report.Problems))
		}
		return exit{code: exitUsage}
	}
	if len(report.Counts) == 0 {
		return nil
	}
	table := progress.Table{Headings: []string{"list", "created", "updated", "unchanged"}}
	deleted := report.Folder != "" || report.State != ""
	if deleted {
		table.Headings = append(table.Headings, "deleted")
	}
	for _, c := range report.Counts {
		cells := []string{c.List, strconv.Itoa(c.Created), strconv.Itoa(c.Updated), strconv.Itoa(c.Unchanged)}
		if deleted {
			cells = append(cells, strconv.Itoa(c.Deleted))
		}
		table.Add(cells...)
	}
	return table.Write(p.stdout)
}

// recorder is who an import of this machine is recorded by.
func recorder() string {
	name := "key:" + portfolio.Local.Name
	if who, err := user.Current(); err == nil && who.Username != "" {
		name += "/" + who.Username
	}
	return name
}

type exportCommand struct {
	Lists []string `arg:"" optional:"" name:"list" help:"Lists to write, such as objectives; all of them by default."`
	Dir   string   `placeholder:"FOLDER" help:"Where to write the files; it is made. Without it, the text of one file goes to standard output."`
	Force bool     `help:"Write over files that say something else."`
}

// Help shows examples.
func (exportCommand) Help() string {
	return "The files are those that import and the strategy folder read, in one canonical form: the same content gives the\n" +
		"same bytes. Comments are not recorded, so files that are there already are not written over without --force.\n\n" +
		examples("plumbline export --dir strategy", "plumbline export measurements > measurements.csv")
}

// Run writes the files.
func (c exportCommand) Run(ctx context.Context, p *program, g *grammar) error {
	var exported control.Exported
	err := p.operate(ctx, g, func(o control.Operator) (err error) {
		exported, err = o.Export(ctx, c.Lists)
		return err
	})
	if err != nil {
		return err
	}
	for _, what := range exported.Left {
		p.complain("left out: %s", what)
	}
	if c.Dir != "" {
		return c.write(p, exported.Files)
	}
	if len(exported.Files) > 1 {
		return exit{exitUsage, fmt.Errorf("there are %d files to write: give --dir, or the lists of one of them", len(exported.Files))}
	}
	for _, f := range exported.Files {
		if _, err := p.stdout.Write(f.Data); err != nil {
			return err
		}
	}
	return nil
}

// The modes of what export makes.
const (
	folderMode = 0o755
	fileMode   = 0o644
)

// write puts the files into the folder, none of them if it would destroy one.
func (c exportCommand) write(p *program, files []control.File) error {
	for _, f := range files {
		name := filepath.Join(c.Dir, f.Name)
		there, err := os.ReadFile(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case !bytes.Equal(there, f.Data) && !c.Force:
			return exit{exitUsage, fmt.Errorf("%s says something else, and comments would be lost; --force writes over it", name)}
		}
	}
	if err := os.MkdirAll(c.Dir, folderMode); err != nil {
		return err
	}
	for _, f := range files {
		name := filepath.Join(c.Dir, f.Name)
		if err := os.WriteFile(name, f.Data, fileMode); err != nil {
			return err
		}
		p.print("%s", name)
	}
	if len(files) == 0 {
		p.print("Nothing is recorded yet.")
	}
	return nil
}
