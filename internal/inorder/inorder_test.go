package inorder

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestMapKeepsTheOrderAndTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		items := make([]int, 40)
		for i := range items {
			items[i] = i
		}
		var now, most atomic.Int32
		start, want := time.Now(), 0
		for got, err := range Map(t.Context(), 8, items, func(_ context.Context, i int) (int, error) {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			defer now.Add(-1)
			time.Sleep(time.Duration(i%3+1) * time.Second)
			return i, nil
		}) {
			if err != nil || got != want {
				t.Fatalf("got %d, %v; want %d", got, err, want)
			}
			want++
		}
		if want != 40 || most.Load() != 8 || time.Since(start) > 20*time.Second {
			t.Errorf("%d results, %d at once, %v; want 40, 8, and far less than one by one", want, most.Load(), time.Since(start))
		}
	})
}

func TestMapStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad := errors.New("bad")
		var started, ended atomic.Int32
		do := func(ctx context.Context, i int) (int, error) {
			started.Add(1)
			defer ended.Add(1)
			if i == 3 {
				return 0, bad
			}
			if i > 3 {
				<-ctx.Done()
			}
			return i, ctx.Err()
		}
		var errs []error
		for _, err := range Map(t.Context(), 4, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, do) {
			if err != nil {
				errs = append(errs, err)
			}
		}
		if len(errs) != 1 || !errors.Is(errs[0], bad) {
			t.Errorf("errors = %v, want the first one only", errs)
		}
		for range Map(t.Context(), 4, []int{0, 1, 2}, do) {
			break
		}
		if started.Load() != ended.Load() {
			t.Errorf("%d calls are still under way", started.Load()-ended.Load())
		}
	})
}
