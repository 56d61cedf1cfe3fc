package catalog_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/config"
	"plumbline/connectors/catalog"
)

// TestATokenIsGivenInOneWay holds that a mistake in how a token is given is
// shown at its line.
func TestATokenIsGivenInOneWay(t *testing.T) {
	for _, c := range []struct{ auth, want string }{
		{"{token_file: /run/secrets/jira}", ""},
		{"{email: a@example.com, token: t}", ""},
		{"\n      token: t\n      token_file: /run/secrets/jira", "plumbline.yaml:7:19: connections[eng].auth.token_file: is given beside auth.token; expected one of them"},
		{"{email: a@example.com}", "plumbline.yaml:5:5: connections[eng].auth.token: is missing: an API token on Cloud, a personal access token on Data Center; or a file with it, as auth.token_file"},
		{"{token_file: 7}", `plumbline.yaml:5:24: connections[eng].auth.token_file: found a number; expected text: put it in quotes`},
		{"{token_fil: x, token: t}", `plumbline.yaml:5:12: connections[eng].auth.token_fil: unknown key; did you mean token_file?`},
		{`{token: "${JIRA_TOKEN}"}`, "plumbline.yaml:5:19: connections[eng].auth.token: the environment variable JIRA_TOKEN is not set, or empty"},
	} {
		text := "connections:\n  - id: eng\n    type: jira\n    url: https://example.atlassian.net\n    auth: " + c.auth + "\n"
		_, err := config.Load([]config.File{{Name: "plumbline.yaml", Data: []byte(text)}}, config.Options{Tools: catalog.Tools()})
		got := ""
		if err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.auth, diff)
		}
	}
}

// TestEditorsAskForOneWayToGiveTheToken reads the schema as an editor does.
func TestEditorsAskForOneWayToGiveTheToken(t *testing.T) {
	text, err := config.Schema(catalog.Tools())
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties struct {
			Connections struct {
				Items struct {
					OneOf []struct {
						Properties struct {
							Type struct{ Const string }
							Auth struct {
								OneOf    []struct{ Required []string }
								Required []string
							}
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"asana":       "token or token_file",
		"azuredevops": "token or token_file",
		"github":      "token or token_file or app",
		"jira":        "token or token_file",
	}
	for _, tool := range schema.Properties.Connections.Items.OneOf {
		name, auth := tool.Properties.Type.Const, tool.Properties.Auth
		wanted, ok := want[name]
		if !ok {
			continue
		}
		delete(want, name)
		var ways []string
		for _, way := range auth.OneOf {
			ways = append(ways, way.Required...)
		}
		if got := strings.Join(ways, " or "); got != wanted || len(auth.Required) > 0 {
			t.Errorf("%s: the schema asks for %s, and always for %v; want %s", name, got, auth.Required, wanted)
		}
	}
	if len(want) > 0 {
		t.Errorf("the schema lacks %v", want)
	}
}

// TestTheExamplesOfToolsAreRight loads the configurations of the tools' pages.
func TestTheExamplesOfToolsAreRight(t *testing.T) {
	pages, err := filepath.Glob("../../docs/connectors/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for i, block := range strings.Split(string(text), "```yaml\n")[1:] {
			block, _, _ = strings.Cut(block, "```")
			if !strings.HasPrefix(block, "connections:") {
				continue
			}
			_, err := config.Load([]config.File{{Name: filepath.Base(page), Data: []byte(block)}}, config.Options{
				Tools: catalog.Tools(), Getenv: func(name string) string {
					if strings.HasPrefix(name, "PLUMBLINE_") {
						return ""
					}
					return "value"
				},
			})
			if err != nil {
				t.Errorf("%s, block %d: %v", page, i+1, err)
			}
		}
	}
}
