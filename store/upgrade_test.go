package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"plumbline/portfolio"
)

func TestUpgradeStepsChain(t *testing.T) {
	renameTitle := func(d bson.D) bson.D { // schema 1 to 2
		for i := range d {
			if d[i].Key == "title" {
				d[i].Key = "name"
			}
		}
		return d
	}
	addAuthor := func(d bson.D) bson.D { // schema 2 to 3
		return append(d, bson.E{Key: "author", Value: "unknown"})
	}
	steps := []step{renameTitle, addAuthor}
	for _, c := range []struct {
		name         string
		stored, want bson.D
	}{
		{
			"the oldest takes every step",
			bson.D{{Key: "schema", Value: int32(1)}, {Key: "title", Value: "Health"}},
			bson.D{{Key: "schema", Value: int32(1)}, {Key: "name", Value: "Health"}, {Key: "author", Value: "unknown"}},
		},
		{
			"a later one takes the rest",
			bson.D{{Key: "schema", Value: int32(2)}, {Key: "name", Value: "Health"}},
			bson.D{{Key: "schema", Value: int32(2)}, {Key: "name", Value: "Health"}, {Key: "author", Value: "unknown"}},
		},
		{
			"the newest is left alone",
			bson.D{{Key: "schema", Value: int32(3)}, {Key: "name", Value: "Health"}},
			bson.D{{Key: "schema", Value: int32(3)}, {Key: "name", Value: "Health"}},
		},
		{
			"so is one of a newer release",
			bson.D{{Key: "schema", Value: int32(4)}, {Key: "label", Value: "Health"}},
			bson.D{{Key: "schema", Value: int32(4)}, {Key: "label", Value: "Health"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			body, err := bson.Marshal(c.stored)
			if err != nil {
				t.Fatal(err)
			}
			upgraded, err := upgrade(steps, body)
			if err != nil {
				t.Fatal(err)
			}
			var got bson.D
			if err := bson.Unmarshal(upgraded, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestABodyWithoutASchemaIsDamaged(t *testing.T) {
	for _, doc := range []bson.D{{}, {{Key: "schema", Value: "one"}}, {{Key: "schema", Value: 0}}} {
		body, err := bson.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := upgrade(nil, body); err == nil {
			t.Errorf("%v is taken for a document", doc)
		}
	}
}

// A kind's schema number and the steps that lead to it are kept in two places.
func TestEverySchemaHasItsSteps(t *testing.T) {
	for _, kind := range portfolio.Kinds() {
		if got, want := len(upgrades[kind])+1, kind.Schema(); got != want {
			t.Errorf("the steps of %s lead to schema %d, its schema is %d", kind, got, want)
		}
	}
}
