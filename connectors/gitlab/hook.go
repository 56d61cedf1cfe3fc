package gitlab

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"plumbline/connectors"
	"plumbline/internal/secret"
)

// The headers of a delivery. Those of a signature are of the Standard Webhooks.
const (
	headerToken     = "X-Gitlab-Token"
	headerKey       = "Idempotency-Key" // the same when it is sent again
	headerID        = "Webhook-Id"
	headerTimestamp = "Webhook-Timestamp"
	headerSignature = "Webhook-Signature"
)

// window is how far a delivery's time may lie from ours: one that somebody kept
// and sends once more is refused after it.
const window = 5 * time.Minute

const (
	signingPrefix    = "whsec_" // of a signing token; what follows is base64
	signatureVersion = "v1,"
)

// signingKey is the key in a signing token; nil for a secret token.
func signingKey(s secret.String) ([]byte, error) {
	text, ok := strings.CutPrefix(s.Reveal(), signingPrefix)
	if !ok {
		return nil, nil
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err == nil && len(key) == 0 {
		err = errors.New("it is empty")
	}
	return key, err
}

// Hook implements connectors.Hooked.
func (c *Connector) Hook(header http.Header, body []byte) (connectors.Delivery, error) {
	if err := c.genuine(header, body); err != nil {
		return connectors.Delivery{}, fmt.Errorf("gitlab: %w: %w", connectors.ErrUnauthorized, err)
	}
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		return connectors.Delivery{}, fmt.Errorf("gitlab: what was sent is not an event: %w", err)
	}
	d := connectors.Delivery{ID: firstOf(header.Get(headerID), header.Get(headerKey)), Changed: !uninteresting[firstOf(e.Kind, e.Name)]}
	d.Listed = d.Changed && c.listed(e)
	return d, nil
}

// event is what a delivery tells of what happened.
type event struct {
	Kind    string `json:"object_kind"` // of projects and groups
	Name    string `json:"event_name"`  // of the whole GitLab
	Action  string `json:"action"`      // of a milestone
	Changes struct {
		Labels json.RawMessage `json:"labels"`
	} `json:"changes"`
}

// listed tells that only a listing shows what happened: a record went, with a
// group or project or alone, or an issue may have lost the label that made it a
// milestone or a risk. GitLab tells nobody that an issue or an epic was deleted.
func (c *Connector) listed(e event) bool {
	return e.Action == "delete" || strings.HasSuffix(e.Name, "_destroy") || len(e.Changes.Labels) > 0 && len(c.settings.allLabels()) > 0
}

// uninteresting are events of what is not read. One that we do not know costs
// one run.
var uninteresting = map[string]bool{
	"push": true, "tag_push": true, "note": true, "merge_request": true, "wiki_page": true, "pipeline": true, "build": true,
	"deployment": true, "release": true, "feature_flag": true, "emoji": true, "access_token": true, "vulnerability": true,
	"repository_update": true, "key_create": true, "key_destroy": true, "user_create": true, "user_destroy": true,
	"user_failed_login": true, "user_rename": true, "gitlab_subscription_member_approval": true,
}

// genuine tells that a delivery comes from GitLab: by its signature where
// webhook_secret is a signing token, and by the secret token that it carries
// otherwise.
func (c *Connector) genuine(header http.Header, body []byte) error {
	if c.settings.WebhookSecret.IsZero() {
		return errors.New("the connection has no webhook_secret")
	}
	key, err := signingKey(c.settings.WebhookSecret)
	if err != nil {
		return fmt.Errorf("webhook_secret: %w", err)
	}
	if key == nil {
		if given := header.Get(headerToken); !secret.New(given).Equal(c.settings.WebhookSecret) {
			return fmt.Errorf("%s is not webhook_secret", headerToken)
		}
		return nil
	}
	id, timestamp := header.Get(headerID), header.Get(headerTimestamp)
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if id == "" || err != nil {
		return errors.New("it is not signed: does the webhook have a signing token in GitLab?")
	}
	if off := c.now().Sub(time.Unix(seconds, 0)); off > window || off < -window {
		return fmt.Errorf("%s is %v from now: a delivery that is older or newer than %v is refused", headerTimestamp, off.Round(time.Second), window)
	}
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte(id + "." + timestamp + "."))
	sum.Write(body)
	want := sum.Sum(nil)
	for given := range strings.FieldsSeq(header.Get(headerSignature)) { // several while a token is replaced
		text, ok := strings.CutPrefix(given, signatureVersion)
		if !ok {
			continue
		}
		if mac, err := base64.StdEncoding.DecodeString(text); err == nil && hmac.Equal(mac, want) {
			return nil
		}
	}
	return fmt.Errorf("%s was not made with webhook_secret", headerSignature)
}
