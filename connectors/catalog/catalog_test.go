package catalog

import (
	"errors"
	"testing"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// TestEmptySettings holds that every tool says what is missing of settings
// that nobody filled in, and does not open with them.
func TestEmptySettings(t *testing.T) {
	for name, settings := range Tools() {
		if err := settings().Validate(); !errors.Is(err, portfolio.ErrInvalid) {
			t.Errorf("%s: error = %v, want ErrInvalid", name, err)
		}
		if _, err := settings().Open(connectors.Env{Connection: "x"}); err == nil {
			t.Errorf("%s opens without settings", name)
		}
		if settings() == settings() {
			t.Errorf("%s gives the same settings twice", name)
		}
	}
}
