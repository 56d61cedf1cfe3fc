package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestATapIsRead runs a tap that is a script, the way the page on Singer says,
// through the program as a whole.
func TestATapIsRead(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const token = "canary-of-the-tap"
	schema := `"type":"SCHEMA","key_properties":["id"],"schema":{"properties":{"id":{"type":"integer"},"name":{"type":"string"},"board":{"type":"integer"},"due":{"format":"date"}}}}`
	boards := `{"stream":"boards",` + schema + "\n" + `{"type":"RECORD","stream":"boards","record":{"id":1,"name":"Payments"}}` + "\n" + `{"stream":"items",` + schema + "\n"
	items := []string{
		`{"type":"RECORD","stream":"items","record":{"id":1,"name":"One","board":1,"due":"2026-12-01"}}`,
		`{"type":"RECORD","stream":"items","record":{"id":2,"name":"Two","board":1,"due":"2026-12-24"}}`,
		`{"type":"RECORD","stream":"items","record":{"id":3,"name":"Three","board":1,"due":"soon"}}`,
	}
	command := write("tap", `#!/bin/sh
echo "ERROR the configuration is $(cat "$2")" >&2
case "$*" in *--discover*) cat "$TAP_HOME/catalog.json";; *) cat "$TAP_HOME/messages";; esac
`)
	catalog := write("catalog.json", `{"streams":[
		{"stream":"boards","tap_stream_id":"boards","key_properties":["id"],"replication_method":"FULL_TABLE","schema":{"properties":{"id":{},"name":{}}}},
		{"stream":"items","tap_stream_id":"items","key_properties":["id"],"replication_method":"FULL_TABLE","schema":{"properties":{"id":{},"name":{},"board":{},"due":{}}}}]}`)
	where := settle(t, `connections:
  - id: boards
    type: singer
    tap:
      command: `+command+`
      config: {start_date: 2026-01-01}
      secrets: {token: "${TAP_TOKEN}"}
      catalog: `+catalog+`
      env: {TAP_HOME: `+folder+`}
    streams:
      - {stream: boards, as: project, name: name}
      - {stream: items, as: milestone, name: name, project: board, due: due}
    every: 24h
`)
	where.env["TAP_TOKEN"] = token
	check := plumbline(t, where.env, exitOK, "check")
	if strings.Contains(check, "warning") || strings.Contains(check, token) {
		t.Errorf("plumbline check prints\n%s", check)
	}
	if printed := plumbline(t, where.env, exitOK, "config"); strings.Contains(printed, token) || !strings.Contains(printed, "start_date: \"2026-01-01\"") && !strings.Contains(printed, "start_date: 2026-01-01") {
		t.Errorf("plumbline config prints\n%s", printed)
	}
	write("messages", boards+strings.Join(items, "\n")+"\n")
	sync := func() string {
		t.Helper()
		p := start(t, where.env, "sync")
		p.exits(exitOK, patience)
		if strings.Contains(p.stderr.String()+p.stdout.String(), token) || !strings.Contains(p.stderr.String(), `{\"start_date\":\"2026-01-01\",\"token\":\"***\"}`) {
			t.Errorf("plumbline sync writes\n%s%s", p.stdout, p.stderr)
		}
		return p.stdout.String()
	}
	want(t, sync(), `^boards +4 +3 +0 +0 .*first run`) // and one that cannot be read
	want(t, sync(), `^boards +4 +0 +0 +0 `)
	write("messages", boards+strings.Join(items[1:], "\n")+"\n")
	want(t, sync(), `^boards +3 +0 +0 +0 `) // one run that lacks it may be a mistake
	want(t, sync(), `^boards +3 +0 +0 +1 `)
}
