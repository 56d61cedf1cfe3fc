package folder

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"github.com/goccy/go-yaml/ast"

	"plumbline/internal/spelling"
	"plumbline/internal/yamltree"
	"plumbline/portfolio"
)

// lists reads a YAML file: a mapping of the names of lists to their entries.
func (r *reader) lists(name, content string) {
	body, err := yamltree.Document([]byte(content))
	var wrong *yamltree.Error
	if errors.As(err, &wrong) {
		r.broken(Problem{File: name, Line: wrong.Line, Column: wrong.Column}, "%s", wrong.Text)
		return
	}
	if body == nil {
		return // comments only
	}
	if yamltree.Pairs(body) == nil {
		r.broken(placed(name, body), "expected a mapping of lists, such as objectives: followed by entries that begin with -")
		return
	}
	seen := map[string]bool{}
	for _, pair := range yamltree.Pairs(body) {
		key, ok := yamltree.Name(pair)
		at, l := placed(name, pair.Key), listNamed(key)
		at.Path = key
		switch {
		case !ok:
			r.broken(at, "%s", noTricks)
		case l == nil:
			r.broken(at, "there is no such list; %s", spelling.DidYouMean(key, Lists()))
		case seen[key]:
			r.broken(at, "this list stands here twice; put its entries together")
		default:
			seen[key] = true
			r.list(name, l, pair.Value)
		}
	}
}

// noTricks is told of what makes YAML hard to read.
const noTricks = "YAML anchors, aliases, tags and merge keys are not used here: write the value itself"

// placed is the place of a node.
func placed(file string, n ast.Node) Problem {
	line, column := yamltree.Place(n)
	return Problem{File: file, Line: line, Column: column}
}

func (r *reader) list(file string, l *list, n ast.Node) {
	if n.Type() == ast.NullType {
		return // a list without entries
	}
	sequence, ok := n.(*ast.SequenceNode)
	if !ok {
		at := placed(file, n)
		at.Path = l.name
		r.lost(l, at, "expected a list of entries, each beginning with -")
		return
	}
	for i, node := range sequence.Values {
		at := placed(file, node)
		if first := yamltree.Pairs(node); len(first) > 0 {
			at = placed(file, first[0].Key)
		}
		at.Path = fmt.Sprintf("%s[%d]", l.name, i)
		if yamltree.Pairs(node) == nil {
			r.lost(l, at, "expected an entry of members, such as %s: …", l.members[0].name)
			continue
		}
		if r.full(at) {
			return
		}
		r.mapping(l, at, yamltree.Pairs(node))
	}
}

// mapping reads one entry.
func (r *reader) mapping(l *list, at Problem, pairs []*ast.MappingValueNode) {
	e := r.begin(l, &row{file: at.File, line: at.Line, column: at.Column, name: at.Path, places: map[string][2]int{}})
	e.name = named(l, at.Path, pairs)
	for _, pair := range pairs {
		name, m, ok := r.memberOf(e, nil, l.members, pair)
		if !ok {
			continue
		}
		e.mark([]string{name}, pair.Value)
		if pair.Value.Type() != ast.NullType && !emptyText(pair.Value) {
			r.node(e, []string{name}, pair.Value, e.value(m))
		}
	}
	r.end(e)
}

// named shows an entry by its key where it has one.
func named(l *list, otherwise string, pairs []*ast.MappingValueNode) string {
	for _, pair := range pairs {
		if name, _ := yamltree.Name(pair); name == l.members[0].name {
			if text, _, ok := scalar(pair.Value); ok && text != "" && len(text) <= longestQuote {
				return l.name + "[" + text + "]"
			}
		}
	}
	return otherwise
}

// mark notes the place of a value.
func (e *entry) mark(path []string, n ast.Node) {
	line, column := yamltree.Place(n)
	e.places[dotted(path)] = [2]int{line, column}
}

// memberOf finds the member that a pair of a mapping is, or reports what it
// is instead.
func (r *reader) memberOf(e *entry, path []string, members []member, pair *ast.MappingValueNode) (string, member, bool) {
	name, ok := yamltree.Name(pair)
	full := append(append([]string{}, path...), name)
	_, twice := e.places[dotted(full)]
	e.mark(full, pair.Key)
	if !ok {
		r.blame(e.row, full, "%s", noTricks)
		return "", member{}, false
	}
	if twice {
		r.blame(e.row, full, "this stands here twice")
		return "", member{}, false
	}
	var names []string
	for _, m := range members {
		if m.name == name {
			return name, m, true
		}
		names = append(names, m.name)
	}
	if plainNumber.MatchString(name) {
		r.blame(e.row, path, "%s stands where a member is expected; decimals are written with a point, as 0.8", name)
		return "", member{}, false
	}
	r.blame(e.row, full, "there is no such member; %s", spelling.DidYouMean(name, names))
	return "", member{}, false
}

// node fills a value of an entry from YAML.
func (r *reader) node(e *entry, path []string, n ast.Node, v reflect.Value) {
	written, kind, isScalar := scalar(n)
	sequence, isSequence := n.(*ast.SequenceNode)
	for v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch t := v.Type(); {
	case isTrick(n):
		r.blame(e.row, path, "%s", noTricks)
	case t == weightsType && yamltree.Pairs(n) != nil:
		r.weights(e, path, yamltree.Pairs(n), v)
	case t == fieldsType && yamltree.Pairs(n) != nil:
		r.fields(e, path, yamltree.Pairs(n), v)
	case t.Kind() == reflect.Slice && isSequence && t != weightsType && t != fieldsType:
		for i, item := range sequence.Values {
			below := append(append([]string{}, path...), strconv.Itoa(i))
			e.mark(below, item)
			value := reflect.New(t.Elem()).Elem()
			r.item(e, below, item, value)
			v.Set(reflect.Append(v, value))
		}
	case isScalar && t.Kind() != reflect.Slice:
		if wrong := set(v, written, kind); wrong != "" {
			r.blame(e.row, path, "%s", wrong)
		}
	default:
		r.blame(e.row, path, "found %s; expected %s", kindOf(n), expected(t))
	}
}

// item fills one element of a list: text, or a mapping such as a comparison.
func (r *reader) item(e *entry, path []string, n ast.Node, v reflect.Value) {
	if v.Kind() != reflect.Struct || yamltree.Pairs(n) == nil {
		if n.Type() == ast.NullType || emptyText(n) {
			r.blame(e.row, path, "this is empty")
			return
		}
		r.node(e, path, n, v)
		return
	}
	members := membersOf(v.Type())
	given := map[string]bool{}
	for _, pair := range yamltree.Pairs(n) {
		name, m, ok := r.memberOf(e, path, members, pair)
		if !ok || pair.Value.Type() == ast.NullType {
			continue
		}
		given[name] = true
		below := append(append([]string{}, path...), name)
		e.mark(below, pair.Value)
		r.node(e, below, pair.Value, v.FieldByIndex(m.index))
	}
	for _, m := range members {
		if m.needed && !given[m.name] {
			r.blame(e.row, path, "%s is missing; expected %s", m.name, expected(m.typ))
		}
	}
}

// weights fills the weights of objectives, which people write as a mapping.
func (r *reader) weights(e *entry, path []string, pairs []*ast.MappingValueNode, v reflect.Value) {
	seen := map[string]bool{}
	var all []portfolio.ObjectiveWeight
	for i, pair := range pairs {
		below := append(append([]string{}, path...), strconv.Itoa(i))
		e.mark(below, pair.Key)
		name, ok := yamltree.Name(pair)
		switch {
		case !ok:
			r.blame(e.row, below, "%s", noTricks)
			continue
		case seen[name]:
			r.blame(e.row, below, "%s stands here twice", name)
			continue
		}
		seen[name] = true
		w := portfolio.ObjectiveWeight{Objective: name}
		below = append(below, "weight")
		e.mark(below, pair.Value)
		r.node(e, below, pair.Value, reflect.ValueOf(&w.Weight).Elem())
		all = append(all, w)
	}
	v.Set(reflect.ValueOf(all))
}

// scalar returns the text of a scalar as it was written, and its shape.
func scalar(n ast.Node) (string, shape, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, isText, true
	case *ast.LiteralNode:
		return n.Value.Value, isText, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, isNumber, true
	case *ast.BoolNode:
		return strconv.FormatBool(n.Value), isBool, true
	}
	return "", isText, false
}

func emptyText(n ast.Node) bool {
	written, _, ok := scalar(n)
	return ok && written == ""
}

func isTrick(n ast.Node) bool {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		return true
	}
	return false
}

// kindOf names a node in an error.
func kindOf(n ast.Node) string {
	_, kind, ok := scalar(n)
	switch {
	case ok:
		return kind.String()
	case yamltree.IsList(n):
		return "a list"
	case n.Type() == ast.NullType:
		return "nothing"
	}
	return "a mapping"
}
