package ghql

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// TestDocumentsKeepToTheSchema holds what is sent against GitHub's public
// schema.
func TestDocumentsKeepToTheSchema(t *testing.T) {
	data := os.Getenv("PLUMBLINE_TESTDATA")
	if data == "" {
		t.Skip("needs PLUMBLINE_TESTDATA: the folder with GitHub's schema")
	}
	text, err := os.ReadFile(filepath.Join(data, "github", "github-public-schema.graphql"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := parser.ParseSchemas(validator.Prelude, &ast.Source{Name: "github-public-schema.graphql", Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range doc.Definitions { // it defines a field twice
		seen := map[string]bool{}
		d.Fields = slices.DeleteFunc(d.Fields, func(f *ast.FieldDefinition) bool {
			twice := seen[f.Name]
			seen[f.Name] = true
			return twice
		})
	}
	schema, err := validator.ValidateSchemaDocument(doc)
	if err != nil {
		t.Fatal(err)
	}
	for name, sent := range map[string]string{
		"Boards": Boards_Operation, "StatusUpdates": StatusUpdates_Operation, "Items": Items_Operation, "People": People_Operation,
	} {
		query, errs := gqlparser.LoadQueryWithRules(schema, sent, rules.NewDefaultRules())
		if errs != nil {
			t.Errorf("%s: %v", name, errs)
			continue
		}
		if len(query.Operations) != 1 || query.Operations[0].Name != name || query.Operations[0].Operation != ast.Query {
			t.Errorf("%s is not one query of that name", name)
		}
	}
	if bad := "query X { viewer { favouriteColour } }"; len(badIn(schema, bad)) == 0 {
		t.Error("the schema lets anything pass")
	}
}

func badIn(schema *ast.Schema, query string) []string {
	_, errs := gqlparser.LoadQueryWithRules(schema, query, rules.NewDefaultRules())
	var list []string
	for _, e := range errs {
		list = append(list, e.Message)
	}
	return list
}

// TestWhatIsSentIsWhatIsWritten holds that the committed code was made from the
// committed documents.
func TestWhatIsSentIsWhatIsWritten(t *testing.T) {
	written, err := os.ReadFile("queries.graphql")
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for line := range strings.Lines(string(written)) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			all += line
		}
	}
	words := func(text string) string {
		text = strings.ReplaceAll(text, "__typename", "") // genqlient adds some
		return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n,", r) }), "")
	}
	for _, sent := range []string{Boards_Operation, StatusUpdates_Operation, Items_Operation, People_Operation} {
		if !strings.Contains(words(all), words(strings.TrimSpace(sent))) {
			t.Errorf("go generate was not run: this is not in queries.graphql:\n%s", sent)
		}
	}
}
