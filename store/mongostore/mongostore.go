// Package mongostore keeps the log in MongoDB, or in a service that speaks its
// protocol, for any number of replicas.
//
// It needs no transaction, no change stream and no aggregation: the insert of
// a commit's record is the commit, and its _id, the revision, is what writers
// compete for. The documents of the commit are written before that, under a
// random batch id, and folded into readable collections after it:
//
//	versions                 every version, {_id: {batch, i}, rev, kind, id, body}
//	commits                  the sequence, {_id: revision, batch, hash, …}
//	projects, milestones, …  the current documents, {_id, rev, …}
//	meta                     the format, and how far commits are folded
//
// Whatever a crash leaves behind is finished or swept away by whoever comes
// next. It knows nothing of what the documents mean.
package mongostore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"plumbline/portfolio"
	"plumbline/store"
)

// The defaults of Options.
const (
	// DefaultFoldBatch is how many documents are folded with one command, and
	// FerretFoldBatch how many on FerretDB, which hangs for good on a hundred.
	DefaultFoldBatch = 500
	FerretFoldBatch  = 20
	// DefaultPollEvery is how often a follower looks for commits of others.
	DefaultPollEvery = 250 * time.Millisecond
	// DefaultSweepEvery is how often unfinished batches are looked for.
	DefaultSweepEvery = time.Minute
	// DefaultStandStill is for how long an unfinished batch must not have grown
	// before it is taken for abandoned.
	DefaultStandStill = 10 * time.Minute
	// DefaultSelection is how long the driver looks for a server that can be
	// written to.
	DefaultSelection = 3 * time.Second
)

// Limits that nobody needs to set.
const (
	// opTimeout ends one exchange with the server.
	opTimeout = 10 * time.Second
	// settleTimeout is how long an operation of unknown outcome is tried again.
	settleTimeout = 10 * time.Second
	// retryPause lies between two such tries.
	retryPause = 100 * time.Millisecond
	// foldRetry lies between two tries to fold what could not be folded.
	foldRetry = time.Second
	// foldCourtesy is how long a process leaves a commit to the one that made it
	// before it folds it itself; it looks every courtesyPause.
	foldCourtesy  = 250 * time.Millisecond
	courtesyPause = 25 * time.Millisecond
	// closeGrace is how long Close lets folding go on.
	closeGrace = 5 * time.Second
	// maxBehind is how many commits may be unfolded before writers wait.
	maxBehind = 64
	// maxHold is how long they wait at most.
	maxHold = 2 * time.Second
)

// Options are what a store may be told; the zero value is right for a server.
type Options struct {
	Logger *slog.Logger // nil discards
	// Clock replaces the server's clock, in tests and demonstrations.
	Clock func() time.Time
	// FoldBatch, PollEvery, SweepEvery, StandStill and Selection replace the
	// defaults.
	FoldBatch                                    int
	PollEvery, SweepEvery, StandStill, Selection time.Duration
	// Fault, in tests, is called at each step; an error stops the work there as
	// a crash would.
	Fault func(step string) error
}

// The steps of a commit and of what follows it, as Options.Fault names them.
const (
	StepVersions   = "versions"   // the batch is written
	StepRecord     = "record"     // just before the record is inserted
	StepCommitted  = "committed"  // the record is inserted
	StepStamped    = "stamped"    // the versions carry their revision
	StepReplaced   = "replaced"   // the readable collections are up to date
	StepSuperseded = "superseded" // old operational versions are gone
	StepMarked     = "marked"     // the mark has moved
	StepVoid       = "void"       // just before a sweep's record is inserted
)

// Steps lists the steps of a commit in order.
func Steps() []string {
	return []string{StepVersions, StepRecord, StepCommitted, StepStamped, StepReplaced, StepSuperseded, StepMarked}
}

// A Store is a log in a MongoDB database. It implements store.Log.
type Store struct {
	client  *mongo.Client
	servers []string // that the URL names
	db      *mongo.Database
	options Options
	logger  *slog.Logger

	// writing has room for the one record that is being inserted: Go serves
	// waiting senders in the order of their arrival, so it is the writer queue.
	writing chan struct{}
	sweeper sweeper

	closing    context.Context // ends when Close begins
	close      context.CancelFunc
	folding    context.Context // ends when Close's patience does
	stopFold   context.CancelFunc
	background sync.WaitGroup
	commits    sync.WaitGroup // those under way
	wakeFolder chan struct{}

	mu     sync.Mutex
	closed bool
	// head is the newest record this process knows. If the database is replaced
	// it is of a log that is no more, and no commit succeeds until Load.
	head   store.Record
	format int   // of the database
	mark   int64 // everything up to here is folded
	// touched holds the keys of commits after the mark, as far as known. A
	// batch, unlike a revision, is never another one in a restored database.
	touched map[store.BatchID]touchedBy
	news    chan struct{} // closed at the next commit
	folded  chan struct{} // closed when the mark moves or folding fails
}

var _ store.Log = (*Store)(nil)

// Open connects to the database that the URL names ("plumbline" if it names
// none), and makes its collections. An unreachable or unusable server is
// portfolio.ErrUnavailable, with a sentence that says what is the matter.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	o.PollEvery = cmp.Or(o.PollEvery, DefaultPollEvery)
	o.SweepEvery = cmp.Or(o.SweepEvery, DefaultSweepEvery)
	o.StandStill = cmp.Or(o.StandStill, DefaultStandStill)
	o.Selection = cmp.Or(o.Selection, DefaultSelection)
	client, servers, err := connect(url, o.Selection)
	if err != nil {
		return nil, err
	}
	s := &Store{
		client: client, servers: servers, db: client.Database(databaseOf(url)), options: o, logger: o.Logger,
		writing: make(chan struct{}, 1), wakeFolder: make(chan struct{}, 1),
		touched: map[store.BatchID]touchedBy{}, news: make(chan struct{}), folded: make(chan struct{}),
	}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, disconnect(client))
	}
	s.closing, s.close = context.WithCancel(context.Background())
	s.folding, s.stopFold = context.WithCancel(context.Background())
	s.background.Go(s.keepFolding)
	s.background.Go(s.keepSweeping)
	s.wake() // a crash may have left something to fold
	return s, nil
}

// prepare checks that the server can be written to, and makes what is missing.
func (s *Store) prepare(ctx context.Context) error {
	if err := s.checkServer(ctx); err != nil {
		return err
	}
	if s.options.FoldBatch == 0 {
		var err error
		if s.options.FoldBatch, err = s.foldBatch(ctx); err != nil {
			return err
		}
	}
	if err := s.readFormat(ctx); err != nil {
		return err
	}
	if s.format <= store.Format {
		if err := s.makeCollections(ctx); err != nil {
			return err
		}
	}
	mark, err := s.readMark(ctx)
	if err != nil {
		return err
	}
	head, err := s.lastRecord(ctx)
	if err != nil {
		return err
	}
	s.mark, s.head = mark, head
	return nil
}

// The documents of the collection meta.
const (
	metaFormat = "format" // {_id, format}: the lowest layout number that may write
	metaFold   = "fold"   // {_id, mark}
)

type meta struct {
	Format int   `json:"format,omitempty"`
	Mark   int64 `json:"mark,omitempty"`
}

func (s *Store) readMeta(ctx context.Context, id string) (meta, error) {
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	var m meta
	err := s.db.Collection("meta").FindOne(ctx, bson.D{{Key: "_id", Value: id}}).Decode(&m)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return meta{}, nil
	}
	return m, s.explain("read meta", err)
}

// raiseMeta sets a number of meta unless it is higher already, and returns
// what is there then.
func (s *Store) raiseMeta(ctx context.Context, id, field string, n int64) (meta, error) {
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	raise := func() (m meta, err error) {
		err = s.db.Collection("meta").FindOneAndUpdate(ctx,
			bson.D{{Key: "_id", Value: id}},
			bson.D{{Key: "$max", Value: bson.D{{Key: field, Value: n}}}},
			options.FindOneAndUpdate().SetUpsert(true).SetReturnDocument(options.After)).Decode(&m)
		return m, err
	}
	m, err := raise()
	if mongo.IsDuplicateKeyError(err) { // two upserts at once: it is there now
		m, err = raise()
	}
	return m, s.explain("write meta", err)
}

func (s *Store) raiseMark(ctx context.Context, revision int64) (mark int64, err error) {
	m, err := s.raiseMeta(ctx, metaFold, "mark", revision)
	return m.Mark, err
}

func (s *Store) readFormat(ctx context.Context) error {
	m, err := s.readMeta(ctx, metaFormat)
	s.format = m.Format
	return err
}

func (s *Store) readMark(ctx context.Context) (int64, error) {
	m, err := s.readMeta(ctx, metaFold)
	return m.Mark, err
}

func (s *Store) makeCollections(ctx context.Context) error {
	if _, err := s.raiseMeta(ctx, metaFormat, "format", store.Format); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	ascending := func(fields ...string) bson.D {
		var keys bson.D
		for _, f := range fields {
			keys = append(keys, bson.E{Key: f, Value: 1})
		}
		return keys
	}
	// One at a time: FerretDB drops the connection when asked for several that
	// it has already.
	for _, index := range []struct {
		collection string
		model      mongo.IndexModel
	}{
		{"commits", mongo.IndexModel{Keys: ascending("batch"), Options: options.Index().SetUnique(true)}},
		{"versions", mongo.IndexModel{Keys: ascending("kind", "id", "rev")}},
		{"versions", mongo.IndexModel{Keys: ascending("rev")}},
	} {
		if _, err := s.db.Collection(index.collection).Indexes().CreateOne(ctx, index.model); err != nil {
			return s.explain("make an index of "+index.collection, err)
		}
	}
	return nil
}

// Now reads the server's clock, which is the same for all replicas.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	if s.options.Clock != nil {
		return s.options.Clock().UTC(), nil
	}
	h, err := s.hello(ctx)
	return h.LocalTime, err
}

// Close waits for commits that are under way and, for a few seconds, for what
// is still to be folded. What is not will be by the next to open the log.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.news)
	s.mu.Unlock()

	s.commits.Wait()
	s.close()
	giveUp := time.AfterFunc(closeGrace, s.stopFold)
	s.background.Wait()
	giveUp.Stop()
	s.stopFold()
	return disconnect(s.client)
}

var errClosed = fmt.Errorf("%w: the store is closed", portfolio.ErrUnavailable)

// enter counts a commit that Close must wait for.
func (s *Store) enter() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	s.commits.Add(1)
	return nil
}

// open reports as an error that the store is closed.
func (s *Store) open() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	return nil
}

// changed returns a channel that is closed at the next commit of this process.
func (s *Store) changed() (<-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	return s.news, nil
}

// advance notes a record that continues what was known.
func (s *Store) advance(r store.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Number > s.head.Number {
		s.head = r
	}
	s.format = max(s.format, r.Format)
}

func (s *Store) fault(step string) error {
	if s.options.Fault == nil {
		return nil
	}
	return s.options.Fault(step)
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
