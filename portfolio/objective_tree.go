package portfolio

import (
	"fmt"
	"slices"
	"strings"
)

// An objectiveTree is the objectives of one strategy. What cannot be reached
// from a root, because the objective above it is missing or lies below it, is
// detached: it is shown, and counts for nothing.
type objectiveTree struct {
	strategy string
	nodes    map[string]*objectiveNode
	ordered  []*objectiveNode // parents first, siblings by key; the detached last
	roots    []*objectiveNode
	problems []Reason
}

// An objectiveNode is one objective in its tree.
type objectiveNode struct {
	fact     *ObjectiveFact
	rev      int64
	parent   *objectiveNode // nil for a root and for what is detached
	children []*objectiveNode
	detached bool
	place    int // in the ordered list
}

// ObjectiveState is whether an objective counts today.
type ObjectiveState string

// The values of ObjectiveState.
const (
	ObjectiveInForce  ObjectiveState = "IN_FORCE"
	ObjectiveExpired  ObjectiveState = "EXPIRED"  // its last day, or that of one above it, is past
	ObjectiveNotYet   ObjectiveState = "NOT_YET"  // its first day, or that of one above it, is to come
	ObjectiveDetached ObjectiveState = "DETACHED" // the objective above it is missing
)

// The codes of what is wrong with a strategy. They are part of the API.
const (
	ReasonParentUnknown     = "PARENT_UNKNOWN"
	ReasonStrategyUnknown   = "STRATEGY_UNKNOWN"
	ReasonNoStrategy        = "NO_STRATEGY"
	ReasonNoVersion         = "NO_VERSION_IN_FORCE"
	ReasonNoObjectives      = "NO_OBJECTIVES"
	ReasonNotCompared       = "NOT_COMPARED"
	ReasonTooManySiblings   = "TOO_MANY_SIBLINGS"
	ReasonWeightsSumToZero  = "WEIGHTS_SUM_TO_ZERO"
	ReasonNoWeight          = "NO_WEIGHT"
	ReasonInconsistent      = "INCONSISTENT"
	ReasonJudgementIgnored  = "JUDGEMENT_IGNORED"
	ReasonNormalisedAgain   = "NORMALISED_AGAIN"
	ReasonWeightIgnored     = "WEIGHT_IGNORED"
	ReasonObjectiveNotValid = "NOT_IN_FORCE"
)

// newObjectiveTree makes the tree of one strategy's objectives.
func newObjectiveTree(strategy string, facts []Versioned) *objectiveTree {
	t := &objectiveTree{strategy: strategy, nodes: make(map[string]*objectiveNode, len(facts))}
	slices.SortFunc(facts, func(a, b Versioned) int {
		return strings.Compare(a.Doc.(*ObjectiveFact).Slug, b.Doc.(*ObjectiveFact).Slug)
	})
	for _, v := range facts {
		f := v.Doc.(*ObjectiveFact)
		t.nodes[f.Slug] = &objectiveNode{fact: f, rev: v.Rev, detached: true}
	}
	for _, v := range facts {
		f := v.Doc.(*ObjectiveFact)
		n := t.nodes[f.Slug]
		if f.Parent == "" {
			t.roots = append(t.roots, n)
		} else if parent := t.nodes[f.Parent]; parent != nil {
			parent.children = append(parent.children, n)
		}
	}
	for _, root := range t.roots {
		t.attach(root)
	}
	for _, v := range facts {
		n := t.nodes[v.Doc.(*ObjectiveFact).Slug]
		if n.detached {
			n.children = nil
			n.place = len(t.ordered)
			t.ordered = append(t.ordered, n)
			t.problems = append(t.problems, Reason{ReasonParentUnknown,
				fmt.Sprintf("Above %s is to be %s, which is no objective of this strategy or lies below it.", n.called(), n.fact.Parent), ""})
		}
	}
	return t
}

// attach takes a node and all below it into the tree.
func (t *objectiveTree) attach(n *objectiveNode) {
	n.detached = false
	n.place = len(t.ordered)
	t.ordered = append(t.ordered, n)
	for _, child := range n.children {
		child.parent = n
		t.attach(child)
	}
}

// called is the name of an objective, or its key.
func (n *objectiveNode) called() string {
	if n.fact.Name != "" {
		return n.fact.Name
	}
	return n.fact.Slug
}

// state is whether the objective counts on a day: when it and all above it are
// valid. While the day is not known, only what is valid on all days counts.
func (n *objectiveNode) state(on Date) ObjectiveState {
	if n.detached {
		return ObjectiveDetached
	}
	state := ObjectiveInForce
	for ; n != nil; n = n.parent {
		switch {
		case !n.fact.ValidTo.IsZero() && n.fact.ValidTo.Before(on):
			return ObjectiveExpired
		case !n.fact.ValidFrom.IsZero() && n.fact.ValidFrom.After(on):
			state = ObjectiveNotYet
		case on.IsZero() && !n.fact.ValidTo.IsZero():
			state = ObjectiveNotYet
		}
	}
	return state
}

// overlaps reports whether the objective is valid on some day of a period.
func (n *objectiveNode) overlaps(from, to Date) bool {
	for ; n != nil; n = n.parent {
		if (!n.fact.ValidTo.IsZero() && !from.IsZero() && n.fact.ValidTo.Before(from)) ||
			(!n.fact.ValidFrom.IsZero() && !to.IsZero() && n.fact.ValidFrom.After(to)) {
			return false
		}
	}
	return true
}
