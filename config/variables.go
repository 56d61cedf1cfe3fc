package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"plumbline/internal/spelling"
	"plumbline/internal/yamltree"
)

// FileVariable names the configuration file when no flag does.
const FileVariable = "PLUMBLINE_CONFIG"

// Override is a variable of the environment that wins over the file.
type Override struct {
	Variable string
	Key      string // of the file
}

// Overrides are all variables that win over the file.
var Overrides = []Override{
	{"PLUMBLINE_LISTEN", "listen"},
	{"PLUMBLINE_STORE", "store"},
	{"PLUMBLINE_TIMEZONE", "timezone"},
	{"PLUMBLINE_STRATEGY", "strategy"},
	{"PLUMBLINE_TLS_CERT", "tls.cert"},
	{"PLUMBLINE_TLS_KEY", "tls.key"},
	{"PLUMBLINE_MAX_STALE", "max_stale"},
	{"PLUMBLINE_SYNC_LEASE", "sync.lease"},
	{"PLUMBLINE_LOG_LEVEL", "log.level"},
	{"PLUMBLINE_LOG_FORMAT", "log.format"},
}

// prefix is that of every variable that wins over the file.
const prefix = "PLUMBLINE_"

// strangers warns of variables that look like one of ours and are none. Others
// with our prefix are nobody's mistake: an orchestrator names some after a
// service that is called plumbline.
func (b *binder) strangers(environ []string) {
	known := []string{FileVariable}
	for _, o := range Overrides {
		known = append(known, o.Variable)
	}
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(strings.ToUpper(name), prefix) || slices.Contains(known, name) || b.asked[name] {
			continue
		}
		if meant := spelling.Nearest(strings.TrimPrefix(strings.ToUpper(name), prefix), suffixes(known)); meant != "" {
			b.warnings = append(b.warnings, place{file: name}.problem("", "this variable does nothing; did you mean %s%s?", prefix, meant))
		}
	}
}

// suffixes are the names without the prefix, which is the same in all.
func suffixes(names []string) []string {
	short := make([]string, len(names))
	for i, name := range names {
		short[i] = strings.TrimPrefix(name, prefix)
	}
	return short
}

// A Flag is a flag of a command that wins over file and environment.
type Flag struct {
	Name  string // as errors show it, such as --listen
	Key   string // of the file
	Value string // empty when the flag is not given
}

// override sets the keys whose variable or flag is given and not empty.
func (b *binder) override(root reflect.Value, o Options) {
	given := make([]Flag, 0, len(Overrides)+len(o.Flags))
	for _, v := range Overrides {
		given = append(given, Flag{v.Variable, v.Key, o.Getenv(v.Variable)})
	}
	for _, flag := range append(given, o.Flags...) {
		if flag.Value != "" {
			b.file = flag.Name
			node := &ast.StringNode{Value: flag.Value}
			b.source[node] = flag.Name // numbers come as text too
			b.overrideKey(node, root, strings.Split(flag.Key, "."), flag.Key)
		}
	}
}

// overrideKey follows the path of a key into the structs and sets it.
func (b *binder) overrideKey(n *ast.StringNode, v reflect.Value, steps []string, path string) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	for _, k := range keysOf(v.Type()) {
		if k.name != steps[0] {
			continue
		}
		if field := v.FieldByIndex(k.index); len(steps) > 1 {
			b.overrideKey(n, field, steps[1:], path)
		} else {
			b.places[path] = place{file: b.file}
			b.text(n, field, k, path)
		}
	}
}

// variable is ${NAME}, or $${ which stands for ${ itself.
var variable = regexp.MustCompile(`\$?\$\{[^}]*\}?`)

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// replace puts the values of variables into every text below the node.
func (b *binder) replace(n ast.Node, getenv func(string) string) {
	switch n := n.(type) {
	case *ast.SequenceNode:
		for _, entry := range n.Values {
			b.replace(entry, getenv)
		}
	case *ast.StringNode:
		n.Value = b.expand(n, n.Value, getenv)
	case *ast.LiteralNode:
		n.Value.Value = b.expand(n, n.Value.Value, getenv)
	}
	for _, pair := range yamltree.Pairs(n) {
		b.replace(pair.Value, getenv)
	}
}

// expand returns the text with its variables replaced.
func (b *binder) expand(n ast.Node, text string, getenv func(string) string) string {
	return variable.ReplaceAllStringFunc(text, func(found string) string {
		if escaped, ok := strings.CutPrefix(found, "$$"); ok {
			return "$" + escaped
		}
		name, closed := strings.CutSuffix(found[len("${"):], "}")
		if !closed || !variableName.MatchString(name) {
			b.unset[n] = and(b.unset[n], "%q names no variable; expected ${NAME}, or $${ for the characters themselves", found)
			return found
		}
		b.source[n], b.asked[name] = text, true
		value := getenv(name)
		if value == "" {
			b.unset[n] = and(b.unset[n], "the environment variable %s is not set, or empty", name)
			return found
		}
		return value
	})
}

// and joins what is wrong with several variables of one text.
func and(before, format string, args ...any) string {
	if before != "" {
		before += "; "
	}
	return before + fmt.Sprintf(format, args...)
}
