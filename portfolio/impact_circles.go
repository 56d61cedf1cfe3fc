package portfolio

import (
	"slices"
	"strings"
)

// circles are the circles among nodes: for each set of nodes that lead to each
// other the ids of the dependencies between them, sorted. Nodes that are not
// within are not followed.
func (g slipGraph) circles(nodes []slipNode, within func(slipNode) bool) [][]string {
	f := &circleFinder{graph: g, within: within, at: make(map[slipNode]*visit, len(nodes))}
	for _, n := range nodes {
		if f.at[n] == nil {
			f.visit(n)
		}
	}
	slices.SortFunc(f.found, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return f.found
}

// A circleFinder is Tarjan's algorithm, without recursion: a chain of
// dependencies may be as long as there are milestones.
type circleFinder struct {
	graph  slipGraph
	within func(slipNode) bool
	at     map[slipNode]*visit
	stack  []*visit // seen, and not yet known to be in no circle
	count  int
	found  [][]string
}

type visit struct {
	node       slipNode
	index, low int
	open       bool // on the stack
	edges      []slipEdge
	followed   int
}

type slipEdge struct {
	to  slipNode
	dep string
}

func (f *circleFinder) open(n slipNode) *visit {
	f.count++
	v := &visit{node: n, index: f.count, low: f.count, open: true}
	f.graph.next(n, func(to slipNode, dep *DependencyRow) {
		if !f.within(to) {
			return
		}
		e := slipEdge{to: to}
		if dep != nil {
			e.dep = dep.ID
		}
		v.edges = append(v.edges, e)
	})
	f.at[n] = v
	f.stack = append(f.stack, v)
	return v
}

func (f *circleFinder) visit(n slipNode) {
	way := []*visit{f.open(n)}
	for len(way) > 0 {
		v := way[len(way)-1]
		if v.followed < len(v.edges) {
			to := v.edges[v.followed].to
			v.followed++
			switch other := f.at[to]; {
			case other == nil:
				way = append(way, f.open(to))
			case other.open:
				v.low = min(v.low, other.index)
			}
			continue
		}
		way = way[:len(way)-1]
		if len(way) > 0 {
			above := way[len(way)-1]
			above.low = min(above.low, v.low)
		}
		if v.low == v.index {
			f.close(v)
		}
	}
}

// close takes the nodes that lead to each other from the stack, of which v was
// seen first.
func (f *circleFinder) close(v *visit) {
	from := slices.Index(f.stack, v)
	members := slices.Clone(f.stack[from:])
	f.stack = f.stack[:from]
	in := make(map[slipNode]bool, len(members))
	for _, m := range members {
		m.open = false
		in[m.node] = true
	}
	var deps []string
	for _, m := range members {
		for _, e := range m.edges {
			if e.dep != "" && in[e.to] {
				deps = append(deps, e.dep)
			}
		}
		m.edges = nil
	}
	if len(deps) > 0 {
		slices.Sort(deps)
		f.found = append(f.found, slices.Compact(deps))
	}
}

// circular are the dependencies that lie on a circle, whether or not anything
// on it can still slip.
func (s *Snapshot) circular() map[string]bool {
	return *s.circles.get(func() *map[string]bool {
		var nodes []slipNode
		for d := range s.Dependencies() {
			if to, ok := waits(d); ok {
				nodes = append(nodes, to)
			}
		}
		all := map[string]bool{}
		for _, circle := range (slipGraph{s}).circles(nodes, func(slipNode) bool { return true }) {
			for _, id := range circle {
				all[id] = true
			}
		}
		return &all
	})
}
