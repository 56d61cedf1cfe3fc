package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"plumbline/graph"
)

// TestContractClientsAcceptTheSchema has graphql-codegen and relay-compiler
// read the schema and the example queries. With PLUMBLINE_CONTRACT=1 it must
// run.
func TestContractClientsAcceptTheSchema(t *testing.T) {
	for _, needed := range []string{"relay-compiler", "@graphql-codegen"} {
		if _, err := os.Stat(filepath.Join("contract", "node_modules", needed)); err != nil {
			if os.Getenv("PLUMBLINE_CONTRACT") != "" {
				t.Fatal("the npm packages are missing: run npm ci in contract/")
			}
			t.Skip("the npm packages are not installed: run npm ci in contract/")
		}
	}
	schema := filepath.Join(t.TempDir(), "schema.graphql")
	if err := os.WriteFile(schema, []byte(graph.SDL()), 0o600); err != nil {
		t.Fatal(err)
	}
	queries, err := filepath.Glob(filepath.Join(exampleQueries, "*.graphql"))
	if err != nil || len(queries) == 0 {
		t.Fatal("no example queries", err)
	}
	for _, script := range []string{"codegen.js", "relay.js"} {
		args := append([]string{filepath.Join("contract", script), schema}, queries...)
		if out, err := exec.CommandContext(t.Context(), "node", args...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", script, err, out)
		}
	}
}
