// Package inorder does things at once and hands out their results one after
// the other, in the order they were asked for.
package inorder

import (
	"context"
	"iter"
)

// Map calls do for every item, at most n at once, and yields the results in
// the order of items. It works ahead of its consumer by no more than n items.
// After an error it yields nothing more. Breaking off cancels what is under
// way and waits for it.
func Map[In, Out any](ctx context.Context, n int, items []In, do func(context.Context, In) (Out, error)) iter.Seq2[Out, error] {
	type result struct {
		out Out
		err error
	}
	return func(yield func(Out, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var queue []chan result
		defer func() {
			cancel()
			for _, c := range queue {
				<-c
			}
		}()
		next := 0
		for next < len(items) || len(queue) > 0 {
			for next < len(items) && len(queue) < max(1, n) {
				c, item := make(chan result, 1), items[next]
				go func() {
					out, err := do(ctx, item)
					c <- result{out, err}
				}()
				queue = append(queue, c)
				next++
			}
			r := <-queue[0]
			queue = queue[1:]
			if !yield(r.out, r.err) || r.err != nil {
				return
			}
		}
	}
}
