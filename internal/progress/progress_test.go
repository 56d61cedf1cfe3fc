package progress_test

import (
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/progress"
)

func TestWithoutATerminalALineNowAndThenTellsTheProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		display := progress.New(&out)
		for i := range 12 { // 11 s
			display.Step("eng", "reading", i*100, 1200)
			time.Sleep(time.Second)
		}
		display.Step("ops", "listing", 7, 0)
		display.Close()
		want := "eng: reading, 0 of 1200 records\neng: reading, 500 of 1200 records\neng: reading, 1000 of 1200 records\nops: listing, 7 records\n"
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestAFileIsNoTerminal(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	display := progress.New(f)
	display.Step("eng", "reading", 1, 2)
	display.Close()
	text, err := os.ReadFile(f.Name())
	if err != nil || string(text) != "eng: reading, 1 of 2 records\n" {
		t.Errorf("file holds %q, %v; want one plain line", text, err)
	}
}

func TestATableLinesItsColumnsUp(t *testing.T) {
	table := progress.Table{Headings: []string{"connection", "read", "state"}, Text: []int{2}}
	table.Add("eng", "12000", "ok")
	table.Add("größe", "7", "failed")
	var out strings.Builder
	if err := table.Write(&out); err != nil {
		t.Fatal(err)
	}
	want := "connection   read  state\neng         12000  ok\ngröße           7  failed\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
