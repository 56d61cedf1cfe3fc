package replica

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"plumbline/portfolio"
	"plumbline/store"
)

var settingsKey = (*portfolio.Settings)(nil).Key()

// An Outcome tells which settings are in force after ApplySettings.
type Outcome struct {
	// Applied says that the settings were committed.
	Applied bool
	// Older says that the log has had settings from this file before, and newer
	// ones since: the log's are in force.
	Older bool
	// InForce is the hash of the file that the settings in force come from.
	InForce string
	// Settings are those in force.
	Settings *portfolio.Settings
}

// ApplySettings commits settings that were made from the file of the given
// hash, unless the log knows that file already. A file that is the log's
// newest changes nothing; one that it has since left behind is older, and the
// log's settings stay in force, with a warning. So replicas that are restarted
// with different files do not undo each other. force is for going back to an
// older file on purpose.
func (r *Replica) ApplySettings(ctx context.Context, settings portfolio.Settings, file string, force bool) (Outcome, error) {
	if file == "" {
		return Outcome{}, fmt.Errorf("apply settings: %w: no hash of the file they come from", portfolio.ErrInvalid)
	}
	for {
		outcome, err := r.applySettings(ctx, settings, file, force)
		if errors.Is(err, store.ErrConflict) {
			// Another replica was first. What it wrote decides anew.
			if err = r.waitForMove(ctx, outcome); err == nil {
				continue
			}
		}
		if err != nil {
			return Outcome{}, fmt.Errorf("apply settings: %w", err)
		}
		return outcome, nil
	}
}

func (r *Replica) applySettings(ctx context.Context, settings portfolio.Settings, file string, force bool) (Outcome, error) {
	var (
		now    portfolio.Settings
		expect int64
	)
	if v, ok := r.Snapshot().Document(settingsKey); ok {
		now, expect = *v.Doc.(*portfolio.Settings), v.Rev
	}
	outcome := Outcome{Settings: &now}
	if len(now.Files) > 0 {
		outcome.InForce = now.Files[len(now.Files)-1]
	}
	known := slices.Contains(now.Files, file)
	if known && outcome.InForce != file && !force {
		r.logger.Warn("this configuration file is older than the settings in force; use config apply to go back to it",
			"file", file, "in_force", outcome.InForce)
		outcome.Older = true
		return outcome, nil
	}
	settings.Files = append(slices.DeleteFunc(slices.Clone(now.Files), func(f string) bool { return f == file }), file)
	if known && (!force || reflect.DeepEqual(settings, now)) {
		return outcome, nil
	}
	commit, err := r.log.Commit(ctx, store.Change{
		Put:    []portfolio.Document{&settings},
		Expect: map[portfolio.Key]int64{settingsKey: expect},
		Author: dayAuthor,
	})
	if err != nil {
		return outcome, err
	}
	_, err = r.Wait(ctx, commit.Revision)
	return Outcome{Applied: true, InForce: file, Settings: &settings}, err
}

// waitForMove waits until the settings are other than those an attempt saw.
func (r *Replica) waitForMove(ctx context.Context, seen Outcome) error {
	for {
		s := r.Snapshot()
		if v, ok := s.Document(settingsKey); ok && !reflect.DeepEqual(v.Doc, seen.Settings) {
			return nil
		}
		if _, err := r.Wait(ctx, s.Position().Revision+1); err != nil && !errors.Is(err, store.ErrReset) {
			return err
		}
	}
}
