package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"plumbline/config"
	"plumbline/portfolio"
)

// TestAQuoteWithoutConsentAppearsNowhere records quotes without consent, one of
// which had it before, and looks for their words in all that comes out of the
// program, whoever asks. Only the store keeps them.
func TestAQuoteWithoutConsentAppearsNowhere(t *testing.T) {
	t.Parallel()
	const never, withdrawn = "canary-never", "canary-withdrawn"
	key, hash := config.NewKey()
	where := settle(t, `keys:
  - {name: admin, role: admin, sha256: "${KEY_HASH}", scopes: ["*"]}
`)
	where.env["KEY_HASH"], where.env["PLUMBLINE_LOG_LEVEL"] = fmt.Sprint(hash), "debug"
	search := func(where, text string, canaries ...string) {
		t.Helper()
		for _, canary := range canaries {
			if at := strings.Index(text, canary); at >= 0 {
				t.Errorf("%s shows a quote without consent: …%s…", where, text[max(0, at-80):min(len(text), at+80)])
			}
		}
	}

	p := start(t, where.env, "serve")
	admin := p.site().as("Authorization", "Bearer "+key)
	quote := func(canary string, consent bool) string {
		return fmt.Sprintf(`{key: %q, text: "%s said.", by: "%s spoke.", role: "%s is.", said: "2026-02-01", department: "care", project: "pmo:%s", consent: %t}`, canary, canary, canary, canary, canary, consent)
	}
	record := func(mutation string) {
		t.Helper()
		if _, text := admin.post("mutation { "+mutation+" }", nil); !strings.Contains(text, `"userErrors":[]`) {
			t.Fatalf("%s: %s", mutation, text)
		}
	}
	record(`upsertDepartments(input: {items: [{key: "care", name: "Care"}]}) { userErrors { message } }`)
	record(`upsertQuotes(input: {items: [` + quote(never, false) + quote(withdrawn, true) + `{key: "shared", text: "Shared.", by: "A clerk", consent: true}]}) { userErrors { message } }`)
	record(fmt.Sprintf(`upsertQuickWins(input: {items: [
		{key: "first", title: "First", department: "care", achieved: "2026-02-02", quote: %q}
		{key: "second", title: "Second", department: "care", achieved: "2026-02-02", quote: %q}
	]}) { userErrors { message } }`, never, withdrawn))

	const everything = `{
		quotes { totalCount nodes { id key text by role quickWins { nodes { key } } recorded { author } } }
		quickWins { nodes { key quote { key text by role } } }
		departments { nodes { key quotes { totalCount nodes { key text } } quickWins { nodes { quote { text } } } } }
		filtered: quotes(filter: {text: {contains: "said"}}, orderBy: [{field: BY}]) { totalCount edges { cursor } }
		briefing(on: "2026-02-02") { wins { nodes { title quote { key text by role } } } quotes { totalCount nodes { key text by role } } headline { now } gaps { reason { message } } }
	}`
	_, before := admin.post(everything, nil)
	search("a list", before, never)
	if !strings.Contains(before, withdrawn+" said.") {
		t.Fatalf("the quote with consent is not there: %s", before)
	}
	page := func(after string) (string, string) {
		t.Helper()
		reply := tell[struct {
			Quotes struct {
				Nodes    []struct{ Key string }
				PageInfo struct{ EndCursor string }
			}
		}](admin, fmt.Sprintf(`{ quotes(first: 1, after: %q, orderBy: [{field: KEY, direction: DESC}]) { nodes { key } pageInfo { endCursor } } }`, after), nil)
		if len(reply.Quotes.Nodes) == 0 {
			return "", ""
		}
		return reply.Quotes.Nodes[0].Key, reply.Quotes.PageInfo.EndCursor
	}
	_, cursor := page("")
	record(`upsertQuotes(input: {items: [` + quote(withdrawn, false) + `]}) { userErrors { message } }`)

	// A page sequence goes on in the revision it began at, and yet does not
	// show what lost its consent since.
	if key, _ := page(cursor); key != "" {
		t.Errorf("the next page of an older revision shows %q", key)
	}
	canaries := []string{never, withdrawn}
	_, text := admin.post(everything, nil)
	search("a list", text, canaries...)
	if !strings.Contains(text, `"quotes":{"totalCount":1,`) || !strings.Contains(text, `"key":"first","quote":null`) {
		t.Errorf("the quotes, and the wins without one: %s", text)
	}
	for _, canary := range canaries {
		id := portfolio.NodeID(portfolio.KindQuote, canary)
		_, text := admin.post(fmt.Sprintf(`{ node(id: %q) { id } nodes(ids: [%q]) { id } }`, id, id), nil)
		search("a node", text, append(canaries, id)...)
	}
	_, text = admin.post(`mutation { deleteRecords(input: {departments: [{key: "care"}]}) { userErrors { code message } } }`, nil)
	if !strings.Contains(text, "IN_USE") {
		t.Errorf("a department in use is deleted: %s", text)
	}
	search("an error", text, canaries...)
	for _, name := range []string{"projects", "milestones", "departments", "kpis", "quotes", "quickWins"} {
		for _, form := range []string{"csv", "json", "ndjson"} {
			path := "/export/" + name + "." + form
			_, text := admin.get(path)
			search(path, text, canaries...)
		}
	}

	p.signal(syscall.SIGTERM)
	p.exits(exitOK, grace)
	search("the server's log", p.stdout.String()+p.stderr.String(), canaries...)

	// Files, and what they say of the wins.
	for _, format := range []string{"md", "html"} {
		page := plumbline(t, where.env, exitOK, "brief", "--on", "2026-02-02", "--format", format)
		if !strings.Contains(page, "Two quick wins") {
			t.Errorf("plumbline brief --format %s does not tell of the wins", format)
		}
		search("plumbline brief --format "+format, page, canaries...)
	}
	search("plumbline export quotes", plumbline(t, where.env, exitOK, "export", "quotes"), canaries...)
	dir := filepath.Join(t.TempDir(), "files")
	search("plumbline export", plumbline(t, where.env, exitOK, "export", "--dir", dir), canaries...)
	files, err := os.ReadDir(dir)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		search(file.Name(), read(t, filepath.Join(dir, file.Name())), canaries...)
	}
	if wins := read(t, filepath.Join(dir, "cycles.yaml")); !strings.Contains(wins, "key: first") || !strings.Contains(wins, "Shared.") {
		t.Errorf("the wins and the quote with consent are not written:\n%s", wins)
	}
	kept := 0
	for _, v := range where.contents(t).Docs {
		if q, ok := v.Doc.(*portfolio.QuoteFact); ok && !q.Consent {
			kept++
		}
	}
	if kept != len(canaries) {
		t.Errorf("the store keeps %d quotes without consent, want %d", kept, len(canaries))
	}
}
