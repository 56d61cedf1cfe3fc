package secret

import (
	"context"
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
	mu      sync.RWMutex
	secrets []String // the newest last
}

// Learn hides a secret from now on.
func (h *Hidden) Learn(s String) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.IsZero() || slices.ContainsFunc(h.secrets, s.Equal) {
		return
	}
	h.secrets = append(h.secrets, s)
	h.secrets = slices.Delete(h.secrets, 0, max(0, len(h.secrets)-maxHidden))
}

// Mask returns the text with every secret replaced, the longest first: one may
// begin another.
func (h *Hidden) Mask(text string) string {
	h.mu.RLock()
	known := slices.Clone(h.secrets)
	h.mu.RUnlock()
	slices.SortStableFunc(known, func(a, b String) int { return len(b.Reveal()) - len(a.Reveal()) })
	for _, one := range known {
		text = strings.ReplaceAll(text, one.Reveal(), Mask)
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
