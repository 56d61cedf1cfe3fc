package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"

	"plumbline/config"
	"plumbline/doors/control"
	"plumbline/portfolio"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	exitPartly = 3
)

// exit is an error that decides the exit code; its cause may be nil when all
// has been said.
type exit struct {
	code  int
	cause error
}

func (e exit) Error() string {
	if e.cause == nil {
		return ""
	}
	return e.cause.Error()
}

func (e exit) Unwrap() error { return e.cause }

// grammar is the command line.
type grammar struct {
	Config []string `short:"c" placeholder:"FILE" sep:"none" help:"Configuration file; may be given several times. By default $$PLUMBLINE_CONFIG, else plumbline.yaml."`

	Serve   serveCommand   `cmd:"" help:"Answer GraphQL and read the tools by their schedules."`
	Sync    syncCommands   `cmd:"" help:"Read tools now, and show what came of it."`
	Check   checkCommand   `cmd:"" help:"Try connections out: credentials, permissions, fields, how much would be read."`
	Import  importCommand  `cmd:"" help:"Record what strategy files say."`
	Export  exportCommand  `cmd:"" help:"Write what people recorded as strategy files."`
	Relink  relinkCommand  `cmd:"" help:"Carry the projects of a tool that moved over to the connection that reads it now."`
	Brief   briefCommand   `cmd:"" help:"Print what happened, what comes next and what is at risk."`
	Schema  schemaCommand  `cmd:"" help:"Print the GraphQL schema."`
	Conf    configCommands `cmd:"" name:"config" help:"Show, check or apply the configuration."`
	Token   tokenCommands  `cmd:"" help:"Make API keys."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// helpShown ends parsing after --help.
type helpShown struct{ code int }

// run parses the command line and does what it says.
func (p *program) run(ctx context.Context, args []string) (code int) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case helpShown:
			code = r.code
		default:
			panic(r)
		}
	}()
	var g grammar
	parser, err := kong.New(&g,
		kong.Name("plumbline"),
		kong.Description("Plumbline reads projects and milestones from the tools a company plans in and answers GraphQL from them."),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { panic(helpShown{code}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: helpWidth}),
		kong.UsageOnError(),
	)
	if err != nil {
		panic(err) // the grammar above is wrong
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		p.complain("%v\nplumbline --help lists the commands", err)
		return exitUsage
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	return p.outcome(parsed.Run(p, &g))
}

// helpWidth keeps help readable on wide terminals.
const helpWidth = 100

// outcome tells what went wrong and returns the exit code.
func (p *program) outcome(err error) int {
	var e exit
	var problems config.Problems
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &e):
		if e.cause != nil {
			p.complain("%v", e.cause)
		}
		return e.code
	case errors.As(err, &problems):
		_, _ = fmt.Fprintln(p.stderr, problems)
		return exitUsage
	case errors.Is(err, portfolio.ErrInvalid), errors.Is(err, portfolio.ErrNotFound):
		p.complain("%v", err)
		return exitUsage
	case errors.Is(err, context.Canceled):
		p.complain("stopped")
		return exitFailed
	}
	p.complain("%v", err)
	return exitFailed
}

func (p *program) complain(format string, args ...any) {
	_, _ = fmt.Fprintf(p.stderr, "plumbline: "+format+"\n", args...)
}

func (p *program) print(format string, args ...any) {
	_, _ = fmt.Fprintf(p.stdout, format+"\n", args...)
}

// options are what the configuration depends on beside its files.
func (p *program) options(flags ...config.Flag) config.Options {
	return config.Options{Getenv: p.getenv, Environ: p.environ, Tools: p.tools, Flags: flags}
}

// load reads the configuration.
func (p *program) load(g *grammar, flags ...config.Flag) (*config.Config, error) {
	files, err := config.Read(g.Config, p.getenv)
	if err != nil {
		return nil, exit{exitUsage, err}
	}
	return config.Load(files, p.options(flags...))
}

// operate calls do with the server that has the store, if one runs on this
// machine, else with a plant of our own.
func (p *program) operate(ctx context.Context, g *grammar, do func(control.Operator) error) error {
	files, err := config.Read(g.Config, p.getenv)
	if err != nil {
		return exit{exitUsage, err}
	}
	if store, known := config.Locate(files, p.options()); known && store.Bolt() {
		client, err := control.Dial(ctx, store.Path)
		if err != nil {
			return err
		}
		if client != nil {
			return do(client)
		}
	}
	c, err := config.Load(files, p.options())
	if err != nil {
		return err
	}
	if c.Log.Level == "info" {
		c.Log.Level = "warn" // the command itself says what it does
	}
	own, err := p.open(ctx, opening{Config: c, Log: p.logger(c)})
	if err != nil {
		return err
	}
	return errors.Join(do(own), own.Close())
}

// logger writes to standard error what the configuration asks for.
func (p *program) logger(c *config.Config) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Log.Level)) // the configuration has checked it
	options := &slog.HandlerOptions{Level: level}
	if c.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(p.stderr, options))
	}
	return slog.New(slog.NewTextHandler(p.stderr, options))
}

type schemaCommand struct{}

// Help shows an example.
func (schemaCommand) Help() string { return examples("plumbline schema > schema.graphqls") }

// Run prints the schema.
func (schemaCommand) Run(p *program) error {
	_, err := io.WriteString(p.stdout, p.schema())
	return err
}

type tokenCommands struct {
	New tokenNewCommand `cmd:"" help:"Make an API key and print it with its SHA-256."`
}

type tokenNewCommand struct {
	Name string `arg:"" optional:"" default:"new-key" help:"Name of the key in logs and as author of changes."`
	Role string `enum:"viewer,editor,admin" default:"viewer" help:"What the key may do: ${enum}."`
}

// Help shows an example.
func (tokenNewCommand) Help() string {
	return "The key is shown once and kept nowhere; the configuration holds its SHA-256.\n\n" +
		examples("plumbline token new power-bi --role viewer")
}

// Run makes a key.
func (c tokenNewCommand) Run(p *program) error {
	key, hash := config.NewKey()
	p.print("key     %s", key)
	p.print("sha256  %s", hash)
	p.print("\nGive the key to whoever calls the server; it is not shown again. In plumbline.yaml:\n")
	p.print("keys:\n  - name: %s\n    role: %s\n    sha256: %s", c.Name, c.Role, hash)
	return nil
}

type versionCommand struct{}

// Help shows an example.
func (versionCommand) Help() string { return examples("plumbline version") }

// Run prints the version.
func (versionCommand) Run(p *program) error {
	p.print("plumbline %s %s %s/%s", built(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

// version is set by the linker when a release is built.
var version = ""

// built names the release, or the commit that was built.
func built() string {
	info, ok := debug.ReadBuildInfo()
	switch {
	case version != "":
		return version
	case ok && info.Main.Version != "" && info.Main.Version != "(devel)":
		return info.Main.Version
	}
	return "development"
}

// examples formats command lines for help.
func examples(lines ...string) string {
	word := "Example"
	if len(lines) > 1 {
		word = "Examples"
	}
	return word + ":\n\n    " + strings.Join(lines, "\n    ")
}
