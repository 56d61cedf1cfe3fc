package jira

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"plumbline/connectors"
)

// The headers of a delivery.
const (
	signatureHeader = "X-Hub-Signature"
	signatureMethod = "sha256="
	deliveryHeader  = "X-Atlassian-Webhook-Identifier" // the same when it is sent again
)

// Hook implements connectors.Hooked.
func (c *Connector) Hook(header http.Header, body []byte) (connectors.Delivery, error) {
	if err := c.signed(header.Get(signatureHeader), body); err != nil {
		return connectors.Delivery{}, fmt.Errorf("jira: %w: %w", connectors.ErrUnauthorized, err)
	}
	var event struct {
		Name string `json:"webhookEvent"`
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return connectors.Delivery{}, fmt.Errorf("jira: what was sent is not an event: %w", err)
	}
	delivery := hintOf(event.Name)
	delivery.ID = header.Get(deliveryHeader)
	return delivery, nil
}

// signed checks the signature over the body.
func (c *Connector) signed(signature string, body []byte) error {
	if c.settings.WebhookSecret.IsZero() {
		return errors.New("the connection has no webhook_secret")
	}
	text, ok := strings.CutPrefix(signature, signatureMethod)
	if !ok {
		return fmt.Errorf("there is no %s by SHA-256: does the webhook have a secret in Jira?", signatureHeader)
	}
	given, err := hex.DecodeString(text)
	if err != nil {
		return fmt.Errorf("%s is not hexadecimal", signatureHeader)
	}
	sum := hmac.New(sha256.New, []byte(c.settings.WebhookSecret.Reveal()))
	sum.Write(body)
	if !hmac.Equal(sum.Sum(nil), given) {
		return fmt.Errorf("%s was not made with webhook_secret", signatureHeader)
	}
	return nil
}

// hintOf tells what an event means to us. Issues have a time of change, so a
// quick run finds those that were edited; projects, versions and whatever was
// deleted show in a listing only. An event that we do not know costs one quick
// run.
func hintOf(event string) connectors.Delivery {
	for _, nothing := range []string{"comment_", "worklog_", "attachment_", "sprint_", "board_", "user_", "issue_property_"} {
		if strings.HasPrefix(event, nothing) { // nothing of theirs is read
			return connectors.Delivery{}
		}
	}
	listed := strings.HasPrefix(event, "project_") || strings.HasPrefix(event, "jira:version_") || strings.HasSuffix(event, "_deleted")
	return connectors.Delivery{Changed: true, Listed: listed}
}
