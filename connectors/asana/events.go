package asana

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"
)

var (
	errNoToken   = errors.New("/events: the reply has no token to go on with")
	errSameToken = errors.New("/events: the tool repeats the token of a page, which would never end")
)

// eventFields are the fields to ask for of an event.
var eventFields = []string{"action", "resource", "created_at"}

type event struct {
	Action    string `json:"action"`
	CreatedAt string `json:"created_at"`
	Resource  *struct {
		GID  string `json:"gid"`
		Type string `json:"resource_type"`
	} `json:"resource"`
}

// news is what the events of a project say: not what is new, but where to look.
type news struct {
	token   string
	expired bool      // they cannot be told any more: read everything
	tasks   bool      // look at the tasks
	reports bool      // look at the status updates
	single  []string  // look at these tasks by themselves, by gid
	first   time.Time // when the first of them happened
}

// quiet are the kinds of resource whose events change nothing that is read.
// What they do to a task is an event of the task as well.
var quiet = map[string]bool{"story": true, "attachment": true}

// events reads those that came after a token.
func (r *run) events(ctx context.Context, p *projectRecord, token string) (news, error) {
	n := news{token: token}
	for {
		query := optFields(eventFields)
		query.Set("resource", p.GID)
		query.Set("sync", n.token)
		e, err := r.ask(ctx, "/events", query)
		if token := expiredToken(err); token != "" {
			return news{token: token, expired: true}, nil
		}
		if err != nil {
			return n, err
		}
		var list []event
		if err := json.Unmarshal(e.Data, &list); err != nil {
			return n, fmt.Errorf("/events: a list was expected: %w", err)
		}
		for _, one := range list {
			n.note(one)
		}
		switch {
		case e.Sync == "":
			return n, errNoToken
		case e.HasMore && e.Sync == n.token:
			return n, errSameToken
		}
		n.token = e.Sync
		if !e.HasMore {
			return n, nil
		}
	}
}

func (n *news) note(e event) {
	kind := ""
	if e.Resource != nil {
		kind = e.Resource.Type
	}
	if quiet[kind] {
		return
	}
	if at, err := time.Parse(time.RFC3339Nano, e.CreatedAt); err == nil && (n.first.IsZero() || at.Before(n.first)) {
		n.first = at
	}
	switch {
	case kind == kindReport:
		n.reports = true
	case e.Action == "undeleted" || e.Action == "removed":
		// What came back may not count as modified, and what was taken out of
		// this project may be in another one, where that is no event.
		if kind == kindTask && isGID(e.Resource.GID) && !slices.Contains(n.single, e.Resource.GID) {
			n.single = append(n.single, e.Resource.GID)
		}
		n.tasks = true
	default:
		n.tasks = true
	}
}

// firstToken is where the events of a project begin: asked without a token,
// Asana refuses and gives one.
func (r *run) firstToken(ctx context.Context, p *projectRecord) (string, error) {
	e, err := r.ask(ctx, "/events", url.Values{"resource": {p.GID}})
	if token := expiredToken(err); token != "" {
		return token, nil
	}
	if err == nil && e.Sync == "" {
		err = errNoToken
	}
	return e.Sync, err
}

// expiredToken is the token that Asana gives in place of one it does not know
// any more; empty when that is not what it answered.
func expiredToken(err error) string {
	if refused, ok := asStatus(err); ok && refused.Status == http.StatusPreconditionFailed {
		return refused.Sync
	}
	return ""
}
