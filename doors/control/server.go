package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// Bounds of the local protocol.
const (
	maxRequest    = 4 << 20   // settings of thousands of rules
	maxFiles      = 128 << 20 // strategy files, in Base64
	headerTimeout = 5 * time.Second
	closeTimeout  = 9 * time.Second // within the grace of a server that stops
)

// A Server answers the commands of this machine.
type Server struct {
	http  *http.Server
	file  string
	where meeting
	stop  context.CancelFunc // ends the runs that commands wait for
	done  chan struct{}
}

// Serve begins to answer commands for the store's file with what the operator
// does, and leaves its address beside the store. Close ends it.
func Serve(store string, operator Operator, log *slog.Logger) (*Server, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("control: listen: %w", err)
	}
	key := newKey()
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{
		http: &http.Server{
			Handler:           handler(operator, key),
			ReadHeaderTimeout: headerTimeout,
			BaseContext:       func(net.Listener) context.Context { return ctx },
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		},
		file:  FileOf(store),
		where: meeting{Address: listener.Addr().String(), Key: key.Reveal(), PID: os.Getpid()},
		stop:  stop,
		done:  make(chan struct{}),
	}
	if err := s.where.write(s.file); err != nil {
		stop()
		return nil, errors.Join(fmt.Errorf("control: leave the address: %w", err), listener.Close())
	}
	go func() {
		defer close(s.done)
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("commands are no longer answered", "error", err)
		}
	}()
	return s, nil
}

// Close takes the address away and ends what commands still wait for: their
// runs finish a page, are left to be resumed, and tell their commands so.
func (s *Server) Close() error {
	s.stop()
	removed := s.where.remove(s.file)
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
	<-s.done
	return removed
}

// handler routes the requests that carry the key.
func handler(operator Operator, key secret.String) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ping", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("POST /sync", func(w http.ResponseWriter, r *http.Request) { streamSync(operator, w, r) })
	answer(mux, "POST /sync/file", operator.SyncFile)
	answer(mux, "POST /confirm", operator.Confirm)
	answer(mux, "POST /check", operator.Check)
	answer(mux, "POST /apply", operator.Apply)
	answer(mux, "POST /clock", operator.SetClock)
	answer(mux, "POST /brief", operator.Brief)
	answer(mux, "POST /import", operator.Import)
	answer(mux, "POST /relink", operator.Relink)
	answer(mux, "POST /export", operator.Export)
	answer(mux, "POST /folder/apply", operator.ApplyFolder)
	answer(mux, "POST /folder/check", func(ctx context.Context, _ any) (*FilesReport, error) { return operator.CheckFolder(ctx) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !key.Equal(secret.New(r.Header.Get(keyHeader))) {
			http.Error(w, "this address is for commands of this server's owner", http.StatusForbidden)
			return
		}
		most := int64(maxRequest)
		if r.URL.Path == "/import" || r.URL.Path == "/folder/apply" {
			most = maxFiles
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		mux.ServeHTTP(w, r)
	})
}

// keyHeader carries the key. A page in a browser cannot send it without being
// asked first, which this server never answers.
const keyHeader = "Plumbline-Key"

// answer routes a request with one JSON value to a method with one result.
func answer[Q, A any](mux *http.ServeMux, pattern string, do func(context.Context, Q) (A, error)) {
	mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		var request Q
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		lines := json.NewEncoder(w)
		result, err := do(r.Context(), request)
		if err != nil {
			_ = lines.Encode(line{Problem: problemOf(err)})
			return
		}
		data, err := json.Marshal(result)
		if err != nil {
			_ = lines.Encode(line{Problem: problemOf(err)})
			return
		}
		_ = lines.Encode(line{Result: data})
	})
}

// streamSync writes a line for every step of progress and one for the result,
// each sent at once.
func streamSync(operator Operator, w http.ResponseWriter, r *http.Request) {
	var request SyncRequest
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	var mu sync.Mutex
	send := func(l line) {
		mu.Lock()
		defer mu.Unlock()
		if json.NewEncoder(w).Encode(l) == nil {
			_ = http.NewResponseController(w).Flush()
		}
	}
	rows, err := operator.Sync(r.Context(), request, func(p Progress) { send(line{Progress: &p}) })
	if err != nil {
		send(line{Problem: problemOf(err)})
		return
	}
	data, err := json.Marshal(rows)
	if err != nil {
		send(line{Problem: problemOf(err)})
		return
	}
	send(line{Result: data})
}

// A line is one line of an answer: progress any number of times, then a result
// or a problem. An answer without either was cut off.
type line struct {
	Progress *Progress       `json:"progress,omitempty"`
	Result   json.RawMessage `json:"result,omitempty"`
	Problem  *problem        `json:"problem,omitempty"`
}

// problem carries an error with the kind that callers branch on.
type problem struct {
	Kind string `json:"kind,omitempty"`
	Text string `json:"text"`
}

// kinds are the errors that keep their identity across the connection.
var kinds = map[string]error{
	"invalid":     portfolio.ErrInvalid,
	"not found":   portfolio.ErrNotFound,
	"unavailable": portfolio.ErrUnavailable,
}

func problemOf(err error) *problem {
	p := &problem{Text: err.Error()}
	for name, kind := range kinds {
		if errors.Is(err, kind) {
			p.Kind = name
		}
	}
	return p
}

// Error implements error.
func (p *problem) Error() string { return p.Text }

// Unwrap returns the kind, nil if it has none.
func (p *problem) Unwrap() error { return kinds[p.Kind] }
