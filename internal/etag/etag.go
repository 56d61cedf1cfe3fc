// Package etag compares the tags of answers with those a client says it has.
// What a tag is made of is its maker's business.
package etag

import (
	"net/http"
	"strings"
)

// Knows reports whether the client has the answer of a tag already. Tags are
// compared weakly, as RFC 9110 wants it of If-None-Match.
func Knows(header http.Header, tag string) bool {
	for _, line := range header.Values("If-None-Match") {
		for known := range strings.SplitSeq(line, ",") {
			known = strings.TrimSpace(known)
			if known == "*" || strings.TrimPrefix(known, "W/") == strings.TrimPrefix(tag, "W/") {
				return true
			}
		}
	}
	return false
}
