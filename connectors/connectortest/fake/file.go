package fake

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"sync/atomic"
)

// A File is an address with a file behind it, at every path, with an ETag. It
// has neither pages nor tokens.
type File struct {
	*Menu
	content func() []byte
	sent    atomic.Int64
}

// NewFile serves what content gives at each request.
func NewFile(content func() []byte) *File {
	tooMany := Status(http.StatusTooManyRequests)
	return &File{content: content, Menu: NewMenu(Tool{
		Path: func(r *http.Request) string { return r.URL.Path },
		Replies: map[Kind]http.HandlerFunc{
			TooManySeconds: tooMany,
			TooManyDate:    tooMany,
			TooManyBare:    tooMany,
			InternalError:  Status(http.StatusInternalServerError),
			Unauthorized:   Status(http.StatusUnauthorized),
			HTML:           Page("Sign in", "Sign in to continue"),
		},
	})}
}

// Sent is how many replies had the file in them.
func (f *File) Sent() int { return int(f.sent.Load()) }

// ServeHTTP answers with the file, or that it is as it was.
func (f *File) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.Before(http.HandlerFunc(f.serve)).ServeHTTP(w, r)
}

func (f *File) serve(w http.ResponseWriter, r *http.Request) {
	content := f.content()
	sum := sha256.Sum256(content)
	tag := strconv.Quote(hex.EncodeToString(sum[:8]))
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	f.sent.Add(1)
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(content)
}
