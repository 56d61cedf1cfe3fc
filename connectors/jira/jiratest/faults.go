package jiratest

import (
	"net/http"
	"slices"
	"strings"

	"plumbline/connectors/connectortest/fake"
)

// Shift touches the first issue of a page once it was sent, so that what
// follows moves up.
const Shift fake.Kind = "first issue of a page edited"

// newMenu is how a Jira misbehaves.
func newMenu() *fake.Menu {
	saying := func(status int, message string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { refuse(w, status, message) }
	}
	limited := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("RateLimit-Reason", "jira-burst-based")
			refuse(w, status, "Rate limit exceeded.")
		}
	}
	return fake.NewMenu(fake.Tool{
		Path: func(r *http.Request) string { return r.Method + " " + pattern(r.URL.Path) },
		Replies: map[fake.Kind]http.HandlerFunc{
			fake.TooManySeconds: limited(http.StatusTooManyRequests),
			fake.TooManyDate:    limited(http.StatusTooManyRequests),
			fake.TooManyBare:    limited(http.StatusTooManyRequests),
			fake.ForbiddenRetry: limited(http.StatusForbidden),
			fake.InternalError:  saying(http.StatusInternalServerError, "Internal server error"),
			fake.Unavailable:    saying(http.StatusServiceUnavailable, "The site is being upgraded."),
			fake.Unauthorized:   saying(http.StatusUnauthorized, "Client must be authenticated to access this resource."),
			fake.NotFound:       saying(http.StatusNotFound, "There is nothing here."),
			fake.HTML:           fake.Page("Log in", "Log in to continue"),
		},
		Heeds: []fake.Kind{fake.EmptyPage, fake.ShortPage, fake.RepeatToken, Shift},
	})
}

// pattern replaces the ids and keys of a path.
func pattern(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		if i > 0 && parts[i] != "" && slices.Contains([]string{"project", "issue", "version"}, parts[i-1]) &&
			parts[i] != "search" && parts[i] != "bulkfetch" {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}
