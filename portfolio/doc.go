// Package portfolio is the domain: what tools and people said (facts), what
// follows from it (views), and the immutable Snapshot that holds both at one
// revision.
//
// It does no I/O, reads no clock and knows no framework. Every computed value
// is a pure function of the log, so two replicas at one revision agree on
// every answer. It does not fetch, store, schedule or serve: those rooms are
// connectors, store, sync and graph, and all of them speak the words defined
// here.
package portfolio
