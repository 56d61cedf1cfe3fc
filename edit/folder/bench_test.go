package folder

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkRead(b *testing.B) {
	var table, lists strings.Builder
	table.WriteString("kpi,period,segment,actual,target,note\n")
	lists.WriteString("objectives:\n")
	for i := range 10_000 {
		fmt.Fprintf(&table, "kpi-%d,2026-%02d,rural,%d.5,100,\"a, note\"\n", i/12, 1+i%12, i)
		fmt.Fprintf(&lists, "  - key: objective-%d\n    strategy: care\n    name: Objective %d\n    progress: 0.5\n", i, i)
	}
	for name, file := range map[string]File{
		"table": {"measurements.csv", []byte(table.String())},
		"lists": {"strategy.yaml", []byte(lists.String())},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(file.Data)))
			for b.Loop() {
				if batch, problems := Read([]File{file}); len(problems) > 0 || len(batch.Changes) != 10_000 {
					b.Fatalf("%d changes, %v", len(batch.Changes), problems)
				}
			}
		})
	}
}
