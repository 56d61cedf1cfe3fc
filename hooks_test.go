package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"plumbline/connectors/jira/jiratest"
)

// TestADeliveryBringsWhatChanged sends what Jira sends to a server that has API
// keys, none of which Jira knows, and that reads by itself once a day only.
func TestADeliveryBringsWhatChanged(t *testing.T) {
	t.Parallel()
	const key = "canary-of-the-webhook"
	jira := newJira(t, jiratest.Options{})
	jira.Fill("P", 1, 0, 4, "Epic")
	lost := jira.AddVersion("P1", jiratest.Version{Name: "lost"})
	where := settle(t, jira.connection("every: 24h", "sweep: 24h", `webhook_secret: "${HOOK}"`)+
		"keys:\n  - {name: bi, sha256: "+strings.Repeat("ab", 32)+", role: viewer}\n")
	where.env["HOOK"] = key
	plumbline(t, where.env, exitOK, "sync", "--sweep")
	p := start(t, where.env, "serve")
	s := p.site()
	deliver := func(connection, with, event string) int {
		body := `{"timestamp":1795000000000,"webhookEvent":"` + event + `"}`
		sum := hmac.New(sha256.New, []byte(with))
		_, _ = io.WriteString(sum, body)
		status, _ := s.as("X-Hub-Signature", "sha256="+hex.EncodeToString(sum.Sum(nil))).do(http.MethodPost, "/hooks/"+connection, strings.NewReader(body))
		return status
	}
	for connection, with := range map[string]string{"eng": "another", "nobody": key} {
		if got, want := deliver(connection, with, "jira:issue_updated"), map[string]int{"eng": 401, "nobody": 404}[connection]; got != want {
			t.Errorf("a delivery to %s is answered %d, want %d", connection, got, want)
		}
	}
	jira.DeleteVersion(lost.ID)
	jira.AddVersion("P1", jiratest.Version{Name: "found"})
	began := time.Now()
	if got := deliver("eng", key, "jira:version_deleted"); got != http.StatusOK || time.Since(began) > 2*time.Second {
		t.Errorf("the delivery is answered %d after %s, want 200 at once", got, time.Since(began))
	}
	p.logged(`msg="run ended" source=eng .*mode=SWEEP .*new=1 changed=\d+ gone=1 `)
	p.signal(syscall.SIGTERM)
	p.exits(exitOK, patience)
	if log := p.stderr.String(); strings.Contains(log, key) || strings.Count(log, `msg="a delivery was refused"`) != 1 {
		t.Errorf("the log should have one refusal and not the secret:\n%s", log)
	}
}
