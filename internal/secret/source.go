package secret

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"unicode"
)

// A Source gives the secret that holds now. Ask it before every use, so that a
// secret which is replaced while the program runs is used from then on.
type Source interface {
	// Secret returns the secret that holds now. refused is the one that has
	// just not been accepted, or the zero String: a source that remembers looks
	// again before it repeats that one, and a source that makes secrets makes a
	// new one only if refused is still its last, so that many uses refused at
	// once lead to a single new secret.
	Secret(ctx context.Context, refused String) (String, error)
}

// Fixed is a source that gives the same secret for ever.
func Fixed(s String) Source { return fixed{s} }

type fixed struct{ secret String }

func (f fixed) Secret(context.Context, String) (String, error) { return f.secret, nil }

// MaxFile is the size of the largest file that is taken for a secret, in bytes.
const MaxFile = 64 << 10

// A File is a source that reads a file, and reads it again when it was
// replaced or when its secret was refused. While the file is missing or
// unusable, as it may be in the moment of its replacement, the last secret
// holds, unless that one was refused.
type File struct {
	path string

	mu   sync.Mutex
	seen fs.FileInfo
	last String
}

// NewFile returns a source that reads the file at the path. The secret is its
// only line, without the spaces around it.
func NewFile(path string) *File { return &File{path: path} }

// Secret implements Source. Its errors name the file and never show what is
// in it.
func (f *File) Secret(_ context.Context, refused String) (String, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	useless := f.last.IsZero() || f.last.Equal(refused)
	info, err := os.Stat(f.path)
	if err == nil && !useless && unchanged(f.seen, info) {
		return f.last, nil
	}
	var read String
	if err == nil {
		read, err = f.read(info)
	}
	switch {
	case err == nil:
		f.seen, f.last = info, read
	case useless:
		var at *fs.PathError
		if errors.As(err, &at) { // the path is named here already
			err = at.Err
		}
		return String{}, fmt.Errorf("the file %s gives no secret: %w", f.path, err)
	}
	return f.last, nil
}

// unchanged also tells files apart that were put in each other's place, as
// mounted secrets are, whatever their times say.
func unchanged(before, now fs.FileInfo) bool {
	return os.SameFile(before, now) && before.ModTime().Equal(now.ModTime()) && before.Size() == now.Size()
}

func (f *File) read(info fs.FileInfo) (String, error) {
	if !info.Mode().IsRegular() { // a pipe would keep everybody waiting
		return String{}, errors.New("it is no regular file")
	}
	file, err := os.Open(f.path)
	if err != nil {
		return String{}, err
	}
	raw, err := io.ReadAll(io.LimitReader(file, MaxFile+1))
	if err = errors.Join(err, file.Close()); err != nil {
		return String{}, err
	}
	text := strings.TrimSpace(string(raw))
	switch {
	case len(raw) > MaxFile:
		return String{}, fmt.Errorf("it is larger than %d bytes", MaxFile)
	case text == "":
		return String{}, errors.New("it is empty")
	case strings.ContainsFunc(text, unicode.IsControl):
		return String{}, errors.New("it has more than one line, or control characters; one line with nothing but the secret is expected")
	}
	return New(text), nil
}
