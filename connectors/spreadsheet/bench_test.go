package spreadsheet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/spreadsheet"
	"plumbline/connectors/spreadsheet/spreadsheettest"
)

// plan is a sheet of milestones of projects, with twelve columns.
func plan(projects, milestones int) spreadsheettest.Sheet {
	s := spreadsheettest.Sheet{Name: "Milestones", Rows: [][]any{{
		"ID", "Project", "Milestone", "Owner", "Status", "Start", "Due", "Baseline", "Budget", "% Complete", "Depends on", "Notes",
	}}}
	for i := range milestones {
		day := spreadsheettest.NewDay(2026, time.January, 1+i%700)
		s.Rows = append(s.Rows, []any{
			fmt.Sprintf("M-%d", i), fmt.Sprintf("P-%d", i%projects), fmt.Sprintf("Step %d of the plan", i), fmt.Sprintf("Person %d", i%200), "In progress",
			day, day, day, float64(i) * 1.5, spreadsheettest.PerCent(float64(i%100) / 100), fmt.Sprintf("M-%d", max(0, i-1)), "as agreed in the last meeting",
		})
	}
	return s
}

func files(b *testing.B, projects, milestones int) map[string]string {
	b.Helper()
	folder, paths := b.TempDir(), map[string]string{}
	s := plan(projects, milestones)
	workbook, err := spreadsheettest.XLSX(false, s)
	if err != nil {
		b.Fatal(err)
	}
	for name, content := range map[string][]byte{"csv": s.CSV(','), "xlsx": workbook} {
		paths[name] = filepath.Join(folder, "plan."+name)
		if err := os.WriteFile(paths[name], content, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return paths
}

// read pulls everything and counts facts; the memory that is in use is looked
// at after every page.
func read(b *testing.B, path string) (facts int, most uint64) {
	b.Helper()
	s := &spreadsheet.Settings{Complete: true}
	s.File = path
	c, err := s.Open(connectors.Env{Connection: "plan"})
	if err != nil {
		b.Fatal(err)
	}
	pages := 0
	for page, err := range c.Pull(b.Context(), nil) {
		if err != nil {
			b.Fatal(err)
		}
		if facts += len(page.Facts); len(page.Quarantined) > 0 {
			b.Fatal(page.Quarantined[0].Reason)
		}
		if pages++; pages%40 == 1 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		}
	}
	return facts, most
}

// BenchmarkPull reads 10,000 milestones of 500 projects.
func BenchmarkPull(b *testing.B) { benchmark(b, 500, 10_000) }

// BenchmarkRows reads 100,000 rows of twelve columns, which is to take less
// than five seconds.
func BenchmarkRows(b *testing.B) { benchmark(b, 5_000, 100_000) }

func benchmark(b *testing.B, projects, milestones int) {
	paths := files(b, projects, milestones)
	for _, name := range []string{"csv", "xlsx"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			records, most := 0, uint64(0)
			for b.Loop() {
				n, m := read(b, paths[name])
				records += n
				most = max(most, m)
			}
			b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
			b.ReportMetric(0, "requests")
			b.ReportMetric(float64(most)/(1<<20), "MiB-heap")
		})
	}
}
