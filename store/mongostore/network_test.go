package mongostore_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/mongostore"
	"plumbline/store/replica"
	"plumbline/store/storetest"
)

// throughProxy opens a database through a proxy of its own.
func throughProxy(t *testing.T) (*mongostore.Store, *proxy) {
	t.Helper()
	if realServer != "" && strings.Contains(realServer, ",") {
		t.Skip("a proxy stands before one server, not before several")
	}
	server := startServer(t)
	p := newProxy(t, hostOf(server.url))
	url := p.url(databaseIn(server.url))
	if realServer != "" {
		url += "?directConnection=true"
	}
	return open(t, url, mongostore.Options{}), p
}

// The connection is cut around an insert, with the server having done it or
// not. Whatever the store hears, it finds out, and the commit has one effect.
func TestACutConnectionHasOneEffect(t *testing.T) {
	t.Parallel()
	for _, collection := range []string{"versions", "commits"} {
		for name, when := range map[string]cut{"request lost": beforeServer, "answer lost": beforeAnswer} {
			t.Run(collection+", "+name, func(t *testing.T) {
				t.Parallel()
				log, p := throughProxy(t)
				put(t, log, one)
				var cuts atomic.Int32
				p.when(func(m message) cut {
					if m.inserts(collection) && cuts.Add(1) <= 2 { // also the second try
						return when
					}
					return never
				})
				c, err := log.Commit(t.Context(), store.Change{
					Put:    []portfolio.Document{one, two},
					Expect: map[portfolio.Key]int64{one.Key(): 1},
				})
				if err != nil {
					t.Fatalf("Commit = %v though the server can be reached again", err)
				}
				if cuts.Load() == 0 {
					t.Fatal("nothing was cut")
				}
				if c.Revision != 2 {
					t.Errorf("revision %d, want 2", c.Revision)
				}
				equal(t, "Load", map[portfolio.Key]int64{one.Key(): 2, two.Key(): 2}, current(t, log))
				if next := put(t, log, one); next.Revision != 3 {
					t.Errorf("the next commit is revision %d, want 3: one was made twice", next.Revision)
				}
			})
		}
	}
}

// The caller's time runs out before the outcome is known. The next commit
// settles it: the first has happened or never will.
func TestAnOutcomeThatNobodyWaitedForIsSettledByTheNextCommit(t *testing.T) {
	t.Parallel()
	for name, when := range map[string]cut{"request lost": beforeServer, "answer lost": beforeAnswer} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log, p := throughProxy(t)
			put(t, log, one)
			ctx, cancel := context.WithCancel(t.Context())
			p.when(func(m message) cut {
				if m.inserts("commits") {
					cancel()
					return when
				}
				return never
			})
			_, err := log.Commit(ctx, store.Change{Put: []portfolio.Document{two}})
			if err == nil || errors.Is(err, store.ErrConflict) {
				t.Fatalf("Commit = %v, want an error that leaves the outcome open", err)
			}
			p.when(func(message) cut { return never })
			happened := when == beforeAnswer
			_, err = log.Commit(t.Context(), store.Change{
				Put:    []portfolio.Document{two},
				Expect: map[portfolio.Key]int64{two.Key(): 0},
			})
			if errors.Is(err, store.ErrConflict) != happened || err != nil && !happened {
				t.Errorf("the next commit: %v; the first has happened: %v", err, happened)
			}
			equal(t, "Load", map[portfolio.Key]int64{one.Key(): 1, two.Key(): 2}, current(t, log))
		})
	}
}

func openError(t *testing.T, url string) error {
	t.Helper()
	return openErrorLogged(t, url, io.Discard)
}

// openErrorLogged is openError with everything that is logged.
func openErrorLogged(t *testing.T, url string, out io.Writer) error {
	t.Helper()
	logger := slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	log, err := mongostore.Open(t.Context(), url, mongostore.Options{Selection: 2 * time.Second, Logger: logger})
	if err == nil {
		_ = log.Close()
		t.Fatalf("%s could be opened", url)
	}
	return err
}

func requireMessage(t *testing.T, err error, kind error, words ...string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("%v is not %v", err, kind)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the message does not say %q: %v", w, err)
		}
	}
}

func TestAMissingServerIsNamed(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	var out bytes.Buffer
	err = openErrorLogged(t, "mongodb://ada:hunter2@"+address+"/plumbline", &out)
	want := "unavailable: MongoDB at " + address + " cannot be reached: nothing listens there; check that it runs, and the host and port of the store's URL"
	if !errors.Is(err, portfolio.ErrUnavailable) || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if log := out.String(); !strings.Contains(log, "topology") || !strings.Contains(log, "level=DEBUG") || strings.Contains(log, "hunter2") {
		t.Errorf("the debug log must have the driver's words and no password:\n%s", log)
	}
}

// Whatever keeps a server from answering, the message is one sentence of ours
// that names the server and what to check.
func TestWhatLiesInTheWayIsNamed(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	rude, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rude.Close() })
	go func() {
		for {
			c, err := rude.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	stranger := httptest.NewUnstartedServer(http.NotFoundHandler())
	stranger.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // it is not trusted, and says so
	stranger.StartTLS()
	t.Cleanup(stranger.Close)
	lonely := newFake(t, func(string) bson.D {
		return append(bson.D{
			{Key: "isWritablePrimary", Value: false}, {Key: "ismaster", Value: false}, {Key: "secondary", Value: true}, {Key: "setName", Value: "rs0"},
		}, versions()...)
	})
	for _, c := range []struct{ name, address, options, says string }{
		{"silent", silent.Addr().String(), "", "it does not answer in time; check that it runs, the host and port of the store's URL, and that no firewall is in the way"},
		{"hangs up", rude.Addr().String(), "", "it hung up; check whether it wants TLS, and that it runs"},
		{"not trusted", stranger.Listener.Addr().String(), "?tls=true", "its certificate is not trusted; check tlsCAFile and the host of the store's URL"},
		{"no TLS", plain.Listener.Addr().String(), "?tls=true", "it does not speak TLS as the store's URL asks for; check tls there"},
		{"no primary", lonely, "?replicaSet=rs0", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := openError(t, "mongodb://"+c.address+"/plumbline"+c.options)
			want := "unavailable: MongoDB at " + c.address + " cannot be reached: " + c.says
			if c.says == "" {
				want = "unavailable: MongoDB at " + c.address + " answers, but no server of it takes writes at the moment; check that its replica set has a primary"
			}
			if !errors.Is(err, portfolio.ErrUnavailable) || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

func TestAWrongPasswordIsCalledThat(t *testing.T) {
	t.Parallel()
	address := newFake(t, func(command string) bson.D {
		switch command {
		case "saslStart", "saslContinue":
			return bson.D{{Key: "ok", Value: 0}, {Key: "code", Value: 18}, {Key: "codeName", Value: "AuthenticationFailed"}, {Key: "errmsg", Value: "Authentication failed."}}
		}
		return primary()
	})
	err := openError(t, "mongodb://ada:hunter2@"+address+"/plumbline?authMechanism=SCRAM-SHA-256")
	requireMessage(t, err, portfolio.ErrUnavailable, "refuses the user name or the password")
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the message tells the password: %v", err)
	}
}

func TestASecondaryIsCalledThat(t *testing.T) {
	t.Parallel()
	address := newFake(t, func(string) bson.D {
		return append(bson.D{
			{Key: "isWritablePrimary", Value: false}, {Key: "ismaster", Value: false}, {Key: "secondary", Value: true},
			{Key: "setName", Value: "rs0"}, {Key: "primary", Value: "db1:27017"}, {Key: "hosts", Value: bson.A{"db1:27017", "db2:27017"}},
		}, versions()...)
	})
	err := openError(t, "mongodb://"+address+"/plumbline?directConnection=true")
	requireMessage(t, err, portfolio.ErrUnavailable, "is a secondary", "the primary is db1:27017", "whole replica set")
}

func primary() bson.D {
	return append(bson.D{{Key: "isWritablePrimary", Value: true}, {Key: "ismaster", Value: true}}, versions()...)
}

func versions() bson.D {
	return bson.D{
		{Key: "maxBsonObjectSize", Value: 16 << 20}, {Key: "maxMessageSizeBytes", Value: 48000000}, {Key: "maxWriteBatchSize", Value: 100000},
		{Key: "localTime", Value: time.Now()}, {Key: "minWireVersion", Value: 0}, {Key: "maxWireVersion", Value: 21}, {Key: "ok", Value: 1},
	}
}

func TestAURLThatIsNoneIsRefusedWithoutRepeatingIt(t *testing.T) {
	t.Parallel()
	_, err := mongostore.Open(t.Context(), "mongodb://ada:hunter2@:99999999/x", mongostore.Options{})
	requireMessage(t, err, portfolio.ErrInvalid, "URL")
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the message tells the password: %v", err)
	}
}

// The server dies in the middle, and comes back.
func TestReadsGoOnWhileTheServerIsAway(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	if server.cmd == nil {
		t.Skip("the server is not ours to kill")
	}
	log := open(t, server.url, mongostore.Options{Selection: 500 * time.Millisecond})
	r, err := replica.Open(t.Context(), log, replica.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	before, err := r.Wait(t.Context(), put(t, log, one).Revision)
	if err != nil {
		t.Fatal(err)
	}
	server.stop(t)
	eventually(t, "the replica notices", func() bool { return r.Status().Err != nil })
	requireMessage(t, r.Status().Err, portfolio.ErrUnavailable, "MongoDB")
	if _, ok := r.Snapshot().Document(one.Key()); !ok || r.Snapshot().Position().Revision < before.Position().Revision {
		t.Error("reads do not go on from memory")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := log.Commit(ctx, store.Change{Put: []portfolio.Document{two}}); err == nil {
		t.Error("a commit is acknowledged by a dead server")
	}
	time.Sleep(time.Second)
	if age := r.Status().Age; age < time.Second {
		t.Errorf("the age of what is shown is %v after more than a second", age)
	}

	server.restart(t)
	returned := time.Now()
	eventually(t, "the replica follows again", func() bool { return r.Status().Err == nil })
	c, err := log.Commit(t.Context(), store.Change{Put: []portfolio.Document{storetest.Project(3)}})
	if err != nil {
		t.Fatalf("Commit = %v after the server's return", err)
	}
	if _, err := r.Wait(t.Context(), c.Revision); err != nil {
		t.Fatal(err)
	}
	if took, limit := time.Since(returned), 5*time.Second; took > limit {
		t.Errorf("writes are visible %v after the server's return, want at most %v", took, limit)
	}
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !is() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 20 s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
