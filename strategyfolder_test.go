package main

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"plumbline/demo"
	"plumbline/portfolio"
)

// A strategy folder beside a configuration that names it.
type strategyFolder struct {
	t   *testing.T
	dir string
	place
}

func newStrategyFolder(t *testing.T) strategyFolder {
	t.Helper()
	dir := t.TempDir()
	return strategyFolder{t, dir, settle(t, "strategy: "+dir+"\n")}
}

func (f strategyFolder) write(name, text string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

const aDepartment = "departments:\n  - {key: clinics, name: Clinics, head: Ines Okafor}\n"

// departmentsOf asks the API who leads the clinics.
func departmentsOf(s *site) string {
	type answer struct {
		Departments struct {
			Nodes []struct{ Name string }
		}
	}
	var names []string
	for _, d := range tell[answer](s, `{departments {nodes {name}}}`, nil).Departments.Nodes {
		names = append(names, d.Name)
	}
	return strings.Join(names, ", ")
}

// soonSeen is how long a change of the folder may take to show: two looks, and
// time to settle.
const soonSeen = 10 * time.Second

func TestAWatchedStrategyFolderIsServed(t *testing.T) {
	t.Parallel()
	f := newStrategyFolder(t)
	f.write("departments.yaml", aDepartment)
	p := start(t, f.env, "serve")
	s := p.site()
	if got := departmentsOf(s); got != "Clinics" {
		t.Fatalf("departments = %q at the start, want those of the folder", got)
	}

	f.write("departments.yaml", strings.Replace(aDepartment, "name: Clinics", "name: Rural clinics", 1))
	eventually(t, soonSeen, "the changed name", func() bool { return departmentsOf(s) == "Rural clinics" })

	// A mistake is told, changes nothing, and check shows it.
	f.write("kpis.yaml", "kpis:\n  - {key: Visits, name: Visits, department: hospital, direction: UP, period: MONTH}\n")
	p.logged(`problem="kpis.yaml:2:\d+: kpis\[Visits\].department: `)
	p.logged(`problem="kpis.yaml:2:\d+: kpis\[Visits\].direction: `)
	checked := plumbline(t, f.env, exitFailed, "check")
	want(t, checked, `^strategy folder /`)
	want(t, checked, `^  problem +kpis.yaml:2:\d+: kpis\[Visits\].key: `)
	if err := os.Remove(filepath.Join(f.dir, "kpis.yaml")); err != nil {
		t.Fatal(err)
	}
	want(t, plumbline(t, f.env, exitOK, "check"), `^  in force `)

	// What a file owns is changed in the file only; through the running server.
	mine := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(mine, []byte(aDepartment), 0o600); err != nil {
		t.Fatal(err)
	}
	plumbline(t, f.env, exitUsage, "import", mine)
	want(t, plumbline(t, f.env, exitOK, "export", "departments"), `^    name: Rural clinics$`)

	// Back to the first state is older, until it is meant.
	f.write("departments.yaml", aDepartment)
	p.logged(`level=WARN msg="this strategy folder is older than the one in force; use config apply to go back to it" .*hash=\w+ in_force=\w+`)
	if got := departmentsOf(s); got != "Rural clinics" {
		t.Errorf("departments = %q, want those of the newer folder", got)
	}
	want(t, plumbline(t, f.env, exitOK, "config", "apply"), `^The strategy folder is in force`)
	if got := departmentsOf(s); got != "Clinics" {
		t.Errorf("departments = %q after config apply, want those of the folder", got)
	}
	p.signal(os.Interrupt)
	p.exits(exitOK, patience)
	var authors []string
	for _, v := range f.contents(t).Docs {
		if d, ok := v.Doc.(*portfolio.DepartmentFact); ok {
			authors = append(authors, d.Slug+" "+d.Author)
		}
	}
	if got := strings.Join(authors, ", "); got != "clinics file:departments.yaml" {
		t.Errorf("recorded are %q, want the file's department", got)
	}
}

func TestAFileTakesOverWhatSaysTheSameAndNothingElse(t *testing.T) {
	t.Parallel()
	f := newStrategyFolder(t)
	mine := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(mine, []byte(aDepartment), 0o600); err != nil {
		t.Fatal(err)
	}
	plumbline(t, f.env, exitOK, "import", mine)
	f.write("departments.yaml", strings.Replace(aDepartment, "name: Clinics", "name: Rural clinics", 1))
	want(t, plumbline(t, f.env, exitFailed, "check"), `^  problem +departments.yaml:2:6: departments\[clinics\]: .*"clinics" was recorded otherwise by key:local`)
	f.write("departments.yaml", aDepartment)
	want(t, plumbline(t, f.env, exitOK, "check"), `^  new +\w+: a server that has it will record it$`)
	plumbline(t, f.env, exitOK, "config", "apply")
	f.write("departments.yaml", strings.Replace(aDepartment, "name: Clinics", "name: Rural clinics", 1))
	want(t, plumbline(t, f.env, exitOK, "config", "apply"), `^departments +0 +1 +0 +0$`)
}

func TestAServerWithoutItsStrategyFolderServesTheLog(t *testing.T) {
	t.Parallel()
	f := newStrategyFolder(t)
	f.write("departments.yaml", aDepartment)
	p := start(t, f.env, "serve")
	p.site()
	p.signal(os.Interrupt)
	p.exits(exitOK, patience)
	if err := os.RemoveAll(f.dir); err != nil {
		t.Fatal(err)
	}
	p = start(t, f.env, "serve")
	s := p.site()
	p.logged(`level=ERROR msg="the strategy folder cannot be applied; the log's content holds"`)
	if got := departmentsOf(s); got != "Clinics" {
		t.Errorf("departments = %q, want those of the log", got)
	}
}

// created says how many entries a table of import counts as created.
func created(table string) (n int) {
	for line := range strings.SplitSeq(table, "\n") {
		if cells := strings.Fields(line); len(cells) == 4 {
			count, _ := strconv.Atoi(cells[1]) // the headings are no number
			n += count
		}
	}
	return n
}

// The folders that a newcomer meets.
func strategies(t *testing.T) map[string]string {
	t.Helper()
	organisation, err := demo.Start(t.Context(), demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(organisation.Close)
	files, err := organisation.Strategy()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return map[string]string{"the example": filepath.Join("examples", "strategy"), "the demo": dir}
}

// testMongoDB names a MongoDB for these tests, as in mongodb://localhost:27017.
const testMongoDB = "PLUMBLINE_TEST_MONGODB"

func TestStrategyFilesComeBackToTheByte(t *testing.T) {
	t.Parallel()
	for name, dir := range strategies(t) {
		dir, err := filepath.Abs(dir)
		if err != nil {
			t.Fatal(err)
		}
		first, second := settle(t, ""), settle(t, "")
		if server := os.Getenv(testMongoDB); server != "" {
			second.env["PLUMBLINE_STORE"] = server + "/plumbline_test_" + strings.ToLower(rand.Text()[:10])
		}
		want(t, plumbline(t, first.env, exitOK, "import", dir, "--dry-run"), `^Nothing is written: this is a dry run\.$`)
		table := plumbline(t, first.env, exitOK, "import", dir)
		if n := created(table); n < 50 {
			t.Errorf("%s: %d entries are recorded, want more:\n%s", name, n, table)
		}
		want(t, plumbline(t, first.env, exitOK, "import", dir), `^Nothing has changed\.$`)
		once, twice := t.TempDir(), t.TempDir()
		plumbline(t, first.env, exitOK, "export", "--dir", once)

		// The other store is that of a server.
		p := start(t, second.env, "serve")
		p.site()
		if again := plumbline(t, second.env, exitOK, "import", once); created(again) != created(table)-withheld(t, dir) {
			t.Errorf("%s: an export is recorded as\n%swant\n%s", name, again, table)
		}
		plumbline(t, second.env, exitOK, "export", "--dir", twice)
		p.signal(os.Interrupt)
		p.exits(exitOK, patience)
		if diff := cmp.Diff(texts(t, once), texts(t, twice)); diff != "" {
			t.Errorf("%s: exported again it differs (-first +again):\n%s", name, diff)
		}
	}
}

// texts are the files of a folder by name.
func texts(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		all[e.Name()] = read(t, filepath.Join(dir, e.Name()))
	}
	return all
}

func TestTheConfigurationIsCheckedWithItsStrategyFolder(t *testing.T) {
	t.Parallel()
	f := newStrategyFolder(t)
	f.write("departments.yaml", aDepartment)
	want(t, plumbline(t, f.env, exitOK, "config", "check"), `^The configuration is right`)
	f.write("more.yaml", "departments:\n  - {key: clinics, nmae: x}\n")
	p := start(t, f.env, "config", "check")
	p.exits(exitUsage, patience)
	want(t, p.stderr.String(), `^more.yaml:2:20: departments\[clinics\].nmae: there is no such member; did you mean name\?$`)
}

// withheld counts the quotes that nobody agreed to share, which are never
// exported.
func withheld(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "cycles.yaml"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	var cycles struct {
		Quotes []struct {
			Consent bool `yaml:"consent"`
		} `yaml:"quotes"`
	}
	if err := yaml.Unmarshal(text, &cycles); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, q := range cycles.Quotes {
		if !q.Consent {
			n++
		}
	}
	return n
}
