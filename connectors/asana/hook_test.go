package asana

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"plumbline/connectors"
	"plumbline/connectors/asana/asanatest"
	"plumbline/internal/secret"
)

const hookSecret = "b537207f20cbfa02357cf448134da559"

func hooked(t *testing.T, change func(*Settings)) *Connector {
	t.Helper()
	site, _ := newSite(t, asanatest.Options{})
	return open(t, site, nil, change)
}

func signed(key, body string) http.Header {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(body))
	h := http.Header{}
	h.Set("X-Hook-Signature", hex.EncodeToString(mac.Sum(nil)))
	return h
}

func handshake(key string) http.Header {
	h := http.Header{}
	h.Set("X-Hook-Secret", key)
	return h
}

func TestDeliveries(t *testing.T) {
	c := hooked(t, func(s *Settings) { s.WebhookSecret = secret.New(hookSecret) })
	for body, want := range map[string]connectors.Delivery{
		`{"events":[]}`: {},
		`{"events":[{"action":"changed","resource":{"gid":"1","resource_type":"task"}}]}`:                                                                    {Changed: true},
		`{"events":[{"action":"added","resource":{"gid":"1","resource_type":"story"}}]}`:                                                                     {},
		`{"events":[{"action":"changed","resource":{"gid":"1","resource_type":"task"}},{"action":"deleted","resource":{"gid":"2","resource_type":"task"}}]}`: {Changed: true, Listed: true},
		`{"events":[{"action":"removed","resource":{"gid":"1","resource_type":"task"}}]}`:                                                                    {Changed: true, Listed: true},
	} {
		d, err := c.Hook(signed(hookSecret, body), []byte(body))
		if err != nil {
			t.Errorf("%s: %v", body, err)
		}
		check(t, body, d, want)
	}
}

func TestDeliveryThatIsNoJSON(t *testing.T) {
	c := hooked(t, func(s *Settings) { s.WebhookSecret = secret.New(hookSecret) })
	if _, err := c.Hook(signed(hookSecret, "not JSON"), []byte("not JSON")); err == nil || errors.Is(err, connectors.ErrUnauthorized) {
		t.Errorf("error = %v, want one that says it cannot be understood", err)
	}
}

func TestDeliveriesOfOthers(t *testing.T) {
	body := `{"events":[{"action":"changed"}]}`
	c := hooked(t, func(s *Settings) { s.WebhookSecret = secret.New(hookSecret) })
	off := hooked(t, nil)
	for name, try := range map[string]func() error{
		"no signature":      func() error { _, err := c.Hook(http.Header{}, []byte(body)); return err },
		"of another secret": func() error { _, err := c.Hook(signed("another secret of Asana", body), []byte(body)); return err },
		"of another body":   func() error { _, err := c.Hook(signed(hookSecret, body), []byte(body+" ")); return err },
		"cut off": func() error {
			h := signed(hookSecret, body)
			h.Set("X-Hook-Signature", h.Get("X-Hook-Signature")[:32])
			_, err := c.Hook(h, []byte(body))
			return err
		},
		"a handshake with another secret": func() error { _, err := c.Hook(handshake("another secret of Asana"), nil); return err },
		"not configured":                  func() error { _, err := off.Hook(signed(hookSecret, body), []byte(body)); return err },
		"a handshake, not configured":     func() error { _, err := off.Hook(handshake(hookSecret), nil); return err },
	} {
		if err := try(); !errors.Is(err, connectors.ErrUnauthorized) {
			t.Errorf("%s: error = %v, want ErrUnauthorized", name, err)
		}
	}
}

func TestHandshake(t *testing.T) {
	for name, prepare := range map[string]func(path string) error{
		"no file yet":   func(string) error { return nil },
		"an empty file": func(path string) error { return os.WriteFile(path, []byte("\n"), 0o644) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "secret")
			if err := prepare(path); err != nil {
				t.Fatal(err)
			}
			c := hooked(t, func(s *Settings) { s.WebhookSecretFile = path })
			d, err := c.Hook(handshake(hookSecret), nil)
			if err != nil {
				t.Fatal(err)
			}
			check(t, "the reply", d.Reply.Get("X-Hook-Secret"), hookSecret)
			check(t, "nothing is to be read", d.Changed || d.Listed, false)
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			check(t, "the mode of the file", info.Mode().Perm(), os.FileMode(0o600))
			if _, err := c.Hook(handshake("another secret of somebody"), nil); !errors.Is(err, connectors.ErrUnauthorized) {
				t.Errorf("a second handshake: %v, want ErrUnauthorized", err)
			}
			raw, _ := os.ReadFile(path)
			check(t, "the file", string(raw), hookSecret+"\n")
			body := `{"events":[]}`
			again := hooked(t, func(s *Settings) { s.WebhookSecretFile = path })
			if _, err := again.Hook(signed(hookSecret, body), []byte(body)); err != nil {
				t.Errorf("after a restart: %v", err)
			}
			if d, err := again.Hook(handshake(hookSecret), nil); err != nil || d.Reply.Get("X-Hook-Secret") != hookSecret {
				t.Errorf("the same handshake again: %v, %v", d, err)
			}
		})
	}
}

func TestHandshakesAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	c := hooked(t, func(s *Settings) { s.WebhookSecretFile = path })
	var good sync.Map
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			offered := strings.Repeat(string(rune('a'+i)), 32)
			if _, err := c.Hook(handshake(offered), nil); err == nil {
				good.Store(offered, true)
			}
		})
	}
	group.Wait()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	good.Range(func(offered, _ any) bool {
		n++
		check(t, "the secret that was accepted", offered.(string)+"\n", string(raw))
		return true
	})
	check(t, "handshakes that were accepted", n, 1)
}

func TestSeveralWebhooks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	const other = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
	if err := os.WriteFile(path, []byte(hookSecret+"\n"+other+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := hooked(t, func(s *Settings) { s.WebhookSecretFile = path })
	body := `{"events":[]}`
	for _, key := range []string{hookSecret, other} {
		if _, err := c.Hook(signed(key, body), []byte(body)); err != nil {
			t.Errorf("signed with %s: %v", key, err)
		}
	}
}

func TestOddHandshakes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	c := hooked(t, func(s *Settings) { s.WebhookSecretFile = path })
	for _, odd := range []string{"short", strings.Repeat("x", 300), "a secret with spaces in it"} {
		if _, err := c.Hook(handshake(odd), nil); !errors.Is(err, connectors.ErrUnauthorized) {
			t.Errorf("%.20s: error = %v, want ErrUnauthorized", odd, err)
		}
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an odd handshake wrote the file: %v", err)
	}
}
