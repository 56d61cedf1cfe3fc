package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheConnectorOfThePageWorks does what docs/connectors/writing-one.md says:
// it takes the files from the page, puts them where they belong without writing
// there, and runs the contract's suite.
func TestTheConnectorOfThePageWorks(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a package")
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	replace := map[string]string{}
	blocks := regexp.MustCompile("(?s)\n`(connectors/[a-z_/]+\\.go)`\n\n```go\n(.*?)```\n")
	for _, block := range blocks.FindAllStringSubmatch(read(t, filepath.Join("docs", "connectors", "writing-one.md")), -1) {
		name := filepath.Join(folder, strings.ReplaceAll(block[1], "/", "_"))
		if err := os.WriteFile(name, []byte(block[2]), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(here, block[1])] = name
	}
	if len(replace) != 5 {
		t.Fatalf("the page has %d files, want 5: %v", len(replace), replace)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	named := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(named, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	suite := filepath.Join(folder, "tiny.test")
	// Vet would look for the folder, which is not there.
	build := exec.CommandContext(t.Context(), "go", "test", "-vet=off", "-c", "-o", suite, "-overlay", named, "./connectors/tiny")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the connector does not build: %v\n%s", err, out)
	}
	run := exec.CommandContext(t.Context(), suite, "-test.v")
	run.Dir = folder
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("the connector does not keep the contract: %v\n%s", err, out)
	}
	if n := strings.Count(string(out), "--- PASS"); n < 20 || strings.Contains(string(out), "--- FAIL") {
		t.Errorf("%d parts of the suite passed, want at least 20:\n%s", n, out)
	}
	if files, err := filepath.Glob(filepath.Join("connectors", "tiny*")); err != nil || len(files) > 0 {
		t.Errorf("the test wrote %v, %v", files, err)
	}
	formatted, err := exec.CommandContext(t.Context(), "gofmt", "-l", folder).CombinedOutput()
	if err != nil || len(formatted) > 0 {
		t.Errorf("not formatted: %s %v", formatted, err)
	}
}
