package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// The arrows of docs/architecture.md. A room may import itself, the rooms
// below it, and what is named for it here; "x/" covers x and all below it.
var arrows = []struct {
	room string
	may  []string
}{
	{"portfolio", []string{"portfolio/scoring"}},
	{"portfolio/scoring", nil},
	{"store/", []string{"portfolio", "store/"}},
	{"connectors", []string{"portfolio"}},
	{"connectors/connectortest", []string{"portfolio", "connectors"}},
	{"connectors/connectortest/fake", nil},
	{"connectors/catalog", []string{"connectors/"}},
	{"connectors/jira/jiratest/", []string{"connectors/jira/jiratest", "connectors/connectortest/fake"}},
	{"connectors/github/githubtest/", []string{"connectors/github/githubtest", "connectors/connectortest/fake"}},
	{"connectors/gitlab/gitlabtest/", []string{"connectors/gitlab/gitlabtest", "connectors/connectortest/fake"}},
	{"connectors/azuredevops/azuredevopstest/", []string{"connectors/azuredevops/azuredevopstest", "connectors/connectortest/fake"}},
	{"connectors/asana/asanatest/", []string{"connectors/asana/asanatest", "connectors/connectortest/fake"}},
	{"connectors/redmine/redminetest/", []string{"connectors/redmine/redminetest", "connectors/connectortest/fake"}},
	{"connectors/singer/singertest/", []string{"connectors/singer/singertest"}},
	{"connectors/", []string{"portfolio", "connectors", "internal/"}},
	{"sync", []string{"portfolio", "connectors", "store"}},
	{"edit/folder", []string{"portfolio", "internal/"}},
	{"edit/", []string{"portfolio", "portfolio/scoring", "store", "edit/"}},
	{"graph/", []string{"portfolio", "graph/", "internal/"}},
	{"doors/control", []string{"portfolio", "connectors", "internal/"}},
	{"doors/hooks", []string{"connectors", "doors/problem"}},
	{"doors/", []string{"portfolio", "doors/", "internal/"}},
	{"config", []string{"portfolio", "connectors", "internal/"}},
	{"internal/filesource", []string{"portfolio", "connectors", "internal/"}},
	{"internal/", []string{"internal/"}},
	{"demo", []string{"portfolio", "connectors/", "internal/"}},
}

// Libraries that only one room may know.
var kept = []struct {
	library string
	rooms   []string
}{
	{"go.mongodb.org/mongo-driver/v2/bson", []string{"store/"}},
	{"go.mongodb.org/mongo-driver/v2/", []string{"store/mongostore"}},
	{"go.etcd.io/bbolt", []string{"store/boltstore"}},
	{"github.com/99designs/gqlgen/", []string{"graph/"}},
	{"github.com/vektah/gqlparser/", []string{"graph/", "connectors/github/ghql/generate"}},
	{"github.com/xuri/excelize/", []string{"connectors/spreadsheet/spreadsheettest"}},
	{"github.com/andygrunwald/go-jira", []string{"connectors/jira"}},
	{"github.com/google/go-github/v84/", []string{"connectors/github"}},
	{"github.com/Khan/genqlient/", []string{"connectors/github/"}},
	{"gitlab.com/gitlab-org/api/client-go", []string{"connectors/gitlab"}},
	{"github.com/hashicorp/go-retryablehttp", []string{"internal/httpx"}},
	{"github.com/alecthomas/kong", []string{""}},
	{"github.com/vbauerster/mpb/", []string{"internal/progress"}},
}

func TestArrowsPointOneWay(t *testing.T) {
	if testing.Short() {
		t.Skip("lists every package")
	}
	for _, p := range packages(t) {
		room := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		for _, imported := range p.Imports {
			if ours, ok := strings.CutPrefix(imported, module+"/"); ok {
				if room != "" && ours != room && !mayImport(room, ours) {
					t.Errorf("%s imports %s: no arrow points that way", room, ours)
				}
				continue
			}
			for _, k := range kept {
				if covers(k.library, imported) {
					if !anyCovers(k.rooms, room) {
						t.Errorf("%s imports %s, which only %s may", room, imported, strings.Join(k.rooms, ", "))
					}
					break
				}
			}
		}
	}
}

const module = "plumbline"

type goPackage struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatalf("go list: %v", err)
		}
		all = append(all, p)
	}
}

func mayImport(room, imported string) bool {
	for _, a := range arrows {
		if covers(a.room, room) {
			return anyCovers(a.may, imported) || strings.HasPrefix(imported, room+"/")
		}
	}
	return false
}

func anyCovers(patterns []string, path string) bool {
	for _, p := range patterns {
		if covers(p, path) {
			return true
		}
	}
	return false
}

func covers(pattern, path string) bool {
	if folder, ok := strings.CutSuffix(pattern, "/"); ok {
		return path == folder || strings.HasPrefix(path, folder+"/")
	}
	return path == pattern
}
