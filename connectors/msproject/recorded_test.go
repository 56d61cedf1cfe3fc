package msproject

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/internal/filesource"
	"plumbline/portfolio"
)

var update = flag.Bool("update", false, "write what the recorded files become")

// TestRecordedPlans reads files that Microsoft Project 2003 to 2016 and other
// programs wrote, every task of them, and compares counts and hashes.
func TestRecordedPlans(t *testing.T) {
	data := os.Getenv("PLUMBLINE_TESTDATA")
	if data == "" {
		t.Skip("needs PLUMBLINE_TESTDATA: the folder with the recorded files")
	}
	files, err := filepath.Glob(filepath.Join(data, "msproject", "*.xml"))
	if err != nil || len(files) < 29 {
		t.Fatalf("%d files, %v: at least 29 are expected", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			s := Settings{Settings: filesource.Settings{File: file}, Milestones: MilestoneSettings{From: []string{"milestones", "summary", "tasks"}}}
			c, err := s.Open(connectors.Env{Connection: "plans", Fields: []string{"Duration", "Work", "Priority", "Critical", "OutlineNumber"}})
			if err != nil {
				t.Fatal(err)
			}
			l := connectortest.NewLedger()
			if err := l.Pull(t.Context(), c, nil); err != nil {
				t.Fatal(err)
			}
			got := summary(t, l)
			want := filepath.Join("testdata", "recorded", strings.TrimSuffix(filepath.Base(file), ".xml")+".txt")
			if *update {
				if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			text, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(strings.Split(string(text), "\n"), strings.Split(got, "\n")); d != "" {
				t.Errorf("(-want +got), rewritten by go test -update:\n%s", d)
			}
		})
	}
}

// summary tells what a plan became without repeating any of its words.
func summary(t *testing.T, l *connectortest.Ledger) string {
	t.Helper()
	var lines []string
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	kinds, sorts, states, links, types := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	baselines, parents, owners := 0, 0, 0
	for _, f := range l.Facts {
		kinds[string(f.Key().Kind)]++
		var fields []portfolio.Field
		switch f := f.(type) {
		case *portfolio.ProjectFact:
			say("project from %s to %s, %s", f.Start, f.Due, f.Status)
			fields = f.Fields
		case *portfolio.MilestoneFact:
			sorts[f.Type]++
			states[f.Status]++
			fields = f.Fields
			for counted, set := range map[*int]bool{&baselines: !f.Baseline.IsZero(), &parents: f.Parent != "", &owners: f.Owner != ""} {
				if set {
					*counted++
				}
			}
			say("task %s: %s to %s, baseline %s, hash %s", f.ID[strings.LastIndex(f.ID, ":")+1:], f.Start, f.Due, f.Baseline, hash(t, f))
		case *portfolio.DependencyFact:
			links[fmt.Sprintf("%s with %d days", f.Type, f.LagDays)]++
		}
		for _, field := range fields {
			types[string(field.Type)]++
		}
	}
	for name, counts := range map[string]map[string]int{"facts": kinds, "sorts": sorts, "states": states, "links": links, "fields": types} {
		for _, key := range slices.Sorted(maps.Keys(counts)) {
			say("%s: %s %d", name, key, counts[key])
		}
	}
	say("baselines %d, parents %d, owners %d, quarantined %d", baselines, parents, owners, len(l.Quarantined))
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

func hash(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}
