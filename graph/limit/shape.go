package limit

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Shape fails when an operation or fragment of the document is deeper or has
// more aliases, directives, repeated or root fields than the limits allow. The
// document need not be valid: it is judged before the validator, whose rules
// compare every two fields of one name, spends time on it. Fragments that spread
// themselves are passed over here and refused there.
func Shape(doc *ast.QueryDocument, limits Limits) error {
	w := shapeWalk{
		fragments: fragmentsByName(doc),
		seen:      make(map[string]shape, len(doc.Fragments)),
	}
	for _, operation := range doc.Operations {
		s := w.selections(operation.SelectionSet)
		s.addDirectives(operation.Directives)
		for _, variable := range operation.VariableDefinitions {
			s.addDirectives(variable.Directives)
			s.values = max(s.values, valueDepth(variable.DefaultValue))
		}
		if err := s.check(limits); err != nil {
			return err
		}
		if s.fields > int64(limits.RootFields) {
			return tooComplex("the operation has %d root fields, at most %d are allowed", s.fields, limits.RootFields)
		}
	}
	for _, fragment := range doc.Fragments {
		s := w.fragment(fragment.Name)
		if strings.HasPrefix(fragment.TypeCondition, "__") {
			s.depth, s.introspection = 0, max(s.depth, s.introspection)
		}
		if err := s.check(limits); err != nil {
			return err
		}
	}
	return nil
}

// A shape is what a selection set amounts to with its fragments expanded.
type shape struct {
	fields     int64 // on this level alone
	aliases    int64
	directives int64
	depth      int64
	// introspection is the depth below the nearest __schema or __type.
	introspection int64
	// repeats is how often any selection set names the same field.
	repeats int64
	// values is the depth of the deepest argument.
	values int64
}

func (s shape) check(limits Limits) error {
	switch {
	case s.depth > int64(limits.Depth):
		return tooComplex("the document is %d fields deep, at most %d are allowed", s.depth, limits.Depth)
	case s.introspection > int64(limits.IntrospectionDepth):
		return tooComplex("the introspection is %d fields deep, at most %d are allowed", s.introspection, limits.IntrospectionDepth)
	case s.aliases > int64(limits.Aliases):
		return tooComplex("the operation has %d aliases, at most %d are allowed", s.aliases, limits.Aliases)
	case s.directives > int64(limits.Directives):
		return tooComplex("the operation has %d directives, at most %d are allowed", s.directives, limits.Directives)
	case s.values > int64(limits.ValueDepth):
		return tooDeepValue(limits)
	case s.repeats > int64(limits.Repeats):
		return tooComplex("the document repeats a field %d times, at most %d are allowed", s.repeats, limits.Repeats)
	}
	return nil
}

// add puts what another selection amounts to on the same level.
func (s *shape) add(other shape) {
	s.fields = sum(s.fields, other.fields)
	s.aliases = sum(s.aliases, other.aliases)
	s.directives = sum(s.directives, other.directives)
	s.depth = max(s.depth, other.depth)
	s.introspection = max(s.introspection, other.introspection)
	s.repeats = max(s.repeats, other.repeats)
	s.values = max(s.values, other.values)
}

func (s *shape) addDirectives(directives ast.DirectiveList) {
	s.directives = sum(s.directives, int64(len(directives)))
	for _, d := range directives {
		s.values = max(s.values, argumentDepth(d.Arguments))
	}
}

type shapeWalk struct {
	fragments map[string]*ast.FragmentDefinition
	seen      map[string]shape
}

// selections walks the selection set of an operation, field or fragment.
func (w *shapeWalk) selections(set ast.SelectionSet) shape {
	if len(set) == 0 {
		return shape{}
	}
	named := make(map[string]int64, len(set))
	total := w.collect(set, named)
	for _, times := range named {
		total.repeats = max(total.repeats, times)
	}
	return total
}

// collect walks a selection set and its inline fragments, which name fields
// on the same level.
func (w *shapeWalk) collect(set ast.SelectionSet, named map[string]int64) shape {
	var total shape
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			named[s.Alias]++
			total.add(w.field(s))
		case *ast.InlineFragment:
			total.add(w.collect(s.SelectionSet, named))
			total.addDirectives(s.Directives)
		case *ast.FragmentSpread:
			total.add(w.fragment(s.Name))
			total.addDirectives(s.Directives)
		}
	}
	return total
}

func (w *shapeWalk) field(f *ast.Field) shape {
	s := w.selections(f.SelectionSet)
	s.fields = 1
	s.addDirectives(f.Directives)
	s.values = max(s.values, argumentDepth(f.Arguments))
	if f.Alias != f.Name {
		s.aliases = sum(s.aliases, 1)
	}
	if f.Name == "__schema" || f.Name == "__type" {
		s.introspection = max(s.introspection, s.depth) + 1
		s.depth = 1
	} else {
		s.depth++
	}
	return s
}

func (w *shapeWalk) fragment(name string) shape {
	if s, ok := w.seen[name]; ok {
		return s
	}
	fragment := w.fragments[name]
	if fragment == nil {
		return shape{}
	}
	w.seen[name] = shape{} // what a fragment that spreads itself finds here
	s := w.selections(fragment.SelectionSet)
	s.addDirectives(fragment.Directives)
	w.seen[name] = s
	return s
}

func fragmentsByName(doc *ast.QueryDocument) map[string]*ast.FragmentDefinition {
	fragments := make(map[string]*ast.FragmentDefinition, len(doc.Fragments))
	for _, f := range doc.Fragments {
		fragments[f.Name] = f
	}
	return fragments
}

// most is where sums and products stop growing: far above every limit, and
// far below where the product of two would overflow.
const most = 1 << 31

func sum(a, b int64) int64 { return min(a+b, most) }

func product(a, b int64) int64 { return min(a*b, most) }
