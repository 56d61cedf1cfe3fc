package mongostore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"plumbline/portfolio"
	"plumbline/store"
)

// DefaultDatabase is the database of a URL that names none.
const DefaultDatabase = "plumbline"

// connect makes a client whose every read sees only what a majority has, and
// whose every write is on the disks of a majority before it is acknowledged.
// The driver's own repetition of writes is off: a write that it repeats
// unseen would make the outcome of the first unknowable.
func connect(url string, selection time.Duration) (*mongo.Client, error) {
	journal := true
	client, err := mongo.Connect(options.Client().
		ApplyURI(url).
		SetAppName("plumbline").
		SetRegistry(store.Registry()).
		SetBSONOptions(&options.BSONOptions{UseJSONStructTags: true}).
		SetReadPreference(readpref.Primary()).
		SetReadConcern(readconcern.Majority()).
		SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal}).
		SetRetryWrites(false).
		SetConnectTimeout(selection).
		SetServerSelectionTimeout(selection))
	if err != nil {
		// The driver's message may repeat the URL, and with it the password.
		return nil, fmt.Errorf("%w: the store's URL is not one of MongoDB, as in mongodb://host:27017/plumbline", portfolio.ErrInvalid)
	}
	return client, nil
}

func disconnect(client *mongo.Client) error {
	ctx, cancel := context.WithTimeout(context.Background(), closeGrace)
	defer cancel()
	return client.Disconnect(ctx)
}

// closeCursor frees what a cursor holds on the server, also when the reader's
// time is up. The server does it by itself if this fails.
func closeCursor(cursor *mongo.Cursor) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = cursor.Close(ctx)
}

// databaseOf returns the path of the URL. It is not parsed by net/url, which
// refuses several hosts.
func databaseOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	rest, _, _ = strings.Cut(rest, "?")
	if _, path, ok := strings.Cut(rest, "/"); ok && path != "" {
		return path
	}
	return DefaultDatabase
}

// What a server says of itself.
type hello struct {
	WritablePrimary bool      `json:"isWritablePrimary"`
	Secondary       bool      `json:"secondary"`
	Primary         string    `json:"primary"`
	LocalTime       time.Time `json:"localTime"`
}

func (s *Store) hello(ctx context.Context) (hello, error) {
	if err := s.open(); err != nil {
		return hello{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	var h hello
	err := s.client.Database("admin").RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&h)
	return h, explain("ask the server", err)
}

// checkServer reports a server that cannot be written to before anything else
// fails in a less telling way.
func (s *Store) checkServer(ctx context.Context) error {
	h, err := s.hello(ctx)
	if err != nil {
		return err
	}
	if !h.WritablePrimary {
		hint := "its replica set has no primary at the moment"
		if h.Primary != "" {
			hint = "the primary is " + h.Primary
		}
		return fmt.Errorf("%w: MongoDB: the server is a secondary and takes no writes; %s; name the whole replica set in the store's URL and leave out directConnection",
			portfolio.ErrUnavailable, hint)
	}
	return nil
}

// foldBatch returns how many documents the server folds well with one command.
func (s *Store) foldBatch(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	info, err := s.client.Database("admin").RunCommand(ctx, bson.D{{Key: "buildInfo", Value: 1}}).Raw()
	if err != nil {
		return 0, explain("ask the server's version", err)
	}
	if _, err := info.LookupErr("ferretdbVersion"); err == nil {
		return FerretFoldBatch, nil
	}
	return DefaultFoldBatch, nil
}

// Error codes of MongoDB.
const (
	codeUnauthorized         = 13
	codeAuthenticationFailed = 18
	codeAtlasAuthentication  = 8000
)

var notPrimaryCodes = []int{189, 91, 10107, 11600, 11602, 13435, 13436}

// explain says in words what an error of the driver means. What the server
// did not answer, refuses or cannot do now is portfolio.ErrUnavailable.
func explain(doing string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if errors.Is(err, portfolio.ErrUnavailable) || errors.Is(err, store.ErrCorrupt) || errors.Is(err, store.ErrReset) {
		return err // already explained
	}
	var why string
	var coded mongo.ServerError
	switch hasCodes := errors.As(err, &coded); {
	case hasCodes && (coded.HasErrorCode(codeAuthenticationFailed) || coded.HasErrorCode(codeAtlasAuthentication)),
		strings.Contains(err.Error(), "auth error"):
		why = "it refuses the user name or the password of the store's URL"
	case hasCodes && coded.HasErrorCode(codeUnauthorized):
		why = "the user of the store's URL may not do this; it needs the role readWrite on the database"
	case hasCodes && hasAnyCode(coded, notPrimaryCodes):
		why = "the server is a secondary now; waiting for the new primary"
	case errors.Is(err, context.DeadlineExceeded), mongo.IsTimeout(err):
		why = "no server that can be written to answers in time"
	case mongo.IsNetworkError(err), errors.Is(err, mongo.ErrClientDisconnected), strings.Contains(err.Error(), "server selection error"):
		why = "the connection failed"
	default:
		return fmt.Errorf("MongoDB: %s: %w", doing, err)
	}
	return fmt.Errorf("%w: MongoDB: %s: %s: %w", portfolio.ErrUnavailable, doing, why, err)
}

func hasAnyCode(err mongo.ServerError, codes []int) bool {
	for _, code := range codes {
		if err.HasErrorCode(code) {
			return true
		}
	}
	return false
}

// onlyDuplicates reports whether all that is wrong is that documents were
// there already.
func onlyDuplicates(err error) bool {
	var bulk mongo.BulkWriteException
	if errors.As(err, &bulk) {
		if hasWriteConcernError(err) {
			return false
		}
		for _, e := range bulk.WriteErrors {
			if !mongo.IsDuplicateKeyError(e) {
				return false
			}
		}
		return len(bulk.WriteErrors) > 0
	}
	return mongo.IsDuplicateKeyError(err) && !hasWriteConcernError(err)
}
