package portfolio

import (
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// atOnce lets so many goroutines scan until the test ends.
func atOnce(t *testing.T, n int) {
	t.Helper()
	before := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

func TestALongListIsTheSameHoweverManyScanIt(t *testing.T) {
	view := benchSnapshot(t, 500, 2*rowsAlone).View(Local)
	late := 20
	filter := &MilestoneFilter{SlipDays: &IntComparator{Lte: &late}}
	order := []*MilestoneOrder{{Field: MilestoneBySlipDays}, {Field: MilestoneByTargetDate}}
	pages := func() (all [][]string) {
		first, after := 120, ""
		for range 4 {
			page, err := view.Milestones(filter, order, PageRequest{First: &first, After: after})
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, m := range page.rows {
				ids = append(ids, m.ID)
			}
			all, after = append(all, ids), page.info.EndCursor
		}
		last := 30
		page, err := view.Milestones(filter, order, PageRequest{Last: &last, Before: after})
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, m := range page.rows {
			ids = append(ids, m.ID)
		}
		return append(all, ids)
	}
	atOnce(t, 1)
	want := pages()
	for _, n := range []int{2, 3, 7} {
		atOnce(t, n)
		if diff := cmp.Diff(want, pages()); diff != "" {
			t.Errorf("%d goroutines (-want +got):\n%s", n, diff)
		}
	}
}

func TestAPanicInAScanIsTheCallers(t *testing.T) {
	atOnce(t, 4)
	row := new(MilestoneRow)
	chunk := make([]*MilestoneRow, rowsAlone)
	for i := range chunk {
		chunk[i] = row
	}
	l := listing[MilestoneRow]{chunks: [][]*MilestoneRow{chunk, chunk, chunk, {nil}}, keep: func(r *MilestoneRow) bool { return r.Name == "" }}
	defer func() {
		if recover() == nil {
			t.Error("the panic over the last row is nobody's")
		}
	}()
	l.scan(func() *scan[MilestoneRow] { return &scan[MilestoneRow]{best: selection[MilestoneRow]{order: &l.order}} })
}
