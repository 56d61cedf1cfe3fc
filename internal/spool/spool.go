// Package spool keeps what is too large for memory in a temporary file: it is
// written once, up to a limit, then read in any order, and gone when it is
// closed or the process ends. It does not encrypt.
package spool

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Limit is the default size of the largest file, in bytes: 256 MiB.
const Limit = 256 << 20

// ErrTooLarge says that more was written than the limit allows.
var ErrTooLarge = errors.New("larger than allowed")

// A File is a temporary file. It does not embed the one of os, whose other
// ways to write would pass the limit by.
type File struct {
	file        *os.File
	limit, size int64
	leftover    bool // it could not be removed while it is open
}

// New makes an empty one. A limit of 0 is the default.
func New(limit int64) (*File, error) {
	if limit <= 0 {
		limit = Limit
	}
	f, err := os.CreateTemp("", "plumbline-*.tmp")
	if err != nil {
		return nil, fmt.Errorf("a temporary file: %w", err)
	}
	// Without a name it cannot be left behind; some systems refuse that.
	return &File{file: f, limit: limit, leftover: os.Remove(f.Name()) != nil}, nil
}

// Write adds to the file. It writes nothing of what goes beyond the limit.
func (f *File) Write(p []byte) (int, error) {
	if f.size+int64(len(p)) > f.limit {
		return 0, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, f.limit)
	}
	n, err := f.file.Write(p)
	f.size += int64(n)
	return n, err
}

// Read implements io.Reader.
func (f *File) Read(p []byte) (int, error) { return f.file.Read(p) }

// ReadAt implements io.ReaderAt.
func (f *File) ReadAt(p []byte, at int64) (int, error) { return f.file.ReadAt(p, at) }

// Seek implements io.Seeker.
func (f *File) Seek(offset int64, whence int) (int64, error) { return f.file.Seek(offset, whence) }

// Size is how many bytes were written.
func (f *File) Size() int64 { return f.size }

// Rewind goes back to the beginning, for reading.
func (f *File) Rewind() error {
	_, err := f.Seek(0, io.SeekStart)
	return err
}

// Close closes and removes the file.
func (f *File) Close() error {
	err := f.file.Close()
	if f.leftover {
		f.leftover = false
		err = errors.Join(err, os.Remove(f.file.Name()))
	}
	return err
}
