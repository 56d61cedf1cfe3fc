package azuredevops

import (
	"net/http"
	"strings"

	"plumbline/internal/secret"
)

// source is where the token comes from. A token of Entra lasts an hour, so it
// is a file that somebody else keeps fresh.
func (a Auth) source() secret.Source {
	if a.File != "" {
		return secret.NewFile(a.File)
	}
	return secret.Fixed(a.Token)
}

// sign returns a transport that puts the token into requests: a personal
// access token is the password of nobody in particular.
func (a Auth) sign(token secret.String, next http.RoundTripper) http.RoundTripper {
	return signer(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		if a.Bearer {
			r.Header.Set("Authorization", "Bearer "+token.Reveal())
		} else {
			r.SetBasicAuth("", token.Reveal())
		}
		return next.RoundTrip(r)
	})
}

type signer func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (s signer) RoundTrip(r *http.Request) (*http.Response, error) { return s(r) }

// signInPage tells the page to sign in from data: a token that is wrong, has
// expired or lacks a scope is answered with 203 and that page, or with a
// redirect to it, and only sometimes with 401.
func signInPage(r *http.Response) bool {
	switch r.StatusCode {
	case http.StatusNonAuthoritativeInfo:
		return !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
	case http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect:
		to := strings.ToLower(r.Header.Get("Location"))
		return strings.Contains(to, "/_signin") || strings.Contains(to, "login.microsoftonline.com") || strings.Contains(to, "login.live.com")
	}
	return false
}
