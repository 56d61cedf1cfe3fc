package hooks

import (
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"
)

// maxRecent is how many deliveries of one connection are remembered. Tools
// send a delivery again within hours; by then a few may have been forgotten,
// and are a run too many.
const maxRecent = 4096

// recent remembers the ids of the last deliveries, by their hashes: ids have
// no bound of their own.
type recent struct {
	mu    sync.Mutex
	ids   map[[sha256.Size]byte]bool
	order [][sha256.Size]byte // a ring
	next  int
}

func newRecent() *recent { return &recent{ids: map[[sha256.Size]byte]bool{}} }

// add reports whether the id is new.
func (r *recent) add(id [sha256.Size]byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ids[id] {
		return false
	}
	if len(r.order) < maxRecent {
		r.order = append(r.order, id)
	} else {
		delete(r.ids, r.order[r.next])
		r.order[r.next] = id
		r.next = (r.next + 1) % maxRecent
	}
	r.ids[id] = true
	return true
}

const (
	// window is the time over which failures are counted.
	window = time.Minute
	// maxWindows bounds the addresses that are counted by themselves; those
	// beyond are counted together.
	maxWindows = 4096
)

// failures counts deliveries in vain, by address and connection: a signature
// must not be found by trying, and the log must not be filled.
type failures struct {
	most int

	mu     sync.Mutex
	counts map[sender]*count
}

type sender struct {
	from       netip.Prefix // zero for those beyond maxWindows
	connection string
}

type count struct {
	since time.Time
	n     int
}

func newFailures(most int) *failures { return &failures{most: most, counts: map[sender]*count{}} }

// wait is for how long the address is refused; 0 when it is not.
func (f *failures) wait(address, connection string) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.count(sender{prefix(address), connection})
	if c == nil || c.n < f.most {
		return 0
	}
	return window - time.Since(c.since)
}

// add counts a failure.
func (f *failures) add(address, connection string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := sender{prefix(address), connection}
	c := f.count(s)
	if c == nil {
		if len(f.counts) >= maxWindows {
			for other := range f.counts {
				f.count(other)
			}
		}
		if len(f.counts) >= maxWindows {
			s.from = netip.Prefix{}
		}
		if c = f.count(s); c == nil {
			c = &count{since: time.Now()}
			f.counts[s] = c
		}
	}
	c.n++
}

// count returns the sender's count, or that of those beyond maxWindows which
// it is one of, and drops one that is over.
func (f *failures) count(s sender) *count {
	c, ok := f.counts[s]
	if !ok && len(f.counts) >= maxWindows {
		s.from = netip.Prefix{}
		c, ok = f.counts[s]
	}
	if !ok {
		return nil
	}
	if time.Since(c.since) >= window {
		delete(f.counts, s)
		return nil
	}
	return c
}

// prefix is what counts as one address: of IPv6 a whole network, which is what
// one machine is given.
func prefix(address string) netip.Prefix {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return netip.Prefix{}
	}
	ip, bits := at.Addr().Unmap(), 32
	if ip.Is6() {
		bits = 64
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
