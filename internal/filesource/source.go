package filesource

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/url"
	"path"
	"path/filepath"
	"time"

	"plumbline/connectors"
	"plumbline/internal/httpx"
	"plumbline/internal/secret"
	"plumbline/internal/spool"
	"plumbline/portfolio"
)

// MaxDownload is the default size of the largest file that is fetched from an
// address, in bytes: 256 MiB.
const MaxDownload = spool.Limit

// ErrChanging says that a file changed while it was read. Somebody is writing
// it; it is to be read again later.
var ErrChanging = errors.New("the file changed while it was read; it is read again at the next run")

// Options are what a tool knows of its files.
type Options struct {
	// Extensions are how names of files in a folder end, as .xml; in lower
	// case. They hold where no pattern is given.
	Extensions []string
	// MaxDownload bounds a file from an address; 0 means MaxDownload.
	MaxDownload int64
}

// A Source yields the files of a connection.
type Source struct {
	settings Settings
	options  Options
	env      connectors.Env
	client   *httpx.Client
	caller   *httpx.Caller
}

// Source makes the source; nothing is opened or asked yet but the token_file,
// so that a missing one shows early. Settings that wait have no source.
func (s *Settings) Source(env connectors.Env, o Options) (*Source, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if s.Waits() {
		return nil, fmt.Errorf("%w: neither file, folder nor url is given", portfolio.ErrInvalid)
	}
	if env.Log == nil {
		env.Log = slog.New(slog.DiscardHandler)
	}
	if env.Now == nil {
		env.Now = time.Now
	}
	o.MaxDownload = cmp.Or(o.MaxDownload, MaxDownload)
	source := &Source{settings: *s, options: o, env: env}
	if s.URL == "" {
		return source, nil
	}
	token := s.Auth.source()
	first, err := token.Secret(context.Background(), secret.String{})
	if err != nil {
		return nil, fmt.Errorf("%w: auth.token_file: %w", portfolio.ErrInvalid, err)
	}
	source.client = httpx.New(httpx.Config{
		Credential: s.Auth.User + ":" + first.Reveal(), Log: env.Log, Transport: env.Transport,
		AllowPrivate: env.AllowPrivate, Timeout: downloadTimeout, Spool: o.MaxDownload,
	})
	if s.Auth.isZero() {
		source.caller = source.client.Caller(nil)
	} else {
		source.caller = source.client.Caller(httpx.Signed(token, s.Auth.sign))
	}
	return source, nil
}

// Usage is what was asked of the address so far.
func (s *Source) Usage() connectors.Usage {
	if s.client == nil {
		return connectors.Usage{}
	}
	requests, waited := s.client.Usage()
	return connectors.Usage{Requests: requests, Waited: waited}
}

// Folder tells that there may be any number of files; otherwise there is one.
func (s *Source) Folder() bool { return s.settings.Folder != "" }

// Title is where the files are, for people: a path, or an address without its
// query, which may hold a secret.
func (s *Source) Title() string {
	switch {
	case s.settings.File != "":
		return filepath.Clean(s.settings.File)
	case s.settings.Folder != "":
		return filepath.Clean(s.settings.Folder)
	}
	u, err := url.Parse(s.settings.URL)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// Instance tells the place apart from others where that can be told: an
// address. Files and folders may be moved by whoever runs the server, so they
// are known by their connection.
func (s *Source) Instance() string {
	if s.settings.URL != "" {
		return s.Title()
	}
	return s.env.Connection
}

// Found is one file.
type Found struct {
	// Name is its identity within the connection: its name in the folder, or
	// the last part of its path or address.
	Name    string
	ModTime time.Time // zero when the address does not tell
	Size    int64     // bytes
	Hash    string    // SHA-256 of the content, in hexadecimal
	// State is what to keep in the cursor and to give back the next time.
	State string
	// Unchanged tells that the content is that of the state given. There is
	// no File then.
	Unchanged bool
	// File is open until the next step of the sequence.
	File connectors.File
	// Err says why this file cannot be read. There is no File then; the others
	// may well be read.
	Err error

	settled func() error
}

// Settled is to be asked when the file has been read: ErrChanging says that
// what was read may be half of two contents.
func (f *Found) Settled() error {
	if f.settled == nil {
		return nil
	}
	return f.settled()
}

// Files yields the files in the order of their names. known tells the state
// that was kept of a file, or "". An error of the sequence is about the place
// as a whole: nothing follows from it for any file.
func (s *Source) Files(ctx context.Context, known func(name string) string) iter.Seq2[*Found, error] {
	switch {
	case s.settings.File != "":
		return s.single(ctx, known)
	case s.settings.Folder != "":
		return s.folder(ctx, known)
	default:
		return s.download(ctx, known)
	}
}

// urlName is the last part of an address's path, or its host.
func (s *Source) urlName() string {
	u, err := url.Parse(s.settings.URL)
	if err != nil {
		return ""
	}
	if name := path.Base(u.Path); name != "/" && name != "." {
		return name
	}
	return u.Host
}

// state is what a State holds.
type state struct {
	Hash     string `json:"hash"`
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"` // Last-Modified, as the server wrote it
}

func parseState(text string) (s state) {
	if json.Unmarshal([]byte(text), &s) != nil {
		return state{} // as if nothing were known: the file is read
	}
	return s
}

func (s state) String() string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // a struct of strings always encodes
	}
	return string(text)
}

// hashed reads the content once for its hash and goes back to the beginning.
// It heeds ctx, for the file may be large.
func hashed(ctx context.Context, f io.ReadSeeker) (sum string, size int64, err error) {
	h := sha256.New()
	buffer := make([]byte, 256<<10)
	for {
		if err := ctx.Err(); err != nil {
			return "", 0, err
		}
		n, err := f.Read(buffer)
		h.Write(buffer[:n])
		size += int64(n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", 0, err
		}
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}
