package portfolio

import "testing"

func pointer[V any](v V) *V { return &v }

// BenchmarkFilterSortPage looks at every milestone, keeps those that the
// filter means, and sorts out a page of 50.
func BenchmarkFilterSortPage(b *testing.B) {
	desc := pointer(Descending)
	cases := []struct {
		name   string
		filter *MilestoneFilter
		order  []*MilestoneOrder
	}{
		{"dates", &MilestoneFilter{SlipDays: &IntComparator{Gt: pointer(0)}, TargetDate: &DateComparator{Gte: pointer(whenOf("-P1Y"))}},
			[]*MilestoneOrder{{Field: MilestoneByTargetDate}}},
		{"slip", &MilestoneFilter{Finished: pointer(false)}, []*MilestoneOrder{{Field: MilestoneBySlipDays, Direction: desc}, {Field: MilestoneByName}}},
		{"name", &MilestoneFilter{Name: &StringComparator{Contains: pointer("1"), IgnoreCase: pointer(true)}}, []*MilestoneOrder{{Field: MilestoneByName}}},
		{"health", &MilestoneFilter{Kind: &MilestoneKindComparator{In: []MilestoneKind{MilestoneKey, MilestoneGoLive, MilestoneStandard}}},
			[]*MilestoneOrder{{Field: MilestoneByHealth, Direction: desc}, {Field: MilestoneByTargetDate}}},
		{"project", &MilestoneFilter{Project: &ProjectFilter{Phase: &PhaseComparator{Neq: pointer(PhaseCancelled)}}}, []*MilestoneOrder{{Field: MilestoneByTargetDate}}},
		{"siblings", &MilestoneFilter{Project: &ProjectFilter{Milestones: &MilestoneCollectionFilter{Some: &MilestoneFilter{SlipDays: &IntComparator{Gt: pointer(30)}}}}},
			[]*MilestoneOrder{{Field: MilestoneByTargetDate}}},
	}
	eachSize(b, func(b *testing.B, projects, milestones int) {
		s := benchSnapshot(b, projects, milestones)
		for _, c := range cases {
			b.Run(c.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					page, err := s.View(Local).Milestones(c.filter, c.order, PageRequest{})
					if err != nil || page.TotalCount() == 0 {
						b.Fatal("an empty page", err)
					}
				}
			})
		}
	})
}

// BenchmarkGroupBy groups every milestone and computes figures of each group.
func BenchmarkGroupBy(b *testing.B) {
	eachSize(b, func(b *testing.B, projects, milestones int) {
		s := benchSnapshot(b, projects, milestones)
		for name, by := range map[string][]MilestoneGroupField{
			"health":           {GroupMilestonesByHealth},
			"month_and_health": {GroupMilestonesByTargetMonth, GroupMilestonesByHealth},
			"project":          {GroupMilestonesByProject},
		} {
			b.Run(name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					list, err := s.View(Local).Milestones(nil, nil, PageRequest{First: pointer(0)})
					if err != nil {
						b.Fatal(err)
					}
					groups, err := list.Groups(by, nil, nil, nil, nil, nil)
					if err != nil || len(groups.Nodes()) == 0 {
						b.Fatal("no groups", err)
					}
					for _, g := range groups.Nodes() {
						_ = g.Aggregates().SlipDays().Mean()
					}
				}
			})
		}
	})
}

func whenOf(s string) When {
	w, err := ParseWhen(s)
	if err != nil {
		panic(err)
	}
	return w
}
