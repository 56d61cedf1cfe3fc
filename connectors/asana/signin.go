package asana

import (
	"net/http"

	"plumbline/internal/secret"
)

// source is where the token comes from.
func (a Auth) source() secret.Source {
	if a.File != "" {
		return secret.NewFile(a.File)
	}
	return secret.Fixed(a.Token)
}

// sign returns a transport that puts the token into requests.
func sign(token secret.String, next http.RoundTripper) http.RoundTripper { return bearer{token, next} }

type bearer struct {
	token secret.String
	next  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	signed := r.Clone(r.Context())
	signed.Header.Set("Authorization", "Bearer "+b.token.Reveal())
	return b.next.RoundTrip(signed)
}
