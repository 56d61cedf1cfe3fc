package keys

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"plumbline/portfolio"
)

// Require lets only those through whom the ring knows, and puts them into the
// request's context as the caller. Others get 401, in the shape of a GraphQL
// error, which is as good as any to those who do not speak GraphQL.
func (r *Ring) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		r.admit(w, request, "", next)
	})
}

// RequireInURL is Require for a door that also takes keys from the URL, of
// which the next handler sees no more than the rest.
func (r *Ring) RequireInURL(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		// What is not well encoded is left as it is, for the next handler
		// to refuse: to drop a part of it might change what is asked.
		values, err := url.ParseQuery(request.URL.RawQuery)
		key := values.Get(Parameter)
		if err == nil && values.Has(Parameter) {
			values.Del(Parameter)
			request = request.Clone(request.Context())
			request.URL.RawQuery = values.Encode()
			request.RequestURI = request.URL.RequestURI()
		}
		r.admit(w, request, key, next)
	})
}

func (r *Ring) admit(w http.ResponseWriter, request *http.Request, inURL string, next http.Handler) {
	caller, err := r.authenticate(request, inURL)
	if err != nil {
		refuse(w, request, err)
		return
	}
	next.ServeHTTP(w, request.WithContext(portfolio.WithCaller(request.Context(), caller)))
}

type refusal struct {
	Errors []refusalError `json:"errors"`
}

type refusalError struct {
	Message    string            `json:"message"`
	Extensions map[string]string `json:"extensions"`
}

func refuse(w http.ResponseWriter, request *http.Request, reason error) {
	status, code := http.StatusUnauthorized, "UNAUTHENTICATED"
	if errors.Is(reason, ErrNotLocal) {
		status, code = http.StatusForbidden, "FORBIDDEN"
	}
	header := w.Header()
	if status == http.StatusUnauthorized {
		header.Add("WWW-Authenticate", `Bearer realm="plumbline"`)
		// A script's request that is answered with this one makes the
		// browser ask for a password in a window of its own.
		if request.Header.Get("Sec-Fetch-Dest") != "empty" {
			header.Add("WWW-Authenticate", `Basic realm="plumbline", charset="UTF-8"`)
		}
	}
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(refusal{Errors: []refusalError{{
		Message:    reason.Error(),
		Extensions: map[string]string{"code": code},
	}}})
}
