package graph_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	gql "github.com/vektah/gqlparser/v2/ast"

	"plumbline/graph/generated"
)

func loadSchema(t testing.TB, pattern string) *gql.Schema {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatal("no schema in", pattern, err)
	}
	var sources []*gql.Source
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, &gql.Source{Name: file, Input: string(text)})
	}
	schema, err := gqlparser.LoadSchema(sources...)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// ownTypes are the types of the schema that are not GraphQL's own, by name.
func ownTypes(s *gql.Schema) []*gql.Definition {
	var types []*gql.Definition
	for _, def := range s.Types {
		if !def.BuiltIn {
			types = append(types, def)
		}
	}
	slices.SortFunc(types, func(a, b *gql.Definition) int { return strings.Compare(a.Name, b.Name) })
	return types
}

// The schema is the manual that people read in their tool.
func TestEverythingIsDescribed(t *testing.T) {
	schema := loadSchema(t, "schema/*.graphqls")
	check := func(what, description string) {
		if len(description) < 4 || !strings.HasSuffix(description, ".") {
			t.Errorf("%s: the description is %q, want a sentence", what, description)
		}
	}
	arguments := func(what string, arguments gql.ArgumentDefinitionList) {
		for _, a := range arguments {
			check(fmt.Sprintf("%s(%s:)", what, a.Name), a.Description)
		}
	}
	for _, def := range ownTypes(schema) {
		check(def.Name, def.Description)
		for _, field := range def.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			check(def.Name+"."+field.Name, field.Description)
			arguments(def.Name+"."+field.Name, field.Arguments)
		}
		for _, value := range def.EnumValues {
			check(def.Name+"."+value.Name, value.Description)
		}
	}
	for _, d := range schema.Directives {
		if d.Position != nil && d.Position.Src != nil && !d.Position.Src.BuiltIn {
			check("@"+d.Name, d.Description)
			arguments("@"+d.Name, d.Arguments)
		}
	}
}

// constantsOf returns the values of the string constants of package portfolio
// by their type in lower case.
func constantsOf(t *testing.T) map[string][]string {
	t.Helper()
	values := map[string][]string{}
	files, err := filepath.Glob("../portfolio/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || spec.Type == nil || len(spec.Values) != 1 {
				return true
			}
			name, isName := spec.Type.(*ast.Ident)
			literal, isLiteral := spec.Values[0].(*ast.BasicLit)
			if isName && isLiteral && literal.Kind == token.STRING {
				value, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				typeName := strings.ToLower(name.Name) // Kpi in the schema is KPI in Go
				values[typeName] = append(values[typeName], value)
			}
			return true
		})
	}
	return values
}

// gqlgen does not check what goes out, so the lists must be the same.
func TestEnumsAreGoConstants(t *testing.T) {
	constants := constantsOf(t)
	for _, def := range ownTypes(loadSchema(t, "schema/*.graphqls")) {
		if def.Kind != gql.Enum {
			continue
		}
		var names []string
		for _, v := range def.EnumValues {
			names = append(names, v.Name)
		}
		want := slices.Sorted(slices.Values(names))
		got := slices.Sorted(slices.Values(constants[strings.ToLower(def.Name)]))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("enum %s and its Go constants (-schema +Go):\n%s", def.Name, diff)
		}
	}
}

// A binder finds what gqlgen binds each field of the schema to, beginning at
// the resolvers of the root fields.
type binder struct {
	t      *testing.T
	schema *gql.Schema
	types  map[string]reflect.Type
	lines  []string
}

var (
	errorType   = reflect.TypeFor[error]()
	contextName = "context.Context"
)

func (b *binder) root(def *gql.Definition, resolver reflect.Type) {
	for _, field := range def.Fields {
		if strings.HasPrefix(field.Name, "__") {
			continue
		}
		method, ok := methodFold(resolver, field.Name)
		if !ok {
			b.t.Errorf("%s.%s has no resolver", def.Name, field.Name)
			continue
		}
		b.lines = append(b.lines, fmt.Sprintf("%s.%s  resolver", def.Name, field.Name))
		b.follow(field.Type, method.Type.Out(0))
	}
}

// methodFold finds a method by the name of a field, whose case may differ.
func methodFold(of reflect.Type, name string) (reflect.Method, bool) {
	for i := range of.NumMethod() {
		if method := of.Method(i); strings.EqualFold(method.Name, name) {
			return method, true
		}
	}
	return reflect.Method{}, false
}

// follow records the Go type of a field's type and walks its fields.
func (b *binder) follow(of *gql.Type, goType reflect.Type) {
	for goType.Kind() == reflect.Pointer || goType.Kind() == reflect.Slice && of.Elem != nil {
		if goType.Kind() == reflect.Slice {
			of = of.Elem
		}
		goType = goType.Elem()
	}
	def := b.schema.Types[of.Name()]
	if def.Kind != gql.Object {
		return
	}
	if known, ok := b.types[def.Name]; ok {
		if known != goType {
			b.t.Errorf("%s is bound to %v and to %v", def.Name, known, goType)
		}
		return
	}
	b.types[def.Name] = goType
	for _, field := range def.Fields {
		b.field(def, field, goType)
	}
}

func (b *binder) field(def *gql.Definition, field *gql.FieldDefinition, goType reflect.Type) {
	name := def.Name + "." + field.Name
	group := ""
	if d := field.Directives.ForName("fieldGroup"); d != nil {
		group = "  group " + d.Arguments.ForName("name").Value.Raw
	}
	for i := range reflect.PointerTo(goType).NumMethod() {
		method := reflect.PointerTo(goType).Method(i)
		if !strings.EqualFold(method.Name, field.Name) {
			continue
		}
		b.lines = append(b.lines, fmt.Sprintf("%s  method %s.%s%s", name, goType.Name(), method.Name, group))
		if method.Type.NumIn() > 1 && method.Type.In(1).String() == contextName {
			b.t.Errorf("%s: the method takes a context, so that gqlgen would start a goroutine for it", name)
		}
		if method.Type.NumOut() > 1 && (len(field.Arguments) == 0 || method.Type.Out(1) != errorType) {
			b.t.Errorf("%s: only a method whose arguments may be wrong returns an error", name)
		}
		b.follow(field.Type, method.Type.Out(0))
		return
	}
	bound, ok := goType.FieldByNameFunc(func(s string) bool { return strings.EqualFold(s, field.Name) })
	if !ok {
		b.t.Errorf("%s is bound to nothing of %v", name, goType)
		return
	}
	if group != "" {
		b.t.Errorf("%s is of a field group and bound to a field: only a method can ask the view", name)
	}
	if len(field.Arguments) > 0 {
		b.t.Errorf("%s has arguments and is bound to a field", name)
	}
	b.lines = append(b.lines, name+"  field "+bound.Name)
	b.follow(field.Type, bound.Type)
}

// Every field is bound to a field of a row or to a plain method of a handle;
// only root fields have resolvers. The list shows what is of a field group.
func TestBindings(t *testing.T) {
	schema := loadSchema(t, "schema/*.graphqls")
	b := &binder{t: t, schema: schema, types: map[string]reflect.Type{}}
	resolvers := reflect.TypeFor[generated.ResolverRoot]()
	for i := range resolvers.NumMethod() {
		name := resolvers.Method(i).Name
		def := schema.Types[name]
		if def != schema.Query && def != schema.Mutation {
			t.Errorf("%s has resolvers; bind its fields to the handle instead", name)
			continue
		}
		b.root(def, resolvers.Method(i).Type.Out(0))
	}
	for _, def := range ownTypes(schema) {
		if _, ok := b.types[def.Name]; !ok && def.Kind == gql.Object && def != schema.Query && def != schema.Mutation {
			t.Errorf("type %s is reached from no root field", def.Name)
		}
	}
	for name, goType := range b.types {
		for i := range goType.NumField() {
			row := goType.Field(i).Type
			if !goType.Field(i).Anonymous || row.Kind() != reflect.Pointer || row.Elem().Kind() != reflect.Struct {
				continue
			}
			for _, field := range schema.Types[name].Fields {
				if field.Directives.ForName("fieldGroup") == nil {
					continue
				}
				if f, ok := row.Elem().FieldByNameFunc(func(s string) bool { return strings.EqualFold(s, field.Name) }); ok && f.IsExported() {
					t.Errorf("%v.%s is of a field group and exported: it could be bound by accident", row, f.Name)
				}
			}
		}
	}
	slices.Sort(b.lines)
	golden(t, "testdata/bindings.golden", []byte(strings.Join(b.lines, "\n")+"\n"))
}

// golden compares with a file, which -update rewrites.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s (-want +got):\n%s", file, cmp.Diff(string(want), string(got)))
	}
}

func parse(t *testing.T, text string) *gql.Schema {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&gql.Source{Name: "test", Input: text})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}
