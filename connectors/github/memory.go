package github

import (
	"crypto/rand"
	"sync"

	"plumbline/portfolio"
)

// known is what is remembered of a page that was read and stored.
type known struct {
	etag string
	next string
	keys []portfolio.Key // of the facts that it gave
	list []repository    // of a page of repositories
}

// maxKnown bounds the pages that are remembered. Beyond it, all are forgotten:
// they are then read once more.
const maxKnown = 50_000

// memory keeps which pages need not be sent again. It lives as long as the
// connector, and holds only as long as the store is what its last run left: a
// dry run, another replica's run or a restored database forgets it. So every
// run puts a mark of its own into the cursor, and the next one looks for it.
type memory struct {
	mark   string // of the last run
	mu     sync.Mutex
	pages  map[string]*known // by path and variant
	listed map[int64]bool    // repositories
}

func newMemory() *memory { return &memory{pages: map[string]*known{}} }

// begin starts a run from a cursor with that mark, and returns the run's own.
func (m *memory) begin(mark string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if mark == "" || mark != m.mark {
		clear(m.pages)
	}
	m.mark = rand.Text()
	return m.mark
}

func (m *memory) recall(path string) *known {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.pages[path]
}

func (m *memory) keep(pages map[string]*known) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.pages)+len(pages) > maxKnown {
		clear(m.pages)
	}
	for path, k := range pages {
		m.pages[path] = k
	}
}

// noteRepositories forgets every page when a repository is listed no longer:
// should it come back, what was lost with it must be told again.
func (m *memory) noteRepositories(listed []repository) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := make(map[int64]bool, len(listed))
	for _, r := range listed {
		now[r.id] = true
	}
	for id := range m.listed {
		if !now[id] {
			clear(m.pages)
			break
		}
	}
	m.listed = now
}
