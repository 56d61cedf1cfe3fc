package github

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"

	"plumbline/connectors"
	"plumbline/connectors/github/githubtest"
	"plumbline/internal/secret"
)

func signedBy(key string, event string, body []byte) http.Header {
	sum := hmac.New(sha256.New, []byte(key))
	sum.Write(body)
	h := http.Header{}
	h.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(sum.Sum(nil)))
	h.Set("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
	h.Set("X-GitHub-Event", event)
	return h
}

// TestRecordedDeliveries holds what GitHub's own deliveries mean to us.
func TestRecordedDeliveries(t *testing.T) {
	site := newSite(t, githubtest.Options{})
	c := open(t, site, nil, func(s *Settings) {
		s.WebhookSecret = secret.New("hush")
		s.Projects.From = []string{"repositories", "boards"}
	})
	changed, listed := connectors.Delivery{Changed: true}, connectors.Delivery{Changed: true, Listed: true}
	for name, want := range map[string]connectors.Delivery{
		"issues.assigned": changed, "issues.edited": changed, "issues.opened": changed, "issues.reopened": changed, "issues.milestoned": changed,
		"issues.deleted": listed, "issues.demilestoned": listed, "issues.transferred": listed,
		"milestone.created": changed, "milestone.closed": changed, "milestone.deleted": listed,
		"projects_v2_item.created": changed, "projects_v2_item.edited": changed, "projects_v2_item.reordered": changed, "projects_v2_item.converted": changed,
		"projects_v2_item.archived": listed, "projects_v2_item.restored": listed,
	} {
		body := recorded(t, name, nil)
		event, _, _ := strings.Cut(name, ".")
		got, err := c.Hook(signedBy("hush", event, body), body)
		want.ID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		check(t, name, got, want)
	}
}

// TestForgedDeliveries holds that nothing is believed that was not signed.
func TestForgedDeliveries(t *testing.T) {
	site := newSite(t, githubtest.Options{})
	body := []byte(`{"action":"created"}`)
	c := open(t, site, nil, func(s *Settings) { s.WebhookSecret = secret.New("hush") })
	for name, h := range map[string]http.Header{
		"another secret": signedBy("other", "milestone", body),
		"no signature":   {},
		"another body":   signedBy("hush", "milestone", []byte(`{"action":"deleted"}`)),
		"SHA-1":          {"X-Hub-Signature-256": {"sha1=4c5a"}},
	} {
		if _, err := c.Hook(h, body); !errors.Is(err, connectors.ErrUnauthorized) {
			t.Errorf("%s: error = %v, want ErrUnauthorized", name, err)
		}
	}
	if _, err := open(t, site, nil, nil).Hook(signedBy("", "milestone", body), body); !errors.Is(err, connectors.ErrUnauthorized) {
		t.Errorf("without a secret: error = %v, want ErrUnauthorized", err)
	}
	if _, err := c.Hook(signedBy("hush", "milestone", []byte("payload=x")), []byte("payload=x")); err == nil || errors.Is(err, connectors.ErrUnauthorized) {
		t.Errorf("a form: error = %v, want one that names the content type", err)
	}
	got, err := c.Hook(signedBy("hush", "ping", body), body)
	if err != nil || got.Changed {
		t.Errorf("a ping: %v, %v; want no change", got, err)
	}
}
