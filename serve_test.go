package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/config"
)

// pipes is a listener in memory, so that these tests run in virtual time.
type pipes struct {
	connections chan net.Conn
	closed      chan struct{}
}

func newPipes() *pipes { return &pipes{make(chan net.Conn), make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.connections:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// dial connects a caller.
func (p *pipes) dial() net.Conn {
	here, there := net.Pipe()
	p.connections <- there
	return here
}

// stage is a plant whose parts a test plays itself.
type stage struct {
	plant
	handler http.Handler
	run     func(context.Context) error
}

func (s *stage) Handler() http.Handler         { return s.handler }
func (s *stage) Run(ctx context.Context) error { return s.run(ctx) }

func untilStopped(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// served starts the server on a stage and returns how to stop it and what it
// ended with.
func served(t *testing.T, s *stage) (listener *pipes, stop context.CancelFunc, ended <-chan error) {
	t.Helper()
	c, err := config.Load(nil, config.Options{Flags: []config.Flag{{Name: "test", Key: "store", Value: "mongodb://x/y"}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	listener = newPipes()
	result := make(chan error, 1)
	go func() {
		result <- new(program).serve(ctx, c, listener, s, slog.New(slog.DiscardHandler))
	}()
	synctest.Wait()
	return listener, stop, result
}

func TestARequestThatRunsIsFinishedBeforeTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener, stop, ended := served(t, &stage{run: untilStopped, handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(grace - time.Second)
			_, _ = io.WriteString(w, "whole")
		})})
		caller := listener.dial()
		defer func() { _ = caller.Close() }()
		_, _ = io.WriteString(caller, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		synctest.Wait()
		stop()
		response, err := http.ReadResponse(bufio.NewReader(caller), nil)
		if err != nil {
			t.Fatalf("the request was cut off: %v", err)
		}
		body, _ := io.ReadAll(response.Body)
		if string(body) != "whole" {
			t.Errorf("answer = %q, want whole", body)
		}
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v, want nothing after a signal", err)
		}
	})
}

func TestASubscriptionThatNeverEndsIsCutOffWithinTheGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener, stop, ended := served(t, &stage{run: untilStopped, handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
		})})
		caller := listener.dial()
		defer func() { _ = caller.Close() }()
		_, _ = io.WriteString(caller, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		synctest.Wait()
		stop()
		began := time.Now()
		if err := <-ended; err != nil || time.Since(began) >= grace {
			t.Errorf("ended after %s with %v, want nothing within %s", time.Since(began), err, grace)
		}
	})
}

func TestWhatDoesNotFinishIsLeftAfterTheGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, stop, ended := served(t, &stage{handler: http.NotFoundHandler(), run: func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(3 * grace)
			return nil
		}})
		stop()
		began := time.Now()
		err := <-ended
		if took := time.Since(began); took != grace || err == nil || !strings.Contains(err.Error(), "resumed at the next start") {
			t.Errorf("ended after %s with %v, want after %s with what that means", took, err, grace)
		}
		time.Sleep(3 * grace) // for the run itself
	})
}

func TestAPlantThatFailsEndsTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		damaged := errors.New("log is damaged")
		_, stop, ended := served(t, &stage{handler: http.NotFoundHandler(), run: func(context.Context) error {
			time.Sleep(time.Minute)
			return damaged
		}})
		defer stop()
		if err := <-ended; !errors.Is(err, damaged) {
			t.Errorf("ended with %v, want %v", err, damaged)
		}
	})
}

func TestCallersThatDawdleAreHungUpOn(t *testing.T) {
	for _, c := range []struct {
		name, sent string
		want       time.Duration
	}{
		{"head", "GET / HTTP/1.1\r\nHost:", headerTimeout},
		{"body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf", bodyTimeout},
		{"idle", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", idleTimeout},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				listener, stop, ended := served(t, &stage{run: untilStopped, handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if _, err := io.Copy(io.Discard, r.Body); err != nil {
						panic(http.ErrAbortHandler)
					}
				})})
				caller := listener.dial()
				defer func() { _ = caller.Close() }()
				began := time.Now()
				_, _ = io.WriteString(caller, c.sent)
				_, _ = io.Copy(io.Discard, caller)
				if took := time.Since(began); took < c.want || took > c.want+time.Second {
					t.Errorf("hung up after %s, want %s", took, c.want)
				}
				stop()
				<-ended
			})
		})
	}
}

func TestAnAnswerMayGoOnLongerThanARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener, stop, ended := served(t, &stage{run: untilStopped, handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			select {
			case <-time.After(3 * bodyTimeout):
				_, _ = io.WriteString(w, "late")
			case <-r.Context().Done():
			}
		})})
		caller := listener.dial()
		defer func() { _ = caller.Close() }()
		_, _ = io.WriteString(caller, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n.")
		response, err := http.ReadResponse(bufio.NewReader(caller), nil)
		if err != nil {
			t.Fatalf("the answer was cut off: %v", err)
		}
		if body, _ := io.ReadAll(response.Body); string(body) != "late" {
			t.Errorf("answer = %q, want late", body)
		}
		stop()
		<-ended
	})
}

func TestOnlyNamedOriginsMayCall(t *testing.T) {
	handler := allowOrigins(http.NotFoundHandler(), []string{"https://portfolio.example.com"})
	for origin, want := range map[string]string{"https://portfolio.example.com": "https://portfolio.example.com", "https://evil.example": ""} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://x/graphql", nil)
		r.Header.Set("Origin", origin)
		w := &answer{header: http.Header{}}
		handler.ServeHTTP(w, r)
		if got := w.header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("origin %s is answered with %q, want %q", origin, got, want)
		}
		if w.header.Get("Access-Control-Allow-Credentials") != "" {
			t.Error("credentials are allowed; they never may be")
		}
	}
}

// answer keeps the head of an answer.
type answer struct{ header http.Header }

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) Write(p []byte) (int, error) { return len(p), nil }
func (a *answer) WriteHeader(int)             {}

func TestACertificateMakesItHTTPS(t *testing.T) {
	cert, key, pool := certificate(t)
	c, err := config.Load(nil, config.Options{Getenv: func(name string) string {
		return map[string]string{"PLUMBLINE_LISTEN": "127.0.0.1:0", "PLUMBLINE_TLS_CERT": cert, "PLUMBLINE_TLS_KEY": key}[name]
	}})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := listen(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.NotFoundHandler(), ReadHeaderTimeout: headerTimeout}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	response, err := client.Get(address(c, listener))
	if err != nil || response.StatusCode != http.StatusNotFound || response.TLS.Version < tls.VersionTLS12 {
		t.Fatalf("answer = %+v, %v; want one over TLS", response, err)
	}
	_ = response.Body.Close()

	c.TLS.Key = cert
	if _, err := listen(t.Context(), c); err == nil || !strings.HasPrefix(err.Error(), "tls: ") {
		t.Errorf("error = %v; want one about the certificate's key", err)
	}
}

// certificate writes a certificate for 127.0.0.1 and returns its files.
func certificate(t *testing.T) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, data []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	pool = x509.NewCertPool()
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(parsed)
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", keyDER), pool
}
