package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"plumbline/internal/spelling"
	"plumbline/internal/yamltree"
)

// DefaultFile is read when neither a flag nor PLUMBLINE_CONFIG names a file.
const DefaultFile = "plumbline.yaml"

// MaxFile is the largest configuration file that is read, in bytes.
const MaxFile = 1 << 20

// File is the text of one configuration file.
type File struct {
	Name string // as errors show it
	Data []byte
}

// Options are what loading depends on beside the files.
type Options struct {
	// Getenv reads the environment; nil means that it is empty.
	Getenv func(string) string
	// Environ are all variables of the environment as NAME=value, to find names
	// that are misspelt; it may be left out.
	Environ []string
	// Tools are the tools that a connection may name.
	Tools Tools
	// Flags win over the environment, which wins over the files.
	Flags []Flag
}

// Read reads the files named. Without names it is the one PLUMBLINE_CONFIG
// names, else plumbline.yaml in the current folder, which may be absent: the
// defaults hold then.
func Read(names []string, getenv func(string) string) ([]File, error) {
	optional := false
	if len(names) == 0 {
		names = []string{getenv(FileVariable)}
		if names[0] == "" {
			names, optional = []string{DefaultFile}, true
		}
	}
	files := make([]File, 0, len(names))
	for _, name := range names {
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) && optional {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("config: %w", err)
		}
		files = append(files, File{name, data})
	}
	return files, nil
}

// Load reads the configuration from files that add up: a list or mapping may
// be continued in another file, any other key stands in one of them. The error
// is Problems, which names everything that is wrong.
func Load(files []File, o Options) (*Config, error) {
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	c, b := load(files, o)
	if len(b.problems) > 0 {
		b.problems.sort(files)
		return nil, b.problems
	}
	hash, err := hashFiles(files, c, o)
	if err != nil {
		return nil, err
	}
	c.fileHash = hash
	return c, nil
}

// load binds and checks; the configuration is whole only without problems.
func load(files []File, o Options) (*Config, *binder) {
	b := &binder{tools: o.Tools, places: map[string]place{}, items: map[string][]string{}, source: map[ast.Node]string{}, unset: map[ast.Node]string{}, asked: map[string]bool{}}
	c := &Config{}
	root := reflect.ValueOf(c).Elem()
	setDefaults(root)
	for _, file := range files {
		b.file = file.Name
		b.document(file.Data, root, o.Getenv)
	}
	b.override(root, o)
	b.strangers(o.Environ)
	b.check(c)
	b.warnings.sort(files)
	c.Warnings = b.warnings
	return c, b
}

// document binds the one YAML document of a file.
func (b *binder) document(data []byte, root reflect.Value, getenv func(string) string) {
	top, before := place{b.file, 1, 1}, b.broken
	b.broken = true
	if len(data) > MaxFile {
		b.report(top, "", "the file is larger than %d bytes", MaxFile)
		return
	}
	body, err := yamltree.Document(data)
	var wrong *yamltree.Error
	if errors.As(err, &wrong) {
		b.report(place{b.file, wrong.Line, wrong.Column}, "", "%s", wrong.Text)
		return
	}
	b.replace(body, getenv)
	if yamltree.Pairs(body) == nil && body != nil {
		b.report(b.at(body), "", "expected a mapping of keys to values, such as listen: 127.0.0.1:8080")
		return
	}
	b.mapping(yamltree.Pairs(body), []reflect.Value{root}, "", top, false)
	for n, wrong := range b.unset { // below keys that are unknown
		if wrong != "" {
			b.report(b.at(n), "", "%s", wrong)
		}
	}
	clear(b.unset)
	b.broken = before
}

// connection binds the common keys and those of the tool, which share one
// mapping.
func (b *binder) connection(entries []*ast.MappingValueNode, c *Connection, path string, at place) {
	targets, lenient := []reflect.Value{reflect.ValueOf(c).Elem()}, true
	for _, entry := range entries {
		if name, _ := yamltree.Name(entry); name != "type" {
			continue
		}
		tool, kind, ok := b.scalar(entry.Value)
		open, known := b.tools[tool]
		switch {
		case !ok || kind != isString:
		case !known:
			b.report(b.at(entry.Value), join(path, "type"), "%s is no tool; %s", b.quoted(entry.Value), spelling.DidYouMean(tool, b.tools.names()))
		default:
			c.Tool, lenient = open(), false
			settings := reflect.ValueOf(c.Tool).Elem()
			setDefaults(settings)
			targets = append(targets, settings)
		}
	}
	before := len(b.problems)
	b.mapping(entries, targets, path, at, lenient)
	if c.Tool == nil {
		return
	}
	if err := c.Tool.Validate(); err != nil {
		b.settings(err, keysOf(reflect.TypeOf(c.Tool).Elem()), path, at, b.problems[before:])
	}
}

// Locate returns where the log is kept, whatever else may be wrong: a command
// that speaks to a running server needs no more, and the shell it runs in may
// lack the secrets that the server has. It reports false when the store itself
// is not known.
func Locate(files []File, o Options) (Store, bool) {
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	c, b := load(files, o)
	wrong := slices.ContainsFunc(b.problems, func(p Problem) bool { return p.Key == "store" })
	return c.Store, !wrong && !b.broken
}
