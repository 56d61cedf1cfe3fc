package github

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/github/githubtest"
	"plumbline/internal/secret"
)

var makeKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// installed is a site with an app on acme, and settings that sign in as it.
func installed(t *testing.T, number int64) (*githubtest.Site, func(*Settings)) {
	t.Helper()
	key, err := makeKey()
	if err != nil {
		t.Fatal(err)
	}
	site := newSite(t, githubtest.Options{})
	site.AddApp(githubtest.App{ID: 7, Slug: "plumbline", Key: &key.PublicKey, Installation: number, Account: "acme", Permissions: map[string]string{"metadata": "read", "issues": "read"}})
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	file := filepath.Join(t.TempDir(), "app.pem")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return site, func(s *Settings) { s.Auth = Auth{App: &AppAuth{ID: "7", Installation: number, File: file}} }
}

// TestAnAppRenewsItsToken holds that one token serves an hour, however many
// ask, and that another is made before it ends or when it is refused.
func TestAnAppRenewsItsToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site, asApp := installed(t, 101)
		site.Fill("acme", 20, 2)
		r := read(t, open(t, site, nil, asApp))
		check(t, "milestones", len(r.Names()), 40)
		check(t, "account", r.Site.Account, "plumbline on acme")
		check(t, "tokens of one run", site.Tokens(), 1)
		time.Sleep(56 * time.Minute) // less than five minutes are left
		r.again()
		check(t, "tokens after an hour", site.Tokens(), 2)
		site.Revoke("ghs_101_2")
		r.again()
		check(t, "tokens after one was revoked", site.Tokens(), 3)
	})
}

// TestAnAppThatMayNot holds what is said of an app that cannot sign in.
func TestAnAppThatMayNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site, asApp := installed(t, 102)
		wrong := open(t, site, nil, func(s *Settings) { asApp(s); s.Auth.App.ID = "8" })
		err := connectortest.NewLedger().Pull(t.Context(), wrong, nil)
		if err == nil || !strings.Contains(err.Error(), "401") {
			t.Errorf("another app's id: %v", err)
		}
	})
	site := newSite(t, githubtest.Options{})
	s := Settings{Owners: []string{"acme"}, Auth: Auth{App: &AppAuth{ID: "7", Installation: 1, Key: secret.New("-----BEGIN NOTHING-----")}}}
	if _, err := s.Open(connectors.Env{Connection: "code", Transport: site.Transport()}); err == nil || strings.Contains(err.Error(), "BEGIN") {
		t.Errorf("a key that is none: %v; want an error that does not show it", err)
	}
	s.Auth.App.Key, s.Auth.App.File = secret.String{}, filepath.Join(t.TempDir(), "none.pem")
	if _, err := s.Open(connectors.Env{Connection: "code", Transport: site.Transport()}); err == nil || !strings.Contains(err.Error(), "none.pem") {
		t.Errorf("a key file that is missing: %v", err)
	}
}
