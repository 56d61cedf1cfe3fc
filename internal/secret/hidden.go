package secret

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
)

// maxHidden is how many secrets, the last ones, are hidden: a record written a
// while ago may hold one that was replaced since.
const maxHidden = 16

// Hidden knows the secrets by which a connection signs in. A proxy may repeat
// one in a refusal, and a person may have written it into a record; neither may
// be kept or shown as the tool's own words. The zero value hides nothing yet.
type Hidden struct {
	// User is who signs in with the secrets by Basic authentication; some tools
	// want no name there.
	User string

	mu      sync.RWMutex
	secrets []String // the newest last
	texts   []string // every form of them, the longest first: one may begin another
}

// Learn hides a secret from now on, alone and as it is sent with the user.
func (h *Hidden) Learn(s String) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.IsZero() || slices.ContainsFunc(h.secrets, s.Equal) {
		return
	}
	h.secrets = append(h.secrets, s)
	h.secrets = slices.Delete(h.secrets, 0, max(0, len(h.secrets)-maxHidden))
	h.texts = nil
	for _, s := range h.secrets {
		basic := h.User + ":" + s.Reveal()
		h.texts = append(h.texts, base64.StdEncoding.EncodeToString([]byte(basic)), s.Reveal())
		if h.User != "" {
			h.texts = append(h.texts, basic)
		}
	}
	slices.SortStableFunc(h.texts, func(a, b string) int { return len(b) - len(a) })
}

// Mask returns the text with every secret replaced.
func (h *Hidden) Mask(text string) string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, one := range h.texts {
		text = strings.ReplaceAll(text, one, Mask)
	}
	return text
}

// Source hides every secret of a source before it is used.
func (h *Hidden) Source(of Source) Source { return hiding{of, h} }

type hiding struct {
	Source
	hidden *Hidden
}

// Secret implements Source.
func (h hiding) Secret(ctx context.Context, refused String) (String, error) {
	s, err := h.Source.Secret(ctx, refused)
	if err == nil {
		h.hidden.Learn(s)
	}
	return s, err
}
