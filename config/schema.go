package config

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/goccy/go-yaml"
	"github.com/invopop/jsonschema"
)

// Schema returns the JSON Schema of the file for editors, made from the same
// tags that decoding reads.
func Schema(tools Tools) ([]byte, error) {
	s := reflector().Reflect(&Config{})
	s.Title = "Plumbline configuration"
	s.Description = "plumbline.yaml. Any text may hold ${VARIABLE}, which the environment replaces."
	if connections, ok := s.Properties.Get("connections"); ok {
		connections.Items = connectionSchema(tools)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(s); err != nil {
		return nil, fmt.Errorf("config: schema: %w", err)
	}
	return out.Bytes(), nil
}

// connectionSchema is one of the tools' schemas, which editors tell apart by
// type.
func connectionSchema(tools Tools) *jsonschema.Schema {
	if len(tools) == 0 {
		return fragment(&Connection{})
	}
	all := &jsonschema.Schema{}
	for _, tool := range tools.names() {
		s := fragment(&Connection{})
		s.Title = tool + " connection"
		if kind, ok := s.Properties.Get("type"); ok {
			kind.Const = tool
		}
		own := fragment(tools[tool]())
		for pair := own.Properties.Oldest(); pair != nil; pair = pair.Next() {
			if _, common := s.Properties.Get(pair.Key); !common {
				s.Properties.Set(pair.Key, pair.Value)
			}
		}
		s.Required = append(s.Required, own.Required...)
		all.OneOf = append(all.OneOf, s)
	}
	return all
}

// fragment is the schema of a struct inside another schema.
func fragment(v any) *jsonschema.Schema {
	s := reflector().Reflect(v)
	s.Version = ""
	return s
}

func reflector() *jsonschema.Reflector {
	return &jsonschema.Reflector{
		Anonymous:                  true,
		DoNotReference:             true,
		ExpandedStruct:             true,
		FieldNameTag:               "yaml",
		RequiredFromJSONSchemaTags: true,
		Mapper:                     typeSchema,
	}
}

var (
	fromText = reflect.TypeFor[encoding.TextUnmarshaler]()
	fromYAML = reflect.TypeFor[yaml.InterfaceUnmarshaler]()
	fromRaw  = reflect.TypeFor[yaml.BytesUnmarshaler]()
	ownSpec  = reflect.TypeFor[interface{ JSONSchema() *jsonschema.Schema }]()
)

// typeSchema returns the schema of types that are not decoded by their fields;
// nil for the rest.
func typeSchema(t reflect.Type) *jsonschema.Schema {
	switch pointer := reflect.PointerTo(t); {
	case t.Implements(ownSpec):
		return nil
	case t == reflect.TypeFor[Field]():
		return shortOr("The tool's field, by id or by name.", &Field{})
	case t == reflect.TypeFor[Holiday]():
		return shortOr("The day, YYYY-MM-DD.", &Holiday{})
	case t == reflect.TypeFor[StatusMap]():
		return &jsonschema.Schema{Type: "object", AdditionalProperties: &jsonschema.Schema{Type: "string", Enum: statusPhases()}}
	case pointer.Implements(fromText):
		return &jsonschema.Schema{Type: "string"}
	case pointer.Implements(fromYAML), pointer.Implements(fromRaw):
		return &jsonschema.Schema{} // it has more than one shape, known to its tool
	}
	return nil
}

// shortOr is the schema of a struct that one text may stand for.
func shortOr(about string, v any) *jsonschema.Schema {
	t := reflect.TypeOf(v).Elem()
	long := reflector()
	long.Mapper = func(inner reflect.Type) *jsonschema.Schema {
		if inner == t {
			return nil
		}
		return typeSchema(inner)
	}
	object := long.Reflect(v)
	object.Version = ""
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string", Description: about}, object}}
}

// statusPhases are the phases that a status may mean.
func statusPhases() (phases []any) {
	for _, k := range keysOf(reflect.TypeFor[Config]()) {
		if k.typ == reflect.TypeFor[StatusMap]() {
			for _, phase := range k.enum {
				phases = append(phases, phase)
			}
		}
	}
	return phases
}
