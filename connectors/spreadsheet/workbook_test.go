package spreadsheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"plumbline/connectors/spreadsheet/spreadsheettest"
)

// sheetRows reads one sheet of a workbook.
func sheetRows(content []byte, from int) (rows []row, err error) {
	w, err := openWorkbook(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	return rows, w.readSheet(w.sheets[from], func(r row) error { rows = append(rows, r); return nil })
}

// TestAnotherReaderReadsTheSame compares every cell with what the library that
// wrote the workbook reads: the values as they are stored.
func TestAnotherReaderReadsTheSame(t *testing.T) {
	s := spreadsheettest.Sheet{Name: "Plan", Rows: [][]any{{"ID", "Name", "Amount", "When", "Done"}}}
	for i := range 500 {
		s.Rows = append(s.Rows, []any{i, fmt.Sprintf(" Step <%d> & more_x000D_ ", i), float64(i) * 1.1, spreadsheettest.NewDay(2026, time.January, i+1), i%3 == 0})
	}
	content, err := spreadsheettest.XLSX(false, s)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := sheetRows(content, 0)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := f.GetRows("Plan", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(ours) != len(theirs) || len(ours) != 501 {
		t.Fatalf("%d rows, the other reader has %d; want 501", len(ours), len(theirs))
	}
	for i, r := range ours {
		for j, c := range r.cells {
			want := theirs[i][j]
			got := c.text
			switch c.kind {
			case number:
				if plain, ok := plainNumber(want); ok {
					want = plain
				}
			case date:
				d, err := excelize.ExcelDateToTime(float64(number2(want)), false)
				if err != nil {
					t.Fatal(err)
				}
				want = d.Format(time.DateOnly)
			case boolean:
				want = map[string]string{"1": "true", "0": "false", "TRUE": "true", "FALSE": "false"}[want]
			default:
				want = strings.TrimSpace(want)
			}
			if got != want {
				t.Errorf("row %d, column %s is %q, want %q", r.number, columnName(j), got, want)
			}
		}
	}
}

// parts are a workbook written by hand.
func parts(t *testing.T, sheet string, change map[string]string) []byte {
	t.Helper()
	all := map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns:r="http://r"><workbookPr/><sheets><sheet name="Plan" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst><si><t>ID</t></si><si><r><t>Na</t></r><rPh><t>ignored</t></rPh><r><t>me</t></r></si></sst>`,
		"xl/worksheets/sheet1.xml":   `<worksheet><sheetData>` + sheet + `</sheetData></worksheet>`,
	}
	for name, content := range change {
		all[name] = content
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range all {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCellsAsTheFormatHasThem(t *testing.T) {
	content := parts(t, `<row r="3"><c r="A3" t="s"><v>0</v></c><c r="C3" t="s"><v>1</v></c></row>`+
		`<row><c><v>1.50</v></c><c t="b"><v>1</v></c><c t="e"><v>#REF!</v></c><c t="e"><v>#N/A</v></c><c t="inlineStr"><is><t>in</t><r><t>line</t></r></is></c>`+
		`<c t="d"><v>2026-03-01T00:00:00</v></c><c><f>A1</f></c><c t="str"><f>A1</f><v></v></c><c t="str"><f>A1</f><v>x</v></c><c t="s"><v>99</v></c><c><v>many</v></c></row>`, nil)
	rows, err := sheetRows(content, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		for i, c := range r.cells {
			if c.kind != blank {
				got = append(got, fmt.Sprintf("%s%d %d %s", columnName(i), r.number, c.kind, c.text))
			}
		}
	}
	want := []string{
		"A3 1 ID", "C3 1 Name", "A4 2 1.5", "B4 4 true", "C4 5 it holds the error #REF!", "D4 1 #N/A", "E4 1 inline", "F4 3 2026-03-01",
		"G4 5 the formula has no saved value: open the file in a spreadsheet program, and save it", "I4 1 x",
		"J4 5 its text is missing from the workbook", `K4 5 it holds "many", which is no number`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("cells are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestWaysToWriteTheSame: programs differ in how they write XML.
func TestWaysToWriteTheSame(t *testing.T) {
	content := parts(t, "", map[string]string{"xl/worksheets/sheet1.xml": "\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- a > b --><x:worksheet xmlns:x='http://x' note=\"a > 'b'\"><x:sheetData>" +
		"\n <x:row r = '2' spans=\"1:3\" >\n  <x:c r=\"B2\" t='str'><x:v>A &lt;&amp;&gt; &#66;&#x43; <![CDATA[<D> & ]]>E</x:v></x:c ><x:c/><x:c r='D2'><x:v>7</x:v></x:c></x:row>" +
		"<x:row/></x:sheetData><pageMargins left=\"0.7\"/></x:worksheet>\n"})
	rows, err := sheetRows(content, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := "[{2 [{0  } {1 A <&> BC <D> & E } {0  } {2 7 }]}]"
	if got := fmt.Sprint(rows); got != want {
		t.Errorf("rows are %s, want %s", got, want)
	}
}

// TestDamagedAndHostileWorkbooks are errors, each in little memory.
func TestDamagedAndHostileWorkbooks(t *testing.T) {
	good := parts(t, `<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, nil)
	if _, err := sheetRows(good, 0); err != nil {
		t.Fatal(err)
	}
	zeros := strings.Repeat(" ", 8<<20)
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"cut off":              {good[:len(good)/2], "the workbook is damaged"},
		"no workbook":          {parts(t, "", map[string]string{"_rels/.rels": "<Relationships/>"}), "this is a ZIP file, no workbook"},
		"binary":               {parts(t, "", map[string]string{"_rels/.rels": `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.bin"/></Relationships>`}), "save it as .xlsx"},
		"a sheet without part": {parts(t, "", map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships/>`}), `sheet "Plan" has no content`},
		"an open row":          {parts(t, "", map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1"><c>`}), "the workbook is damaged after row 1"},
		"rows go back":         {parts(t, `<row r="5"/><row r="4"/>`, nil), "the workbook is damaged after row 5"},
		"a row beyond the end": {parts(t, `<row r="2000000"/>`, nil), "the workbook is damaged after row 0"},
		"a column beyond":      {parts(t, `<row r="1"><c r="XFD1"><v>1</v></c></row>`, nil), "at most 1000 columns are read"},
		"an entity":            {parts(t, "", map[string]string{"xl/worksheets/sheet1.xml": `<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>`}), "it has a document type"},
		"a foreign entity":     {parts(t, `<row r="1"><c t="str"><v>&nbsp;</v></c></row>`, nil), "invalid character entity"},
		"a large small part":   {parts(t, "", map[string]string{"xl/workbook.xml": "<workbook>" + strings.Repeat(zeros, 3)}), "unpacks to more than"},
	} {
		before := allocated()
		_, err := sheetRows(c.content, 0)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error = %v, want %s", name, err, c.want)
		}
		if used := allocated() - before; used > detector*64<<20 {
			t.Errorf("%s took %d MiB", name, used>>20)
		}
	}
}

// TestWhatIsBoundedSaysSo: a small file can
// unpack to a large one, and a quote may never be closed.
func TestWhatIsBoundedSaysSo(t *testing.T) {
	left := int64(4)
	l := &limited{r: strings.NewReader("0123456789"), left: &left}
	b := make([]byte, 10)
	if n, err := l.Read(b); n != 4 || err != nil {
		t.Fatalf("read %d, %v; want 4 bytes", n, err)
	}
	if _, err := l.Read(b); err == nil || !strings.Contains(err.Error(), "unpacks to more than") {
		t.Errorf("error beyond the bound = %v", err)
	}
	w := &boundedReader{r: strings.NewReader(strings.Repeat("x", maxRowSize+8192))}
	chunk := make([]byte, 4096)
	var err error
	for err == nil {
		_, err = w.Read(chunk)
	}
	if !strings.Contains(err.Error(), "a row is longer than 4 MiB") {
		t.Errorf("error of a row without end = %v", err)
	}
}

// allocated is how many bytes were allocated so far.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}
