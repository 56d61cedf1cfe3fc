// Package secret keeps passwords, tokens and keys out of every log, error,
// answer and configuration dump.
//
// A String shows as *** wherever Go, slog or an encoder looks at it; only
// Reveal gives the value, so every place that uses a secret is found by that
// word. It does not encrypt: the value lies in memory as it is.
package secret

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// Mask is what is shown instead of a secret.
const Mask = "***"

// String holds a secret. The zero value is no secret at all; it shows as ***
// too. It is read from text, JSON and YAML, and never written to them.
type String struct {
	// fmt calls no methods on what it reaches through somebody's unexported
	// field. There it prints this pointer's address, never the text.
	value *string
}

// New returns a secret that holds s.
func New(s string) String { return String{value: &s} }

// Reveal returns the secret itself, for the one place that sends or hashes it.
func (s String) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero reports whether there is no secret: none was given, or an empty one.
func (s String) IsZero() bool { return s.Reveal() == "" }

// Equal reports whether both hold the same text, in a time that tells nothing
// about where they differ. Use it instead of ==, which compares identities.
func (s String) Equal(other String) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other.Reveal())) == 1
}

// String returns the mask.
func (String) String() string { return Mask }

// GoString returns the mask.
func (String) GoString() string { return Mask }

// Format writes the mask whatever the verb, %x and %q included.
func (String) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Mask) }

// LogValue returns the mask.
func (String) LogValue() slog.Value { return slog.StringValue(Mask) }

// MarshalText returns the mask; JSON and YAML encoders ask it too.
func (String) MarshalText() ([]byte, error) { return []byte(Mask), nil }

// UnmarshalText takes the secret from text.
func (s *String) UnmarshalText(text []byte) error {
	*s = New(string(text))
	return nil
}

// UnmarshalYAML takes the secret from text only. An unquoted 007 is a number
// to YAML, whose zeros are gone by the time it is text: that is an error, not
// a password that quietly fails.
func (s *String) UnmarshalYAML(decode func(any) error) error {
	var value any
	if err := decode(&value); err != nil {
		return err
	}
	text, ok := value.(string)
	if !ok {
		return errors.New("a secret is text: put it in quotes")
	}
	*s = New(text)
	return nil
}
