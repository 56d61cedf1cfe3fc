package limit

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// Values fails when a variable nests lists and objects deeper than the limits
// allow. Checking a value against the schema takes time in proportion to its
// size times its depth.
func Values(variables map[string]any, limits Limits) error {
	for _, value := range variables {
		if deeper(value, limits.ValueDepth) {
			return tooDeepValue(limits)
		}
	}
	return nil
}

// deeper reports whether the value nests deeper than so many levels.
func deeper(value any, levels int) bool {
	switch v := value.(type) {
	case map[string]any:
		for _, child := range v {
			if levels == 0 || deeper(child, levels-1) {
				return true
			}
		}
	case []any:
		for _, child := range v {
			if levels == 0 || deeper(child, levels-1) {
				return true
			}
		}
	}
	return false
}

func argumentDepth(arguments ast.ArgumentList) int64 {
	var deepest int64
	for _, a := range arguments {
		deepest = max(deepest, valueDepth(a.Value))
	}
	return deepest
}

// valueDepth tells how deep a literal nests; a scalar or a variable does not.
func valueDepth(v *ast.Value) int64 {
	if v == nil || len(v.Children) == 0 {
		return 0
	}
	var deepest int64
	for _, child := range v.Children {
		deepest = max(deepest, valueDepth(child.Value))
	}
	return deepest + 1
}

func tooDeepValue(limits Limits) error {
	return tooComplex("a value nests deeper than %d lists and objects", limits.ValueDepth)
}
