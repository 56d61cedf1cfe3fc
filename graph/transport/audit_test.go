package transport_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGraphQLOverHTTPAudit runs the audit that the specification's authors
// keep as an npm package. With PLUMBLINE_CONTRACT=1 it must run.
func TestGraphQLOverHTTPAudit(t *testing.T) {
	contract := filepath.Join("..", "..", "contract")
	if _, err := os.Stat(filepath.Join(contract, "node_modules", "graphql-http")); err != nil {
		if os.Getenv("PLUMBLINE_CONTRACT") != "" {
			t.Fatal("the npm packages are missing: run npm ci in contract/")
		}
		t.Skip("the npm packages are not installed: run npm ci in contract/")
	}
	server := serve(t, nil)
	out, err := exec.CommandContext(t.Context(), "node", filepath.Join(contract, "graphql-over-http.js"), server.URL).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "61 of 61 ok") {
		t.Errorf("%v\n%s", err, out)
	}
}
