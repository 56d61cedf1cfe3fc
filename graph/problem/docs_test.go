package problem_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/graph/problem"
)

// TestEveryCodeIsDocumented keeps docs/http.md true: each code with its
// status, and no others.
func TestEveryCodeIsDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "http.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| code | meaning |")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")[2:]
	if len(rows) != len(problem.Codes()) {
		t.Fatalf("%d codes are documented, want %d", len(rows), len(problem.Codes()))
	}
	for i, code := range problem.Codes() {
		status := ""
		if code.Status() != 0 {
			status = fmt.Sprint(code.Status()) + " "
		}
		if row := rows[i]; !strings.HasPrefix(row, "| `"+string(code)+"` |") || !strings.HasSuffix(row, "| "+status+"|") {
			t.Errorf("documented as %q, want %s with status %q", row, code, status)
		}
	}
}
