package msproject

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/msproject/msprojecttest"
)

const head = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<Project xmlns="http://schemas.microsoft.com/project">`

func TestBadFilesAreClearErrors(t *testing.T) {
	good := string((&msprojecttest.Plan{Title: "Plan", Tasks: []msprojecttest.Task{{UID: 1, Level: 1, Name: "A"}}}).XML())
	for name, c := range map[string]struct{ text, want string }{
		"empty":               {"", "the file is empty"},
		"spaces":              {"  \n ", "breaks off"},
		"own format":          {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on", "choose File, Save As, XML Format"},
		"archive":             {"PK\x03\x04 and so on", "unpack it"},
		"gzip":                {"\x1f\x8b\x08\x00 and so on", "unpack it"},
		"no XML":              {"Name;Due\nA;2026-01-01\n", "breaks off"},
		"other root":          {`<gpx xmlns="http://example.com/"><wpt/></gpx>`, "<gpx>, which is no plan"},
		"no namespace":        {`<Project><Tasks/></Project>`, "a <Project> of the namespace"},
		"other namespace":     {`<Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003"/>`, `"http://schemas.microsoft.com/developer/msbuild/2003"; http://schemas.microsoft.com/project is expected`},
		"breaks off":          {good[:len(good)/2], "breaks off"},
		"breaks off in a tag": {head + "<Tasks><Task><UID>1</U", "line 2: "},
		"not closed":          {head + "<Tasks><Task></Tasks></Project>", "line 2: not well-formed XML"},
		"bomb":                {bomb, "document type definition"},
		"external entity":     {`<!DOCTYPE Project SYSTEM "file:///etc/passwd"><Project/>`, "document type definition"},
		"unknown entity":      {head + "<Title>&lol;</Title></Project>", "line 2: not well-formed XML"},
		"deep":                {head + strings.Repeat("<Tasks>", 100_000), "more than 64 deep"},
		"deep in a task":      {head + "<Tasks><Task>" + strings.Repeat("<Notes>", 100_000), "more than 64 deep"},
		"two plans":           {good + strings.TrimPrefix(good, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>"), "two files may lie in one"},
		"encoding":            {`<?xml version="1.0" encoding="EBCDIC"?><Project/>`, `encoding "ebcdic" is not read`},
		"not UTF-8":           {head + "<Title>caf\xe9</Title></Project>", "invalid UTF-8"},
		"control characters":  {head + "<Title>a\x01b</Title></Project>", "line 2: not well-formed XML"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readPlan(t.Context(), strings.NewReader(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error = %v, want %q", err, c.want)
			}
			if err != nil && len(err.Error()) > 600 {
				t.Errorf("the error has %d characters", len(err.Error()))
			}
		})
	}
}

// bomb grows to 3 GB where entities are replaced.
const bomb = `<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<Project xmlns="http://schemas.microsoft.com/project"><Title>&lol2;</Title></Project>`

// endless repeats a text for ever after a beginning.
type endless struct {
	begin, text string
	read        int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.begin != "" {
		n := copy(p, e.begin)
		e.begin = e.begin[n:]
		return n, nil
	}
	for i := range p {
		p[i] = e.text[e.read%int64(len(e.text))]
		e.read++
	}
	return len(p), nil
}

// Whatever never ends is refused long before it fills memory.
func TestFilesWithoutAnEndAreRefusedInBoundedMemory(t *testing.T) {
	for name, c := range map[string]struct {
		begin, text, want string
		most              int64 // bytes that may be read
	}{
		"a value":              {head + "<Title>", "x", "larger than 4 MiB", 6 << 20},
		"a value in tags":      {head + "<Title>", "x<b></b>", "larger than 4 MiB", 64 << 20},
		"a tag":                {head + "<", "x", "larger than 4 MiB", 6 << 20},
		"an attribute":         {head + `<Title a="`, "x", "larger than 4 MiB", 6 << 20},
		"a comment":            {head + "<!--", "x", "larger than 4 MiB", 6 << 20},
		"a definition":         {"<!DOCTYPE a [", "<!ENTITY a 'b'>", "larger than 4 MiB", 6 << 20},
		"spaces":               {"", " ", "larger than 4 MiB", 6 << 20},
		"zeros":                {"", "\x00", "not well-formed", 6 << 20},
		"a value of UTF-16":    {"\xff\xfe" + wide(head+"<Title>"), "x\x00", "larger than 4 MiB", 12 << 20},
		"custom fields":        {head + "<ExtendedAttributes>", "<ExtendedAttribute><FieldID>1</FieldID></ExtendedAttribute>", "", 0},
		"tags one after other": {head, "<a></a>", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			endless := &endless{begin: c.begin, text: c.text}
			var r io.Reader = endless
			if c.want == "" { // it takes no memory, so a file may have as many as it likes
				r, c.want, c.most = io.LimitReader(endless, 32<<20), "breaks off", 33<<20
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			p, err := readPlan(t.Context(), r)
			runtime.GC()
			runtime.ReadMemStats(&after)
			runtime.KeepAlive(p)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error = %v, want %q", err, c.want)
			}
			if endless.read > c.most {
				t.Errorf("%d bytes were read before that", endless.read)
			}
			if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
				t.Errorf("memory grew by %d bytes", grown)
			}
		})
	}
}

func TestATaskWithoutAnEndIsRefused(t *testing.T) {
	x, err := newDocument(&endless{begin: head, text: "<PredecessorLink><Type>1</Type></PredecessorLink>"})
	if err != nil {
		t.Fatal(err)
	}
	if err := x.root(); err != nil {
		t.Fatal(err)
	}
	if _, err := x.task(); err == nil || !strings.Contains(err.Error(), "more than 10000 links") {
		t.Errorf("error = %v, want that there are too many links", err)
	}
}

// wide is a text in UTF-16, the little end first.
func wide(text string) string {
	var b bytes.Buffer
	for _, u := range utf16.Encode([]rune(text)) {
		b.Write([]byte{byte(u), byte(u >> 8)})
	}
	return b.String()
}

// big turns a text in UTF-16 round.
func big(text string) string {
	turned := []byte(text)
	for i := 0; i+1 < len(turned); i += 2 {
		turned[i], turned[i+1] = turned[i+1], turned[i]
	}
	return string(turned)
}

func TestEncodings(t *testing.T) {
	plan := func(encoding string) string {
		return `<?xml version="1.0" encoding="` + encoding + `"?><Project xmlns="http://schemas.microsoft.com/project"><Title>Größe</Title><Tasks/></Project>`
	}
	for name, text := range map[string]string{
		"UTF-8":                       plan("UTF-8"),
		"UTF-8 with a mark":           "\xEF\xBB\xBF" + plan("utf-8"),
		"UTF-16, little end first":    wide("\ufeff" + plan("UTF-16")),
		"UTF-16, big end first":       big(wide("\ufeff" + plan("utf-16"))),
		"UTF-16LE without a mark":     wide(plan("UTF-16LE")),
		"UTF-16BE without a mark":     big(wide(plan("UTF-16BE"))),
		"UTF-16 that says nothing":    wide("\ufeff" + strings.TrimPrefix(plan("x"), `<?xml version="1.0" encoding="x"?>`)),
		"Windows-1252":                strings.ReplaceAll(strings.ReplaceAll(plan("windows-1252"), "ö", "\xf6"), "ß", "\xdf"),
		"what is called ISO-8859-1":   strings.ReplaceAll(strings.ReplaceAll(plan("ISO-8859-1"), "ö", "\xf6"), "ß", "\xdf"),
		"UTF-8 without a declaration": strings.TrimPrefix(plan("x"), `<?xml version="1.0" encoding="x"?>`),
	} {
		t.Run(name, func(t *testing.T) {
			p, err := readPlan(t.Context(), strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if p.head["Title"] != "Größe" {
				t.Errorf("the title is %q", p.head["Title"])
			}
		})
	}
}

func TestReadingAPlanStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	plan := &msprojecttest.Plan{Tasks: []msprojecttest.Task{{UID: 1, Level: 1, Name: "A"}}}
	if _, err := readPlan(ctx, bytes.NewReader(plan.XML())); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want context.Canceled", err)
	}
}

// FuzzPlan holds that no file does anything but give facts or an error, and
// the same ones when it is read again.
func FuzzPlan(f *testing.F) {
	f.Add([]byte(bomb))
	f.Add([]byte(head + "<Tasks><Task><UID>1</UID><Milestone>1</Milestone><PredecessorLink><PredecessorUID>1</PredecessorUID></PredecessorLink></Task></Tasks></Project>"))
	f.Add([]byte("\xff\xfe<\x00P\x00"))
	f.Add((&msprojecttest.Plan{
		GUID: "5F1B3C1A-0000-4B11-9C55-1A2B3C4D5E6F", Title: "Plan", Manager: "Ann", Fields: [][3]string{{"188743731", "Text1", "Department"}},
		Tasks: []msprojecttest.Task{
			{UID: 0, Name: "Plan", Level: 0, Summary: true}, {UID: 1, Level: 1, Name: "Phase", Summary: true}, {},
			{UID: 2, Level: 2, Name: "Gate", Milestone: true, Links: []msprojecttest.Link{{UID: 1, Type: 1, Lag: 4800}, {UID: 9, Cross: `C:\other.mpp\3`}}, Fields: map[string]string{"188743731": "IT"}, Resources: []int{1}},
		},
		Resources: []msprojecttest.Resource{{UID: 1, Name: "Ann", Email: "ann@example.com"}},
	}).XML())
	if files, err := filepath.Glob(filepath.Join(os.Getenv("PLUMBLINE_TESTDATA"), "msproject", "*.xml")); err == nil && os.Getenv("PLUMBLINE_TESTDATA") != "" {
		for _, name := range files {
			if raw, err := os.ReadFile(name); err == nil {
				f.Add(raw)
			}
		}
	}
	s := Settings{Projects: ProjectSettings{Level: 1}, Milestones: MilestoneSettings{From: []string{"milestones", "summary", "tasks"}}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		read := func() string {
			opened, err := s.Open(connectors.Env{Connection: "plans", Fields: []string{"Cost", "Duration"}})
			if err != nil {
				t.Fatal(err)
			}
			c, err := opened.(connectors.Importer).Import("plan.xml", bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			l := connectortest.NewLedger()
			if err := l.Pull(t.Context(), c, nil); err != nil {
				return fmt.Sprint(err)
			}
			for key, fact := range l.Facts {
				if fact.Origin().ID == "" || strings.ContainsRune(key.ID, 0) {
					t.Errorf("%q has an odd id", key)
				}
			}
			return l.Export()
		}
		if a, b := read(), read(); a != b {
			t.Errorf("read as\n%s\nand then as\n%s", a, b)
		}
	})
}
