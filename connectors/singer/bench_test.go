package singer

import (
	"testing"

	"plumbline/connectors"
	"plumbline/connectors/singer/singertest"
	"plumbline/portfolio"
)

// BenchmarkPull reads 10,000 milestones in 500 projects from a tap. The bytes
// are ours, not those of the tap, which is another process.
func BenchmarkPull(b *testing.B) {
	const milestones, boards = 10_000, 500
	tool := singertest.New(b, singertest.FullTable, token)
	tool.Boards(boards)
	var names []string
	for i := range milestones {
		names = append(names, "Step "+itoa(i))
	}
	tool.Add(names...)
	s := settings(tool)
	b.ReportAllocs()
	records, requests := 0, 0
	for b.Loop() {
		c, err := s.Open(connectors.Env{Connection: "boards", Fields: []string{"text"}})
		if err != nil {
			b.Fatal(err)
		}
		read := 0
		for page, err := range c.Pull(b.Context(), nil) {
			if err != nil {
				b.Fatal(err)
			}
			for _, f := range page.Facts {
				if k := f.Key().Kind; k == portfolio.KindMilestone || k == portfolio.KindProject {
					read++
				}
			}
		}
		if read != milestones+boards {
			b.Fatalf("%d records were read, want %d", read, milestones+boards)
		}
		records += read
		requests = c.(connectors.Metered).Usage().Requests
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(requests), "requests")
}
