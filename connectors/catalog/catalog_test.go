package catalog

import (
	"errors"
	"testing"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// TestEmptySettings holds that every tool says what is missing of settings
// that nobody filled in, and does not open with them, unless it then waits for
// files that somebody sends.
func TestEmptySettings(t *testing.T) {
	for name, settings := range Tools() {
		c, err := settings().Open(connectors.Env{Connection: "x"})
		_, waits := c.(connectors.Importer)
		if err == nil && !waits {
			t.Errorf("%s opens without settings", name)
		}
		if err := settings().Validate(); !waits && !errors.Is(err, portfolio.ErrInvalid) {
			t.Errorf("%s: error = %v, want ErrInvalid", name, err)
		}
		if settings() == settings() {
			t.Errorf("%s gives the same settings twice", name)
		}
	}
}
