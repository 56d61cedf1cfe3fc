// Package sync is the engine between connectors and the log. It decides when
// a connection is read, holds the lease on it, writes what changed page by
// page, resumes what was interrupted, finds what is gone, and refuses to
// believe that half a portfolio vanished overnight.
//
// It knows no tool and no HTTP: how a tool is asked, how often at once, and
// how its records become facts is the connectors' business. It computes no
// view, and it never touches what people said: what a tool reports of the
// things that people record, it hands to a Recorder in the tool's name.
package sync
