package folder

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
)

// read reads one file and returns its problems, a line each.
func read(name, text string) string {
	_, problems := Read([]File{{name, []byte(text)}})
	var lines []string
	for _, p := range problems {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

func TestWhatIsWrongIsToldAtItsPlace(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"a.yaml", "objectvies: []\n", "a.yaml:1:1: objectvies: there is no such list; did you mean objectives?"},
		{"a.yaml", "kpis: []\nkpis: []\n", "a.yaml:2:1: kpis: this list stands here twice; put its entries together"},
		{"a.yaml", "- one\n", "a.yaml:1:1: expected a mapping of lists, such as objectives: followed by entries that begin with -"},
		{"a.yaml", "kpis: 5\n", "a.yaml:1:7: kpis: expected a list of entries, each beginning with -"},
		{"a.yaml", "kpis: [5]\n", "a.yaml:1:8: kpis[0]: expected an entry of members, such as key: …"},
		{"a.yaml", "kpis: {\n", "a.yaml:1:7: this is not YAML: could not find flow mapping end token '}'"},
		{"a.yaml", "kpis: []\n---\nkpis: []\n", "a.yaml:3:5: a second YAML document begins here; expected one"},
		{
			"a.yaml", "strategies:\n  - {key: care, key: cure, name: Care, onwer: G}\n",
			"a.yaml:2:17: strategies[care].key: this stands here twice\na.yaml:2:40: strategies[care].onwer: there is no such member; did you mean owner?",
		},
		{"a.yaml", "strategies:\n  - name: Care\n", "a.yaml:2:5: strategies[0]: key is missing; expected text"},
		{"a.yaml", "strategies:\n  - {key: care, name: true}\n", "a.yaml:2:23: strategies[care].name: found true or false; expected text: put it in quotes"},
		{"a.yaml", "strategies:\n  - {key: care, name: &x Care}\n", "a.yaml:2:23: strategies[care].name: YAML anchors, aliases, tags and merge keys are not used here: write the value itself"},
		{"a.yaml", "strategies:\n  - {key: care, name: Care, leading: yes}\n", `a.yaml:2:38: strategies[care].leading: "yes" is neither true nor false`},
		{"a.yaml", "strategies:\n  - {key: care, name: [Care]}\n", "a.yaml:2:23: strategies[care].name: found a list; expected text"},
		{"a.yaml", "departments:\n  - {key: a, name: A, aliases: B}\n", "a.yaml:2:32: departments[a].aliases: found text; expected a list, such as [one, two]"},
		{"a.yaml", "departments:\n  - {key: a, name: A, aliases: [B, '']}\n", "a.yaml:2:36: departments[a].aliases[1]: this is empty"},
		{
			"a.yaml", "departments:\n  - {key: a, name: A}\n  - {key: a, name: B}\n",
			"a.yaml:3:6: departments[a]: this is said already at a.yaml:2",
		},
		{"a.yaml", "contributions:\n  - {project: p, objective: o}\n", "a.yaml:2:6: contributions[p]: strength is missing; expected a number such as 1234.5"},
		{"a.yaml", "contributions:\n  - {project: p, objective: o, strength: 0,8}\n", "a.yaml:2:6: contributions[p]: 8 stands where a member is expected; decimals are written with a point, as 0.8"},
		{"a.yaml", "contributions:\n  - project: p\n    objective: o\n    strength: 0,8\n", `a.yaml:4:15: contributions[p].strength: "0,8" has a comma; expected a number such as 1234.5: a point before the decimals, nothing between thousands`},
		{"a.yaml", "contributions:\n  - {project: p, objective: o, strength: \"0.8\"}\n", "a.yaml:2:42: contributions[p].strength: found text; expected a number: write 0.8 without quotes"},
		{"a.yaml", "contributions:\n  - {project: p, objective: o, strength: high}\n", `a.yaml:2:42: contributions[p].strength: "high" is not a number; expected one such as 1234.5`},
		{"a.yaml", "contributions:\n  - {project: p, objective: o, strength: .inf}\n", `a.yaml:2:42: contributions[p].strength: ".inf" is not a number; expected one such as 1234.5`},
		{"a.yaml", "contributions:\n  - {project: p, objective: o, strength: 1e9999999}\n", `a.yaml:2:42: contributions[p].strength: "1e9999999" is not a number; expected one such as 1234.5`},
		{"a.yaml", "keyResults:\n  - {key: k, objective: o, name: K, due: 01.03.2026}\n", `a.yaml:2:42: keyResults[k].due: "01.03.2026" is not a date; expected YYYY-MM-DD`},
		{"a.yaml", "kpis:\n  - {key: k, name: K, department: d, direction: x, period: y, graceDays: 1.5}\n", `a.yaml:2:74: kpis[k].graceDays: "1.5" is not a whole number`},
		{"a.yaml", "judgements:\n  - {strategy: s, version: v, judge: j, pairs: [{more: a, less: b}]}\n", "a.yaml:2:49: judgements[s].pairs[0]: times is missing; expected text"},
		{"a.yaml", "judgements:\n  - {strategy: s, version: v, judge: j, pairs: [{more: a, les: b, times: 3}]}\n", "a.yaml:2:49: judgements[s].pairs[0]: less is missing; expected text\na.yaml:2:59: judgements[s].pairs[0].les: there is no such member; did you mean less?"},
		{"a.yaml", "strategyVersions:\n  - {strategy: s, version: 1, method: MANUAL, weights: {a: 1, a: 2}}\n", "a.yaml:2:63: strategyVersions[s].weights[1]: a stands here twice"},
		{"a.yaml", "strategyVersions:\n  - {strategy: s, version: 1, method: MANUAL, weights: [1, 2]}\n", "a.yaml:2:56: strategyVersions[s].weights: found a list; expected a mapping of objectives to weights, such as {growth: 0.6, care: 0.4}"},
		{"a.yaml", "projects:\n  - {project: eng:A}\n", "a.yaml:2:6: projects[eng:A]: this says nothing of the project; expected name, department, sponsor, manager, phase, priority, budget, justification, pmoId, objectives, start, due, baseline, forecast, finished, health, businessValue, timeCriticality, riskReduction, jobSize, fields or reason"},
		{"a.yaml", "projects:\n  - {project: eng:A, budget: 12000}\n", `a.yaml:2:30: projects[eng:A].budget: "12000" is not an amount; expected one with its currency, such as 4600000 USD`},
		{"a.yaml", "projects:\n  - {project: eng:A, budget: \"12,000 EUR\"}\n", `a.yaml:2:30: projects[eng:A].budget: "12,000" has a comma; expected a number such as 1234.5: a point before the decimals, nothing between thousands`},
		{"a.yaml", "projects:\n  - {project: eng:A, phase: ACTIVE}\n  - {project: eng:A, phase: DONE}\n", "a.yaml:3:29: projects[eng:A].phase: this is said already at a.yaml:2"},
		{"a.yaml", "projects:\n  - {project: eng:A, fields: {phase: x, cost: {data: 1}}}\n", "a.yaml:2:31: projects[eng:A].fields.phase: this is a member of projects itself; write it there\na.yaml:2:47: projects[eng:A].fields.cost: there is no such type of value; did you mean date?"},
		{"a.yaml", "projects:\n  - project: eng:A\n    fields:\n      a: []\n      b: ''\n      c: {date: ''}\n", "a.yaml:4:10: projects[eng:A].fields.a: this is empty; leave the field out\na.yaml:5:10: projects[eng:A].fields.b: this is empty; leave the field out\na.yaml:6:10: projects[eng:A].fields.c: this is empty; leave the field out"},

		{"numbers.csv", "kpi,period\n", "numbers.csv: the name of the file tells no list; expected one such as measurements.csv, measurements-2026.csv or kpiLinks.csv"},
		{"judgements.csv", "strategy\n", "judgements.csv: judgements do not fit a table; write them in a YAML file"},
		{"measurements.csv", "", "measurements.csv: the file is empty; expected a first row with the names of columns, such as kpi,period,segment,actual,target,projection,numerator,denominator,note"},
		{"measurements.csv", "kpi,perod,kpi,\n", "measurements.csv:1:perod: there is no such column; did you mean period?\nmeasurements.csv:1:kpi: this column stands here twice\nmeasurements.csv:1: a column has no name"},
		{"measurements.csv", "kpi\tperiod\nv\t2026\n", "measurements.csv:1: the columns are separated by tabs; expected commas or semicolons (in Excel: CSV UTF-8)"},
		{"measurements.csv", "kpi,period,actual\nv,2026,1\nv,2027\nv,2028,x\n", "measurements.csv:3: this row has 2 cells, and the header names 3 columns\n" + `measurements.csv:4:actual: "x" is not a number; expected one such as 1234.5`},
		{"measurements.csv", "kpi;period;actual\nv;2026;1,5\n", `measurements.csv:2:actual: "1,5" has a comma; expected a number such as 1234.5: a point before the decimals, nothing between thousands`},
		{"measurements.csv", "kpi,period,actual\nv,2026,1 500\n", `measurements.csv:2:actual: "1 500" has something between its thousands; expected a number such as 1234.5`},
		{"measurements.csv", "kpi,period,actual\n,2026,1\n", "measurements.csv:2: kpi is missing; expected text"},
		{"measurements.csv", "kpi,period,note\nv,2026,\"a\nb\" c\nv,2026,\"open\n", "measurements.csv:2: text follows a closing quote; within quotes, a quote is written twice\nmeasurements.csv:4: a quote is opened and never closed"},
		{"measurements.csv", "kpi,period\nv,2026\nv,2026\n", "measurements.csv:3: this is said already at measurements.csv:2"},
		{"strategyVersions.csv", "strategy,version,method,weights\n", "strategyVersions.csv:1:weights: this does not fit a table; write the entry in a YAML file"},
		{"measurements.csv", "kpi,period,note\nv,2026,ok\nv,2027,M\xfcller\n", "measurements.csv:3: this is not UTF-8 (byte 0xfc); save it as UTF-8 (in Excel: CSV UTF-8)"},
		{"measurements.csv", "\xff\xfek\x00p\x00i\x00", "measurements.csv:1: this is not UTF-8 but looks like UTF-16; save it as UTF-8 (in Excel: CSV UTF-8)"},
		{"plan.xlsx", "PK", "plan.xlsx: this is neither YAML (.yaml, .yml) nor CSV (.csv)"},
	} {
		if diff := cmp.Diff(c.want, read(c.file, c.text)); diff != "" {
			t.Errorf("%s\n%s\n(-want +got):\n%s", c.file, c.text, diff)
		}
	}
}

func TestFormsThatAreRead(t *testing.T) {
	want := []portfolio.Document{&portfolio.MeasurementFact{KPI: "v", Period: "2026", Note: "Grüße; =x"}}
	for name, f := range map[string]File{
		"a byte order mark, CRLF":           {"measurements.csv", []byte("\xef\xbb\xbfkpi,period,note\r\nv,2026,\"Grüße; =x\"\r\n")},
		"semicolons, as Excel writes them":  {"Measurements-2026.CSV", []byte("kpi;period;note\nv;2026;\"Grüße; =x\"\n")},
		"columns in any order, empty rows":  {"kpi-v.measurements.csv", []byte("note, actual, period, kpi\n,,,\nGrüße; =x, ,2026 , v\n,,,")},
		"quoted names":                      {"measurements.csv", []byte(`"kpi","period","note"` + "\nv,2026,Grüße; =x")},
		"YAML, nothing said of the actual":  {"a.yml", []byte("measurements:\n  - {kpi: v, period: 2026, actual: , note: Grüße; =x}\n")},
		"YAML with a mark, quotes and null": {"a.yaml", []byte("\xef\xbb\xbfkpis:\nmeasurements:\r\n- kpi: \"v\"\r\n  period: '2026'\r\n  target: null\r\n  note: >-\r\n    Grüße;\r\n    =x\r\n")},
	} {
		batch, problems := Read([]File{f})
		if len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
			continue
		}
		if diff := cmp.Diff(want, []portfolio.Document(stateOf(batch))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestTwoFilesDoNotSayTheSameThing(t *testing.T) {
	_, problems := Read([]File{
		{"b.yaml", []byte("departments:\n  - {key: a, name: A}\n")},
		{"a/departments.csv", []byte("key,name\nb,B\na,A\n")},
	})
	if want := "a/departments.csv:3: this is said already at b.yaml:2"; problems.Error() != want {
		t.Errorf("problems:\n%v\nwant:\n%s", problems, want)
	}
}

func TestErrorsOfAnEditLeadBackToTheirPlaces(t *testing.T) {
	batch, problems := Read([]File{
		{"a.yaml", []byte(`judgements:
  - strategy: s
    version: v
    judge: j
    pairs:
      - {more: a, less: b, times: 3}
      - {more: a, less: c, times: 30}
strategyVersions:
  - strategy: s
    version: v
    method: MANUAL
    weights:
      a: 0.5
      b: -1
projects:
  - project: pmo:PMO-1
    phase: GONE
    due: 2026-03-01
    fields:
      shoe size: 43
`)},
		{"measurements.csv", []byte("kpi,period,actual\nv,2026,1\nv,2027,2\n")},
	})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	within := func(i int, below ...string) []string {
		return append(append([]string{}, batch.Changes[i].Path...), below...)
	}
	var lines []string
	for _, p := range batch.Problems([]portfolio.UserError{
		{Message: "one", Path: within(0, "pairs", "1", "times")},
		{Message: "two", Path: within(1, "weights", "1", "weight")},
		{Message: "three", Path: within(2, "phase")},
		{Message: "four", Path: within(2, "project")},
		{Message: "five", Path: within(4, "shoe size")},
		{Message: "six", Path: within(6, "actual")},
		{Message: "seven", Path: within(6)},
		{Message: "eight"},
	}) {
		lines = append(lines, p.String())
	}
	want := []string{
		"a.yaml:7:35: judgements[s].pairs[1].times: one",
		"a.yaml:14:10: strategyVersions[s].weights[1].weight: two",
		"a.yaml:17:12: projects[pmo:PMO-1].phase: three",
		"a.yaml:16:14: projects[pmo:PMO-1].project: four",
		"a.yaml:20:18: projects[pmo:PMO-1].fields.shoe size: five",
		"measurements.csv:3:actual: six",
		"measurements.csv:3: seven",
		"eight",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestTheLimitsOfWhatIsRead(t *testing.T) {
	rows := func(n int) []byte {
		text := strings.Builder{}
		text.WriteString("kpi,period\n")
		for i := range n {
			fmt.Fprintf(&text, "v,%d\n", i)
		}
		return []byte(text.String())
	}
	if batch, problems := Read([]File{{"measurements.csv", rows(portfolio.MaxEdits)}}); len(problems) > 0 || len(batch.Changes) != portfolio.MaxEdits {
		t.Errorf("%d rows are read, %v; want all of %d", len(batch.Changes), problems, portfolio.MaxEdits)
	}
	padding := func(n int) []byte { return append([]byte("# "), make([]byte, n)...) }
	for want, files := range map[string][]File{
		"measurements.csv:100002: more than 100000 entries cannot be recorded at once": {{"measurements.csv", rows(portfolio.MaxEdits + 2)}},
		"a.yaml: the file is larger than 4194304 bytes; divide it":                     {{"a.yaml", padding(MaxYAML)}},
		"kpis.csv: the file is larger than 33554432 bytes; divide it":                  {{"kpis.csv", padding(MaxCSV)}},
	} {
		if _, problems := Read(files); problems.Error() != want {
			t.Errorf("problems:\n%v\nwant:\n%s", problems, want)
		}
	}
	half := []byte("kpi,period,note\nv,2026,\"" + strings.Repeat("x", MaxCSV-40) + "\"\n")
	if _, problems := Read([]File{{"measurements.csv", half}, {"kpis.csv", padding(MaxCSV - 2)}, {"x.yaml", padding(100)}}); !strings.Contains(problems.Error(), "x.yaml: the files are larger than 67108864 bytes together") {
		t.Errorf("problems:\n%v\nwant them to say that the files are too large together", problems)
	}
	many := make(Problems, MaxProblems+1)
	if lines := strings.Split(many.Error(), "\n"); len(lines) != MaxProblems+1 || lines[MaxProblems] != "1001 problems in the files, the first 1000 of them above" {
		t.Errorf("%d lines, the last %q; want %d problems and how many there are", len(lines), lines[len(lines)-1], MaxProblems)
	}
}
