package jira

import (
	"crypto/hmac"
	"crypto/sha1" // to be refused
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"

	"plumbline/connectors"
	"plumbline/connectors/jira/jiratest"
	"plumbline/internal/secret"
)

const hookSecret = "plb_canary-hook"

func signature(key string, body []byte) string {
	sum := hmac.New(sha256.New, []byte(key))
	sum.Write(body)
	return "sha256=" + hex.EncodeToString(sum.Sum(nil))
}

func TestADeliveryIsSigned(t *testing.T) {
	site := newSite(t, jiratest.Options{BaseURL: "https://example.atlassian.net"})
	with := open(t, site, nil, func(s *Settings) { s.WebhookSecret = secret.New(hookSecret) })
	without := open(t, site, nil, nil)
	body := []byte(`{"timestamp":1795000000000,"webhookEvent":"jira:issue_updated","issue":{"id":"10001"}}`)
	right := signature(hookSecret, body)
	weak := hmac.New(sha1.New, []byte(hookSecret))
	weak.Write(body)
	for _, c := range []struct {
		name, signature string
		connector       *Connector
		body            []byte
		taken           bool
	}{
		{"signed", right, with, body, true},
		{"in capitals", "sha256=" + strings.ToUpper(right[7:]), with, body, true},
		{"not signed", "", with, body, false},
		{"with another secret", signature("other", body), with, body, false},
		{"by SHA-1", "sha1=" + hex.EncodeToString(weak.Sum(nil)), with, body, false},
		{"cut short", right[:len(right)-2], with, body, false},
		{"not hexadecimal", "sha256=" + strings.Repeat("z", 64), with, body, false},
		{"another body", right, with, append([]byte(" "), body...), false},
		{"without webhook_secret", right, without, body, false},
		{"signed with nothing", signature("", body), without, body, false},
	} {
		_, err := c.connector.Hook(http.Header{"X-Hub-Signature": {c.signature}}, c.body)
		if (err == nil) != c.taken || !c.taken && !errors.Is(err, connectors.ErrUnauthorized) {
			t.Errorf("%s: %v, want taken = %v", c.name, err, c.taken)
		}
		if err != nil && strings.Contains(err.Error(), hookSecret) {
			t.Errorf("%s: the error has the secret: %v", c.name, err)
		}
	}
	if before, _ := with.Describe(); before == "" {
		t.Error("describes nothing")
	} else if after, _ := without.Describe(); before != after {
		t.Error("with another webhook_secret everything would be read anew")
	}
}

func TestWhatEventsHint(t *testing.T) {
	c := open(t, newSite(t, jiratest.Options{BaseURL: "https://example.atlassian.net"}), nil, func(s *Settings) { s.WebhookSecret = secret.New(hookSecret) })
	for event, want := range map[string]connectors.Delivery{
		"jira:issue_created":         {Changed: true},
		"jira:issue_updated":         {Changed: true},
		"jira:issue_deleted":         {Changed: true, Listed: true},
		"issuelink_created":          {Changed: true},
		"issuelink_deleted":          {Changed: true, Listed: true},
		"jira:version_released":      {Changed: true, Listed: true},
		"project_soft_deleted":       {Changed: true, Listed: true},
		"project_updated":            {Changed: true, Listed: true},
		"comment_deleted":            {},
		"worklog_updated":            {},
		"sprint_deleted":             {},
		"issue_property_deleted":     {},
		"something_of_next_year":     {Changed: true},
		"":                           {Changed: true},
		"board_configuration_change": {},
	} {
		body := []byte(`{"webhookEvent":"` + event + `"}`)
		got, err := c.Hook(http.Header{"X-Hub-Signature": {signature(hookSecret, body)}, "X-Atlassian-Webhook-Identifier": {"w-7"}}, body)
		if err != nil || got.ID != "w-7" || got.Changed != want.Changed || got.Listed != want.Listed {
			t.Errorf("%q: %+v, %v; want %+v with the id w-7", event, got, err, want)
		}
	}
	body := []byte("not JSON")
	if _, err := c.Hook(http.Header{"X-Hub-Signature": {signature(hookSecret, body)}}, body); err == nil || errors.Is(err, connectors.ErrUnauthorized) {
		t.Errorf("signed, but no event: %v", err)
	}
}
