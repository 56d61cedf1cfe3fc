// Package keys lets those in who have an API key.
//
// A key is taken as bearer token, as the password of Basic (which is all that
// some BI tools can send) or in X-API-Key, and where a door allows it and the
// key too, in the URL. The server knows keys by their
// SHA-256 only. Without any key it serves whoever is on the same machine, and
// nobody else. The package decides who asks, never what they may see.
package keys

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net"
	"net/http"
	"strings"

	"plumbline/portfolio"
)

// Header is the header that carries a key by itself.
const Header = "X-API-Key"

// Parameter is the parameter of a URL that carries a key, where it may.
const Parameter = "api_key"

// longestKey bounds what is hashed for somebody unknown, in bytes.
const longestKey = 512

// Why a request is not let in.
var (
	ErrMissing = errors.New("send an API key, as Authorization: Bearer plb_…, as the password of Basic or as X-API-Key")
	ErrUnknown = errors.New("the API key is not known here")
	ErrExpired = errors.New("the API key has expired")
	ErrInURL   = errors.New("this API key may not be sent in a URL: that needs the scope export-url")
	// ErrNotLocal is for requests that come from elsewhere, or through a
	// name that is not this machine's, while there are no keys.
	ErrNotLocal = errors.New("this server has no API keys and answers on its own machine only, as localhost or 127.0.0.1")
)

// A Key is one API key.
type Key struct {
	// Caller is who asks with it.
	Caller portfolio.Caller
	// SHA256 is the hash of the whole key, its prefix included.
	SHA256 [sha256.Size]byte
	// Expires is the last day on which it is taken; the zero date never
	// comes.
	Expires portfolio.Date
	// InURL is whether it is taken from the URL by doors that look there.
	// URLs are kept in histories and in the logs of proxies.
	InURL bool
}

// A Ring holds the keys of a server.
type Ring struct {
	keys  []Key
	today func() portfolio.Date
}

// NewRing returns a ring. today tells the day for expiry.
func NewRing(keys []Key, today func() portfolio.Date) *Ring {
	return &Ring{keys: keys, today: today}
}

// Empty reports whether there are no keys: the server is its own machine's.
func (r *Ring) Empty() bool { return len(r.keys) == 0 }

// Authenticate tells who sends the request, or why they may not.
func (r *Ring) Authenticate(request *http.Request) (portfolio.Caller, error) {
	return r.authenticate(request, "")
}

// authenticate takes what is in the URL where there is no key in a header.
func (r *Ring) authenticate(request *http.Request, inURL string) (portfolio.Caller, error) {
	if r.Empty() {
		if !isLoopback(request.RemoteAddr) || !isLoopback(request.Host) {
			return portfolio.Caller{}, ErrNotLocal
		}
		return portfolio.Local, nil
	}
	presented := credential(request)
	fromURL := presented == ""
	if fromURL {
		presented = inURL
	}
	if presented == "" {
		return portfolio.Caller{}, ErrMissing
	}
	if len(presented) > longestKey {
		return portfolio.Caller{}, ErrUnknown
	}
	key := r.find(sha256.Sum256([]byte(presented)))
	switch {
	case key == nil:
		return portfolio.Caller{}, ErrUnknown
	case !key.Expires.IsZero() && r.today().After(key.Expires):
		return portfolio.Caller{}, ErrExpired
	case fromURL && !key.InURL:
		return portfolio.Caller{}, ErrInURL
	}
	return key.Caller, nil
}

// find compares with every key, and all of it: how long that takes tells
// nothing about any of them.
func (r *Ring) find(hash [sha256.Size]byte) *Key {
	found := -1
	for i := range r.keys {
		same := subtle.ConstantTimeCompare(r.keys[i].SHA256[:], hash[:])
		found = subtle.ConstantTimeSelect(same, i, found)
	}
	if found < 0 {
		return nil
	}
	return &r.keys[found]
}

// credential takes the key from wherever it is.
func credential(request *http.Request) string {
	if _, password, ok := request.BasicAuth(); ok {
		return password
	}
	if scheme, token, ok := strings.Cut(request.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return request.Header.Get(Header)
}

// isLoopback reports whether host:port, or a host alone, is this machine and
// cannot be another. No host at all means every address there is.
func isLoopback(address string) bool {
	host := address
	if h, _, err := net.SplitHostPort(address); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
