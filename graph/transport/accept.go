package transport

import (
	"mime"
	"strconv"
	"strings"
)

// A mediaType is one in which an answer may be written.
type mediaType string

const (
	plainJSON    mediaType = "application/json"
	responseJSON mediaType = "application/graphql-response+json"
)

// negotiate picks the media type of the answer from the values of the Accept
// header: the one with the higher quality. Asked for both by name, with equal
// quality, it picks the newer one, whose status codes tell more; left to
// choose, it keeps to what every client understands.
func negotiate(accept []string) (chosen mediaType, ok bool) {
	ranges := parseAccept(strings.Join(accept, ","))
	if len(ranges) == 0 {
		return plainJSON, len(strings.TrimSpace(strings.Join(accept, ""))) == 0
	}
	plain, response := bestMatch(ranges, plainJSON), bestMatch(ranges, responseJSON)
	switch {
	case plain.quality <= 0 && response.quality <= 0:
		return "", false
	case response.quality > plain.quality:
		return responseJSON, true
	case response.quality == plain.quality && response.precision == exact:
		return responseJSON, true
	}
	return plainJSON, true
}

// How precisely a range of the Accept header names a media type.
const (
	anything = iota + 1
	anySubtype
	exact
)

type acceptRange struct {
	name    string
	quality float64
}

type match struct {
	quality   float64
	precision int
}

// bestMatch finds the range that names the type most precisely: its quality
// counts, even where a wider range has a better one.
func bestMatch(ranges []acceptRange, m mediaType) (best match) {
	for _, r := range ranges {
		precision := 0
		switch r.name {
		case string(m):
			precision = exact
		case "application/*":
			precision = anySubtype
		case "*/*":
			precision = anything
		}
		if precision > best.precision {
			best = match{quality: r.quality, precision: precision}
		}
	}
	return best
}

// parseAccept reads the ranges that can be read. One that asks for another
// charset than UTF-8 asks for what we do not have.
func parseAccept(header string) []acceptRange {
	var ranges []acceptRange
	for _, part := range strings.Split(header, ",") {
		name, parameters, err := mime.ParseMediaType(part)
		if err != nil || !isUTF8(parameters["charset"]) {
			continue
		}
		quality := 1.0
		if q, given := parameters["q"]; given {
			if quality, err = strconv.ParseFloat(q, 64); err != nil || !(quality >= 0 && quality <= 1) {
				continue
			}
		}
		ranges = append(ranges, acceptRange{name: name, quality: quality})
	}
	return ranges
}

// isUTF8 reports whether a charset parameter, if there is one, names UTF-8.
func isUTF8(charset string) bool {
	return charset == "" || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
}
