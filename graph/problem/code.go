// Package problem decides what a client is told when something fails.
//
// A client gets a sentence and a code from a closed list. The sentence is
// shown only when one of our own error types carries it, because it was
// written for the person who asked; of anything else the client learns
// "internal error" and a request id, under which the log has the whole. The
// package does not choose HTTP headers, nor retry or swallow anything.
package problem

import "net/http"

// A Code says what kind of failure an error is. It stands in an error's
// extensions.code and is part of the API: values are added, never renamed.
type Code string

// The closed list of codes.
const (
	BadRequest      Code = "BAD_REQUEST"     // not a request we can read, or a document the schema does not know
	Invalid         Code = "INVALID"         // an argument or variable whose value makes no sense
	InvalidCursor   Code = "INVALID_CURSOR"  // a cursor of another filter or order, or no cursor at all
	NotFound        Code = "NOT_FOUND"       // nothing there that the caller may see
	Conflict        Code = "CONFLICT"        // changed by somebody else since it was read
	Unauthenticated Code = "UNAUTHENTICATED" // no key, or one that is unknown or has expired
	Forbidden       Code = "FORBIDDEN"       // the caller's role or scope does not reach so far
	RateLimited     Code = "RATE_LIMITED"    // the minute's budget is spent: wait for Retry-After
	TooComplex      Code = "TOO_COMPLEX"     // over a limit: ask for less at once
	Timeout         Code = "TIMEOUT"         // the time for one operation is up
	Upstream        Code = "UPSTREAM"        // a connected tool failed
	Unavailable     Code = "UNAVAILABLE"     // the store cannot be reached or has not come so far: try again
	Internal        Code = "INTERNAL"        // our fault; the log has it under the request id
)

// Codes returns every code, in the order in which they are documented.
func Codes() []Code {
	return []Code{
		BadRequest, Invalid, InvalidCursor, NotFound, Conflict, Unauthenticated, Forbidden,
		RateLimited, TooComplex, Timeout, Upstream, Unavailable, Internal,
	}
}

// Status returns the HTTP status that tells the code wherever the whole
// request failed for a reason that lies outside its document, and 0 for the
// codes that GraphQL over HTTP reports in the way the client asked for.
func (c Code) Status() int {
	switch c {
	case Unauthenticated:
		return http.StatusUnauthorized
	case Forbidden:
		return http.StatusForbidden
	case RateLimited:
		return http.StatusTooManyRequests
	case Unavailable:
		return http.StatusServiceUnavailable
	case Internal:
		return http.StatusInternalServerError
	}
	return 0
}
