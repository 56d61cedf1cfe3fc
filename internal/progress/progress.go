// Package progress shows people how far something has come and what came of
// it: bars on a terminal, plain lines anywhere else, and tables. It knows
// nothing of what it shows.
package progress

import (
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/cwriter"
	"github.com/vbauerster/mpb/v8/decor"
)

// A Display shows the progress of several things at once. Its methods may be
// called by many goroutines.
type Display interface {
	// Step tells that done of total records of the name are done; total is 0
	// when unknown. The note says what is being done, such as "listing".
	Step(name, note string, done, total int)
	// Close leaves the last state standing.
	Close()
}

// New returns bars if w is a terminal, else lines.
func New(w io.Writer) Display {
	if f, ok := w.(*os.File); ok && cwriter.IsTerminal(int(f.Fd())) {
		return newBars(w)
	}
	return &lines{out: w, last: map[string]time.Time{}}
}

// barWidth is the width of a bar in columns.
const barWidth = 40

type bars struct {
	progress *mpb.Progress
	mu       sync.Mutex
	bars     map[string]*bar
}

// bar keeps its note apart from the lock: the bar is drawn while Step waits
// for it.
type bar struct {
	*mpb.Bar
	note atomic.Value // string
}

func newBars(w io.Writer, options ...mpb.ContainerOption) *bars {
	options = append(options, mpb.WithOutput(w), mpb.WithWidth(barWidth))
	return &bars{progress: mpb.New(options...), bars: map[string]*bar{}}
}

func (b *bars) Step(name, note string, done, total int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	one, begun := b.bars[name]
	if !begun {
		one = &bar{}
		one.note.Store(note)
		one.Bar = b.progress.AddBar(0,
			mpb.PrependDecorators(decor.Name(name, decor.WCSyncSpaceR), decor.CountersNoUnit("%d / %d", decor.WCSyncSpace)),
			mpb.AppendDecorators(decor.Percentage(decor.WC{W: len("100 %")}), decor.Any(func(decor.Statistics) string {
				return " " + one.note.Load().(string)
			})),
		)
		b.bars[name] = one
	}
	one.note.Store(note)
	one.SetTotal(int64(max(total, done)), false)
	one.SetCurrent(int64(done))
}

func (b *bars) Close() {
	b.mu.Lock()
	all := b.bars
	b.bars = map[string]*bar{}
	b.mu.Unlock()
	for _, one := range all {
		one.Abort(false)
	}
	b.progress.Wait()
}

// LineEvery is how often at most a line tells about the same name.
const LineEvery = 5 * time.Second

type lines struct {
	mu   sync.Mutex
	out  io.Writer
	last map[string]time.Time
}

func (l *lines) Step(name, note string, done, total int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if last, told := l.last[name]; told && time.Since(last) < LineEvery {
		return
	}
	l.last[name] = time.Now()
	of := ""
	if total > 0 {
		of = fmt.Sprintf(" of %d", max(total, done))
	}
	_, _ = fmt.Fprintf(l.out, "%s: %s, %d%s records\n", name, note, done, of)
}

func (*lines) Close() {}
