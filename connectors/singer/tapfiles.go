package singer

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// tapFiles are what a tap is given to read, in a folder that nobody else may look
// into and that is removed after the run: its configuration holds secrets,
// which must not be seen among the arguments.
type tapFiles struct {
	dir     string
	secrets []string // every form of them, the longest first: one may begin another
}

// newFiles makes the folder and the configuration in it.
func (c *Connector) newFiles() (_ *tapFiles, err error) {
	f := &tapFiles{}
	config, err := f.config(c.settings.Tap)
	if err != nil {
		return nil, err
	}
	if f.dir, err = os.MkdirTemp("", "plumbline-tap-*"); err != nil {
		return nil, err
	}
	if err = f.write("config.json", config); err != nil {
		return nil, errors.Join(err, f.remove())
	}
	return f, nil
}

func (f *tapFiles) path(name string) string { return filepath.Join(f.dir, name) }

func (f *tapFiles) write(name string, content []byte) error {
	return os.WriteFile(f.path(name), content, 0o600)
}

func (f *tapFiles) remove() error { return os.RemoveAll(f.dir) }

// config is the tap's configuration with its secrets, which are known from then
// on.
func (f *tapFiles) config(t TapSettings) ([]byte, error) {
	all := clone(t.Config)
	for key, value := range t.Secrets {
		f.learn(value)
		if err := set(all, key, value); err != nil {
			return nil, fmt.Errorf("tap.secrets.%s: %w", key, err)
		}
	}
	for key, path := range t.SecretFiles {
		value, err := secret.NewFile(path).Secret(context.Background(), secret.String{})
		if err != nil {
			return nil, fmt.Errorf("%w: tap.secret_files.%s: %w", portfolio.ErrInvalid, key, err)
		}
		f.learn(value)
		if err := set(all, key, value); err != nil {
			return nil, fmt.Errorf("tap.secret_files.%s: %w", key, err)
		}
	}
	for _, value := range t.Env {
		f.learn(value)
	}
	return json.Marshal(all)
}

// set puts a secret at a key, whose dots lead into objects.
func set(object map[string]any, key string, value secret.String) error {
	name, rest, deeper := strings.Cut(key, ".")
	if !deeper {
		object[name] = value.Reveal()
		return nil
	}
	inner, ok := object[name].(map[string]any)
	if !ok {
		if object[name] != nil {
			return fmt.Errorf("%w: tap.config.%s is no object", portfolio.ErrInvalid, name)
		}
		inner = map[string]any{}
		object[name] = inner
	}
	return set(inner, rest, value)
}

// clone copies the objects of a configuration: secrets are put into the copy.
func clone(object map[string]any) map[string]any {
	copied := make(map[string]any, len(object))
	for name, value := range object {
		if inner, ok := value.(map[string]any); ok {
			value = clone(inner)
		}
		copied[name] = value
	}
	return copied
}

// shortest is how long a secret must be to be masked: shorter ones stand in
// many words.
const shortest = 4

func (f *tapFiles) learn(s secret.String) {
	value := s.Reveal()
	if len(value) < shortest {
		return
	}
	for _, one := range append([]string{value}, strings.Split(value, "\n")...) { // a key of several lines is logged line by line
		if one = strings.TrimSpace(one); len(one) < shortest {
			continue
		}
		inJSON, _ := json.Marshal(one) // a text always encodes
		f.secrets = append(f.secrets, one, strings.Trim(string(inJSON), `"`), base64.StdEncoding.EncodeToString([]byte(one)), url.QueryEscape(one), url.PathEscape(one))
	}
	slices.SortStableFunc(f.secrets, func(a, b string) int { return len(b) - len(a) })
}

// longest is how long the longest secret is, in bytes.
func (f *tapFiles) longest() int {
	if len(f.secrets) == 0 {
		return 0
	}
	return len(f.secrets[0])
}

// mask returns the text with every secret replaced.
func (f *tapFiles) mask(text string) string {
	for _, one := range f.secrets {
		text = strings.ReplaceAll(text, one, secret.Mask)
	}
	return text
}
