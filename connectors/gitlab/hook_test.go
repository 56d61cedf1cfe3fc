package gitlab

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
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
	changed, listed := connectors.Delivery{Changed: true}, connectors.Delivery{Changed: true, Listed: true}
	for name, want := range map[string]connectors.Delivery{
		"systemhooks.project_create": changed, "systemhooks.project_destroy": listed, "systemhooks.project_rename": changed, "systemhooks.project_transfer": changed,
		"systemhooks.project_update": changed, "webhooks.issue": changed, "webhooks.note_issue": {}, "webhooks.release": {},
	} {
		body, err := os.ReadFile(filepath.Join(data, "gitlab", "go-gitlab-testdata", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		d, err := c.Hook(http.Header{headerToken: {"hunter2"}}, body)
		if err != nil || !reflect.DeepEqual(d, want) {
			t.Errorf("%s: %+v, %v; want %+v", name, d, err, want)
		}
	}
}

// TestHints holds what only a listing shows.
func TestHints(t *testing.T) {
	site := newSite(t, gitlabtest.Options{})
	with := func(from ...string) *Connector {
		return open(t, site, nil, func(s *Settings) { s.WebhookSecret, s.Milestones.From = secret.New("hunter2"), from })
	}
	for body, want := range map[string][2]bool{ // listed, with labels that are read and without
		`{"object_kind":"milestone","action":"close"}`:                                                {false, false},
		`{"object_kind":"milestone","action":"delete"}`:                                               {true, true},
		`{"event_name":"group_destroy"}`:                                                              {true, true},
		`{"object_kind":"issue","object_attributes":{"action":"update"},"changes":{"labels":{}}}`:     {true, false},
		`{"object_kind":"issue","object_attributes":{"action":"update"},"changes":{"due_date":null}}`: {false, false},
	} {
		for i, c := range []*Connector{with("label:gate"), with("milestones")} {
			d, err := c.Hook(http.Header{headerToken: {"hunter2"}}, []byte(body))
			if err != nil || !d.Changed || d.Listed != want[i] {
				t.Errorf("%s: %+v, %v; listed should be %v", body, d, err, want[i])
			}
		}
	}
}
