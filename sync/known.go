package sync

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"plumbline/portfolio"
)

// Documents are the current documents at one revision. A portfolio.Snapshot
// is one.
type Documents interface {
	Position() portfolio.Position
	Document(portfolio.Key) (portfolio.Versioned, bool)
	Documents(portfolio.Kind) iter.Seq[portfolio.Versioned]
}

// A Replica follows the log in memory.
type Replica interface {
	// At returns the newest documents, which are of the revision or a later
	// one: it waits for them until ctx ends, or answers store.ErrReset when
	// the log turns out to be another one.
	At(ctx context.Context, revision int64) (Documents, error)
}

// catchUpLimit is how long the replica may take to show a commit of ours. It
// is less than a lease, which nobody keeps alive meanwhile.
const catchUpLimit = 20 * time.Second

// errBehind says that the replica does not show what was committed, because
// it cannot read the store or because the store has lost it.
var errBehind = fmt.Errorf("%w: what was committed does not show in %s", portfolio.ErrUnavailable, catchUpLimit)

// bounded is a replica that is waited for within catchUpLimit only: after the
// store was restored from an older copy, a revision may never come again.
type bounded struct{ Replica }

// At implements Replica.
func (b bounded) At(ctx context.Context, revision int64) (Documents, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, catchUpLimit, errBehind)
	defer cancel()
	docs, err := b.Replica.At(ctx, revision)
	if err != nil && errors.Is(context.Cause(ctx), errBehind) {
		return nil, errBehind
	}
	return docs, err
}

// maxOwn is how many of its own documents a run keeps until the replica has
// them; beyond that it waits, so that memory does not grow with the source.
const maxOwn = 10_000

// known is what the store holds as far as a run can tell. Only the holder of
// the lease writes a connection's facts, so that is the replica's picture
// with the run's own commits laid over it until the replica has caught up.
type known struct {
	replica Replica
	docs    Documents
	own     map[portfolio.Key]portfolio.Versioned // Doc is nil where deleted
	commits []ownCommit                           // oldest first
}

type ownCommit struct {
	rev  int64
	keys []portfolio.Key
}

func newKnown(replica Replica, docs Documents) *known {
	return &known{replica: replica, docs: docs, own: map[portfolio.Key]portfolio.Versioned{}}
}

// document returns the newest version of a document.
func (k *known) document(key portfolio.Key) (portfolio.Versioned, bool) {
	if v, ok := k.own[key]; ok {
		return v, v.Doc != nil
	}
	return k.docs.Document(key)
}

// documents yields the newest version of every document of a kind.
func (k *known) documents(kind portfolio.Kind) iter.Seq[portfolio.Versioned] {
	return func(yield func(portfolio.Versioned) bool) {
		for v := range k.docs.Documents(kind) {
			if _, ours := k.own[v.Doc.Key()]; !ours && !yield(v) {
				return
			}
		}
		for key, v := range k.own {
			if key.Kind == kind && v.Doc != nil && !yield(v) {
				return
			}
		}
	}
}

// wrote notes a commit of the run.
func (k *known) wrote(rev int64, put []portfolio.Document, deleted []portfolio.Key) {
	keys := make([]portfolio.Key, 0, len(put)+len(deleted))
	for _, doc := range put {
		key := doc.Key()
		k.own[key] = portfolio.Versioned{Rev: rev, Doc: doc}
		keys = append(keys, key)
	}
	for _, key := range deleted {
		k.own[key] = portfolio.Versioned{Rev: rev}
		keys = append(keys, key)
	}
	k.commits = append(k.commits, ownCommit{rev, keys})
}

// refresh takes the replica's newest documents and forgets the commits they
// hold. It waits only when too much would have to be kept.
func (k *known) refresh(ctx context.Context) error {
	least := k.docs.Position().Revision
	if len(k.own) > maxOwn {
		least = k.commits[len(k.commits)-1].rev
	}
	docs, err := k.replica.At(ctx, least)
	if err != nil {
		return fmt.Errorf("wait for revision %d: %w", least, err)
	}
	k.docs = docs
	at := docs.Position().Revision
	for len(k.commits) > 0 && k.commits[0].rev <= at {
		for _, key := range k.commits[0].keys {
			if k.own[key].Rev <= at {
				delete(k.own, key)
			}
		}
		k.commits = k.commits[1:]
	}
	return nil
}

// find returns the document of a type under a key.
func find[T portfolio.Document](docs interface {
	document(portfolio.Key) (portfolio.Versioned, bool)
}, key portfolio.Key) (doc T, rev int64, ok bool) {
	v, ok := docs.document(key)
	if !ok {
		return doc, 0, false
	}
	doc, ok = v.Doc.(T)
	return doc, v.Rev, ok
}
