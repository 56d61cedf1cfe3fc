package config

import (
	"crypto/rand"
	"encoding/base64"
)

// KeyPrefix begins every API key, so that people and scanners recognise one.
const KeyPrefix = "plb_"

// keyBytes is how much chance an API key holds.
const keyBytes = 32

// NewKey returns a new API key and the hash by which the configuration knows
// it. The key itself is kept nowhere.
func NewKey() (key string, hash Hash) {
	raw := make([]byte, keyBytes)
	_, _ = rand.Read(raw) // never fails: it ends the program instead
	key = KeyPrefix + base64.RawURLEncoding.EncodeToString(raw)
	return key, HashKey(key)
}
