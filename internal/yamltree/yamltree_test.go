package yamltree

import (
	"strings"
	"testing"
)

func TestDocument(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "",
		"# only a comment\n":     "",
		"null\n":                 "",
		"---\na: 1\n":            "",
		"a: 1\na: 2\n":           "", // for the reader to report
		"a: 1\n---\nb: 2\n":      "3:2: a second YAML document begins here; expected one",
		"a: [\n":                 "1:4: this is not YAML: sequence end token ']' not found",
		strings.Repeat("[", 100): "1:100: this is not YAML: sequence end token ']' not found",
		strings.Repeat("[", 42) + strings.Repeat("]", 42): "1:1: values are nested more than 40 deep",
	} {
		_, err := Document([]byte(text))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("Document(%q): %q, want %q", text, got, want)
		}
	}
}

func TestPairsAndNames(t *testing.T) {
	body, err := Document([]byte("a: 1\n2: x\n\"c d\": y\n<<: *z\n"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, pair := range Pairs(body) {
		name, ok := Name(pair)
		if !ok {
			name = "none"
		}
		names = append(names, name)
	}
	if got, want := strings.Join(names, ", "), "a, 2, c d, none"; got != want {
		t.Errorf("names = %s, want %s", got, want)
	}
	if line, column := Place(Pairs(body)[1].Value); line != 2 || column != 4 {
		t.Errorf("place = %d:%d, want 2:4", line, column)
	}
}
