package mongostore_test

import (
	"errors"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/mongostore"
	"plumbline/store/storetest"
)

// manyDocuments are more than FerretDB can update with one command: it hangs
// for good on about a hundred.
func manyDocuments() []portfolio.Document {
	var docs []portfolio.Document
	for n := range 130 {
		docs = append(docs, storetest.Project(n))
	}
	return docs
}

func TestManyDocumentsAreFoldedOnEveryServer(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	log := open(t, server.url, mongostore.Options{})
	for range 2 {
		waitForMark(t, server.url, put(t, log, manyDocuments()...).Revision)
	}
}

func TestALargeAbandonedBatchIsSweptAwayOnEveryServer(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	dead := withFault(t, server.url, func(step string) error {
		if step == mongostore.StepRecord {
			return errCrash
		}
		return nil
	})
	if _, err := dead.Commit(t.Context(), store.Change{Put: manyDocuments()}); !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	sweep(t, sweeping(t, server.url, nil))
	waitForMark(t, server.url, 1)
	if n, err := plain(t, server.url).Collection("versions").CountDocuments(t.Context(), bson.D{}); err != nil || n != 0 {
		t.Errorf("%d versions, %v: the abandoned batch is still there", n, err)
	}
}
