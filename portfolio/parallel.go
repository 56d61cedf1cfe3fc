package portfolio

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// concurrently calls work for 0 to n-1, from as many goroutines as there are
// processors, of which the caller is one. Whoever is free takes the next
// number. It returns when all calls have returned, but does not wait for a
// goroutine that came too late to take any: while garbage is collected, that
// can be milliseconds. A panic of any call is the caller's.
func concurrently(n int, work func(i int)) {
	helpers := min(runtime.GOMAXPROCS(0), n) - 1
	if helpers <= 0 {
		for i := range n {
			work(i)
		}
		return
	}
	var next atomic.Int64
	var calls sync.WaitGroup
	var panicked atomic.Pointer[any]
	call := func(i int) {
		defer calls.Done()
		defer func() {
			if p := recover(); p != nil {
				panicked.CompareAndSwap(nil, &p)
			}
		}()
		work(i)
	}
	take := func() {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			call(i)
		}
	}
	calls.Add(n)
	for range helpers {
		go take()
	}
	take()
	calls.Wait()
	if p := panicked.Load(); p != nil {
		panic(*p)
	}
}

// together runs tasks that do not depend on each other at the same time.
func together(tasks ...func()) { concurrently(len(tasks), func(i int) { tasks[i]() }) }

const (
	// pieceStart is the least number of elements that are worth handing over
	// to another goroutine.
	pieceStart = 64
	// piecesEach is how many pieces there are for each goroutine, so that one
	// which is held up leaves the rest to the others.
	piecesEach = 8
)

// inPieces cuts n elements into pieces and calls work with the bounds of each,
// several at a time. What work writes must belong to its elements alone.
func inPieces(n int, work func(from, to int)) {
	processors := runtime.GOMAXPROCS(0)
	length := max(pieceStart, n/(processors*piecesEach))
	if processors == 1 || n <= length {
		work(0, n)
		return
	}
	concurrently((n+length-1)/length, func(i int) { work(i*length, min((i+1)*length, n)) })
}
