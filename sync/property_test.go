package sync

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"plumbline/connectors"
	"plumbline/portfolio"
	"plumbline/store"
)

// world is a tool with a random history and the store that follows it.
type world struct {
	t       *rapid.T
	tool    *tool
	log     *memLog
	open    func() connectors.Connector
	engine  *Engine
	silent  bool // the tool can show records without an edit, as a fetcher may
	created int
}

func newWorld(t *rapid.T) *world {
	w := &world{t: t, tool: newTool(0), log: newMemLog()}
	w.tool.pageSize = rapid.IntRange(1, 6).Draw(t, "page size")
	w.log.lag = rapid.SampledFrom([]int64{0, 0, 0, 2}).Draw(t, "lag")
	if w.silent = rapid.Bool().Draw(t, "can be asked"); w.silent {
		w.open = func() connectors.Connector { return fetcher{lister{w.tool}} }
	} else {
		w.open = func() connectors.Connector { return lister{w.tool} }
	}
	w.restart()
	return w
}

func (w *world) restart() {
	w.engine = New(Config{
		Log: w.log, Replica: w.log, Holder: fmt.Sprint("process-", w.log.newest().rev), Sole: true,
		Clock:       skewed{start: time.Now(), rate: 100}, // nobody wants to wait for the polls
		Connections: []Connection{{ID: "eng", Connector: w.open()}},
	})
}

// some draws a record for which the condition holds, or nil.
func (w *world) some(ok func(*item) bool) *item {
	var fit []*item
	for _, r := range w.tool.sorted() {
		if ok(r) {
			fit = append(fit, r)
		}
	}
	if len(fit) == 0 {
		return nil
	}
	return rapid.SampledFrom(fit).Draw(w.t, "record")
}

func there(r *item) bool { return !lost(r.presence) }

func (w *world) scope() string {
	return rapid.SampledFrom([]string{"a", "b", "c"}).Draw(w.t, "scope")
}

func (w *world) create(*rapid.T) {
	for range rapid.IntRange(1, 8).Draw(w.t, "records") {
		w.created++
		w.tool.put(fmt.Sprint("r", w.created), w.scope(), "new")
	}
}

func (w *world) edit(*rapid.T) {
	if r := w.some(there); r != nil {
		w.tool.edit(r.id, func(r *item) {
			r.name = fmt.Sprint("edit ", w.tool.tick)
			r.due = r.due.AddDays(rapid.IntRange(-5, 9).Draw(w.t, "days"))
			r.broken = rapid.IntRange(0, 5).Draw(w.t, "broken") == 0
		})
	}
}

func (w *world) move(*rapid.T) {
	if r := w.some(there); r != nil {
		w.tool.edit(r.id, func(r *item) { r.scope = w.scope() })
	}
}

func (w *world) lose(*rapid.T) {
	if r := w.some(there); r != nil {
		how := portfolio.PresenceDeleted // all that two listings can tell
		if w.silent {
			how = rapid.SampledFrom([]portfolio.Presence{
				portfolio.PresenceDeleted, portfolio.PresenceAccessLost, portfolio.PresenceOutOfScope,
			}).Draw(w.t, "how")
		}
		w.tool.lose(how, r.id)
	}
}

func (w *world) comeBack(*rapid.T) {
	r := w.some(func(r *item) bool { return lost(r.presence) })
	switch {
	case r == nil:
	case w.silent && !w.missedEdit(r):
		w.tool.lose("", r.id)
	default:
		w.tool.edit(r.id, func(r *item) { r.presence = "" })
	}
}

// missedEdit reports whether a record was edited and then hidden before the
// edit was read, without a sweep having noticed. Coming back silently, it
// would look as if nothing had happened: a listing of ids cannot tell.
func (w *world) missedEdit(r *item) bool {
	v, ok := w.log.newest().Document(w.tool.key(r.id))
	if !ok {
		return false
	}
	source := v.Doc.(*portfolio.MilestoneFact).Source
	return !lost(source.Presence) && !source.UpdatedAt.Equal(w.tool.source(r).UpdatedAt)
}

// sync makes a run that may be interrupted by the tool, by a lost answer or
// by the death of the process.
func (w *world) sync(*rapid.T) {
	at := rapid.IntRange(1, 6).Draw(w.t, "at")
	n := 0
	switch rapid.SampledFrom([]string{"", "page", "before commit", "after commit"}).Draw(w.t, "interrupted") {
	case "page":
		w.tool.page = func(int) error {
			if n++; n == at {
				return errors.New("502")
			}
			return nil
		}
	case "before commit":
		w.log.check = dieAt(at, nil)
	case "after commit":
		dies, dead := dieAt(at, nil), false
		w.log.after = func(portfolio.Commit) error {
			err := dies(store.Change{})
			dead = err != nil
			return err
		}
		w.log.check = func(store.Change) error {
			if dead {
				return errDied
			}
			return nil
		}
	}
	_, err := w.engine.Sync(w.t.Context(), Request{
		Sweep: rapid.Bool().Draw(w.t, "sweep"), Full: rapid.IntRange(0, 4).Draw(w.t, "full") == 0,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.tool.page, w.log.check, w.log.after = nil, nil, nil
	if rapid.Bool().Draw(w.t, "restart") {
		w.restart()
	}
}

// converge syncs undisturbed, confirming every hold.
func (w *world) converge() {
	for range 4 {
		report, err := w.engine.Sync(w.t.Context(), Request{Sweep: true})
		if err != nil || report.Failed() != 0 {
			w.t.Fatalf("undisturbed: %+v, %v", report, err)
		}
		for _, hold := range report.Rows[0].Held {
			if _, err := w.engine.Confirm(w.t.Context(), hold.Key(), "key:pmo"); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

// compare holds the store against the tool.
func (w *world) compare() {
	docs := w.log.newest()
	for _, r := range w.tool.records {
		v, stored := docs.Document(w.tool.key(r.id))
		_, bad := docs.Document(quarantineKey(w.tool.key(r.id)))
		switch {
		case lost(r.presence):
			// How it was lost is not asked again, though it may have been
			// back and lost otherwise between two sweeps.
			if stored && !lost(v.Doc.(*portfolio.MilestoneFact).Presence) {
				w.t.Errorf("%s is %s in the tool and present in the store", r.id, r.presence)
			}
			if bad {
				w.t.Errorf("%s is %s and still in quarantine", r.id, r.presence)
			}
		case r.broken:
			if !bad || stored && v.Doc.(*portfolio.MilestoneFact).Unreadable == "" {
				w.t.Errorf("%s cannot be read: in quarantine %t, stored as %+v", r.id, bad, v.Doc)
			}
		case !stored || bad:
			w.t.Errorf("%s is there: stored %t, in quarantine %t", r.id, stored, bad)
		default:
			if m := v.Doc.(*portfolio.MilestoneFact); !portfolio.SameContent(m, w.tool.fact(r)) || m.Unreadable != "" {
				w.t.Errorf("%s is %+v in the store and %+v in the tool", r.id, m, w.tool.fact(r))
			}
		}
	}
	for v := range docs.Documents(portfolio.KindRun) {
		if run := v.Doc.(*portfolio.Run); run.State == portfolio.RunRunning {
			w.t.Errorf("run %d stayed RUNNING", run.Number)
		}
	}
}

func TestRandomHistoriesConvergeToTheTool(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.create(t)
		t.Repeat(map[string]func(*rapid.T){
			"create": w.create, "edit": w.edit, "move": w.move,
			"lose": w.lose, "come back": w.comeBack, "sync": w.sync,
		})
		w.converge()
		w.compare()
		before := w.log.newest().rev
		w.converge()
		if n := w.log.dataCommits(before); n != 0 {
			t.Errorf("the store had converged, and %d more data commits were made", n)
		}
	})
}
