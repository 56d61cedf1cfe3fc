package asanatest

import (
	"net/http"
	"strconv"
	"strings"

	"plumbline/connectors/connectortest/fake"
)

// PaymentRequired answers 402, as for what a plan does not have.
const PaymentRequired fake.Kind = "402"

// newMenu is how an Asana misbehaves.
func newMenu() *fake.Menu {
	saying := func(status int, message string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { refuse(w, status, message) }
	}
	tooMany := saying(http.StatusTooManyRequests, "You have made too many requests recently. Please, be chill.")
	return fake.NewMenu(fake.Tool{
		Path: func(r *http.Request) string { return pattern(r.URL.Path) },
		Replies: map[fake.Kind]http.HandlerFunc{
			fake.TooManySeconds: tooMany,
			fake.TooManyDate:    tooMany,
			fake.TooManyBare:    tooMany,
			fake.InternalError:  saying(http.StatusInternalServerError, "Server Error"),
			PaymentRequired:     saying(http.StatusPaymentRequired, "This feature is not available on your plan."),
			fake.Unauthorized:   saying(http.StatusUnauthorized, "Not Authorized"),
			fake.Forbidden:      saying(http.StatusForbidden, "Forbidden"),
			fake.HTML:           fake.Page("Log in", "Log in to continue"),
		},
		Heeds: []fake.Kind{fake.EmptyPage, fake.ShortPage, fake.RepeatToken},
	})
}

// pattern replaces the gids of a path.
func pattern(path string) string {
	parts := strings.Split(strings.TrimPrefix(path, "/api/1.0"), "/")
	for i, p := range parts {
		if _, err := strconv.Atoi(p); err == nil {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}
