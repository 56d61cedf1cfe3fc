package portfolio

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// together runs tasks that do not depend on each other: the first one itself,
// each other one in a goroutine. It returns when all have ended. A panic of
// any of them is the caller's.
func together(tasks ...func()) {
	panics := make([]any, len(tasks))
	run := func(i int) {
		defer func() { panics[i] = recover() }()
		tasks[i]()
	}
	var others sync.WaitGroup
	for i := 1; i < len(tasks); i++ {
		others.Go(func() { run(i) })
	}
	run(0)
	others.Wait()
	for _, p := range panics {
		if p != nil {
			panic(p)
		}
	}
}

const (
	// pieceStart is the least number of elements that are worth handing over
	// to another goroutine.
	pieceStart = 64
	// piecesEach is how many pieces there are for each goroutine, so that one
	// which is kept waiting, by the collection of garbage for example, leaves
	// the rest to the others.
	piecesEach = 8
)

// inPieces cuts n elements into pieces and calls work with the bounds of each,
// from as many goroutines as there are processors. What work writes must
// belong to its elements alone.
func inPieces(n int, work func(from, to int)) {
	workers := min(runtime.GOMAXPROCS(0), n/pieceStart)
	if workers <= 1 {
		work(0, n)
		return
	}
	length := max(pieceStart, n/(workers*piecesEach))
	var next atomic.Int64
	task := func() {
		for {
			to := int(next.Add(int64(length)))
			from := to - length
			if from >= n {
				return
			}
			work(from, min(to, n))
		}
	}
	tasks := make([]func(), workers)
	for i := range tasks {
		tasks[i] = task
	}
	together(tasks...)
}
