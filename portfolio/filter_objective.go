package portfolio

// An ObjectiveFilter says which objectives are meant. Every member that is
// given must hold.
type ObjectiveFilter struct {
	And []*ObjectiveFilter
	Or  []*ObjectiveFilter
	Not *ObjectiveFilter

	Key *StringComparator
	// Strategy compares the key.
	Strategy *StringComparator
	// Parent compares the key.
	Parent       *StringComparator
	Name         *StringComparator
	OwnerName    *StringComparator
	ValueDriver  *StringComparator
	Horizon      *StringComparator
	State        *ObjectiveStateComparator
	Leaf         *bool
	LocalWeight  *FloatComparator
	GlobalWeight *FloatComparator
	Progress     *FloatComparator
}

// ObjectiveStateComparator is a condition on whether an objective counts today.
type ObjectiveStateComparator = EnumComparator[ObjectiveState]

func (f *ObjectiveFilter) joined() (and, or, not []nounFilter[ObjectiveRow]) {
	return joins[ObjectiveRow](f.And, f.Or, f.Not)
}

func (f *ObjectiveFilter) conditions(_ *compiler, all *conditions[ObjectiveRow]) {
	holds(all, f.Key.compile(), func(o *ObjectiveRow) string { return o.ID })
	holds(all, f.Strategy.compile(), func(o *ObjectiveRow) string { return o.StrategyID })
	holds(all, f.Parent.compile(), func(o *ObjectiveRow) string { return o.ParentID })
	holds(all, f.Name.compile(), func(o *ObjectiveRow) string { return o.Name })
	holds(all, f.OwnerName.compile(), func(o *ObjectiveRow) string { return o.Owner })
	holds(all, f.ValueDriver.compile(), func(o *ObjectiveRow) string { return o.ValueDriver })
	holds(all, f.Horizon.compile(), func(o *ObjectiveRow) string { return o.Horizon })
	holds(all, f.State.compile(), func(o *ObjectiveRow) ObjectiveState { return o.State })
	if f.Leaf != nil {
		want := *f.Leaf
		all.tests = append(all.tests, func(o *ObjectiveRow) bool { return o.Leaf == want })
	}
	holds(all, f.LocalWeight.compile(), func(o *ObjectiveRow) *float64 { return shown(o.LocalWeight) })
	holds(all, f.GlobalWeight.compile(), func(o *ObjectiveRow) *float64 { return shown(o.GlobalWeight) })
	holds(all, f.Progress.compile(), func(o *ObjectiveRow) *float64 { return o.Progress.Value })
}

// ObjectiveOrderField is a value that objectives can be sorted by.
type ObjectiveOrderField string

// The values of ObjectiveOrderField.
const (
	ObjectiveByTree         ObjectiveOrderField = "TREE"
	ObjectiveByName         ObjectiveOrderField = "NAME"
	ObjectiveByKey          ObjectiveOrderField = "KEY"
	ObjectiveByLocalWeight  ObjectiveOrderField = "LOCAL_WEIGHT"
	ObjectiveByGlobalWeight ObjectiveOrderField = "GLOBAL_WEIGHT"
	ObjectiveByProgress     ObjectiveOrderField = "PROGRESS"
)

// ObjectiveOrder is one term of an order of objectives.
type ObjectiveOrder OrderBy[ObjectiveOrderField]

func (v *View) objectiveSort(field ObjectiveOrderField) func(*ObjectiveRow) sortValue {
	switch field {
	case ObjectiveByTree:
		return v.inTree
	case ObjectiveByName:
		return func(o *ObjectiveRow) sortValue { return textValue(o.Name) }
	case ObjectiveByKey:
		return func(o *ObjectiveRow) sortValue { return textValue(o.ID) }
	case ObjectiveByLocalWeight:
		return func(o *ObjectiveRow) sortValue { return floatValue(o.LocalWeight) }
	case ObjectiveByGlobalWeight:
		return func(o *ObjectiveRow) sortValue { return floatValue(o.GlobalWeight) }
	case ObjectiveByProgress:
		return func(o *ObjectiveRow) sortValue { return floatValue(o.Progress.Value) }
	}
	return nil
}

func (v *View) objectiveOrder(orderBy []*ObjectiveOrder) ordering[ObjectiveRow] {
	if len(orderBy) == 0 {
		orderBy = []*ObjectiveOrder{{Field: ObjectiveByTree}}
	}
	return orderOf(orderBy, (*ObjectiveRow).id, v.objectiveSort)
}
