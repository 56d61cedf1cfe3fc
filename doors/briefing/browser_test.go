package briefing_test

import (
	"bytes"
	"encoding/json"
	"html"
	"html/template"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"plumbline/doors/briefing"
	"plumbline/portfolio"
)

// browser is Chromium by one of its names; without it the test is skipped,
// unless PLUMBLINE_REQUIRE_BROWSER is set.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("PLUMBLINE_REQUIRE_BROWSER") != "" {
		t.Fatal("no Chromium is installed, which PLUMBLINE_REQUIRE_BROWSER asks for")
	}
	t.Skip("no Chromium is installed: make brief-browser installs it on Debian")
	return ""
}

// browse runs the browser without a window and returns what it printed.
func browse(t *testing.T, arguments ...string) []byte {
	t.Helper()
	common := []string{
		"--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage", "--no-first-run",
		"--user-data-dir=" + t.TempDir(), "--virtual-time-budget=10000",
	}
	command := exec.CommandContext(t.Context(), browser(t), append(common, arguments...)...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	return stdout.Bytes()
}

// Pages are measured in frames: a window of a headless browser is never
// narrower than 500 pixels. What is wider than its frame, reaches beyond it, is
// cut off or too small to read is told by the title.
var measuring = template.Must(template.New("").Parse(`<!DOCTYPE html><meta charset="utf-8"><title>[]</title>
{{range .}}<iframe srcdoc="{{.Page}}" style="border:0;width:{{.Width}}px;height:900px"></iframe>
{{end}}<script>
const name = e => e.tagName + "." + (e.getAttribute("class") || "") + " " + e.textContent.trim().slice(0, 60);
function measure(frame) {
  const page = frame.contentDocument, root = page.scrollingElement, wrong = [];
  const look = e => page.defaultView.getComputedStyle(e);
  if (root.scrollWidth > root.clientWidth) wrong.push("the page is " + root.scrollWidth + " pixels wide, the screen " + root.clientWidth);
  let seen = 0, letters = 0;
  for (const e of page.body.querySelectorAll("*")) {
    const box = e.getBoundingClientRect(), head = e.closest("thead");
    if (!box.width || !box.height || head && look(head).clipPath !== "none") continue; // headings are hidden on a phone
    seen++;
    letters += e.children.length ? 0 : e.textContent.length;
    if (box.right > root.clientWidth + 0.5 || box.left < -0.5) wrong.push("beyond the screen: " + name(e));
    if (e instanceof page.defaultView.HTMLElement && look(e).display !== "inline" && e.scrollWidth > e.clientWidth + 1) wrong.push("cut off or overflowing: " + name(e));
    if (parseFloat(look(e).fontSize) < 10) wrong.push("letters of " + look(e).fontSize + ": " + name(e));
  }
  return {width: root.clientWidth, seen, letters, wrong: wrong.slice(0, 20)};
}
onload = () => { document.title = JSON.stringify([...document.querySelectorAll("iframe")].map(measure)); };
</script>`))

var title = regexp.MustCompile(`<title>(.*?)</title>`)

// A screen shows a page at a width in pixels.
type screen struct {
	Name, Page string
	Width      int
}

// measured is what the browser says of a screen.
type measured struct {
	Width, Seen, Letters int
	Wrong                []string
}

func measure(t *testing.T, screens ...screen) []measured {
	t.Helper()
	var wrapper bytes.Buffer
	if err := measuring.Execute(&wrapper, screens); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "measure.html")
	if err := os.WriteFile(file, wrapper.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	dom := browse(t, "--window-size=1600,1200", "--dump-dom", "file://"+file)
	found := title.FindSubmatch(dom)
	if found == nil {
		t.Fatalf("the browser printed no title:\n%.2000s", dom)
	}
	var all []measured
	if err := json.Unmarshal([]byte(html.UnescapeString(string(found[1]))), &all); err != nil || len(all) != len(screens) {
		t.Fatalf("%d screens were measured, want %d: %v: %s", len(all), len(screens), err, found[1])
	}
	return all
}

// a4 is the width of what is printed, in pixels of CSS: 210 mm without margins
// of 15 mm.
const a4 = 680

// TestNothingOverflowsInABrowser looks at pages on a phone, a tablet, a desk
// and as they are printed.
func TestNothingOverflowsInABrowser(t *testing.T) {
	browser(t)
	var screens []screen
	for _, b := range []struct {
		name string
		*portfolio.Briefing
	}{{"usual", usual(t)}, {"nasty", nasty(t)}, {"barren", barren(t)}} {
		page := print(t, briefing.HTML, b.Briefing)
		for _, width := range []int{360, 768, 1280} {
			screens = append(screens, screen{b.name, page, width})
		}
		// The rules for paper, on a screen as wide as the paper.
		printed := strings.Replace(page, "@media print", "@media all", 1)
		printed = strings.ReplaceAll(printed, "@media screen and (max-width", "@media not all and (max-width")
		screens = append(screens, screen{b.name + " on paper", printed, a4})
	}
	for i, m := range measure(t, screens...) {
		s := screens[i]
		if m.Width != s.Width || m.Seen < 20 || m.Letters < 200 {
			t.Errorf("%s at %d pixels: the browser saw %d elements and %d letters at %d pixels", s.Name, s.Width, m.Seen, m.Letters, m.Width)
		}
		for _, wrong := range m.Wrong {
			t.Errorf("%s at %d pixels: %s", s.Name, s.Width, wrong)
		}
	}
}

// The measuring must find what is wrong, or it proves nothing.
func TestTheMeasuringFindsWhatOverflows(t *testing.T) {
	page := `<!DOCTYPE html><body style="margin:0"><p style="width:500px">wide</p><p style="width:50px;overflow:hidden;white-space:nowrap">this is cut off</p><p style="font-size:8px">small</p>`
	m := measure(t, screen{"wrong", page, 360})[0]
	all := strings.Join(m.Wrong, "\n")
	for _, want := range []string{"the page is 500 pixels wide", "beyond the screen: P. wide", "cut off or overflowing: P. this", "letters of 8px"} {
		if !strings.Contains(all, want) {
			t.Errorf("it does not say %q:\n%s", want, all)
		}
	}
}

// TestItPrints makes a PDF, which must have a few pages of A4.
func TestItPrints(t *testing.T) {
	browser(t)
	folder := t.TempDir()
	file := filepath.Join(folder, "brief.html")
	if err := os.WriteFile(file, []byte(print(t, briefing.HTML, usual(t))), 0o600); err != nil {
		t.Fatal(err)
	}
	paper := filepath.Join(folder, "brief.pdf")
	browse(t, "--print-to-pdf="+paper, "--no-pdf-header-footer", "file://"+file)
	pdf, err := os.ReadFile(paper)
	if err != nil {
		t.Fatal(err)
	}
	pages := len(regexp.MustCompile(`/Type\s*/Page\b[^s]`).FindAll(pdf, -1))
	sizes := regexp.MustCompile(`/MediaBox\s*\[0 0 (59[4-6](?:\.\d+)?) (84[1-2](?:\.\d+)?)\]`).FindAll(pdf, -1)
	if pages < 2 || pages > 6 || len(sizes) == 0 {
		t.Errorf("%d pages, %d sizes of A4: want 2 to 6 pages of A4", pages, len(sizes))
	}
}
