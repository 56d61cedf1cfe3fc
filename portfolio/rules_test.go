package portfolio

import "testing"

func TestRulesThatReadTheDueDateAreKnown(t *testing.T) {
	for when, want := range map[string]bool{
		`milestone.name == "x"`:                              false,
		`"key" in milestone.labels and milestone.type == ""`: false,
		`project.key == "A" or connection.id == "eng"`:       false,
		`milestone.due > "2026-01-01"`:                       true,
		`milestone.name == "x" and milestone["due"] == ""`:   true,
		`toJSON(milestone) contains "x"`:                     true,
		`toJSON($env) contains "x"`:                          true,
		`let m = milestone; m.name == "x"`:                   true,
	} {
		program, err := compileRule(when)
		if err != nil {
			t.Fatal(err)
		}
		if got := readsDue(program.Node()); got != want {
			t.Errorf("readsDue(%s) = %v, want %v", when, got, want)
		}
	}
}
