package secret_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"plumbline/internal/secret"
)

const canary = "plb_canary-7f3a"

// holder reaches its secrets through exported, unexported, nested and pointed
// to fields, as settings do.
type holder struct {
	Public  secret.String
	private secret.String
	Pointer *secret.String
	List    []secret.String
	ByName  map[string]secret.String
	inner   struct{ deep secret.String }
}

func newHolder() holder {
	s := secret.New(canary)
	h := holder{Public: s, private: s, Pointer: &s, List: []secret.String{s}, ByName: map[string]secret.String{"a": s}}
	h.inner.deep = s
	return h
}

func TestFmtNeverShowsTheSecret(t *testing.T) {
	s, h := secret.New(canary), newHolder()
	encodings := []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), fmt.Sprintf("%d", []byte(canary))}
	for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%s", "%x", "%X", "%d", "%T %v", "%10v", "%!"} {
		for _, value := range []any{s, &s, h, &h, []any{s, h}, map[string]any{"k": s}, struct{ s any }{h}} {
			shown := fmt.Sprintf(verb, value)
			for _, leak := range encodings {
				if strings.Contains(shown, leak) {
					t.Errorf("%s of %T shows the secret: %s", verb, value, shown)
				}
			}
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%s", "%x"} {
		if got := fmt.Sprintf(verb, s); got != secret.Mask {
			t.Errorf("%s = %s, want %s", verb, got, secret.Mask)
		}
	}
}

func TestErrorsNeverShowTheSecret(t *testing.T) {
	s := secret.New(canary)
	err := fmt.Errorf("sign in with %v: %w", s, errors.Join(fmt.Errorf("%+v", newHolder()), fmt.Errorf("%s", s)))
	if strings.Contains(err.Error(), canary) {
		t.Errorf("the error shows the secret: %v", err)
	}
}

func TestLogsNeverShowTheSecret(t *testing.T) {
	var out bytes.Buffer
	handlers := []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)}
	for _, handler := range handlers {
		log := slog.New(handler).With("with", secret.New(canary))
		log.Info("message", slog.Any("token", secret.New(canary)), slog.Any("settings", newHolder()), slog.Group("auth", slog.Any("key", secret.New(canary))))
	}
	if strings.Contains(out.String(), canary) {
		t.Errorf("the log shows the secret: %s", out.String())
	}
	if got := strings.Count(out.String(), secret.Mask); got < 6 {
		t.Errorf("the log shows %d masks, want at least one for each secret: %s", got, out.String())
	}
}

func TestEncodersNeverShowTheSecret(t *testing.T) {
	encoders := map[string]func(any) ([]byte, error){
		"json": json.Marshal,
		"yaml": yaml.Marshal,
		"xml":  xml.Marshal,
	}
	type settings struct{ Token secret.String }
	for name, encode := range encoders {
		out, err := encode(settings{Token: secret.New(canary)})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if bytes.Contains(out, []byte(canary)) || !bytes.Contains(out, []byte(secret.Mask)) {
			t.Errorf("%s = %q, want the mask and not the secret", name, out)
		}
	}
	out, err := json.Marshal(newHolder())
	if err != nil || bytes.Contains(out, []byte(canary)) {
		t.Errorf("json of the holder = %s, %v", out, err)
	}
}

func TestSecretsAreReadFromText(t *testing.T) {
	type settings struct {
		Token secret.String `json:"token" yaml:"token"`
	}
	cases := []struct {
		name, text, want string
		decode           func([]byte, any) error
	}{
		{"json", `{"token": "a\"b"}`, `a"b`, json.Unmarshal},
		{"yaml plain", "token: abc # comment", "abc", yaml.Unmarshal},
		{"yaml quoted", `token: "a # b"`, "a # b", yaml.Unmarshal},
		{"yaml quoted digits", `token: "007"`, "007", yaml.Unmarshal},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got settings
			if err := c.decode([]byte(c.text), &got); err != nil {
				t.Fatal(err)
			}
			if got.Token.Reveal() != c.want {
				t.Errorf("revealed %q, want %q", got.Token.Reveal(), c.want)
			}
		})
	}
}

func TestEqualComparesTheText(t *testing.T) {
	a, b := secret.New(canary), secret.New(canary)
	if !a.Equal(b) || a.Equal(secret.New("other")) || a.Equal(secret.String{}) {
		t.Error("Equal does not follow the text")
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("cmp sees a difference: %s", diff)
	}
	if !(secret.String{}).IsZero() || !secret.New("").IsZero() || a.IsZero() {
		t.Error("IsZero does not follow the text")
	}
	if got := (secret.String{}).String(); got != secret.Mask {
		t.Errorf("no secret shows as %q, want the mask", got)
	}
}

func TestUnquotedNumbersAreRefused(t *testing.T) {
	for _, text := range []string{"token: 007", "token: 0x1F", "token: true", "token: [a]"} {
		var got struct{ Token secret.String }
		if err := yaml.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%q was read as %q, want an error", text, got.Token.Reveal())
		}
	}
}
