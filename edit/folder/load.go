package folder

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Load reads the files of a folder and of the folders below it, sorted by
// name, and the hash by which the state of the whole is known. Files that are
// neither YAML nor CSV are passed over, as is whatever begins with a dot.
func Load(dir string) ([]File, string, error) {
	root, err := filepath.EvalSymlinks(dir) // a folder that is swapped whole, as deployments do
	if err != nil {
		return nil, "", err
	}
	dir = root
	var names []string
	err = filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != dir && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir() || !Known(name):
			return nil
		}
		if names = append(names, name); len(names) > MaxFiles {
			return fmt.Errorf("it holds more than %d files", MaxFiles)
		}
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("read %s: %w", dir, err)
	}
	var files []File
	total := 0
	for _, name := range names {
		f, err := ReadFile(name)
		if err != nil {
			return nil, "", err
		}
		below, err := filepath.Rel(dir, name)
		if err != nil {
			return nil, "", err
		}
		if total += len(f.Data); total > MaxTotal {
			return nil, "", fmt.Errorf("read %s: it holds more than %d bytes", dir, MaxTotal)
		}
		f.Name = filepath.ToSlash(below)
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files, Hash(files), nil
}

// ReadFile reads one file. One that is larger than any may be is an error
// before it is in memory.
func ReadFile(name string) (File, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return File{}, err
	case info.IsDir():
		return File{}, &fs.PathError{Op: "read", Path: name, Err: errors.New("it is a folder")}
	case info.Size() > MaxCSV:
		return File{}, &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("it is larger than %d bytes", MaxCSV)}
	}
	data, err := os.ReadFile(name)
	return File{Name: filepath.ToSlash(name), Data: data}, err
}

// Hash is the SHA-256 by which a state of a folder is known, in hexadecimal:
// of the names and contents of its files.
func Hash(files []File) string {
	h := sha256.New()
	part := func(data []byte) {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(data)))
		h.Write(length[:])
		h.Write(data)
	}
	for _, f := range files {
		part([]byte(f.Name))
		part(f.Data)
	}
	return hex.EncodeToString(h.Sum(nil))
}
