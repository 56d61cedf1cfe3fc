// Package console serves GraphiQL, a page in which people try out queries and
// read the schema. All of it lies in the binary: it works without internet.
//
// The page itself holds no data and needs no key; what it asks of the API it
// asks as whoever types a key into it. The key stays in the page's memory.
package console

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"

	"github.com/klauspost/compress/gzhttp"
)

// Config says what the page opens with.
type Config struct {
	// Endpoint is where the API answers, such as /graphql.
	Endpoint string
	// Query is what the editor holds when somebody comes for the first time.
	Query string
	// NeedsKey shows the field for an API key.
	NeedsKey bool
}

// The page's own files, and GraphiQL and React as their authors publish them;
// fetch-assets.sh fetches those again.
//
//go:embed page assets
var files embed.FS

// contentTypes are those of the files that are served: not the page's
// template, nor the licences.
var contentTypes = map[string]string{
	".js":  "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
}

var page = template.Must(template.ParseFS(files, "page/index.html"))

// New serves the page at / and its files below /console/.
func New(config Config) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { servePage(w, config) })
	for _, folder := range []string{"page", "assets"} {
		entries, err := fs.ReadDir(files, folder)
		if err != nil {
			panic(err) // the folders are in the binary
		}
		for _, entry := range entries {
			name := path.Join(folder, entry.Name())
			if kind, shown := contentTypes[path.Ext(name)]; shown {
				mux.Handle("GET "+address(name), serveFile(name, kind))
			}
		}
	}
	return gzhttp.GzipHandler(mux)
}

// address is where a file is found. It carries the file's hash, so browsers
// may keep it for good.
func address(name string) string {
	content, err := files.ReadFile(name)
	if err != nil {
		panic(err) // the file is in the binary
	}
	sum := sha256.Sum256(content)
	return "/console/" + hex.EncodeToString(sum[:6]) + "/" + path.Base(name)
}

func serveFile(name, kind string) http.Handler {
	content, err := files.ReadFile(name)
	if err != nil {
		panic(err) // the file is in the binary
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		header := w.Header()
		header.Set("Content-Type", kind)
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
		header.Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(content)
	})
}

// view is what the template shows.
type view struct {
	Config
	Nonce                                             string
	React, ReactDOM, GraphiQL, GraphiQLStyle, Console string
	ConsoleStyle                                      string
}

func servePage(w http.ResponseWriter, config Config) {
	nonce := rand.Text()
	var body bytes.Buffer
	err := page.Execute(&body, view{
		Config:        config,
		Nonce:         nonce,
		React:         address("assets/react.production.min.js"),
		ReactDOM:      address("assets/react-dom.production.min.js"),
		GraphiQL:      address("assets/graphiql.min.js"),
		GraphiQLStyle: address("assets/graphiql.min.css"),
		Console:       address("page/console.js"),
		ConsoleStyle:  address("page/console.css"),
	})
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Content-Security-Policy", policy(nonce))
	_, _ = w.Write(body.Bytes())
}

// policy lets the page run our scripts, ask this server, and nothing else.
func policy(nonce string) string {
	return fmt.Sprintf("default-src 'none'; script-src 'nonce-%[1]s'; style-src 'self' 'nonce-%[1]s'; "+
		"font-src data:; img-src data:; connect-src 'self'; "+
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'", nonce)
}
