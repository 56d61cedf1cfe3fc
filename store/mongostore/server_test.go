package mongostore_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"plumbline/store"
	"plumbline/store/mongostore"
	"plumbline/store/storetest"
)

// The environment of these tests.
const (
	// testServer names a MongoDB to test on, as in mongodb://localhost:27017.
	// Without it a FerretDB is built and started.
	testServer = "PLUMBLINE_TEST_MONGODB"
	// requireServer makes it a failure when there is none.
	requireServer = "PLUMBLINE_REQUIRE_FERRETDB"
)

var realServer = os.Getenv(testServer)

var kit = storetest.Kit{
	New: newDatabase,
	Dial: func(url string) (store.Log, error) {
		return mongostore.Open(context.Background(), url, mongostore.Options{})
	},
	Steps: mongostore.Steps(),
	Slow:  realServer == "",
}

func TestMain(m *testing.M) {
	storetest.ServeVictim(kit)
	code := m.Run()
	if ferretFolder != "" {
		_ = os.RemoveAll(ferretFolder)
	}
	os.Exit(code)
}

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, kit)
}

func TestKill(t *testing.T) {
	t.Parallel()
	storetest.Kill(t, kit)
}

// A server is a MongoDB wire server with one database for one test.
type server struct {
	url string // with the database
	// folder and process are those of a FerretDB.
	folder string
	cmd    *exec.Cmd
	stdin  io.Closer
}

// startServer returns a server with an empty database.
func startServer(t testing.TB) *server {
	t.Helper()
	database := "plumbline_test_" + strings.ToLower(rand.Text()[:10])
	if realServer != "" {
		s := &server{url: withDatabase(realServer, database)}
		t.Cleanup(func() { dropDatabase(t, s.url, database) })
		return s
	}
	binary := ferretBinary(t)
	s := &server{folder: t.TempDir()}
	s.run(t, binary, "127.0.0.1:0")
	s.url = withDatabase(s.url, database)
	t.Cleanup(func() { s.stop(t) })
	return s
}

func (s *server) run(t testing.TB, binary, listen string) {
	t.Helper()
	s.cmd = exec.Command(binary, "-listen", listen, "-folder", s.folder)
	s.cmd.Stderr = os.Stderr
	stdin, err := s.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.stdin = stdin
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("FerretDB did not start: %v", err)
	}
	s.url = strings.TrimSpace(line)
}

// stop ends a FerretDB as a crash would.
func (s *server) stop(t testing.TB) {
	t.Helper()
	if s.cmd.ProcessState != nil {
		return
	}
	if err := s.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = s.cmd.Wait() // it was killed
	s.stdin.Close()
}

// restart brings a stopped FerretDB back on the same port.
func (s *server) restart(t testing.TB) {
	t.Helper()
	url := s.url
	s.run(t, ferretBinary(t), hostOf(url))
	s.url = url
}

func hostOf(url string) string {
	host, _, _ := strings.Cut(strings.TrimPrefix(url, "mongodb://"), "/")
	return host
}

// withDatabase sets the path of a URL.
func withDatabase(url, database string) string {
	scheme, rest, _ := strings.Cut(url, "://")
	rest, query, hasQuery := strings.Cut(rest, "?")
	hosts, _, _ := strings.Cut(rest, "/")
	if url = scheme + "://" + hosts + "/" + database; hasQuery {
		url += "?" + query
	}
	return url
}

var (
	ferretOnce   sync.Once
	ferretFolder string
	ferretPath   string
	errFerret    error // why there is none
)

// ferretBinary builds the server of the module beside this one, once. Where
// the module cannot be downloaded the test is skipped.
func ferretBinary(t testing.TB) string {
	t.Helper()
	ferretOnce.Do(func() {
		if out, err := exec.Command("go", "-C", "ferrettest", "mod", "download").CombinedOutput(); err != nil {
			errFerret = fmt.Errorf("FerretDB cannot be downloaded: %w: %s", err, out)
			return
		}
		if ferretFolder, errFerret = os.MkdirTemp("", "ferrettest"); errFerret != nil {
			return
		}
		ferretPath = filepath.Join(ferretFolder, "ferrettest")
		if out, err := exec.Command("go", "-C", "ferrettest", "build", "-o", ferretPath, ".").CombinedOutput(); err != nil {
			errFerret = fmt.Errorf("FerretDB does not build: %w: %s", err, out)
		}
	})
	if errFerret == nil {
		return ferretPath
	}
	if os.Getenv(requireServer) != "" {
		t.Fatal(errFerret)
	}
	t.Skipf("no MongoDB to test on: name one in %s (%v)", testServer, errFerret)
	return ""
}

// plainClient talks to the database past the store.
func plainClient(t testing.TB, url string) *mongo.Client {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(url).SetRetryWrites(false).SetRegistry(store.Registry()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	return client
}

func plain(t testing.TB, url string) *mongo.Database {
	t.Helper()
	return plainClient(t, url).Database(databaseIn(url))
}

func databaseIn(url string) string {
	_, database, _ := strings.Cut(strings.TrimPrefix(url, "mongodb://"), "/")
	database, _, _ = strings.Cut(database, "?")
	return database
}

func dropDatabase(t testing.TB, url, database string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := plainClient(t, url).Database(database).Drop(ctx); err != nil {
		t.Errorf("drop %s: %v", database, err)
	}
}

func newDatabase(t testing.TB) *storetest.Database {
	t.Helper()
	s := startServer(t)
	return &storetest.Database{
		Address: s.url,
		Shared:  true,
		Open: func(t testing.TB, o storetest.Options) store.Log {
			t.Helper()
			return open(t, s.url, mongostore.Options{Fault: o.Fault})
		},
		Backup: func(t testing.TB) func() { return backup(t, s.url) },
		RaiseFormat: func(t testing.TB) {
			raise := bson.D{{Key: "$set", Value: bson.D{{Key: "format", Value: store.Format + 1}}}}
			if _, err := plain(t, s.url).Collection("meta").UpdateByID(t.Context(), "format", raise); err != nil {
				t.Fatal(err)
			}
		},
	}
}

func open(t testing.TB, url string, options mongostore.Options) *mongostore.Store {
	t.Helper()
	log, err := mongostore.Open(t.Context(), url, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	return log
}

// backup copies every collection and returns what brings the copies back. The
// mark comes first: a fold that is under way moves documents and then the mark,
// so a copy whose mark is younger than its documents would miss some.
func backup(t testing.TB, url string) func() {
	t.Helper()
	db := plain(t, url)
	names, err := db.ListCollectionNames(t.Context(), bson.D{})
	if err != nil {
		t.Fatal(err)
	}
	names = append([]string{"meta"}, slices.DeleteFunc(names, func(name string) bool { return name == "meta" })...)
	copies := map[string][]bson.Raw{}
	for _, name := range names {
		cursor, err := db.Collection(name).Find(t.Context(), bson.D{})
		if err != nil {
			t.Fatal(err)
		}
		var docs []bson.Raw
		if err := cursor.All(t.Context(), &docs); err != nil {
			t.Fatal(err)
		}
		copies[name] = docs
	}
	return func() {
		names, err := db.ListCollectionNames(t.Context(), bson.D{})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if _, err := db.Collection(name).DeleteMany(t.Context(), bson.D{}); err != nil {
				t.Fatal(err)
			}
			if len(copies[name]) == 0 {
				continue
			}
			if _, err := db.Collection(name).InsertMany(t.Context(), copies[name]); err != nil && !errors.Is(err, mongo.ErrEmptySlice) {
				t.Fatal(err)
			}
		}
	}
}
