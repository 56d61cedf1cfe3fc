package config

import (
	"fmt"

	"github.com/goccy/go-yaml"
)

// YAML returns the effective configuration, defaults and variables included,
// every secret in it as ***.
func (c *Config) YAML() ([]byte, error) {
	out, err := yaml.MarshalWithOptions(c, yaml.IndentSequence(true))
	if err != nil {
		return nil, fmt.Errorf("config: print: %w", err)
	}
	return out, nil
}

// MarshalYAML puts the tool's keys beside the common ones.
func (c Connection) MarshalYAML() (any, error) {
	type common Connection // without this method
	all, err := ordered(common(c))
	if err != nil || c.Tool == nil {
		return all, err
	}
	own, err := ordered(c.Tool)
	if err != nil {
		return nil, err
	}
	return append(all, own...), nil
}

// ordered returns the keys of a struct as a YAML mapping.
func ordered(v any) (yaml.MapSlice, error) {
	text, err := yaml.Marshal(v)
	if err != nil {
		return nil, err
	}
	var keys yaml.MapSlice
	return keys, yaml.UnmarshalWithOptions(text, &keys, yaml.UseOrderedMap())
}
