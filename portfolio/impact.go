package portfolio

import (
	"cmp"
	"container/heap"
)

// A reached node is one that slips.
type reached struct {
	slipNode
	slip  int // in days
	depth int // how many dependencies lie on the way
	via   string
	seed  bool
}

// slips are all nodes that slip when some do.
type slips struct {
	graph   slipGraph
	order   []*reached // those that slip most first
	at      map[slipNode]*reached
	undated map[string]bool // dependencies on the way that lack a date
}

// slipping finds what slips when seeds slip by some days: along each way the
// slack of what lies on it is used up first, and of several ways the one on
// which most is left counts. As no way adds to a slip, going round a circle
// changes nothing, and every node is settled once.
func (g slipGraph) slipping(seeds []slipNode, days int) *slips {
	s := &slips{graph: g, at: map[slipNode]*reached{}, undated: map[string]bool{}}
	queue := slipQueue{}
	offer := func(r reached) {
		if known := s.at[r.slipNode]; known != nil && !r.before(known) {
			return
		}
		s.at[r.slipNode] = &r
		heap.Push(&queue, &r)
	}
	for _, n := range seeds {
		if days > 0 && g.movable(n) {
			offer(reached{slipNode: n, slip: days, seed: true})
		}
	}
	for len(queue) > 0 {
		from := heap.Pop(&queue).(*reached)
		if s.at[from.slipNode] != from {
			continue // a better way was found since
		}
		s.order = append(s.order, from)
		g.next(from.slipNode, func(to slipNode, dep *DependencyRow) {
			if !g.movable(to) {
				return
			}
			slack, known := g.slack(from.slipNode, to, dep)
			if !known {
				s.undated[dep.ID] = true
				return
			}
			if slack >= from.slip {
				return
			}
			r := reached{slipNode: to, slip: from.slip - slack, depth: from.depth, via: from.via}
			if dep != nil {
				r.depth, r.via = r.depth+1, dep.ID
			}
			offer(r)
		})
	}
	return s
}

// before reports whether a way is better than another one to the same node: it
// leaves more of the slip, or is shorter.
func (r *reached) before(o *reached) bool { return r.compare(o) < 0 }

func (r *reached) compare(o *reached) int {
	return cmp.Or(cmp.Compare(o.slip, r.slip), cmp.Compare(r.depth, o.depth), cmp.Compare(r.via, o.via))
}

// slipQueue is a heap of nodes, the one that slips most first.
type slipQueue []*reached

func (q slipQueue) Len() int { return len(q) }
func (q slipQueue) Less(i, j int) bool {
	a, b := q[i], q[j]
	return cmp.Or(a.compare(b), cmp.Compare(a.what, b.what), cmp.Compare(a.id, b.id)) < 0
}
func (q slipQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push implements heap.Interface.
func (q *slipQueue) Push(x any) { *q = append(*q, x.(*reached)) }

// Pop implements heap.Interface.
func (q *slipQueue) Pop() any {
	last := len(*q) - 1
	r := (*q)[last]
	*q = (*q)[:last]
	return r
}

// circles are the circles among the nodes that slip.
func (s *slips) circles() [][]string {
	nodes := make([]slipNode, len(s.order))
	for i, r := range s.order {
		nodes[i] = r.slipNode
	}
	return s.graph.circles(nodes, func(n slipNode) bool { return s.at[n] != nil })
}
