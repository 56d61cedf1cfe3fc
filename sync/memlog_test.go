package sync

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"plumbline/portfolio"
	"plumbline/store"
)

// memLog is a log in memory that obeys Expect and keeps every version. It is
// its own replica, which may lag behind.
type memLog struct {
	now func() time.Time

	mu       sync.Mutex
	versions map[portfolio.Key][]portfolio.Versioned // Doc is nil where deleted
	keys     map[portfolio.Kind][]portfolio.Key
	commits  []portfolio.Commit
	// lag is how many commits the replica is behind when it is not asked for
	// more; each question brings it one further.
	lag, shown int64
	// check sees each change before it is committed, under the lock.
	check func(store.Change) error
	// after sees each commit, under the lock; an error is the writer's answer.
	after func(portfolio.Commit) error
	down  bool
}

func newMemLog() *memLog {
	return &memLog{
		now:      time.Now,
		versions: map[portfolio.Key][]portfolio.Versioned{},
		keys:     map[portfolio.Kind][]portfolio.Key{},
	}
}

func (l *memLog) Now(context.Context) (time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return time.Time{}, portfolio.ErrUnavailable
	}
	return l.now(), nil
}

func (l *memLog) Commit(ctx context.Context, c store.Change) (portfolio.Commit, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return portfolio.Commit{}, err
	}
	if l.down {
		return portfolio.Commit{}, portfolio.ErrUnavailable
	}
	if l.check != nil {
		if err := l.check(c); err != nil {
			return portfolio.Commit{}, err
		}
	}
	for key, rev := range c.Expect {
		if v, _ := l.at(key, l.head()); v.Rev != rev {
			return portfolio.Commit{}, fmt.Errorf("%w: %s is at %d, expected %d", store.ErrConflict, key, v.Rev, rev)
		}
	}
	return l.append(c)
}

// append makes a change the next commit.
func (l *memLog) append(c store.Change) (portfolio.Commit, error) {
	rev := l.head() + 1
	seen := map[portfolio.Key]bool{}
	for _, doc := range c.Put {
		if seen[doc.Key()] {
			return portfolio.Commit{}, fmt.Errorf("%w: %s is put twice", portfolio.ErrInvalid, doc.Key())
		}
		seen[doc.Key()] = true
		l.set(doc.Key(), portfolio.Versioned{Rev: rev, Doc: doc})
	}
	for _, key := range c.Delete {
		if seen[key] {
			return portfolio.Commit{}, fmt.Errorf("%w: %s is put and deleted", portfolio.ErrInvalid, key)
		}
		l.set(key, portfolio.Versioned{Rev: rev})
	}
	done := portfolio.Commit{
		Position: portfolio.Position{Revision: rev}, At: l.now(),
		Author: c.Author, Put: c.Put, Delete: c.Delete,
	}
	l.commits = append(l.commits, done)
	if l.after != nil {
		return done, l.after(done)
	}
	return done, nil
}

func (l *memLog) set(key portfolio.Key, v portfolio.Versioned) {
	if len(l.versions[key]) == 0 {
		l.keys[key.Kind] = append(l.keys[key.Kind], key)
	}
	l.versions[key] = append(l.versions[key], v)
}

func (l *memLog) head() int64 { return int64(len(l.commits)) }

// at returns a document as of a revision; its Rev is 0 where there was none.
func (l *memLog) at(key portfolio.Key, rev int64) (portfolio.Versioned, bool) {
	versions := l.versions[key]
	i, exact := slices.BinarySearchFunc(versions, rev, func(v portfolio.Versioned, rev int64) int { return int(v.Rev - rev) })
	if exact {
		i++
	}
	if i == 0 || versions[i-1].Doc == nil {
		return portfolio.Versioned{}, false
	}
	return versions[i-1], true
}

func (l *memLog) At(ctx context.Context, revision int64) (Documents, error) {
	for {
		l.mu.Lock()
		head := l.head()
		l.shown = min(head, max(revision, head-l.lag, l.shown+1))
		docs := memDocs{l, l.shown}
		l.mu.Unlock()
		if head >= revision {
			return docs, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// memDocs are the documents of a memLog as of a revision.
type memDocs struct {
	log *memLog
	rev int64
}

func (d memDocs) Position() portfolio.Position { return portfolio.Position{Revision: d.rev} }

func (d memDocs) Document(key portfolio.Key) (portfolio.Versioned, bool) {
	d.log.mu.Lock()
	defer d.log.mu.Unlock()
	return d.log.at(key, d.rev)
}

func (d memDocs) Documents(kind portfolio.Kind) iter.Seq[portfolio.Versioned] {
	d.log.mu.Lock()
	keys := d.log.keys[kind]
	d.log.mu.Unlock()
	return func(yield func(portfolio.Versioned) bool) {
		for _, key := range keys {
			if v, ok := d.Document(key); ok && !yield(v) {
				return
			}
		}
	}
}

// newest returns the documents at the head.
func (l *memLog) newest() memDocs {
	l.mu.Lock()
	defer l.mu.Unlock()
	return memDocs{l, l.head()}
}

// dataCommits counts the commits after a revision that touch a fact.
func (l *memLog) dataCommits(after int64) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.commits[after:] {
		if slices.ContainsFunc(c.Put, func(d portfolio.Document) bool { return !d.Key().Kind.Operational() }) ||
			slices.ContainsFunc(c.Delete, func(k portfolio.Key) bool { return !k.Kind.Operational() }) {
			n++
		}
	}
	return n
}

var errDied = errors.New("the process has died")
