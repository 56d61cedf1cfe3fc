package limit

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// introspectedLists tells how long the lists of the schema's introspection
// are, by type and field. Those of a type or field are averages, rounded up:
// the walk does not know which type it stands on.
func introspectedLists(schema *ast.Schema) map[string]int64 {
	var fields, inputFields, values, interfaces, possible, arguments int
	for _, t := range schema.Types {
		switch t.Kind {
		case ast.InputObject:
			inputFields += len(t.Fields)
		case ast.Enum:
			values += len(t.EnumValues)
		case ast.Object, ast.Interface:
			fields += len(t.Fields)
			interfaces += len(t.Interfaces)
			for _, f := range t.Fields {
				arguments += len(f.Arguments)
			}
		}
		if t.IsAbstractType() {
			possible += len(schema.PossibleTypes[t.Name])
		}
	}
	types := len(schema.Types)
	return map[string]int64{
		"__Schema.types":       int64(types),
		"__Schema.directives":  int64(len(schema.Directives)),
		"__Type.fields":        average(fields, types),
		"__Type.inputFields":   average(inputFields, types),
		"__Type.enumValues":    average(values, types),
		"__Type.interfaces":    average(interfaces, types),
		"__Type.possibleTypes": average(possible, types),
		"__Field.args":         average(arguments, fields),
		"__Directive.args":     2,
	}
}

func average(total, over int) int64 { return int64((total + over - 1) / max(over, 1)) }

// introspectedSize tells how many objects an introspection field leads to.
func (m *Meter) introspectedSize(f *ast.Field) int64 {
	if size, ok := m.introspected[f.ObjectDefinition.Name+"."+f.Name]; ok {
		return size
	}
	return 1
}
