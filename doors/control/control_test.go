package control_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/doors/control"
	"plumbline/portfolio"
)

// operator is a server's inside that answers what a test tells it to.
type operator struct {
	sync     func(context.Context, control.SyncRequest, func(control.Progress)) ([]control.Row, error)
	settings portfolio.Settings
	clock    portfolio.Date
}

func (o *operator) Sync(ctx context.Context, r control.SyncRequest, p func(control.Progress)) ([]control.Row, error) {
	return o.sync(ctx, r, p)
}

func (o *operator) Confirm(_ context.Context, r control.ConfirmRequest) ([]portfolio.Hold, error) {
	if r.Connection != "eng" {
		return nil, fmt.Errorf("%w: no connection %q", portfolio.ErrNotFound, r.Connection)
	}
	return []portfolio.Hold{{Connection: r.Connection, Scope: r.Scope, Lost: 7, ConfirmedBy: r.Author}}, nil
}

func (o *operator) Check(_ context.Context, ids []string) ([]control.Check, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return []control.Check{{Connection: ids[0], Report: connectors.Report{
		Site: portfolio.Site{Account: "pmo"}, Counts: []connectors.Count{{Of: "projects", Records: 3}},
	}}}, nil
}

func (o *operator) Apply(_ context.Context, s portfolio.Settings) (bool, error) {
	o.settings = s
	return true, nil
}

func (o *operator) SetClock(_ context.Context, today portfolio.Date) (portfolio.Date, error) {
	before := o.clock
	o.clock = today
	return before, nil
}

func (o *operator) Import(_ context.Context, r control.ImportRequest) (control.FilesReport, error) {
	if r.Author == "" {
		return control.FilesReport{}, fmt.Errorf("%w: no author", portfolio.ErrInvalid)
	}
	return control.FilesReport{Revision: int64(len(r.Files[0].Data)), Problems: []string{r.Files[0].Name}}, nil
}

func (o *operator) SyncFile(_ context.Context, r control.FileRequest) (control.Row, error) {
	if r.Path == "" {
		return control.Row{}, fmt.Errorf("%w: no path", portfolio.ErrInvalid)
	}
	return control.Row{Connection: r.Connection, Mode: "IMPORT", Why: r.Path}, nil
}

func (o *operator) Export(_ context.Context, lists []string) (control.Exported, error) {
	return control.Exported{Files: []control.File{{Name: lists[0], Data: []byte("\x00\xff")}}}, nil
}

func (o *operator) Brief(_ context.Context, r control.BriefRequest) (control.File, error) {
	return control.File{Name: "brief." + r.Format, Data: []byte(string(r.Period) + " " + r.Department + " " + r.On.String())}, nil
}

func (o *operator) Relink(_ context.Context, r control.RelinkRequest) (control.RelinkReport, error) {
	return control.RelinkReport{Linked: []string{r.From, r.To, r.By}, Revision: 7}, nil
}

func (o *operator) CheckFolder(context.Context) (*control.FilesReport, error) { return nil, nil }

func (o *operator) ApplyFolder(_ context.Context, files []control.File) (control.FilesReport, error) {
	return control.FilesReport{Hash: files[0].Name, Counts: []control.ListCount{{List: "kpis", Deleted: 1}}}, nil
}

// start serves the operator and dials it.
func start(t *testing.T, o *operator) (store string, server *control.Server, client *control.Client) {
	t.Helper()
	store = filepath.Join(t.TempDir(), "plumbline.db")
	server, err := control.Serve(store, o, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	client, err = control.Dial(t.Context(), store)
	if err != nil || client == nil {
		t.Fatalf("client = %v, error = %v; want one that speaks to the server", client, err)
	}
	return store, server, client
}

func TestACommandSeesWhatTheServerDoes(t *testing.T) {
	today := portfolio.NewDate(2026, 3, 1)
	o := &operator{clock: today}
	o.sync = func(_ context.Context, r control.SyncRequest, p func(control.Progress)) ([]control.Row, error) {
		for i := range 3 {
			p(control.Progress{Connection: r.Connections[0], Done: i, Total: 3})
		}
		return []control.Row{{
			Connection: r.Connections[0], State: portfolio.RunSucceeded, Took: time.Second,
			Tally:   portfolio.Tally{Read: 3, Waited: time.Minute},
			Changes: []control.Change{{Kind: portfolio.KindMilestone, ID: "eng/version/1", What: "NEW"}},
		}}, nil
	}
	_, _, client := start(t, o)

	var steps []int
	rows, err := client.Sync(t.Context(), control.SyncRequest{Connections: []string{"eng"}, DryRun: true}, func(p control.Progress) { steps = append(steps, p.Done) })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{0, 1, 2}, steps); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	want := []control.Row{{
		Connection: "eng", State: portfolio.RunSucceeded, Took: time.Second,
		Tally:   portfolio.Tally{Read: 3, Waited: time.Minute},
		Changes: []control.Change{{Kind: portfolio.KindMilestone, ID: "eng/version/1", What: "NEW"}},
	}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}

	holds, err := client.Confirm(t.Context(), control.ConfirmRequest{Connection: "eng", Scope: control.EveryScope, Author: "ann"})
	if err != nil || len(holds) != 1 || holds[0].ConfirmedBy != "ann" || holds[0].Lost != 7 {
		t.Errorf("holds = %+v, %v; want the one of eng, confirmed by ann", holds, err)
	}
	checks, err := client.Check(t.Context(), []string{"eng"})
	if err != nil || len(checks) != 1 || checks[0].Report.Counts[0].Records != 3 || checks[0].Report.Site.Account != "pmo" {
		t.Errorf("checks = %+v, %v; want the report of eng", checks, err)
	}
	if none, err := client.Check(t.Context(), nil); err != nil || none != nil {
		t.Errorf("checks = %+v, %v; want none and no error", none, err)
	}
	changed, err := client.Apply(t.Context(), portfolio.Settings{TimeZone: "Asia/Tokyo"})
	if err != nil || !changed || o.settings.TimeZone != "Asia/Tokyo" {
		t.Errorf("apply = %v, %v with settings %+v; want them applied", changed, err, o.settings)
	}
	before, err := client.SetClock(t.Context(), today.AddDays(1))
	if err != nil || before != today || o.clock != today.AddDays(1) {
		t.Errorf("clock from %s to %s, %v; want from %s to the day after", before, o.clock, err, today)
	}
}

func TestAnErrorKeepsItsKindAndItsText(t *testing.T) {
	_, _, client := start(t, &operator{})
	_, err := client.Confirm(t.Context(), control.ConfirmRequest{Connection: "nobody"})
	if !errors.Is(err, portfolio.ErrNotFound) || err.Error() != `not found: no connection "nobody"` {
		t.Errorf("error = %v; want portfolio.ErrNotFound with its text", err)
	}
}

func TestACommandThatIsStoppedStopsItsRun(t *testing.T) {
	stopped := make(chan struct{})
	o := &operator{sync: func(ctx context.Context, _ control.SyncRequest, p func(control.Progress)) ([]control.Row, error) {
		p(control.Progress{})
		<-ctx.Done()
		close(stopped)
		return nil, ctx.Err()
	}}
	_, _, client := start(t, o)
	ctx, stop := context.WithCancel(t.Context())
	_, err := client.Sync(ctx, control.SyncRequest{}, func(control.Progress) { stop() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v; want context.Canceled", err)
	}
	select {
	case <-stopped:
	case <-time.After(5 * time.Second):
		t.Error("the run goes on after its command was stopped")
	}
}

func TestAServerThatClosesEndsItsCommandsAndTakesItsAddressAway(t *testing.T) {
	begun := make(chan struct{})
	o := &operator{sync: func(ctx context.Context, _ control.SyncRequest, _ func(control.Progress)) ([]control.Row, error) {
		close(begun)
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	store, server, client := start(t, o)
	failed := make(chan error, 1)
	go func() {
		_, err := client.Sync(t.Context(), control.SyncRequest{}, nil)
		failed <- err
	}()
	<-begun
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if err := <-failed; err == nil {
		t.Error("the command succeeded although its server closed")
	}
	if _, err := os.Stat(control.FileOf(store)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the address is still there: %v", err)
	}
	if again, err := control.Dial(t.Context(), store); again != nil || err != nil {
		t.Errorf("client = %v, error = %v; want neither after the server closed", again, err)
	}
}

func TestOnlyTheOwnerCanReadTheAddress(t *testing.T) {
	store, _, _ := start(t, &operator{})
	name := control.FileOf(store)
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode of %s = %o, want 600", name, info.Mode().Perm())
	}
	if err := os.Chmod(name, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := control.Dial(t.Context(), store); err == nil || !strings.Contains(err.Error(), "can be read by others") {
		t.Errorf("error = %v; want a refusal of a key that others can read", err)
	}
}

func TestACommandWithoutTheKeyIsRefused(t *testing.T) {
	store, _, _ := start(t, &operator{})
	name := control.FileOf(store)
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(string(data), `"key":"`, `"key":"x`, 1)
	if err := os.WriteFile(name, []byte(wrong), 0o600); err != nil {
		t.Fatal(err)
	}
	if client, err := control.Dial(t.Context(), store); client != nil || err != nil {
		t.Errorf("client = %v, error = %v; want none: whoever listens there does not know the key", client, err)
	}
}

func TestTheAddressOfACrashedServerIsReplaced(t *testing.T) {
	store := filepath.Join(t.TempDir(), "plumbline.db")
	left := `{"address":"127.0.0.1:1","key":"old","pid":1}`
	if err := os.WriteFile(control.FileOf(store), []byte(left), 0o600); err != nil {
		t.Fatal(err)
	}
	if client, err := control.Dial(t.Context(), store); client != nil || err != nil {
		t.Errorf("client = %v, error = %v; want neither: nobody listens there", client, err)
	}
	server, err := control.Serve(store, &operator{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	if client, err := control.Dial(t.Context(), store); err != nil || client == nil || client.PID() != os.Getpid() {
		t.Errorf("client = %v, error = %v; want one of this process", client, err)
	}
}

func TestFilesGoThereAndBack(t *testing.T) {
	_, _, client := start(t, &operator{})
	large := make([]byte, 16<<20) // more than other commands may send
	report, err := client.Import(t.Context(), control.ImportRequest{Files: []control.File{{Name: "a.csv", Data: large}}, Author: "key:local"})
	if want := (control.FilesReport{Revision: int64(len(large)), Problems: []string{"a.csv"}}); err != nil || !cmp.Equal(want, report) {
		t.Errorf("Import = %+v, %v; want %+v", report, err, want)
	}
	if _, err := client.Import(t.Context(), control.ImportRequest{}); !errors.Is(err, portfolio.ErrInvalid) {
		t.Errorf("Import without an author: %v, want the server's error", err)
	}
	exported, err := client.Export(t.Context(), []string{"kpis"})
	if want := (control.Exported{Files: []control.File{{Name: "kpis", Data: []byte("\x00\xff")}}}); err != nil || !cmp.Equal(want, exported) {
		t.Errorf("Export = %+v, %v; want %+v", exported, err, want)
	}
	if report, err := client.CheckFolder(t.Context()); report != nil || err != nil {
		t.Errorf("CheckFolder = %+v, %v; want none", report, err)
	}
	applied, err := client.ApplyFolder(t.Context(), []control.File{{Name: "x"}})
	if want := (control.FilesReport{Hash: "x", Counts: []control.ListCount{{List: "kpis", Deleted: 1}}}); err != nil || !cmp.Equal(want, applied) {
		t.Errorf("ApplyFolder = %+v, %v; want %+v", applied, err, want)
	}
}
