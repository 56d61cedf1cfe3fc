package portfolio

import (
	"cmp"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestTableIsAMapWhoseOldVersionsStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var now table[int]
		want := map[string]int{}
		for range rapid.IntRange(1, 5).Draw(t, "versions") {
			before, wantBefore := now, maps.Clone(want)
			e := now.edit()
			for _, change := range rapid.SliceOfN(rapid.IntRange(-400, 4000), 0, 3000).Draw(t, "changes") {
				key := string(rune('a'+change%17)) + string(rune('a'+max(change, -change)%1009))
				if change < 0 {
					e.delete(key)
					delete(want, key)
					continue
				}
				e.set(key, change)
				want[key] = change
			}
			now = e.done()
			if got := maps.Collect(now.all()); !maps.Equal(got, want) || now.count != len(want) {
				t.Fatalf("table has %d entries, want %d", len(got), len(want))
			}
			if got := maps.Collect(before.all()); !maps.Equal(got, wantBefore) {
				t.Fatal("the former version of the table has changed")
			}
		}
		for key, value := range want {
			if got, ok := now.get(key); !ok || got != value {
				t.Fatalf("get %q = %d, %v; want %d", key, got, ok, value)
			}
		}
	})
}

func TestSortedListIsChangedInPlaceOfOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var now sorted[int]
		want := map[int]bool{}
		for range rapid.IntRange(1, 6).Draw(t, "versions") {
			before := now
			beforeWant := slices.Sorted(maps.Keys(want))
			base := rapid.IntRange(0, 3000).Draw(t, "base")
			in := map[int]bool{}
			for _, n := range rapid.SliceOfN(rapid.IntRange(0, 900), 0, 700).Draw(t, "in") {
				in[base+n] = true
			}
			out := map[int]bool{}
			for _, n := range rapid.SliceOfN(rapid.IntRange(0, 3900), 0, 700).Draw(t, "out") {
				out[n] = true
				delete(want, n)
			}
			maps.Copy(want, in)
			now, _ = now.change(cmp.Compare[int], slices.Sorted(maps.Keys(out)), slices.Sorted(maps.Keys(in)))
			if got := slices.Collect(now.all()); !slices.Equal(got, slices.Sorted(maps.Keys(want))) || now.count != len(want) {
				t.Fatalf("list = %v (counted %d), want %v", got, now.count, slices.Sorted(maps.Keys(want)))
			}
			if got := slices.Collect(before.all()); !slices.Equal(got, beforeWant) {
				t.Fatal("the former version of the list has changed")
			}
			for _, chunk := range now.chunks {
				if len(chunk) == 0 || len(chunk) > 2*chunkLength {
					t.Fatalf("a chunk has %d elements, want 1 to %d", len(chunk), 2*chunkLength)
				}
			}
		}
	})
}
