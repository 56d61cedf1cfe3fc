package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// computed are figures with so many decimals that nobody made them up.
var computed = regexp.MustCompile(`\d+\.\d{6,}`)

// TestTheFiguresOfTheDocumentationAreTheDemos looks for every computed figure
// that the pages on strategy and KPIs show among the answers to the example
// queries and to those of the page itself.
func TestTheFiguresOfTheDocumentationAreTheDemos(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("examples", "answers", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	learn := func(answer string) {
		for _, figure := range computed.FindAllString(answer, -1) {
			known[figure] = true
		}
	}
	for _, file := range files {
		learn(read(t, file))
	}
	for _, name := range []string{"strategy.md", "kpis.md"} {
		page := read(t, filepath.Join("docs", name))
		for _, block := range graphqlBlocks.FindAllStringSubmatch(page, -1) {
			learn(string(answerOf(t, block[1])))
		}
		shown := computed.FindAllString(page, -1)
		if len(shown) < 10 {
			t.Errorf("docs/%s shows %d computed figures; these are too few for an example", name, len(shown))
		}
		for i, line := range strings.Split(page, "\n") {
			for _, figure := range computed.FindAllString(line, -1) {
				if !known[figure] {
					t.Errorf("docs/%s:%d: no answer has the figure %s", name, i+1, figure)
				}
			}
		}
	}
}
