// Package storetest holds every store to the promises of package store: Run as
// one suite of named subtests, Kill by killing writers.
//
// It tests nothing that only one store promises, and measures no speed.
package storetest

import (
	"testing"

	"plumbline/store"
)

// A Kit is a kind of store to be tested.
type Kit struct {
	// New returns an empty database of its own, removed with the test.
	New func(t testing.TB) *Database
	// Dial opens the log at Database.Address in another process, where there
	// is no test to fail.
	Dial func(address string) (store.Log, error)
	// Steps names the boundaries at which a commit may be cut short, in order.
	Steps []string
	// Slow asks for small cases: the server is not a fast one.
	Slow bool
}

// A Database is one log, empty at first.
type Database struct {
	// Open returns another handle on it, as another process would have one.
	// The caller closes it; it is closed again, to no effect, with the test.
	Open func(t testing.TB, options Options) store.Log
	// Shared tells that several handles may be open at once.
	Shared bool
	// Address is what Kit.Dial opens.
	Address string
	// Backup copies the content and returns what brings the copy back. A
	// database that is not Shared must have no open handle meanwhile.
	Backup func(t testing.TB) (restore func())
	// RaiseFormat marks the log as one that a newer release has written.
	RaiseFormat func(t testing.TB)
}

// Options of one handle.
type Options struct {
	// Fault is called at each of the Kit's steps; from an error on nothing
	// more must happen in that commit.
	Fault func(step string) error
}

// Run runs the suite.
func Run(t *testing.T, kit Kit) {
	for _, promise := range promises {
		t.Run(promise.name, func(t *testing.T) { promise.test(t, kit) })
	}
}

var promises = []struct {
	name string
	test func(*testing.T, Kit)
}{
	{"a new log is empty", newLogIsEmpty},
	{"every kind of document comes back with every field", everyKindComesBack},
	{"a commit appears whole in load and follow", commitAppearsWhole},
	{"an expectation that fails writes nothing", failedExpectationWritesNothing},
	{"expect names the last put and nothing else", expectNamesTheLastPut},
	{"nonsense is refused", nonsenseIsRefused},
	{"bookkeeping does not move the data revision", bookkeepingDoesNotMoveData},
	{"bookkeeping has no history", bookkeepingHasNoHistory},
	{"observations are read by the range of their days", observationsAreReadByRange},
	{"time never runs backwards", timeNeverRunsBackwards},
	{"a cancelled commit writes nothing", cancelledCommitWritesNothing},
	{"a closed store says so", closedStoreSaysSo},
	{"a log of a newer release is read only", newerLogIsReadOnly},
	{"8 writers leave no gap and lose nothing", manyWritersLoseNothing},
	{"disjoint writers never conflict", disjointWritersNeverConflict},
	{"of overlapping writers one wins each time", overlappingWritersConflict},
	{"a huge commit and a stream of small ones both get through", hugeCommitBesideSmallOnes},
	{"a commit of 12 MB", commitOf12MB},
	{"3 followers see every commit", followersSeeEveryCommit},
	{"a follower is woken at once", followerIsWoken},
	{"as of every revision equals a replay", asOfEqualsReplay},
	{"history is every version of a document", historyIsEveryVersion},
	{"a restored database is noticed", restoreIsNoticed},
	{"a crash at every step leaves all or nothing", crashLeavesAllOrNothing},
	{"an unknown outcome has one effect", unknownOutcomeHasOneEffect},
}
