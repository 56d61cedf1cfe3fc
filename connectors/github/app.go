package github

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"plumbline/internal/httpx"
	"plumbline/internal/secret"
)

// The times of a GitHub App's tokens.
const (
	claimLife  = 9 * time.Minute // of what we sign; GitHub takes no more than ten
	clockDrift = time.Minute     // that our clock may be ahead of GitHub's
	renewAhead = 5 * time.Minute // before an installation's token of an hour ends
)

// An installation is the source of the tokens of an installed GitHub App. It
// signs a claim with the app's key and is given a token for an hour. Whoever
// asks while a token is being made waits for that one.
type installation struct {
	id     string
	number int64
	key    secret.Source
	now    func() time.Time
	hidden *secret.Hidden
	send   func(ctx context.Context, caller *httpx.Caller, req *http.Request) (*reply, error)
	make   func(method, path string) (*http.Request, error)
	caller *httpx.Caller // signs with the claim

	mu      sync.Mutex
	token   secret.String
	expires time.Time
}

// newInstallation checks the key, so that a wrong one shows before the first
// run.
func (c *Connector) newInstallation(a *AppAuth) (*installation, error) {
	i := &installation{id: a.ID, number: a.Installation, now: c.now, hidden: c.hidden, send: c.send, key: secret.Fixed(a.Key)}
	i.make = func(method, path string) (*http.Request, error) { return c.api.NewRequest(method, path, nil) }
	if a.File != "" {
		i.key = pemFile(a.File)
	}
	_, err := i.privateKey(context.Background())
	return i, err
}

// use gives the installation the client that its claims are sent by.
func (i *installation) use(client *httpx.Client) {
	i.caller = client.Caller(httpx.Signed(claims{i}, bearer))
}

// Secret implements secret.Source.
func (i *installation) Secret(ctx context.Context, refused secret.String) (secret.String, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.token.IsZero() && !i.token.Equal(refused) && i.now().Before(i.expires.Add(-renewAhead)) {
		return i.token, nil
	}
	req, err := i.make(http.MethodPost, i.path("/access_tokens"))
	if err != nil {
		return secret.String{}, err
	}
	r, err := i.send(httpx.Reading(ctx), i.caller, req) // one token too many does no harm, so it may be asked for again
	if err != nil {
		return secret.String{}, fmt.Errorf("asking for a token of the installation: %w", err)
	}
	var made struct {
		Token   secret.String `json:"token"`
		Expires time.Time     `json:"expires_at"`
	}
	if err := json.Unmarshal(r.body, &made); err != nil || made.Token.IsZero() {
		return secret.String{}, errors.New("asking for a token of the installation: the answer has none")
	}
	i.token, i.expires = made.Token, made.Expires
	return i.token, nil
}

func (i *installation) path(rest string) string {
	return fmt.Sprintf("app/installations/%d%s", i.number, rest)
}

// claims is the source of what the app signs of itself.
type claims struct{ *installation }

// Secret implements secret.Source.
func (c claims) Secret(ctx context.Context, _ secret.String) (secret.String, error) {
	key, err := c.privateKey(ctx)
	if err != nil {
		return secret.String{}, err
	}
	now := c.now()
	body, err := json.Marshal(map[string]any{"iat": now.Add(-clockDrift).Unix(), "exp": now.Add(claimLife).Unix(), "iss": c.id})
	if err != nil {
		return secret.String{}, err
	}
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encode(body)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return secret.String{}, err
	}
	claim := secret.New(text + "." + encode(signature))
	c.hidden.Learn(claim)
	return claim, nil
}

// privateKey reads the app's key, which GitHub gives as PKCS #1.
func (i *installation) privateKey(ctx context.Context) (*rsa.PrivateKey, error) {
	text, err := i.key.Secret(ctx, secret.String{})
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode([]byte(strings.TrimSpace(text.Reveal())))
	if block == nil {
		return nil, errors.New("the key of the app is no PEM: give the file as GitHub made it")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		if key, ok := key.(*rsa.PrivateKey); ok {
			return key, nil
		}
	}
	return nil, errors.New("the key of the app is no RSA private key")
}

// A pemFile is a source that reads a file of several lines before each use,
// which is once an hour.
type pemFile string

// Secret implements secret.Source.
func (f pemFile) Secret(context.Context, secret.String) (secret.String, error) {
	info, err := os.Stat(string(f))
	if err == nil && (!info.Mode().IsRegular() || info.Size() > secret.MaxFile) {
		err = errors.New("it is no file with a key")
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(string(f))
	}
	if err != nil {
		return secret.String{}, fmt.Errorf("the file %s gives no key: %w", string(f), err)
	}
	return secret.New(string(text)), nil
}

// appRecord is what GitHub says of the installation.
type appRecord struct {
	ID      int64  `json:"id"`
	Slug    string `json:"app_slug"`
	Account struct {
		Login string `json:"login"`
	} `json:"account"`
	Permissions map[string]string `json:"permissions"`
	Suspended   string            `json:"suspended_at"`
}

// describe asks what the installation is and may do.
func (i *installation) describe(ctx context.Context) (appRecord, http.Header, error) {
	var record appRecord
	req, err := i.make(http.MethodGet, i.path(""))
	if err != nil {
		return record, nil, err
	}
	r, err := i.send(ctx, i.caller, req)
	if err != nil {
		return record, nil, err
	}
	return record, r.header, json.Unmarshal(r.body, &record)
}
