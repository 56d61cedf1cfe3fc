package filesource_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/internal/filesource"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, s filesource.Settings) *filesource.Source {
	t.Helper()
	source, err := s.Source(connectors.Env{Connection: "plans"}, filesource.Options{Extensions: []string{".xml"}})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// read tells each file as "name: content", or what is wrong with it, and the
// states for the next time.
func read(t *testing.T, s *filesource.Source, states map[string]string) []string {
	t.Helper()
	var got []string
	for f, err := range s.Files(t.Context(), func(name string) string { return states[name] }) {
		switch {
		case err != nil:
			return append(got, "error: "+err.Error())
		case f.Err != nil:
			got = append(got, fmt.Sprintf("%s! %v", f.Name, f.Err))
			continue
		case f.Unchanged:
			got = append(got, f.Name+" unchanged")
		default:
			text, err := io.ReadAll(f.File)
			if err == nil {
				err = f.Settled()
			}
			if err != nil {
				t.Fatal(err)
			}
			if f.Size != int64(len(text)) || len(f.Hash) != 64 || f.ModTime.IsZero() {
				t.Errorf("%s: size %d, hash %q, time %v", f.Name, f.Size, f.Hash, f.ModTime)
			}
			got = append(got, f.Name+": "+string(text))
		}
		if states != nil {
			states[f.Name] = f.State
		}
	}
	return got
}

func want(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
}

func TestAFolderIsReadInTheOrderOfItsNames(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "secret.xml")
	write(t, outside, "not ours")
	for _, name := range []string{
		"b.xml", "a.XML", "~$a.xml", ".hidden.xml", "c.xml.tmp", "d.tmp", "e.xml~", "#f.xml#", "g.txt", "h.xml.part",
	} {
		write(t, filepath.Join(dir, name), name)
	}
	for link, to := range map[string]string{"out.xml": outside, "in.xml": filepath.Join(dir, "b.xml")} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.xml"), 0o700); err != nil {
		t.Fatal(err)
	}
	want(t, read(t, open(t, filesource.Settings{Folder: dir}), nil), "a.XML: a.XML", "b.xml: b.xml")
	want(t, read(t, open(t, filesource.Settings{Folder: dir, Pattern: "[bg].*"}), nil), "b.xml: b.xml", "g.txt: g.txt")
}

func TestAFileThatIsTheSameIsTold(t *testing.T) {
	dir, states := t.TempDir(), map[string]string{}
	for _, name := range []string{"a.xml", "b.xml"} {
		write(t, filepath.Join(dir, name), "one")
	}
	s := open(t, filesource.Settings{Folder: dir})
	want(t, read(t, s, states), "a.xml: one", "b.xml: one")
	want(t, read(t, s, states), "a.xml unchanged", "b.xml unchanged")
	was, err := os.Stat(filepath.Join(dir, "a.xml"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "a.xml"), "two") // of the same size, and made to be of the same time
	if err := os.Chtimes(filepath.Join(dir, "a.xml"), was.ModTime(), was.ModTime()); err != nil {
		t.Fatal(err)
	}
	want(t, read(t, s, states), "a.xml: two", "b.xml unchanged")
}

func TestAFileThatChangesWhileItIsReadIsReported(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xml")
	write(t, path, "half")
	for f, err := range open(t, filesource.Settings{File: path}).Files(t.Context(), func(string) string { return "" }) {
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Settled(); err != nil {
			t.Errorf("before: %v", err)
		}
		write(t, path, "half and half")
		if err := f.Settled(); !errors.Is(err, filesource.ErrChanging) {
			t.Errorf("after: %v, want ErrChanging", err)
		}
	}
}

func TestAFileThatIsReplacedIsReadToTheEndAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xml")
	write(t, path, "before")
	for f, err := range open(t, filesource.Settings{File: path}).Files(t.Context(), func(string) string { return "" }) {
		if err != nil {
			t.Fatal(err)
		}
		write(t, path+".new", "after")
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(f.File); err != nil || string(text) != "before" || f.Settled() != nil {
			t.Errorf("read %q, %v, %v", text, err, f.Settled())
		}
	}
}

func TestOneUnreadableFileLeavesTheOthers(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read everything")
	}
	dir := t.TempDir()
	for _, name := range []string{"a.xml", "b.xml"} {
		write(t, filepath.Join(dir, name), name)
	}
	if err := os.Chmod(filepath.Join(dir, "a.xml"), 0); err != nil {
		t.Fatal(err)
	}
	want(t, read(t, open(t, filesource.Settings{Folder: dir}), nil), "a.xml! cannot be opened: permission denied", "b.xml: b.xml")
}

func TestAMissingPlaceIsAnError(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none.xml")
	for _, s := range []filesource.Settings{{File: none}, {Folder: none}, {File: t.TempDir()}} {
		got := read(t, open(t, s), nil)
		if len(got) != 1 || !strings.HasPrefix(got[0], "error: ") {
			t.Errorf("%+v: read %q, want an error", s, got)
		}
	}
	want(t, read(t, open(t, filesource.Settings{Folder: t.TempDir()}), nil))
}

func TestReadingStopsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xml")
	write(t, path, "a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, s := range []filesource.Settings{{File: path}, {Folder: filepath.Dir(path)}} {
		var last error
		for _, err := range open(t, s).Files(ctx, func(string) string { return "" }) {
			last = err
		}
		if !errors.Is(last, context.Canceled) {
			t.Errorf("%+v: %v, want context.Canceled", s, last)
		}
	}
}

func TestSettingsThatMakeNoSenseAreNamed(t *testing.T) {
	var token filesource.Auth
	token.File = "token"
	for wanted, s := range map[string]filesource.Settings{
		"folder is given beside file":        {File: "a", Folder: "b"},
		"url is given beside file or folder": {File: "a", URL: "https://example.com/a"},
		"pattern is given without folder":    {Pattern: "*.xml"},
		"is none for names of files":         {Folder: "a", Pattern: "../*"},
		"pattern \"[\"":                      {Folder: "a", Pattern: "["},
		"url is not an address":              {URL: "ftp://example.com/a"},
		"put them under auth":                {URL: "https://a:b@example.com/a"},
		"auth is given without url":          {File: "a", Auth: token},
		"which is its password":              {URL: "https://example.com/a", Auth: filesource.Auth{User: "ann"}},
	} {
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), wanted) {
			t.Errorf("%+v: %v, want %q", s, err, wanted)
		}
	}
	for _, s := range []filesource.Settings{{}, {File: "a"}, {Folder: "a", Pattern: "*.xml"}, {URL: "https://example.com/a?x=y", Auth: token}} {
		if err := s.Validate(); err != nil {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if s := (filesource.Settings{}); !s.Waits() {
		t.Error("settings without a place do not wait")
	}
	if _, err := (&filesource.Settings{}).Source(connectors.Env{}, filesource.Options{}); err == nil {
		t.Error("settings without a place gave a source")
	}
}

// A second look at a time long past must not find a file changed.
func TestTimesOfAllAgesAreSettled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xml")
	write(t, path, "a")
	if err := os.Chtimes(path, time.Unix(0, 0), time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	want(t, read(t, open(t, filesource.Settings{File: path}), nil), "a.xml: a")
}
