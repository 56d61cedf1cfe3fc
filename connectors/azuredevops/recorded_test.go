package azuredevops

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/connectors/connectortest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// testData is the folder with Microsoft's specifications and examples.
func testData(t *testing.T) string {
	t.Helper()
	data := os.Getenv("PLUMBLINE_TESTDATA")
	if data == "" {
		t.Skip("needs PLUMBLINE_TESTDATA: the folder with the specifications and recorded replies")
	}
	return filepath.Join(data, "azuredevops")
}

func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(bytes.TrimPrefix(raw, []byte("\uFEFF")), into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// example is a recorded reply: a list of records, or one record.
func example(t *testing.T, file string) []json.RawMessage {
	t.Helper()
	var recorded struct {
		Responses map[string]struct {
			Body json.RawMessage `json:"body"`
		} `json:"responses"`
	}
	readJSON(t, file, &recorded)
	var all []json.RawMessage
	for _, response := range recorded.Responses {
		var list struct {
			Value  []json.RawMessage `json:"value"`
			Values []json.RawMessage `json:"values"`
		}
		switch {
		case len(response.Body) == 0 || string(response.Body) == "null":
		case json.Unmarshal(response.Body, &list) == nil && list.Value != nil:
			all = append(all, list.Value...)
		case list.Values != nil:
			all = append(all, list.Values...)
		default:
			all = append(all, response.Body)
		}
	}
	return all
}

func examples(t *testing.T, pattern string) (all []json.RawMessage) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(testData(t), "examples", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples %s: %v", pattern, err)
	}
	slices.Sort(files)
	for _, file := range files {
		all = append(all, example(t, file)...)
	}
	return all
}

// recordedConversion reads every project and every type of the examples.
func recordedConversion(records []json.RawMessage) conversion {
	s := &session{
		base: "https://dev.azure.com/fabrikam", zone: time.UTC, realProjects: true, started: time.Date(2015, 1, 10, 0, 0, 0, 0, time.UTC),
		projectTypes: map[string]bool{}, milestoneTypes: map[string]bool{}, projectOf: map[string]string{},
		fields: []field{{Name: "Effort", Ref: "Microsoft.VSTS.Scheduling.Effort", Type: "double"}, {Name: "Priority", Ref: "Microsoft.VSTS.Common.Priority", Type: "integer"}},
	}
	for _, raw := range records {
		r := parseItem(raw)
		s.milestoneTypes[strings.ToLower(r.text(fieldType))] = true
		s.projectOf[strings.ToLower(r.text(fieldProject))] = strings.ToLower(r.text(fieldProject))
	}
	delete(s.projectOf, "")
	return conversion{session: s, connection: "eng", hidden: new(secret.Hidden), known: map[int64]brief{}}
}

// digest is the hash of what records became, each in its order.
func digest(t *testing.T, list []converted) (facts, quarantined int, sum string) {
	t.Helper()
	h := sha256.New()
	for _, v := range list {
		if v.quarantined != nil {
			quarantined++
			h.Write([]byte(v.quarantined.Reason + "\n"))
		}
		for _, f := range v.facts {
			facts++
			text, err := connectortest.Canonical(f)
			if err != nil {
				t.Fatal(err)
			}
			h.Write([]byte(f.Key().String() + " " + text + "\n"))
		}
	}
	return facts, quarantined, hex.EncodeToString(h.Sum(nil)[:8])
}

// The digests change when, and only when, the conversion gives other facts
// than before; then raise the converter's version too.
func TestRecordedExamples(t *testing.T) {
	type result struct {
		Records, Facts, Quarantined int
		Digest                      string
	}
	convert := func(records []json.RawMessage, one func(conversion, json.RawMessage) []converted) result {
		v := recordedConversion(records)
		var list []converted
		for _, raw := range records {
			list = append(list, one(v, raw)...)
		}
		facts, quarantined, sum := digest(t, list)
		return result{len(records), facts, quarantined, sum}
	}
	item := func(v conversion, raw json.RawMessage) []converted { return []converted{v.item(parseItem(raw))} }
	tree := func(v conversion, raw json.RawMessage) []converted {
		return v.iterationNodes(raw, projectRecord{ID: "p", Name: "Fabrikam"})
	}
	check(t, "projects", convert(examples(t, "core.projects.GET__projects.json"), func(v conversion, raw json.RawMessage) []converted {
		return []converted{v.project(raw)}
	}), result{3, 3, 0, "4105450b7c2163d4"})
	// 49 of these were asked for without their type, so they are no records for us.
	check(t, "work items", convert(examples(t, "wit.workItems.GET__wit_WorkItems_id*.json"), item), result{57, 12, 49, "572837652aa57379"})
	check(t, "revisions", convert(examples(t, "wit.revisions.*.json"), item), result{22, 42, 0, "db1b99c0266eebfc"})
	check(t, "changed work items", convert(examples(t, "wit.workItems.P*.json"), item), result{18, 30, 0, "6b03f2807b1aba4f"})
	check(t, "iterations", convert(examples(t, "wit.classificationNodes.*iterations*.json"), tree), result{7, 5, 0, "bac8a280e0a1f850"})
}

func TestRecordedRecords(t *testing.T) {
	raws := examples(t, "wit.workItems.GET__wit_WorkItems_ids-_ids___expand-all.json")
	v := recordedConversion(raws)
	for _, raw := range raws {
		if r := parseItem(raw); r.id != 297 && r.parent() != 297 {
			t.Errorf("work item %d is below %d, want 297", r.id, r.parent())
		}
	}
	m := v.item(parseItem(raws[0])).facts[0].(*portfolio.MilestoneFact)
	check(t, "a work item", []string{m.Name, m.Type, m.Status, m.Project, m.URL}, []string{
		"Customer can sign in using their Microsoft Account", "Product Backlog Item", "New", "eng/project/fabrikam-fiber-git", "https://dev.azure.com/fabrikam/_workitems/edit/297",
	})
	check(t, "its fields", m.Fields, []portfolio.Field{{ID: "Microsoft.VSTS.Scheduling.Effort", Name: "Effort", Type: portfolio.FieldNumber, Number: "8"}})

	var forwards []string
	for _, raw := range examples(t, "wit.workItemRelationTypes.GET__relation_types.json") {
		var rel struct {
			Ref        string `json:"referenceName"`
			Name       string `json:"name"`
			Attributes struct {
				Forward *bool `json:"isForward"`
			} `json:"attributes"`
		}
		if err := json.Unmarshal(raw, &rel); err != nil {
			t.Fatal(err)
		}
		if f := rel.Attributes.Forward; f != nil && (rel.Ref == dependencyType+forward || rel.Ref == hierarchyType+forward) && *f {
			forwards = append(forwards, rel.Name)
		}
	}
	check(t, "what is at the target of a link", forwards, []string{"Successor", "Child"})
}
