package folder

import (
	"context"
	"log/slog"
	"time"
)

// The pace of a watcher.
const (
	// DefaultEvery is how often the folder is looked at.
	DefaultEvery = 2 * time.Second
	// DefaultSettle is for how long a changed folder must stay as it is before
	// it is read: somebody may be copying files into it.
	DefaultSettle = 300 * time.Millisecond
	// DefaultRetry is how often a folder that could not be applied is tried
	// again without having changed: what was in its way may be gone.
	DefaultRetry = 30 * time.Second
)

// A Watcher keeps the log at what a folder says. Every replica may have one:
// each state of the folder is committed once.
type Watcher struct {
	Dir    string
	Editor Editor
	Reader Reader
	Log    *slog.Logger
	// Every, Settle and Retry replace the defaults.
	Every, Settle, Retry time.Duration

	tried  string    // the hash that was last tried
	at     time.Time // when
	failed bool      // and whether in vain
	told   map[string]bool
}

// Run looks at the folder until ctx ends.
func (w *Watcher) Run(ctx context.Context) {
	w.prepare()
	for {
		select {
		case <-time.After(w.Every):
		case <-ctx.Done():
			return
		}
		w.look(ctx)
	}
}

// Start applies the folder as it is, before anybody reads from the log.
func (w *Watcher) Start(ctx context.Context) {
	w.prepare()
	files, hash, err := Load(w.Dir)
	w.take(ctx, files, hash, err)
}

func (w *Watcher) prepare() {
	if w.told == nil {
		w.told = map[string]bool{}
	}
	for d, otherwise := range map[*time.Duration]time.Duration{
		&w.Every: DefaultEvery, &w.Settle: DefaultSettle, &w.Retry: DefaultRetry,
	} {
		if *d == 0 {
			*d = otherwise
		}
	}
}

// look applies the folder when it has changed and stands still.
func (w *Watcher) look(ctx context.Context) {
	files, hash, err := Load(w.Dir)
	for err == nil && hash != w.tried {
		select {
		case <-time.After(w.Settle):
		case <-ctx.Done():
			return
		}
		before := hash
		if files, hash, err = Load(w.Dir); hash == before {
			break
		}
	}
	if err == nil && hash == w.tried && w.failed && time.Since(w.at) < w.Retry {
		return
	}
	w.take(ctx, files, hash, err)
}

// take applies what was read and logs what came of it.
func (w *Watcher) take(ctx context.Context, files []File, hash string, err error) {
	var report Report
	if err == nil {
		report, err = apply(ctx, files, hash, w.Editor, w.Reader, false, false)
	}
	if ctx.Err() != nil {
		return
	}
	w.tried, w.at, w.failed = hash, time.Now(), err != nil || len(report.Problems) > 0
	now := map[string]bool{}
	news := func(what string) bool { // what goes on is told once
		now[what] = true
		return !w.told[what]
	}
	switch {
	case err != nil:
		if news(err.Error()) {
			w.Log.ErrorContext(ctx, "the strategy folder cannot be applied; the log's content holds", "folder", w.Dir, "error", err)
		}
	case len(report.Problems) > 0:
		if news(hash) {
			w.Log.ErrorContext(ctx, "the strategy folder has problems; the log's content holds", "folder", w.Dir, "problems", len(report.Problems))
		}
		for _, p := range report.Problems[:min(len(report.Problems), MaxProblems)] {
			if news(p.String()) {
				w.Log.ErrorContext(ctx, "problem in the strategy folder", "problem", p.String())
			}
		}
	case report.State == StateOlder:
		if news(hash + report.InForce) {
			w.Log.WarnContext(ctx, "this strategy folder is older than the one in force; use config apply to go back to it",
				"folder", w.Dir, "hash", hash, "in_force", report.InForce)
		}
	case report.Revision > 0:
		created, updated, deleted := 0, 0, 0
		for _, c := range report.Counts {
			created, updated, deleted = created+c.Created, updated+c.Updated, deleted+c.Deleted
		}
		w.Log.InfoContext(ctx, "strategy folder applied", "folder", w.Dir, "hash", hash, "revision", report.Revision,
			"created", created, "updated", updated, "deleted", deleted)
	}
	w.told = now
}
