package mongostore

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
	"plumbline/store"
)

// While a load reads, others go on committing, folding and removing superseded
// versions. So the collections may be ahead of the commits that are laid over
// them, and an entry in between may be gone.
func TestALayerNeverTakesADocumentBack(t *testing.T) {
	run := func(beat int64) *portfolio.Run {
		return &portfolio.Run{Connection: "eng", Number: 1, Beat: beat}
	}
	key := run(0).Key()
	putOf := func(beat int64) store.Entry {
		body, err := store.Encode(run(beat))
		if err != nil {
			t.Fatal(err)
		}
		return store.Entry{Key: key, Body: body}
	}
	type entry struct {
		revision int64
		entry    store.Entry
	}
	for _, c := range []struct {
		name      string
		read      int64 // revision of the document in its collection, 0 for none
		tombstone int64
		commits   []entry
		want      int64 // revision of the document, 0 for none
	}{
		{"a later put", 5, 0, []entry{{7, putOf(7)}}, 7},
		{"a later delete", 5, 0, []entry{{7, store.Entry{Key: key}}}, 0},
		{"a put after a delete", 0, 5, []entry{{7, putOf(7)}}, 7},
		{"a put that is new", 0, 0, []entry{{7, putOf(7)}}, 7},
		{"the collection is ahead", 9, 0, []entry{{7, putOf(7)}}, 9},
		{"the collection is ahead with a delete", 0, 9, []entry{{7, putOf(7)}}, 0},
		{"the collection has the same", 7, 0, []entry{{7, putOf(7)}}, 7},
		{"commits in order", 0, 0, []entry{{6, putOf(6)}, {7, store.Entry{Key: key}}, {8, putOf(8)}}, 8},
		{"nothing", 5, 0, nil, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			var docs []portfolio.Versioned
			if c.read > 0 {
				docs = append(docs, portfolio.Versioned{Rev: c.read, Doc: run(c.read)})
			}
			tombstones := map[portfolio.Key]int64{}
			if c.tombstone > 0 {
				tombstones[key] = c.tombstone
			}
			l := layer{}
			for _, e := range c.commits {
				l.note(e.revision, e.entry)
			}
			got, err := l.over(docs, tombstones, false)
			if err != nil {
				t.Fatal(err)
			}
			var want []portfolio.Versioned
			if c.want > 0 {
				want = []portfolio.Versioned{{Rev: c.want, Doc: run(c.want)}}
			}
			if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryKindHasItsCollection(t *testing.T) {
	seen := map[string]portfolio.Kind{"meta": "", "commits": "", "versions": ""}
	for _, kind := range portfolio.Kinds() {
		name := collections[kind]
		if name == "" {
			t.Errorf("%s has no collection", kind)
		}
		if other, taken := seen[name]; taken {
			t.Errorf("%s and %q share the collection %s", kind, other, name)
		}
		seen[name] = kind
	}
}

func TestTheDatabaseIsThePathOfTheURL(t *testing.T) {
	for url, want := range map[string]string{
		"mongodb://localhost":                                  DefaultDatabase,
		"mongodb://localhost/":                                 DefaultDatabase,
		"mongodb://localhost/?replicaSet=rs0":                  DefaultDatabase,
		"mongodb://a:1,b:2,c:3/portfolio?replicaSet=rs0":       "portfolio",
		"mongodb+srv://ada:p%2Fw@cluster.example.net/plan":     "plan",
		"mongodb://localhost:27017/plan?tlsCAFile=/etc/ca.pem": "plan",
	} {
		if got := databaseOf(url); got != want {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
}
