package singer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/vm"

	"plumbline/portfolio"
)

// A mapping is the compiled settings of one stream.
type mapping struct {
	*StreamSettings
	kind portfolio.Kind
	of   func(as, named string) string // Settings.streamOf

	when, id, name, key, url, createdAt, updatedAt, status, statusIs, start, due, finished, baseline, owner, labels,
	description, category, typ, parent, project, archived, deleted, email, inactive, predecessor, successor, lagDays *expression
}

// An expression gives a value of a record. The text may also be the name of a
// property as it is, whatever characters that has.
type expression struct {
	setting string // which setting it is
	text    string
	program *vm.Program
}

// options of every expression. What a record lacks is nil. The function now is
// not there: the same record would be another fact at each reading.
var options = []expr.Option{
	expr.Env(map[string]any{}), expr.AllowUndefinedVariables(), expr.DisableBuiltin("now"), expr.Patch(properties{}),
	since1970("seconds", 1000), since1970("milliseconds", 1),
}

// since1970 is a function that makes a time of a number, as many tools write
// times.
func since1970(name string, milliseconds float64) expr.Option {
	return expr.Function(name, func(params ...any) (any, error) {
		switch n := params[0].(type) {
		case nil:
			return nil, nil
		case int:
			return time.UnixMilli(int64(float64(n) * milliseconds)).UTC(), nil
		case float64:
			return time.UnixMilli(int64(n * milliseconds)).UTC(), nil
		}
		return nil, fmt.Errorf("%s of what is no number", name)
	}, new(func(any) any))
}

// functions finds what is called and is no function.
type functions struct{ unknown string }

// Visit implements ast.Visitor.
func (f *functions) Visit(node *ast.Node) {
	call, ok := (*node).(*ast.CallNode)
	if !ok {
		return
	}
	switch callee := call.Callee.(type) {
	case *ast.IdentifierNode:
		if callee.Value != "seconds" && callee.Value != "milliseconds" {
			f.unknown = callee.Value
		}
	case *ast.MemberNode: // what properties made of the name
		if root, ok := callee.Node.(*ast.IdentifierNode); ok && root.Value == "record" {
			f.unknown = strings.Trim(callee.Property.String(), `"`)
		}
	}
}

// properties lets a name that is not called be a property, also where it is
// that of a function: type, date, count and duration are names of both.
type properties struct{}

// Visit implements ast.Visitor.
func (properties) Visit(node *ast.Node) {
	name, ok := (*node).(*ast.IdentifierNode)
	if !ok {
		return
	}
	if _, function := builtin.Index[name.Value]; function {
		ast.Patch(node, &ast.MemberNode{Node: &ast.IdentifierNode{Value: "record"}, Property: &ast.StringNode{Value: name.Value}})
	}
}

var kinds = map[string]portfolio.Kind{
	asProject:    portfolio.KindProject,
	asMilestone:  portfolio.KindMilestone,
	asDependency: portfolio.KindDependency,
	asPerson:     portfolio.KindPerson,
	asRisk:       portfolio.KindRisk,
}

func (s *StreamSettings) compile() (*mapping, error) {
	m := &mapping{StreamSettings: s, kind: kinds[s.As]}
	for _, one := range []struct {
		setting, text string
		into          **expression
	}{
		{"when", s.When, &m.when}, {"id", s.ID, &m.id}, {"name", s.Name, &m.name}, {"key", s.Key, &m.key}, {"url", s.URL, &m.url},
		{"created_at", s.CreatedAt, &m.createdAt}, {"updated_at", s.UpdatedAt, &m.updatedAt},
		{"status", s.Status, &m.status}, {"status_is", s.StatusIs, &m.statusIs}, {"start", s.Start, &m.start}, {"due", s.Due, &m.due},
		{"finished", s.Finished, &m.finished}, {"baseline", s.Baseline, &m.baseline}, {"owner", s.Owner, &m.owner}, {"labels", s.Labels, &m.labels},
		{"description", s.Description, &m.description}, {"category", s.Category, &m.category}, {"type", s.Type, &m.typ},
		{"parent", s.Parent, &m.parent}, {"project", s.Project, &m.project}, {"archived", s.Archived, &m.archived}, {"deleted", s.Deleted, &m.deleted},
		{"email", s.Email, &m.email}, {"inactive", s.Inactive, &m.inactive},
		{"predecessor", s.Predecessor, &m.predecessor}, {"successor", s.Successor, &m.successor}, {"lag_days", s.LagDays, &m.lagDays},
	} {
		if one.text == "" {
			continue
		}
		program, err := expr.Compile(one.text, options...)
		if err != nil {
			return nil, fmt.Errorf(`.%s is no expression: %s; a property with other characters than letters, digits and _ is written record["Due date"]`, one.setting, firstLine(err.Error()))
		}
		var called functions
		node := program.Node()
		if ast.Walk(&node, &called); called.unknown != "" {
			return nil, fmt.Errorf(".%s is no expression: there is no function %s", one.setting, called.unknown)
		}
		*one.into = &expression{setting: one.setting, text: one.text, program: program}
	}
	return m, nil
}

// A row is one record: its properties as JSON has them, and as expressions see
// them.
type row struct {
	raw    json.RawMessage
	values map[string]any // numbers are json.Number
	env    map[string]any
	schema *schema
	vm     *vm.VM
}

// newRow reads a record. Beside an error there may be as much of the record as
// there is.
func newRow(raw json.RawMessage, s *schema, stream string, machine *vm.VM) (*row, error) {
	r := &row{raw: raw, schema: s, vm: machine}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&r.values); err != nil || r.values == nil {
		return nil, errors.New("the record is no object")
	}
	r.env = make(map[string]any, len(r.values)+2)
	for name, value := range r.values {
		r.env[name] = plain(value)
	}
	r.env["record"], r.env["stream"] = plain(r.values), stream
	for _, name := range s.Required {
		if _, ok := r.values[name]; !ok {
			return r, fmt.Errorf("the record has no %s, which its schema requires", quoted(name))
		}
	}
	return r, nil
}

// plain turns numbers into what expressions compute with. One that would lose
// digits stays text, as ids may be longer than any number.
func plain(value any) any {
	switch v := value.(type) {
	case json.Number:
		if n, err := strconv.Atoi(v.String()); err == nil {
			return n
		}
		if f, err := v.Float64(); err == nil && !isWhole(v.String()) {
			return f
		}
		return v.String()
	case map[string]any:
		object := make(map[string]any, len(v))
		for name, one := range v {
			object[name] = plain(one)
		}
		return object
	case []any:
		list := make([]any, len(v))
		for i, one := range v {
			list[i] = plain(one)
		}
		return list
	}
	return value
}

func isWhole(number string) bool {
	for _, c := range number {
		if (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// value is what an expression gives for the record; nil without one.
func (r *row) value(e *expression) (any, error) {
	if e == nil {
		return nil, nil
	}
	if _, named := r.schema.Properties[e.text]; named {
		return r.values[e.text], nil
	}
	value, err := r.vm.Run(e.program, r.env)
	if err != nil {
		says := firstLine(err.Error())
		if strings.Contains(says, "from <nil>") {
			says += "; what may be missing is asked for with ?. as in a?.b"
		}
		return nil, fmt.Errorf("%s (%s): %s", e.setting, e.text, says)
	}
	return value, nil
}
