package asana

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"

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

// maxHidden is how many secrets, the last ones, are hidden: a record written a
// while ago may hold one that was replaced since.
const maxHidden = 16

// hidden knows the tokens by which we sign in. A proxy may repeat them in a
// refusal, and a person may have written them into a record; neither may be
// kept or shown as the tool's own words.
type hidden struct {
	mu      sync.RWMutex
	secrets []secret.String // the newest last
}

// learn hides a secret from now on.
func (h *hidden) learn(s secret.String) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.IsZero() || slices.ContainsFunc(h.secrets, s.Equal) {
		return
	}
	h.secrets = append(h.secrets, s)
	h.secrets = slices.Delete(h.secrets, 0, max(0, len(h.secrets)-maxHidden))
}

// mask returns the text with every secret replaced.
func (h *hidden) mask(text string) string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, s := range h.secrets {
		text = strings.ReplaceAll(text, s.Reveal(), secret.Mask)
	}
	return text
}

// A hiding source hides every secret before it is used.
type hiding struct {
	secret.Source
	hidden *hidden
}

// Secret implements secret.Source.
func (h hiding) Secret(ctx context.Context, refused secret.String) (secret.String, error) {
	s, err := h.Source.Secret(ctx, refused)
	if err == nil {
		h.hidden.learn(s)
	}
	return s, err
}
