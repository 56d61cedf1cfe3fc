package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strings"

	"plumbline/graph/problem"
)

// A request is what a client asks, whichever way it came.
type request struct {
	Query         *string        `json:"query"`
	OperationName string         `json:"operationName"`
	Variables     map[string]any `json:"variables"`
	Extensions    map[string]any `json:"extensions"`

	readOnly bool  // came by GET
	size     int64 // bytes as it came
}

// read takes the request from the URL or the body, of which it reads no more
// than most bytes.
func read(w http.ResponseWriter, r *http.Request, most int64) (*request, error) {
	switch r.Method {
	case http.MethodGet:
		return readURL(r.URL, most)
	case http.MethodPost:
		if err := checkContentType(r.Header); err != nil {
			return nil, err
		}
		if r.ContentLength > most {
			return nil, tooLarge(most)
		}
		return readBody(http.MaxBytesReader(w, r.Body, most), most)
	}
	return nil, &refusal{
		status: http.StatusMethodNotAllowed,
		header: http.Header{"Allow": {"GET, POST"}},
		errors: []error{problem.New(problem.BadRequest, "use GET or POST")},
	}
}

// checkContentType lets only JSON in. Forms and plain text, which a page of
// another site can send without asking, are not requests.
func checkContentType(header http.Header) error {
	name, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	encoding := header.Get("Content-Encoding")
	switch {
	case err != nil || name != string(plainJSON):
		return unsupported("send the request as application/json")
	case !isUTF8(parameters["charset"]):
		return unsupported("send the request in UTF-8")
	case encoding != "" && !strings.EqualFold(encoding, "identity"):
		return unsupported("send the request without Content-Encoding")
	}
	return nil
}

func readURL(u *url.URL, most int64) (*request, error) {
	if int64(len(u.RawQuery)) > most {
		return nil, &refusal{
			status: http.StatusRequestURITooLong,
			errors: []error{problem.New(problem.TooComplex, "the URL has more than %d bytes", most)},
		}
	}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, malformed("the URL's query is not well encoded")
	}
	req := &request{readOnly: true, size: int64(len(u.RawQuery)), OperationName: values.Get("operationName")}
	if values.Has("query") {
		query := values.Get("query")
		req.Query = &query
	}
	for name, target := range map[string]*map[string]any{"variables": &req.Variables, "extensions": &req.Extensions} {
		if text := values.Get(name); text != "" {
			if err := decode([]byte(text), target); err != nil {
				return nil, malformed("%s must be a JSON object", name)
			}
		}
	}
	return req, nil
}

func readBody(body io.Reader, most int64) (*request, error) {
	text, err := io.ReadAll(body)
	tooMany := (*http.MaxBytesError)(nil)
	switch {
	case errors.As(err, &tooMany):
		return nil, tooLarge(most)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, &refusal{
			status: http.StatusRequestTimeout,
			header: http.Header{"Connection": {"close"}},
			errors: []error{problem.New(problem.Timeout, "the request did not arrive in time")},
		}
	case err != nil:
		return nil, malformed("the body could not be read")
	}
	req := &request{size: int64(len(text))}
	if err := decode(text, req); err != nil {
		if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) && wrong.Field != "" {
			return nil, malformed("%s must be %s", wrong.Field, wanted[wrong.Field])
		}
		return nil, malformed("the body is not a JSON object")
	}
	return req, nil
}

// wanted says what the parameters of a request are.
var wanted = map[string]string{
	"query":         "a string",
	"operationName": "a string",
	"variables":     "a JSON object",
	"extensions":    "a JSON object",
}

// decode reads one JSON value and nothing after it. Numbers stay as they are
// written until the schema says what they are.
func decode(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one JSON value")
	}
	return nil
}

func malformed(format string, args ...any) error {
	return &refusal{status: http.StatusBadRequest, errors: []error{problem.New(problem.BadRequest, format, args...)}}
}

func unsupported(sentence string) error {
	return &refusal{status: http.StatusUnsupportedMediaType, errors: []error{problem.New(problem.BadRequest, "%s", sentence)}}
}

func tooLarge(most int64) error {
	return &refusal{
		status: http.StatusRequestEntityTooLarge,
		header: http.Header{"Connection": {"close"}},
		errors: []error{problem.New(problem.TooComplex, "the request has more than %d bytes", most)},
	}
}
