package store_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/storetest"
)

var update = flag.Bool("update", false, "write the golden documents of kinds and schemas that have none yet")

func TestEveryFieldOfEveryKindSurvives(t *testing.T) {
	for _, kind := range portfolio.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			want := storetest.Filled(t, kind)
			body, err := store.Encode(want)
			if err != nil {
				t.Fatal(err)
			}
			requireAcceptable(t, body, string(kind))
			got, err := store.Decode(kind, body)
			if err != nil {
				t.Fatal(err)
			}
			storetest.RequireNoZero(t, got)
			if diff := cmp.Diff(want, got, storetest.Exactly); diff != "" {
				t.Errorf("%s came back changed (-want +got):\n%s", kind, diff)
			}
			again, err := store.Encode(got)
			if err != nil || !cmp.Equal(body, again) {
				t.Errorf("%s is not written the same way twice: %v", kind, err)
			}
		})
	}
}

func TestZeroDocumentsSurvive(t *testing.T) {
	for _, kind := range portfolio.Kinds() {
		want, _ := portfolio.NewDocument(kind)
		body, err := store.Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := store.Decode(kind, body)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, storetest.Exactly); diff != "" {
			t.Errorf("an empty %s came back changed (-want +got):\n%s", kind, diff)
		}
	}
}

// A target of 0 is not the same as no target.
func TestPointersToZeroSurvive(t *testing.T) {
	for _, kind := range portfolio.Kinds() {
		want, _ := portfolio.NewDocument(kind)
		fields := reflect.ValueOf(want).Elem()
		for i := range fields.NumField() {
			if f := fields.Field(i); f.Kind() == reflect.Pointer {
				f.Set(reflect.New(f.Type().Elem()))
			}
		}
		body, err := store.Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := store.Decode(kind, body)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, storetest.Exactly); diff != "" {
			t.Errorf("a %s of zeros came back changed (-want +got):\n%s", kind, diff)
		}
	}
}

// A load from a memory-mapped file must not leave documents that refer to it.
func TestDecodedDocumentsOwnTheirMemory(t *testing.T) {
	for _, kind := range portfolio.Kinds() {
		want := storetest.Filled(t, kind)
		body, err := store.Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := store.Decode(kind, body)
		if err != nil {
			t.Fatal(err)
		}
		for i := range body {
			body[i] = 'x'
		}
		if diff := cmp.Diff(want, got, storetest.Exactly); diff != "" {
			t.Errorf("%s changed with the bytes it was read from (-want +got):\n%s", kind, diff)
		}
	}
}

// Documents of every released schema must be readable for good. A golden
// document lies beside what it is to this release.
func TestGoldenDocuments(t *testing.T) {
	for _, kind := range portfolio.Kinds() {
		name := filepath.Join("testdata", "golden", fmt.Sprintf("%s.%d", kind, kind.Schema()))
		if _, err := os.Stat(name + ".bson.json"); *update && os.IsNotExist(err) {
			writeGolden(t, name, storetest.Filled(t, kind))
		}
		for schema := 1; schema <= kind.Schema(); schema++ {
			name := filepath.Join("testdata", "golden", fmt.Sprintf("%s.%d", kind, schema))
			stored, err := os.ReadFile(name + ".bson.json")
			if err != nil {
				t.Errorf("no golden document: run go test ./store -update once: %v", err)
				continue
			}
			var body bson.Raw
			if err := bson.UnmarshalExtJSON(stored, true, &body); err != nil {
				t.Fatal(err)
			}
			doc, err := store.Decode(kind, body)
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(doc, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
				t.Errorf("%s of schema %d reads otherwise than it was written (-want +got):\n%s", kind, schema, diff)
			}
		}
	}
}

func writeGolden(t *testing.T, name string, doc portfolio.Document) {
	t.Helper()
	body, err := store.Encode(doc)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := bson.MarshalExtJSONIndent(body, true, false, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	meant, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string][]byte{name + ".bson.json": stored, name + ".json": meant} {
		if err := os.WriteFile(file, append(content, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// requireAcceptable walks a stored body for what servers that speak MongoDB's
// protocol refuse.
func requireAcceptable(t *testing.T, body bson.Raw, path string) {
	t.Helper()
	elements, err := body.Elements()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range elements {
		at := path + "." + e.Key()
		if e.Key() == "" || strings.Contains(e.Key(), ".") || strings.HasPrefix(e.Key(), "$") {
			t.Errorf("%s: a field name that servers refuse", at)
		}
		requireAcceptableValue(t, e.Value(), at, false)
	}
}

func requireAcceptableValue(t *testing.T, v bson.RawValue, path string, inArray bool) {
	t.Helper()
	switch v.Type {
	case bson.TypeEmbeddedDocument:
		requireAcceptable(t, v.Document(), path)
	case bson.TypeArray:
		if inArray {
			t.Errorf("%s: an array within an array", path)
		}
		values, err := v.Array().Values()
		if err != nil {
			t.Fatal(err)
		}
		for _, element := range values {
			requireAcceptableValue(t, element, path+"[]", true)
		}
	case bson.TypeDecimal128:
		t.Errorf("%s: a Decimal128", path)
	}
}

func TestStoresKeepTheirOwnFieldNames(t *testing.T) {
	for _, kind := range portfolio.Kinds() {
		body, err := store.Encode(storetest.Filled(t, kind))
		if err != nil {
			t.Fatal(err)
		}
		elements, err := body.Elements()
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{"_id": true, "rev": true, "deleted": true}
		for _, e := range elements {
			if seen[e.Key()] {
				t.Errorf("%s: the field name %q is taken", kind, e.Key())
			}
			seen[e.Key()] = true
		}
	}
}

func BenchmarkDecodeMilestone(b *testing.B) {
	body, err := store.Encode(storetest.Milestone(1))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := store.Decode(portfolio.KindMilestone, body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeMilestone(b *testing.B) {
	doc := storetest.Milestone(1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := store.Encode(doc); err != nil {
			b.Fatal(err)
		}
	}
}
