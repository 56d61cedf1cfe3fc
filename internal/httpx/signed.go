package httpx

import (
	"fmt"
	"net/http"

	"plumbline/internal/secret"
)

// Signed makes a wrapper for Caller that asks the source for the secret of
// each request, and lets sign put it there. A request that is refused with 401
// is sent once more if the source then has another secret: it was replaced
// while the request was under way, or before the source noticed.
func Signed(source secret.Source, sign func(secret.String, http.RoundTripper) http.RoundTripper) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper { return &signed{source, sign, next} }
}

type signed struct {
	source secret.Source
	sign   func(secret.String, http.RoundTripper) http.RoundTripper
	next   http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (s *signed) RoundTrip(r *http.Request) (*http.Response, error) {
	held, err := s.source.Secret(r.Context(), secret.String{})
	if err != nil {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, err
	}
	resp, err := s.sign(held, s.next).RoundTrip(r)
	if err != nil || resp.StatusCode != http.StatusUnauthorized {
		return resp, err
	}
	again, ok := another(r)
	if !ok {
		return resp, nil
	}
	fresh, err := s.source.Secret(r.Context(), held)
	if err == nil && fresh.Equal(held) {
		return resp, nil
	}
	_ = resp.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("the tool answered 401, and there is no newer secret: %w", err)
	}
	return s.sign(fresh, s.next).RoundTrip(again)
}

// another returns the request as it was before it was sent; false if its body
// cannot be had again.
func another(r *http.Request) (*http.Request, bool) {
	again := r.Clone(r.Context())
	if r.Body == nil || r.Body == http.NoBody {
		return again, true
	}
	if r.GetBody == nil {
		return nil, false
	}
	var err error
	again.Body, err = r.GetBody()
	return again, err == nil
}
