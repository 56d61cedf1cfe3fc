package azuredevops

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"sync"

	"plumbline/internal/secret"
)

// maxHidden is how many secrets, the last ones, are hidden: a record written a
// while ago may hold one that was replaced since.
const maxHidden = 16

// hidden knows the texts by which we sign in. A proxy may repeat them in a
// refusal, and a person may have written them into a record; neither may be
// kept or shown as the tool's own words.
type hidden struct {
	mu      sync.RWMutex
	secrets []secret.String // the newest last
	texts   []string        // every form of them, the longest first: one may begin another
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
	h.texts = nil
	for _, s := range h.secrets {
		token := s.Reveal()
		basic := ":" + token
		h.texts = append(h.texts, base64.StdEncoding.EncodeToString([]byte(basic)), basic, token)
	}
	slices.SortStableFunc(h.texts, func(a, b string) int { return len(b) - len(a) })
}

// mask returns the text with every secret replaced.
func (h *hidden) mask(text string) string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, one := range h.texts {
		text = strings.ReplaceAll(text, one, secret.Mask)
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
