package asana

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"unicode"

	"plumbline/connectors"
	"plumbline/internal/secret"
)

// The headers of a webhook.
const (
	headerSecret    = "X-Hook-Secret"
	headerSignature = "X-Hook-Signature"
)

// The bounds of what is believed to be a secret of Asana, which are 32 or 64
// characters, in bytes.
const (
	minHookSecret = 16
	maxHookSecret = 256
)

// Hook implements connectors.Hooked. Asana begins a webhook with a handshake:
// it tells the secret, and waits for the same one back. Whoever knows the
// address could do that, so a handshake is accepted only while no secret is
// known, or when it tells one that is.
func (c *Connector) Hook(header http.Header, body []byte) (connectors.Delivery, error) {
	d, err := c.hook(header, body)
	if err != nil {
		return connectors.Delivery{}, fmt.Errorf("asana: %w", err)
	}
	return d, nil
}

func (c *Connector) hook(header http.Header, body []byte) (connectors.Delivery, error) {
	if offered := header.Get(headerSecret); offered != "" {
		if err := c.shake(offered); err != nil {
			return connectors.Delivery{}, err
		}
		return connectors.Delivery{Reply: http.Header{headerSecret: {offered}}}, nil
	}
	secrets, err := c.hookSecrets()
	if err != nil {
		return connectors.Delivery{}, err
	}
	given, err := hex.DecodeString(header.Get(headerSignature))
	if err != nil || len(given) != sha256.Size {
		return connectors.Delivery{}, fmt.Errorf("%w: the delivery has no signature", connectors.ErrUnauthorized)
	}
	good := false
	for _, s := range secrets {
		mac := hmac.New(sha256.New, []byte(s.Reveal()))
		mac.Write(body)
		good = hmac.Equal(mac.Sum(nil), given) || good // every one is tried, so that the time tells nothing
	}
	if !good {
		return connectors.Delivery{}, fmt.Errorf("%w: the signature of the delivery is wrong", connectors.ErrUnauthorized)
	}
	var sent struct {
		Events []event `json:"events"`
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		return connectors.Delivery{}, fmt.Errorf("what was sent are no events: %w", err)
	}
	return hint(sent.Events), nil
}

// hint is what the events of a webhook tell about reading. None are a heartbeat.
func hint(events []event) connectors.Delivery {
	var d connectors.Delivery
	for _, e := range events {
		if e.Resource != nil && quiet[e.Resource.Type] {
			continue
		}
		switch e.Action {
		case "deleted", "removed":
			d.Listed = true
		}
		d.Changed = true
	}
	return d
}

// hookSecrets are those by which deliveries may be signed.
func (c *Connector) hookSecrets() ([]secret.String, error) {
	if !c.settings.WebhookSecret.IsZero() {
		return []secret.String{c.settings.WebhookSecret}, nil
	}
	path := c.settings.WebhookSecretFile
	if path == "" {
		return nil, fmt.Errorf("%w: neither webhook_secret nor webhook_secret_file is set", connectors.ErrUnauthorized)
	}
	lines, err := secretLines(path)
	switch {
	case err != nil:
		return nil, err
	case len(lines) == 0:
		return nil, fmt.Errorf("%w: there was no handshake yet", connectors.ErrUnauthorized)
	}
	return lines, nil
}

// secretLines are the lines of the file of secrets; none where there is no
// file yet. It is read each time: deliveries are few, and secrets are replaced.
func secretLines(path string) ([]secret.String, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err == nil && (!info.Mode().IsRegular() || info.Size() > secret.MaxFile):
		return nil, errors.New("webhook_secret_file: it is no regular file, or too large")
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("webhook_secret_file: %w", err)
	}
	var list []secret.String
	for line := range bytes.Lines(raw) {
		if text := strings.TrimSpace(string(line)); text != "" {
			list = append(list, secret.New(text))
		}
	}
	return list, nil
}

// shake accepts the secret of a handshake, or refuses it.
func (c *Connector) shake(offered string) error {
	if len(offered) < minHookSecret || len(offered) > maxHookSecret || strings.ContainsFunc(offered, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		return fmt.Errorf("%w: the handshake's secret is none of Asana's", connectors.ErrUnauthorized)
	}
	c.shaking.Lock()
	defer c.shaking.Unlock()
	secrets, err := c.hookSecrets()
	if c.settings.WebhookSecretFile != "" && errors.Is(err, connectors.ErrUnauthorized) {
		return keepSecret(c.settings.WebhookSecretFile, offered)
	}
	if err != nil {
		return err
	}
	known := false
	for _, s := range secrets {
		known = s.Equal(secret.New(offered)) || known
	}
	if !known {
		return fmt.Errorf("%w: a handshake tells another secret than the one that is known; empty the file to begin anew", connectors.ErrUnauthorized)
	}
	return nil
}

// keepSecret writes the first secret to its file, for nobody else to read. A
// file that another process has filled meanwhile is left as it is.
func keepSecret(path, offered string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("webhook_secret_file: %w", err)
	}
	filled, err := secretLines(path)
	if err == nil && len(filled) > 0 {
		err = fmt.Errorf("%w: another handshake was first", connectors.ErrUnauthorized)
	}
	if err == nil {
		err = errors.Join(file.Chmod(0o600), file.Truncate(0))
	}
	if err == nil {
		_, err = file.WriteAt([]byte(offered+"\n"), 0)
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("webhook_secret_file: %w", err)
	}
	return nil
}
