package spreadsheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"plumbline/connectors"
)

// Bounds of a workbook, against small files that unpack to large ones.
const (
	maxUnpacked  = 2 << 30   // bytes of all that is read of it
	maxStrings   = 256 << 20 // bytes of the texts that cells share
	aString      = 32        // bytes that a text takes besides
	maxDirectory = 8 << 20   // bytes of the list of its parts
	maxParts     = 10_000
	maxStyles    = 64_000 + 1000
)

// A workbook is an XLSX file. Its sheets are read as streams: the library that
// writes them in our tests gives neither the format of a cell nor whether it
// is a formula without a value, and takes a file that was cut off for one that
// ended.
type workbook struct {
	parts    map[string]*zip.File
	from1904 bool
	sheets   []sheetPart
	formats  []format // by the number of a cell's style
	strings  []string
	left     int64 // bytes that may still be unpacked
}

type sheetPart struct {
	name   string
	part   string
	hidden bool
}

// The first bytes of the containers that programs call a workbook.
const (
	zipMark = "PK\x03\x04"
	oleMark = "\xD0\xCF\x11\xE0"
	gzMark  = "\x1f\x8b"
)

// isWorkbook tells by its first bytes whether a file is a workbook.
func isWorkbook(f connectors.File) (bool, error) {
	mark := make([]byte, 4)
	n, err := f.ReadAt(mark, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	switch string(mark[:n]) {
	case zipMark:
		return true, nil
	case oleMark:
		return false, errors.New("this is an old Excel file or one with a password; save it as .xlsx without a password")
	}
	if strings.HasPrefix(string(mark[:n]), gzMark) {
		return false, errors.New("this is a compressed file (.gz): unpack it")
	}
	return false, nil
}

// openWorkbook reads all of a workbook but its sheets.
func openWorkbook(f connectors.File) (*workbook, error) { return openWithin(f, maxUnpacked) }

func openWithin(f connectors.File, unpacked int64) (*workbook, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	list := &directory{r: f, left: maxDirectory}
	z, err := zip.NewReader(list, size)
	if errors.Is(err, errManyParts) || err == nil && len(z.File) > maxParts {
		return nil, errManyParts
	}
	if err != nil {
		return nil, fmt.Errorf("the workbook is damaged: %w", err)
	}
	list.read = true
	w := &workbook{parts: map[string]*zip.File{}, left: unpacked}
	for _, part := range z.File {
		w.parts[strings.ToLower(strings.TrimPrefix(part.Name, "/"))] = part
	}
	main, err := w.mainPart()
	if err != nil {
		return nil, err
	}
	types, err := w.readMain(main)
	if err != nil {
		return nil, err
	}
	if err := w.readStyles(types["styles"]); err != nil {
		return nil, err
	}
	return w, w.readStrings(types["sharedStrings"])
}

// directory bounds how much is read of the list of parts, which stands in
// memory whole.
type directory struct {
	r    io.ReaderAt
	left int
	read bool // it was
}

var errManyParts = fmt.Errorf("the workbook has more than the %d parts that are read", maxParts)

// ReadAt implements io.ReaderAt.
func (d *directory) ReadAt(p []byte, at int64) (int, error) {
	if !d.read {
		if d.left -= len(p); d.left < 0 {
			return 0, errManyParts
		}
	}
	return d.r.ReadAt(p, at)
}

// open opens a part; what it gives ends with an error beyond the bound.
func (w *workbook) open(name string) (io.ReadCloser, error) {
	part := w.parts[strings.ToLower(name)]
	if part == nil {
		return nil, fmt.Errorf("the workbook is damaged: it has no part %s", name)
	}
	r, err := part.Open()
	if err != nil {
		return nil, fmt.Errorf("the workbook is damaged: part %s: %w", name, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{&limited{r: r, left: &w.left}, r}, nil
}

// limited fails where io.LimitReader would end as if the part had ended.
type limited struct {
	r    io.Reader
	left *int64
}

var errUnpacked = errors.New("it unpacks to more than is read of a workbook")

// Read implements io.Reader.
func (l *limited) Read(p []byte) (int, error) {
	if *l.left <= 0 {
		return 0, errUnpacked
	}
	n, err := l.r.Read(p[:min(int64(len(p)), *l.left)])
	*l.left -= int64(n)
	return n, err
}

// decode reads a small part as a whole.
func (w *workbook) decode(name string, into any) error {
	r, err := w.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	most := int64(16 << 20)
	elements := &shallow{Decoder: xml.NewDecoder(&limited{r: r, left: &most})}
	if err := xml.NewTokenDecoder(elements).Decode(into); err != nil {
		return fmt.Errorf("the workbook is damaged: part %s: %w", name, err)
	}
	return nil
}

// shallow refuses elements that lie deep in each other: each takes memory, and
// no part has them.
type shallow struct {
	*xml.Decoder
	depth int
}

const maxDepth = 64

// Token implements xml.TokenReader.
func (s *shallow) Token() (xml.Token, error) {
	t, err := s.RawToken()
	switch t.(type) {
	case xml.StartElement:
		if s.depth++; s.depth > maxDepth {
			return nil, fmt.Errorf("elements lie more than %d deep in each other", maxDepth)
		}
	case xml.EndElement:
		s.depth--
	}
	return t, err
}

type relations struct {
	List []struct {
		ID     string `xml:"Id,attr"`
		Type   string `xml:"Type,attr"`
		Target string `xml:"Target,attr"`
	} `xml:"Relationship"`
}

// related are the parts that a part names, by id, and the last of each type.
func (w *workbook) related(part string) (byID, byType map[string]string, err error) {
	folder, file := path.Split(part)
	name := folder + "_rels/" + file + ".rels"
	var r relations
	if err := w.decode(name, &r); err != nil {
		return nil, nil, err
	}
	byID, byType = map[string]string{}, map[string]string{}
	for _, relation := range r.List {
		target := strings.TrimPrefix(path.Join("/", folder, relation.Target), "/")
		if strings.HasPrefix(relation.Target, "/") {
			target = strings.TrimPrefix(path.Clean(relation.Target), "/")
		}
		byID[relation.ID] = target
		byType[path.Base(relation.Type)] = target
	}
	return byID, byType, nil
}

func (w *workbook) mainPart() (string, error) {
	_, types, err := w.related("")
	if err != nil {
		return "", errors.New("this is a ZIP file, no workbook")
	}
	if types["officeDocument"] == "" {
		return "", errors.New("this is a ZIP file, no workbook")
	}
	if strings.HasSuffix(types["officeDocument"], ".bin") {
		return "", errors.New("this is a binary workbook (.xlsb); save it as .xlsx")
	}
	return types["officeDocument"], nil
}

func (w *workbook) readMain(part string) (types map[string]string, err error) {
	var main struct {
		XMLName    xml.Name `xml:"workbook"`
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string     `xml:"name,attr"`
			State string     `xml:"state,attr"`
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := w.decode(part, &main); err != nil {
		return nil, err
	}
	byID, types, err := w.related(part)
	if err != nil {
		return nil, err
	}
	w.from1904 = main.Properties.Date1904 == "1" || main.Properties.Date1904 == "true"
	for _, s := range main.Sheets {
		at := slices.IndexFunc(s.Attrs, func(a xml.Attr) bool { return a.Name.Local == "id" && a.Name.Space != "" })
		if at < 0 || byID[s.Attrs[at].Value] == "" {
			return nil, fmt.Errorf("the workbook is damaged: sheet %q has no content", s.Name)
		}
		if target := byID[s.Attrs[at].Value]; strings.Contains(target, "worksheets/") { // not a sheet of one chart
			w.sheets = append(w.sheets, sheetPart{name: s.Name, part: target, hidden: s.State != "" && s.State != "visible"})
		}
	}
	return types, nil
}

// readStrings reads the texts that cells share.
func (w *workbook) readStrings(part string) error {
	if part == "" || w.parts[strings.ToLower(part)] == nil {
		return nil
	}
	r, err := w.open(part)
	if err != nil {
		return err
	}
	defer r.Close()
	size := 0
	tokens := newTokens(r)
	var item textRuns
	for {
		token, err := tokens.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the workbook is damaged: part %s: %w", part, err)
		}
		if item.take(token, "si") {
			if item.long {
				return fmt.Errorf("text %d that cells share: %w", len(w.strings)+1, errLong)
			}
			s := item.String()
			if size += len(s) + aString; size > maxStrings {
				return fmt.Errorf("the texts of the workbook take more than %d MiB", maxStrings>>20)
			}
			w.strings = append(w.strings, s)
		}
	}
}

// textRuns puts a text together that is kept in pieces, each with a look of
// its own. How a text is pronounced is no part of it.
type textRuns struct {
	b            strings.Builder
	inside, text bool
	phonetic     bool
	long         bool // longer than is read
}

var errLong = fmt.Errorf("a value is longer than %d MiB", maxRowSize>>20)

// take takes a token in and tells whether it ended an element of that name.
func (t *textRuns) take(x token, element string) bool {
	switch x.start {
	case element:
		t.b.Reset()
		t.inside = true
	case "rPh":
		t.phonetic = true
	case "t":
		t.text = t.inside && !t.phonetic
	}
	switch x.end {
	case element:
		t.inside = false
		return true
	case "rPh":
		t.phonetic = false
	case "t":
		t.text = false
	}
	if t.text {
		if t.long = t.long || t.b.Len()+len(x.text) > maxRowSize; !t.long {
			t.b.Write(x.text)
		}
	}
	return false
}

// String is the text.
func (t *textRuns) String() string { return unescaped(t.b.String()) }

// unescaped turns _x000D_ into the character that XML cannot hold.
func unescaped(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for {
		at := strings.Index(s, "_x")
		if at < 0 || len(s) < at+7 {
			b.WriteString(s)
			return b.String()
		}
		n, err := strconv.ParseUint(s[at+2:at+6], 16, 32)
		if err != nil || s[at+6] != '_' {
			b.WriteString(s[:at+2])
			s = s[at+2:]
			continue
		}
		b.WriteString(s[:at])
		b.WriteRune(rune(n))
		s = s[at+7:]
	}
}
