package mongostore

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"plumbline/portfolio"
	"plumbline/store"
)

// collections names the readable collection of each kind.
var collections = map[portfolio.Kind]string{
	portfolio.KindProject:      "projects",
	portfolio.KindMilestone:    "milestones",
	portfolio.KindDependency:   "dependencies",
	portfolio.KindPerson:       "people",
	portfolio.KindDepartment:   "departments",
	portfolio.KindStatusReport: "statusReports",
	portfolio.KindRisk:         "risks",
	portfolio.KindOverride:     "overrides",
	portfolio.KindLink:         "links",
	portfolio.KindQuarantine:   "quarantine",
	portfolio.KindHold:         "holds",
	portfolio.KindSite:         "sites",
	portfolio.KindSettings:     "settings",
	portfolio.KindClock:        "clock",
	portfolio.KindRun:          "runs",
	portfolio.KindCursor:       "cursors",
	portfolio.KindPass:         "passes",

	portfolio.KindIdentity:         "identities",
	portfolio.KindStrategy:         "strategies",
	portfolio.KindStrategyVersion:  "strategyVersions",
	portfolio.KindObjective:        "objectives",
	portfolio.KindJudgement:        "judgements",
	portfolio.KindContribution:     "contributions",
	portfolio.KindKeyResult:        "keyResults",
	portfolio.KindKPI:              "kpis",
	portfolio.KindMeasurement:      "measurements",
	portfolio.KindKPILink:          "kpiLinks",
	portfolio.KindRecordedRisk:     "recordedRisks",
	portfolio.KindIssue:            "issues",
	portfolio.KindAssumption:       "assumptions",
	portfolio.KindDecision:         "decisions",
	portfolio.KindLesson:           "lessons",
	portfolio.KindSurvey:           "surveys",
	portfolio.KindQuote:            "quotes",
	portfolio.KindQuickWin:         "quickWins",
	portfolio.KindCycle:            "cycles",
	portfolio.KindBenefit:          "benefits",
	portfolio.KindCost:             "costs",
	portfolio.KindAssignment:       "assignments",
	portfolio.KindCapacity:         "capacities",
	portfolio.KindControlException: "controlExceptions",
	portfolio.KindFolder:           "folders",
	portfolio.KindObservation:      "observations",
	portfolio.KindAnswer:           "answers",
	portfolio.KindLastEdit:         "lastEdit",
}

func (s *Store) collection(kind portfolio.Kind) *mongo.Collection {
	return s.db.Collection(collections[kind])
}

// wake tells the folder that there is something to do.
func (s *Store) wake() {
	select {
	case s.wakeFolder <- struct{}{}:
	default: // it has been told
	}
}

// keepFolding folds what is committed until the store is closed, and then what
// is left. Commits do not wait for it: whoever reads lays the commits after
// the mark over the collections.
func (s *Store) keepFolding() {
	var again <-chan time.Time
	complained := ""
	for {
		last := false
		select {
		case <-s.wakeFolder:
		case <-again:
		case <-s.closing.Done():
			last = true
		}
		again = nil
		err := s.fold(s.folding)
		switch {
		case err == nil:
			complained = ""
		case s.folding.Err() == nil:
			if err.Error() != complained {
				s.logger.Warn("commits could not be folded yet; nothing is lost", "error", err)
				complained = err.Error()
			}
			again = time.After(foldRetry)
		}
		s.mu.Lock()
		close(s.folded)
		s.folded = make(chan struct{})
		s.mu.Unlock()
		if last {
			return
		}
	}
}

// holdBack lets a writer wait while very much is unfolded, as everybody's
// reads grow dearer with it; but not for long, as folding is no condition of
// committing.
func (s *Store) holdBack(ctx context.Context) error {
	deadline := time.After(maxHold)
	for {
		s.mu.Lock()
		behind, moved := s.head.Number-s.mark, s.folded
		s.mu.Unlock()
		if behind <= maxBehind {
			return nil
		}
		s.wake() // others may have folded long ago: it will find that out
		select {
		case <-moved:
		case <-deadline:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// fold folds the commits after the mark, in order, to the end of the log. Any
// number of processes may do so at once: each step, done again or late,
// changes nothing that a later commit has written.
func (s *Store) fold(ctx context.Context) error {
	if s.formatNow() > store.Format {
		return nil // that is for the newer release to do
	}
	mark, err := s.readMark(ctx)
	if err != nil {
		return err
	}
	_, next, err := s.recordsSinceMark(ctx, mark)
	if err != nil {
		return err
	}
	s.marked(mark)
	giveWay := true
	for _, r := range next {
		if giveWay && r.Number > mark && !s.ours(r) {
			if mark, err = s.waitForMark(ctx, mark, r.Number); err != nil {
				return err
			}
			giveWay = r.Number <= mark
		}
		if r.Number <= mark {
			continue
		}
		if mark, err = s.foldOne(ctx, r); err != nil {
			return err
		}
		s.marked(mark)
	}
	return nil
}

// marked notes how far commits are folded.
func (s *Store) marked(mark int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mark = mark
	for batch, by := range s.touched {
		if by.revision <= mark {
			delete(s.touched, batch)
		}
	}
	close(s.folded)
	s.folded = make(chan struct{})
}

// ours reports whether this process has committed the record.
func (s *Store) ours(r store.Record) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.touched[r.Batch].ours
}

// waitForMark gives the process whose commit it is a moment to fold it: if all
// replicas folded everything, each would slow down the others. When it does
// not come, it may have died.
func (s *Store) waitForMark(ctx context.Context, mark, revision int64) (int64, error) {
	for range foldCourtesy / courtesyPause {
		if mark >= revision || ctx.Err() != nil || s.closing.Err() != nil {
			return mark, ctx.Err()
		}
		pause(ctx, courtesyPause)
		var err error
		if mark, err = s.readMark(ctx); err != nil {
			return mark, err
		}
	}
	return mark, nil
}

// foldOne folds one commit and returns the mark, which other processes may
// have moved further.
func (s *Store) foldOne(ctx context.Context, r store.Record) (mark int64, err error) {
	entries, err := s.readBatch(ctx, r)
	if err != nil {
		return 0, err
	}
	steps := []struct {
		name string
		do   func() error
	}{
		{StepStamped, func() error { return s.stamp(ctx, r) }},
		{StepReplaced, func() error { return s.replace(ctx, r, entries) }},
		{StepSuperseded, func() error { return s.deleteSuperseded(ctx, r, entries) }},
		{StepMarked, func() error { mark, err = s.raiseMark(ctx, r.Number); return err }},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			return 0, err
		}
		if err := s.fault(step.name); err != nil {
			return 0, err
		}
	}
	return mark, nil
}

// stamp writes the revision into the versions, and removes those of batches
// that the commit voids.
func (s *Store) stamp(ctx context.Context, r store.Record) error {
	// No commit carries them; were it otherwise, facts would be lost for good.
	abandoned, err := s.uncommitted(ctx, r.Void)
	if err != nil {
		return err
	}
	for _, b := range abandoned {
		if err := s.removeBatch(ctx, b); err != nil {
			return err
		}
	}
	for i := 0; i < r.Entries; i += s.options.FoldBatch {
		part := between(versionID{r.Batch, int32(i)}, versionID{r.Batch, int32(i + s.options.FoldBatch - 1)})
		if err := s.stampPart(ctx, part, r.Number); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) stampPart(ctx context.Context, part bson.D, revision int64) error {
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	_, err := s.db.Collection("versions").UpdateMany(ctx, part, bson.D{{Key: "$set", Value: bson.D{{Key: "rev", Value: revision}}}})
	return s.explain("stamp versions", err)
}

func (s *Store) removeBatch(ctx context.Context, b store.BatchID) error {
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	_, err := s.db.Collection("versions").DeleteMany(ctx, ofBatch(b))
	return s.explain("remove an abandoned batch", err)
}

// replace brings the readable collections up to the commit. Each replacement
// is guarded by the revision: where a later one stands already the filter does
// not match, the upsert collides with it, and that is as it should be. A
// delete leaves a tombstone, or a fold that comes late would not see that it
// is late, and bring the document back.
func (s *Store) replace(ctx context.Context, r store.Record, entries []store.Entry) error {
	models := map[portfolio.Kind][]mongo.WriteModel{}
	flush := func(kind portfolio.Kind) error {
		pending := models[kind]
		models[kind] = nil
		return s.replaceAll(ctx, kind, pending)
	}
	for _, e := range entries {
		kind := e.Key.Kind
		models[kind] = append(models[kind], mongo.NewReplaceOneModel().
			SetFilter(bson.D{{Key: "_id", Value: e.Key.ID}, {Key: "rev", Value: bson.D{{Key: "$lt", Value: r.Number}}}}).
			SetReplacement(folded(e, r.Number)).
			SetUpsert(true))
		if len(models[kind]) == s.options.FoldBatch {
			if err := flush(kind); err != nil {
				return err
			}
		}
	}
	for kind := range models {
		if err := flush(kind); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) replaceAll(ctx context.Context, kind portfolio.Kind, models []mongo.WriteModel) error {
	if len(models) == 0 {
		return nil
	}
	done, err := s.bulk(ctx, kind, models)
	var failed mongo.BulkWriteException
	if !onlyDuplicates(err) || !errors.As(err, &failed) {
		return s.explain("fold documents", err)
	}
	if done+len(failed.WriteErrors) == len(models) {
		return nil // all were tried; the others are newer already
	}
	// Some servers stop an unordered command at the first duplicate.
	for _, m := range models {
		if _, err := s.bulk(ctx, kind, []mongo.WriteModel{m}); err != nil && !onlyDuplicates(err) {
			return s.explain("fold documents", err)
		}
	}
	return nil
}

// bulk returns how many of the replacements were made.
func (s *Store) bulk(ctx context.Context, kind portfolio.Kind, models []mongo.WriteModel) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	result, err := s.collection(kind).BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
	if result == nil {
		return 0, err
	}
	return int(result.MatchedCount + result.UpsertedCount), err
}

// folded is what an entry is in its readable collection.
func folded(e store.Entry, revision int64) bson.Raw {
	if e.Deleted() {
		return tombstone(e.Key.ID, revision)
	}
	return withHead(e.Key.ID, revision, e.Body)
}

// deleteSuperseded removes versions of operational documents that this commit
// has replaced: nobody asks for their history.
func (s *Store) deleteSuperseded(ctx context.Context, r store.Record, entries []store.Entry) error {
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	for _, e := range entries {
		if !e.Key.Kind.Operational() {
			continue
		}
		// Versions of revision 0 are of batches that are not committed yet.
		_, err := s.db.Collection("versions").DeleteMany(ctx, bson.D{
			{Key: "kind", Value: e.Key.Kind}, {Key: "id", Value: e.Key.ID},
			{Key: "rev", Value: bson.D{{Key: "$gt", Value: 0}, {Key: "$lt", Value: r.Number}}},
		})
		if err != nil {
			return s.explain("remove superseded versions", err)
		}
	}
	return nil
}
