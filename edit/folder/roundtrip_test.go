package folder

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plumbline/portfolio"
	"plumbline/store/storetest"
)

// oddTexts are what people write and formats stumble over.
var oddTexts = []string{
	"plain", "two words", "=1+1", "+49 30 1234", "-", "- dash", "-5", "@home", "'=quoted", "''+x", "'tis",
	"a: b", "a:b", "pmo:PMO-201", "#hash", "a # b", "true", "No", "null", "~", "0x1F", "1_000", "1e5", "0.50", "2026", "2026-01-01",
	".inf", "1/3", "100 %", "%", "a,b", "a;b", `say "so"`, `"`, `back\slash`, " before", "after ", "\u00a0hard", "tab\there", "{a}", "[a]", "a]",
	"*a", "&a", "!a", "|", ">", "`", "?", "? a", ": a", "a:", "<<", "...", "---", "%YAML",
	"Grüße, 日本 🙂 \u0301", "\u2028", "\u0085", "\ufeff", "\u0007", "\U000E0001",
	"one\ntwo", "one\n\ntwo\n", "\nfirst", "last\n\n", "one\n  two", "  one\ntwo", "one \ntwo", "one\n\ttwo", "# one\n# two", "a: b\n- c", "\n",
}

// filled are one document of each list with every field set, the texts being
// odd.
func filled(t testing.TB, text func() string) recorded {
	var all recorded
	for _, l := range lists {
		if l.overrides {
			for _, m := range l.members[1 : len(l.members)-2] {
				v := reflect.New(m.typ).Elem()
				if m.typ == listType {
					all = append(all, override(l, m.name, fieldOf(m, reflect.ValueOf([]string{text(), text()}))))
					continue
				}
				sample := map[reflect.Type]string{dateType: "2026-03-01", numberType: "-12.5", amountType: "4600000.25 USD"}[m.typ]
				if sample == "" {
					sample = text()
				}
				if wrong := set(v, sample, isCell); wrong != "" {
					t.Fatalf("%s.%s: %s", l.name, m.name, wrong)
				}
				o := override(l, m.name, fieldOf(m, v))
				if m.name == "due" {
					o.Reason = text()
				}
				all = append(all, o)
			}
			for i, f := range []portfolio.Field{
				{Type: portfolio.FieldText, Text: text()},
				{Type: portfolio.FieldUser, Text: text()},
				{Type: portfolio.FieldNumber, Number: "-43.50"},
				{Type: portfolio.FieldBool}, {Type: portfolio.FieldBool, Bool: true},
				{Type: portfolio.FieldDate, Date: portfolio.NewDate(2026, 3, 1)},
				{Type: portfolio.FieldTime, Time: time.Date(2026, 3, 1, 12, 30, 0, 500_000_000, time.UTC)},
				{Type: portfolio.FieldList, List: []string{text(), text()}},
			} {
				f.ID = fmt.Sprintf("%d %s", i, text())
				all = append(all, override(l, f.ID, f))
			}
			continue
		}
		doc := storetest.Filled(t, l.kind)
		retell(reflect.ValueOf(doc).Elem(), text)
		all = append(all, doc)
	}
	return all
}

func override(l *list, field string, value portfolio.Field) *portfolio.Override {
	return &portfolio.Override{Target: l.members[0].name + ":eng:P-1", Field: field, Value: value}
}

// retell replaces every text in a value.
func retell(v reflect.Value, text func() string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text())
	case reflect.Slice:
		if v.Type() == weightsType { // the objectives of a version differ
			for i := range v.Len() {
				v.Index(i).Field(0).SetString(fmt.Sprintf("%d %s", i, text()))
			}
			return
		}
		for i := range v.Len() {
			retell(v.Index(i), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type().Field(i).Type != reflect.TypeFor[portfolio.Authored]() {
				retell(v.Field(i), text)
			}
		}
	}
}

// sameAfterReading writes the documents, reads the files and compares.
func sameAfterReading(t testing.TB, from recorded) {
	t.Helper()
	files, left, err := Write(from, nil)
	if err != nil || len(left) > 0 {
		t.Fatalf("Write leaves out %q, %v", left, err)
	}
	batch, problems := Read(files)
	if len(problems) > 0 {
		t.Fatalf("what was written cannot be read:\n%v\n%s", problems, all(files))
	}
	again, _, _ := Write(stateOf(batch), nil)
	if diff := cmp.Diff(all(files), all(again)); diff != "" {
		t.Fatalf("written again it differs (-first +again):\n%s", diff)
	}
	read := map[portfolio.Key]portfolio.Document{}
	for _, d := range stateOf(batch) {
		read[d.Key()] = d
	}
	for _, d := range from {
		want := reflect.New(reflect.TypeOf(d).Elem())
		want.Elem().Set(reflect.ValueOf(d).Elem())
		*want.Interface().(portfolio.RecordedFact).Authorship() = portfolio.Authored{}
		if diff := cmp.Diff(want.Interface(), read[d.Key()], storetest.Exactly); diff != "" {
			t.Fatalf("%s after reading (-before +after):\n%s\n%s", d.Key(), diff, all(files))
		}
	}
	if len(read) != len(from) {
		t.Errorf("%d documents after reading, want %d", len(read), len(from))
	}
}

func all(files []File) string {
	var text string
	for _, f := range files {
		text += "== " + f.Name + "\n" + string(f.Data)
	}
	return text
}

func TestWhatIsWrittenIsReadAsItWas(t *testing.T) {
	for i := range oddTexts {
		n := i
		sameAfterReading(t, filled(t, func() string {
			n++
			return oddTexts[n%len(oddTexts)]
		}))
		sameAfterReading(t, filled(t, func() string { return oddTexts[i] }))
	}
}

func TestEveryTextIsReadAsItWasWritten(t *testing.T) {
	// Neither a carriage return nor NUL is text of its own.
	texts := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~\n\t"'#:,;=\\-]{1,30}`), rapid.SampledFrom(oddTexts))
	rapid.Check(t, func(r *rapid.T) {
		sameAfterReading(t, filled(t, func() string {
			text := newlines.Replace(texts.Draw(r, "text"))
			if text == "" {
				return "not empty"
			}
			return text
		}))
	})
}

func TestLineEndsAreOne(t *testing.T) {
	files, _, err := Write(recorded{&portfolio.ContributionFact{Project: "p", Objective: "o", Rationale: "one\r\ntwo\rthree\x00"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := "project,objective,strength,rationale\np,o,0,\"one\ntwo\nthree\"\n"
	if got := string(files[0].Data); got != want {
		t.Errorf("written as %q, want %q", got, want)
	}
}

func TestOnlyTheListsAskedForAreWritten(t *testing.T) {
	files, _, err := Write(filled(t, func() string { return "x" }), []string{"measurements", "kpis"})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"kpis.yaml", "measurements.csv"}, names); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if _, _, err := Write(recorded{}, []string{"kpi"}); err == nil {
		t.Error("a list that there is not is written")
	}
}

func TestAnOverrideThatFilesCannotHoldIsTold(t *testing.T) {
	_, left, err := Write(recorded{&portfolio.Override{
		Target: "project:eng:P-1", Field: "shoe size", Value: portfolio.Field{Type: portfolio.FieldNumber, Number: "4e3"},
	}}, nil)
	if want := []string{"the field shoe size of project:eng:P-1: files cannot hold it"}; err != nil || !cmp.Equal(want, left) {
		t.Errorf("Write leaves out %q, %v; want %q", left, err, want)
	}
}
