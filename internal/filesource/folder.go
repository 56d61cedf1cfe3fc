package filesource

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// single yields the one file of the settings.
func (s *Source) single(ctx context.Context, known func(string) string) iter.Seq2[*Found, error] {
	return func(yield func(*Found, error) bool) {
		name := filepath.Base(s.settings.File)
		// A link here is what the settings ask for, unlike one found in a folder.
		found, file := look(ctx, name, known(name), func() (*os.File, error) {
			if info, err := os.Stat(s.settings.File); err == nil && !info.Mode().IsRegular() { // opening a pipe would wait
				return nil, errNoFile
			}
			return os.Open(s.settings.File)
		})
		if file != nil {
			defer func() { _ = file.Close() }()
		}
		if found.Err != nil {
			yield(nil, fmt.Errorf("file %s: %w", s.settings.File, found.Err))
			return
		}
		yield(found, nil)
	}
}

// folder yields the files of the folder.
func (s *Source) folder(ctx context.Context, known func(string) string) iter.Seq2[*Found, error] {
	return func(yield func(*Found, error) bool) {
		root, err := os.OpenRoot(s.settings.Folder)
		if err != nil {
			yield(nil, fmt.Errorf("folder: %w", err))
			return
		}
		defer func() { _ = root.Close() }()
		entries, err := fs.ReadDir(root.FS(), ".") // in the order of names
		if err != nil {
			yield(nil, fmt.Errorf("folder: %w", err))
			return
		}
		for _, entry := range entries {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			if entry.Type().IsRegular() && s.wanted(entry.Name()) && !one(ctx, root, entry.Name(), known, yield) {
				return
			}
		}
	}
}

// one yields a file of the folder and tells whether to go on.
func one(ctx context.Context, root *os.Root, name string, known func(string) string, yield func(*Found, error) bool) bool {
	found, file := look(ctx, name, known(name), func() (*os.File, error) {
		file, err := root.Open(name)
		if err != nil {
			return nil, err
		}
		// It may have become a link since the folder was listed.
		here, err := root.Lstat(name)
		opened, errOpened := file.Stat()
		if err = errors.Join(err, errOpened); err == nil && !os.SameFile(here, opened) {
			err = errors.New("it is a link, which is not followed")
		}
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		return file, nil
	})
	if file != nil {
		defer func() { _ = file.Close() }()
	}
	if errors.Is(found.Err, fs.ErrNotExist) { // gone since the folder was listed
		return true
	}
	if err := ctx.Err(); err != nil {
		yield(nil, err)
		return false
	}
	return yield(found, nil)
}

// wanted tells whether a name is one of a file to read.
func (s *Source) wanted(name string) bool {
	lower := strings.ToLower(name)
	switch {
	case strings.HasPrefix(name, "."), strings.HasPrefix(name, "~"), strings.HasPrefix(name, "#"):
		return false
	case strings.HasSuffix(name, "~"):
		return false
	case slices.Contains(unfinished, path.Ext(lower)):
		return false
	case s.settings.Pattern != "":
		ok, err := path.Match(s.settings.Pattern, name)
		return ok && err == nil
	}
	return slices.Contains(s.options.Extensions, path.Ext(lower))
}

// unfinished are the ends of names that programs give to files they are
// writing.
var unfinished = []string{".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".swp", ".bak", ".lock"}

var errNoFile = errors.New("it is no regular file")

// look opens a file and reads it once for its hash. The file it returns beside
// is to be closed.
func look(ctx context.Context, name, known string, open func() (*os.File, error)) (*Found, *os.File) {
	found := &Found{Name: name}
	file, err := open()
	if err != nil {
		found.Err = fmt.Errorf("cannot be opened: %w", bare(err))
		return found, nil
	}
	before, err := file.Stat()
	if err == nil && !before.Mode().IsRegular() {
		err = errNoFile
	}
	if err == nil {
		found.Hash, found.Size, err = hashed(ctx, file)
	}
	if err != nil {
		found.Err = fmt.Errorf("cannot be read: %w", bare(err))
		return found, file
	}
	found.ModTime = before.ModTime().UTC()
	found.settled = func() error {
		now, err := file.Stat()
		switch {
		case err != nil:
			return fmt.Errorf("cannot be read: %w", bare(err))
		case now.Size() != found.Size || !now.ModTime().Equal(before.ModTime()):
			return ErrChanging
		}
		return nil
	}
	if err := found.settled(); err != nil {
		found.Err = err
		return found, file
	}
	found.State = state{Hash: found.Hash}.String()
	if parseState(known).Hash == found.Hash {
		found.Unchanged = true
		return found, file
	}
	found.File = file
	return found, file
}

// bare is an error of the file system without the path, which whoever gets it
// may have no business with.
func bare(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
