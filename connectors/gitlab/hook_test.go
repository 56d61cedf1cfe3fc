package gitlab

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/gitlab/gitlabtest"
	"plumbline/internal/secret"
)

func TestHooks(t *testing.T) {
	site := newSite(t, gitlabtest.Options{})
	now := time.Date(2026, 2, 3, 9, 30, 0, 0, time.UTC)
	body := []byte(`{"object_kind":"milestone"}`)
	sign := func(at time.Time, signatures ...string) http.Header {
		stamp := texts(at.Unix())
		if signatures == nil {
			signatures = []string{signature("d-1", stamp, body)}
		}
		return http.Header{headerID: {"d-1"}, headerTimestamp: {stamp}, headerSignature: {strings.Join(signatures, " ")}}
	}
	signed, plain := open(t, site, nil, nil), open(t, site, nil, func(s *Settings) { s.WebhookSecret = secret.New("hunter2") })
	none := open(t, site, nil, func(s *Settings) { s.WebhookSecret = secret.String{} })
	signed.now = func() time.Time { return now }
	good := signature("d-1", texts(now.Unix()), body)
	for name, c := range map[string]struct {
		c      *Connector
		header http.Header
		ok     bool
	}{
		"signed":               {signed, sign(now), true},
		"signed with two keys": {signed, sign(now, "v1,AAAA", good), true},
		"a little old":         {signed, sign(now.Add(-4 * time.Minute)), true},
		"too old":              {signed, sign(now.Add(-6 * time.Minute)), false},
		"of the future":        {signed, sign(now.Add(6 * time.Minute)), false},
		"another version":      {signed, sign(now, "v2,"+strings.TrimPrefix(good, "v1,")), false},
		"no base64":            {signed, sign(now, "v1,%%%"), false},
		"a token only":         {signed, http.Header{headerToken: {signingToken}}, false},
		"the secret token":     {plain, http.Header{headerToken: {"hunter2"}, headerKey: {"d-1"}}, true},
		"another token":        {plain, http.Header{headerToken: {"hunter"}}, false},
		"no token":             {plain, http.Header{}, false},
		"no secret here":       {none, http.Header{headerToken: {""}}, false},
	} {
		d, err := c.c.Hook(c.header, body)
		if (err == nil) != c.ok || err != nil && !errors.Is(err, connectors.ErrUnauthorized) {
			t.Errorf("%s: %v", name, err)
		}
		if c.ok {
			check(t, name, d, connectors.Delivery{ID: "d-1", Changed: true})
		}
	}
}

func texts(n int64) string { return strconv.FormatInt(n, 10) }

// TestRecordedHooks holds which events bring a run soon.
func TestRecordedHooks(t *testing.T) {
	data := os.Getenv("PLUMBLINE_TESTDATA")
	if data == "" {
		t.Skip("needs PLUMBLINE_TESTDATA: the folder with the recorded deliveries")
	}
	c := open(t, newSite(t, gitlabtest.Options{}), nil, func(s *Settings) { s.WebhookSecret = secret.New("hunter2") })
	for name, changed := range map[string]bool{
		"systemhooks.project_create": true, "systemhooks.project_destroy": true, "systemhooks.project_rename": true, "systemhooks.project_transfer": true,
		"systemhooks.project_update": true, "webhooks.issue": true, "webhooks.note_issue": false, "webhooks.release": false,
	} {
		body, err := os.ReadFile(filepath.Join(data, "gitlab", "go-gitlab-testdata", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		d, err := c.Hook(http.Header{headerToken: {"hunter2"}}, body)
		if err != nil || d.Changed != changed {
			t.Errorf("%s: changed = %v, %v; want %v", name, d.Changed, err, changed)
		}
	}
}
