package folder

import (
	"testing"
)

// FuzzTable reads any text as any CSV file.
func FuzzTable(f *testing.F) {
	f.Add("measurements.csv", []byte("kpi,period,segment,actual,note\nv,2026-01,rural,1.5,\"'=a \"\"b\"\"\n\"\n"))
	f.Add("contributions-2026.csv", []byte("\xef\xbb\xbfproject;objective;strength\r\np;o;0,5\r\n;;\r\n"))
	f.Add("departments.csv", []byte("key,name,aliases\na,A,\" x ; y;;\"\n"))
	f.Add("links.csv", []byte("primary,members,apart\na/b/c,\"d/e/f;g/h/i\",TRUE\n"))
	f.Add("projects.csv", []byte("project,budget,due,reason\npmo:1,5 EUR,2026-01-01,because\n"))
	f.Fuzz(func(t *testing.T, name string, data []byte) { readAndWrite(t, File{name + ".csv", data}) })
}

// FuzzLists reads any text as a YAML file.
func FuzzLists(f *testing.F) {
	f.Add([]byte("objectives:\n  - {key: a, strategy: s, name: \"A: b\", aliases: [x, y], progress: 0.5, validFrom: 2026-01-01}\n"))
	f.Add([]byte("judgements:\n  - strategy: s\n    version: 1\n    judge: j\n    pairs:\n      - {more: a, less: b, times: 1/3}\n"))
	f.Add([]byte("strategyVersions:\n- strategy: s\n  version: v\n  method: AHP\n  weights: {a: 1, \"b c\": 0.25}\n"))
	f.Add([]byte("projects:\n  - project: p\n    budget: 1 EUR\n    fields:\n      a: 1\n      b: {time: \"2026-03-01T00:00:00Z\"}\n      c: [x, 2]\n      d: true\n"))
	f.Add([]byte("kpis:\n  - key: k\n    description: |\n      a\n\n        b\n    name: >-\n      x\n      y\n"))
	f.Add([]byte("projects:\n  - project: 0\n    fields:\n     00: []\n     a: ''\n     b: {date: ''}\n     c: {user: 1}\n"))
	f.Add([]byte("a: &x {<<: *x}\n? b\n: !!c d\n"))
	f.Fuzz(func(t *testing.T, data []byte) { readAndWrite(t, File{"a.yaml", data}) })
}

// readAndWrite reads a file; what can be read must be written and read again.
func readAndWrite(t *testing.T, file File) {
	batch, problems := Read([]File{file})
	for _, p := range problems {
		if p.Text == "" || p.File != file.Name {
			t.Errorf("the problem %+v does not say what is wrong with which file", p)
		}
	}
	if len(problems) > 0 || len(batch.Changes) == 0 {
		return
	}
	once, left, err := Write(stateOf(batch), nil)
	if err != nil || len(left) > 0 {
		t.Fatalf("Write leaves out %q, %v", left, err)
	}
	again, problems := Read(once)
	if len(problems) > 0 {
		t.Fatalf("what was written cannot be read:\n%v\n%s", problems, all(once))
	}
	twice, _, _ := Write(stateOf(again), nil)
	if all(once) != all(twice) {
		t.Fatalf("written\n%s\nand again\n%s", all(once), all(twice))
	}
}
