package portfolio

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"unsafe"
)

// projectVerdicts remember which projects satisfy a condition while the milestones of
// a long list are scanned, so that each project is looked up and judged about
// once rather than for every milestone. Several goroutines may ask at a time.
//
// A project is found by where the text of its id lies in memory: rows that name
// a project share the text with it. Where one does not, its project is judged
// once more, because the texts themselves decide in the end.
type projectVerdicts struct {
	judge test[string] // by project id
	slots []projectVerdict
	shift int // that leaves as many bits of a hash as there are slots
}

// A projectVerdict is about the project with the id, which may be read once state is
// satisfied or not.
type projectVerdict struct {
	state atomic.Uint32
	id    string
}

// The states of a projectVerdict.
const (
	verdictFree  = iota
	verdictTaken // its id is being written
	verdictNo
	verdictYes
)

// verdictTries is in how many neighbouring slots a verdict is looked for;
// without a free one among them it is not remembered.
const verdictTries = 8

// ofProject returns a condition on a project's id as it is best asked: in a
// long list its answers are remembered; a short one is not worth the room.
func (c *compiler) ofProject(judge test[string]) test[string] {
	if c.rows <= rowsAlone {
		return judge
	}
	return remembered(judge, c.view.snap.projects.ordered.count)
}

// remembered returns judge for a list that asks about some of so many projects
// again and again.
func remembered(judge test[string], projects int) test[string] {
	begin := sync.OnceValue(func() *projectVerdicts {
		size := bits.Len(uint(projects + projects/2)) // at most two thirds of the slots are filled
		return &projectVerdicts{judge: judge, slots: make([]projectVerdict, 1<<size), shift: 64 - size}
	})
	return func(id string) bool { return begin().of(id) }
}

func (v *projectVerdicts) of(id string) bool {
	// The multiplier spreads addresses, which are alike, over all slots: 2^64
	// divided by the golden ratio.
	address := uint64(uintptr(unsafe.Pointer(unsafe.StringData(id))))
	at := address * 0x9e3779b97f4a7c15 >> v.shift
	for try := range uint64(verdictTries) {
		slot := &v.slots[(at+try)%uint64(len(v.slots))]
		state := slot.state.Load()
		if state == verdictFree && slot.state.CompareAndSwap(verdictFree, verdictTaken) {
			slot.id = id
			satisfied := v.judge(id)
			if satisfied {
				slot.state.Store(verdictYes)
			} else {
				slot.state.Store(verdictNo)
			}
			return satisfied
		}
		if state >= verdictNo && slot.id == id {
			return state == verdictYes
		}
	}
	return v.judge(id)
}
