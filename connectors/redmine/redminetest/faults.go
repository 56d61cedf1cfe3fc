package redminetest

import (
	"net/http"
	"strings"

	"plumbline/connectors/connectortest/fake"
)

// newMenu is how a Redmine misbehaves. It has no limits of rate itself: 429
// comes from what stands before it. Its pages have no tokens: an empty page
// counts some records all the same, and one that repeats is the first one.
func newMenu() *fake.Menu {
	return fake.NewMenu(fake.Tool{
		Path:       func(r *http.Request) string { return pattern(r.URL.Path) },
		Credential: "X-Redmine-Api-Key",
		Replies: map[fake.Kind]http.HandlerFunc{
			fake.TooManySeconds: fake.Status(http.StatusTooManyRequests),
			fake.TooManyDate:    fake.Status(http.StatusTooManyRequests),
			fake.TooManyBare:    fake.Status(http.StatusTooManyRequests),
			fake.InternalError:  fake.Status(http.StatusInternalServerError),
			fake.Unauthorized:   fake.Status(http.StatusUnauthorized),
			fake.HTML:           fake.Page("Sign in", "Sign in to continue"),
		},
		Heeds: []fake.Kind{fake.EmptyPage, fake.ShortPage, fake.RepeatToken},
	})
}

// pattern replaces the ids of a path.
func pattern(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		if strings.Trim(parts[i], "0123456789") == "" && parts[i] != "" {
			parts[i] = "{}"
		}
		if id, ok := strings.CutSuffix(parts[i], ".json"); ok && strings.Trim(id, "0123456789") == "" {
			parts[i] = "{}.json"
		}
	}
	return strings.Join(parts, "/")
}
