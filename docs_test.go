package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/config"
	"plumbline/connectors/catalog"
)

var update = flag.Bool("update", false, "rewrite the generated parts of the documentation")

// wanted compares with a file of the repository, or rewrites it.
func wanted(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(read(t, name), got); diff != "" {
		t.Errorf("%s is not what the source makes; run go test . -run Docs -update and read the difference (-file +made):\n%s", name, diff)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// between replaces what stands between two marks of a document.
func between(t *testing.T, document, mark, text string) string {
	t.Helper()
	begin, end := "<!-- "+mark+" -->\n", "<!-- /"+mark+" -->"
	head, rest, found := strings.Cut(document, begin)
	_, tail, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("the document lacks the marks %q and %q", begin, end)
	}
	return head + begin + text + end + tail
}

func TestDocsHaveTheSchemaForEditors(t *testing.T) {
	schema, err := config.Schema(catalog.Tools())
	if err != nil {
		t.Fatal(err)
	}
	wanted(t, filepath.Join("docs", "plumbline.schema.json"), string(schema))
}

func TestDocsDescribeEveryKeyAndVariable(t *testing.T) {
	var variables, keys strings.Builder
	fmt.Fprintf(&variables, "| variable | key |\n|---|---|\n| `%s` | the file itself |\n", config.FileVariable)
	for _, o := range config.Overrides {
		fmt.Fprintf(&variables, "| `%s` | `%s` |\n", o.Variable, o.Key)
	}
	keys.WriteString("| key | value | default | |\n|---|---|---|---|\n")
	for _, k := range config.Keys(catalog.Tools()) {
		path, fallback := "`"+k.Path+"`", ""
		if k.Tool != "" {
			path += " (" + k.Tool + ")"
		}
		switch {
		case k.Required:
			fallback = "required"
		case k.Default != "":
			fallback = "`" + k.Default + "`"
		}
		fmt.Fprintf(&keys, "| %s | %s | %s | %s |\n", path, cell(k.Kind), fallback, cell(k.About))
	}
	name := filepath.Join("docs", "configuration.md")
	made := between(t, read(t, name), "variables", variables.String())
	wanted(t, name, between(t, made, "keys", keys.String()))
}

// cell escapes what a cell of a table must not hold.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func TestTheExamplesAreRight(t *testing.T) {
	for _, example := range []struct {
		file string
		env  map[string]string
	}{
		{filepath.Join("examples", "plumbline.yaml"), map[string]string{
			"POWER_BI_KEY_SHA256": strings.Repeat("ab", 32), "JIRA_TOKEN": "t", "PLANT_JIRA_TOKEN": "t",
		}},
		{filepath.Join("deploy", "plumbline.yaml"), map[string]string{
			"PLUMBLINE_KEY_SHA256": strings.Repeat("ab", 32), "PLUMBLINE_LISTEN": "127.0.0.1:8080",
			"PLUMBLINE_STORE": "mongodb://mongodb:27017/plumbline?replicaSet=rs0",
		}},
	} {
		getenv := func(name string) string { return example.env[name] }
		c, err := config.Load([]config.File{{Name: example.file, Data: []byte(read(t, example.file))}}, config.Options{Getenv: getenv, Tools: catalog.Tools()})
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		for _, warning := range c.Warnings {
			t.Errorf("an example should give no warning: %s", warning)
		}
	}
}
