package azuredevops

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"plumbline/connectors"
	"plumbline/internal/secret"
)

// secretHeader is where a subscription may send the secret, if not as a
// password.
const secretHeader = "X-Webhook-Secret"

// Hook implements connectors.Hooked. Service hooks sign nothing: they bring a
// password or a header along, which says who sent them and nothing of what
// they say.
func (c *Connector) Hook(header http.Header, body []byte) (connectors.Delivery, error) {
	if err := c.knows(header); err != nil {
		return connectors.Delivery{}, fmt.Errorf("azuredevops: %w: %w", connectors.ErrUnauthorized, err)
	}
	var event struct {
		ID   string `json:"id"` // the same when it is sent again
		Type string `json:"eventType"`
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return connectors.Delivery{}, fmt.Errorf("azuredevops: what was sent is not an event: %w", err)
	}
	delivery := hintOf(event.Type)
	delivery.ID = event.ID
	return delivery, nil
}

// knows checks the secret that came along.
func (c *Connector) knows(header http.Header) error {
	wanted := c.settings.WebhookSecret
	if wanted.IsZero() {
		return errors.New("the connection has no webhook_secret")
	}
	_, password, basic := (&http.Request{Header: header}).BasicAuth()
	given := header.Get(secretHeader)
	switch {
	case basic && wanted.Equal(secret.New(password)), given != "" && wanted.Equal(secret.New(given)):
		return nil
	case !basic && given == "":
		return fmt.Errorf("there is neither a password nor %s: has the subscription the secret?", secretHeader)
	}
	return errors.New("the secret is not webhook_secret")
}

// hintOf tells what an event means to us. The feed of work items has what went
// to the bin too, but not what was destroyed, so that is listed. A comment is
// a revision without anything that is read.
func hintOf(event string) connectors.Delivery {
	switch {
	case event == "workitem.deleted":
		return connectors.Delivery{Changed: true, Listed: true}
	case event == "workitem.commented", !strings.HasPrefix(event, "workitem."):
		return connectors.Delivery{} // code, builds and releases are not read
	}
	return connectors.Delivery{Changed: true}
}
