package briefing_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"plumbline/doors/briefing"
	"plumbline/portfolio"
)

var update = flag.Bool("update", false, "rewrite the pages in testdata")

// portfolioOf reads documents written as YAML: a list of maps from a kind to a
// document.
func portfolioOf(t testing.TB, text []byte) *portfolio.Snapshot {
	t.Helper()
	asJSON, err := yaml.YAMLToJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	var entries []map[portfolio.Kind]json.RawMessage
	if err := json.Unmarshal(asJSON, &entries); err != nil {
		t.Fatal(err)
	}
	state := portfolio.State{Position: portfolio.Position{Revision: 1}, Data: portfolio.Position{Revision: 1}}
	var observed []portfolio.Versioned
	for _, entry := range entries {
		for kind, body := range entry {
			doc, err := portfolio.NewDocument(kind)
			if err != nil {
				t.Fatal(err)
			}
			decoder := json.NewDecoder(bytes.NewReader(body))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(doc); err != nil {
				t.Fatalf("%s: %v\n%s", kind, err, body)
			}
			if kind == portfolio.KindObservation {
				observed = append(observed, portfolio.Versioned{Rev: int64(len(observed) + 1), Doc: doc})
				continue
			}
			state.Docs = append(state.Docs, portfolio.Versioned{Rev: 1, Doc: doc})
		}
	}
	s, err := portfolio.NewSnapshot(state)
	if err != nil {
		t.Fatal(err)
	}
	return s.WithObserved(portfolio.NewObserved(observed, 0))
}

func briefingOf(t testing.TB, s *portfolio.Snapshot, c portfolio.Caller) *portfolio.Briefing {
	t.Helper()
	b, err := s.View(c).Briefing(nil, nil, portfolio.Date{})
	if err != nil || b == nil {
		t.Fatalf("briefing = %v, %v", b, err)
	}
	return b
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// usual is a portfolio in which everything happens.
func usual(t testing.TB) *portfolio.Briefing {
	return briefingOf(t, portfolioOf(t, read(t, "usual.yaml")), portfolio.Local)
}

// nasty is the same, with every text that people write as bad as it may be.
func nasty(t testing.TB) *portfolio.Briefing {
	long := strings.Repeat("Donaudampfschifffahrtsgesellschaft", 6)
	script := `<script>alert("x")</script> & | _*[a](javascript:b)*_ # ~~` + "`c`"
	text := regexp.MustCompile(`(?m)((?:name|title|text|by|role|outcome|plan|unit|description): )([^,}\n]*\w)`).ReplaceAllStringFunc(string(read(t, "usual.yaml")), func(s string) string {
		at := strings.Index(s, ": ") + 2
		quoted, _ := json.Marshal(s[at:] + " " + script + " " + long)
		return s[:at] + string(quoted)
	})
	return briefingOf(t, portfolioOf(t, []byte(text)), portfolio.Local)
}

// barren is a portfolio of which nothing is known but the day.
func barren(t testing.TB) *portfolio.Briefing {
	return briefingOf(t, portfolioOf(t, []byte("- clock: {today: 2026-03-02}\n- settings: {timeZone: Europe/Berlin}\n")), portfolio.Local)
}

func print(t testing.TB, format briefing.Format, b *portfolio.Briefing) string {
	t.Helper()
	var page bytes.Buffer
	if err := briefing.Write(&page, format, b); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

// wanted compares with a file, which -update rewrites.
func wanted(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(filepath.Join("testdata", name), []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(read(t, name)), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestTheBriefingReadsLikeThis(t *testing.T) {
	wanted(t, "usual.md", print(t, briefing.Markdown, usual(t)))
	wanted(t, "usual.html", print(t, briefing.HTML, usual(t)))
	wanted(t, "barren.md", print(t, briefing.Markdown, barren(t)))
}

func TestTheSameBriefingGivesTheSameBytes(t *testing.T) {
	for _, format := range []briefing.Format{briefing.Markdown, briefing.HTML} {
		first, again := print(t, format, usual(t)), print(t, format, usual(t))
		if first != again {
			t.Errorf("%s differs from one time to the next", format)
		}
	}
}

// Whatever people write is text: no tag, no link and no new row of a table.
func TestWhatPeopleWriteStaysText(t *testing.T) {
	page := print(t, briefing.HTML, nasty(t))
	if strings.Contains(page, "<script") || !strings.Contains(page, "&lt;script&gt;") {
		t.Error("the page should show what people wrote as text")
	}
	plain := print(t, briefing.Markdown, nasty(t))
	for _, wrong := range []string{`<script`, `[^\\]\[a`, `[^\\]\]\(`, "[^\\\\]`", `[^\\]_\\\*`} {
		if at := regexp.MustCompile(wrong).FindStringIndex(plain); at != nil {
			t.Errorf("%s is not escaped: …%s…", wrong, plain[max(0, at[0]-60):at[1]+30])
		}
	}
	usualRows := strings.Count(print(t, briefing.Markdown, usual(t)), "\n|")
	if rows := strings.Count(plain, "\n|"); rows != usualRows {
		t.Errorf("%d rows of tables, want %d", rows, usualRows)
	}
}

// The page can be sent as one file: nothing is fetched and nothing runs.
func TestThePageNeedsNothingElse(t *testing.T) {
	page := print(t, briefing.HTML, usual(t))
	for _, wrong := range []string{"<script", "http://", "https://", "url(", "@import", " src=", " href=", "<link"} {
		if strings.Contains(page, wrong) {
			t.Errorf("the page has %q", wrong)
		}
	}
	svgs := strings.Count(page, "<svg")
	if svgs < 5 || strings.Count(page, "<title id=") != svgs || strings.Count(page, "<desc id=") != svgs {
		t.Errorf("%d charts, %d titles, %d descriptions: each chart should say what it shows", svgs, strings.Count(page, "<title id="), strings.Count(page, "<desc id="))
	}
	ids := map[string]bool{}
	for _, id := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[id[1]] {
			t.Errorf("two elements have the id %s", id[1])
		}
		ids[id[1]] = true
	}
}

// What somebody said and did not agree to share is nowhere, whether it stands
// alone or goes with a quick win, and nothing tells that it was said.
func TestWhatMayNotBeSharedIsNotPrinted(t *testing.T) {
	text := read(t, "usual.yaml")
	without := regexp.MustCompile(`(?m)^- quote: .*canary.*\n`).ReplaceAll(text, nil)
	if bytes.Count(text, []byte("canary"))-bytes.Count(without, []byte("canary")) < 4 {
		t.Fatal("two quotes without consent should be there")
	}
	for _, format := range []briefing.Format{briefing.Markdown, briefing.HTML} {
		page := print(t, format, usual(t))
		if strings.Contains(page, "canary") {
			t.Errorf("%s shows what may not be shared", format)
		}
		if !strings.Contains(page, "The doctor sees me at home now") {
			t.Errorf("%s does not show what may be shared", format)
		}
		if diff := cmp.Diff(print(t, format, briefingOf(t, portfolioOf(t, without), portfolio.Local)), page); diff != "" {
			t.Errorf("%s tells that there is more (-without it +with it):\n%s", format, diff)
		}
	}
}

// Whoever may not read money gets a briefing without it.
func TestMoneyIsForWhoMayReadIt(t *testing.T) {
	s := portfolioOf(t, read(t, "usual.yaml"))
	viewer := portfolio.Caller{Name: "viewer", Role: portfolio.RoleViewer}
	for _, format := range []briefing.Format{briefing.Markdown, briefing.HTML} {
		rich, poor := print(t, format, briefingOf(t, s, portfolio.Local)), print(t, format, briefingOf(t, s, viewer))
		if !strings.Contains(rich, "EUR ") {
			t.Errorf("%s: the owner reads no money", format)
		}
		if strings.Contains(poor, "EUR ") {
			t.Errorf("%s: a viewer without the field group cost reads money", format)
		}
	}
}

func TestAnUnknownFormatIsInvalid(t *testing.T) {
	if err := briefing.Write(new(bytes.Buffer), "pdf", barren(t)); err == nil || !strings.Contains(err.Error(), "md or html") {
		t.Errorf("error = %v; want one that names the formats", err)
	}
}
