package portfolio

import (
	"cmp"
	"errors"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawMilestoneQuery draws a filter and an order of milestones.
func drawMilestoneQuery(t *rapid.T) (*MilestoneFilter, []*MilestoneOrder) {
	fields := []MilestoneOrderField{
		MilestoneByName, MilestoneByKey, MilestoneByKind, MilestoneByProject, MilestoneByHealth, MilestoneByTargetDate,
		MilestoneByBaselineDate, MilestoneBySlipDays, MilestoneBySlipCount, MilestoneBySourceStatus, MilestoneByUpdatedAt,
		MilestoneByCustomField,
	}
	var order []*MilestoneOrder
	for range rapid.IntRange(0, 3).Draw(t, "terms") {
		o := &MilestoneOrder{Field: rapid.SampledFrom(fields).Draw(t, "field"), CustomField: pointer("Sum")}
		if rapid.Bool().Draw(t, "descending") {
			o.Direction = pointer(Descending)
		}
		if rapid.Bool().Draw(t, "nulls first") {
			o.Nulls = pointer(NullsFirst)
		}
		order = append(order, o)
	}
	filters := []*MilestoneFilter{
		nil,
		{Presence: &PresenceComparator{}},
		{Health: &HealthComparator{Neq: pointer(HealthGreen)}},
		{Or: []*MilestoneFilter{{TargetDate: &DateComparator{Null: pointer(true)}}, {SlipDays: &IntComparator{Gte: pointer(0)}}}},
	}
	return rapid.SampledFrom(filters).Draw(t, "filter"), order
}

// everything lists all that a filter means by sorting all of it.
func everything(t *rapid.T, s *Snapshot, filter *MilestoneFilter, order []*MilestoneOrder) []string {
	list, err := s.View(Local).Milestones(filter, order, PageRequest{First: pointer(0)})
	if err != nil {
		t.Fatal(err)
	}
	var rows []*MilestoneRow
	list.list.each(func(m *MilestoneRow) { rows = append(rows, m) })
	slices.SortFunc(rows, list.list.order.compare)
	ids := make([]string, len(rows))
	for i, m := range rows {
		ids[i] = m.ID
	}
	return ids
}

func pageIDs(c *MilestoneConnection) []string {
	ids := make([]string, len(c.rows))
	for i, m := range c.rows {
		ids[i] = m.ID
	}
	return ids
}

// Pages put together are the list, forwards and backwards.
func TestPagesMakeTheList(t *testing.T) {
	checkProperty(t, 300, func(t *rapid.T) {
		h := newHistory(t)
		for range rapid.IntRange(1, 12).Draw(t, "commits") {
			c := h.commit()
			next, _ := h.now.Apply(c)
			h.accept(c, next)
		}
		filter, order := drawMilestoneQuery(t)
		want := everything(t, h.now, filter, order)
		size := rapid.IntRange(1, 4).Draw(t, "size")

		forward, after := []string{}, ""
		for n := 0; ; n++ {
			page, err := h.now.View(Local).Milestones(filter, order, PageRequest{First: &size, After: after})
			if err != nil {
				t.Fatal(err)
			}
			if page.TotalCount() != len(want) || page.PageInfo().HasPreviousPage != (n > 0) || page.PageInfo().RevisionChanged {
				t.Fatalf("page %d: total %d of %d, %+v", n, page.TotalCount(), len(want), page.PageInfo())
			}
			forward = append(forward, pageIDs(page)...)
			if after = page.PageInfo().EndCursor; !page.PageInfo().HasNextPage {
				break
			}
		}
		if d := gocmp.Diff(want, forward); d != "" && len(want) > 0 {
			t.Fatalf("forward (-want +got):\n%s", d)
		}

		backward, before := []string{}, ""
		for {
			page, err := h.now.View(Local).Milestones(filter, order, PageRequest{Last: &size, Before: before})
			if err != nil {
				t.Fatal(err)
			}
			backward = append(pageIDs(page), backward...)
			if before = page.PageInfo().StartCursor; !page.PageInfo().HasPreviousPage {
				break
			}
		}
		if d := gocmp.Diff(want, backward); d != "" && len(want) > 0 {
			t.Fatalf("backward (-want +got):\n%s", d)
		}
	})
}

// A page sequence that is continued by its keys while commits arrive neither
// repeats nor skips what did not itself move.
func TestPagesWhileCommitsArrive(t *testing.T) {
	checkProperty(t, 300, func(t *rapid.T) {
		h := newHistory(t)
		advance := func() {
			c := h.commit()
			next, _ := h.now.Apply(c)
			h.accept(c, next)
		}
		for range rapid.IntRange(1, 15).Draw(t, "commits") {
			advance()
		}
		filter, order := drawMilestoneQuery(t)
		size := rapid.IntRange(1, 3).Draw(t, "size")

		// where remembers where each milestone stood; a place that differs from
		// the first one means that it moved.
		where, moved, seen := map[string]position{}, map[string]bool{}, map[string]int{}
		look := func() {
			list, err := h.now.View(Local).Milestones(filter, order, PageRequest{First: pointer(0)})
			if err != nil {
				t.Fatal(err)
			}
			here := map[string]bool{}
			list.list.each(func(m *MilestoneRow) {
				here[m.ID] = true
				at := list.list.order.position(m)
				if was, known := where[m.ID]; known && list.list.order.compareTo(m, was) != 0 {
					moved[m.ID] = true
				} else if !known {
					moved[m.ID] = len(seen) > 0 || moved[m.ID]
				}
				where[m.ID] = at
			})
			for id := range where {
				if !here[id] {
					moved[id] = true
				}
			}
		}
		look()
		after, began := "", h.now.Data()
		for {
			page, err := h.now.View(Local).Milestones(filter, order, PageRequest{First: &size, After: after})
			if err != nil {
				t.Fatal(err)
			}
			if after != "" && page.PageInfo().RevisionChanged != (began != h.now.Data()) {
				t.Fatalf("revisionChanged = %v, began at %d, now %d", page.PageInfo().RevisionChanged, began.Revision, h.now.Data().Revision)
			}
			began = h.now.Data()
			for _, id := range pageIDs(page) {
				seen[id]++
			}
			if after = page.PageInfo().EndCursor; !page.PageInfo().HasNextPage {
				break
			}
			for range rapid.IntRange(0, 3).Draw(t, "commits between") {
				advance()
				look()
			}
		}
		for id := range where {
			if !moved[id] && seen[id] != 1 {
				t.Fatalf("milestone %s did not move and was seen %d times", id, seen[id])
			}
		}
	})
}

func TestPageRequestsAreChecked(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	viewer := l.now.View(Caller{Role: RoleViewer})
	export := l.now.View(Caller{Role: RoleViewer, Export: true})
	for _, c := range []struct {
		name string
		view *View
		r    PageRequest
		want error
	}{
		{"negative", viewer, PageRequest{First: pointer(-1)}, ErrInvalid},
		{"none", viewer, PageRequest{First: pointer(0)}, nil},
		{"most", viewer, PageRequest{First: pointer(MaxPage)}, nil},
		{"too many", viewer, PageRequest{First: pointer(MaxPage + 1)}, ErrInvalid},
		{"most of an export", export, PageRequest{First: pointer(MaxExportPage)}, nil},
		{"too many of an export", export, PageRequest{First: pointer(MaxExportPage + 1)}, ErrInvalid},
		{"both ends", viewer, PageRequest{First: pointer(1), Last: pointer(1)}, ErrInvalid},
		{"the end and a default", viewer, PageRequest{First: pointer(DefaultPage), Last: pointer(1)}, nil},
		{"negative from the end", viewer, PageRequest{Last: pointer(-1)}, ErrInvalid},
		{"not a cursor", viewer, PageRequest{After: "nonsense"}, ErrInvalidCursor},
	} {
		if _, err := c.view.Projects(nil, nil, c.r); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: error %v, want %v", c.name, err, c.want)
		}
	}
}

func TestTooManyAreRefusedWithTheLimitThatApplies(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	for _, c := range []struct {
		export bool
		want   string
	}{
		{false, "invalid: last is 5001; at most 500 are answered at once (5000 with the export scope)"},
		{true, "invalid: last is 5001; at most 5000 are answered at once"},
	} {
		_, err := l.now.View(Caller{Export: c.export}).Projects(nil, nil, PageRequest{Last: pointer(MaxExportPage + 1)})
		if err == nil || err.Error() != c.want {
			t.Errorf("export %t: %v, want %s", c.export, err, c.want)
		}
	}
}

func TestCursorIsBoundToItsList(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	l.put(
		&ProjectFact{Source: source("eng", "project", "A"), Name: "A"},
		&ProjectFact{Source: source("eng", "project", "B"), Name: "B"},
	)
	v := l.now.View(Local)
	byName := []*ProjectOrder{{Field: ProjectByName}}
	first, err := v.Projects(nil, byName, PageRequest{First: pointer(1)})
	if err != nil {
		t.Fatal(err)
	}
	next := PageRequest{First: pointer(1), After: first.PageInfo().EndCursor}
	if page, err := v.Projects(nil, byName, next); err != nil || page.rows[0].Name != "B" {
		t.Fatalf("the next page: %v", err)
	}
	for name, err := range map[string]error{
		"another filter":    second(v.Projects(&ProjectFilter{Phase: &PhaseComparator{}}, byName, next)),
		"another order":     second(v.Projects(nil, []*ProjectOrder{{Field: ProjectByKey}}, next)),
		"another direction": second(v.Projects(nil, []*ProjectOrder{{Field: ProjectByName, Direction: pointer(Descending)}}, next)),
		"no order":          second(v.Projects(nil, nil, next)),
		"another noun":      second(v.People(nil, next)),
	} {
		if !errors.Is(err, ErrInvalidCursor) {
			t.Errorf("%s: error %v, want %v", name, err, ErrInvalidCursor)
		}
	}
}

func second[V any](_ V, err error) error { return err }

func TestRanksNeverContradictValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.OneOf(
			rapid.Map(rapid.String(), textValue),
			rapid.Map(rapid.Int32(), func(n int32) sortValue { return numberValue(int(n)) }),
			rapid.Map(rapid.Int32(), func(n int32) sortValue { return dateValue(Date{n}) }),
		)
		a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
		if (a.text == "") != (b.text == "") {
			return
		}
		for _, tm := range []term[int]{{}, {descending: true}, {nullsFirst: true}, {descending: true, nullsFirst: true}} {
			ranks, values := cmp.Compare(tm.rank(a), tm.rank(b)), tm.compare(a, b)
			if ranks != 0 && ranks != values {
				t.Fatalf("%+v: ranks say %d, values say %d", tm, ranks, values)
			}
		}
	})
}

// FuzzCursor reads what strangers send as cursors.
func FuzzCursor(f *testing.F) {
	l := newTestLog(f, "2026-03-01")
	l.put(&ProjectFact{Source: source("eng", "project", "A"), Name: "A"})
	v := l.now.View(Local)
	order := []*ProjectOrder{{Field: ProjectByName}, {Field: ProjectByBudget}}
	page, err := v.Projects(nil, order, PageRequest{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(page.PageInfo().EndCursor)
	f.Add("")
	f.Add("AQ")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := v.Projects(nil, order, PageRequest{After: text}); err != nil && !errors.Is(err, ErrInvalidCursor) {
			t.Errorf("%q: %v", text, err)
		}
		if c, err := parseCursor(text, 2); err == nil {
			if again, err := parseCursor(c.String(), 2); err != nil || again.at.id != c.at.id {
				t.Errorf("%q: read again as %+v, %v", text, again, err)
			}
		}
	})
}
