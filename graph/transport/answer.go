package transport

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"plumbline/graph/problem"
)

// A refusal is why a request is answered without being executed. Its answer
// has errors and no data.
type refusal struct {
	// status is that of a request which is not one of GraphQL at all; 0
	// leaves it to the errors' code and the answer's media type.
	status int
	header http.Header
	errors []error
}

// Error returns the first sentence.
func (r *refusal) Error() string { return r.errors[0].Error() }

// An answer is what the client gets.
type answer struct {
	status     int
	header     http.Header
	errors     gqlerror.List
	data       json.RawMessage // nil: there is no data entry
	extensions map[string]any
	tag        string // the ETag; "" for what no cache may keep
}

// statusOf tells the status of a refusal. The newer media type says 400 when
// the document is at fault; application/json says 200, because its clients
// take anything else for an answer of some machine in between.
func statusOf(r *refusal, first *gqlerror.Error, media mediaType) int {
	if r.status != 0 {
		return r.status
	}
	if code, ok := first.Extensions["code"].(problem.Code); ok && code.Status() != 0 {
		return code.Status()
	}
	if media == responseJSON {
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// extend puts more into the answer's extensions.
func (a *answer) extend(more map[string]any) *answer {
	if a.extensions == nil {
		a.extensions = make(map[string]any, len(more))
	}
	maps.Copy(a.extensions, more)
	return a
}

// write sends the answer. The data is what the executor made of it, byte for
// byte: it is not marshalled again.
func (a *answer) write(w http.ResponseWriter, media mediaType) error {
	var head, tail bytes.Buffer
	head.WriteByte('{')
	if len(a.errors) > 0 {
		list, err := json.Marshal(a.errors)
		if err != nil {
			return err
		}
		head.WriteString(`"errors":`)
		head.Write(list)
	}
	if a.data != nil {
		separate(&head)
		head.WriteString(`"data":`)
	}
	if len(a.extensions) > 0 {
		extensions, err := json.Marshal(a.extensions)
		if err != nil {
			return err
		}
		if a.data != nil || len(a.errors) > 0 {
			tail.WriteByte(',')
		}
		tail.WriteString(`"extensions":`)
		tail.Write(extensions)
	}
	tail.WriteByte('}')

	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Type", string(media)+"; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	if a.tag != "" {
		// A browser may keep it, and asks each time whether it still holds.
		w.Header().Set("Cache-Control", "private, no-cache")
		w.Header().Add("Vary", "Authorization, X-API-Key")
		w.Header().Set("ETag", a.tag)
	}
	if a.status == http.StatusNotModified {
		w.Header().Del("Content-Type")
		w.WriteHeader(a.status)
		return nil
	}
	w.WriteHeader(a.status)
	for _, part := range [][]byte{head.Bytes(), a.data, tail.Bytes()} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

func separate(b *bytes.Buffer) {
	if b.Len() > 1 {
		b.WriteByte(',')
	}
}
