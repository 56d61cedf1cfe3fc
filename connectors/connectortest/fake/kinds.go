package fake

import (
	"net/http"
	"time"
)

// Kind is a way to misbehave. A fake may have kinds of its own beside these.
type Kind string

// The menu that fakes share.
const (
	// TooManySeconds answers 429 with Retry-After in seconds.
	TooManySeconds Kind = "429 with Retry-After in seconds"
	// TooManyDate answers 429 with Retry-After as an HTTP date.
	TooManyDate Kind = "429 with Retry-After as a date"
	// TooManyBare answers 429 without saying until when.
	TooManyBare Kind = "429 without Retry-After"
	// ForbiddenRetry answers 403 with Retry-After in seconds.
	ForbiddenRetry Kind = "403 with Retry-After in seconds"
	// Delayed answers well, with Retry-After in seconds.
	Delayed Kind = "a good reply with Retry-After in seconds"
	// InternalError answers 500.
	InternalError Kind = "500"
	// Unavailable answers 503.
	Unavailable Kind = "503"
	// Unauthorized answers 401, in the middle of a run if it must be.
	Unauthorized Kind = "401"
	// Forbidden answers 403 for want of a permission.
	Forbidden Kind = "403"
	// NotFound answers 404, as a proxy does that does not know the path.
	NotFound Kind = "404"
	// Drop closes the connection without an answer. Every fake can.
	Drop Kind = "connection dropped"
	// Truncate promises the whole reply and breaks off in the middle. Every fake
	// can.
	Truncate Kind = "reply truncated"
	// HTML answers 200 with a page to sign in.
	HTML Kind = "login page with 200"
	// EmptyPage makes a listing answer no records, and that others follow.
	EmptyPage Kind = "empty page"
	// ShortPage makes a listing answer one record where more would fit.
	ShortPage Kind = "page of one record"
	// RepeatToken makes a listing name the page that it answers as the next one.
	RepeatToken Kind = "repeated token"
)

// Fault is one misbehaviour.
type Fault struct {
	Kind  Kind
	Path  string        // it strikes requests whose path holds this; empty is all
	Skip  int           // so many of them pass first
	Times int           // so many are struck; 0 is until it is removed
	After time.Duration // how long the tool asks to wait
}

// Tool is what is a tool's own when it misbehaves.
type Tool struct {
	// Path is what a request is counted by: its path with {} for ids, or more.
	Path func(*http.Request) string
	// Credential is the header by which the tool knows a caller, where that is
	// not Authorization.
	Credential string
	// Replies are what the tool says. Retry-After is set where the kind has one.
	Replies map[Kind]http.HandlerFunc
	// Heeds are the kinds that the fake's own answers heed; they ask Struck.
	Heeds []Kind
	// Wait puts into the headers, in the tool's own way, until when a fault asks
	// to wait. It is given what Retry-After says, if anything, and returns what
	// holds, zero for no wait; nil if the tool has no way of its own.
	Wait func(h http.Header, f Fault, until time.Time) time.Time
}

// Status replies with a status and nothing else.
func Status(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// Page replies with a page for people where a program expects data.
func Page(title, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>" + title + "</title></head><body>" + text + "</body></html>"))
	}
}
