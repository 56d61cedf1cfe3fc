package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	gogithub "github.com/google/go-github/v84/github"

	"plumbline/connectors"
)

// Hook implements connectors.Hooked.
func (c *Connector) Hook(header http.Header, body []byte) (connectors.Delivery, error) {
	if err := c.genuine(header.Get(gogithub.SHA256SignatureHeader), body); err != nil {
		return connectors.Delivery{}, fmt.Errorf("github: %w: %w", connectors.ErrUnauthorized, err)
	}
	var event struct {
		Action string `json:"action"`
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return connectors.Delivery{}, fmt.Errorf("github: what was sent is not an event as JSON; choose the content type application/json: %w", err)
	}
	delivery := c.hintOf(header.Get(gogithub.EventTypeHeader), event.Action)
	delivery.ID = header.Get(gogithub.DeliveryIDHeader)
	return delivery, nil
}

// genuine checks the signature over the body.
func (c *Connector) genuine(signature string, body []byte) error {
	switch {
	case c.settings.WebhookSecret.IsZero():
		return errors.New("the connection has no webhook_secret")
	case signature == "":
		return fmt.Errorf("there is no %s: does the webhook have a secret in GitHub?", gogithub.SHA256SignatureHeader)
	case gogithub.ValidateSignature(signature, body, []byte(c.settings.WebhookSecret.Reveal())) != nil:
		return fmt.Errorf("%s was not made with webhook_secret", gogithub.SHA256SignatureHeader)
	}
	return nil
}

// hintOf tells what an event means to us. A quick run sees milestones,
// repositories, and issues and boards that were edited; what was deleted,
// transferred or lost a label shows in a listing only.
func (c *Connector) hintOf(event, action string) connectors.Delivery {
	issues := len(c.settings.clauses()) > 0
	boards := c.settings.boards()
	changed := map[string]bool{
		"repository":                c.settings.repositories(),
		"milestone":                 c.reads(fromMilestones),
		"issues":                    issues || boards || c.reads(fromMilestones), // milestones count theirs
		"sub_issues":                issues || boards,
		"issue_dependencies":        issues,
		"projects_v2":               boards,
		"projects_v2_item":          boards,
		"projects_v2_status_update": boards,
		"installation":              true,
		"installation_repositories": true,
		"custom_property_values":    len(c.env.Fields) > 0,
		"organization":              true,
	}[event]
	if !changed {
		return connectors.Delivery{} // ping, and what is not read
	}
	gone := []string{"deleted", "transferred", "archived", "restored", "demilestoned", "unlabeled", "untyped", "suspend", "unsuspend", "removed", "added",
		"blocked_by_removed", "blocking_removed", "parent_issue_removed", "sub_issue_removed"}
	return connectors.Delivery{Changed: true, Listed: slices.Contains(gone, action)}
}
