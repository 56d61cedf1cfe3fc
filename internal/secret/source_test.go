package secret_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumbline/internal/secret"
)

// secretFile writes a file, in place or, as mounted secrets are replaced, by
// putting another one in its place.
func secretFile(t *testing.T, path, text string, inPlace bool) {
	t.Helper()
	to := path
	if !inPlace {
		to += ".new"
	}
	if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(to, path); err != nil {
		t.Fatal(err)
	}
}

func gives(t *testing.T, source secret.Source, refused, want string) {
	t.Helper()
	got, err := source.Secret(t.Context(), secret.New(refused))
	if err != nil || got.Reveal() != want {
		t.Errorf("the source gives %q, %v; want %q", got.Reveal(), err, want)
	}
}

func TestAReplacedFileGivesTheNewSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	secretFile(t, path, "  first\r\n", true)
	source := secret.NewFile(path)
	gives(t, source, "", "first")
	was, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	secretFile(t, path, "  later\r\n", false) // of the same size, and made to be of the same time
	if err := os.Chtimes(path, was.ModTime(), was.ModTime()); err != nil {
		t.Fatal(err)
	}
	gives(t, source, "", "later")
	secretFile(t, path, "longer than before", true)
	gives(t, source, "", "longer than before")
}

// A link to a folder that is exchanged as a whole is how Kubernetes mounts
// secrets.
func TestAMountedSecretIsReplacedByItsLink(t *testing.T) {
	dir := t.TempDir()
	for _, version := range []string{"v1", "v2"} {
		if err := os.Mkdir(filepath.Join(dir, version), 0o700); err != nil {
			t.Fatal(err)
		}
		secretFile(t, filepath.Join(dir, version, "token"), version, true)
		if err := os.Chtimes(filepath.Join(dir, version, "token"), time.Unix(1, 0), time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to string) {
		if err := os.Symlink(to, filepath.Join(dir, "new")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "new"), filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	link("v1")
	source := secret.NewFile(filepath.Join(dir, "..data", "token"))
	gives(t, source, "", "v1")
	link("v2")
	gives(t, source, "", "v2")
}

// Two writes within one tick of the file system's clock look like none. What
// was refused is read again whatever the file looks like.
func TestARefusedSecretIsReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	secretFile(t, path, "first", true)
	source := secret.NewFile(path)
	gives(t, source, "", "first")
	was, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	secretFile(t, path, "later", true)
	if err := os.Chtimes(path, was.ModTime(), was.ModTime()); err != nil {
		t.Fatal(err)
	}
	gives(t, source, "first", "later")
	gives(t, source, "first", "later") // refused to somebody who asked before
	gives(t, source, "later", "later") // there is no other
}

func TestAFileThatIsBeingReplacedDoesNotMatterUntilItsSecretIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	secretFile(t, path, "canary", true)
	source := secret.NewFile(path)
	gives(t, source, "", "canary")
	for name, spoil := range map[string]func(){
		"empty":     func() { secretFile(t, path, "", true) },
		"two lines": func() { secretFile(t, path, "canary\ncanary", true) },
		"gone":      func() { _ = os.Remove(path) },
	} {
		spoil()
		gives(t, source, "", "canary")
		if s, err := source.Secret(t.Context(), secret.New("canary")); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s, and the last was refused: %q, %v; want an error that does not show it", name, s.Reveal(), err)
		}
	}
}

func TestAFileWithoutASecretIsNamed(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "token")
	for want, text := range map[string]string{
		"it is empty": " \n", "more than one line": "a\nb", "control characters": "a\x00b",
		fmt.Sprint("larger than ", secret.MaxFile): strings.Repeat("x", secret.MaxFile+1),
	} {
		secretFile(t, path, text, true)
		if _, err := secret.NewFile(path).Secret(t.Context(), secret.String{}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("error = %v, want the path and %q", err, want)
		}
	}
	for path, want := range map[string]string{filepath.Join(dir, "none"): "no such file", dir: "no regular file"} {
		if _, err := secret.NewFile(path).Secret(t.Context(), secret.String{}); err == nil || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), path) != 1 {
			t.Errorf("error = %v, want the path once and %q", err, want)
		}
	}
}

func TestAFixedSecretStays(t *testing.T) {
	gives(t, secret.Fixed(secret.New("a")), "", "a")
	gives(t, secret.Fixed(secret.New("a")), "a", "a")
}
