package jira

import (
	"net/http"

	gojira "github.com/andygrunwald/go-jira"

	"plumbline/internal/secret"
)

// source is where the token comes from. One that is granted for an hour, as by
// OAuth, would be another source; nothing else would have to know.
func (a Auth) source() secret.Source {
	if a.File != "" {
		return secret.NewFile(a.File)
	}
	return secret.Fixed(a.Token)
}

// sign returns a transport that puts the token into requests.
func (a Auth) sign(token secret.String, next http.RoundTripper) http.RoundTripper {
	if a.Email == "" {
		return &gojira.BearerAuthTransport{Token: token.Reveal(), Transport: next}
	}
	return &gojira.BasicAuthTransport{Username: a.Email, Password: token.Reveal(), Transport: next}
}
