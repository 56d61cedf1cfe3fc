package githubtest

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// AddApp adds a GitHub App with its installation.
func (s *Site) AddApp(a App) { s.change(func() { s.apps = append(s.apps, a) }) }

// Tokens is how many installation tokens were made so far.
func (s *Site) Tokens() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n := 0
	for _, a := range s.accounts {
		if a.installation != 0 {
			n++
		}
	}
	return n
}

// app answers what an app asks of itself, signed by its key.
func (q *request) app() {
	app := q.appOf(strings.TrimPrefix(q.r.Header.Get("Authorization"), "Bearer "))
	if app == nil {
		refuse(q.w, http.StatusUnauthorized, "A JSON web token could not be decoded")
		return
	}
	if len(q.path) < 3 || q.path[1] != "installations" || q.path[2] != strconv.FormatInt(app.Installation, 10) {
		q.notFound()
		return
	}
	switch {
	case len(q.path) == 3 && q.r.Method == http.MethodGet:
		var suspended any
		if app.Suspended {
			suspended = stamp(q.now())
		}
		q.answer(map[string]any{
			"id": app.Installation, "app_id": app.ID, "app_slug": app.Slug, "account": q.user(app.Account), "permissions": app.Permissions,
			"repository_selection": "all", "suspended_at": suspended,
		})
	case match(q.path[3:], "access_tokens") && q.r.Method == http.MethodPost:
		if app.Suspended {
			refuse(q.w, http.StatusForbidden, "This installation has been suspended")
			return
		}
		token := fmt.Sprintf("ghs_%d_%d", app.Installation, len(q.accounts))
		expires := q.now().Add(time.Hour)
		q.accounts = append(q.accounts, Account{Token: token, User: app.Account, Expires: expires, installation: app.Installation})
		q.w.Header().Set("Content-Type", "application/json; charset=utf-8")
		q.w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(q.w).Encode(map[string]any{"token": token, "expires_at": stamp(expires), "permissions": app.Permissions})
	default:
		q.notFound()
	}
}

// appOf finds the app that signed a token, which may live ten minutes at most.
func (q *request) appOf(token string) *App {
	signed, signature, ok := cutLast(token, ".")
	header, body, two := strings.Cut(signed, ".")
	if !ok || !two || header == "" {
		return nil
	}
	var claims struct {
		Issuer  string `json:"iss"`
		Issued  int64  `json:"iat"`
		Expires int64  `json:"exp"`
	}
	text, err := base64.RawURLEncoding.DecodeString(body)
	given, err2 := base64.RawURLEncoding.DecodeString(signature)
	if err != nil || err2 != nil || json.Unmarshal(text, &claims) != nil {
		return nil
	}
	now := q.now().Unix()
	if claims.Issued > now || claims.Expires <= now || claims.Expires-now > 600 {
		return nil
	}
	sum := sha256.Sum256([]byte(signed))
	for i := range q.apps {
		a := &q.apps[i]
		if claims.Issuer == strconv.FormatInt(a.ID, 10) && rsa.VerifyPKCS1v15(a.Key, crypto.SHA256, sum[:], given) == nil {
			return a
		}
	}
	return nil
}

func cutLast(text, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(sep):], true
}
