package portfolio

import (
	"encoding/base64"
	"fmt"
)

// A Node is whatever has a global id.
type Node interface {
	IsNode()
	// ID is the global id: opaque to clients, and the same after a full
	// synchronisation.
	ID() string
}

// NodeID returns the global id of a document: an opaque, typed text.
func NodeID(kind Kind, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(Key{kind, id}.String()))
}

// ParseNodeID reads what NodeID wrote.
func ParseNodeID(s string) (Key, error) {
	text, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return Key{}, fmt.Errorf("%w: %q is not an id of this API", ErrInvalid, s)
	}
	key, err := ParseKey(string(text))
	if err != nil {
		return Key{}, fmt.Errorf("%w: %q is not an id of this API", ErrInvalid, s)
	}
	return key, nil
}

// Node returns what a global id leads to, or ErrNotFound when there is no such
// thing, or none that the caller may see.
func (v *View) Node(id string) (Node, error) {
	key, err := ParseNodeID(id)
	if err != nil {
		return nil, err
	}
	node := v.node(key)
	if node == nil {
		return nil, fmt.Errorf("%w: nothing has the id %q", ErrNotFound, id)
	}
	return node, nil
}

// node returns what has a key; nil when it is not there for the caller.
func (v *View) node(key Key) (node Node) {
	switch key.Kind {
	case KindProject:
		node = orNil(v.project(key.ID))
	case KindMilestone:
		node = orNil(v.milestone(key.ID))
	case KindDependency:
		node = orNil(v.dependency(key.ID))
	case KindRisk, KindRecordedRisk:
		node = orNil(v.risk(key.ID))
	case KindCost:
		if f := recordOf[CostFact](v, KindCost, key.ID); f != nil {
			node = v.costOf(f)
		}
	case KindIssue:
		node = orNil(v.issue(key.ID))
	case KindAssumption:
		node = orNil(v.assumption(key.ID))
	case KindPerson:
		node = orNil(v.person(key.ID))
	case KindDecision:
		node = orNil(v.decision(key.ID))
	case KindLesson:
		node = orNil(v.lesson(key.ID))
	case KindKPI:
		node = orNil(v.kpi(key.ID))
	case KindStrategy:
		node = orNil(v.strategy(key.ID))
	case KindStrategyVersion:
		node = orNil(v.strategyVersion(key.ID))
	case KindObjective:
		node = orNil(v.objective(key.ID))
	case KindKeyResult:
		node = orNil(v.keyResult(key.ID))
	case KindContribution:
		node = orNil(v.contribution(key.ID))
	case KindCycle:
		node = orNil(v.cycle(key.ID))
	case KindQuickWin:
		node = orNil(v.quickWin(key.ID))
	case KindQuote:
		node = orNil(v.quote(key.ID))
	case KindSurvey:
		node = orNil(v.survey(key.ID))
	case KindBenefit:
		node = orNil(v.benefit(key.ID))
	case KindIdentity:
		node = orNil(v.identity(key.ID))
	case KindDepartment:
		node = orNil(v.department(key.ID))
	case KindConnection:
		node = orNil(v.tool(key.ID))
	case KindAssignment:
		node = orNil(v.assignment(key.ID))
	case KindCapacity:
		node = orNil(v.capacity(key.ID))
	case KindControlException:
		node = orNil(v.controlException(key.ID))
	case KindRun:
		node = orNil(v.run(key.ID))
	case KindQuarantine:
		node = orNil(v.quarantined(key.ID))
	case KindHold:
		node = orNil(v.hold(key.ID))
	}
	return node
}

// orNil keeps a nil handle from becoming a Node that is not nil.
func orNil[H any, N interface {
	*H
	Node
}](handle N) Node {
	if handle == nil {
		return nil
	}
	return handle
}

// MaxNodes is how many nodes may be asked for by id at once.
const MaxNodes = 100

// Nodes returns what the ids lead to, in their order, with nil for what is not
// there.
func (v *View) Nodes(ids []string) ([]Node, error) {
	if len(ids) > MaxNodes {
		return nil, fmt.Errorf("%w: %d ids at once; at most %d are answered", ErrInvalid, len(ids), MaxNodes)
	}
	nodes := make([]Node, len(ids))
	for i, id := range ids {
		nodes[i], _ = v.Node(id)
	}
	return nodes, nil
}
