// Command generate makes the functions of package ghql from its documents and
// from GitHub's schema, in the folder that PLUMBLINE_TESTDATA names. Without
// that it says so and leaves the committed code as it is.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/Khan/genqlient/generate"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
)

func main() {
	if err := run(os.Getenv("PLUMBLINE_TESTDATA")); err != nil {
		fmt.Fprintln(os.Stderr, "ghql:", err)
		os.Exit(1)
	}
}

func run(data string) error {
	if data == "" {
		fmt.Fprintln(os.Stderr, "ghql: PLUMBLINE_TESTDATA is not set, so GitHub's schema is not at hand: the committed code stays")
		return nil
	}
	here, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	schema, err := mended(filepath.Join(data, "github", "github-public-schema.graphql"))
	if err != nil {
		return err
	}
	defer func(path string) { _ = os.Remove(path) }(schema)
	if schema, err = filepath.Rel(here, schema); err != nil { // genqlient takes paths that are relative to its folder
		return err
	}
	config := &generate.Config{
		Schema:     generate.StringList{schema},
		Operations: generate.StringList{"queries.graphql"},
		Generated:  "generated.go",
		Package:    "ghql",
		Bindings: map[string]*generate.TypeBinding{
			"BigInt":   {Type: "encoding/json.RawMessage"},
			"DateTime": {Type: "string"},
			"Date":     {Type: "string"},
			"URI":      {Type: "string"},
		},
	}
	if err := config.ValidateAndFillDefaults(here); err != nil {
		return err
	}
	files, err := generate.Generate(config)
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// mended writes the schema once more, without the fields that it defines
// twice, and returns where.
func mended(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	doc, err := parser.ParseSchema(&ast.Source{Name: filepath.Base(path), Input: string(text)})
	if err != nil {
		return "", err
	}
	for _, d := range doc.Definitions {
		seen := map[string]bool{}
		d.Fields = slices.DeleteFunc(d.Fields, func(f *ast.FieldDefinition) bool {
			twice := seen[f.Name]
			seen[f.Name] = true
			return twice
		})
	}
	var out bytes.Buffer
	formatter.NewFormatter(&out).FormatSchemaDocument(doc)
	file, err := os.CreateTemp("", "schema-*.graphql")
	if err != nil {
		return "", err
	}
	_, err = file.Write(out.Bytes())
	return file.Name(), errors.Join(err, file.Close())
}
