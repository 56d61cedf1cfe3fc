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
//
// It also returns the servers that the URL names, as host:port.
func connect(url string, selection time.Duration) (*mongo.Client, []string, error) {
	journal := true
	o := options.Client().ApplyURI(url)
	client, err := mongo.Connect(o.
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
		return nil, nil, fmt.Errorf("%w: the store's URL is not one of MongoDB, as in mongodb://host:27017/plumbline", portfolio.ErrInvalid)
	}
	return client, o.Hosts, nil
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
	return h, s.explain("ask the server", err)
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
		return 0, s.explain("ask the server's version", err)
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

// unavailable is one sentence about a server that did not answer, refuses or
// cannot do something now. The driver's words, which tell its whole view of the
// world, are in the debug log only.
type unavailable struct {
	sentence string
	cause    error
}

func (u *unavailable) Error() string {
	return fmt.Sprintf("%v: MongoDB %s", portfolio.ErrUnavailable, u.sentence)
}

func (u *unavailable) Unwrap() []error { return []error{portfolio.ErrUnavailable, u.cause} }

// explain says in words what an error of the driver means. What the server
// did not answer, refuses or cannot do now is portfolio.ErrUnavailable.
func (s *Store) explain(doing string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if errors.Is(err, portfolio.ErrUnavailable) || errors.Is(err, store.ErrCorrupt) || errors.Is(err, store.ErrReset) {
		return err // already explained
	}
	at := "at " + strings.Join(s.servers, ", ")
	var why string
	var coded mongo.ServerError
	switch hasCodes := errors.As(err, &coded); {
	case hasCodes && (coded.HasErrorCode(codeAuthenticationFailed) || coded.HasErrorCode(codeAtlasAuthentication)),
		strings.Contains(err.Error(), "auth error"):
		why = at + " refuses the user name or the password of the store's URL"
	case hasCodes && coded.HasErrorCode(codeUnauthorized):
		why = fmt.Sprintf("%s does not let the user of the store's URL %s; the user needs the role readWrite on the database", at, doing)
	case hasCodes && hasAnyCode(coded, notPrimaryCodes):
		why = at + " is a secondary now; waiting for the new primary"
	case withoutPrimary(err):
		why = at + " answers, but no server of it takes writes at the moment; check that its replica set has a primary"
	case errors.Is(err, context.DeadlineExceeded), mongo.IsTimeout(err),
		mongo.IsNetworkError(err), errors.Is(err, mongo.ErrClientDisconnected), strings.Contains(err.Error(), "server selection error"):
		why = fmt.Sprintf("%s cannot be reached: %s", at, unreached(err))
	default:
		return fmt.Errorf("MongoDB: %s: %w", doing, err)
	}
	s.logger.Debug("MongoDB is unavailable", "doing", doing, "error", err)
	return &unavailable{why, err}
}

// withoutPrimary reports whether servers were found, and none to write to.
func withoutPrimary(err error) bool {
	text := err.Error()
	return strings.Contains(text, "server selection error") &&
		(strings.Contains(text, "Type: RSSecondary") || strings.Contains(text, "Type: RSArbiter") || strings.Contains(text, "Type: RSMember"))
}

// hurdles are what may lie in the way to a server, as the system words it, and
// what to check then. The driver keeps them in the text of its errors only.
var hurdles = []struct{ says, means string }{
	{"connection refused", "nothing listens there; check that it runs, and the host and port of the store's URL"},
	{"no such host", "the name is not known; check the host of the store's URL"},
	{"x509:", "its certificate is not trusted; check tlsCAFile and the host of the store's URL"},
	{"tls:", "it does not speak TLS as the store's URL asks for; check tls there"},
	{"network is unreachable", "no way leads there; check the network"},
	{"no route to host", "no way leads there; check the network"},
	{mongo.ErrClientDisconnected.Error(), "this process has left it"},
	{"EOF", "it hung up; check whether it wants TLS, and that it runs"},
	{"connection reset", "it hung up; check whether it wants TLS, and that it runs"},
	{"broken pipe", "it hung up; check whether it wants TLS, and that it runs"},
}

func unreached(err error) string {
	text := err.Error()
	for _, h := range hurdles {
		if strings.Contains(text, h.says) {
			return h.means
		}
	}
	return "it does not answer in time; check that it runs, the host and port of the store's URL, and that no firewall is in the way"
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
