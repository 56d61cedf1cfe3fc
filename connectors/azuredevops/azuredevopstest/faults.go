package azuredevopstest

import (
	"net/http"
	"regexp"
	"strconv"
	"time"

	"plumbline/connectors/connectortest/fake"
)

// The faults that only Azure DevOps has.
const (
	// SignIn answers as if the token had just expired, the way of Options.SignIn.
	SignIn fake.Kind = "token expired"
	// BadRequest answers 400.
	BadRequest fake.Kind = "400"
)

// newMenu is how an Azure DevOps misbehaves.
func (s *Site) newMenu() *fake.Menu {
	saying := func(status int, kind, message string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { refuse(w, status, kind, message) }
	}
	blocked := saying(http.StatusTooManyRequests, "RequestBlockedException", "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource 'Concurrency'.")
	return fake.NewMenu(fake.Tool{
		Path: func(r *http.Request) string { return r.Method + " " + ids.ReplaceAllString(r.URL.Path, "/{}") },
		Replies: map[fake.Kind]http.HandlerFunc{
			fake.TooManySeconds: blocked,
			fake.TooManyDate:    blocked,
			fake.TooManyBare:    saying(http.StatusTooManyRequests, "RequestBlockedException", "TF400733: The request has been canceled."),
			fake.InternalError:  saying(http.StatusInternalServerError, "Exception", "TF400898: An Internal Error Occurred."),
			fake.Unavailable:    saying(http.StatusServiceUnavailable, "ServiceUnavailableException", "The service is unavailable."),
			fake.Unauthorized:   saying(http.StatusUnauthorized, "UnauthorizedRequestException", "TF400813: The user '' is not authorized to access this resource."),
			SignIn:              s.signInPage,
			fake.Forbidden:      saying(http.StatusForbidden, "AccessCheckException", "TF400813: The user is not authorized to access this resource."),
			BadRequest:          saying(http.StatusBadRequest, "VssPropertyValidationException", "The request is not as it should be."),
			fake.HTML:           fake.Page("Azure DevOps", "We will be back soon."),
		},
		Heeds: []fake.Kind{fake.Delayed, fake.EmptyPage, fake.ShortPage, fake.RepeatToken},
		Wait:  wait,
	})
}

var ids = regexp.MustCompile(`/[0-9a-f]{8}-[0-9a-f-]{27}|/\d+`)

// wait tells what is left of which resource where Retry-After is.
func wait(h http.Header, _ fake.Fault, until time.Time) time.Time {
	if !until.IsZero() {
		h.Set("X-RateLimit-Resource", "Core/work")
		h.Set("X-RateLimit-Limit", "200")
		h.Set("X-RateLimit-Remaining", "0")
		h.Set("X-RateLimit-Reset", strconv.FormatInt(until.Unix(), 10))
		h.Set("X-RateLimit-Delay", "0.500")
	}
	return until
}
