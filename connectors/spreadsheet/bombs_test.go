package spreadsheet

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"plumbline/portfolio"
)

// A bomb is a part of a workbook that repeats a text.
type bomb struct {
	begin, text, end string
	times            int
}

// armed is a workbook written by hand with such parts.
func armed(t *testing.T, sheet string, bombs map[string]bomb) []byte {
	t.Helper()
	plain, err := zip.NewReader(bytes.NewReader(parts(t, sheet, nil)), int64(len(parts(t, sheet, nil))))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, part := range plain.File {
		if _, other := bombs[part.Name]; other {
			continue
		}
		if err := z.Copy(part); err != nil {
			t.Fatal(err)
		}
	}
	for name, b := range bombs {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, b.begin)
		const most = 1 << 20
		chunk := strings.Repeat(b.text, min(b.times, max(1, most/len(b.text))))
		for left := b.times * len(b.text); left > 0; left -= len(chunk) {
			if _, err := io.WriteString(w, chunk[:min(left, len(chunk))]); err != nil {
				t.Fatal(err)
			}
		}
		_, _ = io.WriteString(w, b.end)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const (
	sheetPath   = "xl/worksheets/sheet1.xml"
	stringsPath = "xl/sharedStrings.xml"
)

// inUse is the memory that is in use, of which nothing is left over.
func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestSmallFilesThatUnpackToLargeOnes reach each bound of a workbook, and are
// refused with little memory in use.
func TestSmallFilesThatUnpackToLargeOnes(t *testing.T) {
	const unpacked = 24 << 20 // in place of 2 GiB, which take longer to write than to refuse
	one := `<row r="1"><c r="A1" t="s"><v>0</v></c></row>`
	for name, c := range map[string]struct {
		sheet string
		bombs map[string]bomb
		want  string
		most  uint64 // MiB that may be in use after it
	}{
		"a sheet": {"", map[string]bomb{sheetPath: {"<worksheet><sheetData>", "<row/>", "", unpacked/6 + 1}}, "it unpacks to more than is read of a workbook", 8},
		"a sheet and its texts": {one, map[string]bomb{
			stringsPath: {"<sst>", "<x/>", "<si><t>ID</t></si></sst>", unpacked / 8},
			sheetPath:   {"<worksheet><sheetData>", "<row/>", "", unpacked / 12},
		}, "it unpacks to more than is read of a workbook", 8},
		"ten million texts":      {one, map[string]bomb{stringsPath: {"<sst>", "<si><t/></si>", "</sst>", 10_000_000}}, "it unpacks to more than is read of a workbook", 128},
		"a text":                 {one, map[string]bomb{stringsPath: {"<sst><si><t>", "x", "</t></si></sst>", 5 << 20}}, "a value is longer than 4 MiB", 16},
		"a text of many pieces":  {one, map[string]bomb{stringsPath: {"<sst><si>", "<r><t>xxxxxxxx</t></r>", "</si></sst>", 5 << 17}}, "text 1 that cells share: a value is longer than 4 MiB", 16},
		"a value":                {"", map[string]bomb{sheetPath: {`<worksheet><sheetData><row><c t="str"><v>`, "x", "</v></c></row></sheetData></worksheet>", 5 << 20}}, "a value is longer than 4 MiB", 16},
		"a value of many pieces": {"", map[string]bomb{sheetPath: {`<worksheet><sheetData><row><c t="str"><v>`, "<![CDATA[xxxxxxxx]]>", "</v></c></row></sheetData></worksheet>", 5 << 17}}, "row 1: a value is longer than 4 MiB", 16},
		"a value in its cell":    {"", map[string]bomb{sheetPath: {`<worksheet><sheetData><row><c t="inlineStr"><is>`, "<t>xxxxxxxx</t>", "</is></c></row></sheetData></worksheet>", 5 << 17}}, "row 1: a value is longer than 4 MiB", 16},
		"one text in all cells": {strings.ReplaceAll(one, "</c>", "</c>"+strings.Repeat(`<c t="s"><v>0</v></c>`, 900)), map[string]bomb{
			stringsPath: {"<sst><si><t>", "x", "</t></si></sst>", 1 << 20},
		}, "row 1 is longer than 4 MiB", 16},
		"a tag":                     {"", map[string]bomb{sheetPath: {`<worksheet a="`, "x", `"/>`, 5 << 20}}, "a value is longer than 4 MiB", 16},
		"a tag of closing brackets": {"", map[string]bomb{sheetPath: {`<worksheet a="`, ">", `"/>`, 5 << 20}}, "its XML is none", 16},
		"a comment":                 {"", map[string]bomb{sheetPath: {"<!--", "x>", "-->", 3 << 20}}, "its XML is none", 16},
		"elements in each other":    {"", map[string]bomb{sheetPath: {"", "<a>", "", 5 << 20}}, "the workbook is damaged after row 0: unexpected EOF", 8},
		"entities in each other": {"", map[string]bomb{stringsPath: {`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">`, `<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">`, `]><sst><si><t>&c;</t></si></sst>`, 1000}},
			"it has a document type", 8},
		"elements in each other among the sheets": {"", map[string]bomb{"xl/workbook.xml": {"<workbook>", "<a>", "", 4 << 20}}, "elements lie more than 64 deep in each other", 8},
		"entities among the sheets":               {"", map[string]bomb{"xl/workbook.xml": {`<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>`, "&a;", "</workbook>", 1}}, "invalid character entity", 8},
		"styles":                                  {"", map[string]bomb{"xl/workbook.xml": {"<workbook>", `<sheets/>`, "</workbook>", 2 << 20}}, "it unpacks to more than is read", 8},
	} {
		t.Run(name, func(t *testing.T) {
			content := armed(t, c.sheet, c.bombs)
			if len(content) > 4<<20 {
				t.Fatalf("the file has %d bytes; it was to be a small one", len(content))
			}
			before := inUse()
			w, err := openWithin(bytes.NewReader(content), unpacked)
			if err == nil {
				err = w.readSheet(w.sheets[0], func(row) error { return nil })
			}
			after := inUse()
			runtime.KeepAlive(w)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error = %v, want %s", err, c.want)
			}
			if after > before+c.most<<20 {
				t.Errorf("%d MiB are in use", (after-before)>>20)
			}
		})
	}
}

// TestTheTextsOfAWorkbookAreBounded: a text takes memory although it is
// empty.
func TestTheTextsOfAWorkbookAreBounded(t *testing.T) {
	content := armed(t, "", map[string]bomb{stringsPath: {"<sst>", "<si><t/></si>", "</sst>", maxStrings/aString + 1}})
	if _, err := openWorkbook(bytes.NewReader(content)); err == nil || !strings.Contains(err.Error(), "the texts of the workbook take more than 256 MiB") {
		t.Errorf("error = %v", err)
	}
}

// TestAListOfPartsIsBounded: the list says itself how long it is, and may lie.
func TestAListOfPartsIsBounded(t *testing.T) {
	for parts, want := range map[int]string{maxParts - 10: "this is a ZIP file, no workbook", maxParts + 1: "more than the 10000 parts", 200_000: "more than the 10000 parts"} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for i := range parts {
			if _, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("part%d", i)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		before := allocated()
		_, err := openWorkbook(bytes.NewReader(b.Bytes()))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d parts: error = %v, want %s", parts, err, want)
		}
		if used := allocated() - before; used > detector*64<<20 {
			t.Errorf("%d parts took %d MiB", parts, used>>20)
		}
	}
}

// TestReadingStopsWithItsContext: a file that unpacks to gigabytes does not
// hold up a server that is to stop.
func TestReadingStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	content := armed(t, "", map[string]bomb{sheetPath: {"<worksheet><sheetData>", `<row><c t="inlineStr"><is><t>ID</t></is></c></row>`, "</sheetData></worksheet>", 2 << 20}})
	b, err := newBook(&Settings{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	file := &stopping{heeding: heeding{ctx, bytes.NewReader(content)}, after: 10, stop: cancel}
	if err := b.add("list.xlsx", portfolio.Date{}, file); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want context.Canceled", err)
	}
}

// stopping stops its own reading.
type stopping struct {
	heeding
	after int
	stop  func()
}

func (s *stopping) ReadAt(p []byte, at int64) (int, error) {
	if s.after--; s.after == 0 {
		s.stop()
	}
	return s.heeding.ReadAt(p, at)
}

// TestRowsAreBounded: who is who among them is kept in memory.
func TestRowsAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("a file of a million rows")
	}
	b, err := newBook(&Settings{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	content := "ID,Name\n" + strings.Repeat("1,a\n", maxRows+1)
	if err := b.add("list.csv", portfolio.Date{}, strings.NewReader(content)); err == nil || !strings.Contains(err.Error(), "list.csv: there are more than the 1048576 rows that are read of a sheet") {
		t.Errorf("error = %v", err)
	}
	b.rows.rows = maxRead
	if err := b.add("more.csv", portfolio.Date{}, strings.NewReader("ID,Name\n1,a\n")); err == nil || !strings.Contains(err.Error(), "more.csv: there are more than the 2097152 rows that are read at once") {
		t.Errorf("error = %v", err)
	}
}
