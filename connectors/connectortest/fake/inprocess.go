package fake

import (
	"io"
	"net/http"
	"net/http/httptest"
)

// InProcess asks a fake in this process, without a network, so that it also
// works under virtual time. What breaks a connection off breaks the reply off.
func InProcess(fake http.Handler) http.RoundTripper { return inProcess{fake} }

type inProcess struct{ fake http.Handler }

func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	whole := t.serve(w, in)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if !whole && w.Body.Len() == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	resp := w.Result()
	resp.Request = r
	if !whole {
		resp.Body = io.NopCloser(io.MultiReader(resp.Body, broken{}))
	}
	return resp, nil
}

// serve tells whether the fake answered to the end.
func (t inProcess) serve(w http.ResponseWriter, r *http.Request) (whole bool) {
	defer func() {
		if p := recover(); p != nil && p != any(http.ErrAbortHandler) {
			panic(p)
		}
	}()
	t.fake.ServeHTTP(w, r)
	return true
}

// broken is the end of a reply that breaks off.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
