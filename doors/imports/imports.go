// Package imports takes files for connections that wait for them, and answers
// with what became of each.
//
// A file is kept in a temporary one of bounded size while it is read, and is
// gone afterwards. The package does not look into it: that is for the
// connection's tool.
package imports

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"plumbline/doors/problem"
	"plumbline/internal/spool"
	"plumbline/portfolio"
)

// Pattern is what to route to this package.
const Pattern = "/import/{connection}"

// The defaults of Config, and the bounds of an answer.
const (
	DefaultMaxBody = spool.Limit // bytes of one file: 256 MiB
	DefaultAtOnce  = 2
	DefaultTime    = 15 * time.Minute // for a file to arrive
	maxListed      = 1000             // changes of a dry run that are listed
	busyWait       = 5                // seconds
)

// ErrBusy is what Import answers while the connection is being read.
var ErrBusy = errors.New("the connection is being read just now")

// A File is one that was sent.
type File struct {
	Connection string
	Name       string // what the sender calls it
	Content    *spool.File
	DryRun     bool
}

// Config is what the door is made of. Import is needed.
type Config struct {
	// Import reads a file for a connection. Its error says why there was no
	// run: portfolio.ErrNotFound, ErrInvalid, ErrUnavailable or ErrBusy; what is
	// wrong with the file is in the report.
	Import func(ctx context.Context, f File) (Report, error)
	// MaxBody is the size of the largest file, in bytes.
	MaxBody int64
	// AtOnce is how many files are taken at once: each needs its room on disk.
	AtOnce int
	// Time is how long a sender may take.
	Time time.Duration
	Log  *slog.Logger // nil discards
}

// A Report says what became of a file.
type Report struct {
	Connection string `json:"connection"`
	Run        int64  `json:"run,omitempty"` // its number; none of a dry run
	State      string `json:"state"`
	DryRun     bool   `json:"dryRun"`
	Counts     Counts `json:"counts"`
	// Quarantined are records that could not be read, the first of them.
	Quarantined []Quarantined `json:"quarantined"`
	// Held are listings that lost more than is believable: nothing of them was
	// marked as deleted.
	Held []Held `json:"held"`
	// Changes are what a dry run would write, the first of them.
	Changes []Change `json:"changes,omitempty"`
	// Error says where the file is wrong.
	Error string `json:"error,omitempty"`
}

// Counts are of records.
type Counts struct {
	Read        int `json:"read"`
	New         int `json:"new"`
	Changed     int `json:"changed"`
	Deleted     int `json:"deleted"`
	Quarantined int `json:"quarantined"`
}

// Quarantined is a record that could not be read.
type Quarantined struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// Held is a listing that lost more than is believable.
type Held struct {
	Kind  string `json:"kind"`
	Scope string `json:"scope"`
	Had   int    `json:"had"`
	Lost  int    `json:"lost"`
}

// Change is one record that a dry run would write.
type Change struct {
	What   string   `json:"what"` // NEW, CHANGED, GONE or QUARANTINED
	Kind   string   `json:"kind"`
	ID     string   `json:"id"`
	Fields []string `json:"fields,omitempty"`
}

type door struct {
	Config
	slots chan struct{}
}

// New makes the door; zero limits take their defaults.
func New(c Config) http.Handler {
	c.MaxBody = cmp.Or(c.MaxBody, DefaultMaxBody)
	c.AtOnce = cmp.Or(c.AtOnce, DefaultAtOnce)
	c.Time = cmp.Or(c.Time, DefaultTime)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &door{c, make(chan struct{}, c.AtOnce)}
}

// ServeHTTP answers when the file has been read.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	caller := portfolio.CallerOf(r.Context())
	dry, err := strconv.ParseBool(cmp.Or(r.URL.Query().Get("dryRun"), "false"))
	switch {
	case r.Method != http.MethodPut:
		w.Header().Set("Allow", http.MethodPut)
		problem.Refuse(w, http.StatusMethodNotAllowed, "files are sent by PUT")
		return
	case !caller.May(portfolio.RoleEditor):
		problem.Refuse(w, http.StatusForbidden, "this needs a key with the role editor")
		return
	case len(caller.Departments) > 0:
		problem.Refuse(w, http.StatusForbidden, "this needs a key that is not limited to departments: a file may tell of any")
		return
	case err != nil:
		problem.Refuse(w, http.StatusBadRequest, "dryRun is true or false")
		return
	case r.Header.Get("Content-Encoding") != "" && r.Header.Get("Content-Encoding") != "identity":
		problem.Refuse(w, http.StatusUnsupportedMediaType, "the file is sent as it is, without a Content-Encoding: unpack it first")
		return
	case r.ContentLength > d.MaxBody:
		d.tooLarge(w)
		return
	}
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	default:
		w.Header().Set("Retry-After", strconv.Itoa(busyWait))
		problem.Refuse(w, http.StatusServiceUnavailable, "too many files at once")
		return
	}
	file, err := spool.New(d.MaxBody)
	if err != nil {
		d.Log.ErrorContext(r.Context(), "a file cannot be kept", "error", err)
		problem.Refuse(w, http.StatusInsufficientStorage, "there is no room for the file")
		return
	}
	defer func() { _ = file.Close() }()
	// Not every writer has deadlines; what has none is bounded by its server.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(d.Time))
	if !d.receive(w, r, file) {
		return
	}
	report, err := d.Import(r.Context(), File{
		Connection: r.PathValue("connection"), Name: cmp.Or(r.URL.Query().Get("name"), unnamed), Content: file, DryRun: dry,
	})
	if err != nil {
		d.failed(w, r, err)
		return
	}
	d.answer(w, report)
}

// unnamed is the name of a file that was sent without one.
const unnamed = "upload"

// receive keeps the body, or refuses it.
func (d *door) receive(w http.ResponseWriter, r *http.Request, file *spool.File) bool {
	_, err := io.Copy(file, r.Body)
	if err == nil {
		err = file.Rewind()
	}
	switch {
	case errors.Is(err, spool.ErrTooLarge):
		w.Header().Set("Connection", "close")
		d.tooLarge(w)
	case err != nil:
		d.Log.WarnContext(r.Context(), "a file did not arrive", "error", err)
		problem.Refuse(w, http.StatusBadRequest, "the file did not arrive whole")
	case file.Size() == 0:
		problem.Refuse(w, http.StatusUnprocessableEntity, "the file is empty")
	default:
		return true
	}
	return false
}

func (d *door) tooLarge(w http.ResponseWriter) {
	problem.Refuse(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the file is larger than the %s that are taken", size(d.MaxBody)))
}

func size(bytes int64) string {
	if bytes >= 1<<20 {
		return fmt.Sprintf("%d MiB", bytes>>20)
	}
	return fmt.Sprintf("%d bytes", bytes)
}

// failed says why there was no run.
func (d *door) failed(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, portfolio.ErrNotFound):
		problem.Refuse(w, http.StatusNotFound, err.Error())
	case errors.Is(err, portfolio.ErrInvalid):
		problem.Refuse(w, http.StatusBadRequest, err.Error())
	case errors.Is(err, ErrBusy):
		w.Header().Set("Retry-After", strconv.Itoa(busyWait))
		problem.Refuse(w, http.StatusConflict, err.Error())
	default:
		d.Log.ErrorContext(r.Context(), "a file could not be read into the store", "error", err)
		problem.Refuse(w, http.StatusServiceUnavailable, "the store cannot be reached, or the server is stopping: send the file again")
	}
}

// answer tells what became of the file: 200, or 422 when it cannot be read.
func (d *door) answer(w http.ResponseWriter, report Report) {
	status := http.StatusOK
	if report.Error != "" {
		status = http.StatusUnprocessableEntity
	}
	report.Changes = report.Changes[:min(len(report.Changes), maxListed)]
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(report)
}
