package limit_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumbline/graph/limit"
)

// TestLimitsAreDocumentedAsTheyAre keeps docs/http.md true.
func TestLimitsAreDocumentedAsTheyAre(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "http.md"))
	if err != nil {
		t.Fatal(err)
	}
	d := limit.Defaults()
	for _, row := range []string{
		row("body of a request", bytes(d.Body), ""),
		row("body of a mutation by an editor", bytes(d.MutationBody), ""),
		row("tokens", number(int64(d.Tokens)), ""),
		row("depth", number(int64(d.Depth)), ""),
		row("depth below `__schema` and `__type`", number(int64(d.IntrospectionDepth)), ""),
		row("aliases", number(int64(d.Aliases)), ""),
		row("directives", number(int64(d.Directives)), ""),
		row("root fields", number(int64(d.RootFields)), ""),
		row("times that one selection set names the same field", number(int64(d.Repeats)), ""),
		row("lists and objects within one another in a value", number(int64(d.ValueDepth)), ""),
		row("cost of an operation", number(d.Cost), number(d.ExportCost)),
		row("cost of all operations in a minute", number(d.MinuteCost), number(d.ExportMinuteCost)),
		row("time for an operation", seconds(d.Time), seconds(d.ExportTime)),
		row("answer", bytes(d.Answer), ""),
	} {
		if !strings.Contains(string(text), row) {
			t.Errorf("docs/http.md does not say: %s", row)
		}
	}
}

func row(name, usual, export string) string {
	if export != "" {
		export += " "
	}
	return fmt.Sprintf("| %s | %s | %s|\n", name, usual, export)
}

func number(n int64) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", number(n/1000), n%1000)
}

func bytes(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%d s", int(d.Seconds())) }
