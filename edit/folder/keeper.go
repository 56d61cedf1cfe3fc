package folder

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumbline/portfolio"
)

// A Reader has the newest snapshot; the replica is one.
type Reader interface {
	Snapshot() *portfolio.Snapshot
	// Wait returns a snapshot that holds the revision.
	Wait(ctx context.Context, revision int64) (*portfolio.Snapshot, error)
}

// Name is what the log calls the strategy folder, wherever each replica has
// it.
const Name = "strategy"

// MaxHashes is how many former states of the folder the log remembers. One
// that is forgotten would count as new.
const MaxHashes = 1000

// author is who commits what the folder says.
const author = portfolio.AuthorOfFile + Name

// folderPath leads to the record of the folder itself.
var folderPath = []string{"folder"}

// ErrEmpty says that a folder holds no entry at all, which is taken for a
// mistake and not for the wish to delete everything.
var ErrEmpty = errors.New("the folder holds no entry of any list; nothing is deleted because of that")

// Apply makes the log hold what the folder says, in one commit or not at all:
// what its files no longer say is deleted. A folder that the log has left
// behind is older and changes nothing, unless force says that going back is
// meant. The error is ErrEmpty or one of the store; what is wrong with the
// files is in the report.
func Apply(ctx context.Context, files []File, editor Editor, reader Reader, force bool) (Report, error) {
	return apply(ctx, files, Hash(files), editor, reader, force, false)
}

// Check reads a folder and says what Apply would do; it writes nothing.
func Check(ctx context.Context, dir string, editor Editor, reader Reader) (Report, error) {
	files, hash, err := Load(dir)
	if err != nil {
		return Report{}, err
	}
	return apply(ctx, files, hash, editor, reader, true, true)
}

func apply(ctx context.Context, files []File, hash string, editor Editor, reader Reader, force, dryRun bool) (Report, error) {
	for {
		snapshot := reader.Snapshot()
		report, moved, err := attempt(ctx, snapshot, files, hash, editor, force, dryRun)
		if err != nil || !moved {
			return report, err
		}
		// Another replica was first. What it wrote decides anew.
		if _, err := reader.Wait(ctx, snapshot.Position().Revision+1); err != nil {
			return report, err
		}
	}
}

// attempt applies the folder to a snapshot, and reports whether another
// replica has applied one meanwhile.
func attempt(ctx context.Context, on *portfolio.Snapshot, files []File, hash string, editor Editor, force, dryRun bool) (_ Report, moved bool, err error) {
	fact, version := standing(on)
	state, inForce := fact.judge(hash)
	if state != StateNew && !force {
		return Report{State: state, Hash: hash, InForce: inForce}, false, nil
	}
	batch, problems := Read(files)
	if len(batch.Changes) == 0 && len(problems) == 0 {
		return Report{State: state, Hash: hash, InForce: inForce}, false, ErrEmpty
	}
	batch.Own()
	batch.forget(on)
	batch.Changes = append(batch.Changes, portfolio.EditChange{
		Put: fact.with(hash), Expect: &version, Author: author, Path: folderPath,
	})
	batch.Lists = append(batch.Lists, "")
	edit := portfolio.Edit{Caller: portfolio.Local, Author: author, DryRun: dryRun}
	report, err := batch.record(ctx, editor, problems, edit)
	report.State, report.Hash, report.InForce = state, hash, inForce
	if slices.ContainsFunc(report.Problems, func(p Problem) bool { return p.moved }) {
		return report, true, nil
	}
	if err == nil && !dryRun && len(report.Problems) == 0 {
		report.State, report.InForce = StateInForce, hash
	}
	return report, false, err
}

// states are those of the folder that were applied, the newest last.
type states struct{ *portfolio.FolderFact }

// standing returns the states that were applied, and the version of their
// document.
func standing(s *portfolio.Snapshot) (states, int64) {
	fact := &portfolio.FolderFact{Folder: Name}
	v, ok := s.Document(fact.Key())
	if !ok {
		return states{fact}, 0
	}
	return states{v.Doc.(*portfolio.FolderFact)}, v.Rev
}

// judge tells a new state from the one in force and from older ones.
func (s states) judge(hash string) (state State, inForce string) {
	if len(s.Hashes) > 0 {
		inForce = s.Hashes[len(s.Hashes)-1]
	}
	switch {
	case inForce == hash:
		return StateInForce, inForce
	case slices.Contains(s.Hashes, hash):
		return StateOlder, inForce
	}
	return StateNew, inForce
}

// with are the states when this one is the newest.
func (s states) with(hash string) *portfolio.FolderFact {
	hashes := slices.DeleteFunc(slices.Clone(s.Hashes), func(h string) bool { return h == hash })
	hashes = append(hashes, hash)
	if len(hashes) > MaxHashes {
		hashes = hashes[len(hashes)-MaxHashes:]
	}
	return &portfolio.FolderFact{Folder: Name, Hashes: hashes}
}

// fileOf is the file of the folder that owns a document.
func fileOf(f portfolio.RecordedFact) string {
	return strings.TrimPrefix(f.Authorship().Author, portfolio.AuthorOfFile)
}

// listOfFact is the list that holds a document.
func listOfFact(f portfolio.RecordedFact) *list {
	key := f.Key()
	for _, l := range lists {
		if l.kind == key.Kind && (!l.overrides || strings.HasPrefix(key.ID, l.members[0].name+":")) {
			return l
		}
	}
	return &list{name: fmt.Sprintf("%ss", key.Kind)}
}

func compare(a, b portfolio.Key) int {
	if c := strings.Compare(string(a.Kind), string(b.Kind)); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}
