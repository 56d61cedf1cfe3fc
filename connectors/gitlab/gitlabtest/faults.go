package gitlabtest

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"plumbline/connectors/connectortest/fake"
)

// TooManyReset answers 429 that says only when the limit is reset.
const TooManyReset fake.Kind = "429 with RateLimit-Reset"

// newMenu is how a GitLab misbehaves.
func newMenu() *fake.Menu {
	return fake.NewMenu(fake.Tool{
		Path:       func(r *http.Request) string { return pattern(r.URL.Path) },
		Credential: "Private-Token",
		Replies: map[fake.Kind]http.HandlerFunc{
			fake.TooManySeconds: fake.Status(http.StatusTooManyRequests),
			fake.TooManyDate:    fake.Status(http.StatusTooManyRequests),
			fake.TooManyBare:    fake.Status(http.StatusTooManyRequests),
			TooManyReset:        fake.Status(http.StatusTooManyRequests),
			fake.InternalError:  fake.Status(http.StatusInternalServerError),
			fake.Unauthorized:   fake.Status(http.StatusUnauthorized),
			fake.HTML:           fake.Page("Sign in", "Sign in to continue"),
		},
		Heeds: []fake.Kind{fake.EmptyPage, fake.ShortPage, fake.RepeatToken},
		Wait: func(h http.Header, f fake.Fault, until time.Time) time.Time {
			if f.Kind == TooManyReset {
				until = time.Now().Add(f.After).Truncate(time.Second)
				h.Set("RateLimit-Reset", strconv.FormatInt(until.Unix(), 10))
			}
			return until
		},
	})
}

// pattern replaces the ids of a path.
func pattern(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		if strings.Trim(parts[i], "0123456789") == "" && parts[i] != "" {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}
