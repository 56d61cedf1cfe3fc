package portfolio

import (
	"slices"
	"testing"
)

func TestEveryElementIsInOnePiece(t *testing.T) {
	atOnce(t, 3)
	for _, n := range []int{0, 1, pieceStart, 2*pieceStart - 1, 2 * pieceStart, 10*pieceStart + 7, 1000 * pieceStart} {
		times := make([]int, n)
		inPieces(n, func(from, to int) {
			for i := from; i < to; i++ {
				times[i]++
			}
		})
		if at := slices.IndexFunc(times, func(n int) bool { return n != 1 }); at >= 0 {
			t.Errorf("of %d elements number %d was worked on %d times", n, at, times[at])
		}
	}
}

func TestAPanicInAPieceIsTheCallers(t *testing.T) {
	atOnce(t, 3)
	n := 10 * pieceStart
	defer func() {
		if got := recover(); got != "last" {
			t.Errorf("recovered %v, want the panic over the last element", got)
		}
	}()
	inPieces(n, func(_, to int) {
		if to == n {
			panic("last")
		}
	})
}
