package msproject

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/msproject/msprojecttest"
	"plumbline/internal/filesource"
	"plumbline/portfolio"
)

// folder is a folder of plans and what was read of it.
type folder struct {
	*testing.T
	dir string
	c   connectors.Connector
	*connectortest.Ledger
}

func newFolder(t *testing.T) *folder {
	f := &folder{T: t, dir: t.TempDir(), Ledger: connectortest.NewLedger()}
	s := Settings{Settings: filesource.Settings{Folder: f.dir}}
	c, err := s.Open(connectors.Env{Connection: "plans"})
	if err != nil {
		t.Fatal(err)
	}
	f.c = c
	return f
}

// put writes a plan whose GUID and milestones bear the letter.
func (f *folder) put(name, letter string, milestones ...string) {
	f.Helper()
	plan := &msprojecttest.Plan{GUID: strings.ReplaceAll(planGUID, "0000", strings.Repeat(letter, 4)), Title: "Plan " + letter}
	for i, m := range milestones {
		plan.Tasks = append(plan.Tasks, msprojecttest.Task{UID: i + 1, Level: 1, Name: letter + " " + m, Milestone: true, Finish: on(3, 1)})
	}
	f.write(name, string(plan.XML()))
}

func (f *folder) write(name, text string) {
	f.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), []byte(text), 0o600); err != nil {
		f.Fatal(err)
	}
}

func (f *folder) remove(name string) {
	f.Helper()
	if err := os.Remove(filepath.Join(f.dir, name)); err != nil {
		f.Fatal(err)
	}
}

// read pulls, or sweeps too, and compares what is there.
func (f *folder) read(sweep bool, milestones string, bad ...string) {
	f.Helper()
	if err := f.Pull(f.Context(), f.c, nil); err != nil {
		f.Fatal(err)
	}
	if sweep {
		if err := f.Sweep(f.Context(), f.c, nil); err != nil {
			f.Fatal(err)
		}
	}
	if got := strings.Join(f.Names(), ", "); got != milestones {
		f.Errorf("milestones: %s; want %s", got, milestones)
	}
	var reasons []string
	for _, q := range f.Quarantined {
		reasons = append(reasons, q.Reason)
	}
	slices.Sort(reasons)
	if !slices.EqualFunc(reasons, bad, strings.Contains) {
		f.Errorf("put aside: %q, want %q", reasons, bad)
	}
}

func TestOneBadFileLeavesTheOthersAndWhatItWas(t *testing.T) {
	for name, sweep := range map[string]bool{"pull": false, "sweep": true} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t)
			f.put("a.xml", "a", "1", "2")
			f.put("b.xml", "b", "1")
			f.read(sweep, "a 1, a 2, b 1")
			f.write("a.xml", head+"<Tasks><Task>")
			f.put("b.xml", "b", "2")
			f.read(sweep, "a 1, a 2, b 2", "a.xml: line 2: the file breaks off")
			f.read(sweep, "a 1, a 2, b 2", "a.xml: line 2: the file breaks off")
			f.put("a.xml", "a", "1")
			f.read(sweep, "a 1, b 2")
		})
	}
}

func TestAFileThatWasNeverReadDecidesNothing(t *testing.T) {
	f := newFolder(t)
	f.put("a.xml", "a", "1")
	f.write("b.xml", "no plan")
	f.read(true, "a 1", "b.xml: ")
	f.remove("a.xml") // it may have been renamed to b.xml
	f.read(true, "a 1", "b.xml: ")
	f.remove("b.xml")
	f.Quarantined = nil // the engine forgets it with its listing
	f.read(true, "")
}

func TestAFileThatIsGoneTakesItsRecordsAlong(t *testing.T) {
	for name, sweep := range map[string]bool{"pull": false, "sweep": true} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t)
			f.put("a.xml", "a", "1")
			f.put("b.xml", "b", "1")
			f.read(sweep, "a 1, b 1")
			f.remove("a.xml")
			f.read(sweep, "b 1")
			for key, fact := range f.Facts {
				if gone := strings.Contains(key.ID, "aaaa"); gone != (fact.Origin().Presence == portfolio.PresenceDeleted) {
					t.Errorf("%s: presence = %s", key, fact.Origin().Presence)
				}
			}
			if len(f.Cursor) != 1 {
				t.Errorf("the cursor still knows %v", f.Cursor)
			}
			f.put("a.xml", "a", "1")
			f.read(sweep, "a 1, b 1")
		})
	}
}

func TestAFileThatIsRenamedStaysTheSameProject(t *testing.T) {
	f := newFolder(t)
	f.put("b.xml", "a", "1")
	f.read(false, "a 1")
	f.remove("b.xml")
	f.put("z.xml", "a", "1")
	f.read(false, "a 1")
	f.remove("z.xml")
	f.put("a.xml", "a", "1")
	f.read(true, "a 1")
}

func TestACopyIsToldAndReadOnce(t *testing.T) {
	f := newFolder(t)
	f.put("a.xml", "a", "1")
	f.put("copy.xml", "a", "changed")
	f.read(true, "a 1", "copy.xml: it is the plan that a.xml holds already")
	f.read(false, "a 1", "copy.xml: it is the plan that a.xml holds already")
	f.remove("a.xml")
	f.read(false, "a changed", "copy.xml: it is the plan that a.xml holds already") // a sweep forgets it
	f.read(true, "a changed", "copy.xml: it is the plan that a.xml holds already")
}

func TestAnUnchangedFolderIsNotConvertedAgain(t *testing.T) {
	f := newFolder(t)
	f.put("a.xml", "a", "1")
	f.put("b.xml", "b", "1")
	f.read(false, "a 1, b 1")
	for page, err := range f.c.Pull(t.Context(), f.Cursor) {
		if err != nil || len(page.Facts) > 0 {
			t.Errorf("%d facts, %v; want none", len(page.Facts), err)
		}
	}
}
