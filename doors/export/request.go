package export

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// wildcard is the part of the path that names table and format: milestones.csv.
// Whoever routes requests to this package names it so.
const wildcard = "file"

// Pattern is what to route to this package.
const Pattern = Path + "{" + wildcard + "}"

//go:embed tables/*.graphql
var documents embed.FS

// Names are the tables there are.
func Names() []string {
	var names []string
	entries, _ := documents.ReadDir("tables") // it is part of the program
	for _, entry := range entries {
		names = append(names, strings.TrimSuffix(entry.Name(), ".graphql"))
	}
	return names
}

// An asking is what a request asks for.
type asking struct {
	document  string
	format    format
	variables map[string]any
	most      int
}

// read reads a request.
func read(r *http.Request) (asking, error) {
	a := asking{most: -1, variables: map[string]any{}}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return a, &refusal{status: http.StatusMethodNotAllowed, allow: "GET, HEAD", Failure: Failure{Code: badRequest, Message: "tables are read by GET"}}
	}
	if !r.ProtoAtLeast(1, 1) {
		// There a table that ends early looks like a whole one.
		return a, &refusal{status: http.StatusHTTPVersionNotSupported, Failure: Failure{
			Code: badRequest, Message: "a table can be sent by HTTP/1.1 or newer only; a proxy in between may have to be told so, as nginx by proxy_http_version 1.1",
		}}
	}
	extension := path.Ext(r.PathValue(wildcard))
	name := strings.TrimSuffix(r.PathValue(wildcard), extension)
	document, err := documents.ReadFile("tables/" + name + ".graphql")
	if err != nil {
		return a, failed(notFound, "there is no table %q; there are %s", name, strings.Join(Names(), ", "))
	}
	a.document = string(document)
	var known bool
	if a.format, known = formats[strings.TrimPrefix(extension, ".")]; !known {
		return a, failed(notFound, "there is no format %q; there are %s", strings.TrimPrefix(extension, "."), strings.Join(slices.Sorted(maps.Keys(formats)), ", "))
	}
	return a, a.parameters(r.URL)
}

// parameters reads the URL's query. A parameter that is not known is an error:
// a filter that is misspelt would mean everything.
func (a *asking) parameters(u *url.URL) error {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return failed(invalid, "the URL's query is not well encoded")
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		given := values[name]
		if len(given) > 1 {
			return failed(invalid, "%s is given %d times", name, len(given))
		}
		switch name {
		case "filter", "orderBy":
			value, err := parse(given[0])
			if err != nil {
				return failed(invalid, "%s is not JSON, URL-encoded, as GraphQL takes it: %v", name, err)
			}
			a.variables[name] = value
		case "asOf", "asOfSettings":
			a.variables[name] = given[0]
		case "first":
			if a.most, err = strconv.Atoi(given[0]); err != nil || a.most < 0 {
				return failed(invalid, "first is %.20q; it must be a whole number of rows, and not negative", given[0])
			}
		default:
			return failed(invalid, "there is no parameter %.40q; there are filter, orderBy, first, asOf and asOfSettings", name)
		}
	}
	return nil
}

// parse reads one JSON value and nothing else.
func parse(text string) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the value")
	}
	return value, nil
}
