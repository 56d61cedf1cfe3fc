package transport_test

import (
	"bufio"
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"plumbline/graph/limit"
	"plumbline/graph/transport"
)

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

func TestSlowSendersAreCutOff(t *testing.T) {
	server := serve(t, &setup{Config: transport.Config{Limits: limit.Limits{ReadTime: 50 * time.Millisecond}}})
	connection := dial(t, server.URL)
	fmt.Fprintf(connection, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusRequestTimeout {
		t.Errorf("status = %d, want 408", response.StatusCode)
	}
}

// TestSlowReadersAreCutOff asks for more than the buffers between two sockets
// hold and never reads it.
func TestSlowReadersAreCutOff(t *testing.T) {
	var log syncBuffer
	short := 20 * time.Millisecond
	server := serve(t, &setup{Config: transport.Config{
		Log:    slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Limits: limit.Limits{Time: 500 * time.Millisecond, ReadTime: short, RevisionWait: short, WriteTime: short},
	}})
	connection := dial(t, server.URL)
	body := `{"query":"{ project { text(bytes: 40000000) } }"}`
	fmt.Fprintf(connection, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	for began := time.Now(); !strings.Contains(log.String(), "answer not delivered"); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			t.Fatalf("the server still waits for the client: %s", log.String())
		}
	}
}

// syncBuffer is a buffer that a server writes while a test reads it.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
